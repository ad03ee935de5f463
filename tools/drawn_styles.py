"""Drawn styles: a pencil sketch and a cartoon, made of the photograph without any model.

Lines are decided in the picture's own size, so that they are crisp however large it is.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field as Argument

from tools.brushwork import (
    Colours,
    Plane,
    StyleArgs,
    along,
    finished,
    more_colourful,
    noise,
    normal,
    stroke_way,
    unit,
    working_copy,
)
from tools.fields import Field, blurred, smoothstep
from tools.light import luma
from tools.operation import Rgb, Tool, ToolContext, ToolResult

_BANDS = 7
"""Tones a cartoonist has between black and white."""


class SketchArgs(StyleArgs):
    """Arguments of ``sketch``."""

    shading: float = Argument(default=0.6, ge=0, le=1, description="0 is lines alone")


def sketch(args: SketchArgs, context: ToolContext) -> ToolResult:
    """Draw the picture in pencil: lines where it has edges, hatching where it is dark."""
    if args.strength == 0:
        return ToolResult(context.image.copy())
    photo = working_copy(context)
    height, width = context.image.shape[:2]
    grey, step = luma(photo), unit(photo)
    around = np.stack([blurred(grey, 3 * step), blurred(grey, 14 * step)], axis=-1)
    plane = np.concatenate([around, _graphite(grey, args.shading, context.seed)[..., None]], axis=2)
    field = Field(plane.astype(np.float32), height, width)
    point = max(height, width) / 2200
    halo = int(np.ceil(3 * point)) + 1

    def drawn(block: Rgb, top: int) -> NDArray[np.float32]:
        here = blurred(luma(block) / np.float32(255), point)[..., None]
        rows = field.rows(top, block.shape[0])
        # A pixel over its surroundings: what is as dark as they are leaves the paper white.
        lines = (here + np.float32(0.06)) / (rows[..., :2] + np.float32(0.06))
        fine = 1 - np.clip(1 - lines[..., 0] - np.float32(0.02), 0, 1) * np.float32(2.2)
        broad = 1 - np.clip(1 - lines[..., 1] - np.float32(0.03), 0, 1) * np.float32(0.9)
        ink = np.clip(fine, 0.12, 1) * np.clip(broad, 0.25, 1) * rows[..., 2]
        page = np.clip(ink, 0.08, 0.985) * np.float32(255)
        return np.asarray(np.repeat(page[..., None], 3, axis=2), dtype=np.float32)

    return finished(context, "sketch", args.strength, drawn, halo=halo)


def _graphite(grey: Plane, shading: float, seed: int) -> Plane:
    """What hatching leaves of the paper's light: HW float32 in [0, 1]."""
    step = unit(grey)
    soft = blurred(grey, 2.5 * step)
    low, high = np.percentile(soft, (2, 98))
    tone = np.clip((soft - low) / max(float(high - low), 0.25), 0, 1)
    dark = np.power(1 - tone, 1.4)
    hatching = _hatched(grey.shape, -52.0, step, seed)
    crossed = _hatched(grey.shape, -12.0, step, seed + 1)
    tooth = noise(grey.shape, 0.7 * step, seed + 2)
    lay = 1 + 0.42 * hatching + 0.30 * crossed * smoothstep(0.45, 0.8, dark) + 0.16 * tooth
    share = np.float32(0.85 * shading) * dark * np.clip(lay, 0.05, 1.9)
    return np.asarray(np.clip(1 - share, 0, 1), dtype=np.float32)


def _hatched(shape: tuple[int, ...], degrees: float, step: float, seed: int) -> Plane:
    angle = np.deg2rad(degrees)
    way = (
        np.full(shape[:2], np.cos(angle), dtype=np.float32),
        np.full(shape[:2], np.sin(angle), dtype=np.float32),
    )
    return normal(along(noise(shape, 0.9 * step, seed), way, max(3, round(18 * step))))


class CartoonArgs(StyleArgs):
    """Arguments of ``cartoon``."""

    ink: float = Argument(default=1.0, ge=0, le=2, description="weight of the lines; 0 is none")


def cartoon(args: CartoonArgs, context: ToolContext) -> ToolResult:
    """Draw the picture as a comic does: flat strong colours within ink lines."""
    if args.strength == 0:
        return ToolResult(context.image.copy())
    photo = working_copy(context)
    height, width = context.image.shape[:2]
    flat = _flattened(photo)
    colours = more_colourful(flat, 1.5)
    plane = np.concatenate([colours, luma(flat)[..., None], _ink(flat)[..., None]], axis=2)
    field = Field(plane.astype(np.float32), height, width)

    def drawn(block: Rgb, top: int) -> NDArray[np.float32]:
        rows = field.rows(top, block.shape[0])
        level = np.clip(rows[..., 3], 0.02, 1)
        near = np.floor(level * _BANDS) + np.float32(0.5)
        band = (
            near
            + np.float32(0.5) * np.tanh(24 * (level * _BANDS - near - np.float32(0.5)))
            + np.float32(0.5) * np.tanh(24 * (level * _BANDS - near + np.float32(0.5)))
        )
        tone = np.clip(band / _BANDS, 0, 1)
        bright = np.float32(0.04) + tone * np.float32(1.02)
        made = rows[..., :3] * (bright / level)[..., None]
        line = smoothstep(0.30, 0.55, rows[..., 4] * np.float32(args.ink))
        return np.asarray(np.clip(made, 0, 1) * (1 - line * 0.93)[..., None] * 255, np.float32)

    return finished(context, "cartoon", args.strength, drawn)


def _flattened(photo: Colours) -> Colours:
    """Texture taken away, edges kept: the bilateral filter, several times over."""
    step, done = unit(photo), photo
    for _ in range(4):
        done = cv2.bilateralFilter(done, -1, 0.11, max(1.0, 3.2 * step))
    return np.asarray(np.clip(done, 0, 1), dtype=np.float32).reshape(photo.shape)


def _ink(flat: Colours) -> Plane:
    """Where lines go: HW float32, about 0 on plain places and 1 on lines.

    The difference of Gaussians, smoothed along the edges (Kang et al. 2007).
    """
    step, grey = unit(flat), luma(flat)
    way = stroke_way(grey, 3 * step)
    fine, wide = blurred(grey, 1.1 * step), blurred(grey, 1.9 * step)
    dark = np.clip((wide - fine) / (wide + np.float32(0.12)), 0, 1)
    lines = along(dark, way, max(2, round(5 * step))) * np.float32(16)
    return np.asarray(np.clip(lines, 0, 2), dtype=np.float32)


TOOLS = (
    Tool("sketch", 1, "A pencil sketch: lines and hatching", SketchArgs, sketch),
    Tool("cartoon", 1, "A comic: flat strong colours within ink lines", CartoonArgs, cartoon),
)
