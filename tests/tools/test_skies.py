"""Skies that are drawn, and where the old one ends."""

from __future__ import annotations

from typing import Any, get_args

import cv2
import numpy as np
import pytest
import skimage.data

from tools.compositing import composite, unchanged_outside
from tools.errors import BadArguments
from tools.grounding import Scene
from tools.operation import HardMask, Rgb, SoftMask, ToolContext
from tools.relight import RelightArgs, relight
from tools.skies import SkyArgs, SkyKind, draw_sky
from tools.sky import find_sky
from tools.sky_lattice import before_clear_sky
from tools.sky_limits import above_water, inside_border, through_leaves
from tools.strips import strip_rows

KINDS = get_args(SkyKind)


def scenery(height: int = 240, width: int = 320) -> tuple[Rgb, SoftMask]:
    """A grey sky over dark ground, with a tower; the sky's exact share of each pixel."""
    ground = np.zeros((4 * height, 4 * width), np.float32)
    ground[int(2.6 * height) :] = 1
    cv2.circle(ground, (2 * width, int(1.9 * height)), height // 2, 1.0, -1)
    ground = cv2.resize(ground, (width, height), interpolation=cv2.INTER_AREA)
    sky = np.linspace(170, 225, height)[:, None, None] * np.array([0.95, 0.98, 1.0])
    earth = np.array([52.0, 44.0, 30.0])
    light = [((v / 255) ** 2.2) for v in (np.broadcast_to(sky, (height, width, 3)), earth)]
    mixed = light[0] * (1 - ground[..., None]) + light[1] * ground[..., None]
    return np.rint(255 * mixed ** (1 / 2.2)).astype(np.uint8), 1 - ground


def _drawn(image: Rgb, mask: SoftMask, seed: int = 1, **args: Any) -> Rgb:
    made = draw_sky(SkyArgs(**args), ToolContext(image, mask, None, seed))
    assert made.region is not None
    return composite(image, made.image, made.region)


@pytest.mark.parametrize("kind", KINDS)
def test_a_sky_is_drawn_by_its_seed_and_in_its_place_alone(kind: str) -> None:
    image, mask = scenery()
    one, same = _drawn(image, mask, kind=kind), _drawn(image, mask, kind=kind)
    assert np.array_equal(one, same)
    assert unchanged_outside(image, one, mask)
    assert np.abs(one.astype(int) - image)[mask == 1].mean() > 4
    if kind != "clear":
        assert not np.array_equal(one, _drawn(image, mask, seed=2, kind=kind))


@pytest.mark.parametrize("kind", ["dramatic", "starry", "northern lights"])
def test_strips_do_not_show(kind: str) -> None:
    image, mask = scenery()
    whole = _drawn(image, mask, kind=kind)
    with strip_rows(7):
        assert np.array_equal(whole, _drawn(image, mask, kind=kind))


def test_no_rim_of_the_old_sky_is_left() -> None:
    """Edge pixels mix as light does: what stands before the sky is as dark as its own colour."""
    image, mask = scenery()
    night = _drawn(image, mask, kind="starry", seed=4)
    edge = (mask > 0.2) & (mask < 0.8) & (np.arange(len(mask))[:, None] < 0.6 * len(mask))
    assert edge.sum() > 50
    assert np.median(night[edge].max(axis=-1)) < 50
    assert np.median(image[edge].max(axis=-1)) > 110  # a plain blend would leave 20% to 80% of it


def test_nothing_glows_around_what_stands_before_a_night_sky() -> None:
    """The sky beside a tower is as dark as the sky far from it at the same height."""
    image, mask = scenery()
    night = relight(RelightArgs(to="night"), ToolContext(image)).image.max(axis=-1).astype(int)
    row = 100
    sky = np.nonzero(mask[row] == 1)[0]
    beside = [x for x in sky if 2 <= min(abs(x - e) for e in np.nonzero(mask[row] < 1)[0]) <= 8]
    far = [x for x in sky if min(abs(x - e) for e in np.nonzero(mask[row] < 1)[0]) > 40]
    assert len(beside) > 8
    assert abs(night[row, beside].mean() - night[row, far].mean()) < 8


def test_a_larger_picture_has_the_same_clouds() -> None:
    small = _drawn(*scenery(180, 240), kind="dramatic")
    large = _drawn(*scenery(360, 480), kind="dramatic")
    back = cv2.resize(large, (240, 180), interpolation=cv2.INTER_AREA).astype(float)
    sky = slice(0, 80)
    apart = np.abs(back[sky] - small[sky].astype(float)).mean()
    assert apart < 0.2 * np.abs(small[sky].astype(float) - small[sky].mean()).mean() + 2


def test_clouds_come_into_the_sky_that_is_there() -> None:
    """Blue stays blue between them; a new sky has its own colours."""
    image, mask = scenery()
    image[mask == 1] = (230, 130, 60)
    onto = _drawn(image, mask, kind="cloudy", onto=True)[:100]
    kept = (np.abs(onto.astype(int) - (230, 130, 60)).max(axis=-1) <= 3).mean()
    assert 0.2 < kept < 0.98
    assert (onto[..., 2] > onto[..., 0]).mean() < 0.02
    assert (_drawn(image, mask, kind="cloudy")[:100, :, 2] > 150).mean() > 0.9


def test_stars_need_a_dark_sky() -> None:
    image, mask = scenery()
    made = draw_sky(SkyArgs(kind="starry", onto=True), ToolContext(image, mask))
    assert made.notes == ("the whole sky is drawn anew, as a starry one",)
    dark = (image // 12).astype(np.uint8)
    made = draw_sky(SkyArgs(kind="starry", onto=True), ToolContext(dark, mask))
    assert not made.notes
    assert made.image[:80].max() > dark[:80].max() + 60


def test_a_sky_with_clouds_keeps_them_where_it_is_made_dramatic() -> None:
    """Its own stand out more; an empty one gets others."""
    empty, mask = scenery()
    clouds = _drawn(empty, mask, kind="cloudy", seed=3)
    told = "the sky's own clouds are made to stand out"
    own = draw_sky(SkyArgs(kind="dramatic", onto=True), ToolContext(clouds, mask, None, 9))
    new = draw_sky(SkyArgs(kind="dramatic", onto=True), ToolContext(empty, mask, None, 9))
    assert own.notes == (told,)
    assert not new.notes
    before, after = (p[:90].mean(axis=-1).ravel() for p in (clouds, own.image))
    assert np.corrcoef(before, after)[0, 1] > 0.75
    assert after.mean() < before.mean() - 20


def test_a_dark_picture_gets_no_bright_day() -> None:
    image, mask = scenery()
    day, dark = image, (image // 10).astype(np.uint8)
    bright, dim = (_drawn(picture, mask, kind="cloudy")[:80].mean() for picture in (day, dark))
    assert dim < 0.5 * bright


@pytest.mark.parametrize(
    ("mask", "told"), [(None, "needs a mask"), (np.zeros((240, 320), np.float32), "is empty")]
)
def test_a_sky_needs_a_place(mask: SoftMask | None, told: str) -> None:
    with pytest.raises(BadArguments, match=told):
        draw_sky(SkyArgs(), ToolContext(scenery()[0], mask))


# -- where a sky ends -----------------------------------------------------------------------------


def _lake(shore: int, fall: float) -> tuple[np.ndarray, np.ndarray]:
    """Lab of a sky that grows lighter downwards, over a lake darker by so much; all of it taken."""
    lab = np.zeros((200, 300, 3), np.float32)
    lab[..., 0] = np.linspace(80, 92, 200)[:, None]
    haze = np.clip((np.arange(200) - shore) / 6, 0, 1)[:, None]
    lab[..., 0] -= fall * haze
    lab[..., 0] += np.random.default_rng(3).normal(0, 0.8, (200, 300))
    mask = np.ones((200, 300), np.bool_)
    mask[190:] = False
    return mask, lab


@pytest.mark.parametrize("shore", [90, 120, 150])
def test_water_is_not_sky(shore: int) -> None:
    mask, lab = _lake(shore, 10.0)
    cut = above_water(mask, lab)
    lowest = int(np.nonzero(cut.any(axis=1))[0].max())
    assert abs(lowest - shore) <= 8
    assert np.array_equal(cut[:lowest], mask[:lowest])


def test_a_sky_without_a_shore_stays_whole() -> None:
    mask, lab = _lake(120, 0.0)
    assert np.array_equal(above_water(mask, lab), mask)


def test_the_flat_foot_of_one_cloud_is_no_shore() -> None:
    mask, lab = _lake(120, 0.0)
    lab[120:, 40:160, 0] -= 12
    assert np.array_equal(above_water(mask, lab), mask)


def test_sky_between_leaves_is_sky_and_a_white_wall_is_not() -> None:
    image = np.full((300, 400, 3), (205, 215, 235), np.uint8)
    image[150:] = (40, 60, 30)
    soft = np.ones((300, 400), np.float32)
    soft[150:] = 0
    image[80:150, 20:120], soft[80:150, 20:120] = (40, 60, 30), 0  # a tree
    image[86:89, 50:54] = (205, 215, 235)  # a gap in it
    image[60:230, 200:330], soft[60:230, 200:330] = (205, 215, 235), 0  # a wall
    image[260:263, 60:64] = (205, 215, 235)  # a puddle, far from the sky
    found = through_leaves(image, soft)
    assert found[87, 52] > 0.9
    assert found[100:140, 30:110].max() == 0
    assert found[60:230, 200:330].max() == 0
    assert found[261, 62] == 0


def test_what_lies_below_all_sky_is_not_looked_at() -> None:
    """A boat on a lake is no gap in leaves."""
    image = np.full((300, 400, 3), (205, 215, 235), np.uint8)
    image[150:] = (120, 140, 150)
    soft = np.ones((300, 400), np.float32)
    soft[150:] = 0
    image[152:154, 100:104] = (205, 215, 235)
    assert np.array_equal(through_leaves(image, soft)[151:], soft[151:])


@pytest.mark.parametrize("colour", [(255, 255, 255), (0, 0, 0), (200, 30, 40)])
def test_a_border_around_the_picture_is_no_end_of_the_sky(colour: tuple[int, int, int]) -> None:
    image, _ = scenery()
    framed = np.pad(image, ((12, 12), (12, 12), (0, 0)))
    framed[:12], framed[-12:], framed[:, :12], framed[:, -12:] = (colour,) * 4
    assert inside_border(framed) == (12, 12, 332, 252)
    (alone,), (found,) = find_sky(Scene(image)), find_sky(Scene(framed))
    assert np.array_equal(found.mask[12:-12, 12:-12], alone.mask)
    assert not found.mask[:12].any()
    assert found.soft is not None
    assert not found.soft[:, :12].any()


def test_a_plain_sky_over_plain_ground_is_no_border() -> None:
    image = np.full((100, 100, 3), (120, 160, 225), np.uint8)
    image[60:] = (60, 80, 40)
    assert inside_border(image) is None
    assert inside_border(np.full((50, 50, 3), 9, np.uint8)) is None


def test_the_sky_of_a_photograph_is_as_before() -> None:
    """A launch pad by night: what was sky stays so, and nothing far from it joins."""
    scene = Scene(skimage.data.rocket())
    found = find_sky(scene)
    assert len(found) <= 1
    for region in found:
        assert region.soft is not None
        assert region.soft.min() >= 0
        assert region.soft.max() <= 1


def _mast(colour: tuple[int, int, int], *, clouds: float = 0.0) -> tuple[Rgb, SoftMask, HardMask]:
    """A noisy blue sky with a lattice mast before it, a wall beside, and where the bars are."""
    rng = np.random.default_rng(5)
    height, width = 300, 400
    down = np.linspace(0, 1, height)[:, None, None]
    sky = np.array([60, 105, 185.0]) * (1 - down) + np.array([120, 155, 205.0]) * down
    sky = (
        sky
        + clouds * cv2.GaussianBlur(rng.normal(0, 400, (height, width, 1)), (0, 0), 9)[..., None]
    )
    image = np.clip(sky + rng.normal(0, 1.5, (height, width, 3)), 0, 255).astype(np.uint8)
    bars = np.zeros((height, width), np.uint8)
    for side in (240, 280):
        cv2.line(bars, (side, 30), (side, 260), 1, 2)
    for top in range(30, 250, 20):
        cv2.line(bars, (240, top), (280, top + 20), 1, 1)
        cv2.line(bars, (280, top), (240, top + 20), 1, 1)
    image[bars > 0] = colour
    image[250:] = (60, 70, 40)
    soft = np.ones((height, width), np.float32)
    soft[250:] = 0
    return image, soft, (bars > 0) & (np.arange(height) < 250)[:, None]


@pytest.mark.parametrize("colour", [(230, 225, 190), (25, 22, 20)])
def test_a_mast_that_was_overlooked_is_no_sky(colour: tuple[int, int, int]) -> None:
    """Bars of a pixel or two stay out of the sky, light or dark; the gaps between stay in."""
    image, soft, bars = _mast(colour)
    found = before_clear_sky(image, soft)
    assert found[bars].mean() < 0.1
    assert found[~bars & (soft == 1)].mean() > 0.99


def test_the_sky_in_a_mast_and_beyond_it_is_sky() -> None:
    """What was taken for one solid thing is looked through."""
    image, soft, bars = _mast((25, 22, 20))
    soft[20:250, 236:284] = 0
    found = before_clear_sky(image, soft)
    assert found[30:240, 240:281][~bars[30:240, 240:281]].mean() > 0.9
    assert found[bars].mean() < 0.1


def test_clouds_are_no_masts_and_what_is_not_told_stays() -> None:
    """A sky that is not clear is left as it was found; so is one with nothing thin before it."""
    image, soft, _ = _mast((230, 225, 190), clouds=1.0)
    assert np.array_equal(before_clear_sky(image, soft), soft)
    image, soft, bars = _mast((230, 225, 190))
    image[bars] = image[bars.nonzero()[0], 5]
    assert np.abs(before_clear_sky(image, soft) - soft).max() < 0.1


def test_a_wall_of_the_colour_of_a_white_sky_stays_a_wall() -> None:
    image = np.full((300, 400, 3), (225, 228, 232), np.uint8)
    image[150:] = (40, 60, 30)
    soft = np.ones((300, 400), np.float32)
    soft[150:] = 0
    soft[60:150, 200:330] = 0
    assert np.array_equal(before_clear_sky(image, soft), soft)


def test_the_towers_of_a_launch_pad_are_looked_through() -> None:
    """A photograph: a bar of the right mast is no sky, the gaps of the left tower are."""
    (sky,) = find_sky(Scene(skimage.data.rocket()))
    assert sky.soft is not None
    mast = sky.soft[225:262, 440:466]
    assert 0.2 < (mast < 0.5).mean() < 0.7
    assert (sky.soft[60:330, 600:610] > 0.5).mean() > 0.5
