"""Edges along a filled region: none where the picture goes on, all round where it does not."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.attempts import Candidate
from orchestrator.content_checks import SEAMED, SURELY_SEAMED
from orchestrator.plan import Step
from orchestrator.seams import seam
from orchestrator.verification import verify
from smartedit_model.world.stream import sample
from tools.grounding import Scene


def _removals(count: int) -> list[Any]:
    made = (sample("val", n, 9, mix={"edit": 1.0}, size=192) for n in range(20 * count))
    return [one for one in made if one.op == "remove" and one.valid][:count]


@pytest.mark.parametrize("made", _removals(12), ids=lambda made: made.instruction)
def test_exact_removals_join_and_things_left_standing_do_not(made: Any) -> None:
    after = seam(made.target, made.mask)
    before = seam(made.source, made.mask)
    assert after is not None
    assert before is not None
    assert after.edged < SEAMED
    assert after.edged < before.edged


@given(
    y=st.integers(60, 190),
    x=st.integers(60, 190),
    a=st.integers(14, 50),
    b=st.integers(14, 50),
    scale=st.sampled_from((1, 3)),
)
@settings(max_examples=25, deadline=None)
def test_a_natural_picture_has_no_seam_and_a_grey_patch_is_one(
    y: int, x: int, a: int, b: int, scale: int
) -> None:
    """Wherever the region lies, and whatever the picture's size."""
    random = np.random.default_rng(5)
    noise = random.normal(0, 1, (250, 250, 3)).astype(np.float32)
    rgb = 120 + 500 * cv2.GaussianBlur(noise, (0, 0), 12) + 6 * noise
    rgb = np.clip(rgb, 0, 150).astype(np.uint8).repeat(scale, 0).repeat(scale, 1)
    drawn = cv2.ellipse(
        np.zeros(rgb.shape[:2], np.uint8),
        (x * scale, y * scale), (a * scale, b * scale), 20, 0, 360, 1, -1,
    )  # fmt: skip
    mask = drawn > 0
    plain = seam(rgb, mask)
    rgb[mask] = 255
    patched = seam(rgb, mask)
    assert plain is not None
    assert patched is not None
    # The border of a small region is a small sample: it may be odd, but never surely.
    assert plain.edged < (SEAMED if min(a, b) >= 24 else SURELY_SEAMED)
    assert patched.edged > SURELY_SEAMED


def test_hardly_any_border_tells_nothing() -> None:
    picture = np.zeros((40, 40, 3), np.uint8)
    mask = np.zeros((40, 40), bool)
    assert seam(picture, mask) is None
    mask[5, 5] = True
    assert seam(picture, mask) is None


def test_sky_copied_into_grass_is_no_removal() -> None:
    """The thing is gone, and still the step has failed: a patch stands in its place."""
    picture = np.zeros((200, 200, 3), np.uint8)
    picture[:100], picture[100:] = (120, 180, 240), (70, 140, 60)
    picture += np.random.default_rng(0).integers(0, 8, picture.shape, np.uint8)
    before, patched, filled = picture.copy(), picture.copy(), picture.copy()
    before[130:170, 80:120] = (200, 30, 30)
    patched[130:170, 80:120] = picture[20:60, 80:120]
    mask = np.zeros((200, 200), np.float32)
    mask[130:170, 80:120] = 1
    step = Step.model_validate(
        {"id": "s1", "instruction": "remove the red square", "op": "remove",
         "target": {"phrase": "the red square", "category": "square", "attributes": ["red"]}}
    )  # fmt: skip
    judged = [
        verify(step, Scene(before), Scene(after), Candidate(after, None, mask))
        for after in (patched, filled)
    ]
    assert judged[0]["status"] == "failed"
    assert "edge" in judged[0]["reason"]
    assert judged[1]["status"] == "done"
