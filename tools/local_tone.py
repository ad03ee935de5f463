"""Tone by neighbourhood: lift shadows, recover highlights, clarity.

Both split the picture into a base (large shapes, edges kept) and detail by a guided filter (He,
Sun and Tang 2013), computed on a reduced copy as in the fast guided filter (He and Sun 2015). The
base follows edges, so there are no halos around them.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field as Argument

from tools.fields import Field, shrink, smoothstep
from tools.light import (
    LINEAR,
    channels,
    luma,
    roll_off,
    to_display,
    to_light,
)
from tools.operation import Rgb, Tool, ToolArgs, ToolContext, ToolResult
from tools.strips import map_strips

_DISPLAY = (np.arange(256) / 255).astype(np.float32)


def edge_kept_base(image: Rgb, radius: float, edge: float, long_side: int = 1000) -> Field:
    """Coefficients of the guided base of luma: base = a * luma + b, as an HW2 field.

    Args:
        image: HWC uint8.
        radius: window, as a share of the long side.
        edge: luma steps well above this ([0, 1]) are kept as edges.
        long_side: of the reduced copy it is computed on.
    """
    small = luma(shrink(image, long_side)) / np.float32(255)
    reach = max(1, round(radius * max(small.shape)))
    size = (2 * reach + 1, 2 * reach + 1)

    def mean(plane: NDArray[Any]) -> NDArray[np.float32]:
        done = cv2.blur(plane, size, borderType=cv2.BORDER_REFLECT)
        return np.asarray(done, dtype=np.float32).reshape(plane.shape)

    average = mean(small)
    variance = np.maximum(mean(small * small) - average * average, 0)
    slope = variance / (variance + np.float32(edge * edge))
    offset = average * (1 - slope)
    both = np.stack([mean(slope), mean(offset)], axis=-1)
    return Field(both, image.shape[0], image.shape[1])


def scaled_light(block: Rgb, gain: NDArray[np.float32]) -> Rgb:
    """Multiply a strip's linear light by a plane; what would clip rolls off, hue kept."""
    light = to_light(block)
    red, green, blue = channels(light)
    peak = cv2.max(cv2.max(red, green), blue).reshape(gain.shape)
    target = roll_off(peak * gain, gain)
    ratio = np.where(peak > 0, target / np.maximum(peak, np.float32(1e-6)), gain)
    return to_display(light * ratio[..., None])


class HighlightsShadowsArgs(ToolArgs):
    """Arguments of ``highlights_shadows``."""

    highlights: float = Argument(
        default=-0.3, ge=-1, le=1, description="below 0 recovers bright areas, above 0 lifts them"
    )
    shadows: float = Argument(
        default=0.3, ge=-1, le=1, description="above 0 opens dark areas, below 0 deepens them"
    )


def highlights_shadows(args: HighlightsShadowsArgs, context: ToolContext) -> ToolResult:
    """Change the exposure of dark and of bright areas separately, keeping local contrast."""
    if args.highlights == 0 and args.shadows == 0:
        return ToolResult(context.image.copy())
    base = edge_kept_base(context.image, radius=0.02, edge=0.12)

    def work(block: Rgb, top: int) -> Rgb:
        coefficients = base.rows(top, block.shape[0])
        level = coefficients[..., 0] * (luma(block) / np.float32(255)) + coefficients[..., 1]
        dark = 1 - smoothstep(0.04, 0.55, level)
        bright = smoothstep(0.45, 0.96, level)
        stops = np.float32(1.9 * args.shadows) * dark + np.float32(1.1 * args.highlights) * bright
        return scaled_light(block, np.exp2(stops, dtype=np.float32))

    return ToolResult(map_strips(context, work))


class ClarityArgs(ToolArgs):
    """Arguments of ``clarity``."""

    amount: float = Argument(
        default=0.3, ge=-1, le=1, description="local contrast in midtones; below 0 softens"
    )


def clarity(args: ClarityArgs, context: ToolContext) -> ToolResult:
    """Strengthen or soften local contrast, midtones most, without halos."""
    if args.amount == 0:
        return ToolResult(context.image.copy())
    base = edge_kept_base(context.image, radius=0.025, edge=0.2)
    strength = np.float32(1.1 * args.amount if args.amount > 0 else 0.8 * args.amount)

    def work(block: Rgb, top: int) -> Rgb:
        coefficients = base.rows(top, block.shape[0])
        level = luma(block) / np.float32(255)
        detail = level - (coefficients[..., 0] * level + coefficients[..., 1])
        midtones = smoothstep(0.0, 0.3, level) * (1 - smoothstep(0.75, 1.0, level))
        wanted = np.clip(level + strength * midtones * detail, 0.4 * level, 1)
        before = np.interp(level, _DISPLAY, LINEAR).astype(np.float32)
        after = np.interp(wanted, _DISPLAY, LINEAR).astype(np.float32)
        gain = (after + np.float32(1e-4)) / (before + np.float32(1e-4))
        return scaled_light(block, gain)

    return ToolResult(map_strips(context, work))


TOOLS = (
    Tool(
        "highlights_shadows",
        1,
        "Open shadows and recover highlights, keeping local contrast",
        HighlightsShadowsArgs,
        highlights_shadows,
    ),
    Tool("clarity", 1, "Local contrast in the midtones, without halos", ClarityArgs, clarity),
)
