"""A plan that goes against the sentence's own words is turned round, whoever planned it."""

from __future__ import annotations

import pytest

from orchestrator.plan import EditPlan
from orchestrator.planning import RulePlanner
from orchestrator.said_way import as_said


def misread(words: str, plain: str) -> EditPlan:
    """What a planner would make of ``words`` that took them for ``plain``."""
    return RulePlanner().plan(plain).model_copy(update={"instruction": words})


@pytest.mark.parametrize(
    ("words", "plain", "turned"),
    [
        ("what about a larger size for the rabbit", "make the rabbit smaller", 1 / 0.74),
        (
            "I want that very cactus to take up less of the picture",
            "make the cactus bigger",
            0.7407,
        ),
        ("shrink the bigger of the two cups", "make the cup bigger", 0.7407),
    ],
)
def test_sizes(words: str, plain: str, turned: float) -> None:
    plan = as_said(misread(words, plain))
    assert plan.steps[0].params["factor"] == pytest.approx(turned, abs=0.001)
    assert ("smaller" if turned < 1 else "bigger") in plan.steps[0].instruction
    assert "that is what the words say" in plan.notes[-1]
    assert as_said(plan) == plan


def test_sides() -> None:
    plan = as_said(misread("just the clock should go to the left", "move the clock to the right"))
    assert plan.steps[0].params["direction"] == "left"


@pytest.mark.parametrize(
    "words",
    [
        "make the smaller cup bigger",
        "make the cup on the left much larger",
        "could you possibly lengthen her skirt a little",
        "move the cup on the left to the right",
        "make the dog bigger and the cat smaller",
        "make the picture twice as big",
        "remove the smaller cup",
    ],
)
def test_what_was_read_rightly_stays(words: str) -> None:
    plan = RulePlanner().plan(words)
    assert as_said(plan) is plan
