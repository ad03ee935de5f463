"""The critic and the questions on the command line, over a real photo."""

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
import skimage.data
from PIL import Image

from tests.forking import ForkServer

START = "from orchestrator.cli import main; main()"


class Cli:
    """Runs ``smartedit`` in a folder of its own, over a photo beside its mirror image."""

    def __init__(self, folder: Path, forks: ForkServer) -> None:
        self.folder = folder
        self._forks = forks
        self.environment = os.environ | {"SMARTEDIT_HOME": str(folder / "home"), "COLUMNS": "200"}
        astronaut = skimage.data.astronaut()[:256, 96:352]
        self.photo = np.hstack([astronaut, astronaut[:, ::-1]])
        Image.fromarray(self.photo).save(folder / "photo.png")

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-c", START, *words]

    def __call__(self, *words: str, text: str = "") -> subprocess.CompletedProcess[str]:
        return self._forks.run(
            START, *words, cwd=self.folder, env=self.environment, text=text, timeout=300
        )

    def changed_halves(self, name: str) -> tuple[bool, bool]:
        with Image.open(self.folder / name) as opened:
            differs = (np.asarray(opened.convert("RGB")) != self.photo).any(axis=2)
        return bool(differs[:, :256].any()), bool(differs[:, 256:].any())


@pytest.fixture
def cli(tmp_path: Path, forks: ForkServer) -> Cli:
    return Cli(tmp_path, forks)


def plan_file(folder: Path, *steps: dict[str, Any]) -> str:
    full = [{"id": f"s{n}", "instruction": "do it"} | step for n, step in enumerate(steps, 1)]
    path = folder / "plan.json"
    path.write_text(json.dumps({"instruction": "brighten it", "steps": full}))
    return str(path)


BRIGHTER = {"op": "adjust", "params": {"property": "brightness", "amount": 0.3}}


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ([BRIGHTER, {"op": "adjust", "executor": "tool:explode", "params": {}}], "tool 'explode'"),
        ([BRIGHTER, {"op": "recolor", "params": {"colour": "blorfish"}}], "blorfish"),
        ([BRIGHTER | {"depends_on": ["s2"]}, BRIGHTER | {"depends_on": ["s1"]}], "circle"),
        ([{"op": "crop", "executor": "tool:remove_object", "params": {}}], "called 'crop'"),
    ],
)
def test_a_plan_file_that_cannot_run_is_refused_up_front(
    cli: Cli, steps: list[dict[str, Any]], says: str
) -> None:
    """One line, exit code 2, no session, no output; the sound step before it does not run."""
    done = cli("edit", "photo.png", "--plan", plan_file(cli.folder, *steps), "-o", "out.png")
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stderr.count("\n") == 1
    assert says in done.stderr
    assert not (cli.folder / "out.png").exists()
    assert "no sessions" in cli("session", "list").stdout


def test_findings_and_coverage_are_in_the_json(cli: Cli) -> None:
    done = cli("edit", "photo.png", "brighten it and flip it", "-o", "out.png", "--json")
    review = json.loads(done.stdout)["review"]
    words = {word["text"]: word["by"] for word in review["coverage"]}
    assert words["brighten"] == "s2"  # the frame is turned first
    assert all(set(item) == {"severity", "code", "step", "message"} for item in review["findings"])


def test_a_plan_is_looked_at_changed_and_run(cli: Cli) -> None:
    """The drawing is written before the answer; the question about two faces is answered."""
    done = cli(
        "edit", "photo.png", "brighten the face and flip it vertically", "--approve",
        "-o", "out.png", text="nonsense\ns9 amount=1\ndrop s1\nthe right one\ny\n",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "which of the 2" in done.stdout
    assert "is no answer" in done.stdout
    assert "there is no step 's9'" in done.stdout
    assert cli.changed_halves("out.png") == (False, True)
    (drawn,) = (cli.folder / "home" / "cache" / "plans").iterdir()
    assert str(drawn) in done.stdout.replace("\n", "")
    with Image.open(drawn) as opened:
        assert opened.width == 1000


def test_a_killed_terminal_leaves_the_question_for_resume(cli: Cli) -> None:
    """SIGKILL at the prompt; ``session resume`` asks the same and saves where it was to go."""
    process = subprocess.Popen(
        cli.command(
            "edit",
            "photo.png",
            "brighten the face",
            "--approve",
            "--session",
            "mine",
            "-o",
            "out.png",
        ),
        cwd=cli.folder,
        env=cli.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    seen = ""
    started = time.monotonic()
    while "drawn on the picture" not in seen and time.monotonic() - started < 200:
        seen += process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert "which of the 2" in seen, seen
    assert not (cli.folder / "out.png").exists()
    done = cli("session", "resume", "mine", text="b\ny\n")
    assert done.returncode == 0, done.stdout + done.stderr
    asked = next(line for line in seen.splitlines() if "which of the 2" in line)
    assert asked in done.stdout
    assert cli.changed_halves("out.png") == (False, True)


def test_chat_asks_which_and_takes_the_answer(cli: Cli) -> None:
    talk = "brighten the face\nthe left one\nsave as out.png\nquit\n"
    done = cli("chat", "photo.png", text=talk)
    assert done.returncode == 0, done.stderr
    assert "which of the 2" in done.stdout
    assert cli.changed_halves("out.png") == (True, False)
