"""From a sentence through a language model's plan to an edited picture, as a user runs it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from memory.store import SessionStore
from orchestrator.session import EditSession
from orchestrator.settings import RunSettings
from tests.forking import ForkServer
from tests.orchestrator.conftest import photo
from tests.orchestrator.llm.conftest import (
    KEY,
    MODEL,
    WARMER,
    ChatServer,
    fails,
    plans,
    waits,
)
from tools.pictures import Picture

TEXT = {"op": "text", "params": {"text": "Day one", "place": "top"}, "after": [1]}
START = "from orchestrator.cli import main; main()"
WORDS = "make it warmer, then write 'Day one' at the top"


class Cli:
    """Runs ``smartedit`` in a folder of its own; the planner's server is in the environment."""

    def __init__(self, folder: Path, forks: ForkServer) -> None:
        self.folder = folder
        self._forks = forks
        self.environment = os.environ | {"SMARTEDIT_HOME": str(folder / "home"), "COLUMNS": "200"}

    def __call__(self, *words: str) -> subprocess.CompletedProcess[str]:
        return self._forks.run(START, *words, cwd=self.folder, env=self.environment)


@pytest.fixture
def cli(tmp_path: Path, server: ChatServer, forks: ForkServer) -> Cli:
    """A command line over a small photo, ``photo.png``; the server is the planner's."""
    Image.fromarray(photo()).save(tmp_path / "photo.png")
    return Cli(tmp_path, forks)


def _read(path: Path) -> Any:
    with Image.open(path) as opened:
        return np.asarray(opened.convert("RGB")).astype(int)


def test_a_sentence_becomes_an_edited_picture(
    cli: Cli, server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``edit --planner openai:x``: the model's plan runs, and all accounts are kept."""
    cli.environment |= {"SMARTEDIT_PLANNER_PRICE_IN": "1", "SMARTEDIT_PLANNER_VISION": "on"}
    server.script = [plans(WARMER, TEXT)]
    done = cli("edit", "photo.png", WORDS, "--planner", MODEL, "-o", "out.png", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert [step["status"] for step in report["steps"]] == ["done", "done"]
    assert report["plan"]["steps"][0]["instruction"] == "do adjust"
    planning = report["planning"]
    assert (planning["by"], planning["calls"], planning["cost"]) == (MODEL, 1, 900e-6)
    assert planning["seconds"] >= planning["call_seconds"][0] > 0
    assert planning["picture_shown"]
    assert KEY not in done.stdout + done.stderr
    before, after = photo().astype(int), _read(cli.folder / "out.png")
    below = np.s_[60:]
    warmth = [(p[below][..., 0] - p[below][..., 2]).mean() for p in (before, after)]
    assert warmth[1] > warmth[0] + 5
    assert np.abs(after[:30] - before[:30]).max() > 80  # the letters
    with SessionStore.open(cli.folder / "home") as store:
        (run,) = store.runs(report["session"])
        assert run.details["planning"] == planning
        assert run.plan_id is not None
        assert store.plan(run.plan_id) == report["plan"]


def test_a_model_that_fails_is_told_and_the_edit_is_made(cli: Cli, server: ChatServer) -> None:
    """The rules plan, the picture is edited, and the terminal says why."""
    server.script = [fails(401)]
    cli.environment["SMARTEDIT_PLANNER"] = MODEL
    done = cli("edit", "photo.png", WORDS, "-o", "out.png")
    assert done.returncode == 0, done.stderr
    told = " ".join(done.stdout.split())
    assert f"planned by rules, not by {MODEL}: the server does not accept the key" in told
    assert f"planned by rules: 1 call of {MODEL}, 0 tokens" in told
    assert (cli.folder / "out.png").exists()


def test_a_plan_can_be_looked_at_first(cli: Cli, server: ChatServer) -> None:
    """``--plan-only`` asks the model, shows it the picture, and changes nothing."""
    cli.environment["SMARTEDIT_PLANNER_VISION"] = "on"
    server.script = [plans(WARMER, TEXT)]
    done = cli("edit", "photo.png", WORDS, "--planner", MODEL, "--plan-only", "--json")
    assert done.returncode == 0, done.stderr
    assert [step["op"] for step in json.loads(done.stdout)["steps"]] == ["adjust", "text"]
    assert len(server.pictures(0)) == 1


def test_a_script_is_planned_by_the_planner_it_names(cli: Cli, server: ChatServer) -> None:
    """In the file or as an option; one that cannot be stops the run before any picture."""
    server.script = [plans(WARMER, TEXT)]
    script = {
        "version": 1,
        "name": "warm",
        "planner": MODEL,
        "output": "{stem}-warm{suffix}",
        "stages": [{"name": "only", "instruction": WORDS}],
    }
    (cli.folder / "warm.yaml").write_text(json.dumps(script))
    done = cli("run", "warm.yaml", "--input", "photo.png", "--json")
    assert done.returncode == 0, done.stderr
    stages = json.loads(done.stdout)["pictures"][0]["stages"]
    assert [step["op"] for step in stages[0]["steps"]] == ["adjust", "text"]
    assert len(server.asked) == 1
    bad = cli("run", "warm.yaml", "--input", "photo.png", "--planner", "nonsense")
    assert bad.returncode == 2
    assert "there is no planner 'nonsense'" in bad.stderr


def test_a_bad_planner_is_bad_input(cli: Cli, server: ChatServer) -> None:
    """A planner that cannot be is one line and exit code 2, and leaves no session behind."""
    for name in ("nonsense:x", "nonsense"):
        done = cli("edit", "photo.png", WORDS, "--planner", name)
        assert done.returncode == 2
        assert done.stderr.count("\n") == 1
        assert "Traceback" not in done.stderr
    with SessionStore.open(cli.folder / "home") as store:
        assert store.sessions() == []


def test_ctrl_c_stops_the_planning(cli: Cli, server: ChatServer) -> None:
    """While the model is thinking, Ctrl-C ends the run as cancelled; nothing has changed."""
    server.script = [waits(120)]
    cli.environment |= {"SMARTEDIT_PLANNER_TIMEOUT": "120"}
    words = ["edit", "photo.png", WORDS, "--planner", MODEL, "--session", "mine", "-o", "out.png"]
    with subprocess.Popen(
        [sys.executable, "-c", START, *words],
        cwd=cli.folder,
        env=cli.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        end = time.monotonic() + 60
        while not server.asked and time.monotonic() < end:
            time.sleep(0.05)
        assert server.asked
        running.send_signal(signal.SIGINT)
        stopped = time.monotonic()
        _, errors = running.communicate(timeout=60)
    assert running.returncode == 130, errors
    assert time.monotonic() - stopped < 60
    assert not (cli.folder / "out.png").exists()
    assert "Traceback" not in errors


def test_a_session_learns_from_its_turns(
    server: ChatServer, store: SessionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second turn tells the model of the first; undone turns are not told."""
    server.script = [plans(WARMER), plans(WARMER), plans(WARMER)]
    session = EditSession.create(Picture(photo()), store=store)
    settings = RunSettings(planner=MODEL)
    session.edit("make it warmer", settings=settings)
    session.edit("warmer still", settings=settings)
    told = json.loads(server.asked[1]["messages"][-1]["content"])
    assert [turn["instruction"] for turn in told["earlier"]] == ["make it warmer"]
    session.undo_turn()
    session.undo_turn()
    session.edit("make it warmer", settings=settings)
    assert "earlier" not in json.loads(server.asked[2]["messages"][-1]["content"])
