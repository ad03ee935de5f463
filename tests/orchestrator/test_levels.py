"""Levels said shortly: numbers in words, a tone or a thing with its level behind a mark, "none"."""

from __future__ import annotations

from typing import Any

import pytest

from orchestrator.language.read import read_plan


def steps(text: str) -> list[tuple[str, str, dict[str, Any]]]:
    """What is done to what; every word must be understood."""
    plan, _ = read_plan(text)
    assert not plan.unknown, plan.unknown
    return [(step.op, step.target.phrase, dict(step.params)) for step in plan.steps]


def tone(name: str, amount: float) -> tuple[str, str, dict[str, Any]]:
    return "adjust", "the whole image", {"property": name, "amount": amount}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("saturation minus thirty", [tone("saturation", -0.3)]),
        ("contrast minus ten", [tone("contrast", -0.1)]),
        ("exposure plus one stop", [tone("exposure", 0.333)]),
        ("minus one stop", [tone("exposure", -0.333)]),
        ("brightness: minus fifteen", [tone("brightness", -0.15)]),
        ("brightness: -15", [tone("brightness", -0.15)]),
        ("contrast up by twenty", [tone("contrast", 0.2)]),
        ("contrast up by 20", [tone("contrast", 0.2)]),
        ("saturation down ten", [tone("saturation", -0.1)]),
        ("saturation minus thirty five", [tone("saturation", -0.35)]),
        ("clarity minus twenty-four", [tone("clarity", -0.24)]),
        ("highlights minus forty, shadows plus twenty",
         [tone("highlights", -0.4), tone("shadows", 0.2)]),
        ("less clarity", [tone("clarity", -0.25)]),
    ],
)  # fmt: skip
def test_a_level_may_be_said_in_words(text: str, wanted: list[Any]) -> None:
    """A sign in words and a number in words are as good as figures."""
    assert steps(text) == wanted


def test_what_is_counted_is_no_level() -> None:
    """Things are added, with "plus" as with "and"."""
    assert [op for op, _, _ in steps("add a dog plus two cats")] == ["add", "add"]


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("gulls? none", "gulls"),
        ("people: none", "people"),
        ("people - none", "people"),
        ("bins? gone", "bins"),
        ("vignette: none", "vignette"),
        ("less of the scaffolding (as in none)", "the scaffolding"),
        ("less of the scaffolding", "the scaffolding"),
    ],
)
def test_what_there_is_to_be_none_of_goes(text: str, gone: str) -> None:
    """The thing stands before the mark, its level behind it."""
    assert steps(text) == [("remove", gone, {})]


@pytest.mark.parametrize("text", ["noise: none", "no noise", "grain: zero", "no grain at all"])
def test_no_noise_asks_for_less_of_it(text: str) -> None:
    """Nobody complains of too little of it."""
    assert steps(text) == [tone("noise", -0.25)]


def test_less_of_a_colour_removes_nothing() -> None:
    """A colour is a matter of tint."""
    assert [op for op, _, _ in steps("less of the blue")] == ["adjust"]


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("sky saturation -30", "sky"),
        ("sky: saturation minus thirty", "the sky"),
        ("the sky saturation minus thirty", "the sky"),
        ("saturation -30 on the sky", "the sky"),
    ],
)
def test_a_level_may_be_of_a_thing(text: str, thing: str) -> None:
    """The thing stands before the tone or behind its level."""
    assert steps(text) == [("adjust", thing, {"property": "saturation", "amount": -0.3})]


def test_less_of_a_colour_in_a_thing_is_of_that_thing() -> None:
    """The thing is changed and the colour is not removed."""
    (op, thing, params), *rest = steps("less of the yellow in the skin")
    assert not rest
    assert (op, thing, params) == ("recolor", "the skin", {"colour": "yellow", "shift": "away"})
