"""A process killed anywhere in a run loses nothing: the run continues at the step it was in."""

from __future__ import annotations

import signal
import textwrap
from pathlib import Path

import numpy as np
import pytest

from memory.store import SessionStore
from orchestrator.editors import EditorShelf
from orchestrator.session import EditSession
from tests.forking import ForkServer
from tests.orchestrator.conftest import photo, plan_of
from tools.pictures import Picture

STEPS = (
    {"op": "adjust", "params": {"property": "brightness", "amount": 0.3}},
    {"op": "flip", "params": {"axis": "horizontal"}},
    {"op": "adjust", "params": {"property": "noise", "amount": 0.4}},
)
RUN_AND_DIE = """
    import os, signal, sys
    from pathlib import Path
    from memory.store import SessionStore
    from orchestrator.editors import EditorShelf
    from orchestrator.session import EditSession
    from tests.orchestrator.test_kill_and_resume import STEPS
    from tests.orchestrator.conftest import plan_of

    wanted, count = sys.argv[2], 0
    def die(event):
        global count
        name = type(event).__name__ + ":" + getattr(event, "step_id", "")
        if name == wanted:
            os.kill(os.getpid(), signal.SIGKILL)
    with SessionStore.open(Path(sys.argv[1])) as store:
        session = EditSession.open("victim", store=store, editors=EditorShelf())
        session.edit("a test", plan=plan_of(*STEPS), on_event=die)
"""


@pytest.mark.parametrize(
    "moment",
    [
        "PlanReady:",
        "StepStarted:s1",
        "StepGrounded:s2",
        "AttemptJudged:s2",
        "StepFinished:s2",
        "AttemptJudged:s3",
        "RunFinished:",
    ],
)
def test_a_killed_run_resumes_and_ends_as_if_nothing_had_happened(
    home: Path, moment: str, forks: ForkServer
) -> None:
    """Same pixels as an undisturbed run, each step once in the history, a sound store."""
    with SessionStore.open(home) as store:
        EditSession.create(Picture(photo()), store=store, session_id="victim")
        calm = EditSession.create(Picture(photo()), store=store, session_id="calm")
        calm.edit("a test", plan=plan_of(*STEPS))
        expected = calm.picture().rgb
    killed = forks.run(textwrap.dedent(RUN_AND_DIE), str(home), moment)
    assert killed.returncode == -signal.SIGKILL
    with SessionStore.open(home) as store:
        session = EditSession.open("victim", store=store, editors=EditorShelf())
        if moment != "RunFinished:":
            assert session.unfinished() is not None
            report = session.resume()
            assert report is not None
            assert report.status == "done"
            assert [step["id"] for step in report.steps] == ["s1", "s2", "s3"]
        assert session.unfinished() is None
        assert len(session.history()) == 4
        assert np.array_equal(session.picture().rgb, expected)
        assert store.check() == []
