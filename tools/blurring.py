"""Blur: Gaussian, and the disc of a wide-open lens.

In linear light, as defocus is. Only what the mask covers is spread ("blur the background" must not
smear the subject into it): both the picture, weighted by the mask, and the mask are blurred, and
one is divided by the other (normalised convolution, Knutsson and Westin 1993). Wide blurs are
computed on a reduced copy and interpolated, where nothing finer is left to lose.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field as Argument

from tools.fields import Field, blurred
from tools.light import to_display_dithered, to_light
from tools.operation import Rgb, Tool, ToolArgs, ToolContext, ToolResult
from tools.strips import map_strips

_OUTSIDE = np.float32(2e-3)
"""Weight of what the mask excludes: nothing beside it, all where there is nothing else."""

Spread = Callable[[NDArray[np.float32]], NDArray[np.float32]]


def _reduced(context: ToolContext, factor: int) -> NDArray[np.float32]:
    """Linear light, premultiplied by the mask, and the mask: HW4 float32, area-averaged."""
    height, width = context.image.shape[:2]
    small_height, small_width = max(1, height // factor), max(1, width // factor)
    result = np.empty((small_height, small_width, 4), dtype=np.float32)
    rows = max(1, (1 << 20) // max(1, width * factor))
    for top in range(0, small_height, rows):
        end = min(small_height, top + rows)
        first = round(top * height / small_height)
        last = max(first + 1, round(end * height / small_height))
        light = to_light(np.ascontiguousarray(context.image[first:last]))
        weight = _weights(context, first, last)
        both = np.concatenate([light * weight[..., None], weight[..., None]], axis=-1)
        size = (small_width, end - top)
        result[top:end] = cv2.resize(both, size, interpolation=cv2.INTER_AREA).reshape(
            end - top, small_width, 4
        )
    return result


def _weights(context: ToolContext, first: int, last: int) -> NDArray[np.float32]:
    """Of some rows: the mask, never quite 0; 1 where there is none."""
    if context.mask is None:
        return np.ones((last - first, context.image.shape[1]), dtype=np.float32)
    return np.asarray(np.maximum(context.mask[first:last], _OUTSIDE), dtype=np.float32)


def _finish(context: ToolContext, spread: NDArray[np.float32], undo: Spread) -> Rgb:
    mean = spread[..., :3] / np.maximum(spread[..., 3:], np.float32(1e-6))
    light = undo(mean.astype(np.float32, copy=False))
    field = Field(light, context.image.shape[0], context.image.shape[1])
    return map_strips(
        context, lambda block, top: to_display_dithered(field.rows(top, block.shape[0]), top)
    )


class BlurArgs(ToolArgs):
    """Arguments of ``blur``."""

    strength: float = Argument(
        default=0.5, ge=0, le=1, description="0 does nothing, 0.5 is clear, 1 leaves only shapes"
    )
    radius: float | None = Argument(
        default=None, ge=0, le=2000, description="standard deviation in pixels, instead"
    )


def blur(args: BlurArgs, context: ToolContext) -> ToolResult:
    """Gaussian blur in linear light, of what the mask covers."""
    short = min(context.image.shape[:2])
    sigma = args.radius if args.radius is not None else 0.05 * short * args.strength**2
    if sigma < 0.05:
        return ToolResult(context.image.copy())
    if sigma < 6:
        return ToolResult(_narrow_blur(context, sigma))
    factor = int(sigma // 4)
    light = _reduced(context, factor)
    # Averaging over factor x factor pixels is itself a blur, of variance factor^2 / 12; so is the
    # linear interpolation back.
    small_sigma = np.sqrt(max((sigma / factor) ** 2 - 0.25, 1.0))
    return ToolResult(_finish(context, blurred(light, float(small_sigma)), lambda x: x))


def _narrow_blur(context: ToolContext, sigma: float) -> Rgb:
    mask = context.mask
    halo = int(np.ceil(4 * sigma)) + 2

    def work(block: Rgb, top: int) -> Rgb:
        light = to_light(block)
        if mask is None:
            return to_display_dithered(blurred(light, sigma), top)
        weight = np.maximum(mask[top : top + block.shape[0]], _OUTSIDE)
        total = blurred(light * weight[..., None], sigma)
        return to_display_dithered(total / blurred(weight, sigma)[..., None], top)

    return map_strips(context, work, halo=halo)


class LensBlurArgs(ToolArgs):
    """Arguments of ``lens_blur``."""

    strength: float = Argument(
        default=0.5, ge=0, le=1, description="size of the out-of-focus disc; 0 does nothing"
    )
    highlights: float = Argument(
        default=0.5, ge=0, le=1, description="how far bright spots bloom into discs of light"
    )


def disc(radius: float) -> NDArray[np.float32]:
    """A filled circle with a soft rim, of sum 1: the image of a point out of focus."""
    reach = int(np.ceil(radius + 1))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1].astype(np.float32)
    distance = np.hypot(x, y)
    inside = np.clip(radius + 0.5 - distance, 0, 1)
    # Real lenses give discs that are a little brighter at the rim.
    inside *= 0.9 + 0.1 * np.minimum(distance / radius, 1) ** 2
    kernel: NDArray[np.float32] = (inside / inside.sum()).astype(np.float32)
    return kernel


def lens_blur(args: LensBlurArgs, context: ToolContext) -> ToolResult:
    """Throw what the mask covers out of focus; highlights become discs of light."""
    radius = 0.032 * min(context.image.shape[:2]) * args.strength
    if radius < 0.3:
        return ToolResult(context.image.copy())
    factor = max(1 if radius < 4.5 else 2, round(radius / 11))
    factor = min(factor, max(1, min(context.image.shape[:2]) // 4))
    light = _reduced(context, factor)
    # Clipped highlights were brighter than the file can say. Undo an imagined shoulder first, so
    # that a lamp outshines what its disc covers, and apply it again after; both by the largest
    # channel, so that lamps keep their hue.
    ceiling = np.float32(1.04 + 1.2 * (1 - args.highlights) ** 3)
    weight = light[..., 3:]
    colour = light[..., :3] / weight
    peak = np.clip(colour.max(axis=-1, keepdims=True), 0, 1)
    scaled = np.concatenate([colour / (ceiling - peak) * weight, weight], axis=-1)
    spread = cv2.filter2D(
        scaled, -1, disc(radius / factor), borderType=cv2.BORDER_REFLECT_101
    ).reshape(scaled.shape)
    # The first filter leaves steps where the kernel is coarse; a pixel of blur hides them.
    spread = blurred(np.maximum(spread, 0), 0.5)

    def undo(values: NDArray[np.float32]) -> NDArray[np.float32]:
        bright = values.max(axis=-1, keepdims=True)
        restored: NDArray[np.float32] = values * (ceiling / (1 + bright))
        return restored

    return ToolResult(_finish(context, spread, undo))


TOOLS = (
    Tool("blur", 1, "Gaussian blur of what the mask covers", BlurArgs, blur),
    Tool("lens_blur", 1, "Out of focus, with discs of light (bokeh)", LensBlurArgs, lens_blur),
)
