"""Styles are told by what makes them, and drawn as the world draws them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from smartedit_model.drawings.moods import DrawnMoods
from smartedit_model.drawings.style_marks import MARKS, style_mark
from smartedit_model.drawings.surroundings import Surroundings
from smartedit_model.sam.small import shipped_folder
from smartedit_model.world.mood import BLOCKS, STYLE
from smartedit_model.world.scene import make_scene
from tools.editing import EditRequest, Wish
from tools.target import IMAGE

SCENES = tuple(make_scene(2**40 + number, 128).image for number in (3, 4, 6))


@pytest.mark.parametrize("style", MARKS)
def test_a_style_has_its_own_mark_and_no_other(style: str) -> None:
    """In most of a few scenes at least, and never that of another."""
    had = [style_mark(style, image, STYLE[style](image))["mark"] for image in SCENES]
    assert sum(had) >= 2
    for image in SCENES:
        made = STYLE[style](image)
        assert not any(style_mark(other, image, made)["mark"] for other in MARKS if other != style)


@pytest.mark.parametrize("style", MARKS)
def test_nothing_plain_has_a_mark(style: str) -> None:
    """Neither the picture itself, nor blurred, nor noisy, nor another picture in the style."""
    for number, image in enumerate(SCENES):
        noise = np.random.default_rng(number).normal(0, 20, image.shape)
        noisy = np.clip(image + noise, 0, 255).astype(np.uint8)
        blurred = np.asarray(cv2.GaussianBlur(image, (0, 0), 2.5))
        for made in (image, noisy, blurred):
            assert not style_mark(style, image, made)["mark"]
        other = STYLE[style](np.ascontiguousarray(image[::-1, ::-1]))
        if style != "sketch":  # of a sketch little is compared but its lines
            assert not style_mark(style, image, other)["mark"]


def test_what_is_not_counted_has_no_mark() -> None:
    """The recogniser tells sepia and grey well enough."""
    assert style_mark("sepia", SCENES[0], SCENES[0]) == {}


@pytest.mark.parametrize(
    ("op", "name", "words", "style"),
    [
        ("restyle", "style", "8-bit pixel art", "pixel"),
        ("restyle", "style", "neon lights", "neon"),
        ("restyle", "style", "a pencil drawing", "sketch"),
        ("grade", "look", "sepia", "sepia"),
        ("grade", "look", "black and white", "gray"),
    ],
)
def test_the_editor_draws_styles_as_the_world_does(
    op: str, name: str, words: str, style: str
) -> None:
    """Without looking at what stands there."""

    def look(_image: object) -> Surroundings:
        raise AssertionError("nothing has to be looked for")

    editor = DrawnMoods(shipped_folder(), look)
    wish = Wish(op, {name: words}, IMAGE)
    assert editor.suits(wish, SCENES[0]).inside
    made = editor.edit(EditRequest(SCENES[0], "x", op=op, seed=1, wish=wish)).image
    assert np.array_equal(made, STYLE[style](SCENES[0]))


@pytest.mark.parametrize("shape", [(96, 128), (128, 96), (50, 128)])
@pytest.mark.parametrize("style", STYLE)
def test_styles_are_for_pictures_of_any_shape(style: str, shape: tuple[int, int]) -> None:
    """A picture keeps its size; its blocks are as many along the shorter side."""
    image = np.ascontiguousarray(SCENES[0][: shape[0], : shape[1]])
    made = STYLE[style](image)
    assert made.shape == image.shape
    if style == "pixel":
        line = made[:, 0] if shape[0] == min(shape) else made[0]
        changes = int((np.diff(line.astype(int), axis=0) != 0).any(axis=1).sum())
        assert changes < BLOCKS
