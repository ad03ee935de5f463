"""Things of a drawing made larger, smaller or put elsewhere, with the shadows at their feet.

The thing itself is kept, pixel by pixel where it is only moved; its old place is filled as removed
things' are, and what stands nearer stays before it. It decides neither what nor how far.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from smartedit_model.drawings.clearing import cleared
from smartedit_model.drawings.surroundings import Bounds, Surroundings, bounds, unit_of
from smartedit_model.world.backdrops import LIGHTS
from smartedit_model.world.canvas import Canvas
from smartedit_model.world.catalogue import kind
from smartedit_model.world.render import draw_shadow
from smartedit_model.world.spec import ObjectSpec
from tools.masks import dilate, empty, feather, pad_box, pixels
from tools.operation import HardMask, Rgb, ToolContext
from tools.transplant import GROW, Matrix, warped

STANDS_IN = "ball"
"""Any kind: a shadow follows from a thing's bounds alone."""
NEARER = 0.015
"""How much lower another thing's foot must be for it to stand nearer, in scene units."""
SURE, PIECE = 0.6, 0.15
"""Chance from which what is seen is a thing of its own; share of it inside another from which it
is a piece of that."""
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
        corners = self.matrix @ np.array([[x0, x1], [y0, y1], [1, 1]])
        (left, right), (top, bottom) = corners / unit
        return (float(left), float(top), float(right), float(bottom))


def enlarged(mask: HardMask, factor: float, *, middle: bool) -> Shift:
    """A thing larger or smaller, on its foot or about its middle."""
    unit = unit_of(mask.shape)
    x0, y0, x1, y1 = (value * unit for value in bounds(mask))
    cx, cy = (x0 + x1) / 2, (y0 + y1) / 2 if middle else y1
    matrix = np.array([[factor, 0, cx - factor * cx], [0, factor, cy - factor * cy]])
    return Shift(mask, matrix.astype(np.float64), factor)


def displaced(mask: HardMask, dx: float, dy: float) -> Shift:
    """A thing elsewhere, by shares of the picture's width and height, in whole pixels."""
    height, width = mask.shape
    matrix = [[1, 0, round(dx * width)], [0, 1, round(dy * height)]]
    return Shift(mask, np.array(matrix, dtype=np.float64))


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
            out = _shaded(out, shift.landing, around, dilate(before, 1))
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


def _shaded(image: Rgb, landing: Bounds, around: Surroundings, free: HardMask) -> Rgb:
    """The picture with a shadow at a thing's new foot, but not over what stands nearer."""
    unit = unit_of(image.shape)
    x0, y0, x1, y1 = landing
    box = kind(STANDS_IN).variants[0].box
    scale = (y1 - y0) / (box[3] - box[1]) * 100 / kind(STANDS_IN).scale
    wide = (x1 - x0) / (box[2] - box[0]) / ((y1 - y0) / (box[3] - box[1]))
    middle = (x0 + x1) / 2 - (box[0] + box[2]) / 2 * (x1 - x0) / (box[2] - box[0])
    item = ObjectSpec(1, STANDS_IN, "red", middle, y1, scale, wide=wide)
    reach = 0.3 * (x1 - x0)
    window = pad_box(
        (round((x0 - reach) * unit), round((y1 - 0.1) * unit),
         round((x1 + reach) * unit), round((y1 + 0.06) * unit)),
        1, (image.shape[0], image.shape[1]),
    )  # fmt: skip
    if window[0] >= window[2] or window[1] >= window[3]:
        return image
    canvas = Canvas.over(image, window, unit, LIGHTS[around.time])
    draw_shadow(canvas, item)
    made, _ = canvas.finish()
    out = image.copy()
    out[window[1] : window[3], window[0] : window[2]] = made
    return np.where(free[:, :, None], image, out)


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
