"""What every drawn scene promises: the same everywhere, exact masks, everything in sight."""

import hashlib
import os
import subprocess
import sys
from dataclasses import replace

import cv2
import numpy as np
import pytest

from smartedit_model import world
from smartedit_model.world.catalogue import kind, kinds, members
from smartedit_model.world.drawing import parse
from smartedit_model.world.errors import UnknownNameError, WorldDataError, WorldSizeError
from smartedit_model.world.layout import FOCI, lay_out
from smartedit_model.world.palette import colour_names, rgb, toned
from smartedit_model.world.render import REFLECTED
from smartedit_model.world.scene import draw_scene, make_scene
from smartedit_model.world.spec import BACKDROPS, STYLES, ObjectSpec, SceneSpec

PRINT_HASH = """
import hashlib, sys
from smartedit_model.world.stream import sample
digest = hashlib.sha256()
for number in range(6):
    made = sample("train", number)
    image = made.target if hasattr(made, "target") else made.image
    digest.update(image.tobytes() + made.answer.encode())
    digest.update(getattr(made, "instruction", getattr(made, "text", "")).encode())
print(digest.hexdigest(), "torch" in sys.modules)
"""


def test_world_has_kinds_of_every_sort() -> None:
    """There are at least 40 kinds, in all the families that are promised."""
    assert len(kinds()) >= 40
    for group in ("animal", "food", "vehicle", "furniture", "instrument", "tool", "clothing"):
        assert len(members(group)) >= 5, group
    assert len(members("person")) >= 4


@pytest.mark.parametrize("key", list(kinds()))
def test_kind_is_one_clear_shape_in_its_colour(key: str) -> None:
    """Drawn alone, a kind covers a fair area, and recolouring it changes a fair part of that."""
    item = ObjectSpec(1, key, "red", 0.5, 0.85)
    spec = SceneSpec(0, "texture", 1, 0.5, (item,))
    red = draw_scene(spec, 128)
    blue = draw_scene(replace(spec, objects=(replace(item, colour="blue"),)), 128)
    mask = red.mask(1)
    assert mask.sum() > 150
    apart = np.abs(red.image.astype(int) - blue.image.astype(int)).sum(axis=2) > 60
    # The boat's hull is a third of it, the traffic light's housing a fifth.
    assert apart[mask].mean() > 0.12
    assert not apart[~cv2.dilate(mask.astype(np.uint8), np.ones((3, 3))).astype(bool)].any()


def test_scene_is_the_same_in_every_process() -> None:
    """Another process with another hash seed makes the same samples, and imports no torch."""
    answers = set()
    for hash_seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", PRINT_HASH],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
        )
        answers.add(done.stdout.strip())
    assert len(answers) == 1
    assert answers.pop().endswith("False")


def test_scene_is_the_same_at_every_size() -> None:
    """A large picture, made small, is the small picture but for the edges' smoothing."""
    for seed in range(8):
        small, large = make_scene(seed, 128), make_scene(seed, 512)
        assert small.spec == large.spec
        shrunk = cv2.resize(large.image, (128, 128), interpolation=cv2.INTER_AREA)
        assert np.abs(shrunk.astype(int) - small.image.astype(int)).mean() < 3.5
        assert (large.owner[2::4, 2::4] == small.owner).mean() > 0.97


def test_scene_differs_with_its_seed() -> None:
    """No two of a hundred seeds give the same picture."""
    found = {hashlib.sha256(make_scene(seed, 64).image.tobytes()).digest() for seed in range(100)}
    assert len(found) == 100


def test_objects_can_be_seen() -> None:
    """Of an object of a scene, at least a third is in sight, and nearly always most of it."""
    shares = []
    for seed in range(60):
        scene = make_scene(seed, 128)
        for item in scene.spec.objects:
            if item.entry.role == "object":
                alone = replace(scene.spec, objects=(replace(item, on=0),))
                whole = draw_scene(alone, 128).mask(item.uid)
                shares.append((scene.mask(item.uid) & whole).sum() / whole.sum())
    assert min(shares) > 0.33
    assert np.mean(np.array(shares) > 0.7) > 0.93


