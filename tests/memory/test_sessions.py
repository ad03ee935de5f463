"""Sessions, plans, runs, attempts, messages, words, notes and differences."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from memory.errors import (
    BadPictureError,
    BadValueError,
    HomeError,
    RunExistsError,
    SessionExistsError,
    StoreClosedError,
    StoreWriteError,
    UnknownPlanError,
    UnknownRunError,
    UnknownSessionError,
    UnknownWordError,
)
from memory.home import find_home
from memory.records import RevisionInfo, SessionInfo
from memory.store import SessionStore

Commit = Callable[..., RevisionInfo]


def new(store: SessionStore, image: Any, session_id: str | None = None) -> SessionInfo:
    return store.create_session(
        image,
        title="t",
        source_name="n",
        source_bytes=None,
        picture_meta={},
        session_id=session_id,
    )


def test_session(store: SessionStore, session: SessionInfo, picture: Callable[..., Any]) -> None:
    """A session begins with the original picture and file, and can be listed and renamed."""
    assert np.array_equal(store.get_image(store.head(session.id).image_id), picture())
    assert store.get_bytes(str(session.source_blob)) == b"jpeg"
    assert (session.revisions, session.undo_steps, session.branch) == (1, 0, "main")
    second = new(store, picture(1, channels=4))
    assert [info.id for info in store.sessions()] == [second.id, session.id]
    assert store.rename(session.id, "Cat").title == "Cat"
    assert store.sessions()[0].id == session.id


@pytest.mark.parametrize("name", ["", "a b", "../x", "ü", "a" * 65, "a\n"])
def test_bad_session_id(store: SessionStore, picture: Callable[..., Any], name: str) -> None:
    """An id with other characters than letters, digits, dot, dash and underscore is refused."""
    with pytest.raises(BadValueError, match="cannot name a session"):
        new(store, picture(), name)


def test_session_id_is_taken_once(store: SessionStore, picture: Callable[..., Any]) -> None:
    """A second session of the same id is refused, and the first stays as it is."""
    new(store, picture(), "mine")
    with pytest.raises(SessionExistsError, match="'mine'"):
        new(store, picture(1), "mine")
    assert len(store.sessions()) == 1


@pytest.mark.parametrize("shape", [(4, 4), (4, 4, 1), (4, 4, 2)])
def test_session_needs_colour(store: SessionStore, shape: tuple[int, ...]) -> None:
    """A session does not begin with an array of other than 3 or 4 channels."""
    with pytest.raises(BadPictureError):
        new(store, np.zeros(shape, np.uint8))
    assert store.sessions() == []


def test_delete_session(store: SessionStore, session: SessionInfo, commit: Commit) -> None:
    """Deleting a session takes all its rows with it and no other session's."""
    other = new(store, np.zeros((3, 3, 3), np.uint8))
    head = commit("a")
    plan = store.save_plan(session.id, {"a": 1})
    store.start_run(session.id, "run", "t", "do", plan, head.id)
    store.record_attempt("run", "s", 1, "x", None, None, {})
    store.say(session.id, "user", "hi", head.id)
    store.teach("a", "b", session.id)
    store.set_note(session.id, "n", 1)
    with pytest.raises(UnknownSessionError):
        store.delete_session(session.id[:-1])
    store.delete_session(session.id)
    assert [info.id for info in store.sessions()] == [other.id]
    assert store.check() == []
    with pytest.raises(UnknownRunError):
        store.run("run")


def test_text_that_utf8_cannot_hold(store: SessionStore) -> None:
    """A file name that is no valid text is kept as well as can be."""
    info = store.create_session(
        np.zeros((2, 2, 3), np.uint8),
        title="a\udcff",
        source_name=os.fsdecode(b"\xff.jpg"),
        source_bytes=b"",
        picture_meta={"note": "\udcff", "rating": 5},
    )
    assert (info.title, info.source_name) == ("a?", "?.jpg")
    assert store.session(info.id).picture_meta == {"note": "\udcff", "rating": 5}


def test_plans(store: SessionStore, session: SessionInfo) -> None:
    """The same plan is kept once in a session; one that is not plain JSON is refused."""
    plan_id = store.save_plan(session.id, {"steps": [1], "a": None})
    assert store.save_plan(session.id, {"a": None, "steps": [1]}) == plan_id
    assert store.plan(plan_id) == {"steps": [1], "a": None}
    other = new(store, np.zeros((2, 2, 3), np.uint8))
    assert store.save_plan(other.id, {"steps": [1], "a": None}) != plan_id
    with pytest.raises(UnknownPlanError):
        store.plan("p_x")
    with pytest.raises(BadValueError, match="plain JSON"):
        store.save_plan(session.id, {"array": np.zeros(2)})


