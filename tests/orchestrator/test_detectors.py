"""Open-vocabulary detectors from the outside: settings, every command, verification by them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from safetensors.torch import load_file, save_file

from memory.store import SessionStore
from orchestrator.editors import EditorShelf
from orchestrator.questions import Answer
from orchestrator.session import EditSession
from orchestrator.settings import RunSettings
from orchestrator.sighting import new_thing
from tests.forking import ForkServer
from tests.orchestrator.conftest import PaintEditor, plan_of
from tests.orchestrator.test_command_line import Cli
from tests.smartedit_model import tiny_detectors as tiny
from tools import masks
from tools.editing import EditOutcome, EditRequest
from tools.errors import DetectorUnavailable
from tools.grounding import Scene
from tools.pictures import Picture

KINDS = ("owlv2", "owlvit", "grounding-dino")
CUP = masks.from_box(tiny.CUP, tiny.SHAPE)
REMOVE = {
    "op": "remove",
    "target": {"phrase": "the cup", "category": "cup"},
    "executor": "tool:remove_object",
}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One folder a kind; tests must copy one before changing it."""
    root = tmp_path_factory.mktemp("detectors")
    return {kind: tiny.save(kind, root / kind) for kind in KINDS}


@pytest.fixture
def cli(tmp_path: Path, forks: ForkServer) -> Cli:
    """A command line over ``table.png``, with a cup on it."""
    Image.fromarray(tiny.table(tiny.CUP)).save(tmp_path / "table.png")
    made = Cli(tmp_path, forks)
    made.environment.pop("SMARTEDIT_DETECTOR", None)
    return made


def _redness(path: Path) -> float:
    """Mean of red less green where the cup stands."""
    with Image.open(path) as opened:
        rgb = np.asarray(opened.convert("RGB")).astype(np.int16)
    return float((rgb[..., 0] - rgb[..., 1])[CUP].mean())


def test_edit_finds_and_removes_what_only_a_detector_knows(
    cli: Cli, folders: dict[str, Path]
) -> None:
    """With one the cup goes, and is no longer found; without one the step says what would help."""
    name = f"owlv2:{folders['owlv2']}"
    words = ("edit", "table.png", "remove the cup")
    made = cli.json(*words, "--detector", name, "-o", "out.png")
    assert made["status"] == "done"
    assert _redness(cli.folder / "table.png") > 100
    assert abs(_redness(cli.folder / "out.png")) < 30
    assert made["steps"][0]["unchanged_outside_mask"]
    cli.environment["SMARTEDIT_DETECTOR"] = name
    none = cli(*words, "--detector", "none", "-o", "none.png")
    assert none.returncode == 4
    assert "--detector" in none.stdout
    assert not (cli.folder / "none.png").exists()


@pytest.mark.slow
def test_the_machines_detector_is_used_by_chat_and_told_by_doctor(
    cli: Cli, folders: dict[str, Path]
) -> None:
    """``SMARTEDIT_DETECTOR`` names it once for all commands."""
    cli.environment["SMARTEDIT_DETECTOR"] = f"grounding-dino:{folders['grounding-dino']}"
    said = cli("chat", "table.png", text="make the cup green\nsave as green.png\nquit\n")
    assert "from grounding-dino" in said.stdout, said.stdout + said.stderr
    assert _redness(cli.folder / "green.png") < 0
    told = cli.json("doctor")["detector"]
    assert told == {"name": cli.environment["SMARTEDIT_DETECTOR"], "state": "ready"}


def test_a_detector_that_is_not_there_is_told_before_anything_is_done(cli: Cli) -> None:
    """One line and exit code 2 of every command; doctor ends with 4."""
    (cli.folder / "plain.yaml").write_text(
        "{version: 1, name: plain, stages: [{name: dark, instruction: make it darker}]}"
    )
    named = ("--detector", "owlv2:nowhere")
    for words in (
        ("edit", "table.png", "remove the cup", *named),
        ("chat", "table.png", *named),
        ("run", "plain.yaml", "--input", "table.png", *named),
        ("models", "verify", "owlv2:nowhere"),
    ):
        done = cli(*words)
        assert done.returncode == 2, done.stdout + done.stderr
        assert done.stderr.count("\n") == 1
        assert "nowhere holds no transformers model" in done.stderr
    assert not (cli.folder / "plain").exists()
    cli.environment["SMARTEDIT_DETECTOR"] = "owlv2:nowhere"
    doctor = cli("doctor", "--json")
    assert doctor.returncode == 4
    assert "no transformers model" in json.loads(doctor.stdout)["detector"]["state"]
    assert cli.json("session", "list") == []


