"""Faults made on purpose: each ends in a clear report and an unharmed session."""

from __future__ import annotations

import os
import threading
import time
from typing import Any

import numpy as np
import pytest
import torch

from memory.store import SessionStore
from orchestrator.editors import EditorShelf
from orchestrator.report import RunReport
from orchestrator.session import EditSession
from orchestrator.settings import RunSettings
from smartedit_model.sam import official
from tests.orchestrator.conftest import PaintEditor, photo, plan_of
from tools.editing import EditOutcome, EditRequest
from tools.errors import SegmenterUnavailable
from tools.pictures import Picture

REPLACE = {"op": "replace", "target": {"phrase": "this"}, "params": {"new": "a fox"}}
REMOVE = {"op": "remove", "target": {"phrase": "this"}}
BOX = (15, 20, 55, 60)


class Faulty(PaintEditor):
    """An editor that answers with noise, something absurd, or not at all."""

    def __init__(self, fault: str) -> None:
        super().__init__("faulty")
        self.fault = fault
        self.freed = threading.Event()

    def edit(self, request: EditRequest) -> EditOutcome:
        if self.fault == "hangs":
            self.freed.wait(30)  # never looks at request.cancelled
        if self.fault == "none":
            return None  # type: ignore[return-value]
        if self.fault == "no picture":
            return EditOutcome(None)  # type: ignore[arg-type]
        if self.fault == "grey":
            return EditOutcome(request.image[..., 0])
        noise = np.random.default_rng(1).integers(0, 256, request.image.shape, dtype=np.uint8)
        return EditOutcome(noise)


def unharmed(session: EditSession, report: RunReport) -> None:
    """Nothing changed, nothing is left half done, and the session goes on working."""
    assert report.status == "failed", report.steps
    assert report.steps[0]["reason"]
    assert "Traceback" not in report.steps[0]["reason"]
    assert np.array_equal(session.picture().rgb, photo())
    assert len(session.history()) == 1
    assert session.unfinished() is None
    assert not session.store.check()
    brighter = plan_of({"op": "adjust", "params": {"property": "brightness", "amount": 0.3}})
    assert session.edit("a test", plan=brighter).status == "done"


def start(store: SessionStore, editor: PaintEditor) -> EditSession:
    return EditSession.create(
        Picture(photo()), store=store, editors=EditorShelf({"paint": lambda: editor})
    )


@pytest.mark.parametrize("fault", ["none", "no picture", "grey"])
def test_an_editor_that_returns_no_picture(store: SessionStore, fault: str) -> None:
    """Nothing, and a picture without colours, are refused."""
    session = start(store, Faulty(fault))
    report = session.edit("a test", plan=plan_of(REPLACE), settings=RunSettings(box=BOX))
    unharmed(session, report)


def test_garbage_stays_inside_the_mask_and_is_not_called_done(store: SessionStore) -> None:
    """Noise cannot reach a pixel outside the mask, and nobody calls it verified."""
    session = start(store, Faulty("garbage"))
    report = session.edit("a test", plan=plan_of(REPLACE), settings=RunSettings(box=BOX))
    assert report.status in ("failed", "partial")
    assert report.steps[0]["status"] != "done"
    mask = store.get_mask(report.steps[0]["mask_id"]) > 0
    assert np.array_equal(session.picture().rgb[~mask], photo()[~mask])
    assert session.unfinished() is None


def test_an_editor_that_hangs_is_left_behind(store: SessionStore) -> None:
    """After the time a step may take the run ends with a reason, and the session goes on."""
    editor = Faulty("hangs")
    session = start(store, editor)
    settings = RunSettings(box=BOX, step_seconds=0.3)
    begun = time.monotonic()
    report = session.edit("a test", plan=plan_of(REPLACE), settings=settings)
    assert time.monotonic() - begun < 20
    assert "did not answer within" in report.steps[0]["reason"]
    editor.freed.set()
    unharmed(session, report)


def test_missing_sam_weights_stop_the_run_before_it_starts(session: EditSession) -> None:
    """The message holds the command that brings the weights; nothing is begun."""
    with pytest.raises(SegmenterUnavailable, match="models pull sam:vit_b"):
        session.edit("a test", plan=plan_of(REMOVE), settings=RunSettings(segmenter="sam:vit_b"))
    assert session.unfinished() is None
    assert len(session.history()) == 1


@pytest.mark.parametrize("damage", ["truncated", "changed", "code"])
def test_damaged_sam_weights_fail_the_step(
    session: EditSession, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    """Truncated, changed or hostile weights are named; no code of theirs runs."""
    sign = session.store.home.root / "ran"

    class Evil:
        def __reduce__(self) -> Any:
            return (os.system, (f"touch {sign}",))

    item = official.CHECKPOINTS["vit_b"]
    path = official.path_of(item, session.store.home.models)
    path.parent.mkdir(parents=True)
    torch.save({"weights": Evil() if damage == "code" else torch.zeros(4)}, path)
    size = path.stat().st_size + (1 if damage == "truncated" else 0)
    from dataclasses import replace

    from smartedit_model.fingerprints import file_hash

    digest = file_hash(path) if damage == "code" else item.sha256
    monkeypatch.setitem(official.CHECKPOINTS, "vit_b", replace(item, bytes=size, sha256=digest))
    settings = RunSettings(segmenter="sam:vit_b", box=BOX)
    if damage == "truncated":
        with pytest.raises(SegmenterUnavailable, match="bytes"):
            session.edit("a test", plan=plan_of(REMOVE), settings=settings)
        assert session.unfinished() is None
        return
    report = session.edit("a test", plan=plan_of(REMOVE), settings=settings)
    assert ("differs" if damage == "changed" else "run code") in report.steps[0]["reason"]
    unharmed(session, report)
    assert not sign.exists()


def test_an_empty_mask_fails_with_a_reason(session: EditSession) -> None:
    """A painted mask of nothing leaves nothing to act on."""
    blank = session.store.put_mask(np.zeros(photo().shape[:2], dtype=np.bool_)).id
    report = session.edit("a test", plan=plan_of(REMOVE), settings=RunSettings(mask_id=blank))
    unharmed(session, report)


def test_a_mask_of_everything_removes_nothing(session: EditSession) -> None:
    """With no surroundings left to fill from, removal says so and changes nothing."""
    full = session.store.put_mask(np.ones(photo().shape[:2], dtype=np.bool_)).id
    report = session.edit("a test", plan=plan_of(REMOVE), settings=RunSettings(mask_id=full))
    unharmed(session, report)
