"""Masks: shapes, soft edges, files, geometry."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tools import masks
from tools.errors import BadArguments, BrokenPicture, NotAPicture
from tools.operation import Geometry

SHAPE = (40, 60)


def test_a_box_is_half_open_and_clipped():
    """A box holds x0 <= x < x1, and what lies outside the picture is cut off."""
    mask = masks.from_box((-5, 2, 4, 6), SHAPE)
    assert masks.box_of(mask) == (0, 2, 4, 6)
    assert mask.sum() == 16


@pytest.mark.parametrize("box", [(5, 5, 5, 9), (60, 0, 70, 10), (9, 9, 3, 3)])
def test_an_empty_box_is_refused(box):
    """A box that holds no pixel is an error, not an empty mask."""
    with pytest.raises(BadArguments, match="holds no pixel"):
        masks.from_box(box, SHAPE)


def test_negative_points_cut_into_positive_ones():
    """A negative click wins over a positive one wherever it comes in the list."""
    mask = masks.from_points([(12, 10, False), (10, 10, True)], 3, SHAPE)
    assert mask[10, 8]
    assert not mask[10, 12]


def test_a_point_outside_is_refused():
    """A click outside the picture is an error."""
    with pytest.raises(BadArguments, match="outside"):
        masks.from_points([(60, 0, True)], 3, SHAPE)


def test_a_brush_joins_its_points():
    """A stroke covers the line between its points."""
    mask = masks.from_brush([[(5, 5), (25, 5)]], 3, SHAPE)
    assert mask[5, 5:26].all()
    assert not mask[15].any()


@given(st.integers(0, 9), st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=50)
def test_dilate_and_erode_are_discs(radius, seed):
    """A pixel is in the grown mask exactly when a mask pixel lies within the radius."""
    mask = np.random.default_rng(seed).random(SHAPE) > 0.99
    grown = masks.dilate(mask, radius)
    expected = np.zeros(SHAPE, bool)
    ys, xs = np.indices(SHAPE)
    for y, x in zip(*np.nonzero(mask), strict=True):
        expected |= (ys - y) ** 2 + (xs - x) ** 2 <= radius**2
    np.testing.assert_array_equal(grown, expected)
    np.testing.assert_array_equal(masks.erode(~mask, radius), ~expected)


@given(st.integers(1, 12), st.sampled_from(["inside", "outside", "both"]), st.integers(0, 1000))
@settings(deadline=None, max_examples=60)
def test_a_feather_never_reaches_beyond_its_radius(radius, side, seed):
    """Exactly 0 outside the stated reach, exactly 1 well inside, and within [0, 1]."""
    rng = np.random.default_rng(seed)
    x0, y0 = int(rng.integers(0, 30)), int(rng.integers(0, 20))
    mask = masks.from_box((x0, y0, x0 + int(rng.integers(1, 40)), y0 + 15), SHAPE)
    soft = masks.feather(mask, radius, side)
    masks.check_mask(soft, SHAPE)
    outer = mask if side == "inside" else masks.dilate(mask, radius)
    inner = mask if side == "outside" else masks.erode(mask, radius)
    assert (soft[~outer] == 0).all()
    assert (soft[inner] == 1).all()
    if side == "inside":
        assert (soft[mask] > 0).all()


def test_components_come_largest_first():
    """Parts are separated and sorted by area; small ones can be dropped."""
    mask = masks.from_box((0, 0, 3, 3), SHAPE) | masks.from_box((10, 10, 30, 30), SHAPE)
    parts = masks.components(mask)
    assert [int(part.sum()) for part in parts] == [400, 9]
    assert len(masks.components(mask, min_share=0.01)) == 1


def test_set_operations_and_measures():
    """Union, difference, IoU, area share and centre agree with counting."""
    a, b = masks.from_box((0, 0, 20, 20), SHAPE), masks.from_box((10, 0, 30, 20), SHAPE)
    assert masks.union([a, b], SHAPE).sum() == 600
    assert masks.minus(a, b).sum() == 200
    assert masks.iou(a, b) == pytest.approx(200 / 600)
    assert masks.iou(masks.empty(SHAPE), masks.empty(SHAPE)) == 1
    assert masks.area_share(a) == pytest.approx(400 / 2400)
    assert masks.centre_of(a) == pytest.approx((9.5, 9.5))


def test_protect_is_exactly_zero_on_what_is_preserved():
    """A preserved pixel gets weight exactly zero."""
    soft = np.full(SHAPE, 0.7, np.float32)
    kept = masks.from_box((0, 0, 9, 9), SHAPE)
    out = masks.protect(soft, kept)
    assert (out[kept] == 0).all()
    assert (out[~kept] == np.float32(0.7)).all()
    assert out.dtype == np.float32


def test_masks_of_the_wrong_size_or_range_are_refused():
    """Size, type, range and NaN are all checked."""
    with pytest.raises(BadArguments, match="same size"):
        masks.check_mask(np.zeros((3, 3), bool), SHAPE)
    with pytest.raises(BadArguments, match="must lie in"):
        masks.check_mask(np.full(SHAPE, 1.5, np.float32), SHAPE)
    with pytest.raises(BadArguments, match="must lie in"):
        masks.check_mask(np.full(SHAPE, np.nan, np.float32), SHAPE)
    with pytest.raises(BadArguments, match="bool or float32"):
        masks.check_mask(np.zeros(SHAPE, np.uint8), SHAPE)


def test_a_flip_carries_a_mask_over():
    """A mask goes where the geometry takes its pixels."""
    width = SHAPE[1]
    flip = Geometry(((-1, 0, width - 1), (0, 1, 0), (0, 0, 1)), exact=True)
    mask = masks.from_box((2, 3, 9, 12), SHAPE)
    np.testing.assert_array_equal(masks.through(mask, flip, SHAPE), mask[:, ::-1])


def test_a_crop_carries_a_mask_over():
    """A crop shifts the mask and cuts it to the new size."""
    crop = Geometry(((1, 0, 5), (0, 1, 4), (0, 0, 1)), exact=True)
    mask = masks.from_box((2, 3, 9, 12), SHAPE)
    np.testing.assert_array_equal(masks.through(mask, crop, (20, 30)), mask[4:24, 5:35])


def _save(tmp_path: Path, array, mode=None) -> Path:
    path = tmp_path / "mask.png"
    Image.fromarray(array, mode).save(path) if mode else Image.fromarray(array).save(path)
    return path


def test_a_grey_mask_file_means_white_is_edit(tmp_path):
    """Grey levels become weights, white = 1."""
    grey = np.zeros(SHAPE, np.uint8)
    grey[5:9] = 255
    grey[9] = 128
    soft = masks.from_file(_save(tmp_path, grey), SHAPE)
    assert soft.dtype == np.float32
    assert soft[5, 0] == 1
    assert soft[0, 0] == 0
    assert soft[9, 0] == pytest.approx(128 / 255)


def test_a_transparent_mask_file_uses_its_alpha(tmp_path):
    """Where a file has real transparency, opaque = edit; full alpha falls back to grey."""
    rgba = np.zeros((*SHAPE, 4), np.uint8)
    rgba[3:6, :, 3] = 255
    soft = masks.from_file(_save(tmp_path, rgba), SHAPE)
    assert soft[4].min() == 1
    assert soft[7].max() == 0
    rgba[..., 3] = 255
    rgba[8, :, :3] = 255
    soft = masks.from_file(_save(tmp_path, rgba), SHAPE)
    assert soft[8].min() == 1
    assert soft[4].max() == 0


def test_a_mask_file_of_another_size_needs_an_explicit_resize(tmp_path):
    """Another size is an error unless resizing was asked for."""
    path = _save(tmp_path, np.full((20, 30), 255, np.uint8))
    with pytest.raises(BadArguments, match="30x20 but the picture is 60x40"):
        masks.from_file(path, SHAPE)
    assert masks.from_file(path, SHAPE, resize=True).shape == SHAPE


def test_bad_mask_files_are_named(tmp_path):
    """Missing, foreign and cut-off files each say what is wrong."""
    with pytest.raises(NotAPicture, match="cannot be read"):
        masks.from_file(tmp_path / "none.png", SHAPE)
    text = tmp_path / "a.png"
    text.write_text("hello")
    with pytest.raises(NotAPicture, match="is not a"):
        masks.from_file(text, SHAPE)
    noise = np.random.default_rng(0).integers(0, 255, SHAPE, dtype=np.uint8)
    whole = _save(tmp_path, noise).read_bytes()
    text.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BrokenPicture):
        masks.from_file(text, SHAPE)


def test_an_overlay_leaves_the_rest_alone():
    """Far from the mask and its outline the picture shows as it is."""
    rgb = np.random.default_rng(0).integers(0, 255, (*SHAPE, 3), dtype=np.uint8)
    mask = masks.from_box((10, 10, 20, 20), SHAPE)
    shown = masks.overlay(rgb, mask)
    np.testing.assert_array_equal(shown[:, 30:], rgb[:, 30:])
    assert (shown[12:18, 12:18] != rgb[12:18, 12:18]).any()
