"""A new thing in the place of another: which things a mask shows, and how the new one fills theirs.

It draws nothing, and takes nothing away (``smartedit_model.drawings.clearing``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from smartedit_model.drawings.naming import kinds_meant
from smartedit_model.drawings.standing import Placed, Spot, kept_inside, stood
from smartedit_model.drawings.surroundings import Standing, Surroundings, bounds
from smartedit_model.world.catalogue import kind
from smartedit_model.world.spec import ObjectSpec
from tools.masks import SPECK, components, without_specks
from tools.operation import HardMask
from tools.target import Target
from tools.wording import wants_all

WITHIN = 0.7
"""Share of what is seen that must lie in a mask, and of the mask that it must cover."""
SURE = 0.5
"""Chance from which what is seen inside a mask is a thing by itself, and no part of the one."""
LARGER = 1.25
"""How much wider or taller than the old thing a new one of other proportions may be."""


def instead(
    item: ObjectSpec, old: HardMask, target: Target, around: Surroundings, size: float = 1.0
) -> Placed:
    """A thing in the place of another: as large, on the same foot, in its own proportions.

    Args:
        item: from ``new_item``.
        old: HW bool, what it replaces.
        target: the words for that.
        around: what else is there.
        size: factor on that size.
    """
    x0, y0, x1, y1 = bounds(old)
    width, height = item.box[2] - item.box[0], item.box[3] - item.box[1]
    reflected = target.relation is not None and target.relation.kind in ("in", "reflection_of")
    most = 1.0 if reflected else LARGER
    fit = min(
        most * (x1 - x0) / width,
        most * (y1 - y0) / height,
        ((x1 - x0) * (y1 - y0) / (width * height)) ** 0.5,
    )
    scale = item.scale * fit * size
    were = {kind(key).place for key in kinds_meant(target)} or {"ground"}
    floats = "ground" not in were or item.entry.place != "ground"
    foot = (y0 + y1) / 2 + fit * size * height / 2 if floats else y1
    made = kept_inside(stood(item, Spot((x0 + x1) / 2, foot, scale)), old.shape)
    shaded = item.entry.place == "ground" and not (floats or around.flat or reflected)
    return Placed(replace(made, turn=0.0) if reflected else made, shaded)


def things_of(mask: HardMask, target: Target, around: Surroundings) -> list[HardMask]:
    """The things that a target's mask shows, the leftmost first.

    One, where one is meant; but a reader of whole sentences may have found several where a plan
    speaks of one, and then they are seen there beside each other.
    """
    if wants_all(target):
        return parts(mask, around)
    area = int(mask.sum())
    seen = _seen_in(
        mask, [one for one in around.things if one.sure >= SURE and one.mask.sum() >= SPECK * area]
    )
    together = sum(int(one.sum()) for one in seen)
    apart = together <= 1.05 * np.logical_or.reduce(seen).sum() if seen else False
    if len(seen) > 1 and apart and together >= WITHIN * area:
        return sorted(seen, key=lambda one: bounds(one)[0])
    return [mask]


def parts(mask: HardMask, around: Surroundings | None = None) -> list[HardMask]:
    """The things of a mask that shows several, the leftmost first.

    Where things that are seen there make up most of it they are taken; they may touch each other.
    """
    seen = _seen_in(mask, () if around is None else around.things)
    found = components(mask)
    if len(seen) > len(found) and np.logical_or.reduce(seen).sum() >= WITHIN * mask.sum():
        found = seen
    return sorted(without_specks(found), key=lambda part: bounds(part)[0])


def _seen_in(mask: HardMask, things: Sequence[Standing]) -> list[HardMask]:
    """What of some things lies in a mask, of those that mostly do."""
    inside = [(one, np.asarray(one.mask & mask)) for one in things]
    return [own for one, own in inside if own.sum() >= WITHIN * one.mask.sum()]
