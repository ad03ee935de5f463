"""Outlined, labelled pictures: readable at any size, every region visible."""

from __future__ import annotations

import numpy as np
import pytest

from tools.annotation import COLOURS, LARGEST, SMALLEST, Mark, annotated
from tools.errors import ToolError
from tools.operation import HardMask, Rgb


def grey(height: int, width: int) -> Rgb:
    return np.full((height, width, 3), 128, np.uint8)


def disc(height: int, width: int, x: float, y: float, radius: float) -> HardMask:
    rows, columns = np.mgrid[:height, :width]
    size = max(height, width)
    return np.asarray((columns - x * width) ** 2 + (rows - y * height) ** 2 < (radius * size) ** 2)


def has(picture: Rgb, colour: tuple[int, int, int]) -> int:
    return int((np.abs(picture.astype(int) - colour).max(axis=2) < 12).sum())


@pytest.mark.parametrize("size", [(1, 1), (20, 256), (256, 20), (192, 256), (3000, 4000)])
def test_pictures_of_any_size_become_readable(size: tuple[int, int]) -> None:
    """The drawn picture is neither too small for letters nor too large to look at."""
    marks = [Mark("s1", "Brighten the disc", disc(*size, 0.3, 0.5, 0.2), 0), Mark("s2", "All")]
    drawn = annotated(grey(*size), marks)
    assert drawn.dtype == np.uint8
    scale = min(max(max(size), SMALLEST), LARGEST) / max(size)
    assert drawn.shape[1] == max(1, round(size[1] * scale))
    assert drawn.shape[0] > round(size[0] * scale)


def test_every_region_is_outlined_in_its_colour_and_nothing_else_changes() -> None:
    size = (600, 1200)
    marks = [
        Mark(f"s{n}", "do it", disc(*size, 0.2 + 0.3 * n, 0.5, 0.08), n, line)
        for n, line in enumerate(("solid", "dashed", "solid"))
    ]
    drawn = annotated(grey(*size), marks)[:600]
    for number in range(3):
        assert has(drawn, COLOURS[number]) > 300
    assert (drawn[:100] == 128).all()


def test_a_region_of_a_pixel_and_an_empty_one_do_no_harm() -> None:
    dot = np.zeros((3000, 4000), bool)
    dot[1500, 2000] = True
    drawn = annotated(grey(3000, 4000), [Mark("s1", "x", dot), Mark("s2", "", dot & False, 1)])
    assert has(drawn[:1500], COLOURS[0]) > 100


def test_labels_in_one_region_do_not_cover_each_other() -> None:
    """Eight steps on the same disc: every label's colour is there."""
    size = (700, 1000)
    marks = [Mark(f"s{n}", "do it", disc(*size, 0.5, 0.5, 0.2), n) for n in range(8)]
    drawn = annotated(grey(*size), marks)[:700]
    assert all(has(drawn, colour) > 500 for colour in COLOURS)


def test_a_mask_of_another_size_is_refused() -> None:
    with pytest.raises(ToolError):
        annotated(grey(10, 10), [Mark("s1", "x", np.ones((5, 5), bool))])
