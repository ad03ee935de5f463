"""A night is day only where no night is left above."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from skimage import data

from memory.store import SessionStore
from orchestrator.editors import EditorShelf
from orchestrator.session import EditSession
from orchestrator.settings import RunSettings
from tools.operation import Rgb
from tools.pictures import Picture


def black_above() -> Rgb:
    """A lit street under a black sky, with the noise of a photograph."""
    image = np.full((200, 300, 3), (12, 6, 9), dtype=np.int16)
    image[100:] = (70, 40, 35)
    image[120:180, 40:120] = (240, 60, 160)
    noise = np.random.default_rng(2).normal(0, 4, image.shape)
    return np.asarray(np.clip(image + noise, 0, 255), dtype=np.uint8)


@pytest.mark.parametrize(
    ("image", "status", "reason"),
    [
        (black_above(), "failed", "above, it is still as dark as by night"),
        (data.rocket(), "done", ""),
    ],
)
def test_day_is_light_above(image: Rgb, status: str, reason: str, tmp_path: Path) -> None:
    """Brighter alone is no day; a sky that was lit is."""
    with SessionStore.open(tmp_path) as store:
        session = EditSession.create(Picture(image), store=store, editors=EditorShelf())
        (step,) = session.edit("make it daytime", settings=RunSettings(detector="none")).steps
    assert (step["status"], step["reason"]) == (status, reason)


def test_a_little_day_may_leave_some_night(tmp_path: Path) -> None:
    """Half the strength is asked for, and half is enough."""
    with SessionStore.open(tmp_path) as store:
        session = EditSession.create(Picture(black_above()), store=store, editors=EditorShelf())
        wish = "make it a bit like daytime"
        (step,) = session.edit(wish, settings=RunSettings(detector="none")).steps
    assert (step["settings"]["args"]["strength"] < 1, step["status"]) == (True, "done")
