"""Which pixels of a drawing are its backdrop, where what stands there was only seen roughly.

The masks of things are wrong by about a pixel of the size they were seen at, and some are pieces of
the backdrop. Every drawn thing has a closed dark outline, so a flood of backdrop colours from
outside stops where a thing begins. It paints nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from smartedit_model.drawings.rims import Floats, nearest
from smartedit_model.drawings.surroundings import SURE, Standing, Surroundings, unit_of
from smartedit_model.drawings.things import SEEN_AT
from tools.masks import box_of, dilate, empty, erode, union
from tools.operation import HardMask, Rgb

LIKE, SURELY = 9.0, 5.0
"""Levels within which a pixel has a colour of the backdrop, near the outline of a thing; and well
within one."""
LEAST_HOLE, SPECK = 8.0, 12.0
"""Pixels, at the size things are seen at, from which what is like the backdrop is a hole, such as
within the handle of a cup; and below which what is unlike it is a speck of it."""
GOES_ON = 4.0
"""Levels by which a hole is off what lies on either side of the thing at most, by its median."""
INNER, OUTER = 2.0, 1.5
"""Pixels, at that size, by which a thing may begin further in or further out than it was seen."""
LIGHTEST, DARKEST = 1.03, 0.74
"""By how much a shadow may change a colour."""
SAMPLED = 120
"""Pixels of a row that tell its colours."""
FOOT = (0.1, 0.4, 0.045)
"""Where a thing's shadow may lie: left and right of it by its half width, and above and below its
foot in scene units."""
STEP, MOSTLY = 6, 0.5
"""Levels between neighbours within a plain area at most; share of it from which it is a thing's."""
LARGEST, SURELY_OUTLINED = 0.3, 0.5
"""Scene units that an area beside a thing is long at most, to be of it; and share of its outline
that must be dark."""
ALIKE = 0.25
"""Share of it that looks like what is around, from which something may be a piece of that."""
ALONG = 0.4
"""Scene units of the picture's edge within it, from which something may be a piece of a floor."""
OUTLINED, RIM, DARKER = 0.4, 2.0, 6.0
"""Share of its outline that is darker than what lies beside it, from which something is a thing;
how wide an outline is at most, at the size things are seen at; and by how many levels."""


@dataclass(frozen=True, eq=False)
class Cut:
    """A drawing, cut into what stands in it and what is behind.

    Attributes:
        things: what of the things seen is one.
        backdrop: HW bool, shadows on it included, without the soft rims of the things.
    """

    things: tuple[Standing, ...]
    backdrop: HardMask


def cut(image: Rgb, around: Surroundings) -> Cut:
    """Cut a picture, HWC uint8 RGB, by what was seen in it."""
    shape = (image.shape[0], image.shape[1])
    things = _standing(image, around)
    pixel = max(shape) / SEEN_AT
    seen = _completed(image, union((thing.mask for thing in things), shape))
    inner, outer = (max(round(reach * pixel), 1) for reach in (INNER, OUTER))
    free = ~dilate(seen, outer)
    if not seen.any() or not free.any():
        return Cut(things, ~seen)
    known = erode(union((thing.mask for thing in things if thing.sure >= SURE), shape), inner)
    within = erode(seen, inner)
    shaded = union((_foot(thing, shape) for thing in things), shape) & ~within
    off = _off(image.astype(np.float32), free, ~free, shaded)
    like = free | ((off < np.where(within, SURELY, LIKE)) & ~known)
    flooded = _touching(like, free)
    holes = _large((off < SURELY) & seen & ~flooded, LEAST_HOLE * pixel * pixel)
    holes = _seen_through(image.astype(np.float32), holes, flooded, shaded)
    return Cut(things, ~_large(~(flooded | holes), SPECK * pixel * pixel))


