"""Collecting garbage and checking integrity."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from memory.errors import BadValueError, MissingBlobError
from memory.records import RevisionInfo, SessionInfo
from memory.store import SessionStore

Commit = Callable[..., RevisionInfo]


def make_old(store: SessionStore) -> None:
    """Makes every stored file two hours old."""
    then = time.time() - 7200
    for path in store.home.blobs.rglob("*.*"):
        os.utime(path, (then, then))


def test_keeps_all_that_is_named(
    store: SessionStore, home: Path, session: SessionInfo, commit: Commit, picture: Any
) -> None:
    """Revisions on no branch, masks, attempts, originals, words and what a plan mentions stay."""
    commit("a")
    store.undo(session.id)
    commit("b")
    store.delete_branch(session.id, "main-2")
    style = store.put_image(picture(50)).id
    brush = store.put_bytes(b"brush")
    example = store.put_mask(np.eye(9, dtype=np.bool_)).id
    tried = store.put_image(picture(51)).id
    store.save_plan(session.id, {"steps": [{"style": style, "brush": brush}]})
    store.start_run(session.id, "run", "t", "do", None, session.root_id)
    store.record_attempt("run", "s1", 1, "tool:x", tried, None, {})
    store.teach("barometer", "the round dial", example_mask_id=example)
    store.close()
    with SessionStore.open(home) as again:
        make_old(again)
        report = again.gc(grace_seconds=0)
        assert (report.files, report.temporary_files) == (0, 0)
        assert again.check() == []
        assert again.get_bytes(brush) == b"brush"
        assert np.array_equal(again.get_image(tried), picture(51))
        assert again.get_bytes(str(session.source_blob)) == b"jpeg"


def test_frees_a_deleted_session(store: SessionStore, session: SessionInfo, commit: Commit) -> None:
    """After a session was deleted its pictures go, once they are old enough."""
    commit("a")
    store.delete_session(session.id)
    assert store.gc().files == 0
    dry = store.gc(dry_run=True, grace_seconds=0)
    assert dry.files == 5
    real = store.gc(grace_seconds=0)
    assert (real.files, real.bytes, real.kept_files) == (dry.files, dry.bytes, 0)
    assert not any(path.is_file() for path in store.home.blobs.rglob("*"))


def test_spares_shared_tiles(
    store: SessionStore, session: SessionInfo, picture: Callable[..., Any]
) -> None:
    """A picture that another session uses too stays whole."""
    other = store.create_session(
        picture(), title="", source_name="", source_bytes=None, picture_meta={}
    )
    store.delete_session(session.id)
    assert store.gc(grace_seconds=0).files == 1  # the original file of the first
    assert np.array_equal(store.get_image(store.head(other.id).image_id), picture())


def test_spares_what_was_put_and_not_committed(
    store: SessionStore, home: Path, picture: Callable[..., Any]
) -> None:
    """What this store has put stays until it closes, however old; then it is garbage."""
    put = store.put_image(picture(7))
    make_old(store)
    assert store.gc(grace_seconds=0).files == 0
    assert np.array_equal(store.get_image(put.id), picture(7))
    store.close()
    with SessionStore.open(home) as again:
        assert again.gc().files == 2


def test_removes_old_temporary_files(store: SessionStore, session: SessionInfo) -> None:
    """Leftovers of killed writers go when they are old; young ones may be at work."""
    folder = next(path for path in store.home.blobs.iterdir() if path.is_dir())
    left = folder / "0123.tmp"
    left.write_bytes(b"half")
    assert store.gc().temporary_files == 0
    os.utime(left, (1, 1))
    report = store.gc()
    assert (report.temporary_files, report.temporary_bytes) == (1, 4)
    assert not left.exists()


def test_refuses_to_guess(store: SessionStore, session: SessionInfo, commit: Commit) -> None:
    """When a list of tiles is gone nobody knows which tiles are needed, so none is removed."""
    commit("a")
    store.blobs.files.remove(store.head(session.id).image_id, "image")
    store.blobs.forget()
    before = len(list(store.blobs.files.files()))
    with pytest.raises(MissingBlobError):
        store.gc(grace_seconds=0)
    assert len(list(store.blobs.files.files())) == before
    with pytest.raises(BadValueError):
        store.gc(grace_seconds=-1)


def test_check_names_each_problem(
    store: SessionStore, session: SessionInfo, commit: Commit
) -> None:
    """Missing, damaged and contradictory things are each reported by name."""
    assert store.check() == []
    image_id = commit("a").image_id
    (tile,) = store.blobs.manifest(image_id).files()
    path = store.blobs.files.path(tile, "tile")
    path.write_bytes(path.read_bytes()[:-3])
    store.blobs.files.path(str(session.source_blob), "bin").unlink()
    problems = {(problem.kind, problem.subject) for problem in store.check()}
    assert problems == {("corrupt", tile), ("missing", session.source_blob)}
    with closing(sqlite3.connect(store.home.database)) as raw:
        raw.execute("UPDATE revisions SET depth = 7 WHERE number = 1")
        raw.execute("UPDATE sessions SET branch = 'gone'")
        raw.commit()
    history = [problem.message for problem in store.check() if problem.kind == "history"]
    assert len(history) == 2
    assert "does not follow its parent" in history[0]
    assert "'gone' is not there" in history[1]
