"""The graph end to end: real tools, a real store, an editor that paints."""

from __future__ import annotations

import numpy as np
import pytest
import skimage.data

from memory.store import SessionStore
from orchestrator.editors import EditorShelf
from orchestrator.errors import RunInterrupted
from orchestrator.events import (
    AttemptJudged,
    Event,
    PlanReady,
    RunFinished,
    StepFinished,
    StepGrounded,
    StepStarted,
)
from orchestrator.questions import Answer
from orchestrator.session import EditSession
from orchestrator.settings import RunSettings
from tests.orchestrator.conftest import PaintEditor, photo, plan_of
from tools.pictures import Picture

BRIGHTER = {"op": "adjust", "params": {"property": "brightness", "amount": 0.3}}
MIRROR = {"op": "flip", "params": {"axis": "horizontal"}}
RED = {"phrase": "the red square", "category": "square", "attributes": ["red"]}
REPLACE = {"op": "replace", "target": RED, "params": {"new": "a fox"}}
BOX = (15, 20, 55, 60)


def test_a_plan_runs_step_by_step_and_each_step_is_a_revision(session: EditSession) -> None:
    """Two tool steps give two revisions, both verified, in order."""
    report = session.edit("a test", plan=plan_of(BRIGHTER, MIRROR))
    assert report.status == "done"
    assert [step["status"] for step in report.steps] == ["done", "done"]
    assert [item.label for item in session.history()] == ["original", "do adjust", "do flip"]
    assert session.picture().rgb.mean() > photo().mean() + 5


def test_events_arrive_in_order(session: EditSession) -> None:
    """A follower sees the plan, then each step begin, be placed, judged and end, then the end."""
    seen: list[Event] = []
    session.edit("a test", plan=plan_of(BRIGHTER), on_event=seen.append)
    kinds = [type(event) for event in seen if type(event).__name__ != "StepProgress"]
    assert kinds == [PlanReady, StepStarted, StepGrounded, AttemptJudged, StepFinished, RunFinished]


def test_pixels_outside_the_mask_are_identical_whatever_the_editor_did(
    session: EditSession,
) -> None:
    """The painter brightens everything; only its region keeps that."""
    settings = RunSettings(box=BOX)
    report = session.edit("a test", plan=plan_of(REPLACE), settings=settings)
    step = report.steps[0]
    mask = session.store.get_mask(step["mask_id"])
    outside = mask == 0
    assert outside.mean() > 0.5
    assert np.array_equal(session.picture().rgb[outside], photo()[outside])
    assert step["leakage"] > 0.9
    assert step["unchanged_outside_mask"] is True


def test_what_nothing_can_judge_is_unverified_and_the_run_partial(session: EditSession) -> None:
    """Without a detector nobody can tell whether a fox stands there: the report says so."""
    report = session.edit("a test", plan=plan_of(REPLACE), settings=RunSettings(box=BOX))
    assert report.steps[0]["status"] == "unverified"
    assert report.status == "partial"
    assert report.exit_code == 3


def test_without_an_editor_a_semantic_step_is_skipped_with_the_command_that_helps(
    store: SessionStore,
) -> None:
    """The rest of the plan still runs."""
    session = EditSession.create(Picture(photo()), store=store, editors=EditorShelf())
    report = session.edit("a test", plan=plan_of(REPLACE, BRIGHTER))
    assert [step["status"] for step in report.steps] == ["skipped", "done"]
    assert "smartedit models import" in report.steps[0]["reason"]
    assert report.status == "partial"


def test_a_step_that_builds_on_one_not_done_is_skipped(store: SessionStore) -> None:
    """A dependency is not quietly ignored."""
    session = EditSession.create(Picture(photo()), store=store, editors=EditorShelf())
    report = session.edit("a test", plan=plan_of(REPLACE, BRIGHTER | {"depends_on": ["s1"]}))
    assert [step["status"] for step in report.steps] == ["skipped", "skipped"]
    assert report.status == "failed"
    assert report.exit_code == 4


def test_a_target_nothing_finds_fails_with_a_reason(session: EditSession) -> None:
    """No other region is edited in its place."""
    target = {"phrase": "the barometer", "category": "barometer"}
    step = {"op": "recolor", "target": target, "params": {"colour": "blue"}}
    report = session.edit("a test", plan=plan_of(step))
    assert report.steps[0]["status"] == "failed"
    assert "barometer" in report.steps[0]["reason"]
    assert np.array_equal(session.picture().rgb, photo())


