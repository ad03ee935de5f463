"""The command line as a user runs it: commands, exit codes, JSON, one-line errors."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.forking import ROOT, ForkServer
from tests.orchestrator.conftest import photo

STEP_KEYS = {
    "id", "op", "status", "executor", "attempts", "mask_area", "leakage",
    "unchanged_outside_mask", "scores", "seconds", "reason",
}  # fmt: skip


START = "from orchestrator.cli import main; main()"


class Cli:
    """Runs ``smartedit`` in a folder of its own with a data folder of its own."""

    def __init__(self, folder: Path, forks: ForkServer) -> None:
        self.folder = folder
        self._forks = forks
        self.environment = os.environ | {"SMARTEDIT_HOME": str(folder / "home"), "COLUMNS": "200"}
        self.environment.pop("SMARTEDIT_DEBUG", None)

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-c", START, *words]

    def __call__(self, *words: str, text: str = "") -> subprocess.CompletedProcess[str]:
        return self._forks.run(START, *words, cwd=self.folder, env=self.environment, text=text)

    def json(self, *words: str) -> Any:
        done = self(*words, "--json")
        assert done.stdout.count("\n") == 1, done.stdout
        return json.loads(done.stdout)


@pytest.fixture
def cli(tmp_path: Path, forks: ForkServer) -> Cli:
    """A command line over a small photo, ``photo.png``."""
    Image.fromarray(photo()).save(tmp_path / "photo.png")
    return Cli(tmp_path, forks)


def _read(path: Path) -> Any:
    """HWC uint8 RGB of a saved file."""
    with Image.open(path) as opened:
        return np.asarray(opened.convert("RGB"))


def test_help_imports_nothing_heavy() -> None:
    """Help is instant because no picture, model or database library is loaded."""
    check = (
        "import sys\n"
        "from orchestrator.cli import main\n"
        "sys.argv = ['smartedit', '--help']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'torch', 'cv2', 'langgraph', 'numpy', 'sqlalchemy', 'pydantic'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", check], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "edit" in done.stdout


def test_a_tool_edits_a_photograph_without_the_libraries_of_models(cli: Cli) -> None:
    """Nobody waits for what no step needs: no torch, no painter, no wordings that only teach."""
    check = (
        "import sys\n"
        "opened = []\n"
        "sys.addaudithook(lambda event, args: event == 'open' and opened.append(str(args[0])))\n"
        "from orchestrator.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    code = end.code\n"
        "heavy = {'torch', 'transformers', 'diffusers', 'skimage', 'scipy'} & set(sys.modules)\n"
        "heavy |= {'smartedit_model.drawings.drawer'} & set(sys.modules)\n"
        "heavy |= {name for name in opened if name.endswith('phrasings.yaml')}\n"
        "sys.exit(', '.join(heavy) or code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", check, "edit", "photo.png", "make it warmer", "-o", "out.png"],
        cwd=cli.folder,
        env=cli.environment | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (cli.folder / "out.png").is_file()


def test_libraries_give_no_advice_of_their_own() -> None:
    """A person who edits a picture is not told to install a library's kernels."""
    check = (
        "import logging, sys\n"
        "from orchestrator.cli import main\n"
        "sys.argv = ['smartedit', '--version']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "logging.getLogger('bitsandbytes.backends.cpu.ops').warning('install kernels')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", check], capture_output=True, text=True, check=False
    )
    assert done.stdout.startswith("smartedit ")
    assert done.stderr == ""


def test_an_edit_session_from_first_to_last_command(cli: Cli) -> None:
    """Edit, look, undo, redo, branch, compare, export, delete, collect."""
    made = cli.json("edit", "photo.png", "make it warmer, then flip it", "-o", "out.jpg")
    assert made["status"] == "done"
    assert made["image"] == "out.jpg"
    assert all(set(step) >= STEP_KEYS for step in made["steps"])
    session = made["session"]
    shown = cli.json("session", "show", session)
    assert shown["history"][0]["label"] == "original"
    assert len(shown["history"]) == 3
    assert cli.json("session", "undo", session)["redo_steps"] == 1
    assert cli.json("session", "redo", session)["revision"] == made["revision"]
    other = cli.json("session", "branch", session, "mono")
    assert other["branch"] == "mono"
    more = cli.json("edit", "-", "make it black and white", "--session", session, "-o", "bw.png")
    assert more["session"] == session
    grey = _read(cli.folder / "bw.png")
    assert (grey[..., 0] == grey[..., 1]).all()
    assert cli.json("session", "checkout", session, "main")["branch"] == "main"
    first, last = shown["history"][0]["revision"], made["revision"]
    assert cli.json("session", "diff", session, first, first)["changed_pixels"] == 0
    assert cli.json("session", "diff", session, first, last)["changed_share"] > 0.5
    told = cli("session", "diff", session).stdout
    assert told.startswith(f"{first} (the original) against {last} (Flip the picture")
    assert cli("session", "export", session, "kept.zip").returncode == 0
    assert cli("session", "delete", session, "--yes").returncode == 0
    assert cli.json("session", "list") == []
    assert cli("session", "import", "kept.zip").returncode == 0
    assert len(cli.json("session", "show", session)["history"]) == 3
    assert cli("session", "gc", "--grace", "0").returncode == 0
    assert cli("doctor").returncode == 0


