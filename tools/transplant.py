"""A thing made larger, moved, mirrored or turned in its picture: cut out, gap closed, pasted."""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np
from pydantic import Field

from tools.errors import BadArguments
from tools.grounding import Box
from tools.inpaint import fill_hole
from tools.light import rounded
from tools.masks import (
    area_share,
    box_of,
    components,
    dilate,
    feather,
    harden,
    pad_box,
    pixels,
    without_specks,
)
from tools.operation import HardMask, Rgb, SoftMask, Tool, ToolArgs, ToolContext, ToolResult

MOST = 0.5
"""A thing covering a larger share of the picture leaves too little to close the gap with."""
GROW = 0.004
TURNED = 1.0 + 1e-6
"""The factor of what is turned: as large as before, but sampled between the pixels."""
Matrix = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


class ResizeArgs(ToolArgs):
    """Arguments of ``resize_object``."""

    factor: float = Field(gt=0.05, le=8, description="0.8 = 20% smaller, 2 = twice as large")
    anchor: str = Field(
        default="center",
        pattern="^(center|bottom)$",
        description="what stays in place: its center, or the bottom it stands on",
    )
    each: bool = Field(
        default=False, description="several things: each separate piece of the mask where it stands"
    )


class MoveArgs(ToolArgs):
    """Arguments of ``move_object``."""

    dx: float = Field(default=0, ge=-1, le=1, description="to the right, share of the width")
    dy: float = Field(default=0, ge=-1, le=1, description="downwards, share of the height")


class MirrorArgs(ToolArgs):
    """Arguments of ``flip_object``."""

    axis: Literal["horizontal", "vertical"] = Field(
        default="horizontal", description="horizontal swaps its left and right"
    )


class TurnArgs(ToolArgs):
    """Arguments of ``rotate_object``."""

    degrees: float = Field(ge=-360, le=360, description="clockwise, about its middle")


def resize(args: ResizeArgs, context: ToolContext) -> ToolResult:
    """Make the masked thing larger or smaller where it stands.

    Raises:
        BadArguments: no mask, an empty one, or one that covers most of the picture.
        Cancelled: the caller asked to stop.
    """
    mask, box = _thing(context, "resize_object")
    pieces = _pieces(mask) if args.each else [mask]
    middle = args.anchor == "center"
    placed = [
        (piece, scaled(box_of(harden(piece)) or box, args.factor, middle=middle))
        for piece in pieces
    ]
    return _transplant(context, placed, args.factor)


def scaled(box: Box, factor: float, *, middle: bool) -> Matrix:
    """The 2x3 matrix that makes what is in a box larger, about its middle or on its foot."""
    x0, y0, x1, y1 = box
    cx = (x0 + x1) / 2
    cy = (y0 + y1) / 2 if middle else float(y1)
    return np.array([[factor, 0, cx - factor * cx], [0, factor, cy - factor * cy]], np.float64)


def _pieces(mask: SoftMask) -> list[SoftMask]:
    """The separate things of the mask, the farthest first: what stands lower stands nearer."""
    things = without_specks(components(harden(mask)))
    if len(things) == 1:
        return [mask]
    reach = pixels(GROW, mask.shape)
    own = [np.asarray(mask * dilate(one, reach), dtype=np.float32) for one in things]
    return sorted(own, key=lambda one: (box_of(harden(one)) or (0, 0, 0, 0))[3])


def move(args: MoveArgs, context: ToolContext) -> ToolResult:
    """Move the masked thing.

    Raises:
        BadArguments: no mask, an empty one, one that covers most of the picture, or a move that
            takes the thing wholly out of it.
        Cancelled: the caller asked to stop.
    """
    mask, (x0, y0, x1, y1) = _thing(context, "move_object")
    height, width = context.image.shape[:2]
    # Whole pixels: the thing arrives without being resampled.
    dx, dy = round(args.dx * width), round(args.dy * height)
    if x1 + dx <= 0 or x0 + dx >= width or y1 + dy <= 0 or y0 + dy >= height:
        raise BadArguments(
            f"moving by {args.dx:g}, {args.dy:g} takes it out of the picture; remove it instead"
        )
    matrix = np.array([[1, 0, dx], [0, 1, dy]], dtype=np.float64)
    return _transplant(context, [(mask, matrix)], 1.0)


def mirror(args: MirrorArgs, context: ToolContext) -> ToolResult:
    """Mirror the masked thing where it stands.

    Raises:
        BadArguments: no mask, an empty one, or one that covers most of the picture.
        Cancelled: the caller asked to stop.
    """
    mask, box = _thing(context, "flip_object")
    return _transplant(context, [(mask, mirrored(box, args.axis))], 1.0)


def mirrored(box: Box, axis: str) -> Matrix:
    """The 2x3 matrix that mirrors what is in a box in its place, pixel by pixel."""
    x0, y0, x1, y1 = box
    across, down = [[-1, 0, x0 + x1 - 1], [0, 1, 0]], [[1, 0, 0], [0, -1, y0 + y1 - 1]]
    return np.array(across if axis == "horizontal" else down, np.float64)


def turn(args: TurnArgs, context: ToolContext) -> ToolResult:
    """Turn the masked thing about its middle.

    Raises:
        BadArguments: no mask, an empty one, or one that covers most of the picture.
        Cancelled: the caller asked to stop.
    """
    mask, box = _thing(context, "rotate_object")
    return _transplant(context, [(mask, turned(box, args.degrees))], TURNED)