def test_nearer_object_hides_the_farther() -> None:
    """Where two objects meet, the pixels belong to the one whose foot is lower in the picture."""
    far = ObjectSpec(1, "bear", "brown", 0.5, 0.7)
    near = ObjectSpec(2, "bus", "red", 0.5, 0.9)
    scene = draw_scene(SceneSpec(0, "field", 3, 0.5, (near, far)), 128)
    alone = draw_scene(SceneSpec(0, "field", 3, 0.5, (near,)), 128)
    np.testing.assert_array_equal(scene.mask(2), alone.mask(2))
    assert scene.mask(1).sum() > 0


def test_mirror_shows_what_stands_before_it() -> None:
    """A mirror scene has a reflection inside the glass, in the colour of the object."""
    for seed in range(12):
        scene = make_scene(seed, 128, "mirror")
        shown = [r for r in scene.graph if r.name == "in_mirror"]
        assert shown
        reflection = scene.mask(REFLECTED + shown[0].subject)
        assert reflection.sum() > 30
        x0, y0, x1, y1 = scene.spec.get(shown[0].other).box
        ys, xs = np.nonzero(reflection)
        assert xs.min() >= x0 * 128 - 1
        assert xs.max() <= x1 * 128 + 1
        assert ys.min() >= y0 * 128 - 1
        assert ys.max() <= y1 * 128 + 1


def test_attributes_agree_with_the_picture() -> None:
    """Boxes hold the masks, ranks follow size, and positions follow where the mask lies."""
    for seed in range(30):
        scene = make_scene(seed, 128)
        assert sorted(o.size_rank for o in scene.objects) == list(range(1, len(scene.objects) + 1))
        for item in scene.objects:
            ys, xs = np.nonzero(item.mask)
            assert xs.size
            x0, y0, x1, y1 = item.box
            # Lean, taper and turn reach a little over the plain box.
            assert xs.min() / 128 > x0 - 0.06
            assert xs.max() / 128 < x1 + 0.06
            assert ys.min() / 128 > y0 - 0.06
            assert ys.max() / 128 < y1 + 0.06


def test_colours_keep_their_names() -> None:
    """Every shade of a colour that is drawn lies nearer to its own name than to any other."""
    names = colour_names()
    plain = np.array([rgb(name) for name in names])
    for i, name in enumerate(names):
        for tone in (-1, 0, 1):
            for warmth in (-1, 0, 1):
                apart = np.linalg.norm(plain - toned(name, tone, warmth), axis=1)
                assert int(apart.argmin()) == i


def test_every_backdrop_and_style_is_drawn() -> None:
    """All backdrops and styles give pictures that differ from one another."""
    spec = lay_out(3)
    looks = {draw_scene(replace(spec, backdrop=b), 64).image.tobytes() for b in BACKDROPS}
    styles = {draw_scene(replace(spec, style=s), 64).image.tobytes() for s in STYLES}
    assert len(looks) == len(BACKDROPS)
    assert len(styles) == len(STYLES)


def test_wrong_names_and_sizes_are_named() -> None:
    """An unknown kind, focus or size is refused with what would be right."""
    with pytest.raises(UnknownNameError, match="cat"):
        kind("unicorn")
    with pytest.raises(UnknownNameError, match="left_right"):
        make_scene(0, focus="sideways")
    with pytest.raises(WorldSizeError, match="32 to 2048"):
        make_scene(0, 8)
    with pytest.raises(WorldDataError, match="shape 'q'"):
        parse("thing", "body q 1 2 3 red")


def test_every_focus_has_scenes() -> None:
    """Every focus gives scenes, and those for one kind in several have at least two of it."""
    for focus in FOCI:
        for seed in range(5):
            spec = lay_out(seed, focus)
            names = [item.kind for item in spec.objects]
            if focus in ("left_right", "size", "colour"):
                assert max(names.count(name) for name in names) >= 2


def test_public_names_are_functions_and_classes_whatever_was_imported_before() -> None:
    """No submodule hides a public name of the package."""
    for name in world.__all__:
        assert callable(getattr(world, name)), name
