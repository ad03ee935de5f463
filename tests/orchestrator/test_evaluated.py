"""The whole product under evaluation: what is done, what is refused, what is left behind."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from orchestrator.evaluated import ProductSubject
from orchestrator.settings import RunSettings
from smartedit_model.evaluation.errors import EvaluationSetupError
from smartedit_model.evaluation.subjects import Ask
from smartedit_model.world.scene import make_scene
from tools.errors import EditorUnavailable


def test_cases_end_as_for_a_person(tmp_path: Path) -> None:
    """Done where a tool can, declined where nothing is found, an error where nothing is asked."""
    image = make_scene(3, 96, None).image
    words = ("make it black and white", "remove the submarine", "good morning")
    asks = [Ask(image, instruction, "edit", seed) for seed, instruction in enumerate(words)]
    with ProductSubject(tmp_path / "none", RunSettings()) as subject:
        told = subject.prepare()
        grey, absent, chat = subject.make(asks)
    assert told["planner"] == "rules"
    assert not grey.error
    assert not grey.declined
    assert np.ptp(grey.image.astype(int), axis=2).max() <= 2
    assert grey.region is not None
    assert grey.region.all()
    assert absent.declined
    assert np.array_equal(absent.image, image)
    assert absent.region is not None
    assert not absent.region.any()
    assert "nothing to do was understood" in chat.error
    assert np.array_equal(chat.image, image)


def test_it_leaves_nothing_behind_and_must_be_open(tmp_path: Path) -> None:
    """The store is thrown away; outside a ``with`` there is none; an unknown model is refused."""
    subject = ProductSubject(tmp_path, RunSettings(model="nonesuch"))
    with pytest.raises(EditorUnavailable, match="nonesuch"):
        subject.prepare()
    with subject:
        pass
    image = np.zeros((32, 32, 3), np.uint8)
    with pytest.raises(EvaluationSetupError, match="with"):
        subject.make([Ask(image, "make it darker", "adjust", 0)])
    assert list(tmp_path.iterdir()) == []