def turned(box: Box, degrees: float) -> Matrix:
    """The 2x3 matrix that turns what is in a box clockwise about its middle."""
    x0, y0, x1, y1 = box
    middle = ((x0 + x1 - 1) / 2, (y0 + y1 - 1) / 2)
    return np.asarray(cv2.getRotationMatrix2D(middle, -degrees, 1.0), np.float64)


def _thing(context: ToolContext, name: str) -> tuple[SoftMask, Box]:
    if context.mask is None:
        raise BadArguments(f"{name} needs a mask: say what it acts on or mark it")
    box = box_of(harden(context.mask))
    if box is None:
        raise BadArguments("the mask of the thing is empty")
    share = area_share(harden(context.mask))
    if share > MOST:
        raise BadArguments(
            f"the thing covers {100 * share:.0f}% of the picture; at most {100 * MOST:.0f}% leaves "
            "enough to close the gap with (resize or crop the whole picture instead)"
        )
    return context.mask, box


def _transplant(
    context: ToolContext, pieces: list[tuple[SoftMask, Matrix]], factor: float
) -> ToolResult:
    """Take the things out, close the gaps, put each back through its forward 2x3 matrix."""
    image = context.image
    shape = (image.shape[0], image.shape[1])
    whole: SoftMask = np.maximum.reduce([mask for mask, _ in pieces])
    gap = dilate(harden(whole, 0.05), pixels(GROW, shape))
    out, method = fill_hole(image, gap, context)
    region: SoftMask = gap.astype(np.float32)
    placed: HardMask = np.zeros(shape, dtype=np.bool_)
    for mask, matrix in pieces:
        soft = np.minimum(mask, feather(harden(mask), 1, "outside"))
        matte, thing, window = warped(image, soft, matrix, factor)
        x0, y0, x1, y1 = window
        part = out[y0:y1, x0:x1].astype(np.float32)
        blend = part + (thing - part) * matte[..., None]
        out[y0:y1, x0:x1] = rounded(blend)
        region[y0:y1, x0:x1] = np.maximum(region[y0:y1, x0:x1], np.asarray(matte > 0, np.float32))
        placed[y0:y1, x0:x1] |= matte > 0.5
    old, new = box_of(harden(whole)), box_of(placed)
    context.progress(1.0)
    return ToolResult(
        image=out,
        region=region,
        notes=(f"closed the gap by {method}",),
        facts={"old_box": list(old or ()), "box": list(new or ()), "factor": factor},
    )


def warped(
    image: Rgb,
    soft: SoftMask,
    matrix: Matrix,
    factor: float,
) -> tuple[SoftMask, SoftMask, Box]:
    """The thing and its matte where they land: matte HW, colours HWC float32, window XYXY."""
    shape = (image.shape[0], image.shape[1])
    box = pad_box(box_of(soft) or (0, 0, 1, 1), 4, shape)
    corners = matrix @ np.array(
        [[box[0], box[2], box[0], box[2]], [box[1], box[1], box[3], box[3]], [1, 1, 1, 1]]
    )
    low, high = np.floor(corners.min(axis=1)).astype(int), np.ceil(corners.max(axis=1)).astype(int)
    window = (
        max(int(low[0]), 0), max(int(low[1]), 0),
        min(int(high[0]), shape[1]), min(int(high[1]), shape[0]),
    )  # fmt: skip
    local = matrix.copy()
    local[:, 2] += matrix[:, :2] @ np.array(box[:2], dtype=np.float64) - np.array(window[:2])
    size = (window[2] - window[0], window[3] - window[1])
    colours = image[box[1] : box[3], box[0] : box[2]].astype(np.float32)
    alpha = soft[box[1] : box[3], box[0] : box[2]]
    if factor < 1:  # shrinking drops pixels: blur first, so that fine patterns do not alias
        sigma = 0.4 / factor - 0.3
        if sigma > 0.2:
            colours, alpha = (cv2.GaussianBlur(p, (0, 0), sigma) for p in (colours, alpha))
    whole = factor == 1.0
    how = cv2.INTER_NEAREST if whole else cv2.INTER_CUBIC if factor > 1 else cv2.INTER_LINEAR
    thing = cv2.warpAffine(colours, local, size, flags=how, borderMode=cv2.BORDER_REPLICATE)
    flat = cv2.INTER_NEAREST if whole else cv2.INTER_LINEAR
    matte = cv2.warpAffine(alpha, local, size, flags=flat, borderMode=cv2.BORDER_CONSTANT)
    return np.asarray(matte, dtype=np.float32), np.asarray(thing, dtype=np.float32), window


TOOLS: tuple[Tool[ResizeArgs] | Tool[MoveArgs] | Tool[MirrorArgs] | Tool[TurnArgs], ...] = (
    Tool(
        name="resize_object",
        version=2,
        summary="Make the masked thing larger or smaller and close the gap around it.",
        args=ResizeArgs,
        run=resize,
    ),
    Tool(
        name="move_object",
        version=1,
        summary="Move the masked thing and close the gap it leaves.",
        args=MoveArgs,
        run=move,
    ),
    Tool(
        name="flip_object",
        version=1,
        summary="Mirror the masked thing in its place and close the gap around it.",
        args=MirrorArgs,
        run=mirror,
    ),
    Tool(
        name="rotate_object",
        version=1,
        summary="Turn the masked thing about its middle and close the gap around it.",
        args=TurnArgs,
        run=turn,
    ),
)
