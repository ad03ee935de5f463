"""Questions that only ask how something is, and those that are wishes all the same."""

from __future__ import annotations

import pytest

from orchestrator.errors import OnlyAsks
from orchestrator.language.command_types import Ask, Edit, Judge
from orchestrator.language.commands import interpret
from orchestrator.plan import EditPlan
from orchestrator.planning import PlanContext, RulePlanner


def plan(text: str) -> EditPlan:
    return RulePlanner().plan(text, PlanContext())


@pytest.mark.parametrize(
    "text",
    [
        "is the sky too dark?", "are the colours too strong?", "is the contrast too high",
        "is the picture sharp enough?", "does the dog look blurry?", "do the eyes look weird?",
        "do you think the sky is too dark?", "was the sky always that dark?", "am i too pale?",
        "hey, is the background too busy?", "hmm is this too warm now?",
        "has the dog been removed?", "did the sky turn out too pale?",
        "is the sky too dark or am I imagining it",
    ],
)  # fmt: skip
def test_a_question_of_how_it_is_changes_nothing(text: str) -> None:
    """It is refused with what would be a wish, and no planner is to make one of it."""
    with pytest.raises(OnlyAsks, match="say what to change"):
        plan(text)


@pytest.mark.parametrize(
    ("text", "op", "phrase"),
    [
        ("is it possible to make the sky brighter?", "adjust", "the sky"),
        ("is it ok to remove the dog?", "remove", "the dog"),
        ("is there a way to remove the car?", "remove", "the car"),
        ("is there any chance of removing the car?", "remove", "the car"),
        ("is there any way to remove the car?", "remove", "the car"),
        ("do you think you could make the sky darker?", "adjust", "the sky"),
        ("isn't the sky a bit dark?", "adjust", "the sky"),
        ("is it just me or is it too dark?", "adjust", "the whole image"),
        ("don't you think it's too dark?", "adjust", "the whole image"),
        ("the sky is too dark, isn't it?", "adjust", "the sky"),
        ("can the sky be bluer?", "recolor", "the sky"),
        ("do the sky in pink", "recolor", "the sky"),
        ("do make the eyes look bigger", "resize", "the eyes"),
        ("the sky is too dark", "adjust", "the sky"),
    ],
)
def test_a_wish_or_a_complaint_may_have_the_form_of_one(text: str, op: str, phrase: str) -> None:
    """Those are done as ever, and promise nothing by the way."""
    made = plan(text)
    assert [(step.op, step.target.phrase) for step in made.steps] == [(op, phrase)]
    assert not made.constraints


@pytest.mark.parametrize(
    ("text", "op", "phrase"),
    [
        ("is the sky too dark? make it brighter", "adjust", "the sky"),
        ("is the dog gone? if not, remove it", "remove", "the dog"),
        ("is there a dog? remove it", "remove", "a dog"),
        ("is the car red? then make it blue", "recolor", "the car"),
        ("does it need a border? add one", "add", "the whole image"),
    ],
)
def test_what_a_question_names_may_be_meant_next(text: str, op: str, phrase: str) -> None:
    """The wish behind it is the only one."""
    made = plan(text)
    assert [(step.op, step.target.phrase) for step in made.steps] == [(op, phrase)]
    assert any("taken as a question" in note for note in made.notes)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("is the sky too dark?", Judge()),
        ("is the sky too dark", Judge()),
        ("are the colours too strong?", Judge()),
        ("do you think the sky is too dark?", Judge()),
        ("is the dress blue?", Ask()),
        ("the sky is too dark", Edit("the sky is too dark")),
        ("is it possible to warm it up?", Edit("is it possible to warm it up")),
    ],
)
def test_a_conversation_answers_it(text: str, expected: object) -> None:
    """As other questions of taste and of what is shown."""
    assert interpret(text) == [expected]
