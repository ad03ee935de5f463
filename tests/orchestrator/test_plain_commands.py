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
@settings(max_examples=60, deadline=None)
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


@pytest.mark.parametrize(
    ("text", "op", "phrase", "params"),
    [
        ("make the chess players shake hands", "restyle", "the chess players",
         {"style": "shaking hands"}),
        ("make her look at the camera", "restyle", "the woman", {"style": "looking at the camera"}),
        ("make the man wear a hat", "add", "the man", {"what": "a hat", "where": "on the man"}),
        ("make the box lid open and leaning on the box", "restyle", "the box lid",
         {"style": "open and leaning on the box"}),
        ("make the thing players try to get into the goal smaller", "resize",
         "the thing players try to get into the goal", {"factor": 0.74}),
        ("make the ribbon a neat bow", "replace", "the ribbon", {"new": "a neat bow"}),
        ("make it stop raining", "weather", "the whole image", {"kind": "clear"}),
        ("make the horizon straight", "rotate", "the whole image", {"straighten": True}),
        ("make the background soft", "blur", "the background", {"kind": "lens", "strength": 0.5}),
        ("add a thunderstorm behind the silo", "add", "the silo",
         {"what": "a thunderstorm", "where": "behind the silo"}),
        ("add fog in the valley", "weather", "the valley", {"kind": "fog"}),
        ("add a man in a black hat next to the car", "add", "the car",
         {"what": "a man in a black hat", "where": "next to the car"}),
        ("remove the fog on the mask", "remove", "the fog on the mask", {}),
        ("remove the green tint", "adjust", "the whole image",
         {"property": "tint", "amount": 0.25}),
        ("move the two brothers closer together", "move", "the two brothers",
         {"direction": "to", "to": "each other"}),
        ("move the swan closer", "move", "the swan", {"direction": "down", "amount": 0.15}),
        ("crop out the bin", "remove", "the bin", {}),
        ("crop out the top third", "crop", "everything except the top third", {}),
        ("trim the hedge", "restyle", "the hedge", {"style": "trimmed"}),
        ("make the shadows teal", "recolor", "the shadows",
         {"colour": "teal", "shift": "towards"}),
        ("reduce the shadow on the jaw", "adjust", "the shadow on the jaw",
         {"property": "brightness", "amount": 0.25}),
        ("reduce the redness of the nose", "recolor", "the nose",
         {"colour": "red", "shift": "away"}),
        ("increase the vignette", "grade", "the whole image", {"look": "vignette"}),
        ("reduce the number of candles", "restyle", "the candles", {"style": "fewer of them"}),
        ("make the gravel raked", "restyle", "the gravel", {"style": "raked"}),
        ("make the hem even", "restyle", "the hem", {"style": "even"}),
        ("make her face shocked", "restyle", "her face", {"style": "shocked"}),
        ("make it candlelight", "restyle", "the whole image", {"style": "candlelight"}),
        ("make the highlights less yellow", "recolor", "the highlights",
         {"colour": "yellow", "shift": "away"}),
        ("make the shadows longer", "resize", "the shadows", {"factor": 1.35}),
        ("make the picture on the wall hang straight", "restyle", "the picture on the wall",
         {"style": "hanging straight"}),
        ("reduce the nose", "resize", "the nose", {"factor": 0.74}),
    ],
)  # fmt: skip
def test_what_was_read_into_another(
    text: str, op: str, phrase: str, params: dict[str, object]
) -> None:
    """Commands near the edge of a form are the step they ask for, and nothing is left over."""
    plan, _ = read_plan(text, plain=True)
    assert [(s.op, s.target.phrase, s.params) for s in plan.steps] == [(op, phrase, params)]
    assert plan.unknown == ()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("swap the cat and the dog", "change places"),
        ("swap the cups", "change places"),
        ("reduce the vignette", "cannot be made weaker"),
    ],
)
def test_what_no_plan_can_say_is_refused_with_a_reason(text: str, why: str) -> None:
    """Nothing else is done instead, and the line says what to ask for."""
    with pytest.raises(BadInstruction, match=why):
        read_plan(text, plain=True)


def test_whoever_speaks_is_left_out_as_somebody() -> None:
    """What "everyone except me" leaves out is kept, and is a person."""
    target = read_plan("blur everyone except me", plain=True)[0].steps[0].target
    assert target.phrase == "everyone except me"
    assert target.exclude is not None
    assert target.exclude.category == "person"
