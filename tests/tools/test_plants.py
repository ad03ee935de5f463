"""Plants are found with the parts of them that are hardly green."""

from __future__ import annotations

import cv2
import numpy as np

from tools.ground_scenery import SceneryGrounder
from tools.grounding import Scene
from tools.operation import HardMask, Rgb
from tools.target import Target

TREES = Target(phrase="the trees", category="tree")


def _hedge() -> tuple[Rgb, HardMask]:
    """A hedge before a plain wall, grey-green in a third of it, with a dark corner and a berry."""
    rng = np.random.default_rng(4)
    image = np.full((300, 420, 3), (196, 186, 180), np.uint8)
    texture = cv2.GaussianBlur(rng.normal(0, 60, (300, 420, 1)), (0, 0), 0.8)[..., None]
    leaves = np.full((300, 420, 3), (88, 112, 48.0))
    leaves[:, 240:330] = (104, 106, 96)  # they shine
    leaves[240:, 330:] = (44, 46, 38)  # they lie in the shade
    hedge = np.zeros((300, 420), dtype=np.bool_)
    hedge[150:] = True
    image[hedge] = np.clip(leaves + texture, 0, 255).astype(np.uint8)[hedge]
    cv2.circle(image, (120, 220), 4, (190, 40, 30), -1)
    return image, hedge


def test_leaves_that_shine_or_lie_in_the_shade_belong_to_the_plant() -> None:
    image, hedge = _hedge()
    (found,) = SceneryGrounder().ground(Scene(image), TREES)
    assert found.mask[165:295, 240:330].mean() > 0.95
    assert found.mask[245:295, 335:415].mean() > 0.8
    assert found.mask[~hedge][: 130 * 420].mean() < 0.01


def test_what_is_seen_between_leaves_is_no_hole() -> None:
    image, _ = _hedge()
    (found,) = SceneryGrounder().ground(Scene(image), TREES)
    assert found.mask[214:227, 114:127].all()


def test_a_grey_stone_alone_is_no_plant() -> None:
    """Rough and colourless, and mostly not green."""
    image, hedge = _hedge()
    image[hedge] = (image[hedge].mean(axis=1, keepdims=True) + np.array([2, 0, -5])).astype(
        np.uint8
    )
    assert SceneryGrounder().ground(Scene(image), TREES) == []


def test_smooth_water_beside_leaves_is_no_leaf() -> None:
    """Greenish and smooth: what the edge of the leaves lends it in a blurred copy is taken off."""
    image, hedge = _hedge()
    image[~hedge] = (186, 200, 190)
    (found,) = SceneryGrounder().ground(Scene(image), TREES)
    assert found.mask[130:146, 10:410].mean() < 0.02
