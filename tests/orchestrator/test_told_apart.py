"""A thing told apart by a whole clause, as people speak of photographs, is told apart in fields."""

from __future__ import annotations

from typing import Any

import pytest

from orchestrator.plan import Step
from orchestrator.planning import PlanContext, RulePlanner
from tools.target import Target

PLANNER = RulePlanner()
LEFT = {"index": 1, "side": "left"}
RIGHT = {"index": 1, "side": "right"}


def only(text: str) -> Step:
    (step,) = PLANNER.plan(text, PlanContext()).steps
    return step


def fields(target: Target) -> dict[str, Any]:
    """What tells a target apart, without the words."""
    told: dict[str, Any] = {"category": target.category}
    told |= {"ordinal": target.ordinal.model_dump()} if target.ordinal else {}
    told |= {"superlative": target.superlative} if target.superlative else {}
    told |= {"attributes": target.attributes} if target.attributes else {}
    if target.relation is not None:
        told["relation"] = (target.relation.kind, target.relation.anchor.category)
    return told


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("the car that's parked furthest to the left", {"category": "car", "ordinal": LEFT}),
        ("the car that is standing on the far right", {"category": "car", "ordinal": RIGHT}),
        ("the car on the left of the picture", {"category": "car", "ordinal": LEFT}),
        ("the man to the right of everybody else", {"category": "man", "ordinal": RIGHT}),
        (
            "the flower that's in the very middle of the picture",
            {"category": "flower", "ordinal": {"index": 0, "side": "left"}},
        ),
        (
            "the mug flanked by the other two",
            {"category": "mug", "ordinal": {"index": 0, "side": "left"}},
        ),
        ("the sign between the two trees", {"category": "sign", "relation": ("between", "tree")}),
        ("the tower that stands tallest", {"category": "tower", "superlative": "tallest"}),
        ("the bird that is flying lowest", {"category": "bird", "superlative": "lowest"}),
        (
            "the apple that is larger than the others",
            {"category": "apple", "superlative": "largest"},
        ),
        (
            "the bird sitting highest up on the wire",
            {"category": "bird", "superlative": "highest", "relation": ("on", "wire")},
        ),
        (
            "the boat that is furthest away from the camera",
            {"category": "boat", "superlative": "farthest"},
        ),
        ("the dog the boy is playing with", {"category": "dog", "relation": ("near", "boy")}),
        ("the lamp that is broken", {"category": "lamp", "attributes": ("broken",)}),
    ],
)
def test_what_a_clause_says_of_a_thing_is_in_its_fields(said: str, told: dict[str, Any]) -> None:
    """Place in a row, being the most so, what stands near: from a clause as from an adjective."""
    target = only(f"remove {said}").target
    assert (target.phrase, fields(target)) == (said, told)
    step = only(f"make {said} blue")
    assert (step.op, step.params, step.target.phrase) == ("recolor", {"colour": "blue"}, said)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("whichever of the two dogs is bigger", {"category": "dog", "superlative": "biggest"}),
        (
            "whichever of these two cars is parked closer to us",
            {"category": "car", "superlative": "nearest"},
        ),
        (
            "of the three people, the one in the middle",
            {"category": "person", "ordinal": {"index": 0, "side": "left"}},
        ),
        ("the one of the three boats that is furthest away",
         {"category": "boat", "superlative": "farthest"}),
        ("the one in the group of people that is the tallest",
         {"category": "person", "superlative": "tallest"}),
        ("whoever is standing behind the couple",
         {"category": "person", "relation": ("behind", "couple")}),
    ],
)  # fmt: skip
def test_one_of_several_has_their_kind(said: str, told: dict[str, Any]) -> None:
    """What is chosen from some things is one of them, told apart as the choice says."""
    target = only(f"remove {said}").target
    assert (target.phrase, fields(target)) == (said, told)


def test_the_verb_may_stand_between_the_things_and_the_choice() -> None:
    """Of some things, one is to be changed: one step, about one of them."""
    step = only("of the two cups, make the smaller one blue")
    assert (step.op, step.params) == ("recolor", {"colour": "blue"})
    assert fields(step.target) == {"category": "cup", "superlative": "smallest"}


@pytest.mark.parametrize(
    "said",
    [
        "the lamp, the one behind the sofa",
        "the lamp - the one behind the sofa -",
        "the lamp (the one behind the sofa)",
        "the lamp, i mean the one behind the sofa,",
    ],
)
def test_the_one_after_a_thing_says_which(said: str) -> None:
    """An aside about "the one" is no second thing."""
    step = only(f"make {said} red")
    assert (step.op, step.params) == ("recolor", {"colour": "red"})
    assert fields(step.target) == {"category": "lamp", "relation": ("behind", "sofa")}


def test_the_one_in_a_list_is_another_thing() -> None:
    """A thing that was told apart, another of its kind, and a third in a list are three."""
    plan = PLANNER.plan("remove the red lamp, the one on the left and the cat", PlanContext())
    assert [step.target.category for step in plan.steps] == ["lamp", "lamp", "cat"]


def test_a_list_goes_on_after_an_aside() -> None:
    """The wish after the comma that closes an aside is a wish of its own."""
    plan = PLANNER.plan("remove the lamp, the one behind the sofa, and add a plant", PlanContext())
    assert [step.op for step in plan.steps] == ["remove", "add"]


@pytest.mark.parametrize(
    ("said", "left_out"),
    [
        ("all the cars besides the red one", "car"),
        ("everything, leaving the dog aside", "dog"),
        ("the people besides the bride", "bride"),
        ("each dog except the one that is white", "dog"),
        ("everybody who isn't wearing a hat", "person"),
        ("the mugs that are not on the table", "mug"),
    ],
)
def test_what_is_left_out_is_excluded(said: str, left_out: str) -> None:
    """Whatever word leaves it out."""
    target = only(f"remove {said}").target
    assert target.exclude is not None
    assert target.exclude.category == left_out
    assert not target.attributes


def test_where_something_goes_is_not_where_it_stands() -> None:
    """What the verb needs is left to it, however like a description it looks."""
    moved = only("move the shirt, the yellow one, to the right")
    assert (moved.op, fields(moved.target)) == (
        "move",
        {"category": "shirt", "attributes": ("yellow",)},
    )
    assert moved.params["direction"] == "right"
    assert only("put the lamp on the far left").op in ("add", "move")
