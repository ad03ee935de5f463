"""Wishes that were misread: two without a mark between them, a shape to be kept, idioms, deeds."""

from __future__ import annotations

from typing import Any

import pytest

from orchestrator.plan import EditPlan
from orchestrator.planning import PlanContext, RulePlanner


def plan(text: str) -> EditPlan:
    return RulePlanner().plan(text, PlanContext())


def steps(text: str) -> list[tuple[str, str, dict[str, Any]]]:
    return [(step.op, step.target.phrase, step.params) for step in plan(text).steps]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("grass greener clouds gone", {("recolor", "grass"), ("remove", "clouds")}),
        ("sky pink clouds gone", {("recolor", "sky"), ("remove", "clouds")}),
        ("wall white lamp bigger", {("recolor", "wall"), ("resize", "lamp")}),
        ("sky blue car gone", {("remove", "sky blue car")}),
        ("red car gone", {("remove", "red car")}),
    ],
)
def test_two_wishes_need_no_mark(text: str, wanted: set[tuple[str, str]]) -> None:
    """A thing and what becomes of it, and another; a colour before a thing is its own."""
    assert {(op, phrase) for op, phrase, _ in steps(text)} == wanted


@pytest.mark.parametrize(
    ("text", "phrase", "colour"),
    [
        ("keep the shape of the hat and change only its colour to blue", "the hat", "blue"),
        ("keep the size of the car and change its colour to red", "the car", "red"),
        ("keep the position of the lamp but paint it red", "the lamp", "red"),
        ("only change the colour of the hat to green, keep its shape", "the hat", "green"),
        ("change only the colour of the hat to green", "the hat", "green"),
    ],
)
def test_a_shape_is_kept_by_another_colour(text: str, phrase: str, colour: str) -> None:
    """No promise forbids what is asked of the thing itself."""
    made = plan(text)
    assert steps(text) == [("recolor", phrase, {"colour": colour})]
    assert not made.constraints
    assert not made.unknown


def test_a_thing_beside_others_is_still_kept_whole() -> None:
    """Where the change is another thing's, the promise stands."""
    made = plan("make it night but keep the shape of the hat")
    assert [c.kind for c in made.constraints] == ["preserve"]


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("color pop", "the background"),
        ("do a colour pop on the red car", "everything except the red car"),
        ("selective color on the rose", "everything except the rose"),
        ("make everything except the car black and white", "everything except the car"),
    ],
)
def test_a_colour_pop_leaves_one_thing_its_colours(text: str, phrase: str) -> None:
    """All else is black and white."""
    assert steps(text) == [("grade", phrase, {"look": "black and white"})]


def test_a_deed_done_harder_is_one_for_an_editing_model() -> None:
    """What a thing is to do is said of the thing."""
    assert steps("have the waves crash harder") == [
        ("restyle", "the waves", {"style": "crashing harder"})
    ]


@pytest.mark.parametrize(
    "text",
    [
        "might the table be better more to the left? move it",
        "would the table look better a bit more to the left",
    ],
)
def test_a_doubt_about_a_place_is_a_move(text: str) -> None:
    """The question says where, and "move it" after it nothing new."""
    made = plan(text)
    assert [(s.op, s.target.phrase) for s in made.steps] == [("move", "the table")]
    assert not made.unknown


def test_a_doubt_about_a_size_is_about_the_thing() -> None:
    """What is enlarged after the question is what it asked about."""
    assert [(op, phrase) for op, phrase, _ in steps("isn't the tree too small? enlarge it")] == [
        ("resize", "the tree")
    ]


def test_the_inner_one_is_in_the_middle() -> None:
    """A place in a row has more words than one."""
    (step,) = plan("make the inner cup blue").steps
    assert step.target.ordinal is not None
    assert step.target.ordinal.index == 0


@pytest.mark.parametrize(
    "text",
    [
        "Shadows lighter highlights darker",
        "Shadows lighter, highlights darker",
        "highlights darker shadows lighter",
        "shadows brighter and highlights darker",
        "make the shadows lighter and the highlights darker",
    ],
)
def test_each_tone_goes_its_own_way(text: str) -> None:
    """No comma and no verb are needed, and the first way is not the second's."""
    read = plan(text)
    ways = {step.params["property"]: step.params["amount"] > 0 for step in read.steps}
    assert ways == {"shadows": True, "highlights": False}
    assert not read.unknown


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("shadows lighter grass greener", {("adjust", "image"), ("recolor", "grass")}),
        ("grass greener shadows lighter", {("adjust", "image"), ("recolor", "grass")}),
    ],
)
def test_a_tone_beside_a_thing_is_a_wish_of_its_own(text: str, told: set[tuple[str, str]]) -> None:
    """Neither is dropped."""
    read = plan(text)
    assert {(step.op, step.target.category) for step in read.steps} == told
    assert not read.unknown


def test_a_way_that_is_not_read_is_reported() -> None:
    """What shadows get woolly by is not known; the wish is not dropped in silence."""
    read = plan("shadows woolly highlights brighter")
    assert "woolly" in read.unknown


_TONES = {
    "shadows deeper highlights brighter": {"shadows": False, "highlights": True},
    "deeper shadows": {"shadows": False},
    "brighter highlights, softer shadows": {"highlights": True, "shadows": True},
    "contrast higher saturation lower": {"contrast": True, "saturation": False},
    "bolder colours and softer contrast": {"saturation": True, "contrast": False},
    "midtones brighter blacks deeper please": {"gamma": True, "shadows": False},
    "exposure lower contrast higher": {"exposure": False, "contrast": True},
}


@pytest.mark.parametrize("text", _TONES)
def test_tones_and_what_becomes_of_them_in_either_order(text: str) -> None:
    """Each pair is a wish of its own, and deeper shadows are darker ones."""
    read = plan(text)
    assert {s.params["property"]: s.params["amount"] > 0 for s in read.steps} == _TONES[text]
    assert not read.unknown


def test_warmer_colours_are_a_matter_of_temperature() -> None:
    """Of a tone it is that tone's."""
    read = plan("warmer colours colder shadows")
    told = {(s.target.category, s.params["property"], s.params["amount"] > 0) for s in read.steps}
    assert told == {("image", "temperature", True), ("shadow", "temperature", False)}


def test_how_much_is_each_tones_own() -> None:
    """A little deeper is less than deeper."""
    some, more = plan("shadows a bit deeper").steps[0], plan("shadows much deeper").steps[0]
    assert some.params["amount"] > -0.25 > more.params["amount"]