def test_every_look_is_shown_on_ones_own_picture(cli: Cli) -> None:
    """Those that drawings have their own way to make, too."""
    done = cli("looks", "--preview", "photo.png")
    assert (done.returncode, done.stdout) == (0, "written: looks.png\n"), done.stderr
    for name in ("black and white", "sepia"):
        one = cli("looks", name, "--preview", "photo.png", "-o", f"{name}.png")
        assert one.returncode == 0, one.stderr
        before, after = np.array_split(_read(cli.folder / f"{name}.png"), 2, axis=1)
        assert not np.array_equal(before, after)


def test_a_picture_that_was_not_straightened_is_not_done(cli: Cli) -> None:
    """Where no lines tell what is level nothing is turned, and scripts see that."""
    Image.radial_gradient("L").convert("RGB").save(cli.folder / "round.png")
    done = cli("edit", "round.png", "straighten the horizon", "--json")
    report = json.loads(done.stdout)
    assert (done.returncode, report["steps"][0]["status"]) == (3, "unverified")
    assert report["final"]["untouched"] == 1.0


def test_no_way_to_save_writes_over_the_original(cli: Cli) -> None:
    """Not by going on with a session, moving in it or talking; only where --overwrite is said."""
    original = (cli.folder / "photo.png").read_bytes()
    cli.json("edit", "photo.png", "make it warmer", "--session", "mine", "-o", "out.png")
    for words in (
        ["edit", "-", "make it darker", "--session", "mine", "-o", "photo.png"],
        ["session", "undo", "mine", "-o", "photo.png"],
        ["session", "show", "mine", "-o", "photo.png"],
        ["session", "checkout", "mine", "0", "-o", "./photo.png"],
        ["session", "drift", "mine", "--heat-map", "photo.png"],
        ["session", "tries", "mine", "-o", "photo.png"],
    ):
        done = cli(*words)
        assert (done.returncode, "original" in done.stderr) == (2, True), (words, done.stderr)
    assert len(cli.json("session", "show", "mine")["history"]) == 2  # and nothing moved before
    sheet = cli("looks", "noir", "--preview", "photo.png", "-o", "photo.png")
    assert (sheet.returncode, "original" in sheet.stderr) == (2, True), sheet.stderr
    assert "--overwrite" not in sheet.stderr  # it has no such option
    (cli.folder / "copy.png").write_bytes(original)
    named = cli("edit", "copy.png", "make it darker", "--session", "mine", "-o", "copy.png")
    assert (named.returncode, "--overwrite" in named.stderr) == (2, True), named.stderr
    talked = cli("chat", "-", "--session", "mine", text="save as photo.png\n")
    assert "original" in talked.stdout
    assert (cli.folder / "photo.png").read_bytes() == original
    undone = cli("session", "undo", "mine", "-o", "back.png")
    assert "saved: back.png" in undone.stdout
    agreed = cli(
        *["edit", "-", "make it darker", "--session", "mine", "-o", "photo.png", "--overwrite"]
    )
    assert agreed.returncode == 0, agreed.stderr
    assert (cli.folder / "photo.png").read_bytes() != original


def test_a_plan_can_be_printed_edited_and_run(cli: Cli) -> None:
    """``--plan-only --json`` gives what ``--plan`` takes."""
    plan = cli.json("edit", "photo.png", "make it darker and add the text 'hi'", "--plan-only")
    assert [step["op"] for step in plan["steps"]] == ["adjust", "text"]
    plan["steps"][1]["params"]["text"] = "Day one"
    (cli.folder / "plan.json").write_text(json.dumps(plan))
    made = cli.json("edit", "photo.png", "--plan", "plan.json", "-o", "out.png")
    assert made["status"] == "done"
    assert made["plan"]["steps"][1]["params"]["text"] == "Day one"
    assert cli.json("session", "list") != []


