"""The editor of light and weather: drawings come out as their world would have drawn them."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from skimage import data

from smartedit_model.drawings.lighting import relit, weathered
from smartedit_model.drawings.moods import DrawnMoods
from smartedit_model.drawings.skies import sky_of
from smartedit_model.drawings.surroundings import Standing, Surroundings
from smartedit_model.sam.small import shipped_folder
from smartedit_model.world.mood import WEATHER
from smartedit_model.world.scene import Scene, draw_scene
from smartedit_model.world.spec import ObjectSpec, SceneSpec
from tests.tools.editor_conformance import EditorConformance
from tools.editing import Editor, EditRequest, Wish
from tools.operation import Rgb
from tools.target import IMAGE

SIDE = 160


def scene(time: str = "day", backdrop: str = "field", weather: str = "clear") -> Scene:
    """A balloon before the sky and a ball on the ground."""
    things = (
        ObjectSpec(1, "balloon", "red", 0.3, 0.4, 0.9),
        ObjectSpec(2, "ball", "blue", 0.7, 0.9, 1.0),
    )
    spec = SceneSpec(1, backdrop, 11, 0.5, things, time=time, weather=weather)
    return draw_scene(spec, SIDE)


def seen(drawn: Scene) -> Surroundings:
    """What perfect eyes see of it."""
    found = tuple(Standing(one.mask, one.kind, 1.0) for one in drawn.objects)
    spec = drawn.spec
    return Surroundings(found, spec.backdrop, spec.time, spec.weather)


def editor(drawn: Scene | None = None) -> DrawnMoods:
    """The editor with perfect eyes for one scene."""
    return DrawnMoods(shipped_folder(), lambda _image: seen(drawn or scene()))


def far(one: Rgb, other: Rgb) -> float:
    """Share of pixels that differ clearly."""
    return float((np.abs(one.astype(int) - other).max(axis=2) > 24).mean())


class TestConformance(EditorConformance):
    """It is a proper editor."""

    @pytest.fixture
    def editor(self) -> Editor:
        """The editor."""
        return editor()


@pytest.mark.parametrize("backdrop", ["field", "beach", "street"])
@pytest.mark.parametrize(
    ("old", "new"), [("day", "night"), ("day", "sunset"), ("night", "day"), ("sunset", "night")]
)
def test_a_drawing_is_lit_as_its_world_lights_it(backdrop: str, old: str, new: str) -> None:
    """But for stars, clouds and lamps, which stand where they will."""
    drawn = scene(old, backdrop)
    made = relit(drawn.image, seen(drawn), new, random.Random(3))
    exact = scene(new, backdrop).image
    assert far(drawn.image, exact) > 0.5
    assert far(made, exact) < 0.12
    for thing in drawn.objects:
        assert far(made[thing.mask][None], exact[thing.mask][None]) < 0.12


def test_the_present_light_is_told_from_the_sky() -> None:
    """Eyes that took a night for a day are set right, and nothing is lit twice."""
    drawn = scene("night")
    wrong = replace(seen(drawn), time="day")
    assert np.array_equal(relit(drawn.image, wrong, "night", random.Random(0)), drawn.image)


def test_a_room_has_no_sky() -> None:
    """Only its light changes."""
    drawn = scene(backdrop="room")
    assert sky_of(drawn.image, "day", "clear") is None
    made = relit(drawn.image, seen(drawn), "night", random.Random(0)).astype(int)
    assert np.abs(made - scene("night", "room").image).max(axis=2).mean() < 4


def test_snow_lies_on_the_ground_and_not_on_things() -> None:
    """White under the flakes, but for what stands there."""
    drawn = scene()
    made = weathered(drawn.image, seen(drawn), "snow", random.Random(0))
    ground = np.zeros((SIDE, SIDE), np.bool_)
    ground[round(0.62 * SIDE) :] = True
    ball = next(thing.mask for thing in drawn.objects if thing.kind == "ball")
    assert (made[ground & ~ball].min(axis=1) > 190).mean() > 0.9
    assert (made[ball].min(axis=1) > 190).mean() < 0.4


@pytest.mark.parametrize("shape", [(96, 160), (160, 70)])
@pytest.mark.parametrize("weather", sorted(WEATHER))
def test_weather_falls_on_pictures_of_any_shape(shape: tuple[int, int], weather: str) -> None:
    """On all of them, to the last corner."""
    plain = np.full((*shape, 3), (90, 140, 90), np.uint8)
    made = WEATHER[weather](plain, random.Random(1))
    assert made.shape == plain.shape
    assert (made != plain).any(axis=2).mean() > 0.99


def test_what_is_so_already_is_declined() -> None:
    """Rather than passed off as done."""
    drawn = scene("night")
    wish = Wish("relight", {"to": "night"}, IMAGE)
    made = editor(drawn).edit(EditRequest(drawn.image, "make it night", op="relight", wish=wish))
    assert made.declined
    assert np.array_equal(made.image, drawn.image)


def test_half_strength_goes_half_way() -> None:
    """Between what was there and the whole night."""
    drawn = scene()

    def night(strength: float) -> float:
        wish = Wish("relight", {"to": "night", "strength": strength}, IMAGE)
        return float(editor(drawn).edit(EditRequest(drawn.image, "x", wish=wish)).image.mean())

    assert night(0.5) == pytest.approx((drawn.image.mean() + night(1.0)) / 2, abs=1)


@pytest.mark.parametrize(
    "wish",
    [
        Wish("relight", {"to": "golden hour"}, IMAGE),
        Wish("weather", {"kind": "clear"}, IMAGE),
        Wish("restyle", {"style": "night"}, IMAGE),
    ],
)
def test_other_moods_are_left_to_others(wish: Wish) -> None:
    """It does not pass off one light for another."""
    assert not editor().suits(wish, scene().image).inside


def test_photographs_are_left_to_the_tools() -> None:
    """The world's sky belongs into drawings."""
    night = Wish("relight", {"to": "night"}, IMAGE)
    assert not editor().suits(night, data.astronaut()).inside
    assert editor().suits(night, scene().image).inside
