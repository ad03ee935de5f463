"""Undo, redo, checkout and branches, by example; the state machine covers the combinations."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from memory.errors import (
    AmbiguousPrefixError,
    BadValueError,
    MissingBlobError,
    NothingToRedoError,
    NothingToUndoError,
    UnknownBranchError,
    UnknownPlanError,
    UnknownRevisionError,
    UnknownSessionError,
)
from memory.records import RevisionInfo, SessionInfo
from memory.store import SessionStore

Commit = Callable[..., RevisionInfo]


def labels(store: SessionStore, session: SessionInfo) -> list[str]:
    return [revision.label for revision in store.history(session.id)]


def test_history_and_commit(store: SessionStore, session: SessionInfo, commit: Commit) -> None:
    """A commit extends the history from the original to the head, with all it was given."""
    rain = commit("rain", turn="t1")
    assert labels(store, session) == ["original", "rain"]
    assert (rain.parent_id, rain.number, rain.depth) == (session.root_id, 1, 1)
    assert (rain.step, rain.report) == ({"op": "adjust"}, {"leakage": 0.0})
    assert store.revision(rain.id[:8]) == rain == store.head(session.id)
    assert store.children(session.root_id) == [rain]


def test_redo_survives_restart(
    store: SessionStore, home: Path, session: SessionInfo, commit: Commit
) -> None:
    """What was undone can be redone after the program was closed."""
    for label in "abc":
        commit(label)
    store.undo(session.id, 2)
    store.close()
    with SessionStore.open(home) as again:
        assert again.session(session.id).redo_steps == 2
        assert again.redo(session.id, 2).label == "c"


def test_commit_after_undo_keeps_the_old_line(
    store: SessionStore, session: SessionInfo, commit: Commit
) -> None:
    """What was undone and then replaced gets a branch of its own; nothing is left to redo."""
    commit("a"), commit("b"), commit("c")
    store.undo(session.id, 2)
    commit("d")
    assert labels(store, session) == ["original", "a", "d"]
    with pytest.raises(NothingToRedoError, match="nothing to redo"):
        store.redo(session.id)
    names = [(branch.name, branch.current) for branch in store.branches(session.id)]
    assert names == [("main", True), ("main-2", False)]
    store.switch_branch(session.id, "main-2")
    assert labels(store, session) == ["original", "a", "b", "c"]


def test_undo_by_turn(store: SessionStore, session: SessionInfo, commit: Commit) -> None:
    """Undoing a turn goes to before its first step, redoing it to its last."""
    for label, turn in (("a", "t1"), ("b", "t2"), ("c", "t2"), ("d", "t2")):
        commit(label, turn=turn)
    assert store.undo_turn(session.id).label == "a"
    assert store.redo_turn(session.id).label == "d"
    with pytest.raises(NothingToUndoError, match="2 turns can be undone") as caught:
        store.undo_turn(session.id, 3)
    assert caught.value.available == 2


def test_undo_too_far(store: SessionStore, session: SessionInfo, commit: Commit) -> None:
    """Undoing past the original says how many steps can be undone, and moves nothing."""
    commit("a")
    with pytest.raises(NothingToUndoError, match="1 step can be undone") as caught:
        store.undo(session.id, 2)
    assert caught.value.available == 1
    assert store.head(session.id).label == "a"
    store.undo(session.id)
    with pytest.raises(NothingToUndoError, match="nothing to undo"):
        store.undo(session.id)
    with pytest.raises(BadValueError, match="at least 1"):
        store.undo(session.id, 0)


def test_start_over(store: SessionStore, session: SessionInfo, commit: Commit) -> None:
    """Starting over shows the original, and all can be redone."""
    commit("a"), commit("b")
    assert store.start_over(session.id).id == session.root_id
    assert store.redo(session.id, 2).label == "b"


def test_checkout_on_the_line_keeps_redo(
    store: SessionStore, session: SessionInfo, commit: Commit
) -> None:
    """Going back to before a step can be redone like an undo."""
    a = commit("a")
    commit("b")
    assert store.checkout(session.id, a.id).id == a.id
    assert store.redo(session.id).label == "b"


def test_branch_is_found_as_it_was_left(
    store: SessionStore, session: SessionInfo, commit: Commit
) -> None:
    """Trying another way leaves the first line, its position and its redo alone."""
    commit("a"), commit("b")
    store.undo(session.id)
    store.create_branch(session.id, "other way")
    commit("c")
    assert store.switch_branch(session.id, "main").label == "a"
    assert store.redo(session.id).label == "b"
    with pytest.raises(UnknownBranchError, match="main, other way"):
        store.switch_branch(session.id, "nope")


def test_journal(store: SessionStore, session: SessionInfo, commit: Commit) -> None:
    """Every move of a pointer is written down with where it came from and went to."""
    a = commit("a")
    store.undo(session.id)
    store.redo(session.id)
    moves = [(move.kind, move.from_id, move.to_id) for move in store.moves(session.id)]
    root = session.root_id
    assert moves == [
        ("create", None, root),
        ("commit", root, a.id),
        ("undo", a.id, root),
        ("redo", root, a.id),
    ]


def test_commit_refuses_what_is_not_there(
    store: SessionStore, session: SessionInfo, picture: Callable[..., Any]
) -> None:
    """A commit names what is missing, and changes nothing."""
    good = {
        "parent_id": session.root_id,
        "image_id": store.put_image(picture(1)).id,
        "mask_id": None,
        "step": {},
        "report": {},
        "plan_id": None,
        "turn_id": "t",
        "label": "",
        "key": "k",
    }
    cases: list[tuple[dict[str, Any], type[Exception]]] = [
        ({"parent_id": "r_nothing"}, UnknownRevisionError),
        ({"image_id": "0" * 64}, MissingBlobError),
        ({"mask_id": "0" * 64}, MissingBlobError),
        ({"image_id": "picture"}, BadValueError),
        ({"plan_id": "p_nothing"}, UnknownPlanError),
        ({"step": {"path": Path("x")}}, BadValueError),
        ({"report": {"score": float("nan")}}, BadValueError),
        ({"key": ""}, BadValueError),
    ]
    for wrong, error in cases:
        with pytest.raises(error):
            store.commit(session.id, **{**good, **wrong})
    with pytest.raises(UnknownSessionError):
        store.commit("nope", **good)
    assert len(store.all_revisions(session.id)) == 1
    store.commit(session.id, **good)


def test_prefixes(store: SessionStore, picture: Callable[..., Any]) -> None:
    """The beginning of an id is enough if it fits one only; wildcards are no beginnings."""
    for name in ("one-a", "one-b", "One"):
        store.create_session(
            picture(),
            title="",
            source_name="",
            source_bytes=None,
            picture_meta={},
            session_id=name,
        )
    assert store.session("one-a").id == "one-a"
    assert store.session("O").id == "One"
    with pytest.raises(AmbiguousPrefixError, match="one-a, one-b"):
        store.session("one")
    for nothing in ("%", "_", "", "two"):
        with pytest.raises(UnknownSessionError):
            store.session(nothing)
    with pytest.raises(AmbiguousPrefixError):
        store.revision("r_")


@pytest.mark.parametrize("count", [151, pytest.param(1000, marks=pytest.mark.slow)])
def test_many_revisions(
    store: SessionStore, session: SessionInfo, picture: Callable[..., Any], count: int
) -> None:
    """However many revisions a session has, every move works without reading a single picture."""
    image_id = store.put_image(picture(1)).id
    parent = session.root_id
    for number in range(count):  # the times are measured by benchmarks/store.py
        parent = store.commit(
            session.id,
            parent_id=parent,
            image_id=image_id,
            mask_id=None,
            step={},
            report={},
            plan_id=None,
            turn_id=f"t{number // 3}",
            label=str(number),
            key=str(number),
        ).id
    for file in list(store.blobs.files.files()):
        store.blobs.files.remove(file.digest, file.kind)
    store.blobs.forget()
    assert store.undo(session.id).label == str(count - 2)
    assert store.redo(session.id).label == str(count - 1)
    turns = -(-count // 3)
    assert store.undo_turn(session.id, turns - 34).label == "101"
    assert store.start_over(session.id).id == session.root_id
    assert store.redo(session.id, count).label == str(count - 1)
    history = store.history(session.id)
    assert len(history) == count + 1
    assert all(a.id == b.parent_id for a, b in itertools.pairwise(history))