def _standing(image: Rgb, around: Surroundings) -> tuple[Standing, ...]:
    """What of the things seen is one: of a sure kind, outlined, or unlike all that is around."""
    shape = (image.shape[0], image.shape[1])
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    seen = union((thing.mask for thing in around.things), shape)
    free = ~dilate(seen, max(round(OUTER * max(shape) / SEEN_AT), 1))
    unsure = [thing.mask for thing in around.things if thing.sure < SURE]
    asked = union(unsure, shape)
    if not asked.any() or not free.any():
        return around.things
    like = _off(image.astype(np.float32), free, asked, np.zeros(shape, np.bool_)) < SURELY
    return tuple(
        thing
        for thing in around.things
        if thing.sure >= SURE
        or (like[thing.mask].mean() < ALIKE and _edge(thing.mask) < ALONG)
        or _outlined(grey, thing.mask, max(shape) / SEEN_AT) >= OUTLINED
    )


def _edge(mask: HardMask) -> float:
    """How long the picture's edge runs within a mask, in scene units."""
    sides = (mask[0], mask[-1], mask[1:-1, 0], mask[1:-1, -1])
    return sum(np.count_nonzero(side) for side in sides) / unit_of(mask.shape)


def _completed(image: Rgb, seen: HardMask) -> HardMask:
    """What was seen, with the rest of every plain area of it, and small outlined areas beside it.

    So a foot that the segmenter left out is of the thing again.
    """
    plain = np.ones(seen.shape, np.bool_)
    levels = image.astype(np.int16)
    plain[:, 1:] &= np.abs(np.diff(levels, axis=1)).max(axis=2) <= STEP
    plain[1:] &= np.abs(np.diff(levels, axis=0)).max(axis=2) <= STEP
    count, numbered = cv2.connectedComponents(plain.astype(np.uint8), connectivity=4)
    inside = np.bincount(numbered[seen], minlength=count) / np.bincount(
        numbered.ravel(), minlength=count
    ).clip(1)
    inside[0] = 0
    found = np.asarray(seen | (inside >= MOSTLY)[numbered])
    return found | _beside(image, numbered, found)


def _beside(image: Rgb, numbered: Any, seen: HardMask) -> HardMask:
    """The plain areas next to what was seen that are drawn with an outline as things are."""
    pixel = max(seen.shape) / SEEN_AT
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    near = dilate(seen, max(round(3 * pixel), 2)) & ~seen
    found, least = np.zeros_like(seen), LEAST_HOLE * pixel * pixel
    sizes = np.bincount(numbered.ravel())
    numbers = [n for n in np.unique(numbered[near]) if n and least <= sizes[n]]
    for number in numbers:
        area = numbered == number
        x0, y0, x1, y1 = box_of(area) or (0, 0, 0, 0)
        inside = x0 > 0 and y0 > 0 and x1 < seen.shape[1] and y1 < seen.shape[0]
        small = max(x1 - x0, y1 - y0) <= LARGEST * unit_of(seen.shape)
        if not (inside and small):
            continue
        high, wide = max(y1 - y0, 8), max(x1 - x0, 8)
        here = np.s_[max(y0 - high, 0) : y1 + high, max(x0 - wide, 0) : x1 + wide]
        part, free = area[here], ~seen[here] & ~dilate(area[here], 2)
        if not free.any() or _outlined(grey[here], part, pixel) < SURELY_OUTLINED:
            continue
        off = _off(image[here].astype(np.float32), free, part, ~part)
        if (off[part] >= LIKE).mean() >= MOSTLY:
            found |= area
    return found


def _outlined(grey: Floats, mask: HardMask, pixel: float) -> float:
    """Share of a mask's outline that is darker than what lies within and around it."""
    wide = max(round(RIM * pixel), 1)
    inner, outer = erode(mask, 2 * wide), ~dilate(mask, 2 * wide)
    if not outer.any():
        return 0.0
    edge = mask & ~erode(mask, 1)
    darkest = cv2.erode(grey, np.ones((2 * wide + 1, 2 * wide + 1), np.uint8))
    within = grey[nearest(inner)] if inner.any() else np.full_like(grey, np.median(grey[mask]))
    beside = np.minimum(within, grey[nearest(outer)])
    return float((darkest < beside - DARKER)[edge].mean())


