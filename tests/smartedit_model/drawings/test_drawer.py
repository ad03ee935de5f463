"""The editor that draws: what words ask for, where it is put, what stays as it was."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from skimage import data

from smartedit_model.drawings.clearing import cleared
from smartedit_model.drawings.drawer import DrawnThings
from smartedit_model.drawings.painting import painted, variation
from smartedit_model.drawings.replacing import instead, parts
from smartedit_model.drawings.standing import new_item
from smartedit_model.drawings.surroundings import Standing, Surroundings, bounds
from smartedit_model.drawings.wanted import Wanted, wanted
from smartedit_model.errors import NotDrawnError
from smartedit_model.sam.small import shipped_folder
from smartedit_model.world.scene import Scene, draw_scene
from smartedit_model.world.spec import ObjectSpec, SceneSpec
from tests.tools.editor_conformance import EditorConformance
from tools.editing import Editor, EditRequest, Wish
from tools.masks import dilate
from tools.operation import Rgb, ToolContext
from tools.target import IMAGE, Target

SIDE = 160
TABLE = Target(phrase="the table", category="table")


def scene(time: str = "day") -> Scene:
    """A table and, to its right, a small ball, in a room."""
    things = (
        ObjectSpec(1, "table", "brown", 0.35, 0.85, 0.9),
        ObjectSpec(2, "ball", "red", 0.82, 0.9, 0.8),
    )
    return draw_scene(SceneSpec(1, "room", 11, 0.45, things, time=time), SIDE)


def seen(drawn: Scene) -> Surroundings:
    """What perfect eyes see of it."""
    found = tuple(Standing(one.mask, one.kind, 1.0) for one in drawn.objects)
    return Surroundings(found, drawn.spec.backdrop, drawn.spec.time)


def editor(drawn: Scene | None = None) -> DrawnThings:
    """The editor with perfect eyes for one scene."""
    return DrawnThings(shipped_folder(), lambda _image: seen(drawn or scene()))


def ask(op: str, target: Target = IMAGE, **params: str) -> Wish:
    """A wish."""
    return Wish(op, params, target)


def box_of_change(before: Rgb, after: Rgb) -> tuple[float, float, float, float]:
    """The bounds of what differs clearly, in scene units."""
    return bounds(np.abs(after.astype(int) - before).max(axis=2) > 40)


class TestDrawnThings(EditorConformance):
    """It is a proper editor, on pictures that are no drawings too."""

    @pytest.fixture
    def editor(self) -> Editor:
        """The editor."""
        return editor()


@pytest.mark.parametrize(
    ("words", "means"),
    [
        ("a red cup", Wanted(("cup",), "red")),
        ("an ice cream", Wanted(("ice_cream",))),
        ("a pair of glasses", Wanted(("glasses",))),
        ("two small grey mugs", Wanted(("cup",), "gray", 2, 0.7)),
        ("cacti", Wanted(("cactus",), "", 3)),
        ("a sticker of a dog", Wanted(("dog",), sticker=True)),
        ("a clip art cat", Wanted(("cat",), sticker=True)),
        ("a blue dog emoji", Wanted(("dog",), "blue", sticker=True)),
    ],
)
def test_words_name_things_of_the_catalogue(words: str, means: Wanted) -> None:
    """With a colour, a number and a size, as people say them."""
    assert wanted(words) == means


@pytest.mark.parametrize(
    "words", ["a dog with a hat", "a striped dog", "a fox", "a thing", "a red and blue ball", ""]
)
def test_what_no_drawing_shows_is_not_drawn(words: str) -> None:
    """Unknown things, and known ones with more about them, are left to other editors."""
    with pytest.raises(NotDrawnError, match="things it can draw"):
        wanted(words)
    assert not editor().suits(ask("add", what=words), scene().image).inside


def test_a_family_is_any_of_its_kinds() -> None:
    """Words such as "an animal" may mean any of them, by the seed."""
    assert {"cat", "dog"} <= set(wanted("an animal").kinds)


def test_a_photograph_is_drawn_on_only_where_a_sticker_is_asked_for() -> None:
    """And the refusal says how to ask."""
    photo = np.asarray(data.astronaut()[:256, :256])
    refused = editor().suits(ask("add", what="a dog"), photo)
    assert not refused.inside
    assert "'add a sticker of a dog'" in refused.reason
    wish = ask("add", what="a sticker of a dog", where="in the top left")
    assert editor().suits(wish, photo).inside
    done = editor().edit(EditRequest(photo, "", op="add", wish=wish))
    assert done.drawn is not None
    x0, y0, x1, y1 = bounds(done.drawn)
    assert (x0 + x1) / 2 < 0.45
    assert (y0 + y1) / 2 < 0.45
    white = (done.image > 235).all(axis=2) & ~(photo > 235).all(axis=2)
    assert white.sum() > 60  # the edge of the sticker


def test_what_is_not_drawn_on_is_as_it_was() -> None:
    """Bit by bit, and the editor says to the pixel where it drew."""
    drawn = scene()
    done = editor(drawn).edit(EditRequest(drawn.image, "", op="add", wish=ask("add", what="a cup")))
    assert done.drawn is not None
    assert 0.002 < done.drawn.mean() < 0.2
    assert np.array_equal(done.image[~done.drawn], drawn.image[~done.drawn])


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(
    ("where", "holds"),
    [
        ("on the left", lambda box: (box[0] + box[2]) / 2 < 0.45),
        ("in the top right corner", lambda box: (box[0] + box[2]) / 2 > 0.55 and box[3] < 0.6),
        ("at the bottom", lambda box: box[3] > 0.8),
    ],
)
def test_a_part_of_the_picture_is_kept_to(where: str, holds: Any, seed: int) -> None:
    """Whatever the seed."""
    drawn = scene()
    wish = ask("add", what="a blue cup", where=where)
    done = editor(drawn).edit(EditRequest(drawn.image, "", op="add", seed=seed, wish=wish))
    assert holds(box_of_change(drawn.image, done.image))


@pytest.mark.parametrize("seed", range(4))
def test_things_stand_beside_and_on_what_they_are_put_at(seed: int) -> None:
    """Beside: on its ground, not over it. On a table: with the foot on its top."""
    drawn = scene()
    table = drawn.objects[0].mask
    x0, y0, x1, y1 = bounds(table)
    beside = ask("add", TABLE, what="a blue bucket", where="to the right of the table")
    put = EditRequest(
        drawn.image, "", dilate(table, 12), "add", seed=seed, wish=beside, thing=table
    )
    a, _, _, d = box_of_change(drawn.image, editor(drawn).edit(put).image)
    assert a > x1 - 0.06
    assert abs(d - y1) < 0.12
    on = ask("add", TABLE, what="a blue cup", where="on the table")
    b0, _, b1, foot = box_of_change(drawn.image, editor(drawn).edit(replace(put, wish=on)).image)
    assert x0 < (b0 + b1) / 2 < x1
    assert y0 < foot < y0 + 0.4 * (y1 - y0)


def test_a_marked_place_is_filled_and_not_left() -> None:
    """What the user marked is where the thing goes."""
    drawn = scene()
    mark = np.zeros((SIDE, SIDE), np.bool_)
    mark[20:60, 90:130] = True
    wish = ask("add", what="a green clock")
    put = EditRequest(drawn.image, "", dilate(mark, 8), "add", wish=wish, thing=mark)
    done = editor(drawn).edit(put)
    assert done.drawn is not None
    assert mark[done.drawn].mean() > 0.75


def test_another_seed_is_another_drawing_and_the_same_seed_the_same() -> None:
    """So that a retry differs, and a rerun does not."""
    drawn = scene()
    put = EditRequest(drawn.image, "", op="add", wish=ask("add", what="a cup"))
    first = editor(drawn).edit(put).image
    assert np.array_equal(first, editor(drawn).edit(put).image)
    assert not np.array_equal(first, editor(drawn).edit(replace(put, seed=7)).image)


def test_things_that_stay_are_covered_as_little_as_can_be() -> None:
    """A new thing looks for room."""
    drawn = scene()
    taken = drawn.mask(1, 2)
    covered = []
    for seed in range(5):
        put = EditRequest(drawn.image, "", op="add", seed=seed, wish=ask("add", what="a cup"))
        made = editor(drawn).edit(put).drawn
        assert made is not None
        covered.append(float((made & taken).sum() / made.sum()))
    assert max(covered) < 0.1


def test_what_is_replaced_gives_room_to_something_taller() -> None:
    """The new thing has the old one's foot and its own proportions, and nothing cuts it off."""
    drawn = scene()
    ball = drawn.objects[1].mask
    wish = ask("replace", Target(phrase="the ball", category="ball"), new="a blue ladder")
    put = EditRequest(drawn.image, "", dilate(ball, 3), "replace", wish=wish, thing=ball)
    done = editor(drawn).edit(put)
    x0, y0, x1, y1 = bounds(ball)
    a, b, c, d = box_of_change(drawn.image, done.image)
    assert b < y0 - 0.02
    assert abs(d - y1) < 0.05
    assert abs((a + c) / 2 - (x0 + x1) / 2) < 0.06
    red = (drawn.image[..., 0] > 200) & (drawn.image[..., 1] < 90)
    left = (done.image[..., 0] > 200) & (done.image[..., 1] < 90)
    assert (left & ball).sum() < 0.05 * max((red & ball).sum(), 1)