def test_runs(store: SessionStore, home: Path, session: SessionInfo) -> None:
    """A run that did not end is found after a restart, and starting it again changes nothing."""
    run = store.start_run(session.id, "run-1", "t1", "make it rain", None, session.root_id)
    plan = store.save_plan(session.id, {})
    store.update_run("run-1", plan_id=plan, details={"step": 2})
    store.close()
    with SessionStore.open(home) as again:
        (found,) = again.unfinished_runs()
        assert (found.id, found.plan_id, found.details) == ("run-1", plan, {"step": 2})
        assert again.start_run(session.id, "run-1", "x", "y", None, session.root_id) == found
        done = again.finish_run("run-1", "partial")
        assert done.finished_at is not None
        assert again.finish_run("run-1", "done").finished_at == done.finished_at
        assert again.unfinished_runs(session.id) == []
        assert [info.status for info in again.runs(session.id)] == ["done"]
        other = new(again, np.zeros((2, 2, 3), np.uint8))
        with pytest.raises(RunExistsError):
            again.start_run(other.id, "run-1", "t", "", None, other.root_id)
        with pytest.raises(BadValueError):
            again.finish_run("run-1", "running")
    assert run.status == "running"


def test_attempts(store: SessionStore, session: SessionInfo, picture: Callable[..., Any]) -> None:
    """Tries are kept in order, and recording one again changes nothing."""
    store.start_run(session.id, "run", "t", "", None, session.root_id)
    image = store.put_image(picture(1)).id
    first = store.record_attempt("run", "s1", 1, "tool:a", image, None, {"ok": False})
    second = store.record_attempt("run", "s1", 2, "tool:b", None, None, {"ok": True})
    other = store.record_attempt("run", "s2", 1, "tool:b", None, None, {})
    assert store.record_attempt("run", "s1", 1, "other", None, None, {"ok": True}) == first
    assert store.attempts("run") == [first, second, other]
    assert store.attempts("run", "s1") == [first, second]
    with pytest.raises(UnknownRunError):
        store.attempts("nope")


def test_messages(store: SessionStore, session: SessionInfo) -> None:
    """What was said comes back in order, with what it was about."""
    store.say(session.id, "user", "make it rain ☔\0", turn_id="t1")
    store.say(session.id, "assistant", "done", revision_id=session.root_id)
    said = [(m.role, m.text, m.revision_id, m.turn_id) for m in store.messages(session.id)]
    assert said == [
        ("user", "make it rain ☔\0", None, "t1"),
        ("assistant", "done", session.root_id, None),
    ]
    with pytest.raises(BadValueError, match="user, assistant, system"):
        store.say(session.id, "robot", "hi")  # type: ignore[arg-type]


def test_glossary(store: SessionStore, session: SessionInfo) -> None:
    """A session's own word hides the one for all; words do not mind case and blanks."""
    store.teach("barometer", "a clock")
    store.teach(" Barometer ", "the round dial")
    store.teach("the  Barometer", "phrase")
    store.teach("BAROMETER", "my dial", session.id)
    assert [word.meaning for word in store.glossary()] == ["the round dial", "phrase"]
    assert [word.meaning for word in store.glossary(session.id)] == ["my dial", "phrase"]
    store.forget("Barometer", session.id)
    assert [word.meaning for word in store.glossary(session.id)] == ["the round dial", "phrase"]
    with pytest.raises(UnknownWordError, match=r"in session .*; it holds for all sessions"):
        store.forget("barometer", session.id)
    with pytest.raises(BadValueError):
        store.teach(" ", "x")


def test_notes(store: SessionStore, session: SessionInfo) -> None:
    """A note is replaced, forgotten, and of one session only."""
    store.set_note(session.id, "plan", {"waiting": [1]})
    store.set_note(session.id, "plan", [2])
    assert store.get_note(session.id, "plan") == [2]
    store.set_note(session.id, "plan", None)
    assert store.get_note(session.id, "plan") is None
    with pytest.raises(BadValueError):
        store.set_note(session.id, "plan", {1, 2})