def _seen_through(image: Floats, holes: HardMask, free: HardMask, shaded: HardMask) -> HardMask:
    """Those of the holes that go on as the backdrop beside or above them does, not just alike.

    A grey bear's belly may have a colour of the street, but seldom that of the street behind it.
    """
    count, numbered = cv2.connectedComponents(holes.astype(np.uint8), connectivity=4)
    low = np.where(shaded, DARKEST, 1 / LIGHTEST).astype(np.float32)[holes]
    along = _between(image, free, holes)[holes]
    down = _between(image.transpose(1, 0, 2), free.T, holes.T).transpose(1, 0, 2)[holes]
    ways = [_apart(image[holes][:, None], way[:, None], low) for way in (along, down)]
    off, at = np.minimum(*ways), numbered[holes]
    through = np.zeros(count, np.bool_)
    for number in range(1, count):
        through[number] = np.median(off[at == number]) < GOES_ON
    return np.asarray(through[numbered])


def _between(image: Floats, free: HardMask, asked: HardMask) -> Floats:
    """What each row's backdrop would be between where it is seen; black in rows without any."""
    found, columns = np.zeros_like(image), np.arange(image.shape[1])
    for row in np.flatnonzero(asked.any(axis=1) & free.any(axis=1)):
        at = np.flatnonzero(free[row])
        for channel in range(image.shape[2]):
            found[row, :, channel] = np.interp(columns, at, image[row, at, channel])
    return found


def _foot(thing: Standing, shape: tuple[int, int]) -> HardMask:
    """Where the shadow of a thing may lie."""
    zone, box = empty(shape), box_of(thing.mask)
    if box is None:
        return zone
    x0, _, x1, foot = box
    half, high = (x1 - x0) / 2, round(FOOT[2] * unit_of(shape))
    low, far = round(x0 - FOOT[0] * half), round(x1 + FOOT[1] * half)
    zone[max(foot - high, 0) : foot + high, max(low, 0) : max(far, 0)] = True
    return zone


def _off(image: Floats, free: HardMask, asked: HardMask, shaded: HardMask) -> Floats:
    """How many levels some pixels are off the nearest colour that their row's backdrop has.

    Args:
        image: HWC.
        free: HW, what is surely backdrop.
        asked: HW, which pixels; of others it is endless.
        shaded: HW, where that colour may lie in shadow.
    """
    found = np.full(free.shape, np.inf, np.float32)
    near = image[nearest(free)]
    for row in np.flatnonzero(asked.any(axis=1)):
        columns = np.flatnonzero(asked[row])
        here = image[row, columns]
        low = np.where(shaded[row, columns], DARKEST, 1 / LIGHTEST).astype(np.float32)
        best = _apart(here[:, None], near[row, columns][:, None], low)
        samples = image[row, free[row]]
        if len(samples):
            samples = samples[:: max(len(samples) // SAMPLED, 1)]
            best = np.minimum(best, _apart(here[:, None], samples[None], low))
        found[row, columns] = best
    return found


def _apart(here: Floats, colours: Floats, low: Floats) -> Floats:
    """Levels between each of N pixels and the nearest of its M colours, each made darker to fit."""
    share = (here * colours).sum(axis=2) / np.maximum((colours * colours).sum(axis=2), 1.0)
    share = np.clip(share, low[:, None], LIGHTEST)
    apart = np.linalg.norm(here - share[:, :, None] * colours, axis=2)
    return np.asarray(apart.min(axis=1), np.float32)


def _touching(mask: HardMask, start: HardMask) -> HardMask:
    """The parts of a mask that hang together with a part of it."""
    _, numbered = cv2.connectedComponents(mask.astype(np.uint8), connectivity=4)
    return np.asarray(np.isin(numbered, np.unique(numbered[start])) & mask)


def _large(mask: HardMask, least: float) -> HardMask:
    _, numbered, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    kept = stats[:, cv2.CC_STAT_AREA] >= least
    kept[0] = False
    return np.asarray(kept[numbered])
