"""Where a new thing may be drawn: in, on or around what it stands at, or beside it.

A thing beside another needs room for itself, about as much as the other takes; a thing on another
lies within its outline or little past it.
"""

from __future__ import annotations

import re

import numpy as np

from tools.masks import box_of, dilate, pixels
from tools.operation import HardMask

AROUND = 0.08
"""How far around its anchor a new thing may reach, as a share of the diagonal."""
ROOM = (0.22, 0.5)
"""Least and most room to a side, as a share of the picture's side; between them the anchor's own
size. Of 57 things that the drawn world puts next to others, half lie wholly within it; within
``AROUND`` alone half of such a thing does."""
LAP = 0.25
"""Share of the anchor that a thing at its left may stand before."""

_SIDES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"left( hand)?( side)? of|left of", ("left",)),
    (r"right( hand)?( side)? of|right of", ("right",)),
    (r"above|over|on top of", ("up",)),
    (r"below|under|underneath|beneath", ("down",)),
    (r"next to|beside|near|nearby|close to|alongside|by|at the side of", ("left", "right")),
)


def sides_named(where: str) -> tuple[str, ...]:
    """The sides of its anchor at which a new thing should stand; empty for in, on or around it.

    >>> sides_named("to the left of the sofa"), sides_named("on the man")
    (('left',), ())
    """
    for words, sides in _SIDES:
        if re.match(rf"(to |on |at )?(the )?({words})\b", where.strip().lower()):
            return sides
    return ()


def room_for(anchor: HardMask, where: str) -> HardMask:
    """Where a new thing may be drawn, HW bool.

    Args:
        anchor: what it stands at.
        where: the words for how ("next to the sofa").
    """
    around = dilate(anchor, pixels(AROUND, anchor.shape))
    sides, box = sides_named(where), box_of(anchor)
    if not sides or box is None:
        return around
    height, width = anchor.shape
    x0, y0, x1, y1 = box
    wide = round(float(np.clip(x1 - x0, ROOM[0] * width, ROOM[1] * width)))
    tall = round(float(np.clip(y1 - y0, ROOM[0] * height, ROOM[1] * height)))
    lap_x, lap_y = round(LAP * (x1 - x0)), round(LAP * (y1 - y0))
    slack = pixels(AROUND, anchor.shape)
    spans = {
        "left": (x0 - wide, y0 - slack, x0 + lap_x, y1 + slack),
        "right": (x1 - lap_x, y0 - slack, x1 + wide, y1 + slack),
        "up": (x0 - slack, y0 - tall, x1 + slack, y0 + lap_y),
        "down": (x0 - slack, y1 - lap_y, x1 + slack, y1 + tall),
    }
    # With both sides free the anchor's own place is in between: a thing may stand before it.
    room = around if len(sides) > 1 else np.zeros_like(anchor)
    for side in sides:
        left, top, right, bottom = spans[side]
        room[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)] = True
    return room if room.any() else around
