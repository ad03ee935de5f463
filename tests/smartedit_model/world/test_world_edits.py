"""What every edit promises: an exact target, and nothing else touched."""

import random
from dataclasses import replace

import numpy as np
import pytest

from smartedit_model.world.edits import EditSample, EditSpec, make_edit
from smartedit_model.world.errors import ImpossibleEditError, UnknownNameError
from smartedit_model.world.palette import rgb
from smartedit_model.world.query import Query
from smartedit_model.world.refer import CATEGORIES
from smartedit_model.world.render import REFLECTED, shadow_of, shown_in
from smartedit_model.world.scene import Scene, draw_scene, make_scene
from smartedit_model.world.spec import OPS, Mirrored, ObjectSpec, SceneSpec
from smartedit_model.world.stream import sample

CAT = ObjectSpec(1, "cat", "orange", 0.25, 0.85)
DOG = ObjectSpec(2, "dog", "brown", 0.72, 0.9)
PAIR = SceneSpec(0, "field", 5, 0.5, (CAT, DOG))
GLASS = ObjectSpec(3, "mirror", "brown", 0.5, 0.62, 0.9, wide=1.4, shows=(Mirrored(1),))
MIRRORED = SceneSpec(0, "room", 5, 0.5, (CAT, GLASS))


def around(scene: Scene, owners: set[int], margin: float = 0.035) -> np.ndarray:
    """HW bool: generous boxes about objects, their shadows and their reflections."""
    size = scene.size
    allowed = np.zeros((size, size), bool)
    items = [scene.spec.get(uid) for uid in owners if uid < REFLECTED]
    for glass in scene.spec.objects:
        items += [s for s in shown_in(glass, scene.spec) if {s.uid, s.uid + REFLECTED} & owners]
    for item in items:
        cx, cy, rx, ry = shadow_of(item)
        x0, y0, x1, y1 = item.box
        for a, b, c, d in ((x0, y0, x1, y1), (cx - rx, cy - ry, cx + rx, cy + ry)):
            m = margin + 0.16 * rx
            rows = slice(max(int((b - m) * size), 0), int((d + m) * size) + 1)
            allowed[rows, max(int((a - m) * size), 0) : int((c + m) * size) + 1] = True
    return allowed


@pytest.fixture(scope="module")
def made() -> list[EditSample]:
    """Edits of every category and op."""
    found = []
    for i, category in enumerate(CATEGORIES):
        for task in ("edit", "segment"):
            for number in range(9):
                entry = sample("train", number, i, (category,), {task: 1.0})
                assert isinstance(entry, EditSample)
                found.append(entry)
    for number in range(24):
        entry = sample("val", number, 0, None, {"whole": 1.0})
        assert isinstance(entry, EditSample)
        found.append(entry)
    return found


def test_all_ops_are_made(made: list[EditSample]) -> None:
    """The stream of samples holds every op."""
    assert {entry.op for entry in made} == set(OPS)


def test_pixels_outside_the_mask_are_identical(made: list[EditSample]) -> None:
    """Outside the mask, source and target are the same to the bit."""
    for entry in made:
        same = (entry.source == entry.target).all(axis=2)
        assert same[~entry.mask].all(), entry.instruction


def test_local_edits_stay_near_what_they_concern(made: list[EditSample]) -> None:
    """What differs lies about the edited objects, their shadows and reflections alone."""
    checked = 0
    for entry in made:
        if entry.op in ("remove", "replace", "recolor", "resize", "move") and entry.valid:
            owners = set(entry.referred)
            kept = {o for o in owners if o in {i.uid for i in entry.edited.spec.objects}}
            reflected = {o for o in owners if o >= REFLECTED}
            allowed = around(entry.scene, owners) | around(entry.edited, kept | reflected)
            differs = (entry.source != entry.target).any(axis=2)
            assert not differs[~allowed].any(), (entry.instruction, entry.op)
            checked += 1
    assert checked > 40


def test_valid_edits_change_something_and_invalid_nothing(made: list[EditSample]) -> None:
    """A target that is there is edited; one that is not leaves the picture and says so."""
    for entry in made:
        differs = bool((entry.source != entry.target).any())
        assert differs == entry.valid, entry.instruction
        assert entry.valid == (entry.category != "none")
        assert ("changed nothing" in entry.answer) == (not entry.valid)
        if not entry.valid:
            assert not entry.mask.any()
            assert entry.referred == ()


def test_words_are_whole(made: list[EditSample]) -> None:
    """Instructions and answers have every slot filled."""
    for entry in made:
        for text in (entry.instruction, entry.answer):
            assert text
            assert "{" not in text
            assert "None" not in text


