"""Grass and plants as a segmenter that knows photographs sees them, from what is green of them.

Colours find where grass and leaves are, but only the greenest of them: of a dry meadow tufts, of a
lawn what is not mown, and no line between a meadow and the trees behind it. A segmenter that is
shown the deepest of that outlines all of it, or something else, so its outlines are taken only
where enough of them was found by colours.
"""

from __future__ import annotations

import numpy as np

from tools.grounding import Scene
from tools.masks import area_share, iou
from tools.operation import HardMask
from tools.outlines import deepest, knows_photographs, outlined

COVERED = 0.6
"""How much of what was found an outline of grass must hold: else it is of a part of it."""
FOUND = 0.3
"""How much of an outline of grass must have been found: of sand that has green tufts a fifth is."""
LEAFY = 0.75
"""The same of plants, which are green all over."""
PLANTS = 4
"""Outlines of plants that are asked for at most."""
LEAST = 0.004
"""Share of the picture below which what is left of plants is not looked at."""


def grass_outlined(scene: Scene, green: HardMask) -> HardMask | None:
    """The grass that lies where ``green`` was found; None where nothing is told of it.

    Args:
        scene: the picture and its segmenter.
        green: HW bool at a working size.
    """
    if not green.any() or not knows_photographs(scene):
        return None
    places = deepest(green)
    clicks = [places, *([place] for place in places[:2])] if len(places) > 1 else [places]
    seen = [one for click in clicks for one in outlined(scene, click, green.shape)]
    best = max(seen, key=lambda one: iou(one, green), default=None)
    if best is None or _share(green, best) < COVERED or _share(best, green) < FOUND:
        return None
    return best


def plants_outlined(scene: Scene, green: HardMask) -> HardMask:
    """The plants that were found, with what lies between their green in the outlines of them.

    Args:
        scene: the picture and its segmenter.
        green: HW bool at a working size.
    """
    if not knows_photographs(scene):
        return green
    plants, left = green.copy(), green.copy()
    for _ in range(PLANTS):
        if area_share(left) < LEAST:
            break
        place = deepest(left, 1)
        seen = outlined(scene, place, green.shape)
        if not seen:
            break
        leafy = [one for one in seen if _share(one, green) >= LEAFY]
        best = max(leafy, key=lambda one: _share(left, one), default=None)
        if best is None:  # not looked at again
            best = _around(place[0], green.shape)
        else:
            plants |= best
        left = left & ~best
    return plants


def _share(of: HardMask, within: HardMask) -> float:
    """How much of a mask lies within another."""
    return float((of & within).sum()) / max(1, int(of.sum()))


def _around(place: tuple[int, int], shape: tuple[int, ...]) -> HardMask:
    """A disc about a place, a twelfth of the picture's height in radius."""
    rows, columns = np.ogrid[: shape[0], : shape[1]]
    reach = (shape[0] / 12) ** 2
    return np.asarray((columns - place[0]) ** 2 + (rows - place[1]) ** 2 <= reach, dtype=np.bool_)
