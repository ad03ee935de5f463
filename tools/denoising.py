"""Denoise: non-local means on a half-size copy, Wiener shrinkage of the finest detail.

Two bands: the coarse one is cheap to clean well with non-local means (Buades et al. 2005), as it
has a quarter of the pixels; in the fine one each place keeps the share of its variance that noise
does not explain (Lim 1990, as in Matlab's ``wiener2``). Works in YCrCb, colour harder than luma.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field as Argument

from tools.errors import Cancelled
from tools.fields import Field
from tools.light import rounded
from tools.operation import Rgb, Tool, ToolArgs, ToolContext, ToolResult
from tools.strips import map_strips

_HALO = 8


def noise_level(plane: NDArray[np.uint8]) -> float:
    """Standard deviation of the noise in codes, from the median of diagonal differences.

    Robust to edges and texture, which are few along diagonals (Donoho and Johnstone 1994).
    """
    if min(plane.shape) < 4:
        return 1.0
    values = plane.astype(np.float32)
    height, width = (side // 2 * 2 for side in plane.shape)
    values = values[:height, :width]
    corners = values[::2, ::2] - values[::2, 1::2] - values[1::2, ::2] + values[1::2, 1::2]
    return max(1.0, float(np.median(np.abs(corners))) / 2 / 0.6745)


class DenoiseArgs(ToolArgs):
    """Arguments of ``denoise``."""

    strength: float = Argument(
        default=0.5, ge=0, le=1, description="0.5 removes the noise measured, 1 all one can"
    )


def _half(image: Rgb) -> Rgb:
    size = (max(1, image.shape[1] // 2), max(1, image.shape[0] // 2))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8).reshape(size[1], size[0], 3)


def denoise(args: DenoiseArgs, context: ToolContext) -> ToolResult:
    """Remove noise, colour noise most; edges and texture stay."""
    if args.strength == 0 or min(context.image.shape[:2]) < 8:
        return ToolResult(context.image.copy())
    image = context.image
    small = cv2.cvtColor(_half(image), cv2.COLOR_RGB2YCrCb)
    step = max(1, max(image.shape[:2]) // 2000)
    middle = cv2.cvtColor(np.ascontiguousarray(_sample(image, step)), cv2.COLOR_RGB2YCrCb)
    sigmas = np.array([noise_level(middle[..., c]) for c in range(3)], dtype=np.float32)
    reach = 2 * args.strength
    clean = np.empty_like(small)
    for channel in range(3):
        if context.cancelled():
            raise Cancelled("stopped as asked; nothing was changed")
        factor = 0.62 if channel == 0 else 1.3
        strength = float(factor * reach * max(sigmas[channel], 1.5))
        plane = np.ascontiguousarray(small[..., channel])
        if channel == 0:
            clean[..., 0] = cv2.fastNlMeansDenoising(plane, None, strength, 3, 11)
        else:
            clean[..., channel] = cv2.bilateralFilter(plane, 9, 4 * strength, 4)
    height, width = image.shape[:2]
    coarse = Field(small.astype(np.float32), height, width)
    cleaned = Field(clean.astype(np.float32), height, width)
    floor = (np.array([1.0, 2.2, 2.2], dtype=np.float32) * sigmas * reach) ** 2

    def work(block: Rgb, top: int) -> Rgb:
        full = cv2.cvtColor(block, cv2.COLOR_RGB2YCrCb).astype(np.float32)
        rows = block.shape[0]
        fine = full - coarse.rows(top, rows)
        power = cv2.blur(fine * fine, (5, 5), borderType=cv2.BORDER_REFLECT).reshape(fine.shape)
        kept = np.maximum(power - floor, 0) / np.maximum(power, np.float32(1e-3))
        done = rounded(cleaned.rows(top, rows) + fine * kept)
        return np.asarray(cv2.cvtColor(done, cv2.COLOR_YCrCb2RGB), dtype=np.uint8)

    return ToolResult(
        map_strips(context, work, halo=_HALO),
        facts={"noise_before": round(float(sigmas[0]), 2)},
    )


def _sample(image: Rgb, step: int) -> Rgb:
    """Tiles of neighbouring pixels (noise needs neighbours), ``step`` times fewer rows."""
    if step == 1:
        return image
    height = image.shape[0] // (2 * step) * 2 * step
    return (
        image[:height]
        .reshape(height // (2 * step), 2 * step, *image.shape[1:])[:, :2]
        .reshape(-1, *image.shape[1:])
    )


TOOLS = (Tool("denoise", 1, "Less noise, colour noise most", DenoiseArgs, denoise),)
