"""A sky is found whole with the clouds in it, and no wall with it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tools.grounding import Scene
from tools.operation import HardMask, Rgb, ToolContext
from tools.skies import SkyArgs, draw_sky
from tools.sky import find_sky


def _town(seed: int, wall: tuple[int, int, int] | None = None) -> tuple[Rgb, HardMask]:
    """A blue sky with clouds over woods, perhaps with a house before it; where it is seen."""
    rng = np.random.default_rng(seed)
    sky = np.zeros((300, 420), dtype=np.bool_)
    ridge = 205 + np.cumsum(rng.normal(0, 0.8, 420)).round().astype(int)
    sky[np.arange(300)[:, None] < ridge[None]] = True
    image = np.full((300, 420, 3), (120, 160, 215), np.uint8)
    image = draw_sky(
        SkyArgs(kind="cloudy"), ToolContext(image, sky.astype(np.float32), None, seed)
    ).image
    woods = rng.normal(60, 16, (300, 420, 1)) + np.array([0, 18, -22])
    woods = np.clip(woods, 0, 255).astype(np.uint8)
    image[~sky] = woods[~sky]
    if wall is not None:
        image[70:240, 160:250] = wall
        for top in (95, 140, 185):
            image[top : top + 20, 175:235] = (60, 65, 75)
        sky[70:240, 160:250] = False
    return image, sky


@pytest.mark.parametrize("seed", range(5))
def test_clouds_and_what_lies_beyond_them_are_sky(seed: int) -> None:
    image, sky = _town(seed)
    (found,) = find_sky(Scene(image))
    both, either = (found.mask & sky).sum(), (found.mask | sky).sum()
    assert both / either > 0.93


@pytest.mark.parametrize("wall", [(225, 222, 215), (190, 192, 196)])
def test_a_pale_house_before_clouds_is_none(wall: tuple[int, int, int]) -> None:
    """It has a cloud's colour, and straight edges."""
    image, sky = _town(1, wall)
    (found,) = find_sky(Scene(image))
    house = np.zeros_like(sky)
    house[76:200, 166:244] = True
    assert found.mask[house].mean() < 0.05
    assert (found.mask & sky).sum() > 0.85 * sky.sum()


def test_size_does_not_matter() -> None:
    image, sky = _town(2)
    large = cv2.resize(image, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC)
    (found,) = find_sky(Scene(np.asarray(large, dtype=np.uint8)))
    assert (found.mask[1::3, 1::3] == sky).mean() > 0.95
