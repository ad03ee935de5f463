"""Several processes with the same home open at once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from memory.errors import StoreBusyError
from memory.locks import FileLock
from memory.store import SessionStore

WORKER = """
import sys
from pathlib import Path
import numpy as np
from memory.store import SessionStore

home, me, rounds = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
rng = np.random.default_rng(me)
with SessionStore.open(home) as store:
    image = np.zeros((40, 50, 3), np.uint8)
    own = store.create_session(image, title="", source_name="", source_bytes=None,
                               picture_meta={}, session_id=f"own-{me}")
    for number in range(rounds):
        image = rng.integers(0, 256, (40, 50, 3), np.uint8)
        for session in (f"own-{me}", "shared"):
            store.commit(session, parent_id=store.head(session).id,
                         image_id=store.put_image(image).id, mask_id=None, step={}, report={},
                         plan_id=None, turn_id="t", label="", key=f"{me}:{number}")
        store.undo(f"own-{me}")
        store.redo(f"own-{me}")
        store.say("shared", "user", f"{me}:{number}")
        if number % 4 == 0:
            store.gc(grace_seconds=0)
"""


def test_writers_at_once(home: Path) -> None:
    """Processes that commit, undo and collect at once all succeed, and nothing is lost.

    They also open a home that does not exist yet at the same moment.
    """
    with SessionStore.open(home) as store:
        image = np.zeros((40, 50, 3), np.uint8)
        store.create_session(
            image,
            title="",
            source_name="",
            source_bytes=None,
            picture_meta={},
            session_id="shared",
        )
    rounds, workers = 8, 4
    running = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, str(home), str(me), str(rounds)],
            stderr=subprocess.PIPE,
            text=True,
        )
        for me in range(workers)
    ]
    for process in running:
        _, errors = process.communicate(timeout=100)
        assert process.returncode == 0, errors
    with SessionStore.open(home) as store:
        assert store.check() == []
        assert len(store.all_revisions("shared")) == 1 + workers * rounds
        assert len(store.messages("shared")) == workers * rounds
        for me in range(workers):
            assert store.session(f"own-{me}").undo_steps == rounds


def test_opening_a_new_home_at_once(home: Path) -> None:
    """Processes that open a home that is not there yet make it once, together."""
    code = "import sys; from pathlib import Path; from memory.store import SessionStore\n"
    code += "SessionStore.open(Path(sys.argv[1])).close()"
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(home)], stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    for process in running:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
    with SessionStore.open(home) as store:
        assert store.check() == []


def test_collector_minds_other_stores(
    store: SessionStore, home: Path, picture: Callable[..., Any]
) -> None:
    """While somebody else has the store open, what they put and did not commit yet stays."""
    with SessionStore.open(home) as other:
        put = other.put_image(picture(5))
        report = store.gc(grace_seconds=0)
        assert (report.files, report.grace_seconds) == (0, 3600)
        assert np.array_equal(store.get_image(put.id), picture(5))
    assert store.gc(grace_seconds=0).files == 2


def test_lock_excludes(tmp_path: Path) -> None:
    """An exclusive holder keeps others out, shared holders keep only exclusive ones out."""
    lock = FileLock(tmp_path / "a.lock", timeout=0)
    with lock.shared(), lock.shared(), pytest.raises(StoreBusyError, match="lock"):
        lock.exclusive().__enter__()
    with lock.exclusive():
        with pytest.raises(StoreBusyError):
            lock.shared().__enter__()
        with pytest.raises(StoreBusyError):
            lock.exclusive().__enter__()
    with lock.exclusive():
        pass
