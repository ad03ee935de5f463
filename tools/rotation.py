"""Turns the picture: rotate by an angle, straighten a tilted one.

Quarter turns move whole pixels. Other angles resample (bicubic) and either cut to the largest
rectangle of the same shape without empty corners, or grow to hold every corner.
"""

from __future__ import annotations

import math
from typing import Literal

import cv2
import numpy as np
from pydantic import Field

from tools.errors import BadArguments
from tools.horizon import find_tilt
from tools.operation import Geometry, Rgb, Tool, ToolArgs, ToolContext, ToolResult
from tools.places import named_colour
from tools.resampling import IDENTITY, Planes, Warp, check_output, resample

_LONGEST = 32_766
"""OpenCV's warps count pixels in 16 bits."""


class RotateArgs(ToolArgs):
    """By how much to turn."""

    degrees: float = Field(ge=-360, le=360, description="clockwise")
    fit: Literal["crop", "expand"] = Field(
        default="crop", description="cut the empty corners off, or grow and fill them"
    )
    fill: str = Field(
        default="black",
        max_length=60,
        description='of the corners with expand: a colour, "reflect", "edge" or "transparent"',
    )


def rotate(args: RotateArgs, ctx: ToolContext) -> ToolResult:
    """Turn the picture clockwise."""
    turns, rest = divmod(args.degrees, 90.0)
    if rest == 0.0:
        return _quarter_turns(int(turns) % 4, ctx)
    return _turned(ctx, args.degrees, args.fit, args.fill)


class StraightenArgs(ToolArgs):
    """How to straighten."""

    degrees: float | None = Field(
        default=None, ge=-45, le=45, description="clockwise turn to make; none = find it"
    )
    most: float = Field(default=12.0, gt=0, le=30, description="largest tilt taken for a mistake")
    certainty: float = Field(
        default=0.48, ge=0, le=1, description="leave the picture alone below this"
    )
    fit: Literal["crop", "expand"] = "crop"


def straighten(args: StraightenArgs, ctx: ToolContext) -> ToolResult:
    """Level a tilted photo by its straight lines; unsure, leave it alone and say so."""
    if args.degrees is not None:
        if args.degrees == 0.0:
            return _untouched(ctx, "the turn asked for is 0 degrees", {})
        return _turned(ctx, args.degrees, args.fit, "black")
    tilt = find_tilt(ctx.image, args.most)
    facts = {
        "tilt": round(tilt.degrees, 2),
        "certainty": round(tilt.confidence, 2),
        "lines": tilt.lines,
    }
    if tilt.confidence < args.certainty:
        return _untouched(
            ctx,
            f"found no clear horizon or upright lines (certainty {tilt.confidence:.2f}, needed"
            f" {args.certainty:.2f}), so the picture was not turned; give degrees to turn it",
            {**facts, "unsure": 1.0},
        )
    if abs(tilt.degrees) < 0.1:
        return _untouched(ctx, f"already level (tilt {tilt.degrees:+.2f} degrees)", facts)
    turned = _turned(ctx, -tilt.degrees, args.fit, "black")
    note = (
        f"was tilted {abs(tilt.degrees):.1f} degrees"
        f" {'clockwise' if tilt.degrees > 0 else 'anticlockwise'}"
    )
    return ToolResult(
        image=turned.image,
        alpha=turned.alpha,
        geometry=turned.geometry,
        notes=(note,),
        facts={**turned.facts, **facts},
    )


def _untouched(ctx: ToolContext, note: str, facts: dict[str, float]) -> ToolResult:
    """The picture as it was, and why."""
    alpha = None if ctx.alpha is None else ctx.alpha.copy()
    return ToolResult(
        image=ctx.image.copy(),
        alpha=alpha,
        geometry=IDENTITY,
        notes=(note,),
        facts={**facts, "degrees": 0.0},
    )


def _quarter_turns(turns: int, ctx: ToolContext) -> ToolResult:
    """Turn clockwise by whole quarters, moving pixels without touching them."""
    height, width = ctx.image.shape[:2]
    right, low = width - 1.0, height - 1.0
    matrices = (
        ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
        ((0.0, 1.0, 0.0), (-1.0, 0.0, low)),
        ((-1.0, 0.0, right), (0.0, -1.0, low)),
        ((0.0, -1.0, right), (1.0, 0.0, 0.0)),
    )
    alpha = ctx.alpha

    def turn(planes: Planes) -> Planes:
        return np.ascontiguousarray(np.rot90(planes, -turns)).copy()

    return ToolResult(
        image=turn(ctx.image),
        alpha=None if alpha is None else turn(alpha),
        geometry=Geometry((*matrices[turns], (0.0, 0.0, 1.0)), exact=True),
        facts={"degrees": 90.0 * turns},
    )


