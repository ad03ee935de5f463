"""A thing that got another outline, size or place keeps it, and nothing else is let through."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from memory.store import SessionStore
from orchestrator.editors import EditorShelf
from orchestrator.plan import Step
from orchestrator.reaching import reached
from orchestrator.session import EditSession
from orchestrator.settings import RunSettings
from tests.orchestrator.conftest import PaintEditor, photo, plan_of
from tools.editing import EditOutcome, EditRequest
from tools.operation import Rgb, SoftMask
from tools.pictures import Picture

CUP = {"phrase": "the cup", "category": "cup"}
OLD = np.s_[40:60, 40:60]


def step(op: str, **params: Any) -> Step:
    """A step of one op."""
    return Step.model_validate(
        {"id": "s1", "op": op, "target": CUP, "instruction": "do it", "params": params}
    )


def blank() -> Rgb:
    """A grey picture with a red thing at ``OLD``."""
    rgb = np.full((100, 140, 3), 128, np.uint8)
    rgb[OLD] = (200, 30, 30)
    return rgb


def old_mask() -> SoftMask:
    """Its outline."""
    mask = np.zeros((100, 140), np.float32)
    mask[OLD] = 1
    return mask


def test_a_replacement_keeps_what_stands_out_of_the_old_outline() -> None:
    """Ears of the new thing are in the mask; what was redrawn far away is not."""
    made = blank()
    made[34:60, 38:62] = (30, 30, 200)
    made[80:95, 100:130] = (30, 200, 30)
    mask = reached(blank(), made, old_mask(), step("replace", new="a box"), None)
    assert mask is not None
    assert (mask[34:60, 38:62] == 1).all()
    assert (mask[75:, 95:] == 0).all()


@pytest.mark.parametrize("way", ["right", "left"])
def test_what_was_moved_is_kept_only_where_it_was_sent(way: str) -> None:
    """The new place is in the mask where it lies in the direction asked for."""
    made = blank()
    made[OLD] = 128
    made[40:60, 80:100] = (200, 30, 30)
    mask = reached(blank(), made, old_mask(), step("move", direction=way), None)
    assert mask is not None
    assert bool((mask[40:60, 80:100] == 1).all()) == (way == "right")
    assert (mask[OLD] == 1).all()


def test_another_thing_that_was_moved_is_not_let_through() -> None:
    """Where the thing itself was left alone, the mask stays as it was."""
    made = blank()
    made[40:60, 80:100] = (200, 30, 30)
    mask = old_mask()
    assert reached(blank(), made, mask, step("move", direction="right"), None) is mask


def test_a_bigger_thing_may_reach_as_far_as_it_was_made_bigger() -> None:
    """Up to the factor and a little; a change that goes on beyond is cut off there."""
    made = blank()
    made[10:90, 10:130] = (200, 30, 30)
    mask = reached(blank(), made, old_mask(), step("resize", factor=1.5), None)
    assert mask is None or not (mask[:, 80:] > 0).any()
    made = blank()
    made[30:60, 35:65] = (200, 30, 30)
    mask = reached(blank(), made, old_mask(), step("resize", factor=1.5), None)
    assert mask is not None
    assert (mask[30:60, 35:65] == 1).all()


def test_a_picture_that_is_wholly_new_widens_nothing() -> None:
    """A model that redrew everything is held to the outline that was found."""
    mask = old_mask()
    other = np.full_like(blank(), 250)
    assert reached(blank(), other, mask, step("replace", new="a box"), None) is mask
    assert reached(blank(), blank(), mask, step("replace", new="a box"), None) is mask


def test_a_shifted_tone_hides_no_new_outline() -> None:
    """A model that warmed the whole picture still gave the thing its ears; only they are let in."""
    made = blank()
    made[34:60, 38:62] = (30, 30, 200)
    warm = np.clip(made.astype(np.int16) + np.array([28, 6, -24]), 0, 255).astype(np.uint8)
    mask = reached(blank(), warm, old_mask(), step("replace", new="a box"), None)
    assert mask is not None
    assert (mask[34:60, 38:62] == 1).all()
    assert (mask[80:] == 0).all()


def test_what_was_promised_to_stay_is_never_reached_into() -> None:
    """The shield of the promises holds for the widened mask too."""
    made = blank()
    made[34:60, 38:62] = (30, 30, 200)
    shield = np.zeros((100, 140), np.float32)
    shield[:40] = 1
    mask = reached(blank(), made, old_mask(), step("replace", new="a box"), shield)
    assert mask is not None
    assert (mask[:40] == 0).all()
    assert (mask[40:60, 38:62] == 1).all()


def test_a_colour_reaches_the_rim_and_no_farther() -> None:
    """The soft edge that a mark leaves out is coloured too; what is beyond is taken back."""
    made = blank()
    made[34:66, 34:66] = (30, 30, 200)
    mask = reached(blank(), made, old_mask(), step("recolor", colour="blue"), None)
    assert mask is not None
    assert (mask[39:61, 41:59] == 1).all()
    assert (mask[:38] == 0).all()
    assert (mask[62:] == 0).all()


def test_a_look_stays_in_the_outline() -> None:
    """Ops that change no thing's outline or colour leave the mask as it was found."""
    made = blank()
    made[34:66, 34:66] = (30, 30, 200)
    mask = old_mask()
    assert reached(blank(), made, mask, step("restyle", style="a sketch"), None) is mask


def test_a_session_keeps_ears_and_nothing_else(store: SessionStore) -> None:
    """Through a whole run: the new outline is committed, the rest is the parent's bit for bit."""

    class Eared(PaintEditor):
        """Paints its region and ears above it."""

        def edit(self, request: EditRequest) -> EditOutcome:
            made = super().edit(request)
            made.image[12:24, 20:30] = 250
            return made

    session = EditSession.create(
        Picture(photo()), store=store, editors=EditorShelf({"paint": Eared})
    )
    red = {"phrase": "the red square", "category": "square", "attributes": ["red"]}
    fox = {"op": "replace", "target": red, "params": {"new": "a fox"}}
    report = session.edit("a fox", plan=plan_of(fox), settings=RunSettings())
    assert report.steps[0]["status"] == "unverified"
    now = session.picture().rgb
    assert (now[14:20, 22:28] == 250).all()
    mask = store.get_mask(str(session.head.mask_id)) > 0
    assert np.array_equal(now[~mask], photo()[~mask])
    assert np.array_equal(now[:, 80:], photo()[:, 80:])
