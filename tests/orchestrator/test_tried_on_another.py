"""The last deed done to another thing, and things of the sky that are said to be behind."""

from __future__ import annotations

import pytest

from orchestrator.errors import BadInstruction
from orchestrator.language.read import read_plan


@pytest.mark.parametrize(
    "text",
    [
        "try it on the left one", "now try that on the left one", "let's try it on the left one",
        "can you try that on the left one as well", "try the same on the left cup",
        "do the same to the left one", "now the left one too", "use that on the left one too",
        "try it with the left one", "try that with the left one",
        "apply it to the left one", "repeat that on the left one", "and the left one too",
    ],
)  # fmt: skip
def test_the_same_is_tried_on_another_thing(text: str) -> None:
    """The deed stays, the thing is the one named."""
    before, _ = read_plan("make the right cup red")
    plan, _ = read_plan(text, earlier=[before])
    assert [(s.op, s.target.phrase, s.params["colour"]) for s in plan.steps] == [
        ("recolor", "the left cup", "red")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "add a moon in the background", "put a big moon in the background",
        "a full moon in the background", "I want a moon in the background",
        "please add the moon in the background", "show a crescent moon in the background",
        "put a rainbow in the background", "add fireworks in the background",
        "add stars in the background", "add a shooting star in the background",
    ],
)  # fmt: skip
def test_what_hangs_in_the_sky_is_added_there(text: str) -> None:
    """It stands behind everything without being all that does."""
    plan, _ = read_plan(text)
    assert [(step.op, step.target.category) for step in plan.steps] == [("add", "sky")]


@pytest.mark.parametrize(
    "text",
    [
        "add mountains in the background", "put a beach in the background", "put me on the moon",
        "use the moon as the background", "a galaxy in the background",
    ],
)  # fmt: skip
def test_a_place_is_still_a_background(text: str) -> None:
    """One can stand before it."""
    plan, _ = read_plan(text)
    assert [step.op for step in plan.steps] == ["background"]


def test_what_has_no_business_somewhere_is_removed() -> None:
    """The business is no thing."""
    plan, _ = read_plan("that lamppost has no business being there")
    assert [(s.op, s.target.category) for s in plan.steps] == [("remove", "lamppost")]


def test_a_thing_made_smaller_is_moved_next() -> None:
    """The step before says what "it" is; without a way, the refusal says what is missing."""
    before, _ = read_plan("shrink the balloon to a quarter")
    plan, _ = read_plan("now move it to the left", earlier=[before])
    assert [(s.op, s.target.phrase) for s in plan.steps] == [("move", "the balloon")]
    with pytest.raises(BadInstruction, match="it does not say where to move the balloon"):
        read_plan("move it", earlier=[before])
