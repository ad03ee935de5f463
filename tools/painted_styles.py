"""Painted styles: watercolour and oil on canvas, made of the photograph without any model."""

from __future__ import annotations

import cv2
import numpy as np
from pydantic import Field as Argument

from tools.brushwork import (
    Colours,
    StyleArgs,
    along,
    finished,
    kuwahara,
    more_colourful,
    noise,
    normal,
    stroke_way,
    unit,
    warped,
    working_copy,
)
from tools.fields import Field, blurred, smoothstep
from tools.light import luma
from tools.operation import Tool, ToolContext, ToolResult


class PaintArgs(StyleArgs):
    """Arguments of ``watercolour`` and ``oil_painting``."""

    brush: float = Argument(default=1.0, ge=0.5, le=2.5, description="size of the brush")


def oil_painting(args: PaintArgs, context: ToolContext) -> ToolResult:
    """Paint the picture in oil: patches of colour in the way the forms run, and bristle marks."""
    if args.strength == 0:
        return ToolResult(context.image.copy())
    small = working_copy(context)
    return _shown(args, context, "oil_painting", _oiled(small, args.brush, context.seed))


def _oiled(photo: Colours, brush: float, seed: int) -> Colours:
    step = unit(photo) * brush
    way = stroke_way(luma(photo), 4 * step)
    paint = kuwahara(photo, max(1.5, 6 * step))
    paint = along(paint, way, max(2, round(5 * step)))
    paint = kuwahara(paint, max(1.0, 3.5 * step))
    # Every stroke takes a little more or less paint: noise drawn out along the strokes.
    loads = normal(along(noise(photo.shape, 1.9 * step, seed), way, max(3, round(16 * step))))
    hairs = normal(along(noise(photo.shape, 0.7 * step, seed + 1), way, max(3, round(12 * step))))
    paint = more_colourful(paint, 1.25)
    paint = paint * (1 + np.float32(0.055) * loads[..., None])
    relief = 0.7 * hairs + 0.8 * loads
    # Light from the upper left over the ridges that bristles leave.
    ridge = blurred(relief, 0.5 * step)
    light = ridge - warped(
        ridge, np.full_like(ridge, -1.2 * step), np.full_like(ridge, -1.2 * step)
    )
    thick = 0.35 + 0.65 * smoothstep(0.05, 0.6, luma(paint))
    shine = np.float32(0.075) * np.clip(light, -2.5, 2.5) * thick
    return np.asarray(np.clip(paint + shine[..., None], 0, 1), dtype=np.float32)


def watercolour(args: PaintArgs, context: ToolContext) -> ToolResult:
    """Paint the picture in watercolour: light washes that pool at their borders, on rough paper."""
    if args.strength == 0:
        return ToolResult(context.image.copy())
    small = working_copy(context)
    return _shown(args, context, "watercolour", _washed(small, args.brush, context.seed))


def _washed(photo: Colours, brush: float, seed: int) -> Colours:
    step = unit(photo) * brush
    shape = photo.shape
    wobble = [noise(shape, 7 * step, seed + n) * np.float32(1.5 * step) for n in (1, 2)]
    wash = kuwahara(kuwahara(photo, max(1.5, 5.5 * step)), max(1.5, 4 * step))
    wash = np.asarray(np.clip(warped(wash, *wobble), 0, 1), dtype=np.float32)
    paper = np.float32(1)
    # Thin paint: shadows are lifted, lights run out into the paper.
    grey = luma(wash)[..., None]
    lifted = wash * np.float32(0.8) + np.float32(0.2) * np.sqrt(wash).astype(np.float32)
    wash = np.asarray(lifted + (paper - lifted) * np.float32(0.13), dtype=np.float32)
    bare = np.float32(0.75) * smoothstep(0.62, 0.98, grey)
    wash = np.asarray(wash + (paper - wash) * bare, dtype=np.float32)
    wash = more_colourful(wash, 1.35)
    # Pigment gathers at the borders of a wash, drifts in pools and settles in the paper's pits.
    border = np.abs(wash - blurred(wash, 2.2 * step)).max(axis=-1)
    rim = smoothstep(0.02, 0.22, border)
    pools = noise(shape, 38 * step, seed + 3) + np.float32(0.7) * noise(shape, 11 * step, seed + 4)
    pits = noise(shape, 1.0 * unit(photo), seed + 5) + noise(shape, 2.2 * unit(photo), seed + 6)
    density = 1 + 0.9 * rim + 0.13 * pools + 0.09 * pits
    depth = np.clip(density, 0.2, 2.6).astype(np.float32)[..., None]
    # Beer's law: paint of twice the density lets through the square of the light.
    return np.asarray(np.power(np.clip(wash, 0.02, 1), depth), dtype=np.float32)


def _shown(args: PaintArgs, context: ToolContext, style: str, painted: Colours) -> ToolResult:
    height, width = context.image.shape[:2]
    field = Field(painted * np.float32(255), height, width)
    if max(painted.shape[:2]) > max(height, width):
        size = (width, height)
        small = cv2.resize(painted, size, interpolation=cv2.INTER_AREA)
        field = Field(np.asarray(small, np.float32).reshape(height, width, 3) * 255, height, width)
    return finished(context, style, args.strength, lambda b, top: field.rows(top, b.shape[0]))


TOOLS = (
    Tool("watercolour", 1, "Watercolour: light washes on paper", PaintArgs, watercolour),
    Tool("oil_painting", 1, "Oil paint, with the marks of the brush", PaintArgs, oil_painting),
)
