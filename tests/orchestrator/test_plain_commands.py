"""The plain dialect is read exactly: each command its step, with target, value and promise."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.errors import BadInstruction
from orchestrator.language.read import read_plan
from orchestrator.plan import EditPlan, Preserve, Step
from tests.orchestrator.plain_commands import (
    ANY,
    PICTURE,
    Said,
    Value,
    commands,
    every_form,
    joined,
    plain,
)

ROUNDS = 12
"""Drawn commands of each form."""


def _holds(wanted: Value, value: object) -> bool:
    if callable(wanted):
        return value is not None and wanted(value)
    if isinstance(wanted, tuple):
        return plain(str(value or "")) in {plain(w) for w in wanted}
    if isinstance(wanted, float):
        return isinstance(value, int | float) and abs(float(value) - wanted) < 0.01
    return plain(str(value or "")) == plain(wanted)


def _fits(said: Said, step: Step) -> bool:
    if said.target == PICTURE:
        here = step.target.is_whole_image and step.target.exclude is None
    else:
        here = said.target == ANY or plain(step.target.phrase) == plain(said.target)
    values = all(_holds(wanted, step.params.get(key)) for key, wanted in said.params.items())
    return step.op in said.op.split("|") and here and values


def _differences(said: list[Said], plan: EditPlan) -> list[str]:
    """Commands without their step or promise, and what nobody asked for."""
    steps = list(plan.steps)
    kept = [c.target.phrase for c in plan.constraints if isinstance(c, Preserve)]
    found: list[str] = []
    for one in said:
        if one.op:
            step = next((step for step in steps if _fits(one, step)), None)
            steps = [other for other in steps if other is not step]
            found += [] if step is not None else [f"no step for {one.text!r}"]
        else:
            promise = next((p for p in kept if plain(p) == plain(one.target)), None)
            kept = [other for other in kept if other != promise]
            found += [] if promise is not None else [f"no promise for {one.text!r}"]
    found += [f"extra {s.op} {s.target.phrase!r} {s.params}" for s in steps]
    return [
        *found,
        *(f"extra promise {p!r}" for p in kept),
        *(f"unknown {u}" for u in plan.unknown),
    ]


def wrong(said: list[Said]) -> list[str]:
    """What of a plan is not what the commands ask for; empty where it is exactly that."""
    try:
        plan, _ = read_plan(joined(said), plain=True)
    except BadInstruction as error:
        return [f"{joined(said)!r} unread: {error}"]
    return _differences(said, plan)


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_every_form_is_read(seed: int) -> None:
    """A command alone gives one step with its target's words and its value, or its promise."""
    found = [(said.text, wrong([said])) for said in every_form(random.Random(seed))]
    assert [row for row in found if row[1]] == []


@given(st.integers(0, 10**9))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_joined_commands_are_read_one_by_one(seed: int) -> None:
    """Of commands joined by "; " none is lost, merged or read into another."""
    said = commands(random.Random(seed))
    assert wrong(said) == [], joined(said)


@pytest.mark.parametrize(
    ("text", "op", "phrase"),
    [
        ("get rid of the kid that's making faces", "remove", "the kid that's making faces"),
        ("remove the dancer who's looking at us", "remove", "the dancer who's looking at us"),
        ("replace the animal with the long neck with a zebra", "replace",
         "the animal with the long neck"),
        ("make the yellow taxi London black", "recolor", "the yellow taxi"),
        ("make her coat camel", "recolor", "her coat"),
        ("make the seats of the car mustard", "recolor", "the seats of the car"),
        ("add more trees to the park", "add", "the park"),
        ("make the man dressed as a pirate", "restyle", "the man"),
        ("remove the leftmost jar on the bottom shelf", "remove",
         "the leftmost jar on the bottom shelf"),
        ("replace one of the white kings with a queen", "replace", "one of the white kings"),
        ("remove the people with their back to the camera", "remove",
         "the people with their back to the camera"),
        ("make the frame of the swing set yellow", "recolor", "the frame of the swing set"),
        ("replace the picture on the easel with a portrait", "replace", "the picture on the easel"),
        ("crop to the left wine glass", "crop", "the left wine glass"),
    ],
)  # fmt: skip
def test_anybody_may_say_it_so(text: str, op: str, phrase: str) -> None:
    """Without the dialect being known these are read the same."""
    plan, _ = read_plan(text)
    assert [(step.op, step.target.phrase.lower()) for step in plan.steps] == [(op, phrase)]
    assert plan.unknown == ()


def test_it_is_the_picture_in_the_dialect_alone() -> None:
    """The dialect names things anew, so that "it" is the picture; in speech "it" is the cup."""
    text = "make the cup bigger; make it warmer"
    assert read_plan(text, plain=True)[0].steps[1].target.is_whole_image
    assert read_plan("make the cup bigger and make it red")[0].steps[1].target.phrase == "the cup"


def test_words_of_the_dialect_are_spelt_right() -> None:
    """A word that looks like another's misspelling stays the word it is."""
    plan, _ = read_plan("remove the grean; make the trea red", plain=True)
    assert {step.target.phrase for step in plan.steps} == {"the grean", "the trea"}


def test_the_same_wish_twice_needs_nothing_of_itself() -> None:
    """A replacement said again is the one that was said, not a step behind itself."""
    said = "replace her blue dress with a red one"
    plan, _ = read_plan(f"{said}. {said}. {said}")
    assert all(step.id not in step.depends_on for step in plan.steps)
