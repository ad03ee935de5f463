"""The editor of backdrops: things stay to the pixel, and their world is painted behind them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from skimage import data

from smartedit_model.drawings.backdrops import DrawnBackdrops, moved_to
from smartedit_model.drawings.cutting import cut
from smartedit_model.drawings.places import Place, place_named
from smartedit_model.drawings.surroundings import Standing, Surroundings
from smartedit_model.sam.small import shipped_folder
from smartedit_model.world.scene import Scene, draw_scene
from smartedit_model.world.spec import ObjectSpec, SceneSpec
from tests.tools.editor_conformance import EditorConformance
from tools.editing import Editor, EditRequest, Wish
from tools.masks import dilate, erode
from tools.operation import Rgb
from tools.target import IMAGE

SIDE = 160


def scene(backdrop: str = "field", time: str = "day", weather: str = "clear") -> Scene:
    """A cow and a ball on the ground."""
    things = (
        ObjectSpec(1, "cow", "brown", 0.3, 0.75, 0.9),
        ObjectSpec(2, "ball", "blue", 0.75, 0.9, 1.0),
    )
    return draw_scene(SceneSpec(1, backdrop, 11, 0.5, things, time=time, weather=weather), SIDE)


def seen(drawn: Scene, sure: float = 1.0) -> Surroundings:
    """What perfect eyes see of it."""
    found = tuple(Standing(one.mask, one.kind, sure) for one in drawn.objects)
    spec = drawn.spec
    return Surroundings(found, spec.backdrop, spec.time, spec.weather)


def asked(drawn: Scene, words: str) -> Rgb:
    """The picture as the editor makes it."""
    editor = DrawnBackdrops(shipped_folder(), lambda _image: seen(drawn))
    wish = Wish("background", {"new": words}, IMAGE)
    request = EditRequest(drawn.image, "x", op="background", seed=3, wish=wish)
    return editor.edit(request).image


class TestConformance(EditorConformance):
    """It is a proper editor."""

    @pytest.fixture
    def editor(self) -> Editor:
        """The editor."""
        return DrawnBackdrops(shipped_folder(), lambda _image: seen(scene()))


@pytest.mark.parametrize("sure", [1.0, 0.1])
@pytest.mark.parametrize("backdrop", ["field", "beach", "street", "room", "table", "texture"])
def test_a_picture_is_cut_to_the_pixel(backdrop: str, sure: float) -> None:
    """Nothing of a thing is taken for backdrop, and of the backdrop no more than a rim is left."""
    drawn = scene(backdrop)
    found = cut(drawn.image, seen(drawn, sure)).backdrop
    things = drawn.owner > 0
    assert not (found & erode(things, 1)).any()
    assert not (~found & ~dilate(things, 2)).any()


def test_a_rough_mask_is_mended() -> None:
    """A foot that was left out is of the thing, and ground that was seen as thing is not."""
    drawn = scene()
    around = seen(drawn)
    cow, ball = around.things
    short, wide = cow.mask.copy(), dilate(ball.mask, 2)
    box = np.argwhere(cow.mask)
    short[box[:, 0].max() - 3 :] = False
    rough = replace(around, things=(replace(cow, mask=short), replace(ball, mask=wide)))
    kept, things = ~cut(drawn.image, rough).backdrop, drawn.owner > 0
    assert (kept & things).sum() > 0.97 * things.sum()
    assert not (kept & ~dilate(things, 2)).any()


def test_a_piece_of_ground_is_no_thing() -> None:
    """Not with an unsure name, without an outline and with the colours of what is around it."""
    drawn = scene()
    around = seen(drawn)
    piece = np.zeros_like(around.things[0].mask)
    piece[130:150, 10:70] = True
    more = (*around.things, Standing(piece & (drawn.owner == 0), "bed", 0.1))
    assert len(cut(drawn.image, replace(around, things=more)).things) == len(around.things)


@pytest.mark.parametrize("words", ["a beach", "in a room", "on a street", "a plain pattern"])
def test_things_stay_bit_by_bit_and_the_rest_is_new(words: str) -> None:
    """The editor changes the backdrop, all of it, and nothing else."""
    drawn = scene()
    made = asked(drawn, words)
    things = drawn.owner > 0
    assert np.array_equal(made[erode(things, 2)], drawn.image[erode(things, 2)])
    ground = ~dilate(things, 3)
    ground[: SIDE // 2 + 8] = False  # skies are alike
    assert (made != drawn.image).any(axis=2)[ground].mean() > 0.95


def test_what_stands_casts_a_shadow_and_before_a_pattern_none() -> None:
    """Below the ball it is darker than beside it; before a pattern it is not."""
    drawn = scene()
    row, left, right = int(0.9 * SIDE) + 1, int(0.75 * SIDE), int(0.45 * SIDE)
    street = asked(drawn, "a street")[row].astype(int).sum(axis=1)
    assert street[left : left + 6].mean() < 0.9 * street[right : right + 6].mean()
    around = seen(drawn)
    plain, spec = moved_to(drawn.image, around, Place("texture"), 3)
    again, _ = moved_to(drawn.image, replace(around, things=()), Place("texture"), 3)
    behind = ~dilate(drawn.owner > 0, 3)
    assert spec.backdrop == "texture"
    assert np.array_equal(plain[behind], again[behind])


def test_nothing_stands_beyond_the_horizon() -> None:
    """Where things stand far up, the ground reaches as far."""
    things = (ObjectSpec(1, "ball", "red", 0.4, 0.5, 0.9),)
    drawn = draw_scene(SceneSpec(1, "texture", 11, 0.5, things), SIDE)
    _, spec = moved_to(drawn.image, seen(drawn), Place("field"), 1)
    assert spec.horizon < 0.5


@pytest.mark.parametrize("shape", [(96, 160), (160, 96), (40, 150)])
def test_pictures_of_any_shape_are_filled(shape: tuple[int, int]) -> None:
    """No edge of the old picture is left."""
    image = np.ascontiguousarray(scene().image[: shape[0], : shape[1]])
    image = np.pad(image, [(0, shape[0] - image.shape[0]), (0, shape[1] - image.shape[1]), (0, 0)])
    made, _ = moved_to(image, Surroundings(), Place("beach"), 1)
    assert made.shape == image.shape
    assert made.std(axis=(0, 1)).max() > 5


def test_a_room_has_no_rain_and_the_night_stays() -> None:
    """Weather goes with the open air; light is the picture's, unless another is asked for."""
    rainy = scene(weather="rain")
    _, spec = moved_to(rainy.image, seen(rainy), Place("room"), 1)
    assert spec.weather == "clear"
    night = scene(time="night")
    dark, spec = moved_to(night.image, seen(night), Place("street"), 1)
    assert (spec.time, dark.mean() < 120) == ("night", True)
    _, spec = moved_to(night.image, seen(night), Place("street", "day", "snow"), 1)
    assert (spec.time, spec.weather) == ("day", "snow")


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("a green field", Place("field")),
        ("in a living room", Place("room")),
        ("a snowy street at night", Place("street", "night", "snow")),
        ("before a plain pattern", Place("texture")),
        ("the sandy beach at sunset", Place("beach", "sunset")),
        ("a wooden table", Place("table")),
        ("a red room", None),
        ("a beach with palms", None),
        ("a beach and a street", None),
        ("the moon", None),
    ],
)
def test_words_name_a_backdrop_only_where_they_ask_for_no_more(
    words: str, place: Place | None
) -> None:
    """A beach with palms is more than is painted."""
    assert place_named(words) == place


def test_photographs_and_other_wishes_are_left_to_others() -> None:
    """It paints into drawings, and what its world has."""
    editor = DrawnBackdrops(shipped_folder(), lambda _image: seen(scene()))
    wish = Wish("background", {"new": "a beach"}, IMAGE)
    assert editor.suits(wish, scene().image).inside
    assert not editor.suits(wish, data.astronaut()).inside
    assert not editor.suits(replace(wish, params={"new": "a forest"}), scene().image).inside


def test_a_patch_like_the_backdrop_elsewhere_is_no_hole() -> None:
    """What looks like the backdrop far off stays of the thing; a real hole is looked through."""
    picture = np.full((SIDE, SIDE, 3), 230, np.uint8)
    picture[:, :40] = (120, 130, 140)
    mask = np.zeros((SIDE, SIDE), np.bool_)
    mask[40:120, 60:140] = True
    picture[mask] = (90, 40, 30)
    picture[60:80, 80:110] = (120, 130, 140)
    picture[90:105, 80:110] = 230
    around = Surroundings((Standing(mask, "bear", 0.3),), "texture", "day", "clear")
    behind = cut(picture, around).backdrop
    assert not behind[62:78, 82:108].any()
    assert behind[92:103, 82:108].all()