def _turned(ctx: ToolContext, degrees: float, fit: str, fill: str) -> ToolResult:
    """Turn clockwise by any angle."""
    height, width = ctx.image.shape[:2]
    size = inscribed(width, height, degrees) if fit == "crop" else bounding(width, height, degrees)
    check_output(*size)
    if max(*size, width, height) > _LONGEST:
        raise BadArguments(f"a side is over {_LONGEST} pixels; only quarter turns can be made")
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    # Output centre (x, y) shows the parent at the inverse turn about the two pictures' middles.
    out_x, out_y = (size[0] - 1) / 2, (size[1] - 1) / 2
    in_x, in_y = (width - 1) / 2, (height - 1) / 2
    matrix = (
        (cos, sin, in_x - cos * out_x - sin * out_y),
        (-sin, cos, in_y + sin * out_x - cos * out_y),
        (0.0, 0.0, 1.0),
    )

    def warp_with(border: int, value: tuple[int, ...] = (0,)) -> Warp:
        def warp(planes: Planes) -> Planes:
            return np.asarray(
                cv2.warpAffine(
                    planes,
                    np.array(matrix[:2]),
                    size,
                    flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
                    borderMode=border,
                    borderValue=value,
                )
            )

        return warp

    alpha = ctx.alpha
    if fit == "crop" or fill in ("reflect", "edge"):
        border = cv2.BORDER_REPLICATE if fill == "edge" else cv2.BORDER_REFLECT
        image, alpha = resample(ctx.image, alpha, warp_with(border))
    elif fill == "transparent":
        whole = np.full((height, width), 255, np.uint8) if alpha is None else alpha
        alpha = np.asarray(warp_with(cv2.BORDER_CONSTANT)(whole))
        image, _ = resample(ctx.image, ctx.alpha, warp_with(cv2.BORDER_REPLICATE))
    else:
        image, alpha = _on_colour(ctx, warp_with(cv2.BORDER_REFLECT),
                                  warp_with(cv2.BORDER_CONSTANT), fill)  # fmt: skip
    return ToolResult(
        image=image,
        alpha=alpha,
        geometry=Geometry(matrix, exact=False),
        facts={"degrees": degrees, "size": list(size)},
    )


def _on_colour(ctx: ToolContext, spread: Warp, cut: Warp, fill: str) -> tuple[Rgb, Planes | None]:
    """Corners in one colour, the picture's edge laid over it smoothly; corners are opaque."""
    colour = np.array(named_colour(fill), np.float32)
    image, alpha = resample(ctx.image, ctx.alpha, spread)
    inside = cut(np.full(ctx.image.shape[:2], 255, np.uint8))
    for top in range(0, image.shape[0], 256):  # wide numbers for a strip at a time only
        strip, cover = image[top : top + 256], inside[top : top + 256]
        outer = cover < 255
        share = cover[outer, None].astype(np.float32) / 255.0
        strip[outer] = np.rint(strip[outer] * share + colour * (1.0 - share))
    return image, None if alpha is None else np.maximum(alpha, 255 - inside)


def bounding(width: int, height: int, degrees: float) -> tuple[int, int]:
    """Size that holds the whole turned picture."""
    cos, sin = abs(math.cos(math.radians(degrees))), abs(math.sin(math.radians(degrees)))
    # A hair is taken off, so that rounding errors near whole numbers do not add an empty row.
    return (
        max(1, math.ceil(width * cos + height * sin - 1e-6)),
        max(1, math.ceil(width * sin + height * cos - 1e-6)),
    )


def inscribed(width: int, height: int, degrees: float) -> tuple[int, int]:
    """The largest size of the picture's shape that has no empty corner once turned.

    Beyond 45 degrees the shape is the one lying on its side.
    """
    turned = (degrees + 45.0) % 180.0 >= 90.0
    wide, high = (height, width) if turned else (width, height)
    cos, sin = abs(math.cos(math.radians(degrees))), abs(math.sin(math.radians(degrees)))
    # A w x h output, turned back, spans w cos + h sin by w sin + h cos of the parent.
    scale = min(width / (wide * cos + high * sin), height / (wide * sin + high * cos))
    return max(1, math.floor(wide * scale + 1e-6)), max(1, math.floor(high * scale + 1e-6))


TOOLS = (
    Tool("rotate", 1, "Turn the picture clockwise by any angle; quarter turns keep every pixel.",
         RotateArgs, rotate, kind="geometry"),
    Tool("straighten", 2, "Level a tilted photo by its own straight lines, or leave it alone.",
         StraightenArgs, straighten, kind="geometry"),
)  # fmt: skip
"""The tools of this module."""
