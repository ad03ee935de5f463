"""Colours that the rules read and colours that the tools can make are the same."""

from __future__ import annotations

import pytest

from orchestrator.language.read import read_plan
from orchestrator.language.word_files import word_file
from tools.colour_names import names_colour, rgb_of

MANY = {"rainbow", "multicolored", "multicoloured"}
"""Of more than one colour: nothing can be made so."""


def test_every_colour_that_is_read_can_be_made() -> None:
    """Each word of the list is a colour, but for those of many."""
    words = {str(word) for word in word_file("words")["colour"]}
    assert {word for word in words if not names_colour(word)} == MANY


@pytest.mark.parametrize(
    ("name", "like"),
    [("banana yellow", "yellow"), ("british racing green", "green"), ("fire engine red", "red")],
)
def test_a_kind_of_a_colour_is_that_colour(name: str, like: str) -> None:
    """What comes before a colour's name leaves it a colour."""
    assert rgb_of(name) == rgb_of(like)


@pytest.mark.parametrize("name", ["chestnut", "periwinkle", "golden", "reddish"])
def test_such_a_colour_is_planned(name: str) -> None:
    """A plan that paints something so is not refused."""
    plan, _ = read_plan(f"paint the car {name}")
    assert plan.steps[0].params["colour"] == name


@pytest.mark.parametrize("name", ["carburettor", "#12 red", "yellow3"])
def test_what_is_no_colour_is_none(name: str) -> None:
    """Other words, and colours with something else about them."""
    assert not names_colour(name)
