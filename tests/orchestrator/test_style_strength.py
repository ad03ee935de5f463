"""How strongly a style is wished reaches the tool that draws it, or is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import skimage.data
from PIL import Image

from orchestrator.drawing_styles import drawn_in_part
from orchestrator.language.amounts import has_strength
from orchestrator.plan import EditPlan
from orchestrator.planning import PlanContext, RulePlanner
from orchestrator.session import EditSession
from orchestrator.settings import RunSettings


def plan(text: str) -> EditPlan:
    return RulePlanner().plan(text, PlanContext())


@pytest.mark.parametrize(
    ("text", "style", "strength"),
    [
        ("make it slightly look like a watercolor", "watercolour painting", 0.5),
        ("turn it into a subtle pencil sketch", "pencil sketch", 0.5),
        ("give it a touch of oil paint", "oil painting", 0.5),
        ("cartoon filter at 40%", "cartoon", 0.4),
        ("apply a cartoon effect", "cartoon", None),
    ],
)
def test_a_weaker_style_is_drawn_in_part(text: str, style: str, strength: float | None) -> None:
    """Words and percentages become the share of the drawing that is mixed in."""
    (step,) = plan(text).steps
    assert (step.op, step.params["style"]) == ("restyle", style)
    assert step.params.get("strength") == strength


def test_what_cannot_be_drawn_so_is_told() -> None:
    """Full is the most there is, and flat colours half drawn are flat no more."""
    (strong,) = plan("make it strongly cartoonish").steps
    assert "strength" not in strong.params
    assert any("no stronger" in note for note in plan("make it strongly cartoonish").notes)
    flat = plan("very subtle pixel art")
    assert "strength" not in flat.steps[0].params
    assert any("in part" in note for note in flat.notes)
    assert not drawn_in_part("pixel art")


def test_an_editing_model_is_told_how_strongly() -> None:
    """Where no tool draws it, the word is in the model's instruction."""
    (step,) = plan("make the window slightly open").steps
    assert step.instruction == "Make the window open, slightly"


def test_less_of_a_drawn_style_is_a_weaker_one() -> None:
    """A style that is drawn in part can be asked for again, weaker; a flat one cannot."""
    assert has_strength("restyle", {"style": "watercolour painting"})
    assert not has_strength("restyle", {"style": "pixel art"})
    assert has_strength("weather", {"kind": "rain"})


def test_half_a_sketch_is_half_way_there_and_verified(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The picture lies between the photo and the drawing, and has the drawing's marks."""
    monkeypatch.setenv("SMARTEDIT_HOME", str(tmp_path / "home"))
    photo = tmp_path / "cat.png"
    Image.fromarray(np.ascontiguousarray(skimage.data.chelsea())).save(photo)
    made: dict[str, np.ndarray[tuple[int, ...], np.dtype[np.int16]]] = {}
    for name, text in (("half", "make it slightly like a pencil sketch"), ("all", "pencil sketch")):
        out = tmp_path / f"{name}.png"
        with EditSession.create(photo) as session:
            report = session.edit(text, settings=RunSettings(planner="rules"))
            assert [step["status"] for step in report.steps] == ["done"]
            session.save(out)
        made[name] = np.asarray(Image.open(out).convert("RGB"), dtype=np.int16)
    before = np.asarray(Image.open(photo).convert("RGB"), dtype=np.int16)
    middle = (before + made["all"]) / 2
    assert float(np.abs(made["half"] - middle).mean()) < 2
    assert float(np.abs(made["half"] - before).mean()) > 4
