"""A real (tiny, untrained) SmartEdit pipeline from a folder, through graph, masks and store."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from orchestrator.session import EditSession
from orchestrator.settings import RunSettings
from tests.forking import ForkServer
from tests.orchestrator.conftest import photo, plan_of
from tests.smartedit_model.conftest import build_tiny
from tools.pictures import Picture

SQUARE = {"phrase": "the red square", "category": "square", "attributes": ["red"]}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder in the published layout."""
    folder = tmp_path_factory.mktemp("models") / "tiny"
    build_tiny().save_pretrained(folder)
    return folder


def test_a_model_folder_edits_inside_the_mask_only(home: Path, model: Path) -> None:
    """The step names the model, is honestly unverified, and touches nothing outside its mask."""
    plan = plan_of({"op": "replace", "target": SQUARE, "params": {"new": "a white fox"}})
    with EditSession.create(Picture(photo()), home=home) as session:
        report = session.edit("x", plan=plan, settings=RunSettings(model=str(model), seed=3))
        (step,) = report.steps
        assert step["status"] == "unverified", step
        assert step["settings"]["version"]
        outside = session.store.get_mask(step["mask_id"]) == 0
        assert outside.mean() > 0.5
        assert np.array_equal(session.picture().rgb[outside], photo()[outside])
        assert not np.array_equal(session.picture().rgb, photo())


def test_damaged_weights_are_a_reason_not_a_crash(home: Path, model: Path) -> None:
    """A truncated shard fails the step with the file's name; the picture is unharmed."""
    damaged = model.with_name("damaged")
    build_tiny().save_pretrained(damaged)
    shard = next(damaged.rglob("*.safetensors"))
    shard.write_bytes(shard.read_bytes()[:100])
    plan = plan_of({"op": "replace", "target": SQUARE, "params": {"new": "a white fox"}})
    with EditSession.create(Picture(photo()), home=home) as session:
        report = session.edit("x", plan=plan, settings=RunSettings(model=str(damaged)))
        assert report.status == "failed"
        assert shard.name in report.steps[0]["reason"]
        assert np.array_equal(session.picture().rgb, photo())


def edited(forks: ForkServer, folder: Path, model: Path, name: str) -> tuple[int, Any, str]:
    """What ``smartedit edit`` says of an edit by a model: exit code, JSON, what people read."""
    Image.fromarray(photo()).save(folder / "photo.png")
    done = forks.run(
        "from orchestrator.cli import main; main()",
        *("edit", "photo.png", "replace the red square with a white fox"),
        *("--model", str(model), "--seed", "3", "--option", "steps=2", "-o", name, "--json"),
        cwd=folder,
        env=os.environ | {"SMARTEDIT_HOME": str(folder / "home"), "COLUMNS": "400"},
    )
    assert "Traceback" not in done.stderr
    return done.returncode, json.loads(done.stdout), done.stderr


def test_the_command_line_edits_with_a_model_folder(
    forks: ForkServer, tmp_path: Path, model: Path
) -> None:
    """A picture, a sentence and a folder of weights are enough; the result lies where asked."""
    code, told, _ = edited(forks, tmp_path, model, "out.png")
    assert code == 3
    (step,) = told["steps"]
    assert step["status"] == "unverified", step
    assert step["executor"] == str(model)
    assert step["unchanged_outside_mask"] is True
    assert (step["settings"]["seed"], step["settings"]["steps"]) == (3, 2)
    with Image.open(tmp_path / "out.png") as opened:
        result = np.asarray(opened.convert("RGB"))
    changed = (result != photo()).any(axis=2)
    assert changed[20:60, 15:55].mean() > 0.5
    assert changed.mean() < 0.5


def test_folders_of_other_models_are_named(forks: ForkServer, tmp_path: Path, model: Path) -> None:
    """A LLaVA's folder and another pipeline's are refused by what they are, with what to do."""
    llava = tmp_path / "llava"
    llava.mkdir()
    (llava / "config.json").write_text('{"model_type": "llava"}')
    code, told, _ = edited(forks, tmp_path, llava, "out.png")
    assert code == 4
    assert f"{llava} is no SmartEdit model" in told["steps"][0]["reason"]
    assert "models import smartedit-7b --checkpoint" in told["steps"][0]["reason"]
    other = tmp_path / "other"
    other.mkdir()
    (other / "model_index.json").write_text('{"_class_name": "FluxKontextPipeline"}')
    code, told, _ = edited(forks, tmp_path, other, "out.png")
    assert code == 4
    assert "--model diffusers:flux-kontext" in told["steps"][0]["reason"]
    assert not (tmp_path / "out.png").exists()
