"""A real (tiny, untrained) SmartEdit pipeline from a folder, through graph, masks and store."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from orchestrator.session import EditSession
from orchestrator.settings import RunSettings
from tests.orchestrator.conftest import photo, plan_of
from tests.smartedit_model.conftest import THIRD_PARTY, build_tiny
from tools.pictures import Picture

pytestmark = [pytest.mark.filterwarnings(line) for line in THIRD_PARTY]
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
