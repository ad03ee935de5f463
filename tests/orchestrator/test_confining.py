"""Wishes for the whole picture that are confined to a part of it, in one clause or the next."""

from __future__ import annotations

from typing import Any

import pytest

from orchestrator.plan import EditPlan
from orchestrator.planning import PlanContext, RulePlanner


def plan(text: str) -> EditPlan:
    return RulePlanner().plan(text, PlanContext())


def steps(text: str) -> list[tuple[str, str]]:
    return [(step.op, step.target.phrase) for step in plan(text).steps]


@pytest.mark.parametrize(
    ("text", "op", "phrase"),
    [
        ("brighten it, but only on the left", "adjust", "the left side"),
        ("make it darker on the left", "adjust", "the left side"),
        ("make it warmer at the top", "adjust", "the top"),
        ("more contrast, but only in the middle", "adjust", "the middle"),
        ("warmer, only the sky", "adjust", "the sky"),
        ("warm it up. just the background please", "adjust", "the background"),
        ("saturate, sky only", "adjust", "sky"),
        ("brighten it only where the dog is", "adjust", "the dog"),
        ("make it warmer just around the edges", "adjust", "the edges"),
        ("make it rain only in the sky", "weather", "the sky"),
        ("make it rain, only on the right", "weather", "the right side"),
        ("make it snow on the left only", "weather", "the left side"),
        ("sharpen it, just the eyes", "sharpen", "the eyes"),
        ("sharpen it, eyes only", "sharpen", "eyes"),
        ("blur it in the corners", "blur", "the corners"),
        ("blur it except on the left", "blur", "everything except the left side"),
        ("make it black and white, only the background", "grade", "the background"),
        ("black and white, background only", "grade", "background"),
        ("make only the left half black and white", "grade", "the left half"),
    ],
)
def test_a_wish_is_confined_to_where_it_is_said_to_be(text: str, op: str, phrase: str) -> None:
    """Nothing else is touched, and no word of it is left over."""
    made = plan(text)
    assert [(step.op, step.target.phrase) for step in made.steps] == [(op, phrase)]
    assert made.unknown == ()


@pytest.mark.parametrize(
    "text", ["brighten it, just in the shadows", "darker, only in the shadows"]
)
def test_of_the_shadows_alone_there_is_a_slider(text: str) -> None:
    """Making them lighter or darker is one property of the whole picture."""
    (step,) = plan(text).steps
    assert step.target.is_whole_image
    assert step.params["property"] == "shadows"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("rotate it, only the sky", "sky"),
        ("crop it, only the top", "top"),
        ("add a vignette, only in the sky", "sky"),
        ("darken the sky only on the left", "on the left"),
    ],
)
def test_what_cannot_be_confined_is_told(text: str, left: str) -> None:
    """The words are reported, so that nobody takes the whole for the part."""
    assert left in plan(text).unknown


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("nothing fancy, just a slight crop", [("crop", "the whole image")]),
        ("keep only the dog", [("remove", "everything except the dog")]),
        ("show me only the dog", [("remove", "everything except the dog")]),
        ("remove the car, only the car", [("remove", "the car")]),
        ("only brighten the sky", [("adjust", "the sky")]),
        ("make it a bit warmer, just slightly", [("adjust", "the whole image")]),
        ("add fog in the valley", [("weather", "the valley")]),
        ("make it brighter in the photo", [("adjust", "the whole image")]),
    ],
)
def test_other_wishes_are_read_as_ever(text: str, wanted: list[tuple[str, str]]) -> None:
    """Both words say much else."""
    assert steps(text) == wanted


@pytest.mark.parametrize(
    ("text", "op", "strength"),
    [
        ("add rain, half as strong", "weather", 0.5),
        ("make it snow, twice as heavy", "weather", 2.0),
        ("blur it, but half as strong", "blur", 0.25),
        ("half as strong as the reference", "grade", 0.5),
        ("match the reference but only half as strong", "grade", 0.5),
        ("like the reference, but half as strong", "grade", 0.5),
        ("apply the style, half as strong as the reference", "grade", 0.5),
        ("match the reference", "grade", None),
    ],
)
def test_how_strong_it_is_to_be_is_a_share(text: str, op: str, strength: float | None) -> None:
    """Of what is usual, or of the whole way to the picture handed over."""
    (step,) = plan(text).steps
    params: dict[str, Any] = dict(step.params)
    assert (step.op, params.get("strength")) == (op, strength)
