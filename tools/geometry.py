"""Geometry that keeps whole pixels: crop, flip, pad.

Scaling is ``tools.resizing``, turning ``tools.rotation``. Every tool moves alpha along and says by
a matrix where each output pixel came from.
"""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np
from pydantic import Field, FiniteFloat, model_validator

from tools.errors import BadArguments
from tools.masks import box_of, pad_box
from tools.operation import Geometry, Rgb, Tool, ToolArgs, ToolContext, ToolResult
from tools.places import SHARES, Place, named_colour
from tools.resampling import check_output, translation

Box = tuple[int, int, int, int]
"""XYXY half-open pixels."""


class CropArgs(ToolArgs):
    """What part of the picture stays. Give at least one of box, to_mask, keep and aspect."""

    box: tuple[FiniteFloat, FiniteFloat, FiniteFloat, FiniteFloat] | None = Field(
        default=None, description="left, top, right, bottom"
    )
    unit: Literal["pixels", "share"] = Field(default="pixels", description="of box")
    to_mask: bool = Field(default=False, description="keep the mask's surroundings")
    margin: float = Field(
        default=0.1, ge=0, le=5, description="around the mask, share of its longer side"
    )
    keep: float | None = Field(default=None, gt=0, le=1, description="share of each side kept")
    aspect: float | None = Field(default=None, gt=0.02, lt=50, description="width / height")
    anchor: Place = Field(default="center", description="what stays where something must go")

    @model_validator(mode="after")
    def _something_to_do(self) -> CropArgs:
        if self.box is None and not self.to_mask and self.keep is None and self.aspect is None:
            raise ValueError("give at least one of box, to_mask, keep and aspect")
        if self.box is not None and self.to_mask:
            raise ValueError("give either box or to_mask, not both")
        return self


def crop(args: CropArgs, ctx: ToolContext) -> ToolResult:
    """Keep part of the picture; the pixels kept are untouched."""
    height, width = ctx.image.shape[:2]
    box: Box = (0, 0, width, height)
    if args.box is not None:
        box = _given_box(args.box, args.unit, width, height)
    elif args.to_mask:
        found = None if ctx.mask is None else box_of(ctx.mask)
        if found is None:
            raise BadArguments("to_mask needs a mask that holds something; there is none here")
        margin = round(args.margin * max(found[2] - found[0], found[3] - found[1]))
        box = pad_box(found, margin, (height, width))
    if args.keep is not None:
        size = (max(1, round((box[2] - box[0]) * args.keep)),
                max(1, round((box[3] - box[1]) * args.keep)))  # fmt: skip
        box = _placed(box, size, args.anchor)
    if args.aspect is not None:
        if args.to_mask:
            box = _grown(box, args.aspect, (width, height))
        box = _placed(box, _largest(box, args.aspect), args.anchor)
    left, top, right, bottom = box
    return ToolResult(
        image=ctx.image[top:bottom, left:right].copy(),
        alpha=None if ctx.alpha is None else ctx.alpha[top:bottom, left:right].copy(),
        geometry=translation(left, top),
        facts={"box": list(box), "size": [right - left, bottom - top]},
    )


def _given_box(box: tuple[float, float, float, float], unit: str, width: int, height: int) -> Box:
    """The user's box in whole pixels, cut to the picture."""
    scale = (width, height, width, height) if unit == "share" else (1, 1, 1, 1)
    left, top, right, bottom = (round(side * by) for side, by in zip(box, scale, strict=True))
    found = (max(left, 0), max(top, 0), min(right, width), min(bottom, height))
    if found[0] >= found[2] or found[1] >= found[3]:
        raise BadArguments(
            f"the box {list(box)} ({unit}) holds none of the {width} x {height} picture;"
            " give left < right and top < bottom inside it"
        )
    return found


def _placed(box: Box, size: tuple[int, int], anchor: Place) -> Box:
    """A box of ``size`` inside ``box``, towards the anchor."""
    share_x, share_y = SHARES[anchor]
    left = box[0] + round((box[2] - box[0] - size[0]) * share_x)
    top = box[1] + round((box[3] - box[1] - size[1]) * share_y)
    return left, top, left + size[0], top + size[1]


def _largest(box: Box, aspect: float) -> tuple[int, int]:
    """The largest (width, height) of that aspect inside a box."""
    width, height = box[2] - box[0], box[3] - box[1]
    if width >= height * aspect:
        return min(width, max(1, round(height * aspect))), height
    return width, min(height, max(1, round(width / aspect)))


