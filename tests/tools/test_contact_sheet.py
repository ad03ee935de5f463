"""What thumbnails and contact sheets promise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from skimage import data

from tools.contact_sheet import contact_sheet, thumbnail
from tools.errors import BadArguments


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 600), st.integers(1, 600), st.integers(1, 300))
def test_thumbnails_fit_and_keep_the_shape(width: int, height: int, longest: int) -> None:
    """A thumbnail is at most as long as asked, of the same shape, and never enlarged."""
    small = thumbnail(np.full((height, width, 3), 77, np.uint8), longest)
    assert max(small.shape[:2]) == min(longest, max(width, height))
    assert abs(small.shape[1] - width * max(small.shape[:2]) / max(width, height)) <= 1
    assert (small == 77).all()


def test_a_sheet_shows_every_picture_and_leaves_margins() -> None:
    """All pictures are on the sheet, nothing touches its edges."""
    colours = [(200, 30, 30), (30, 160, 30), (30, 30, 200), (160, 160, 20), (20, 160, 160)]
    pictures = [(np.full((90, 160, 3), c, np.uint8), f"step {n}") for n, c in enumerate(colours)]
    sheet = contact_sheet(pictures, title="Demo", cell=160)
    for colour in colours:
        assert (sheet == np.array(colour)).all(axis=2).sum() == 90 * 160
    paper = sheet[0, 0]
    for edge in (sheet[:8], sheet[-8:], sheet[:, :8], sheet[:, -8:]):
        assert (edge == paper).all()


def test_captions_are_drawn_whatever_they_hold() -> None:
    """A long caption wraps, and letters the font lacks do not stop the sheet."""
    photo = data.coffee()
    plain = contact_sheet([(photo, "")], cell=200)
    long = contact_sheet([(photo, "make the sky pink, 東京, " * 20)], cell=200)
    assert long.shape[0] > plain.shape[0] + 40
    assert long.shape[1] == plain.shape[1]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(max_size=60), min_size=1, max_size=6), st.integers(1, 4))
@example(["a\x85b", "\ud800"], 2)
def test_any_caption_can_be_shown(captions: list[str], columns: int) -> None:
    """No text breaks a sheet."""
    picture = np.zeros((20, 30, 3), np.uint8)
    sheet = contact_sheet([(picture, words) for words in captions], columns=columns, cell=90)
    assert sheet.dtype == np.uint8


def test_impossible_sheets_are_refused() -> None:
    """No pictures, or cells too small to read, are errors that say so."""
    with pytest.raises(BadArguments, match="at least one"):
        contact_sheet([])
    with pytest.raises(BadArguments, match="64"):
        contact_sheet([(np.zeros((9, 9, 3), np.uint8), "")], cell=10)
    with pytest.raises(BadArguments, match="at least 1"):
        thumbnail(np.zeros((9, 9, 3), np.uint8), 0)
