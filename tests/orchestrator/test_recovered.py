"""What is lost in the light or in the dark, and is to be brought back."""

from __future__ import annotations

from typing import Any

import pytest

from orchestrator.errors import BadInstruction
from orchestrator.language.read import read_plan


def steps(text: str) -> list[tuple[str, str, dict[str, Any]]]:
    """What is done to what; every word must be understood."""
    plan, _ = read_plan(text)
    assert not plan.unknown, plan.unknown
    return [(step.op, step.target.phrase, dict(step.params)) for step in plan.steps]


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("the veil is blown out, get that back", "the veil"),
        ("the veil is blown out, bring it back", "the veil"),
        ("bring the veil back, it is blown out", "the veil"),
        ("get the lace back, it's blown out", "the lace"),
        ("bring the highlights on the veil back", "the veil"),
        ("the window is blown out, bring the view back", "the window"),
        ("rescue the blown highlights", "the whole image"),
    ],
)
def test_what_is_blown_out_gets_darker_highlights(text: str, thing: str) -> None:
    """Once, however often it is said."""
    assert steps(text) == [("adjust", thing, {"property": "highlights", "amount": -0.25})]


def test_what_is_crushed_gets_lighter_shadows() -> None:
    """The other end of the scale."""
    said = "the shadows are crushed, bring them back"
    assert steps(said) == [("adjust", "the whole image", {"property": "shadows", "amount": 0.25})]


@pytest.mark.parametrize("text", ["bring the dog back", "bring back the dog"])
def test_what_is_not_lost_in_light_is_not_brought_back(text: str) -> None:
    """Neither moved nor darkened, where nobody said what became of it."""
    with pytest.raises(BadInstruction, match="nothing to do"):
        read_plan(text)
