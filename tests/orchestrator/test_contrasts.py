"""One thing and not another, what is so on purpose, and what is put right in the same breath."""

from __future__ import annotations

import pytest

from orchestrator.language.read import read_plan
from orchestrator.plan import EditPlan, Preserve


def read(text: str) -> EditPlan:
    """The plan of a text of which no word is left over."""
    plan, _ = read_plan(text)
    assert plan.unknown == ()
    return plan


def kept(plan: EditPlan) -> list[str]:
    """The categories that a plan promises to leave alone."""
    return [c.target.category for c in plan.constraints if isinstance(c, Preserve)]


@pytest.mark.parametrize(
    "text",
    [
        "the freckles are staying, the pimple isn't",
        "the freckles stay, but the pimple has to go",
        "the freckles can stay, the pimple can go",
    ],
)
def test_one_stays_and_the_other_goes(text: str) -> None:
    """A promise and a removal."""
    plan = read(text)
    assert [(s.op, s.target.category) for s in plan.steps] == [("remove", "pimple")]
    assert kept(plan) == ["freckle"]


@pytest.mark.parametrize(
    "text",
    ["pink hair yes, pink eyebrows no", "pink hair please yes, pink eyebrows no thanks"],
)
def test_yes_and_no(text: str) -> None:
    """What "yes" is said of is done, what "no" is said of is not."""
    plan = read(text)
    assert [(s.op, s.target.category) for s in plan.steps] == [("recolor", "hair")]
    assert kept(plan) == ["eyebrow"]


@pytest.mark.parametrize(
    "text",
    [
        "the background is meant to be soft",
        "the background is deliberately soft",
        "the background is soft on purpose",
        "the background was left soft intentionally",
    ],
)
def test_what_is_so_on_purpose_stays(text: str) -> None:
    """It is no complaint."""
    plan = read(f"sharpen the petals and that's it, {text}")
    assert [(s.op, s.target.category) for s in plan.steps] == [("sharpen", "petal")]
    assert kept(plan) == ["background"]


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("rotate it left. Hang on, right.", 90),
        ("rotate it left, no, right", 90),
    ],
)
def test_the_other_way_in_the_same_breath(text: str, degrees: float) -> None:
    """A way alone puts the turn before it right."""
    (step,) = read(text).steps
    assert step.params == {"degrees": degrees}


@pytest.mark.parametrize(
    "text",
    [
        "put a duck in the pond - you know what, make it a swan",
        "put a duck in the pond, then turn it into a swan",
        "put a duck in the pond. No wait, make it a swan",
        "put a duck in the pond, then make the duck a swan",
    ],
)
def test_what_was_to_be_added_becomes_another_thing(text: str) -> None:
    """Only the other thing is added, where the first was to stand."""
    (step,) = read(text).steps
    assert (step.op, step.target.category) == ("add", "pond")
    assert step.params["what"] == "a swan"


REPLACED = {
    "pine trees where the houses are": ("house", "pine trees"),
    "put trees where the houses are": ("house", "trees"),
    "change the jersey number to 7": ("number", "7"),
    "the house number should be 12": ("number", "12"),
    "change the date to 2024": ("date", "2024"),
}


@pytest.mark.parametrize("text", REPLACED)
def test_one_thing_where_another_is(text: str) -> None:
    """Without an article, and for numbers too."""
    (step,) = read(text).steps
    category, new = REPLACED[text]
    assert (step.op, step.target.category) == ("replace", category)
    assert new in str(step.params["new"])


DONE = {
    "how would she look with short hair": ("add", "woman"),
    "what would he look like with a beard": ("add", "man"),
    "how would the house look without the fence": ("remove", "fence"),
    "how would the room look in blue": ("recolor", "room"),
    "I could use a cleaner floor": ("restyle", "floor"),
    "I want a shinier car": ("restyle", "car"),
    "I'd like my jacket to match my shoes": ("recolor", "jacket"),
    "the curtains should match the sofa": ("recolor", "curtain"),
    "shave him": ("remove", "beard"),
    "give my husband a shave": ("remove", "beard"),
    "shave the man's beard off": ("remove", "beard"),
    "paper over the crack in the ceiling": ("remove", "crack"),
    "plaster over the hole in the wall": ("remove", "hole"),
    "whenever you find graffiti, paint it over": ("remove", "graffiti"),
    "is it possible to have the street empty?": ("remove", "person"),
    "make the square deserted": ("remove", "person"),
    "I want an empty beach": ("remove", "person"),
}


@pytest.mark.parametrize("text", DONE)
def test_what_is_done_by_other_words(text: str) -> None:
    """What a deed does to the thing, said by what it is done with or what comes of it."""
    (step,) = read(text).steps
    assert (step.op, step.target.category) == DONE[text]


@pytest.mark.parametrize(
    ("text", "op", "target"),
    [
        ("make it warmer only in the background", "adjust", "the background"),
        ("make it warmer, only in the background", "adjust", "the background"),
        ("brighten it only on the face", "adjust", "the face"),
        ("match the colours of the reference, but only for the sky", "grade", "the sky"),
    ],
)
def test_only_with_a_place_says_where(text: str, op: str, target: str) -> None:
    """What is asked for is asked for there, and nowhere else."""
    (step,) = read_plan(text)[0].steps
    assert (step.op, step.target.phrase) == (op, target)