def test_diff(store: SessionStore, picture: Callable[..., Any]) -> None:
    """A difference counts pixels over tiles, boxes them, and reads only tiles that differ."""
    image = picture(0, 700, 1100)
    session = new(store, image)

    def step(changed: Any, key: str) -> RevisionInfo:
        return store.commit(
            session.id,
            parent_id=session.root_id,
            image_id=store.put_image(changed).id,
            mask_id=None,
            step={},
            report={},
            plan_id=None,
            turn_id="t",
            label="",
            key=key,
        )

    edited = image.copy()
    edited[500:520, 510:514] ^= 1
    one = step(edited, "1")
    difference = store.diff(session.root_id, one.id)
    assert difference.changed_pixels == 80
    assert difference.changed_share == pytest.approx(80 / 770_000)
    assert difference.box == (510, 500, 514, 520)
    assert store.diff(one.id, one.id).box is None
    cropped = store.diff(one.id, step(image[:10, :20], "2").id)
    assert (cropped.same_shape, cropped.changed_pixels, cropped.box) == (
        False,
        200,
        (0, 0, 20, 10),
    )


def test_masks(store: SessionStore) -> None:
    """Hard masks come back as bool, soft ones as uint8; colour is refused."""
    hard = np.eye(600, dtype=np.bool_)
    soft = (hard * np.uint8(200)).astype(np.uint8)
    for mask in (hard, soft):
        back = store.get_mask(store.put_mask(mask).id)
        assert back.dtype == mask.dtype
        assert np.array_equal(back, mask)
    with pytest.raises(BadPictureError):
        store.put_mask(np.zeros((2, 2, 3), np.uint8))


def test_full_disk(store: SessionStore, session: SessionInfo) -> None:
    """A database that cannot grow says so in one line, changes nothing, and works on later."""

    def limit(pages: str) -> None:
        with store._db.write() as db:
            db.connection().exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    limit("1")  # never below what is there already
    with pytest.raises(StoreWriteError, match="full"):
        store.say(session.id, "user", "x" * 1_000_000)
    limit("1000000")
    assert store.messages(session.id) == []
    store.say(session.id, "user", "x" * 1_000_000)
    assert store.check() == []


def test_closed(store: SessionStore) -> None:
    """A closed store says so, and closing it again does nothing."""
    store.close()
    store.close()
    with pytest.raises(StoreClosedError, match="closed"):
        store.sessions()
    with pytest.raises(UnknownSessionError), SessionStore.open(store.home.root) as again:
        again.session("nope")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_forked_child_is_refused(home: Path) -> None:
    """A store that was open before a fork is refused in the child, where it could do damage."""
    code = """
import os, sys
from pathlib import Path
from memory.errors import StoreClosedError
from memory.store import SessionStore
store = SessionStore.open(Path(sys.argv[1]))
if os.fork() == 0:
    try:
        store.sessions()
    except StoreClosedError:
        os._exit(7)
    os._exit(1)
sys.exit(os.waitstatus_to_exitcode(os.wait()[1]))
"""
    assert subprocess.run([sys.executable, "-c", code, str(home)], check=False).returncode == 7


def test_home(tmp_path: Path) -> None:
    """The home is what the caller says, else the variable, else the platform's folder."""
    assert find_home(tmp_path, {"SMARTEDIT_HOME": "/x"}).root == tmp_path
    assert find_home(None, {"SMARTEDIT_HOME": str(tmp_path)}).root == tmp_path
    assert find_home(None, {"SMARTEDIT_HOME": " "}).root.name == "smartedit"
    home = find_home(tmp_path / "a" / "b").prepare()
    assert sorted(path.name for path in home.root.iterdir()) == [
        *("blobs", "cache", "locks", "models"),
    ]


def test_home_in_the_way(tmp_path: Path) -> None:
    """A file where the home or a folder of it should be is named in one line."""
    (tmp_path / "file").write_text("")
    for bad in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(HomeError, match="SMARTEDIT_HOME"):
            SessionStore.open(bad)


def test_import_is_light() -> None:
    """Importing the package loads neither arrays nor a database."""
    code = (
        "import sys, memory, memory.errors, memory.home; "
        "print([n for n in ('numpy', 'cv2', 'sqlalchemy', 'alembic') if n in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_names_of_the_package() -> None:
    """Every public name can be had from the package."""
    import memory

    assert all(hasattr(memory, name) for name in memory.__all__)
    with pytest.raises(AttributeError, match="nope"):
        memory.nope  # noqa: B018  reading it is the test
