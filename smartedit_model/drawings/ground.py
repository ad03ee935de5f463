"""How large things are in a picture and how far down they stand, by what stands there already.

Everything is in scene units. It chooses no place.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np

from smartedit_model.drawings.surroundings import SURE, Bounds, Surroundings, bounds, natural
from smartedit_model.world.catalogue import kind
from smartedit_model.world.spec import ObjectSpec

USUAL = 0.85
"""Size of a new thing, as a factor on its kind's, where nothing else tells how large things are."""
SIZES = (0.5, 1.35)
REACH = {"table": (0.62, 0.93), "room": (0.66, 0.95), "street": (0.72, 0.95),
         "field": (0.68, 0.95), "beach": (0.68, 0.95), "texture": (0.4, 0.96),
         "photo": (0.4, 0.96), "": (0.6, 0.95)}  # fmt: skip
"""Backdrop -> how far down things may stand, as shares of the height."""
FLOATING = {"air": (0.3, 0.5), "wall": (0.32, 0.46)}
"""The same of what flies or hangs, by the kind's place."""
SHELF = 0.93
"""Where the lower board of a drawn shelf is."""
UNDEEP = ("shelf", "texture", "photo", "")
"""Backdrops where things are as large wherever they stand."""
HORIZON = 0.49
"""Where the world's horizons are on average; a picture's own is not known."""


@dataclass(frozen=True)
class Ground:
    """What the things of a picture tell of it.

    Attributes:
        around: what is there.
        wide, high: the picture's sides.
    """

    around: Surroundings
    wide: float
    high: float

    @property
    def level(self) -> bool:
        """Whether things stand on boards, none before another."""
        return self.around.backdrop == "shelf"

    def scale(self, foot: float | None) -> float:
        """The usual size of a thing that stands so far down; None: that floats."""
        found = []
        for item in self.around.things:
            x0, y0, x1, y1 = bounds(item.mask)
            whole = x0 > 0 and x1 < self.wide and y1 < self.high
            if item.sure >= SURE and whole and kind(item.kind).place == "ground":
                found.append(size_of((x0, y0, x1, y1), item.kind) / self._depth(y1))
        usual = within(float(np.median([*found, USUAL])) if found else USUAL)
        return usual * (0.95 if foot is None else self._depth(foot))

    def foot(self, item: ObjectSpec, draw: random.Random, *, near: bool) -> float:
        """How far down a thing may stand that is put anywhere; ``near``: in the foreground."""
        if item.entry.place != "ground":
            return draw.uniform(*FLOATING[item.entry.place]) * self.high
        if near:
            return draw.uniform(0.86, 0.96) * self.high
        sure = [one for one in self.around.things if one.sure >= SURE]
        feet = [bounds(one.mask)[3] for one in sure if kind(one.kind).place == "ground"]
        if self.level:
            return draw.choice([*feet, SHELF * self.high])
        low, high = (share * self.high for share in REACH[self.around.backdrop])
        return draw.uniform(min([low, *feet]), high)

    def _depth(self, foot: float) -> float:
        """How large things look that stand so far down, as the world has it."""
        if self.around.backdrop in UNDEEP:
            return 0.95
        return 0.76 + 0.4 * max(foot / self.high - HORIZON, 0.0) / (1 - HORIZON)


def size_of(box: Bounds, key: str) -> float:
    """How large something of a kind is, as a factor on its kind's size."""
    wide, high = natural(key)
    return float(((box[2] - box[0]) * (box[3] - box[1]) / (wide * high)) ** 0.5)


def within(size: float) -> float:
    """A size, kept where sizes are plausible."""
    return min(max(size, SIZES[0]), SIZES[1])
