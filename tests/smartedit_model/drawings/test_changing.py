"""The editor that changes what stands in drawings: what it does, and what it leaves to others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from skimage import data

from smartedit_model.drawings.changing import DrawnChanges
from smartedit_model.drawings.surroundings import Standing, Surroundings
from smartedit_model.sam.small import shipped_folder
from smartedit_model.world.scene import Scene, draw_scene
from smartedit_model.world.spec import ObjectSpec, SceneSpec
from tests.tools.editor_conformance import EditorConformance
from tools.colour_names import is_colour
from tools.editing import Editor, EditRequest, Wish
from tools.masks import dilate, erode
from tools.operation import HardMask
from tools.target import IMAGE, Target

CAR = Target(phrase="the car", category="car")
CUPS = Target(phrase="all the cups", category="cup", quantity="all")


def scene() -> Scene:
    """A car and two cups on a street."""
    things = (
        ObjectSpec(1, "car", "red", 0.35, 0.9, 1.0, paint_seed=3),
        ObjectSpec(2, "cup", "green", 0.7, 0.8, 0.9, paint_seed=4),
        ObjectSpec(3, "cup", "yellow", 0.88, 0.93, 0.9, paint_seed=5),
    )
    return draw_scene(SceneSpec(1, "street", 11, 0.45, things), 160)


def editor(drawn: Scene, sure: float = 1.0) -> DrawnChanges:
    """The editor, with eyes that see every thing of a scene, more or less surely."""
    found = tuple(Standing(one.mask, one.kind if sure > 0.5 else "ball", sure)
                  for one in drawn.objects)  # fmt: skip
    around = Surroundings(found, drawn.spec.backdrop, drawn.spec.time)
    return DrawnChanges(shipped_folder(), lambda _image: around)


def request(drawn: Scene, wish: Wish, mask: HardMask) -> EditRequest:
    """What the executor asks for."""
    return EditRequest(drawn.image, "", dilate(mask, 2), op=wish.op, wish=wish, thing=mask)


class TestDrawnChanges(EditorConformance):
    """It is a proper editor, on pictures that are no drawings too."""

    @pytest.fixture
    def editor(self) -> Editor:
        """The editor."""
        return editor(scene())


@pytest.mark.parametrize("sure", [1.0, 0.2])
def test_a_car_is_blue_but_for_its_wheels(sure):
    """The body has the colour, tyres and windows keep theirs; an unsure eye does not matter."""
    drawn = scene()
    made = editor(drawn, sure).edit(
        request(drawn, Wish("recolor", {"colour": "blue"}, CAR), drawn.mask(1))
    )
    exact = draw_scene(drawn.spec.put(replace(drawn.spec.get(1), colour="blue")), 160).image
    assert not made.declined
    own = drawn.mask(1)
    assert np.abs(made.image.astype(int) - exact)[own].mean() < 8
    dark = own & (drawn.image.max(axis=2) < 60)
    assert (made.image[dark] == drawn.image[dark]).mean() > 0.8
    outside = ~dilate(own, 2)
    np.testing.assert_array_equal(made.image[outside], drawn.image[outside])


def test_any_colour_that_has_a_name_will_do():
    """Navy blue is none of the world's, and can be had."""
    drawn = scene()
    wish = Wish("recolor", {"colour": "navy blue"}, CAR)
    assert editor(drawn).suits(wish, drawn.image).inside
    made = editor(drawn).edit(request(drawn, wish, drawn.mask(1)))
    changed = (made.image != drawn.image).any(axis=2) & drawn.mask(1)
    assert is_colour(made.image[changed], "navy blue").share > 0.5


