"""Where a new thing stands, how large, and what of the picture stays before it.

Places are tried at random by the seed, and the one that covers least of what is there is taken. It
draws nothing.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np

from smartedit_model.drawings.ground import Ground
from smartedit_model.drawings.spots import HIGH, Anchored, free_spots, how, top_of
from smartedit_model.drawings.standing import Placed, Spot, kept_inside, stood
from smartedit_model.drawings.surroundings import Bounds, Surroundings, unit_of
from smartedit_model.world.spec import ObjectSpec
from tools.operation import HardMask, Rgb
from tools.target import Target

SMALLER = (1.0, 0.8, 0.64)
"""Sizes tried one after another while there is no room."""
ROOMY = 0.8
"""Cost below which there is room."""
BUSY, EDGE = 0.4, 24.0
"""Weight of mere detail, against a thing; levels of an edge from which it counts in full."""
OWN = 0.5
"""Share of a thing within the anchor's outline, from which it is the anchor itself."""
OVER = frozenset({"on", "front", "behind", "under", "within", "fill"})
"""Relations in which the new thing and its anchor share a place."""

Floats = np.ndarray[Any, np.dtype[np.float64]]


class Placer:
    """Finds a place for a new thing.

    Args:
        image: HWC uint8 RGB.
        around: what is there.
        target: what it is put at; the whole image where the words name no thing.
        where: the words for its place.
        thing: HW bool, the target's outline or what the user marked, or None.
        allowed: HW bool where it may be drawn, or None for everywhere; where it is put at a thing
            it may reach beyond.
    """

    def __init__(
        self,
        image: Rgb,
        around: Surroundings,
        *,
        target: Target,
        where: str,
        thing: HardMask | None,
        allowed: HardMask | None,
    ) -> None:
        self._around, self._target, self._where, self._thing = around, target, where.lower(), thing
        self._shape = (image.shape[0], image.shape[1])
        self._unit = unit_of(self._shape)
        self._relation = how(self._where, target, thing)
        self._ground = Ground(
            around, self._shape[1] / self._unit, self._shape[0] / self._unit
        )  # fmt: skip
        self._closed = None if thing is not None or allowed is None else _summed(~allowed)
        self._taken = _summed(self._occupied(image))

    def place(self, item: ObjectSpec, size: float, draw: random.Random, *, sticker: bool) -> Placed:
        """The best place for a thing.

        Args:
            item: from ``new_item``.
            size: factor on its usual size.
            draw: the only randomness.
            sticker: it is stuck on, and stands on nothing.
        """
        best, least = kept_inside(item, self._shape), np.inf
        for shrink in SMALLER:
            for spot in self._spots(item, size * shrink, draw, sticker):
                wanted = stood(item, spot)
                made = kept_inside(wanted, self._shape)
                moved = abs(made.x - wanted.x) + abs(made.y - wanted.y)
                cost = self._cost(made) + spot.off + 2 * moved
                if cost < least:
                    best, least = made, cost
            if least < ROOMY:
                break
        return Placed(best, self._shaded(best, sticker), self._before())

    def _spots(
        self, item: ObjectSpec, size: float, draw: random.Random, sticker: bool
    ) -> Iterator[Spot]:
        if self._thing is None:
            return free_spots(item, size, self._where, self._ground, draw, sticker=sticker)
        at = Anchored(self._thing, self._target, self._relation, self._where, self._ground)
        return at.spots(item, size, draw)

    def _occupied(self, image: Rgb) -> Floats:
        """HW: what is there, 1 for things and less for mere detail."""
        grey = cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2GRAY).astype(np.float32)
        edges = np.abs(cv2.Laplacian(cv2.GaussianBlur(grey, (0, 0), 1.0), cv2.CV_32F))
        busy: Floats = BUSY * np.clip(edges / EDGE, 0, 1).astype(np.float64)
        shares = self._relation in OVER
        for item in self._around.things:
            both = 0 if self._thing is None else int((item.mask & self._thing).sum())
            if not shares or both < OWN * item.mask.sum():
                busy[item.mask] = 1.0
        if self._thing is not None and not shares:
            busy[self._thing] = 1.0
        return busy

    def _cost(self, item: ObjectSpec) -> float:
        """How much it would cover that it should not."""
        x0, y0, x1, y1 = item.box
        inset = 0.08 * (x1 - x0)
        cost = 3 * self._share(self._taken, (x0 + inset, y0 + inset, x1 - inset, y1))
        if self._closed is not None:
            cost += 10 * self._share(self._closed, item.box)
        return cost

    def _share(self, summed: Floats, box: Bounds) -> float:
        height, width = self._shape
        a, c = (min(max(round(value * self._unit), 0), width) for value in (box[0], box[2]))
        b, d = (min(max(round(value * self._unit), 0), height) for value in (box[1], box[3]))
        whole = (box[2] - box[0]) * (box[3] - box[1]) * self._unit**2
        inside = summed[d, c] - summed[b, c] - summed[d, a] + summed[b, a]
        return float(inside) / max(whole, 1.0)

    def _shaded(self, item: ObjectSpec, sticker: bool) -> bool:
        """Whether it stands on ground: not in the air, on a pattern or on somebody's head."""
        if item.entry.place != "ground" or sticker or self._relation == "above":
            return False
        if self._relation == "on":
            return top_of(self._target) is not None
        floating = self._relation == "free" and bool(HIGH & set(self._where.split()))
        return not floating and not self._around.flat

    def _before(self) -> HardMask | None:
        """What stays before the new thing."""
        sheltered = self._relation == "under" and top_of(self._target) is not None
        return self._thing if sheltered or self._relation == "behind" else None


def _summed(values: np.ndarray[Any, Any]) -> Floats:
    """The integral of an HW array, (H + 1, W + 1)."""
    summed: Floats = cv2.integral(values.astype(np.float64))
    return summed
