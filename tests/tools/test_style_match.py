"""Style by example: identity, strength, nearness, masks and skin."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import skimage.data
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tools.compositing import composite
from tools.errors import BadArguments, PictureError
from tools.metrics import delta_e
from tools.operation import ToolContext
from tools.registry import get_tool, parse_args
from tools.style_statistics import Statistics, distance, sampled, statistics
from tools.style_transfer import colour_map


def small(rgb):
    return np.ascontiguousarray(rgb[::3, ::3])


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Style pictures on disk, by name."""
    folder = tmp_path_factory.mktemp("styles")
    names = ("coffee", "rocket", "chelsea")
    for name in names:
        Image.fromarray(small(getattr(skimage.data, name)())).save(folder / f"{name}.png")
    return {name: str(folder / f"{name}.png") for name in names}


def run(image, style, mask=None, seed=0, **values):
    tool = get_tool("match_style")
    assets = {} if style is None else {"style": style}
    return tool.run(parse_args(tool, values), ToolContext(image, mask, seed=seed, assets=assets))


def test_the_own_style_changes_nothing(files):
    """A picture in its own style is itself, bit for bit; so is any at strength 0."""
    image = small(skimage.data.coffee())
    assert np.array_equal(run(image, files["coffee"]).image, image)
    assert np.array_equal(run(image, files["rocket"], strength=0).image, image)


@pytest.mark.parametrize("style", ["rocket", "chelsea"])
def test_the_stronger_the_nearer(files, style):
    """The distance to the style's colours falls with every step of strength, and far at 1."""
    image = small(skimage.data.coffee())
    wanted = Statistics.from_json(run(image, files[style], strength=0).facts["style"])
    shares = (0.0, 0.25, 0.5, 0.75, 1.0)
    apart = [
        distance(statistics(sampled(run(image, files[style], strength=s).image)), wanted)
        for s in shares
    ]
    assert apart == sorted(apart, reverse=True)
    assert apart[-1] < 0.3 * apart[0]


def test_bright_things_on_dark_ground_are_still_drawn(tmp_path):
    """A style of bright sky and dark trees does not burn a flower's petals out to one white."""
    flower = np.full((120, 160, 3), 40, np.uint8)
    petals = np.linspace(150, 225, 40).astype(np.uint8)
    flower[40:80, 60:100] = petals[None, :, None]
    sky = np.full((120, 160, 3), 245, np.uint8)
    sky[70:] = 25
    Image.fromarray(sky).save(tmp_path / "sky.png")
    made = run(flower, str(tmp_path / "sky.png")).image[40:80, 60:100].astype(int)
    assert (made == 255).all(axis=-1).mean() < 0.05
    assert made[:, -1].mean() - made[:, 0].mean() > 15


@pytest.mark.parametrize("tone", [(1, 1, 1), (1, 0.85, 0.6)])
def test_an_example_of_one_tone_leaves_no_other_colour(tone, tmp_path):
    """In the style of a black and white photo, or a sepia one, a colour photo is one too."""
    grey = cv2.cvtColor(small(skimage.data.rocket()), cv2.COLOR_RGB2GRAY)[..., None]
    style = (grey * np.array(tone)).round().astype(np.uint8)
    Image.fromarray(style).save(tmp_path / "one.png")
    made = run(small(skimage.data.coffee()), str(tmp_path / "one.png")).image
    off = np.abs(made - made[..., :1] * np.array(tone))
    assert np.quantile(off, 0.99) < 12
    face = run(small(skimage.data.astronaut()), str(tmp_path / "one.png"))
    assert np.quantile(np.abs(face.image - face.image[..., :1] * np.array(tone)), 0.99) < 12
    assert face.notes == ()
    assert np.array_equal(run(style, str(tmp_path / "one.png")).image, style)


def test_tones_can_stay(files):
    """Without its tones, a style changes colours and leaves lightness nearly alone."""
    image = small(skimage.data.coffee())
    before = sampled(image)[:, 0].mean()
    whole = sampled(run(image, files["rocket"]).image)[:, 0].mean()
    kept = sampled(run(image, files["rocket"], tone=0).image)[:, 0].mean()
    assert abs(kept - before) < 0.3 * abs(whole - before)


def lab(rgb, mask):
    """The mean colour of a region in Lab."""
    return cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)[mask].mean(axis=0)


