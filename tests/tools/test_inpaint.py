"""Removal, moving and resizing of things."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from skimage import data

from tools import masks, metrics
from tools.compositing import composite, unchanged_outside
from tools.errors import BadArguments, Cancelled
from tools.inpaint import RemoveArgs, remove
from tools.operation import ToolContext
from tools.registry import get_tool, parse_args
from tools.transplant import MoveArgs, ResizeArgs, move, resize


def _stripes(height=160, width=200):
    """A regular texture on a gradient: what a good filling must continue."""
    x = np.linspace(60, 160, width)[None] + 40 * (np.arange(height)[:, None] // 5 % 2)
    return np.stack([x, 0.8 * x, 0.6 * x], axis=2).astype(np.uint8)


def _ball(picture, centre=(100, 80), radius=18):
    out = picture.copy()
    cv2.circle(out, centre, radius, (20, 40, 220), -1)
    mask = masks.from_ellipse(centre, (radius + 1, radius + 1), 0, picture.shape[:2])
    return out, mask


def test_a_removed_ball_leaves_the_texture_behind_it():
    """What is filled in resembles what was there: better than diffusion by far."""
    clean = _stripes()
    dirty, mask = _ball(clean)
    result = remove(RemoveArgs(), ToolContext(dirty, mask.astype(np.float32)))
    telea = cv2.inpaint(dirty, masks.dilate(mask, 1).view(np.uint8), 5, cv2.INPAINT_TELEA)
    ours, theirs = metrics.psnr(result.image, clean, mask), metrics.psnr(telea, clean, mask)
    assert ours > theirs + 3
    assert metrics.delta_e(result.image, clean, mask) < 6


def test_only_the_region_changes():
    """Outside the region it reports, nothing changed; the region covers the mask."""
    photo = data.astronaut()
    mask = masks.from_ellipse((162, 383), (48, 48), 0, photo.shape[:2])
    result = remove(RemoveArgs(), ToolContext(photo, mask.astype(np.float32)))
    assert result.region is not None
    masks.check_mask(result.region, photo.shape[:2])
    assert (result.region[mask] == 1).all()
    assert not result.region[~masks.dilate(mask, 8)].any()
    blended = composite(photo, result.image, result.region)
    assert unchanged_outside(photo, blended, result.region)


def test_the_same_seed_gives_the_same_pixels():
    """Deterministic by seed, whatever ran before."""
    dirty, mask = _ball(_stripes())
    context = ToolContext(dirty, mask.astype(np.float32), seed=5)
    first = remove(RemoveArgs(), context).image
    cv2.setRNGSeed(99)
    np.testing.assert_array_equal(first, remove(RemoveArgs(), context).image)


def test_a_scratch_is_closed_by_diffusion():
    """Thin holes take the quick way."""
    picture = _stripes()
    mask = masks.from_brush([[(20, 20), (150, 90)]], 3, picture.shape[:2])
    result = remove(RemoveArgs(grow=0), ToolContext(picture, mask.astype(np.float32)))
    assert result.facts["method"] == "diffusion"


def test_a_hole_at_the_corner_is_filled():
    """The frame's edge is no obstacle."""
    picture = _stripes()
    mask = masks.from_box((0, 0, 40, 40), picture.shape[:2])
    picture[mask] = (20, 40, 220)
    result = remove(RemoveArgs(), ToolContext(picture, mask.astype(np.float32)))
    assert result.image[mask][:, 2].max() < 180


@pytest.mark.parametrize(
    ("mask", "message"),
    [
        (None, "needs a mask"),
        (np.zeros((160, 200), np.float32), "empty"),
        (np.ones((160, 200), np.float32), "covers 100%"),
    ],
)
def test_impossible_removals_are_refused(mask, message):
    """No mask, an empty one, and one of nearly everything each say what is wrong."""
    with pytest.raises(BadArguments, match=message):
        remove(RemoveArgs(), ToolContext(_stripes(), mask))


def test_removal_can_be_cancelled():
    """A cancelled removal raises and gives no picture."""
    dirty, mask = _ball(_stripes())
    with pytest.raises(Cancelled):
        remove(RemoveArgs(), ToolContext(dirty, mask.astype(np.float32), cancelled=lambda: True))


def test_a_smaller_ball_sits_where_the_ball_was():
    """The factor is met within a pixel or two, the centre stays, the rim is filled."""
    clean = _stripes()
    dirty, mask = _ball(clean)
    result = resize(ResizeArgs(factor=0.5), ToolContext(dirty, mask.astype(np.float32)))
    x0, y0, x1, y1 = result.facts["box"]
    assert abs((x1 - x0) - 19) <= 2
    assert abs((x0 + x1) / 2 - 100) <= 1.5
    assert abs((y0 + y1) / 2 - 80) <= 1.5
    assert result.image[80, 100, 2] > 200
    rim = mask & ~masks.from_ellipse((100, 80), (13, 13), 0, clean.shape[:2])
    assert metrics.delta_e(result.image, clean, rim) < 8


def test_several_things_grow_each_where_it_stands():
    """Two balls made larger keep their own centres; a speck between them is no thing."""
    clean = _stripes()
    picture, mask = clean.copy(), masks.empty(clean.shape[:2])
    for x in (50, 150):
        ball = masks.from_ellipse((x, 80), (14, 14), 0, clean.shape[:2])
        picture[ball] = (200, 30, 30)
        mask |= ball
    mask[20:22, 100:102] = True
    each = resize(ResizeArgs(factor=1.5, each=True), ToolContext(picture, mask.astype(np.float32)))
    red = (each.image[:, :, 0] > 170) & (each.image[:, :, 1] < 60)
    found = masks.components(red, 0.001)
    centres = sorted((masks.box_of(one)[0] + masks.box_of(one)[2]) / 2 for one in found)
    np.testing.assert_allclose(centres, (50, 150), atol=1.5)
    assert all(abs(one.sum() / (np.pi * 21**2) - 1) < 0.12 for one in found)
    np.testing.assert_array_equal(each.image[20:22, 100:102], clean[20:22, 100:102])
    assert unchanged_outside(picture, each.image, each.region)


def test_a_moved_ball_arrives_unresampled():
    """Moving shifts whole pixels; the region covers the old and the new place."""
    dirty, mask = _ball(_stripes())
    result = move(MoveArgs(dx=0.25), ToolContext(dirty, mask.astype(np.float32)))
    inner = masks.erode(mask, 2)
    arrived = np.roll(inner, 50, axis=1)
    np.testing.assert_array_equal(result.image[arrived], dirty[inner])
    assert result.region is not None
    assert (result.region[mask | arrived] > 0).all()
    assert unchanged_outside(dirty, result.image, result.region)
    assert result.image[80, 100, 2] < 180


def test_a_thing_is_not_moved_out_of_the_picture():
    """That would be a removal."""
    dirty, mask = _ball(_stripes())
    with pytest.raises(BadArguments, match="remove it instead"):
        move(MoveArgs(dx=1), ToolContext(dirty, mask.astype(np.float32)))


@pytest.mark.parametrize("name", ["remove_object", "resize_object", "move_object"])
def test_the_tools_are_registered(name):
    """Each is found by name and checks its arguments."""
    tool = get_tool(name)
    assert tool.kind == "local"
    with pytest.raises(BadArguments):
        parse_args(tool, {"nonsense": 1})