def test_a_semantic_step_without_weights_ends_partial(cli: Cli) -> None:
    """Exit code 3, the rest of the plan done, the remedy named."""
    done = cli(
        "edit", "photo.png", "replace the cup with a fox and make the picture darker", "--json"
    )
    assert done.returncode == 3
    report = json.loads(done.stdout)
    states = {step["op"]: step["status"] for step in report["steps"]}
    assert states == {"replace": "skipped", "adjust": "done"}
    assert Path(cli.folder / report["image"]).exists()


def test_nothing_done_is_exit_code_4_and_writes_nothing(cli: Cli) -> None:
    """A run that changed nothing leaves no output behind."""
    done = cli("edit", "photo.png", "remove the barometer", "-o", "out.png")
    assert done.returncode == 4
    assert not (cli.folder / "out.png").exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["edit", "missing.png", "make it warmer"], "missing.png"),
        (["edit", "empty.jpg", "make it warmer"], "empty"),
        (["edit", "text.jpg", "make it warmer"], "text.jpg"),
        (["edit", "cut.png", "make it warmer"], "cut.png"),
        (["edit", ".", "make it warmer"], "folder"),
        (["edit", "photo.png", ""], "empty"),
        (["edit", "photo.png", "   "], "empty"),
        (["edit", "photo.png", "make it warmer", "-o", "nowhere/out.png"], "nowhere"),
        (["edit", "photo.png", "make it warmer", "-o", "out.xyz"], ".xyz"),
        (["edit", "photo.png", "make it warmer", "-o", "photo.png"], "--overwrite"),
        (["edit", "photo.png", "make it warmer", "--plan", "photo.png"], "plan"),
        (["edit", "photo.png", "make it warmer", "--plan", "bad.json"], "colour"),
        (["edit", "photo.png", "make it warmer", "--box", "1,2,3"], "--box"),
        (["edit", "photo.png", "remove this", "--mask", "black.png"], "all black"),
        (["edit", "photo.png", "make it warmer", "--asset", "lut"], "--asset"),
        (["edit", "photo.png", "make it warmer", "--planner", "oracle"], "oracle"),
        (["edit", "photo.png", "make it warmer", "--model", "gpt"], "smartedit-7b"),
        (["edit", "-", "make it warmer"], "--session"),
        (["edit", "-", "make it warmer", "--session", "nobody"], "nobody"),
        (["session", "show", "nobody"], "nobody"),
        (["session", "import", "photo.png"], "photo.png"),
        (["run", "missing.yaml"], "missing.yaml"),
        (["tools", "magic"], "magic"),
        (["models", "verify", "nothing-here"], "nothing-here"),
        (["edit", "photo.png"], "instruction"),
        (["edit", "photo.png", "x", "--seed", "-1"], "--seed"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else None,
)
def test_bad_input_gets_one_line_and_exit_code_2(cli: Cli, words: list[str], says: str) -> None:
    """What is wrong is named; no traceback; nothing is left behind."""
    (cli.folder / "empty.jpg").touch()
    (cli.folder / "text.jpg").write_text("not a picture")
    whole = (cli.folder / "photo.png").read_bytes()
    (cli.folder / "cut.png").write_bytes(whole[: len(whole) // 2])
    with Image.open(cli.folder / "photo.png") as photo:
        Image.new("L", photo.size, 0).save(cli.folder / "black.png")
    step = {"id": "s1", "op": "recolor", "instruction": "x", "params": {"color": "red"}}
    (cli.folder / "bad.json").write_text(json.dumps({"instruction": "x", "steps": [step]}))
    before = sorted(path.name for path in cli.folder.iterdir())
    done = cli(*words)
    assert done.returncode == 2, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    if "Usage" not in done.stderr:  # usage errors are Typer's, in its own frame
        assert done.stderr.count("\n") == 1, done.stderr
    after = sorted(path.name for path in cli.folder.iterdir() if path.name != "home")
    assert after == [name for name in before if name != "home"]
    assert cli.json("session", "list") == []


def test_a_corrupt_store_is_one_line(cli: Cli) -> None:
    """A database that is none gives an error, not a traceback."""
    (cli.folder / "home").mkdir()
    (cli.folder / "home" / "smartedit.db").write_bytes(b"this is no database" * 100)
    done = cli("session", "list")
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1


def test_another_picture_is_not_mistaken_for_the_sessions_own(cli: Cli) -> None:
    """A session goes on with the picture it began with, or with '-'."""
    cli("edit", "photo.png", "make it warmer", "--session", "mine", "-o", "a.png")
    again = cli("edit", "photo.png", "make it darker", "--session", "mine", "-o", "b.png")
    assert again.returncode == 0
    Image.fromarray(photo()[::-1]).save(cli.folder / "other.png")
    other = cli("edit", "other.png", "make it darker", "--session", "mine", "-o", "c.png")
    assert other.returncode == 2
    assert "another picture" in other.stderr


def test_a_mask_file_limits_an_edit_to_its_white_part(cli: Cli) -> None:
    """Pixels outside the user's mask are identical."""
    mask = np.zeros(photo().shape[:2], np.uint8)
    mask[30:70, 60:100] = 255
    Image.fromarray(mask).save(cli.folder / "mask.png")
    done = cli("edit", "photo.png", "make it darker", "--mask", "mask.png", "-o", "out.png")
    assert done.returncode == 0, done.stderr
    result = _read(cli.folder / "out.png")
    assert np.array_equal(result[:20], photo()[:20])
    assert not np.array_equal(result[40:60, 70:90], photo()[40:60, 70:90])


def test_it_means_what_is_marked(cli: Cli) -> None:
    """'Make it green' with a box recolours what is in the box, and nothing else."""
    made = cli.json("edit", "photo.png", "make it green", "--box", "15,20,55,60", "-o", "out.png")
    assert [step["op"] for step in made["steps"]] == ["recolor"]
    result = _read(cli.folder / "out.png")
    assert np.array_equal(result[80:], photo()[80:])
    middle = result[35:45, 30:40].mean(axis=(0, 1))
    assert middle[1] > middle[0]


def test_the_output_carries_its_own_history(cli: Cli) -> None:
    """Session, revision, plan and seeds can be read back from the file."""
    from tools.picture_metadata import read_metadata

    made = cli.json("edit", "photo.png", "make it grainy", "--seed", "7", "-o", "out.jpg")
    record = read_metadata(cli.folder / "out.jpg")
    assert record["smartedit:session"] == made["session"]
    steps = json.loads(record["smartedit:steps"])
    assert steps[0]["settings"]["seed"] == 7


def test_approval_on_the_terminal(cli: Cli) -> None:
    """'n' cancels and changes nothing; dropping a step runs the rest."""
    no = cli("edit", "photo.png", "make it darker", "--approve", "-o", "no.png", text="n\n")
    assert no.returncode == 130
    assert not (cli.folder / "no.png").exists()
    some = cli(
        "edit", "photo.png", "make it darker and flip it", "--approve", "-o", "some.png",
        text="s2\ny\n",
    )  # fmt: skip
    assert some.returncode == 0, some.stderr
    flipped = _read(cli.folder / "some.png")
    assert np.array_equal(flipped, photo()[:, ::-1])


def test_ctrl_c_ends_with_130_and_an_unharmed_session(cli: Cli) -> None:
    """An interrupt in the middle of a run leaves what was committed, and no run behind."""
    big = np.asarray(Image.fromarray(photo()).resize((3000, 2250)))
    Image.fromarray(big).save(cli.folder / "big.png")
    wish = "denoise it, add rain, add snow, add fog, make it look cinematic, add film grain"
    process = subprocess.Popen(
        cli.command("edit", "big.png", wish, "--session", "big"),
        cwd=cli.folder,
        env=cli.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.readline()  # the first step is reported as done
    process.send_signal(signal.SIGINT)
    started = time.monotonic()
    process.wait(timeout=60)
    process.stdout.close()
    assert process.returncode == 130
    assert time.monotonic() - started < 30
    assert cli("session", "resume", "big").stdout.startswith("nothing")
    assert cli("doctor").returncode == 0


def test_steps_are_reached_by_number_and_branch_names_are_shown(cli: Cli) -> None:
    """The numbers and names that the history shows are the ones commands take."""
    cli("edit", "photo.png", "make it darker and add grain", "--session", "mine", "-o", "a.png")
    shown = cli("session", "show", "mine").stdout
    assert "[main]" in shown
    moved = cli.json("session", "checkout", "mine", "1")
    assert moved["undo_steps"] == 1
    assert cli.json("session", "diff", "mine", "0", "1")["changed_share"] > 0.5
    assert cli("session", "checkout", "mine", "9").returncode == 2


def test_questions_with_nobody_to_answer_are_not_a_crash(cli: Cli) -> None:
    """The end of input cancels an approval and refuses a deletion."""
    asked = cli("edit", "photo.png", "make it darker", "--approve")
    assert asked.returncode == 130
    cli("edit", "photo.png", "make it darker", "--session", "mine", "-o", "a.png")
    gone = cli("session", "delete", "mine")
    assert gone.returncode == 2
    assert "--yes" in gone.stderr
    assert cli("session", "show", "mine").returncode == 0


def test_tools_are_listed_with_parameters(cli: Cli) -> None:
    """Every tool has a summary and described parameters."""
    listed = cli.json("tools")
    assert len(listed) >= 35
    for name, tool in listed.items():
        assert tool["summary"], name
        for parameter, schema in tool["parameters"].items():
            assert (
                schema.get("description")
                or schema.get("default") is not None
                or ("anyOf" in schema)
            ), (name, parameter)


def test_pulling_without_a_network_is_one_line(cli: Cli) -> None:
    """The hub cannot be reached: said plainly, exit code 2."""
    cli.environment |= {"HF_HUB_OFFLINE": "1", "HF_HOME": str(cli.folder / "hub")}
    done = cli("models", "pull", "smartedit-7b", "--yes")
    assert done.returncode == 2, done.stderr
    assert "could not be fetched" in done.stderr


def test_models_are_listed_and_say_whether_they_are_here(cli: Cli) -> None:
    """The published models are known, and not here on a fresh machine."""
    rows = {row["name"]: row for row in cli.json("models", "list")}
    assert "0.0" not in cli("models", "list").stdout  # a small model has a size too
    assert rows["smartedit-7b"]["present"] is False


def test_the_demo_makes_its_pictures(cli: Cli) -> None:
    """The first thing a newcomer runs starts by itself and leaves a sheet to look at."""
    done = subprocess.run(
        cli.command("demo", "-o", "demo"),
        cwd=cli.folder,
        env=cli.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    with Image.open(cli.folder / "demo" / "contact_sheet.png") as sheet:
        assert sheet.width > 1000
    drawing, edited = (
        _read(cli.folder / "demo" / name) for name in ("drawing.png", "drawing_edited.png")
    )
    changed = (drawing != edited).any(axis=2)
    assert 0.03 < changed.mean() < 0.3  # the butterfly and the book, and nothing else


def test_chat_mixes_edits_and_commands(cli: Cli) -> None:
    """A scripted conversation: edit, undo, redo, go back, branch, save, quit."""
    talk = "\n".join(
        [
            "make it darker",
            "add rain",
            "go back to before the rain",
            "undo that and flip it instead",
            "history",
            "save as talk.png",
            "quit",
        ]
    )
    done = cli("chat", "photo.png", "--session", "talk", text=talk + "\n")
    assert done.returncode == 0, done.stderr
    saved = _read(cli.folder / "talk.png")
    assert np.array_equal(saved, photo()[:, ::-1])
    labels = {item["label"] for item in cli.json("session", "show", "talk")["history"]}
    assert len(labels) == 2


def test_a_name_that_no_file_can_have_is_refused_in_one_line(cli: Cli) -> None:
    """Before anything is done; and in a conversation it ends nothing."""
    long = "x" * 300 + ".png"
    done = cli("edit", "photo.png", "make it darker", "-o", long, "--planner", "rules")
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert "too long" in done.stderr
    assert "done" not in done.stdout
    talk = f"save as {long}\nsave as fine.png\n"
    done = cli("chat", "photo.png", "--planner", "rules", text=talk)
    assert done.returncode == 0
    assert "too long" in done.stdout
    assert (cli.folder / "fine.png").exists()


def test_an_edit_that_could_not_be_saved_is_kept(cli: Cli) -> None:
    """The error names the command that saves it, and that command does."""
    Image.new("RGB", (17_000, 4), "tan").save(cli.folder / "wide.png")  # wider than WebP can be
    done = cli("edit", "wide.png", "make it darker", "-o", "wide.webp", "--planner", "rules")
    assert done.returncode == 2
    (command,) = re.findall(r"'smartedit (session checkout \S+ \S+ -o) FILE'", done.stderr)
    assert cli(*command.split(), "kept.png").returncode == 0
    assert _read(cli.folder / "kept.png").mean() < _read(cli.folder / "wide.png").mean()
    assert not (cli.folder / "wide.webp").exists()
