"""The drift monitor and the repair: exact shares, maps, warnings, and nothing destroyed."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from memory.store import SessionStore
from orchestrator.drift import measure_drift
from orchestrator.editors import EditorShelf
from orchestrator.heatmap import heat_map
from orchestrator.plan import EditPlan, load_plan
from orchestrator.repair import NothingToRepair, repair
from orchestrator.session import EditSession
from orchestrator.settings import RunSettings
from tools.operation import Rgb
from tools.quality import falls, quality_of

RED = {"phrase": "the red square", "category": "square", "attributes": ["red"]}


def tool_plan(tool: str, op: str, target: object = None, **params: object) -> EditPlan:
    """A plan of one step made by a tool."""
    step: dict[str, object] = {
        "id": "s1",
        "op": op,
        "instruction": f"{op} with {tool}",
        "params": params,
        "executor": f"tool:{tool}",
    }
    if target is not None:
        step["target"] = target
    return load_plan({"instruction": f"{op} it", "steps": [step]})


def recolour(session: EditSession, colour: str) -> None:
    """Colour what lies in a box, by the recolour tool."""
    plan = load_plan(
        {
            "instruction": f"make this {colour}",
            "steps": [
                {
                    "id": "s1",
                    "op": "recolor",
                    "target": {"phrase": "this"},
                    "instruction": f"make this {colour}",
                    "params": {"colour": colour},
                }
            ],
        }
    )
    report = session.edit(plan.instruction, plan=plan, settings=RunSettings(box=(15, 20, 55, 60)))
    assert report.status == "done", report.steps


def test_a_fresh_session_is_its_original(session: EditSession) -> None:
    """Before any step all is untouched and nothing is to be repaired."""
    found = measure_drift(session)
    assert found.untouched == 1.0
    assert found.identical
    assert not found.turns
    assert not found.warnings
    with pytest.raises(NothingToRepair):
        repair(session)


def test_shares_follow_the_pixels(session: EditSession) -> None:
    """What two turns changed is counted exactly, and the later one owns what both touched."""
    original = session.picture().rgb
    recolour(session, "green")
    middle = session.picture().rgb
    recolour(session, "yellow")
    after = session.picture().rgb
    first = (original != middle).any(-1)
    second = (middle != after).any(-1)
    found = measure_drift(session)
    assert found.untouched == pytest.approx(1 - (first | second).mean())
    assert np.array_equal(found.last == 2, second)
    assert np.array_equal(found.last == 1, first & ~second)
    assert np.array_equal(found.often, first.astype(int) + second)
    assert [turn.touched for turn in found.turns] == pytest.approx(
        [first.mean(), second.mean()], abs=1e-5
    )
    assert found.identical


def test_a_flip_moves_what_is_known(session: EditSession) -> None:
    """Moving whole pixels keeps them the original's; the changed ones move along."""
    recolour(session, "green")
    before = measure_drift(session)
    plan = tool_plan("flip", "flip", axis="horizontal")
    assert session.edit("flip it", plan=plan).status == "done"
    after = measure_drift(session)
    assert after.untouched == pytest.approx(before.untouched)
    assert np.array_equal(after.last, before.last[:, ::-1])
    assert after.identical


def test_resampling_counts_as_touched(session: EditSession) -> None:
    """A picture made of interpolated pixels is no longer the original, and says so."""
    plan = tool_plan("resize", "resize", width=64)
    assert session.edit("resize it", plan=plan).status == "done"
    found = measure_drift(session)
    assert found.untouched < 0.2


def test_undone_steps_are_forgotten(session: EditSession) -> None:
    """The measurement is of what is shown, not of all that ever was."""
    recolour(session, "green")
    session.undo()
    assert measure_drift(session).untouched == 1.0


def test_wear_is_seen_and_good_pictures_are_not_accused() -> None:
    """Softening, noise and blocks are each found; the same picture raises nothing."""
    rng = np.random.default_rng(3)
    base = cv2.resize(rng.integers(0, 255, (60, 80, 3), dtype=np.uint8), (320, 240))
    everything = np.ones(base.shape[:2], dtype=np.bool_)
    clean = quality_of(base, everything)
    assert clean is not None

    def said(worn: Rgb) -> str:
        measured = quality_of(worn, everything)
        assert measured is not None
        return " ".join(falls(clean, measured))

    assert said(base) == ""
    assert "sharpness" in said(cv2.GaussianBlur(base, (0, 0), 3))
    noisy = np.clip(base + rng.normal(0, 14, base.shape), 0, 255).astype(np.uint8)
    assert "noise" in said(noisy)
    _, coded = cv2.imencode(".jpg", base, [cv2.IMWRITE_JPEG_QUALITY, 4])
    assert "blocks" in said(cv2.imdecode(coded, cv2.IMREAD_COLOR))
    assert quality_of(base, np.zeros(base.shape[:2], dtype=np.bool_)) is None


@pytest.mark.parametrize("wish", ["add film grain", "make it noir", "add rain"])
def test_grain_that_was_asked_for_is_no_wear(session: EditSession, wish: str) -> None:
    """Nor is it under what is done later."""
    session.edit(f"{wish}, strongly")
    session.edit("make it brighter")
    assert measure_drift(session).warnings == ()


def test_the_heat_map_shows_the_turns(session: EditSession) -> None:
    """The map is a picture of three panes whose colours differ once something was touched."""
    plain = heat_map(session.picture().rgb, measure_drift(session))
    recolour(session, "green")
    coloured = heat_map(session.picture().rgb, measure_drift(session))
    assert coloured.dtype == np.uint8
    assert coloured.shape[1] > 3 * 128
    assert coloured.shape != plain.shape or (coloured != plain).any()


def test_repair_redoes_from_the_original_and_destroys_nothing(session: EditSession) -> None:
    """The old line stays; overwritten steps are left out; the new line holds the last wish."""
    recolour(session, "green")
    plan = tool_plan("brightness", "adjust", amount=0.2)
    session.edit("brighten it", plan=plan)
    recolour(session, "yellow")
    old, branch = session.head, session.info.branch
    done = repair(session)
    assert done.complete
    assert done.left_out == ("make this green",)
    assert session.info.branch == done.branch == "repaired"
    assert len(session.history()) == 3
    lines = {line.name: line.position_id for line in session.store.branches(session.id)}
    assert lines[branch] == old.id
    assert not session.store.check()
    again = repair(session)
    assert again.branch == "repaired-2"
    session.checkout(branch)
    assert session.head.id == old.id


def test_a_repair_that_cannot_be_completed_leaves_the_old_line_shown(
    session: EditSession, store: SessionStore
) -> None:
    """Where the editor of a remembered step is gone, the old line stays and both are kept."""
    plan = load_plan(
        {
            "instruction": "restyle it",
            "steps": [
                {
                    "id": "s1",
                    "op": "restyle",
                    "instruction": "as a woodcut",
                    "params": {"style": "woodcut"},
                    "executor": "auto",
                }
            ],
        }
    )
    session.edit("restyle it", plan=plan)
    assert len(session.history()) == 2
    shown = session.head
    bare = EditSession.open(session.id, store=store, editors=EditorShelf({}))
    done = repair(bare)
    assert not done.complete
    assert bare.head.id == shown.id
    assert done.branch in {line.name for line in store.branches(session.id)}