def test_remove_leaves_the_scene_as_if_it_had_never_been() -> None:
    """Removing the dog gives exactly the scene that is drawn without it."""
    entry = make_edit(draw_scene(PAIR, 128), EditSpec("remove", Query(kind="dog")))
    without = draw_scene(replace(PAIR, objects=(CAT,)), 128)
    np.testing.assert_array_equal(entry.target, without.image)
    assert entry.referred == (2,)


def test_segment_marks_exactly_the_mask() -> None:
    """Segmentation paints the object's visible pixels in the pure colour and no others."""
    scene = draw_scene(PAIR, 128)
    entry = make_edit(scene, EditSpec("segment", Query(kind="cat"), "purple"))
    np.testing.assert_array_equal(entry.mask | scene.mask(1), entry.region)
    assert (entry.target[scene.mask(1)] == np.array(rgb("purple"), np.uint8)).all()
    np.testing.assert_array_equal(entry.target[~scene.mask(1)], scene.image[~scene.mask(1)])


def test_recolor_keeps_the_shape() -> None:
    """A recoloured object covers exactly the pixels that it covered before."""
    scene = draw_scene(PAIR, 128)
    entry = make_edit(scene, EditSpec("recolor", Query(kind="cat"), "blue"))
    np.testing.assert_array_equal(entry.edited.owner, scene.owner)


def test_reflection_follows_its_object_but_not_the_reverse() -> None:
    """Removing the cat removes its reflection; removing the reflection leaves the cat."""
    scene = draw_scene(MIRRORED, 128)
    assert scene.mask(REFLECTED + 1).any()
    gone = make_edit(scene, EditSpec("remove", Query(kind="cat", mirror="outside")))
    assert not gone.edited.mask(1, REFLECTED + 1).any()
    ghost = make_edit(scene, EditSpec("remove", Query(kind="cat", mirror="inside")))
    assert not ghost.edited.mask(REFLECTED + 1).any()
    np.testing.assert_array_equal(ghost.edited.mask(1), scene.mask(1))


def test_move_and_resize_do_what_they_say() -> None:
    """The mask's middle moves to the named side; its area grows or shrinks."""
    scene = draw_scene(PAIR, 128)
    moved = make_edit(scene, EditSpec("move", Query(kind="cat"), "left", amount=0.08))
    before, after = np.nonzero(scene.mask(1))[1].mean(), np.nonzero(moved.edited.mask(1))[1].mean()
    assert before - after == pytest.approx(0.08 * 128, abs=1.0)
    smaller = make_edit(scene, EditSpec("resize", Query(kind="cat"), "smaller"))
    ratio = smaller.edited.mask(1).sum() / scene.mask(1).sum()
    assert 0.35 < ratio < 0.55


def test_impossible_edits_are_refused_with_the_reason() -> None:
    """Ambiguous targets, things left without footing and places outside the picture are named."""
    two = draw_scene(replace(PAIR, objects=(CAT, replace(CAT, uid=2, x=0.7))), 64)
    with pytest.raises(ImpossibleEditError, match="2 objects fit"):
        make_edit(two, EditSpec("remove", Query(kind="cat")))
    with pytest.raises(ImpossibleEditError, match="inside 0 to 1"):
        make_edit(draw_scene(PAIR, 64), EditSpec("move", Query(kind="cat"), "left", amount=0.5))
    table = ObjectSpec(3, "table", "brown", 0.5, 0.9)
    cup = ObjectSpec(4, "cup", "red", 0.5, 0.66, on=3)
    with pytest.raises(ImpossibleEditError, match="standing on nothing"):
        make_edit(
            draw_scene(replace(PAIR, objects=(table, cup)), 64),
            EditSpec("remove", Query(kind="table")),
        )
    with pytest.raises(UnknownNameError, match="remove"):
        make_edit(two, EditSpec("explode", Query(kind="cat")))
    with pytest.raises(UnknownNameError, match="rain"):
        make_edit(two, EditSpec("weather", value="hail"))


def test_whole_picture_edits_keep_the_objects_in_place() -> None:
    """Weather, time, style and background change no object's pixels' owner."""
    scene = draw_scene(PAIR, 64)
    edits = {"weather": "snow", "time": "night", "style": "sketch", "background": "beach"}
    for op, value in edits.items():
        entry = make_edit(scene, EditSpec(op, value=value))
        np.testing.assert_array_equal(entry.edited.owner, scene.owner)
        assert entry.mask.all()


def test_same_sample_number_gives_the_same_sample() -> None:
    """A sample can be made alone by its number, at any size, with the same words."""
    for number in (3, 11):
        one, two = sample("train", number, 5), sample("train", number, 5, size=64)
        assert one.answer == two.answer
    rng = random.Random(1)
    assert make_scene(rng.randrange(9), 64).size == 64
