"""What a new thing would stand among: the things of a picture, its kind of place, light and style.

It holds what was seen; who looks is ``smartedit_model.drawings.witness``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from smartedit_model.world.catalogue import kind
from smartedit_model.world.spec import FLAT
from tools.masks import box_of
from tools.operation import HardMask

if TYPE_CHECKING:
    from smartedit_model.evaluation.sight import Sight

Bounds = tuple[float, float, float, float]
"""x0, y0, x1, y1 in scene units: shares of the picture's shorter side, from its upper left."""

SURE = 0.6
"""Chance from which a look is taken for what it is called."""
HEADS = {"backdrop": "background", "time": "time", "weather": "weather", "style": "style"}
"""What of the surroundings each head of the recogniser names."""


@dataclass(frozen=True, eq=False)
class Standing:
    """Something that is there.

    Attributes:
        mask: HW bool, native.
        kind: key of what it is taken for.
        sure: chance of that, [0, 1].
    """

    mask: HardMask
    kind: str
    sure: float


@dataclass(frozen=True, eq=False)
class Surroundings:
    """What is seen around; the defaults are a picture of which nothing is known.

    Attributes:
        things: what stands there.
        backdrop: one of ``spec.BACKDROPS``; empty where it cannot be told.
        time, weather, style: as in a ``SceneSpec``.
    """

    things: tuple[Standing, ...] = ()
    backdrop: str = ""
    time: str = "day"
    weather: str = "clear"
    style: str = "none"

    @property
    def flat(self) -> bool:
        """Whether things float before a pattern or a photograph, and cast no shadow."""
        return self.backdrop in FLAT

    def joined_by(self, mask: HardMask, key: str) -> Surroundings:
        """The same with one more thing there, where a mask says; its size tells nothing new."""
        return replace(self, things=(*self.things, Standing(mask, key, 0.0)))


def with_look(things: tuple[Standing, ...], sight: Sight) -> Surroundings:
    """Things among what a look at the whole picture tells; what it is not sure of is usual."""
    told = {
        name: sight.name(head)
        for name, head in HEADS.items()
        if sight.chance(head, sight.name(head)) >= SURE
    }
    return Surroundings(
        things,
        told.get("backdrop", ""),
        told.get("time", "day"),
        told.get("weather", "clear"),
        told.get("style", "none"),
    )


def unit_of(shape: tuple[int, ...]) -> int:
    """Pixels of one scene unit in a picture of that height and width."""
    return min(shape[0], shape[1])


def bounds(mask: HardMask) -> Bounds:
    """The bounds of a mask; the whole picture for an empty one."""
    unit = unit_of(mask.shape)
    x0, y0, x1, y1 = box_of(mask) or (0, 0, mask.shape[1], mask.shape[0])
    return (x0 / unit, y0 / unit, x1 / unit, y1 / unit)


def natural(key: str) -> tuple[float, float]:
    """Width and height of a kind at scale 1, in scene units."""
    entry = kind(key)
    x0, y0, x1, y1 = entry.variants[0].box
    return ((x1 - x0) * entry.scale / 100, (y1 - y0) * entry.scale / 100)