def test_chat_and_run_take_a_segmenter_and_refuse_an_unknown_one(cli: Cli) -> None:
    """As ``edit`` does: one line and exit code 2, before anything is done."""
    (cli.folder / "plain.yaml").write_text(
        "{version: 1, name: plain, segmenter: nonesuch, "
        "stages: [{name: dark, instruction: make it darker}]}"
    )
    for words in (
        ("chat", "table.png", "--segmenter", "nonesuch"),
        ("run", "plain.yaml", "--input", "table.png"),
    ):
        done = cli(*words)
        assert done.returncode == 2, done.stdout + done.stderr
        assert "there is no segmenter 'nonesuch'" in done.stderr
    told = cli.json("run", "plain.yaml", "--input", "table.png", "--segmenter", "grabcut")
    assert told["status"] == "done"


@pytest.mark.slow
def test_run_takes_a_scripts_own_detector(cli: Cli, folders: dict[str, Path]) -> None:
    """The script names it, as it names its planner."""
    detector = f"owlvit:{folders['owlvit']}"
    (cli.folder / "clear.yaml").write_text(
        f"{{version: 1, name: clear, detector: {json.dumps(detector)}, "
        "stages: [{name: cup, instruction: remove the cup}]}"
    )
    done = cli.json("run", "clear.yaml", "--input", "table.png")
    assert done["status"] == "done"
    assert abs(_redness(cli.folder / "clear" / "table.png")) < 30


def _session(store: SessionStore, editor: Any = None) -> EditSession:
    shelf = EditorShelf({"paint": lambda: editor or PaintEditor()})
    return EditSession.create(Picture(tiny.table(tiny.CUP)), store=store, editors=shelf)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_serves_the_python_interface(
    store: SessionStore, folders: dict[str, Path], kind: str
) -> None:
    """``RunSettings(detector=…)`` is all it needs; the report says who found the thing."""
    settings = RunSettings(detector=f"{kind}:{folders[kind]}")
    recolor = plan_of({"op": "recolor", "target": REMOVE["target"], "params": {"colour": "green"}})
    report = _session(store).edit("a test", plan=recolor, settings=settings)
    assert report.status == "done", report.steps
    assert any(f"from {kind}, outlined by" in note for note in report.steps[0]["notes"])


def test_an_unknown_detector_changes_nothing(store: SessionStore) -> None:
    """It is refused before the run begins."""
    session = _session(store)
    with pytest.raises(DetectorUnavailable, match="there are: none, things, owlv2:FOLDER"):
        session.edit("a test", plan=plan_of(REMOVE), settings=RunSettings(detector="yolo:x"))
    assert session.unfinished() is None
    assert len(session.history()) == 1


def _without_a_tensor(folder: Path, into: Path) -> Path:
    shutil.copytree(folder, into)
    weights = into / "model.safetensors"
    tensors = load_file(weights)
    del tensors["layer_norm.weight"]
    save_file(tensors, weights, metadata={"format": "pt"})
    return into


def test_incomplete_weights_fail_the_step_that_needs_them(
    store: SessionStore, folders: dict[str, Path], tmp_path: Path
) -> None:
    """They are seen when loaded; nothing else is asked in their place, and the session lives on."""
    folder = _without_a_tensor(folders["owlv2"], tmp_path / "incomplete")
    session = _session(store)
    settings = RunSettings(detector=f"owlv2:{folder}")
    report = session.edit("a test", plan=plan_of(REMOVE), settings=settings)
    assert report.exit_code == 4
    assert "tensors missing: 1, as layer_norm.weight" in report.steps[0]["reason"]
    assert session.edit("make it darker").status == "done"