def test_skin_keeps_its_own_colour(files):
    """A face keeps its hue in the light there is; at full protection it stays as it was."""
    image = np.ascontiguousarray(skimage.data.astronaut())
    face = np.zeros(image.shape[:2], bool)
    face[100:170, 195:245] = True
    own, free, usual, whole = (
        lab(rgb, face)
        for rgb in (
            image,
            run(image, files["rocket"], skin=0).image,
            run(image, files["rocket"]).image,
            run(image, files["rocket"], skin=1).image,
        )
    )

    def hue(colour):
        return np.degrees(np.arctan2(colour[2], colour[1]))

    assert abs(hue(usual) - hue(own)) < 25 < abs(hue(free) - hue(own))
    assert free[0] < usual[0] < own[0] - 0.5 * (own[0] - free[0])  # the rocket is at night
    assert np.linalg.norm(usual[1:]) < np.linalg.norm(own[1:]) * 1.05
    assert np.linalg.norm(whole - own) < 0.3 * np.linalg.norm(free - own)
    made = run(image, files["rocket"], skin=1).image
    assert np.array_equal(made[120:150, 205:235], image[120:150, 205:235])
    assert delta_e(image, made, ~face) > 5
    assert "skin" in run(image, files["rocket"]).notes[0]


def test_only_what_may_change_counts(files):
    """Statistics are those inside the mask, and what is outside stays bit-identical."""
    image = np.ascontiguousarray(np.hstack([small(skimage.data.coffee())] * 2))
    image[:, image.shape[1] // 2 :] = 255 - image[:, image.shape[1] // 2 :]
    mask = np.zeros(image.shape[:2], np.float32)
    mask[:, : image.shape[1] // 2] = 1
    made = run(image, files["coffee"], mask).image
    done = composite(image, made, mask)
    assert np.array_equal(done, image)  # the left half is in its own style already
    other = composite(image, run(image, files["rocket"], mask).image, mask)
    assert np.array_equal(other[:, image.shape[1] // 2 :], image[:, image.shape[1] // 2 :])
    assert not np.array_equal(other, image)


def test_grain_follows_the_seed(files):
    """Grain is added only if asked for, and is the same for the same seed."""
    noisy = Image.fromarray(
        np.random.default_rng(0).normal(128, 30, (200, 200, 3)).clip(0, 255).astype(np.uint8)
    )
    path = files["coffee"].replace("coffee", "noisy")
    noisy.save(path)
    image = np.full((120, 160, 3), 128, np.uint8)
    image[:, 80:] = 100
    plain, grainy = (run(image, path, grain=g).image for g in (0.0, 1.0))
    assert grainy[:, :70].std() > plain[:, :70].std() + 2
    assert np.array_equal(grainy, run(image, path, grain=1.0).image)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), spread=st.floats(0.0, 0.3), other=st.floats(0.0, 0.3))
def test_maps_are_finite_and_keep_the_order_of_greys(seed, spread, other):
    """Whatever the colours (even none but one), greys stay in order and nothing is infinite."""
    rng = np.random.default_rng(seed)
    content = rng.normal([0.5, 0, 0], [spread, spread / 3, spread / 3], (400, 3))
    style = rng.normal([0.4, 0.05, -0.05], [other, other / 3, other / 3], (400, 3))
    mapped = colour_map(content, style)
    greys = np.stack([np.linspace(0, 1, 64), np.zeros(64), np.zeros(64)], axis=1)
    done = mapped(greys)
    assert np.isfinite(done).all()
    assert (np.diff(done[:, 0]) > -2e-3).all()
    assert np.abs(mapped(content) - content).max() < 3
    same = colour_map(content, content)
    assert np.abs(same(content) - content).max() < 1e-6


def test_what_is_wrong_is_told(files, tmp_path):
    """No picture, an absent one, no picture at all and a speck each get their own words."""
    image = small(skimage.data.coffee())
    with pytest.raises(BadArguments, match="--style-image"):
        run(image, None)
    with pytest.raises(BadArguments, match="cannot be read"):
        run(image, str(tmp_path / "absent.png"))
    (tmp_path / "text.png").write_text("no picture")
    with pytest.raises(PictureError):
        run(image, str(tmp_path / "text.png"))
    Image.fromarray(image[:2, :2]).save(tmp_path / "speck.png")
    with pytest.raises(BadArguments, match="too few pixels"):
        run(image, str(tmp_path / "speck.png"))
    with pytest.raises(BadArguments, match="too few pixels"):
        run(image[:2, :2], files["rocket"])
