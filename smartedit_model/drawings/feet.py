"""Where the things of a drawing stand: their feet on the ground, and the horizon above those.

Everything is in scene units, masks are HW bool. It paints nothing.
"""

from __future__ import annotations

import numpy as np

from smartedit_model.drawings.skies import sky_of
from smartedit_model.drawings.surroundings import Bounds, Standing, Surroundings, bounds, unit_of
from smartedit_model.world.catalogue import kind
from smartedit_model.world.spec import OUTDOOR
from tools.operation import HardMask, Rgb

HORIZONS = (0.3, 0.56)
"""How far down a horizon may be, as shares of the height."""
USUAL = 0.49
"""Where it is if nothing tells."""
NEAREST = {"street": 0.14}
FARTHEST = 0.06
"""How far before the horizon things stand at least: on a street beyond the pavement."""
BENEATH = (0.02, 0.012)
"""How far below a foot is looked, in scene units, for what it stands on; and how high a foot is."""
FREE = 0.5
"""Share of what is below a foot that must be ground."""


def feet_of(
    shape: tuple[int, ...], things: tuple[Standing, ...], solid: HardMask
) -> tuple[Bounds, ...]:
    """The bounds of what stands on the ground, and neither flies, hangs nor stands on another.

    Args:
        shape: of the picture.
        things: what stands in it.
        solid: HW bool, all that is no backdrop.
    """
    unit = unit_of(shape)
    below, high = (max(round(part * unit), 1) for part in BENEATH)
    found = []
    for thing in things:
        mask = thing.mask & solid
        if not mask.any() or kind(thing.kind).place != "ground":
            continue
        x0, y0, x1, y1 = bounds(mask)
        foot = round(y1 * unit)
        columns = np.flatnonzero(mask[max(foot - high, 0) : foot].any(axis=0))
        under = solid[foot + 1 : foot + 1 + below, columns]
        if foot < shape[0] and under.size and 1 - under.mean() < FREE:
            continue
        found.append((x0, y0, x1, y1))
    return tuple(found)


def horizon_over(
    image: Rgb, around: Surroundings, backdrop: str, feet: tuple[Bounds, ...]
) -> float:
    """How far down the horizon of another backdrop is, as a share of the height.

    Where the picture's own is seen, it stays, but nothing that has feet stands beyond it.
    """
    height = image.shape[0]
    usual = USUAL
    if around.backdrop in OUTDOOR and around.style == "none":
        sky = sky_of(image, around.time, around.weather)
        usual = USUAL if sky is None else sky.horizon / height
    unit = unit_of(image.shape)
    first = min((foot for _, _, _, foot in feet), default=1.0) * unit / height
    near = NEAREST.get(backdrop, FARTHEST) * unit / height
    return float(min(max(min(usual, first - near), HORIZONS[0]), HORIZONS[1]))