def test_several_things_are_taken_away_with_their_shadows():
    """Both cups go; what is left is near the scene without them; the car is as it was."""
    drawn = scene()
    both = drawn.mask(2) | drawn.mask(3)
    made = editor(drawn).edit(request(drawn, Wish("remove", {}, CUPS), both))
    exact = draw_scene(drawn.spec.without(frozenset({2, 3})), 160).image
    assert np.abs(made.image.astype(int) - exact)[both].mean() < 12
    ground = dilate(both, 12) & ~dilate(both, 3) & ~drawn.mask(1)
    was = np.abs(drawn.image.astype(int) - exact)[ground].mean()
    assert np.abs(made.image.astype(int) - exact)[ground].mean() < 0.5 * was
    np.testing.assert_array_equal(made.image[drawn.mask(1)], drawn.image[drawn.mask(1)])
    assert made.drawn is not None
    np.testing.assert_array_equal(made.drawn, (made.image != drawn.image).any(axis=2))


def test_a_thing_moves_with_its_shadow_behind_what_is_nearer():
    """The car arrives unresampled, its shadow with it, and stays behind the cup in front."""
    drawn = scene()
    wish = Wish("move", {"direction": "right", "amount": 0.25}, CAR)
    made = editor(drawn).edit(request(drawn, wish, drawn.mask(1)))
    car = drawn.spec.get(1)
    exact = draw_scene(drawn.spec.put(replace(car, x=car.x + 0.25)), 160)
    places = drawn.mask(1) | exact.mask(1)
    near = dilate(places, 6)
    was = np.abs(drawn.image.astype(int) - exact.image)[near].mean()
    assert np.abs(made.image.astype(int) - exact.image)[near].mean() < 0.35 * was
    within = erode(drawn.mask(3), 2)
    np.testing.assert_array_equal(made.image[within], drawn.image[within])


@pytest.mark.parametrize("factor", [0.7, 1.3])
def test_things_change_their_size_where_they_stand(factor):
    """Each cup on its own foot, nearly as the world draws it."""
    drawn = scene()
    both = drawn.mask(2) | drawn.mask(3)
    made = editor(drawn).edit(request(drawn, Wish("resize", {"factor": factor}, CUPS), both))
    spec = drawn.spec
    cups = (replace(spec.get(k), scale=spec.get(k).scale * factor) for k in (2, 3))
    exact = draw_scene(spec.put(*cups), 160)
    near = dilate(both | exact.mask(2) | exact.mask(3), 2) & ~drawn.mask(1)
    was = np.abs(drawn.image.astype(int) - exact.image)[near].mean()
    assert np.abs(made.image.astype(int) - exact.image)[near].mean() < 0.6 * was


def test_nothing_is_moved_out_of_the_picture():
    """That would be a removal."""
    drawn = scene()
    wish = Wish("move", {"direction": "left", "amount": 1.0}, CAR)
    assert editor(drawn).edit(request(drawn, wish, drawn.mask(1))).declined


def test_what_it_cannot_tell_is_left_to_others():
    """A place that no drawing explains is declined, unchanged."""
    drawn = scene()
    place = np.zeros(drawn.image.shape[:2], bool)
    place[5:30, 100:150] = True
    made = editor(drawn).edit(request(drawn, Wish("recolor", {"colour": "blue"}, CAR), place))
    assert made.declined
    np.testing.assert_array_equal(made.image, drawn.image)


@pytest.mark.parametrize(
    "wish",
    [
        Wish("recolor", {"colour": "blue"}, IMAGE),
        Wish("recolor", {"colour": "blorp"}, CAR),
        Wish("resize", {"width": 200}, CAR),
        Wish("move", {"direction": "to", "to": "the tree"}, CAR),
        Wish("replace", {"new": "a bus"}, CAR),
    ],
)
def test_what_it_does_not_do_it_says(wish):
    """Whole pictures, unknown colours and other ops are not for it."""
    drawn = scene()
    assert not editor(drawn).suits(wish, drawn.image).inside


def test_photographs_are_not_for_it():
    """They have their own tools."""
    wish = Wish("remove", {}, CAR)
    assert not editor(scene()).suits(wish, data.astronaut()).inside
