"""Scales the whole picture: resize.

Turning and cutting are ``tools.rotation`` and ``tools.geometry``.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from PIL import Image
from pydantic import Field, model_validator

from tools.light import LINEAR, encode_values
from tools.operation import Tool, ToolArgs, ToolContext, ToolResult
from tools.resampling import Planes, check_output, resample, scaling


class ResizeArgs(ToolArgs):
    """The new size: a factor, the longest side, or width and height (one alone keeps the shape)."""

    factor: float | None = Field(default=None, gt=0, le=20)
    longest: int | None = Field(default=None, ge=1, le=65_500, description="of the two sides")
    width: int | None = Field(default=None, ge=1, le=65_500)
    height: int | None = Field(default=None, ge=1, le=65_500)
    fit: Literal["cover", "inside", "stretch"] = Field(
        default="cover",
        description="with both sides given: cut what is over, fit inside, or distort",
    )
    linear: bool = Field(
        default=False, description="mix in linear light: right for stars, lamps and fine patterns"
    )

    @model_validator(mode="after")
    def _one_size(self) -> ResizeArgs:
        ways = [self.factor, self.longest, self.width or self.height]
        if sum(way is not None for way in ways) != 1:
            raise ValueError("give one of factor, longest, or width and/or height")
        return self


def resize(args: ResizeArgs, ctx: ToolContext) -> ToolResult:
    """Scale the picture (Lanczos, averaging properly when shrinking)."""
    height, width = ctx.image.shape[:2]
    size, source = _sizes(args, width, height)
    check_output(*size)

    def warp(planes: Planes) -> Planes:
        return _lanczos(planes, size, source, linear=args.linear)

    def plain(planes: Planes) -> Planes:
        return _lanczos(planes, size, source, linear=False)

    notes: tuple[str, ...] = ()
    if ctx.alpha is None:
        image, alpha = warp(ctx.image), None
    else:
        image, alpha = resample(ctx.image, ctx.alpha, plain)
        if args.linear:
            notes = ("mixed in display values: linear light needs a picture without alpha",)
    left, top, right, bottom = source
    cut = (width - (right - left), height - (bottom - top))
    if max(cut) >= 1:
        notes += (f"{cut[0]:.0f} columns and {cut[1]:.0f} rows cut to fit {size[0]} x {size[1]}",)
    return ToolResult(
        image=image,
        alpha=alpha,
        geometry=scaling((right - left) / size[0], (bottom - top) / size[1], left, top),
        notes=notes,
        facts={"size": list(size)},
    )


def _sizes(
    args: ResizeArgs, width: int, height: int
) -> tuple[tuple[int, int], tuple[float, float, float, float]]:
    """(output width and height, the part of the parent it shows as edges XYXY)."""
    whole = (0.0, 0.0, float(width), float(height))
    if args.width is not None and args.height is not None and args.fit != "inside":
        size = (args.width, args.height)
        if args.fit == "stretch":
            return size, whole
        scale = max(size[0] / width, size[1] / height)
        seen = (min(width, size[0] / scale), min(height, size[1] / scale))
        left, top = (width - seen[0]) / 2, (height - seen[1]) / 2
        return size, (left, top, left + seen[0], top + seen[1])
    ratios = [side / of for side, of in ((args.width, width), (args.height, height)) if side]
    if args.longest is not None:
        ratios = [args.longest / max(width, height)]
    factor = args.factor if args.factor is not None else min(ratios)
    return (max(1, round(width * factor)), max(1, round(height * factor))), whole


def _lanczos(
    planes: Planes,
    size: tuple[int, int],
    source: tuple[float, float, float, float],
    *,
    linear: bool,
) -> Planes:
    """HW or HWC uint8, or HW float32, at another size."""
    if not linear:
        image = Image.fromarray(planes).resize(size, Image.Resampling.LANCZOS, box=source)
        return np.array(image)
    out = np.empty((size[1], size[0], planes.shape[2]), np.uint8)
    for channel in range(planes.shape[2]):  # one float plane at a time
        light = Image.fromarray(LINEAR[planes[..., channel]])
        light = light.resize(size, Image.Resampling.LANCZOS, box=source)
        out[..., channel] = np.rint(255 * encode_values(np.asarray(light)))
    return out


TOOLS = (
    Tool("resize", 1, "Scale the picture to a factor or a size.",
         ResizeArgs, resize, kind="geometry"),
)  # fmt: skip
"""The tools of this module."""
