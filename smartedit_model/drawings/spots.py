"""Places for a new thing as words put it: beside, on, above, behind something, or in a part.

Each way gives places to be tried, in scene units; which is taken is ``placing``'s.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator

import numpy as np

from smartedit_model.drawings.ground import Ground, size_of, within
from smartedit_model.drawings.naming import kinds_meant
from smartedit_model.drawings.replacing import parts
from smartedit_model.drawings.standing import Spot
from smartedit_model.drawings.surroundings import Bounds, bounds, natural, unit_of
from smartedit_model.world.catalogue import kind
from smartedit_model.world.spec import ObjectSpec
from tools.operation import HardMask
from tools.target import Target

TRIES = 160
SCENERY = 0.2
"""Share of the picture from which something without a name here is ground, wall or sky."""
CREST = 0.25
"""Share of a thing's greatest width from which it is broad enough to carry something."""
LAID, WORN = 0.08, 0.3
"""How far down something sits on what has no surface of its own, as a share of its height."""
GAP = 0.02
ON_TOP = 0.85
"""Size of what stands on something, against what stands beside it."""
RELATIONS: tuple[tuple[str, str], ...] = (
    ("left", r"\bleft(?:-hand)?(?: side)? of\b"),
    ("right", r"\bright(?:-hand)?(?: side)? of\b"),
    ("front", r"\b(?:in front of|before)\b"),
    ("behind", r"\b(?:behind|in back of)\b"),
    ("above", r"\b(?:above|over)\b"),
    ("under", r"\b(?:under|below|beneath|underneath)\b"),
    ("between", r"\bbetween\b"),
    ("beside", r"\b(?:next to|beside|besides|by|near|close to|alongside|adjacent to)\b"),
    ("on", r"\b(?:on top of|on|onto|atop|upon)\b"),
    ("in", r"\b(?:in|inside|into|within|across|at)\b"),
)
"""How a new thing stands to its anchor -> words for it; the first that fits."""
MIDDLE = frozenset({"middle", "centre", "center"})
HIGH = frozenset({"top", "upper", "sky", "air"})
LOW = frozenset({"bottom", "lower", "foreground", "front"})


def how(where: str, target: Target, thing: HardMask | None) -> str:
    """How a new thing stands to what it is put at.

    ``free``: there is no such thing; ``fill``: the user marked the place; ``within``: it is ground,
    wall or sky; else one of ``RELATIONS``.
    """
    if thing is None:
        return "free"
    if target.is_whole_image or where.strip() in ("here", "there"):
        return "fill"
    said = next((name for name, way in RELATIONS if re.search(way, where)), "beside")
    scenery = not kinds_meant(target) or float(thing.mean()) >= SCENERY
    if said in ("on", "in") and scenery and top_of(target) is None:
        return "within"
    return "on" if said == "in" else said


def top_of(target: Target) -> tuple[tuple[float, float, float], Bounds] | None:
    """The surface that the named thing offers, and its drawing's bounds, in drawing units."""
    named = kinds_meant(target)
    entry = kind(named[0]) if len(named) == 1 else None
    if entry is None or entry.top is None:
        return None
    return entry.top, entry.variants[0].box


def free_spots(
    item: ObjectSpec, size: float, where: str, ground: Ground, draw: random.Random, *, sticker: bool
) -> Iterator[Spot]:
    """Places in the part of the picture that the words name."""
    words = set(re.findall(r"[a-z]+", where))
    low, high = (0.0, 0.36) if "left" in words else (0.64, 1.0) if "right" in words else (0.0, 1.0)
    if words & MIDDLE:
        low, high = 0.42, 0.58
    up = bool(words & HIGH)
    for _ in range(TRIES):
        x = draw.uniform(low, high) * ground.wide
        if up or sticker:
            span = (0.12, 0.32) if up else (0.68, 0.86) if words & LOW else (0.15, 0.85)
            scale = size * ground.scale(None)
            middle = draw.uniform(*span) * ground.high
            yield Spot(x, middle + natural(item.kind)[1] * scale / 2, scale)
            continue
        foot = ground.foot(item, draw, near=bool(words & LOW))
        yield Spot(x, foot, size * ground.scale(foot))


