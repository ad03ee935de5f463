"""How much room a new thing gets, and at which side of what it stands at."""

from __future__ import annotations

import numpy as np
import pytest

from orchestrator.new_room import room_for, sides_named
from tools.masks import box_of


def _anchor() -> np.ndarray:
    mask = np.zeros((200, 300), np.bool_)
    mask[80:140, 120:180] = True
    return mask


@pytest.mark.parametrize(
    ("where", "sides"),
    [
        ("next to the wrench", ("left", "right")),
        ("beside the woman", ("left", "right")),
        ("to the left of the sofa", ("left",)),
        ("on the right side of the bed", ("right",)),
        ("right of the laptop", ("right",)),
        ("above the house", ("up",)),
        ("on top of the shelf", ("up",)),
        ("under the table", ("down",)),
        ("on the man", ()),
        ("in front of the fireplace", ()),
        ("behind the house", ()),
        ("in the window", ()),
        ("", ()),
    ],
)
def test_words_name_sides(where: str, sides: tuple[str, ...]) -> None:
    assert sides_named(where) == sides


@pytest.mark.parametrize(
    ("where", "dx", "dy"),
    [("left of it", -1, 0), ("right of it", 1, 0), ("above it", 0, -1), ("below it", 0, 1)],
)
def test_a_side_has_room_for_a_thing_as_large(where: str, dx: int, dy: int) -> None:
    """Another such thing, close by on that side, fits; on the opposite side it does not."""
    anchor = _anchor()
    room = room_for(anchor, where)
    for way in (1, -1):
        beside = np.roll(anchor, (way * dy * 60, way * dx * 60), axis=(0, 1))
        assert (room & beside).sum() == (beside.sum() if way == 1 else 0)


def test_beside_is_both_sides() -> None:
    anchor = _anchor()
    room = room_for(anchor, "next to it")
    for way in (1, -1):
        beside = np.roll(anchor, way * 60, axis=1)
        assert (room & beside).sum() == beside.sum()
    assert room[anchor].all()


def test_on_a_thing_is_little_past_its_outline() -> None:
    x0, y0, x1, y1 = box_of(room_for(_anchor(), "on it")) or (0, 0, 0, 0)
    assert x0 > 120 - 40
    assert x1 < 180 + 40
    assert y0 > 80 - 40
    assert y1 < 140 + 40


def test_a_thing_at_the_edge_has_room_on_its_free_side_or_around() -> None:
    anchor = np.zeros((200, 300), np.bool_)
    anchor[50:100, :40] = True
    assert room_for(anchor, "next to it")[60:90, 45:90].all()
    assert room_for(anchor, "left of it").any()


def test_an_anchor_is_left_as_it_is() -> None:
    anchor = _anchor()
    kept = anchor.copy()
    room_for(anchor, "next to it")
    assert np.array_equal(anchor, kept)
