"""A thing of the world at a place of a picture: its own shape, its foot, its room.

Everything is in scene units: shares of the picture's shorter side, from its upper left corner.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from smartedit_model.drawings.surroundings import unit_of
from smartedit_model.world.catalogue import kind
from smartedit_model.world.layout import FREE, Layout
from smartedit_model.world.spec import ObjectSpec
from tools.masks import Shape
from tools.operation import HardMask

MARGIN = 0.012
"""Room between a new thing and the picture's edge."""
WIDE = (0.94, 1.08)
"""How far a new thing may be stretched."""


@dataclass(frozen=True)
class Spot:
    """A place to be tried.

    Attributes:
        x: middle of the thing.
        y: its foot.
        scale: factor on its kind's own.
        off: how far that is from the best such place.
    """

    x: float
    y: float
    scale: float
    off: float = 0.0


@dataclass(frozen=True)
class Placed:
    """A thing that has its place.

    Attributes:
        item: what is drawn.
        shadow: whether it stands on ground that it shades.
        behind: HW bool of what stays before it, or None.
    """

    item: ObjectSpec
    shadow: bool
    behind: HardMask | None = None


def new_item(key: str, colour: str, draw: random.Random) -> ObjectSpec:
    """A thing with its own shape, as the world makes them, at scale 1 and not yet placed.

    Args:
        key: of its kind.
        colour: the world's name; empty for the kind's usual one.
        draw: decides its pose, shape, tone and variant.
    """
    made = Layout(draw, FREE, "room", 0.5).make(key, colour or kind(key).colours[0], 1.0)
    return replace(made, wide=min(max(made.wide, WIDE[0]), WIDE[1]))


def stood(item: ObjectSpec, spot: Spot) -> ObjectSpec:
    """The item with the middle of its box and its foot at a spot."""
    moved = replace(item, x=0.0, y=spot.y, scale=spot.scale)
    return replace(moved, x=spot.x - (moved.box[0] + moved.box[2]) / 2)


def kept_inside(item: ObjectSpec, shape: Shape) -> ObjectSpec:
    """The item a little further in where it would stand out of the picture, or smaller."""
    unit = unit_of(shape)
    wide, high = shape[1] / unit, shape[0] / unit
    x0, y0, x1, y1 = item.box
    room = min((wide - 2 * MARGIN) / (x1 - x0), (high - 2 * MARGIN) / (y1 - y0), 1.0)
    if room < 1.0:
        item = stood(item, Spot((x0 + x1) / 2, item.y, item.scale * room))
        x0, y0, x1, y1 = item.box
    across = max(MARGIN - x0, 0.0) - max(x1 - (wide - MARGIN), 0.0)
    down = max(MARGIN - y0, 0.0) - max(y1 - (high - MARGIN), 0.0)
    return replace(item, x=item.x + across, y=item.y + down)