def test_a_failing_editor_is_tried_again_with_another_seed(store: SessionStore) -> None:
    """Two noisy answers, then a good one: three tries, all recorded."""
    painter = PaintEditor(fails=2)
    shelf = EditorShelf({"paint": lambda: painter})
    session = EditSession.create(Picture(photo()), store=store, editors=shelf)
    report = session.edit("a test", plan=plan_of(REPLACE), settings=RunSettings(box=BOX))
    assert report.steps[0]["attempts"] == 3
    assert report.steps[0]["status"] == "unverified"
    assert len(store.attempts(report.run_id)) == 3


@pytest.mark.parametrize("spoil", ["size", "float", "nothing", "crash"])
def test_whatever_an_editor_gets_wrong_the_session_is_unharmed(
    store: SessionStore, spoil: str
) -> None:
    """Wrong size, not-a-number, no change, an exception: failed, explained, nothing changed."""
    shelf = EditorShelf({"paint": lambda: PaintEditor(spoil=spoil)})
    session = EditSession.create(Picture(photo()), store=store, editors=shelf)
    report = session.edit("a test", plan=plan_of(REPLACE), settings=RunSettings(box=BOX))
    assert report.status == "failed"
    assert report.steps[0]["reason"]
    assert np.array_equal(session.picture().rgb, photo())
    assert store.check() == []


def test_exactly_preserved_things_keep_every_pixel_through_global_looks(
    session: EditSession,
) -> None:
    """A global brightening goes around what was promised to stay."""
    keep = {"kind": "preserve", "target": RED}
    report = session.edit("a test", plan=plan_of(BRIGHTER, constraints=[keep]))
    assert report.final["promises"][0]["kept"] is True
    assert np.array_equal(session.picture().rgb[30:50, 25:45], photo()[30:50, 25:45])
    assert not np.array_equal(session.picture().rgb[80:], photo()[80:])


def test_identity_lets_light_fall_on_a_thing_but_nothing_else(session: EditSession) -> None:
    """Keeping the same people does not leave them in daylight when night falls."""
    keep = {"kind": "preserve", "target": RED, "level": "identity"}
    session.edit("a test", plan=plan_of(BRIGHTER, constraints=[keep]))
    assert not np.array_equal(session.picture().rgb[30:50, 25:45], photo()[30:50, 25:45])


def test_an_exact_promise_that_cannot_be_found_stops_global_steps(session: EditSession) -> None:
    """Rather than risk it, the step fails and says why."""
    keep = {"kind": "preserve", "target": {"phrase": "the barometer", "category": "barometer"}}
    report = session.edit("a test", plan=plan_of(BRIGHTER, constraints=[keep]))
    assert report.steps[0]["status"] == "failed"
    assert "promised" in report.steps[0]["reason"]


def test_promises_move_with_the_picture(session: EditSession) -> None:
    """After a flip the protected square is on the other side, and still untouched."""
    keep = {"kind": "preserve", "target": RED}
    session.edit("a test", plan=plan_of(MIRROR, BRIGHTER, constraints=[keep]))
    flipped = photo()[:, ::-1]
    assert np.array_equal(session.picture().rgb[30:50, 83:103], flipped[30:50, 83:103])
    assert not np.array_equal(session.picture().rgb[80:], flipped[80:])


def test_the_same_seed_gives_the_same_pixels(store: SessionStore) -> None:
    """Two sessions, one plan with grain: bit-identical."""
    step = {"op": "adjust", "params": {"property": "noise", "amount": 0.5}}
    pictures = []
    for _ in range(2):
        session = EditSession.create(Picture(photo()), store=store, editors=EditorShelf())
        session.edit("a test", plan=plan_of(step), settings=RunSettings(seed=5))
        pictures.append(session.picture().rgb)
    assert np.array_equal(pictures[0], pictures[1])


