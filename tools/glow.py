"""Glow: light of bright places spreading over their neighbourhood, in linear light."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import Field as Argument

from tools.fields import Field, blurred, shrink, smoothstep
from tools.light import luminance, to_display_dithered, to_light
from tools.operation import Rgb, Tool, ToolArgs, ToolContext, ToolResult
from tools.strips import map_strips

_SCALES = ((0.005, 0.42), (0.018, 0.33), (0.055, 0.25))
"""(standard deviation as a share of the long side, weight): a core and two wide skirts."""


def spread_light(light: NDArray[np.float32], size: float = 1.0) -> NDArray[np.float32]:
    """Sum of blurs of HWC light at three scales: the point spread of lens and air."""
    long_side = max(light.shape[:2])
    total = np.zeros_like(light)
    for sigma, weight in _SCALES:
        total += np.float32(weight) * blurred(light, sigma * size * long_side)
    return total


def bloom_field(image: Rgb, threshold: float, size: float = 1.0) -> Field:
    """Spread light of what is brighter than ``threshold`` (display, [0, 1]), HWC linear."""
    small = to_light(shrink(image, 900))
    peak = small.max(axis=-1)
    bright = smoothstep(threshold**2.2, min(1.0, (threshold + 0.3) ** 2.2), peak)
    return Field(spread_light(small * bright[..., None], size), *image.shape[:2])


def screened(light: NDArray[np.float32], added: NDArray[np.float32]) -> NDArray[np.float32]:
    """Add light without clipping: what is left to white takes a share of it."""
    total: NDArray[np.float32] = 1 - (1 - light) * (1 - np.clip(added, 0, 1))
    return total


class GlowArgs(ToolArgs):
    """Arguments of ``glow``."""

    amount: float = Argument(default=0.4, ge=0, le=1, description="0 does nothing")
    threshold: float = Argument(
        default=0.6, ge=0, le=0.95, description="display value above which things glow"
    )
    size: float = Argument(default=1.0, ge=0.2, le=4, description="reach of the glow")


def glow(args: GlowArgs, context: ToolContext) -> ToolResult:
    """Let highlights bloom."""
    if args.amount == 0:
        return ToolResult(context.image.copy())
    field = bloom_field(context.image, args.threshold, args.size)
    amount = np.float32(1.1 * args.amount)

    def work(block: Rgb, top: int) -> Rgb:
        added = field.rows(top, block.shape[0]) * amount
        return to_display_dithered(screened(to_light(block), added), top)

    return ToolResult(map_strips(context, work))


def mean_luminance(image: Rgb) -> float:
    """Log-average luminance, which is how bright a picture looks (Reinhard et al. 2002)."""
    values = luminance(to_light(shrink(image, 300)))
    return float(np.exp(np.mean(np.log(values + np.float32(2e-3)))))


TOOLS = (Tool("glow", 1, "Bloom around highlights", GlowArgs, glow),)
