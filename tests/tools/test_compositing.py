"""Compositing: what may not change does not, to the bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools import compositing, masks
from tools.errors import BadArguments


def _picture(seed: int, height: int = 33, width: int = 47):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def _mask(rng, height=33, width=47):
    soft = rng.random((height, width), dtype=np.float32)
    soft[rng.random((height, width)) < 0.4] = 0
    soft[rng.random((height, width)) < 0.2] = 1
    return soft


@given(st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=100)
def test_weights_zero_and_one_reproduce_their_pixel(seed):
    """Mask 0 is the parent and mask 1 the candidate, bit for bit; between, correctly rounded."""
    rng = np.random.default_rng(seed)
    parent, candidate, soft = _picture(seed), _picture(seed + 1), _mask(rng)
    out = compositing.composite(parent, candidate, soft)
    assert (out[soft == 0] == parent[soft == 0]).all()
    assert (out[soft == 1] == candidate[soft == 1]).all()
    exact = parent + (candidate.astype(float) - parent) * soft[..., None]
    assert np.abs(out - exact).max() <= 0.5 + 1e-4
    assert compositing.unchanged_outside(parent, out, soft)


def test_untouched_pixels_survive_thousands_of_turns():
    """After 3,000 edits a pixel that no mask covered is still the original's."""
    rng = np.random.default_rng(7)
    original = _picture(0)
    keep = masks.from_box((10, 5, 30, 20), original.shape[:2])
    current = original
    for turn in range(3000):
        soft = masks.protect(_mask(rng), keep)
        current = compositing.composite(current, _picture(turn), soft)
    assert (current[keep] == original[keep]).all()
    assert (current[~keep] != original[~keep]).any()


def test_a_hard_mask_selects():
    """A bool mask picks whole pixels."""
    parent, candidate = _picture(1), _picture(2)
    hard = masks.from_box((3, 3, 20, 20), parent.shape[:2])
    out = compositing.composite(parent, candidate, hard)
    assert (out == np.where(hard[..., None], candidate, parent)).all()


def test_strips_do_not_show():
    """A picture taller than a strip is blended the same all over."""
    parent, candidate = np.zeros((600, 8, 3), np.uint8), np.full((600, 8, 3), 201, np.uint8)
    out = compositing.composite(parent, candidate, np.full((600, 8), 0.5, np.float32))
    assert (out == 101).all()


def test_the_parent_is_never_written_to():
    """Compositing returns a new picture."""
    parent = _picture(1)
    before = parent.copy()
    compositing.composite(parent, _picture(2), np.ones(parent.shape[:2], np.float32))
    assert (parent == before).all()


@given(st.integers(0, 32), st.integers(0, 46), st.integers(0, 2))
@settings(deadline=None)
def test_one_changed_level_outside_is_found(y, x, channel):
    """A single channel off by one outside the mask is a violation; inside it is not."""
    parent = _picture(3)
    child = parent.copy()
    child[y, x, channel] ^= 1
    inside = np.zeros(parent.shape[:2], bool)
    assert not compositing.unchanged_outside(parent, child, inside)
    inside[y, x] = True
    assert compositing.unchanged_outside(parent, child, inside)


def test_leakage_counts_only_outside():
    """Share and magnitude come from the pixels outside the mask, before compositing."""
    parent = np.full((10, 10, 3), 100, np.uint8)
    candidate = parent.copy()
    candidate[:, :5] = 200
    left = masks.from_box((0, 0, 5, 10), (10, 10))
    assert compositing.leakage(parent, candidate, left) == compositing.Leakage(0.0, 0.0)
    candidate[:2, 5:] = 110
    leaked = compositing.leakage(parent, candidate, left)
    assert leaked.share == pytest.approx(0.2)
    assert leaked.magnitude == pytest.approx(2.0)
    everything = np.ones((10, 10), bool)
    assert compositing.leakage(parent, candidate, everything).share == 0


def test_effect_measures_the_inside():
    """No change has no effect; black to white is a Lab distance of 100 on every pixel."""
    parent = np.zeros((10, 10, 3), np.uint8)
    half = masks.from_box((0, 0, 5, 10), (10, 10))
    assert compositing.effect(parent, parent, half) == compositing.Effect(0.0, 0.0)
    child = parent.copy()
    child[:, :5] = 255
    shown = compositing.effect(parent, child, half)
    assert shown.delta_e == pytest.approx(100, abs=0.1)
    assert shown.share == 1
    assert compositing.effect(parent, child, masks.empty((10, 10))).share == 0


def test_a_matched_seam_has_no_step_and_changes_nothing_outside():
    """A patch that is evenly too bright takes the surroundings' level."""
    ramp = np.repeat(np.linspace(40, 160, 80, dtype=np.uint8)[None], 60, axis=0)
    parent = np.stack([ramp] * 3, axis=2)
    candidate = np.clip(parent.astype(int) + 60, 0, 255).astype(np.uint8)
    hole = masks.from_box((20, 15, 60, 45), (60, 80))
    out = compositing.match_seam(parent, candidate, hole)
    assert compositing.unchanged_outside(parent, out, hole)
    assert np.abs(out.astype(int) - parent).max() <= 3


def test_pictures_that_do_not_fit_are_refused():
    """Sizes, types and mask ranges are checked before anything is blended."""
    parent = _picture(1)
    with pytest.raises(BadArguments, match="parent"):
        compositing.composite(parent, parent[:-1], np.ones(parent.shape[:2], np.float32))
    with pytest.raises(BadArguments, match="uint8"):
        compositing.composite(parent.astype(float), parent, np.ones(parent.shape[:2], bool))
    with pytest.raises(BadArguments, match="must lie in"):
        compositing.composite(parent, parent, np.full(parent.shape[:2], 2, np.float32))