def _grown(box: Box, aspect: float, size: tuple[int, int]) -> Box:
    """The box widened or heightened towards the aspect, as far as the picture goes."""
    width, height = box[2] - box[0], box[3] - box[1]
    wanted = (max(width, round(height * aspect)), max(height, round(width / aspect)))
    sides: list[tuple[int, int]] = []
    for low, high, want, limit in zip(box[:2], box[2:], wanted, size, strict=True):
        length = min(want, limit)
        start = min(max(0, (low + high - length) // 2), limit - length)
        sides.append((start, start + length))
    return sides[0][0], sides[1][0], sides[0][1], sides[1][1]


class FlipArgs(ToolArgs):
    """Which way to mirror."""

    axis: Literal["horizontal", "vertical"] = Field(
        default="horizontal", description="horizontal swaps left and right"
    )


def flip(args: FlipArgs, ctx: ToolContext) -> ToolResult:
    """Mirror the picture; every pixel is kept."""
    height, width = ctx.image.shape[:2]
    sideways = args.axis == "horizontal"
    matrix = (
        ((-1.0, 0.0, width - 1.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
        if sideways
        else ((1.0, 0.0, 0.0), (0.0, -1.0, height - 1.0), (0.0, 0.0, 1.0))
    )
    across = int(sideways)
    return ToolResult(
        image=np.ascontiguousarray(np.flip(ctx.image, across)),
        alpha=None if ctx.alpha is None else np.ascontiguousarray(np.flip(ctx.alpha, across)),
        geometry=Geometry(matrix, exact=True),
    )


class PadArgs(ToolArgs):
    """How much to add around the picture. Give an amount, an aspect or single sides."""

    amount: float = Field(default=0.0, ge=0, le=2, description="every side, share of the shorter")
    aspect: float | None = Field(default=None, gt=0.02, lt=50, description="width / height")
    left: int = Field(default=0, ge=0, le=65_500, description="pixels")
    top: int = Field(default=0, ge=0, le=65_500, description="pixels")
    right: int = Field(default=0, ge=0, le=65_500, description="pixels")
    bottom: int = Field(default=0, ge=0, le=65_500, description="pixels")
    fill: str = Field(
        default="white",
        max_length=60,
        description='a colour, "reflect", "edge", "blur" (the picture itself) or "transparent"',
    )
    anchor: Place = Field(default="center", description="where the picture sits for an aspect")

    @model_validator(mode="after")
    def _something_to_do(self) -> PadArgs:
        if not (self.amount or self.aspect or self.left or self.top or self.right or self.bottom):
            raise ValueError("give an amount, an aspect or at least one side")
        return self


_BORDERS = {"reflect": cv2.BORDER_REFLECT, "edge": cv2.BORDER_REPLICATE}


def pad(args: PadArgs, ctx: ToolContext) -> ToolResult:
    """Add room around the picture; its own pixels are untouched."""
    height, width = ctx.image.shape[:2]
    even = round(args.amount * min(height, width))
    left, top = args.left + even, args.top + even
    right, bottom = args.right + even, args.bottom + even
    if args.aspect is not None:
        wide, high = width + left + right, height + top + bottom
        more_x = max(0, round(high * args.aspect) - wide)
        more_y = max(0, round(wide / args.aspect) - high) if not more_x else 0
        share_x, share_y = SHARES[args.anchor]
        left, top = left + round(more_x * share_x), top + round(more_y * share_y)
        right += more_x - round(more_x * share_x)
        bottom += more_y - round(more_y * share_y)
    check_output(width + left + right, height + top + bottom)
    sides = (top, bottom, left, right)
    border = _BORDERS.get(args.fill)
    alpha = ctx.alpha
    if args.fill == "transparent":
        image = cv2.copyMakeBorder(ctx.image, *sides, cv2.BORDER_CONSTANT, value=(0, 0, 0))
        whole = np.full((height, width), 255, np.uint8) if alpha is None else alpha
        alpha = cv2.copyMakeBorder(whole, *sides, cv2.BORDER_CONSTANT, value=0)
    elif border is not None:
        image = cv2.copyMakeBorder(ctx.image, *sides, border)
        alpha = None if alpha is None else cv2.copyMakeBorder(alpha, *sides, border)
    else:
        if args.fill == "blur":
            image = _blurred_cover(ctx.image, width + left + right, height + top + bottom)
            image[top : top + height, left : left + width] = ctx.image
        else:
            colour = named_colour(args.fill)
            image = cv2.copyMakeBorder(ctx.image, *sides, cv2.BORDER_CONSTANT, value=colour)
        if alpha is not None:
            alpha = cv2.copyMakeBorder(alpha, *sides, cv2.BORDER_CONSTANT, value=255)
    return ToolResult(
        image=np.asarray(image),
        alpha=None if alpha is None else np.asarray(alpha),
        geometry=translation(-left, -top),
        facts={"box": [left, top, left + width, top + height]},
    )


def _blurred_cover(image: Rgb, width: int, height: int) -> Rgb:
    """The picture stretched over a frame without distortion, very soft and a little darker."""
    scale = max(width / image.shape[1], height / image.shape[0])
    small = cv2.resize(image, (max(8, round(image.shape[1] * scale / 32)),
                               max(8, round(image.shape[0] * scale / 32))),
                       interpolation=cv2.INTER_AREA)  # fmt: skip
    small = cv2.GaussianBlur(small, (0, 0), max(1.0, min(small.shape[:2]) / 24))
    wide, high = max(4, round(width / 32)), max(4, round(height / 32))
    left, top = max(0, (small.shape[1] - wide) // 2), max(0, (small.shape[0] - high) // 2)
    small = small[top : top + high, left : left + wide]
    cover = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(cv2.convertScaleAbs(cover, alpha=0.8))


TOOLS = (
    Tool("crop", 1, "Keep part of the picture: a box, a share, an aspect or what a mask shows.",
         CropArgs, crop, kind="geometry"),
    Tool("flip", 1, "Mirror the picture left-right or top-bottom.",
         FlipArgs, flip, kind="geometry"),
    Tool("pad", 1, "Add room around the picture: a colour, its reflection or its blurred self.",
         PadArgs, pad, kind="geometry"),
)  # fmt: skip
"""The tools of this module."""
