"""A drawn style is told from the photograph, a blurred one and the other styles."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import skimage.data

from orchestrator.style_marks import DEMANDS, fault_of, marks
from tools.operation import Rgb, ToolContext
from tools.registry import get_tool


@pytest.fixture(scope="module")
def made() -> dict[str, Rgb]:
    """A photograph, spoilt ones and every style of it."""
    photo = np.ascontiguousarray(skimage.data.chelsea())
    soft = np.asarray(cv2.GaussianBlur(photo, (0, 0), 3), dtype=np.uint8)
    found: dict[str, Rgb] = {"unchanged": photo, "blurred": soft}
    for style in DEMANDS:
        tool = get_tool(style)
        found[style] = tool.run(tool.args(), ToolContext(photo)).image
    return found


@pytest.mark.parametrize("style", sorted(DEMANDS))
def test_a_style_has_its_marks_and_nothing_else_has(style: str, made: dict[str, Rgb]) -> None:
    """Of the photograph, its blurred copy and six styles, the one asked for passes alone."""
    passing = []
    for name, picture in made.items():
        found = marks(made["unchanged"], picture, None)
        if found is not None and fault_of(style, found) is None:
            passing.append(name)
    assert passing == [style]


def test_too_small_a_place_is_not_judged() -> None:
    """A few pixels show no strokes."""
    photo = np.ascontiguousarray(skimage.data.chelsea())
    mask = np.zeros(photo.shape[:2], dtype=np.float32)
    mask[:30, :30] = 1
    assert marks(photo, photo, mask) is None
