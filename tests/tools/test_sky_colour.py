"""A sky in another colour stays a sky."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tools import oklab
from tools.colour_names import is_colour, rgb_of
from tools.compositing import composite, unchanged_outside
from tools.errors import BadArguments
from tools.operation import Rgb, SoftMask, ToolContext
from tools.skies import SkyArgs, draw_sky
from tools.sky_colour import SkyColourArgs, sky_colour
from tools.strips import strip_rows

SKY = slice(0, 150)


def _scene(kind: str) -> tuple[Rgb, SoftMask]:
    """A sky of a kind over dark ground, and its exact share of each pixel."""
    mask = np.ones((200, 300), np.float32)
    mask[SKY.stop :] = 0
    mask[60:150, 100:140] = 0
    image = np.full((200, 300, 3), (150, 170, 210), np.uint8)
    drawn = draw_sky(SkyArgs(kind=kind), ToolContext(image, mask, None, 3)).image
    drawn[mask == 0] = (50, 60, 30)
    return drawn, mask


def _coloured(image: Rgb, mask: SoftMask, colour: str) -> Rgb:
    made = sky_colour(SkyColourArgs(colour=colour), ToolContext(image, mask))
    assert made.region is not None
    return composite(image, made.image, made.region)


@pytest.mark.parametrize("kind", ["clear", "cloudy", "overcast", "starry"])
@pytest.mark.parametrize("colour", ["purple", "pink", "blue", "green", "orange"])
def test_one_would_call_it_by_the_colour(kind: str, colour: str) -> None:
    image, mask = _scene(kind)
    made = _coloured(image, mask, colour)
    assert unchanged_outside(image, made, mask)
    if kind != "starry":  # of the black of night any colour is a dark shade
        assert is_colour(made[mask == 1], colour).share > 0.5
    hue = np.median(oklab.from_display(made[mask == 1] / 255), axis=0)[1:]
    wanted = oklab.from_display(np.array(rgb_of(colour)) / 255)[1:]
    assert hue @ wanted > 0.9 * np.linalg.norm(hue) * np.linalg.norm(wanted)


def test_clouds_stay_and_are_paler_than_the_sky() -> None:
    """Paint would make one colour of both."""
    image, mask = _scene("cloudy")
    before = oklab.from_display(image[mask == 1] / 255)
    after = oklab.from_display(_coloured(image, mask, "purple")[mask == 1] / 255)
    assert np.corrcoef(before[:, 0], after[:, 0])[0, 1] > 0.9
    assert after[:, 0].std() > 0.7 * before[:, 0].std()
    cloud = oklab.chroma(before) < np.quantile(oklab.chroma(before), 0.1)
    blue = oklab.chroma(before) > np.quantile(oklab.chroma(before), 0.8)
    strong = oklab.chroma(after)
    assert np.median(strong[cloud]) < 0.75 * np.median(strong[blue])


def test_it_is_deepest_overhead_and_as_bright_as_a_sky() -> None:
    image, mask = _scene("overcast")
    flat = image.copy()
    flat[mask == 1] = (200, 206, 212)
    after = oklab.from_display(_coloured(flat, mask, "purple") / 255)
    top, low = after[5, :90].mean(axis=0), after[140, :90].mean(axis=0)
    assert oklab.chroma(top) > 1.25 * oklab.chroma(low)
    assert top[0] < low[0] - 0.03
    assert top[0] > oklab.from_display(np.array(rgb_of("purple")) / 255)[0] + 0.04


def test_a_night_sky_stays_dark() -> None:
    image, mask = _scene("starry")
    dark = image[mask == 1].mean()
    assert _coloured(image, mask, "dark purple")[mask == 1].mean() < 2 * dark + 25


def test_strips_do_not_show() -> None:
    image, mask = _scene("cloudy")
    whole = _coloured(image, mask, "pink")
    with strip_rows(9):
        assert np.array_equal(whole, _coloured(image, mask, "pink"))


def test_leaves_at_the_edge_keep_their_colour() -> None:
    """A mask that takes a leaf for mostly sky does not tint it: so much sky is not in it."""
    image, mask = _scene("clear")
    mask[60:150, 100:140] = 0.8
    made = _coloured(image, mask, "red")[62:148, 102:138]
    assert np.abs(made.astype(int) - (50, 60, 30)).max() < 40


def test_a_soft_edge_is_part_of_both() -> None:
    image, mask = _scene("clear")
    soft = cv2.GaussianBlur(mask, (0, 0), 1.5)
    made = _coloured(image, soft, "purple")
    assert np.array_equal(made[soft == 0], image[soft == 0])


def test_a_sky_needs_a_place_and_a_colour() -> None:
    image, _ = _scene("clear")
    with pytest.raises(BadArguments, match="place of the sky"):
        sky_colour(SkyColourArgs(), ToolContext(image, None))
    with pytest.raises(ValueError, match="no colour 'blorf'"):
        SkyColourArgs(colour="blorf")