class CupPainter(PaintEditor):
    """An editor that puts a red thing, or a blue one, into its region."""

    def __init__(self, colour: tuple[int, int, int]) -> None:
        super().__init__()
        self._colour = colour

    def edit(self, request: EditRequest) -> EditOutcome:
        image = request.image.copy()
        image[np.ones(image.shape[:2], bool) if request.mask is None else request.mask] = (
            self._colour
        )
        return EditOutcome(image, settings={"steps": 1})


@pytest.mark.parametrize(
    ("colour", "detector", "status"),
    [
        ((200, 30, 30), "owlv2", "done"),
        ((30, 30, 200), "owlv2", "unverified"),
        ((200, 30, 30), "", "unverified"),
    ],
)
def test_a_new_thing_is_confirmed_by_the_detector_alone(
    store: SessionStore,
    folders: dict[str, Path],
    colour: tuple[int, int, int],
    detector: str,
    status: str,
) -> None:
    """Where it sees what was asked the step is done; where it does not, nobody can tell."""
    session = EditSession.create(
        Picture(tiny.table()),
        store=store,
        editors=EditorShelf({"paint": lambda: CupPainter(colour)}),
    )
    step = {"op": "replace", "target": {"phrase": "this"}, "params": {"new": "a cup"}}
    settings = RunSettings(
        detector=f"owlv2:{folders['owlv2']}" if detector else "none", box=tiny.CUP
    )
    report = session.edit("a test", plan=plan_of(step), settings=settings)
    assert report.steps[0]["status"] == status, report.steps


def test_what_stood_there_before_is_nothing_new(folders: dict[str, Path]) -> None:
    """A cup is confirmed once, in its place only, and never of words that say more than a thing."""
    from smartedit_model.detectors.detector import open_detector

    eye = (open_detector(f"owlv2:{folders['owlv2']}"),)
    empty, cup = (Scene(rgb, detectors=eye) for rgb in (tiny.table(), tiny.table(tiny.CUP)))
    here, elsewhere = CUP.astype(np.float32), np.roll(CUP, 64, axis=0).astype(np.float32)
    told = new_thing("a cup", empty, cup, here)
    assert told is not None
    assert told.confirmed
    for before, mask in ((cup, here), (empty, elsewhere)):
        told = new_thing("a cup", before, cup, mask)
        assert told is not None
        assert not told.confirmed
    assert new_thing("a cup with a lid", empty, cup, here) is None
    assert new_thing("two cups", empty, cup, here) is None
    assert new_thing("a cup", empty, Scene(cup.image), here) is None


def test_a_detector_that_breaks_down_confirms_nothing(
    store: SessionStore, folders: dict[str, Path], tmp_path: Path
) -> None:
    """Its error is the reason why nobody can tell, rather than taken for 'not seen'."""
    folder = _without_a_tensor(folders["owlv2"], tmp_path / "incomplete")
    step = {"op": "replace", "target": {"phrase": "this"}, "params": {"new": "a cup"}}
    settings = RunSettings(detector=f"owlv2:{folder}", box=tiny.CUP)
    report = _session(store).edit("a test", plan=plan_of(step), settings=settings)
    assert report.steps[0]["status"] == "unverified"
    assert "cannot be looked for" in report.steps[0]["reason"]
    assert "layer_norm.weight" in report.steps[0]["reason"]


def test_a_resumed_run_is_told_that_its_detector_is_gone(
    store: SessionStore, folders: dict[str, Path], tmp_path: Path
) -> None:
    """It does not go on without; with the folder back it ends as it was begun."""
    from orchestrator.detectors import _opened

    folder = tmp_path / "moved"
    shutil.copytree(folders["owlv2"], folder)
    session = _session(store)
    settings = RunSettings(detector=f"owlv2:{folder}", approve=True)
    assert session.edit("a test", plan=plan_of(REMOVE), settings=settings).status == "waiting"
    folder.rename(tmp_path / "away")
    _opened.cache_clear()  # as another process
    with pytest.raises(DetectorUnavailable, match="no transformers model"):
        session.resume(answer=Answer(action="run"))
    (tmp_path / "away").rename(folder)
    report = session.resume(answer=Answer(action="run"))
    assert report is not None
    assert report.status == "done"