class Anchored:
    """Places at a thing.

    Args:
        thing: HW bool, its outline.
        target: the words for it.
        relation: from ``how``.
        where: the words for the place.
        ground: how large things are here.
    """

    def __init__(
        self, thing: HardMask, target: Target, relation: str, where: str, ground: Ground
    ) -> None:
        self._thing, self._target, self._where, self._ground = thing, target, where, ground
        self._relation = relation
        self._unit = unit_of(thing.shape)
        self._box = bounds(thing)
        self._kinds = kinds_meant(target)

    def spots(self, item: ObjectSpec, size: float, draw: random.Random) -> Iterator[Spot]:
        """Places for a thing, ``size`` times as large as usual."""
        ways: dict[str, Callable[[ObjectSpec, float, random.Random], Iterator[Spot]]] = {
            "fill": self._filling,
            "within": self._within,
            "on": self._on,
            "above": self._above,
            "under": self._under,
            "front": self._front,
            "behind": self._behind,
            "between": self._between,
        }
        return ways.get(self._relation, self._beside)(item, size, draw)

    def _scale(self, size: float) -> float:
        """The size of what stands here: between that of all things and the anchor's own."""
        usual = self._ground.scale(self._box[3])
        if len(self._kinds) == 1:
            usual = (usual * within(size_of(self._box, self._kinds[0]))) ** 0.5
        return size * usual

    def _filling(self, item: ObjectSpec, size: float, _draw: random.Random) -> Iterator[Spot]:
        x0, y0, x1, y1 = self._box
        wide, high = item.box[2] - item.box[0], item.box[3] - item.box[1]
        scale = item.scale * min((x1 - x0) / wide, (y1 - y0) / high) * min(size, 1.0)
        yield Spot((x0 + x1) / 2, y1, scale)

    def _within(self, item: ObjectSpec, size: float, draw: random.Random) -> Iterator[Spot]:
        """On ground the foot lies in it; on a wall and in the sky the middle."""
        rows, columns = np.nonzero(self._thing)
        floats = item.entry.place != "ground" or bool(re.search(r"sky|wall|air", self._where))
        for _ in range(TRIES):
            at = draw.randrange(len(rows))
            x, y = float(columns[at]) / self._unit, float(rows[at]) / self._unit
            scale = size * self._ground.scale(None if floats else y)
            half = natural(item.kind)[1] * scale / 2
            out = max(y + half - self._box[3], 0.0) if floats else 0.0
            yield Spot(x, y + half if floats else y, scale, 4 * out)

    def _on(self, item: ObjectSpec, size: float, draw: random.Random) -> Iterator[Spot]:
        x0, y0, x1, y1 = self._box
        scale = self._scale(size) * ON_TOP
        wide, high = (side * scale for side in natural(item.kind))
        top = top_of(self._target)
        if top is None:
            across = self._thing.sum(axis=1)
            crest = int(np.flatnonzero(across >= CREST * across.max())[0])
            x = float(np.flatnonzero(self._thing[crest]).mean()) / self._unit
            sunk = (WORN if item.entry.group == "clothing" else LAID) * high
            yield Spot(x, crest / self._unit + sunk, scale)
            return
        (left, right, level), (a, b, c, d) = top
        # From above, since its legs may be hidden. Which way round it stands is not known, so what
        # holds both ways is used.
        surface = y0 + max(d - level, 0.0) * (y1 - y0) / (d - b)
        reach = max(min(-left, right) * (x1 - x0) / (c - a) - 0.35 * wide, 0.0)
        for _ in range(TRIES):
            aside = draw.uniform(-reach, reach)
            yield Spot((x0 + x1) / 2 + aside, surface, scale, 0.3 * abs(aside))

    def _above(self, _item: ObjectSpec, size: float, draw: random.Random) -> Iterator[Spot]:
        x0, y0, x1, _ = self._box
        for _ in range(TRIES):
            gap, aside = draw.uniform(0.01, 0.12), draw.uniform(-0.06, 0.06)
            yield Spot((x0 + x1) / 2 + aside, y0 - gap, self._scale(size), gap + abs(aside))

    def _under(self, item: ObjectSpec, size: float, draw: random.Random) -> Iterator[Spot]:
        """Sheltered by furniture it stands between the legs; else it stands below the thing."""
        x0, _, x1, y1 = self._box
        scale = self._scale(size)
        high = natural(item.kind)[1] * scale
        for _ in range(TRIES):
            aside = draw.uniform(-0.08, 0.08)
            foot = y1 + high + draw.uniform(0.0, 0.06)
            if top_of(self._target) is not None:
                foot = y1 - 0.006
            yield Spot((x0 + x1) / 2 + aside, foot, scale, abs(aside))

    def _front(self, _item: ObjectSpec, size: float, draw: random.Random) -> Iterator[Spot]:
        x0, _, x1, y1 = self._box
        for _ in range(TRIES):
            aside = draw.uniform(-0.5, 0.5) * (x1 - x0)
            foot = y1 + (0.0 if self._ground.level else draw.uniform(0.05, 0.11))
            yield Spot((x0 + x1) / 2 + aside, foot, self._scale(size), 0.5 * abs(aside))

    def _behind(self, _item: ObjectSpec, size: float, draw: random.Random) -> Iterator[Spot]:
        x0, _, x1, y1 = self._box
        for _ in range(TRIES):
            aside = draw.choice((-1, 1)) * draw.uniform(0.35, 0.6) * (x1 - x0)
            foot = y1 - (0.0 if self._ground.level else draw.uniform(0.05, 0.1))
            yield Spot((x0 + x1) / 2 + aside, foot, 0.95 * self._scale(size), 0.2 * abs(aside))

    def _between(self, item: ObjectSpec, size: float, draw: random.Random) -> Iterator[Spot]:
        two = parts(self._thing)
        if len(two) < 2:
            yield from self._beside(item, size, draw)
            return
        a, b = bounds(two[0]), bounds(two[-1])
        for _ in range(TRIES):
            deep = 0.0 if self._ground.level else draw.uniform(-0.02, 0.05)
            x = (a[2] + b[0]) / 2 + draw.uniform(-0.03, 0.03)
            yield Spot(x, (a[3] + b[3]) / 2 + deep, self._scale(size))

    def _beside(self, item: ObjectSpec, size: float, draw: random.Random) -> Iterator[Spot]:
        """On the anchor's ground, or at its height where one of the two stands on none."""
        x0, y0, x1, y1 = self._box
        scale = self._scale(size)
        wide, high = (side * scale for side in natural(item.kind))
        standing = all(kind(key).place == "ground" for key in self._kinds)
        for _ in range(TRIES):
            side = {"left": -1, "right": 1}.get(self._relation) or draw.choice((-1, 1))
            gap = draw.uniform(-0.02, 0.1)
            x = x0 - gap - wide / 2 if side < 0 else x1 + gap + wide / 2
            foot = y1 + (0.0 if self._ground.level else draw.uniform(-0.02, 0.06))
            if item.entry.place != "ground" or not standing:
                foot = (y0 + y1) / 2 + high / 2 + draw.uniform(-0.05, 0.05)
            yield Spot(x, foot, scale, abs(gap - GAP))
