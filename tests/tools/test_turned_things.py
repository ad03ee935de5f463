"""A thing mirrored or turned in its place, and nothing of the rest."""

from __future__ import annotations

import numpy as np
import pytest

from tools.errors import BadArguments
from tools.operation import Rgb, SoftMask, ToolContext
from tools.registry import get_tool, parse_args
from tools.transplant import MirrorArgs, TurnArgs, mirror, turn


def _arrow() -> tuple[Rgb, SoftMask]:
    """A red shape with a green head at its right, on plain grey; its mask."""
    image = np.full((60, 80, 3), 128, np.uint8)
    image[25:35, 20:50] = (200, 20, 20)
    image[20:40, 50:60] = (20, 200, 20)
    return image, (image != 128).any(axis=2).astype(np.float32)


def _green(image: Rgb) -> tuple[float, float]:
    rows, columns = np.nonzero((image[..., 1] > 150) & (image[..., 0] < 90))
    return float(rows.mean()), float(columns.mean())


def test_a_mirrored_thing_points_the_other_way_in_its_place() -> None:
    """Its head is at the left, to the pixel; all around it is as it was."""
    image, mask = _arrow()
    made = mirror(MirrorArgs(), ToolContext(image, mask)).image
    box = np.s_[20:40, 20:60]
    assert np.array_equal(made[box], image[box][:, ::-1])
    away = np.ones(image.shape[:2], bool)
    away[18:42, 18:62] = False
    assert np.array_equal(made[away], image[away])


def test_mirrored_vertically_it_is_upside_down() -> None:
    """Top and bottom change places, left and right do not."""
    image, mask = _arrow()
    image[20:25, 50:60] = (20, 20, 200)
    made = mirror(MirrorArgs(axis="vertical"), ToolContext(image, mask)).image
    assert np.array_equal(made[20:40, 20:60], image[20:40, 20:60][::-1])


def test_a_turned_thing_turns_clockwise_about_its_middle() -> None:
    """A quarter turn brings the head from the right to the bottom."""
    image, mask = _arrow()
    made = turn(TurnArgs(degrees=90), ToolContext(image, mask)).image
    row, column = _green(made)
    assert row > 42
    assert abs(column - 39.5) < 1.5


@pytest.mark.parametrize("name", ["flip_object", "rotate_object"])
def test_both_need_a_thing(name: str) -> None:
    """Without a mask, or with one of nearly everything, the picture is not turned instead."""
    tool = get_tool(name)
    args = parse_args(tool, {"degrees": 20.0} if name == "rotate_object" else {})
    image, mask = _arrow()
    with pytest.raises(BadArguments, match="needs a mask"):
        tool.run(args, ToolContext(image))
    with pytest.raises(BadArguments, match="covers"):
        tool.run(args, ToolContext(image, np.ones_like(mask)))
