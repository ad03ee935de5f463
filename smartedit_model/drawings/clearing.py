"""Takes a thing out of a drawing, with the shadow at its foot, and leaves its neighbours alone.

The place is filled as ``remove_object`` fills it. It draws nothing new.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from smartedit_model.drawings.surroundings import Surroundings, bounds, unit_of
from smartedit_model.world.drawing import Points
from smartedit_model.world.render import SHADOW, UNIT_CIRCLE
from tools.inpaint import fill_hole
from tools.masks import dilate, empty, pixels
from tools.operation import HardMask, Rgb, ToolContext

Floats = np.ndarray[Any, np.dtype[np.float64]]
RIM = 0.003
"""How far past a thing's outline its soft edge reaches, as a share of the diagonal."""
OTHER = 0.3
"""Overlap, against the smaller of the two, below which what is seen there is another thing."""
NEAR = 0.006
"""How far around what is seen of another thing its edge may reach, as a share of the diagonal."""
BESIDE = 0.03
"""How far around a place neighbours are no source for it, as a share of the diagonal."""
TRIED = 0.2
"""Share of the hole's size that must be known beside it for rows to be tried there."""
ROW_ERROR = 5.0
"""Mean error, in levels, up to which rows tell what lies between their ends."""
SHADED = (0.66, 0.985)
"""Brightness of a shadow against the ground beside it."""
TINGED = 0.05
"""How far its channels may be darkened differently; more is another colour, not a shadow."""
SNAP = 0.02


def cleared(
    image: Rgb,
    mask: HardMask,
    things: list[HardMask],
    around: Surroundings,
    context: ToolContext,
    *,
    shaded: bool,
) -> Rgb:
    """The picture without the things.

    Args:
        image: HWC uint8 RGB.
        mask: HW bool, where it may change.
        things: HW bool each, what is taken out; within ``mask``.
        around: what else is there.
        context: how to stop, and the seed.
        shaded: whether they stand on ground that they shade.
    """
    whole = np.logical_or.reduce(things)
    others = neighbours(whole, around)
    rim = dilate(whole, max(pixels(RIM, whole.shape), 1))
    hole = np.asarray((mask & ~dilate(others, pixels(NEAR, whole.shape))) | (rim & mask))
    if shaded:
        for thing in things:
            image = _lightened(image, thing, hole | others)
    return filled(image, hole, dilate(others, pixels(NEAR, whole.shape)), context)


def filled(image: Rgb, hole: HardMask, others: HardMask, context: ToolContext) -> Rgb:
    """The picture with a hole filled from the ground around it, never with pieces of neighbours.

    Drawn grounds, walls and skies are mostly alike along a row; where rows beside the hole bear
    that out it is filled row by row, which keeps horizons; elsewhere as ``remove_object`` does.
    """
    known = ~(hole | others)
    rows = _by_rows(image, hole, known)
    if rows is None:
        beside = others & dilate(hole, pixels(BESIDE, hole.shape))
        rows, _ = fill_hole(image, np.asarray(hole | beside), context)
    return np.where(hole[:, :, None], rows, image)


def _by_rows(image: Rgb, hole: HardMask, known: HardMask) -> Rgb | None:
    """The hole filled from its left to its right; None where that is not how this ground goes."""
    columns = np.flatnonzero(hole.any(axis=0))
    if not columns.size:
        return image
    step = int(columns[-1] - columns[0]) + 5
    errors = []
    for shift in (-step, step):
        beside = np.roll(hole, shift, axis=1)
        beside[:, : max(shift, 0)] = False
        beside[:, hole.shape[1] + min(shift, 0) :] = False
        beside &= known
        if beside.sum() >= TRIED * hole.sum():
            told = _along_rows(image, beside, known & ~beside)[beside].astype(np.int16)
            errors.append(float(np.abs(told - image[beside]).mean()))
    if not errors or max(errors) > ROW_ERROR:
        return None
    return _along_rows(image, hole, known)


def _along_rows(image: Rgb, hole: HardMask, known: HardMask) -> Rgb:
    """Each row of a hole between what is known to its left and to its right."""
    out = image.copy()
    last = None
    for row in np.flatnonzero(hole.any(axis=1)):
        at = np.flatnonzero(known[row])
        if not at.size:  # nothing is known in this row: as the one above
            if last is not None:
                out[row][hole[row]] = out[last][hole[row]]
            continue
        wanted = np.flatnonzero(hole[row])
        smooth = cv2.blur(image[row][at][None], (3, 1))[0]
        for channel in range(3):
            out[row, wanted, channel] = np.rint(np.interp(wanted, at, smooth[:, channel]))
        last = row
    return out


def neighbours(thing: HardMask, around: Surroundings) -> HardMask:
    """HW bool: the other things that are seen there."""
    found = empty(thing.shape)
    own = int(thing.sum())
    for other in around.things:
        both = int((other.mask & thing).sum())
        if both < OTHER * min(own, int(other.mask.sum())):
            found |= other.mask
    return np.asarray(found & ~thing)


def _lightened(image: Rgb, thing: HardMask, taken: HardMask) -> Rgb:
    """The picture without the shadow at a thing's foot, where the ground is darkened evenly."""
    x0, _, x1, y1 = bounds(thing)
    half = (x1 - x0) / 2
    centre = np.array([(x0 + x1) / 2 + 0.12 * half, y1])
    radii = np.array([1.25 * half, min(0.25 * half, 0.042)])
    inner = _filled(UNIT_CIRCLE * radii + centre, thing.shape) & ~taken
    ring = _filled(UNIT_CIRCLE * (radii + 0.02) + centre, thing.shape) & ~inner & ~taken
    grounds = _grounds(image, ring)
    if not len(grounds) or not inner.any():
        return image
    share = image[inner][:, None, :] / grounds  # (pixels, grounds, 3)
    levels = share.mean(axis=2)
    uneven = np.abs(share - levels[:, :, None]).max(axis=2)
    uneven[(levels < SHADED[0]) | (levels > SHADED[1])] = np.inf
    likeliest = uneven.argmin(axis=1)
    rows = np.arange(len(likeliest))
    dark = uneven[rows, likeliest] <= TINGED
    level = _snapped(levels[rows, likeliest])
    out = image.copy()
    plain = image[inner] / level[:, None]
    new = np.where(dark[:, None], np.clip(np.rint(plain), 0, 255), image[inner])
    out[inner] = new.astype(np.uint8)
    return out


def _grounds(image: Rgb, ring: HardMask) -> Floats:
    """The ground's colours to the left, below and to the right of a shadow: (up to 3, 3)."""
    rows, columns = np.nonzero(ring)
    if not rows.size:
        return np.zeros((0, 3))
    thirds = np.array_split(np.argsort(columns, kind="stable"), 3)
    found = [np.median(image[rows[one], columns[one]], axis=0) for one in thirds if one.size]
    return np.maximum(np.array(found, dtype=np.float64), 1.0)


def _snapped(level: Floats) -> Floats:
    """Levels that are about those of the world's own shadows, exactly those."""
    known = np.cumprod([darker for _, darker in SHADOW])
    nearest = known[np.abs(level[:, None] - known).argmin(axis=1)]
    return np.where(np.abs(level - nearest) <= SNAP, nearest, level)


def _filled(outline: Points, shape: tuple[int, ...]) -> HardMask:
    sheet = np.zeros(shape, np.uint8)
    corners = np.rint(outline * unit_of(shape)).astype(np.int32)
    cv2.fillPoly(sheet, [corners], 1)
    return sheet.astype(np.bool_)
