"""Things of a drawing made larger, turned or put elsewhere, with the shadows at their feet.

The thing itself is kept, pixel by pixel where it is only moved; its old place is filled as removed
things' are, and what stands nearer stays before it. It decides neither what nor how far.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from smartedit_model.drawings.clearing import cleared
from smartedit_model.drawings.scenery import with_shadows
from smartedit_model.drawings.surroundings import SURE, Bounds, Surroundings, bounds, unit_of
from tools.masks import box_of, dilate, empty, feather, pixels
from tools.operation import HardMask, Rgb, ToolContext
from tools.transplant import GROW, TURNED, Matrix, mirrored, scaled, turned, warped

NEARER = 0.015
"""How much lower another thing's foot must be for it to stand nearer, in scene units."""
PIECE = 0.15
"""Share of what is seen inside a thing from which it is a piece of that."""
SOFT = 0.7
"""Blur, in pixels, of the rim of what stands before a thing."""


@dataclass(frozen=True, eq=False)
class Shift:
    """One thing and where it goes.

    Attributes:
        mask: HW bool, the thing.
        matrix: (2, 3), from its pixels to where they land.
        factor: by which it becomes larger.
    """

    mask: HardMask
    matrix: Matrix
    factor: float = 1.0

    @property
    def landing(self) -> Bounds:
        """Where it will be, in scene units."""
        unit = unit_of(self.mask.shape)
        x0, y0, x1, y1 = (value * unit for value in bounds(self.mask))
        corners = np.array([[x0, x1, x0, x1], [y0, y0, y1, y1], [1, 1, 1, 1]])
        across, down = self.matrix @ corners / unit
        return (float(across.min()), float(down.min()), float(across.max()), float(down.max()))


def enlarged(mask: HardMask, factor: float, *, middle: bool) -> Shift:
    """A thing larger or smaller, on its foot or about its middle."""
    box = box_of(mask) or (0, 0, mask.shape[1], mask.shape[0])
    return Shift(mask, scaled(box, factor, middle=middle), factor)


def displaced(mask: HardMask, dx: float, dy: float) -> Shift:
    """A thing elsewhere, by shares of the picture's width and height, in whole pixels."""
    height, width = mask.shape
    matrix = [[1, 0, round(dx * width)], [0, 1, round(dy * height)]]
    return Shift(mask, np.array(matrix, dtype=np.float64))


def mirrored_there(mask: HardMask, axis: str) -> Shift:
    """A thing mirrored in its place, ``horizontal`` or ``vertical``."""
    return Shift(mask, mirrored(box_of(mask) or (0, 0, *mask.shape[::-1]), axis))


def turned_there(mask: HardMask, degrees: float) -> Shift:
    """A thing turned clockwise about its middle."""
    return Shift(mask, turned(box_of(mask) or (0, 0, *mask.shape[::-1]), degrees), TURNED)


def shifted(
    image: Rgb, shifts: list[Shift], around: Surroundings, context: ToolContext, *, shaded: bool
) -> Rgb:
    """The picture with things where and as large as they should be.

    Args:
        image: HWC uint8 RGB.
        shifts: the things; none of them goes wholly out of the picture.
        around: what else is there, and its light.
        context: how to stop, and the seed.
        shaded: whether they stand on ground that they shade.
    """
    masks = [shift.mask for shift in shifts]
    whole = np.logical_or.reduce(masks)
    hole = dilate(whole, pixels(GROW, whole.shape))
    out = cleared(image, hole, masks, around, context, shaded=shaded)
    others = [one.mask for one in around.things if one.sure >= SURE and not _of(one.mask, masks)]
    for shift in sorted(shifts, key=lambda one: one.landing[3]):
        before = _nearer(shift, others)
        if shaded:
            shadowed = with_shadows(out, (shift.landing,), around.time)
            out = np.where(dilate(before, 1)[:, :, None], out, shadowed)
        out = _pasted(out, image, shift, before)
    return out


def _of(mask: HardMask, things: list[HardMask]) -> bool:
    """Whether what is seen is one of some things, or a piece of it."""
    return any((mask & dilate(one, 1)).sum() > PIECE * mask.sum() for one in things)


def _nearer(shift: Shift, others: list[HardMask]) -> HardMask:
    """HW bool: the things that stand nearer than this one will."""
    found = empty(shift.mask.shape)
    for other in others:
        if bounds(other)[3] > shift.landing[3] + NEARER:
            found |= other
    return np.asarray(found & ~shift.mask)


def _pasted(ground: Rgb, image: Rgb, shift: Shift, before: HardMask) -> Rgb:
    """The thing put down, behind what stands before it."""
    soft = feather(shift.mask, 1, "outside")
    matte, thing, (x0, y0, x1, y1) = warped(image, soft, shift.matrix, shift.factor)
    if x0 >= x1 or y0 >= y1:
        return ground
    cover: Any = cv2.GaussianBlur(before[y0:y1, x0:x1].astype(np.float32), (0, 0), SOFT)
    share = (matte * (1 - cover))[..., None]
    out = ground.copy()
    part = out[y0:y1, x0:x1].astype(np.float32)
    out[y0:y1, x0:x1] = np.clip(np.rint(part + (thing - part) * share), 0, 255)
    return out