def test_the_ground_comes_back_where_a_thing_was_taken_away() -> None:
    """With the shadow at its foot: what is left is what the scene is without the thing."""
    drawn = scene()
    ball = drawn.objects[1].mask
    without = draw_scene(drawn.spec.without(frozenset({2})), SIDE).image.astype(int)
    made = cleared(
        drawn.image, dilate(ball, 3), [ball], seen(drawn), ToolContext(drawn.image), shaded=True
    )
    was = np.abs(drawn.image.astype(int) - without).mean()
    assert np.abs(made.astype(int) - without).mean() < 0.12 * was


def test_by_night_it_is_drawn_in_the_light_of_the_night() -> None:
    """A white thing is as dark as the others are."""
    bright = []
    for time in ("day", "night"):
        drawn = scene(time)
        wish = ask("add", what="a white rabbit")
        done = editor(drawn).edit(EditRequest(drawn.image, "", op="add", wish=wish))
        bright.append(float(np.percentile(done.image[done.drawn], 90)))
    assert bright[1] < 0.85 * bright[0]


@pytest.mark.parametrize("style", ["sketch", "pixel", "watercolour", "none"])
@pytest.mark.parametrize("weather", ["clear", "fog"])
def test_every_weather_and_style_leaves_the_rest_alone(style: str, weather: str) -> None:
    """The mood is drawn on the thing only."""
    drawn = scene()
    item = replace(new_item("cup", "red", variation(3, 0)), x=0.5, y=0.8)
    placed = instead(item, drawn.objects[1].mask, IMAGE, seen(drawn))
    around = Surroundings((), "room", "day", weather, style)
    made = painted(drawn.image, placed, around)
    changed = (made != drawn.image).any(axis=2)
    x0, y0, x1, y1 = placed.item.box
    assert changed.any()
    a, b, c, d = bounds(changed)
    assert x0 - 0.15 < a
    assert y0 - 0.1 < b
    assert c < x1 + 0.15
    assert d < y1 + 0.1


def test_things_that_touch_are_told_apart_where_they_are_seen() -> None:
    """All of several are replaced, each by one."""
    mask = np.zeros((40, 60), np.bool_)
    mask[10:30, 5:55] = True
    left, right = mask.copy(), mask.copy()
    left[:, 30:], right[:, :30] = False, False
    around = Surroundings((Standing(left, "cup", 1.0), Standing(right, "cup", 1.0)))
    assert len(parts(mask)) == 1
    assert len(parts(mask, around)) == 2


def test_several_things_do_not_take_the_place_of_one() -> None:
    """It cannot put two cups in the place of one ball; cups in that of all balls it can."""
    one = ask("replace", Target(phrase="the ball", category="ball"), new="two cups")
    every = ask("replace", Target(phrase="all the balls", category="ball"), new="cups")
    assert not editor().suits(one, scene().image).inside
    assert editor().suits(every, scene().image).inside
