"""More or less of a colour: what is of the hue gains most, and nothing is painted over."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tools import oklab
from tools.operation import Rgb, ToolContext
from tools.registry import get_tool, parse_args

SIZE = 96


def _shift(image: Rgb, colour: str, amount: float, mask: NDArray[np.float32] | None = None) -> Rgb:
    tool = get_tool("colour_shift")
    args = parse_args(tool, {"colour": colour, "amount": amount})
    return tool.run(args, ToolContext(image, mask)).image


def _texture(rgb: tuple[int, int, int], spread: int = 30) -> Rgb:
    """One colour with light, shade and a little of other hues."""
    rng = np.random.default_rng(3)
    light = rng.integers(-spread, spread, (SIZE, SIZE, 1))
    hues = rng.integers(-8, 9, (SIZE, SIZE, 3))
    return np.clip(np.array(rgb) + light + hues, 0, 255).astype(np.uint8)


def _lab(image: Rgb) -> NDArray[np.float64]:
    return oklab.from_display(image.reshape(-1, 3) / 255)


def _chroma(image: Rgb) -> float:
    return float(oklab.chroma(_lab(image)).mean())


def _hue(image: Rgb) -> float:
    """Degrees of the mean colour."""
    a, b = _lab(image)[:, 1:].mean(axis=0)
    return float(np.rad2deg(np.arctan2(b, a))) % 360


GRASS, STONE, SKIN, SKY = (96, 124, 52), (128, 127, 125), (208, 150, 128), (120, 170, 215)


def test_what_is_green_gains_chroma_and_keeps_its_texture() -> None:
    """Light and shade are what they were, and there are as many colours as before."""
    old = _texture(GRASS)
    new = _shift(old, "green", 0.25)
    assert _chroma(new) > 1.15 * _chroma(old)
    light = [_lab(image)[:, 0] for image in (old, new)]
    assert np.corrcoef(*light)[0, 1] > 0.99
    assert light[1].std() > 0.85 * light[0].std()
    assert len(np.unique(new.reshape(-1, 3), axis=0)) > 0.9 * len(
        np.unique(old.reshape(-1, 3), axis=0)
    )


def test_grey_in_a_green_place_gains_little() -> None:
    """Stones in the grass stay stones."""
    old = np.concatenate([_texture(GRASS), _texture(STONE)[:24]])
    new = _shift(old, "green", 0.25)
    of_grass = _chroma(new[:SIZE]) - _chroma(old[:SIZE])
    of_stone = _chroma(new[SIZE:]) - _chroma(old[SIZE:])
    assert 0 < of_stone < 0.6 * of_grass


def test_flowers_in_the_grass_keep_their_hue() -> None:
    """Greener is the grass."""
    old = np.concatenate([_texture(GRASS), _texture((235, 205, 20), 10)[:12]])
    new = _shift(old, "green", 0.25)
    assert abs(_hue(new[SIZE:]) - _hue(old[SIZE:])) < 4


def test_a_grey_place_is_tinged() -> None:
    """Of which nothing is of the colour, all of it gets some."""
    new = _shift(_texture(STONE), "red", 0.25)
    assert _chroma(new) > 0.035
    assert _hue(new) == pytest.approx(27, abs=15)


def test_a_white_thing_gets_light_blue_and_no_lavender() -> None:
    """The light shade of blue has another hue than the full one."""
    new = _shift(_texture((232, 232, 232), 12), "blue", 0.25)
    assert 235 < _hue(new) < 258


def test_a_sky_stays_of_its_own_blue() -> None:
    """Bluer is stronger, not more violet; clouds stay nearly white."""
    old = np.concatenate([_texture(SKY, 10), _texture((240, 240, 242), 6)[:24]])
    new = _shift(old, "blue", 0.25)
    assert _chroma(new[:SIZE]) > 1.2 * _chroma(old[:SIZE])
    assert abs(_hue(new[:SIZE]) - _hue(old[:SIZE])) < 8
    assert _chroma(new[SIZE:]) < _chroma(old[SIZE:]) + 0.03


@pytest.mark.parametrize("amount", [-0.1, -0.25, -0.5])
def test_less_red_skin_is_skin_still(amount: float) -> None:
    """Paler and a little yellower, never grey."""
    old = _texture(SKIN, 20)
    new = _shift(old, "red", amount)
    assert 0.6 * _chroma(old) < _chroma(new) < _chroma(old)
    assert _hue(old) < _hue(new) < _hue(old) + 20


def test_less_of_a_colour_leaves_others() -> None:
    """A green wall has no red to lose."""
    old = _texture((40, 140, 60))
    assert np.abs(_shift(old, "red", -0.25).astype(int) - old).max() <= 1


@pytest.mark.parametrize(("colour", "way"), [("white", 1), ("black", -1)])
def test_whiter_and_blacker_is_paler_in_colour_and_another_light(colour: str, way: int) -> None:
    """Colours without a hue are of light and greyness."""
    old = _texture((150, 130, 100))
    new = _shift(old, colour, 0.25)
    assert _chroma(new) < 0.8 * _chroma(old)
    assert (_lab(new)[:, 0].mean() - _lab(old)[:, 0].mean()) * way > 0.02


def test_more_is_more() -> None:
    """A larger amount goes farther, and what is vivid does not become one plain patch."""
    old = _texture((70, 160, 40))
    steps = [_shift(old, "green", amount) for amount in (0.1, 0.25, 0.5)]
    assert np.all(np.diff([_chroma(image) for image in (old, *steps)]) > 0)
    kept = [oklab.chroma(_lab(image)).std() for image in (old, steps[-1])]
    assert kept[1] > 0.5 * kept[0]


def test_the_place_is_measured_within_the_mask() -> None:
    """What lies outside has no say in how grey the place is."""
    mask = np.zeros((2 * SIZE, SIZE), np.float32)
    mask[:SIZE] = 1
    both = np.concatenate([_texture(STONE), _texture((200, 20, 20))])
    alone = _shift(_texture(STONE), "red", 0.25)
    assert np.abs(_shift(both, "red", 0.25, mask)[:SIZE].astype(int) - alone).max() <= 3
