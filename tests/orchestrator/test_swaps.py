"""One thing for another, one colour for another, one place for another, said in halves."""

from __future__ import annotations

from typing import Any

import pytest

from orchestrator.language.read import read_plan


def steps(text: str) -> list[tuple[str, str, dict[str, Any]]]:
    """What is done to what; every word must be understood."""
    plan, _ = read_plan(text)
    assert not plan.unknown, plan.unknown
    return [(step.op, step.target.category, dict(step.params)) for step in plan.steps]


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        ("milk out of the jug and wine in", "milk", "wine"),
        ("take the milk out of the jug and put wine in", "milk", "wine"),
        ("milk out, wine in", "milk", "wine"),
        ("couch out and a bench in", "couch", "a bench"),
    ],
)
def test_what_goes_out_is_replaced_by_what_comes_in(text: str, old: str, new: str) -> None:
    """In its place, wherever that is."""
    assert steps(text) == [("replace", old, {"new": new})]


def test_what_is_put_in_a_hand_stays_an_addition() -> None:
    """No half of it comes in where the other went out."""
    made = steps("take the cup from his hand and put a flower there")
    assert [op for op, _, _ in made] == ["remove", "add"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The neon: pink to green", [("neon", "green")]),
        ("the neon sign: pink to green", [("neon sign", "green")]),
        ("door: red to navy", [("door", "navy")]),
        ("coat from camel to olive", [("coat", "olive")]),
        ("walls: white to cream, trim: brown to black", [("wall", "cream"), ("trim", "black")]),
    ],
)
def test_a_thing_goes_from_one_colour_to_another(text: str, wanted: list[Any]) -> None:
    """The first colour is what it is now, and no thing."""
    assert steps(text) == [("recolor", thing, {"colour": c}) for thing, c in wanted]


@pytest.mark.parametrize(
    "text", ["no beach. put her in a library", "put her in a library, no beach"]
)
def test_what_lies_behind_goes_with_its_background(text: str) -> None:
    """Nothing is painted over first."""
    assert steps(text) == [("background", "background", {"new": "a library"})]


def test_a_thing_in_front_is_removed_as_well() -> None:
    """Another background does not take a bridge away that was named."""
    made = steps("remove the bridge and replace the background with a library")
    assert [op for op, _, _ in made] == ["remove", "background"]
