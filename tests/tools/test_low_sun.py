"""Golden hour and sunset: gold where the sun falls, cool in the shade, and a glow at its side."""

from __future__ import annotations

import numpy as np
import pytest
import skimage.data

from tools import oklab
from tools.low_sun import low_sun
from tools.operation import Rgb, ToolContext
from tools.relight import RelightArgs, relight
from tools.sky_estimate import sky_field

HOURS = ("golden hour", "sunset")


def _lit(image: Rgb, to: str) -> Rgb:
    return relight(RelightArgs.model_validate({"to": to}), ToolContext(image)).image


@pytest.mark.parametrize("to", HOURS)
def test_light_is_gold_and_shade_is_not(to: str) -> None:
    """One tint over both would be as warm in the one as in the other."""
    image = np.full((200, 300, 3), 200, np.uint8)
    image[:, 20:40] = 45
    after = oklab.from_display(_lit(image, to)[190:] / 255)  # far below the glow at the horizon
    lit, shaded = after[:, 60:90].mean(axis=(0, 1)), after[:, 24:36].mean(axis=(0, 1))
    assert lit[2] > 0.06
    assert shaded[2] < 0.65 * lit[2]


@pytest.mark.parametrize("to", HOURS)
def test_contrast_is_not_veiled(to: str) -> None:
    """What is dark stays dark beside what is lit."""
    image = skimage.data.coffee()
    levels = [oklab.from_display(p[::4, ::4] / 255)[..., 0] for p in (image, _lit(image, to))]
    spans = [float(np.quantile(level, 0.95) - np.quantile(level, 0.05)) for level in levels]
    assert spans[1] > 0.85 * spans[0]


def test_it_glows_where_the_picture_was_brighter() -> None:
    image = np.full((120, 240, 3), 70, np.uint8)
    image[:, 160:] = 120
    after = _lit(image, "golden hour").astype(int)
    row = after[54, :, 0] - after[54, :, 2]
    assert low_sun(image, 0.45).x > 0.5
    assert row[100:150].mean() > row[0:50].mean() + 5
    assert low_sun(image[:, ::-1], 0.45).x < 0.5


def test_a_dark_picture_gets_no_bright_day() -> None:
    dark = (skimage.data.astronaut() // 6).astype(np.uint8)
    assert _lit(dark, "golden hour").mean() < 2 * dark.mean() + 12


def test_leaves_in_the_shade_are_no_sky() -> None:
    """Dark and blue-green, smooth and open to the top; no sky has more green than blue."""
    image = np.full((200, 300, 3), (4, 74, 70), np.uint8)
    image[120:] = (200, 150, 110)
    assert not sky_field(image).small.any()
    image[:120] = (60, 110, 190)
    assert sky_field(image).small.any()
