"""Kills a process at every point that a write passes, reopens, and says what it found.

Run as `python crash_driver.py SCENARIO FOLDER`; prints one JSON list with an object for each point.
The children are forked before any store is open, so each kill costs milliseconds.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2  # noqa: F401  loaded once here, so that the children need not load it
import numpy as np

from memory.store import SessionStore

SESSION = "s"


def image(seed: int) -> np.ndarray[Any, Any]:
    """A picture of two tiles, of which the seed changes one."""
    pixels = np.random.default_rng(0).integers(0, 256, (40, 520, 3), np.uint8)
    pixels[0, :500, 0] = seed
    return pixels


def commit(store: SessionStore) -> None:
    """One step as the executor makes it: picture, mask, revision."""
    stored = store.put_image(image(1))
    mask = store.put_mask(image(1)[..., 0] > 128)
    store.commit(
        SESSION,
        parent_id=store.session(SESSION).root_id,
        image_id=stored.id,
        mask_id=mask.id,
        step={},
        report={},
        plan_id=None,
        turn_id="t",
        label="step",
        key="run:1",
    )


def create(store: SessionStore) -> None:
    """A new session."""
    store.create_session(
        image(2), title="", source_name="", source_bytes=b"x", picture_meta={}, session_id="new"
    )


def collect(store: SessionStore) -> None:
    """A collection that has something to remove."""
    store.gc(grace_seconds=0)


SCENARIOS: dict[str, Callable[[SessionStore], None]] = {
    "commit": commit,
    "create": create,
    "gc": collect,
}


def prepare(home: Path) -> None:
    """A home with one session and some garbage."""
    with SessionStore.open(home) as store:
        store.create_session(
            image(0), title="", source_name="", source_bytes=None, picture_meta={},
            session_id=SESSION,
        )  # fmt: skip
        for seed in (5, 6):
            store.put_image(image(seed))


def killed_at(home: Path, scenario: str, stop: int) -> tuple[str, bool]:
    """Runs a scenario up to a point and kills it there.

    Returns:
        The name of the point, and whether it was reached.
    """
    seen = 0
    named = home.with_name("point")
    named.write_text("end")

    def probe(point: str) -> None:
        nonlocal seen
        if seen == stop:
            named.write_text(point)
            os.kill(os.getpid(), signal.SIGKILL)
        seen += 1

    def work() -> None:
        with SessionStore.open(home, probe=probe) as store:
            SCENARIOS[scenario](store)

    status = in_child(work)
    return named.read_text(), os.WIFSIGNALED(status)


def examine(home: Path, scenario: str, report: Path) -> None:
    """Reopens, checks, does the same again and checks again."""
    with SessionStore.open(home) as store:
        before = store.check()
        history = len(store.all_revisions(SESSION))
        whole = np.array_equal(store.get_image(store.head(SESSION).image_id), image(history - 1))
        if scenario != "create" or "new" not in {info.id for info in store.sessions()}:
            SCENARIOS[scenario](store)
        store.gc(grace_seconds=0)
        after = store.check()
        left = [str(path) for path in store.home.blobs.rglob("*.tmp")]
        found = {
            "before": [problem.message for problem in before],
            "whole": whole,
            "after": [problem.message for problem in after],
            "left": left,
            "revisions": len(store.all_revisions(SESSION)),
            "sessions": len(store.sessions()),
        }
    report.write_text(json.dumps(found))


def in_child(work: Callable[[], None]) -> int:
    """Does work in a child process and returns its status."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return os.waitpid(child, 0)[1]


def main() -> None:
    """Tries every point of one scenario."""
    scenario, folder = sys.argv[1], Path(sys.argv[2])
    start = folder / "start"
    in_child(lambda: prepare(start))
    found: list[dict[str, Any]] = []
    reached = True
    while reached:
        home = folder / "home"
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(start, home)
        point, reached = killed_at(home, scenario, len(found))
        report = folder / "report.json"
        report.unlink(missing_ok=True)
        in_child(lambda home=home, report=report: examine(home, scenario, report))
        result = json.loads(report.read_text()) if report.exists() else {"before": ["no report"]}
        found.append({"point": point, **result})
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