def test_alpha_survives_edits_and_moves_with_geometry(store: SessionStore) -> None:
    """Transparency is carried through tools and flipped with the picture."""
    alpha = np.zeros((96, 128), np.uint8)
    alpha[:, :40] = 255
    session = EditSession.create(Picture(photo(), alpha), store=store, editors=EditorShelf())
    session.edit("a test", plan=plan_of(BRIGHTER, MIRROR))
    kept = session.picture().alpha
    assert kept is not None
    assert np.array_equal(kept, alpha[:, ::-1])


def test_a_refused_plan_changes_nothing(session: EditSession) -> None:
    """Approval is asked before anything happens; a no is final."""
    report = session.edit(
        "a test",
        plan=plan_of(BRIGHTER),
        settings=RunSettings(approve=True),
        approve=lambda question: question.cancel(),
    )
    assert report.status == "cancelled"
    assert len(session.history()) == 1


def test_an_approved_plan_runs_as_it_was_changed(session: EditSession) -> None:
    """Steps dropped at approval do not run."""
    report = session.edit(
        "a test",
        plan=plan_of(BRIGHTER, MIRROR),
        settings=RunSettings(approve=True),
        approve=lambda question: Answer(action="run", plan=question.plan.without(["s1"])),
    )
    assert [step["op"] for step in report.steps] == ["flip"]


def test_an_unanswered_approval_waits_and_can_be_resumed(session: EditSession) -> None:
    """The question survives; the answer continues the same run."""
    waiting = session.edit("a test", plan=plan_of(BRIGHTER), settings=RunSettings(approve=True))
    assert waiting.status == "waiting"
    report = session.resume(approve=lambda question: question.run_it())
    assert report is not None
    assert report.status == "done"
    assert session.unfinished() is None


def test_stopping_leaves_what_was_committed_and_nothing_half_done(session: EditSession) -> None:
    """Cancelling during the second step keeps the first."""

    def stop_after_first(event: Event) -> None:
        if isinstance(event, StepFinished):
            session.stop.set()

    report = session.edit("a test", plan=plan_of(BRIGHTER, MIRROR), on_event=stop_after_first)
    assert report.status == "cancelled"
    assert report.exit_code == 130
    assert [item.label for item in session.history()] == ["original", "do adjust"]
    assert session.unfinished() is None
    assert session.store.check() == []


def test_undo_redo_and_branches_reach_every_state(session: EditSession) -> None:
    """Pictures come back bit for bit."""
    session.edit("a test", plan=plan_of(BRIGHTER))
    bright = session.picture().rgb
    session.undo()
    assert np.array_equal(session.picture().rgb, photo())
    session.edit("a test", plan=plan_of(MIRROR))
    assert np.array_equal(session.picture().rgb, photo()[:, ::-1])
    others = [item for item in session.store.all_revisions(session.id) if item.label == "do adjust"]
    session.checkout(others[0].id)
    assert np.array_equal(session.picture().rgb, bright)


def test_moving_is_refused_while_a_run_is_unfinished(session: EditSession) -> None:
    """Resuming would silently take the move back."""
    session.edit("a test", plan=plan_of(BRIGHTER), settings=RunSettings(approve=True))
    for move in (session.undo, session.redo, session.start_over):
        with pytest.raises(RunInterrupted, match="unfinished"):
            move()
    session.discard_unfinished()
    session.start_over()


def test_a_click_that_selects_too_much_removes_nothing(store: SessionStore) -> None:
    """A click on the spoon takes the saucer with it: a third of the picture is not removed."""
    coffee = skimage.data.coffee()
    session = EditSession.create(Picture(coffee), store=store, editors=EditorShelf())
    step = {"op": "remove", "target": {"phrase": "the spoon", "category": "spoon"}, "params": {}}
    settings = RunSettings(points=((368, 290, True),))
    report = session.edit("a test", plan=plan_of(step), settings=settings)
    assert report.steps[0]["status"] == "failed", report.steps
    assert "--mask" in report.steps[0]["reason"]
    assert np.array_equal(session.picture().rgb, coffee)


def test_rough_places_are_not_coloured(session: EditSession) -> None:
    """Eyes are placed by proportion, not outlined: the step says so instead of painting."""
    eyes = {"phrase": "her eyes", "category": "eye"}
    step = {"op": "recolor", "target": eyes, "params": {"colour": "blue"}}
    report = session.edit("a test", plan=plan_of(step))
    assert report.steps[0]["status"] == "failed"
    assert "--mask" in report.steps[0]["reason"]
