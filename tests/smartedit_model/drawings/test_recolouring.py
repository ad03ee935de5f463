"""Things of drawings in another colour: their main paint alone, as the world would draw them."""

from dataclasses import replace

import numpy as np
import pytest

from smartedit_model.drawings.posing import paint_shares, poses
from smartedit_model.drawings.recolouring import painting
from smartedit_model.drawings.surroundings import Surroundings
from smartedit_model.world.catalogue import kinds
from smartedit_model.world.palette import rgb
from smartedit_model.world.scene import draw_scene
from smartedit_model.world.spec import ObjectSpec, SceneSpec


def scene(key, colour, *, size=160, **look):
    """One thing in a room, as large as it usually is."""
    item = ObjectSpec(1, key, colour, 0.5, 0.85, 1.2, lean=0.03, turn=2.0, flip=True, paint_seed=7)
    return draw_scene(SceneSpec(3, "room", 5, 0.55, (item,), **look), size)


@pytest.mark.parametrize("key", ["car", "cat", "cup", "truck", "guitar", "owl"])
def test_the_right_drawing_is_found_among_all(key):
    """Of all kinds' drawings the thing's own covers it best, and the right way round."""
    made = scene(key, "blue")
    best = poses(made.mask(1), kinds())[0]
    assert best.item.kind == key
    assert best.overlap > 0.9


@pytest.mark.parametrize(
    ("time", "weather"),
    [("day", "clear"), ("night", "clear"), ("sunset", "clear"), ("day", "snow"), ("day", "fog")],
)
@pytest.mark.parametrize("key", ["truck", "candle", "owl"])
def test_a_thing_in_another_colour_is_nearly_as_the_world_draws_it(key, time, weather):
    """Within a few levels of the exact picture, of which the thing itself is far away."""
    before = scene(key, "purple", time=time, weather=weather)
    spec = before.spec
    exact = draw_scene(spec.put(replace(spec.get(1), colour="green")), 160).image
    around = Surroundings(time=time, weather=weather)
    mask = before.mask(1)
    found = painting(before.image, [mask], [key], around)
    assert found is not None
    made = found.with_main(before.image, rgb("green"))
    off = np.abs(made.astype(int) - exact)[mask].mean()
    was = np.abs(before.image.astype(int) - exact)[mask].mean()
    assert off < 0.3 * was
    far = ~(made != before.image).any(axis=2)
    assert far[:, :20].all()  # nothing beside the thing is touched
    assert far[:20].all()


def test_what_is_no_drawing_of_the_kind_is_left():
    """A patch of noise is explained by no drawing."""
    image = np.random.default_rng(0).integers(0, 255, (128, 128, 3), dtype=np.uint8)
    mask = np.zeros((128, 128), bool)
    mask[40:90, 30:90] = True
    assert painting(image, [mask], kinds(), Surroundings()) is None


def test_under_a_style_nothing_is_told():
    """A sketch has lost its paints."""
    made = scene("car", "red", style="sketch")
    assert painting(made.image, [made.mask(1)], ["car"], Surroundings(style="sketch")) is None


def test_paints_cover_each_pixel_at_most_once():
    """Shares of a pixel add up to one within the thing and to nothing far from it."""
    made = scene("bus", "yellow")
    (x0, y0, x1, y1), tokens, shares = paint_shares(
        poses(made.mask(1), ["bus"])[0], made.image.shape
    )
    total = shares.sum(axis=0)
    assert len(tokens) == len(shares)
    assert total.max() <= 1 + 1e-5
    own = made.mask(1)[y0:y1, x0:x1]
    assert total[own].mean() > 0.95
    assert total[0].max() == 0


def test_an_empty_mask_has_no_pose():
    """There is nothing to lay a drawing over."""
    assert poses(np.zeros((64, 64), bool), ["car"]) == []
