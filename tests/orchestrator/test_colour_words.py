"""Colours that the rules read and colours that the tools can make are the same."""

from __future__ import annotations

import numpy as np
import pytest

from orchestrator.attempts import Candidate
from orchestrator.language.read import read_plan
from orchestrator.language.word_files import word_file
from orchestrator.routing import usual
from orchestrator.verification import verify
from tools.colour_names import MANY, colours_named, is_many_coloured, names_colour, rgb_of
from tools.grounding import Scene


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


@pytest.mark.parametrize(
    ("said", "colour"),
    [
        ("make the umbrella red and white", "red and white"),
        ("the house should be red and white", "red and white"),
        ("the flag should be red, white and blue", "red, white and blue"),
        ("make the flower dark red and light blue", "dark red and light blue"),
        ("make the shoes red, no, blue", "blue"),
        ("make the boat blue green", "blue green"),
        ("make the car red and make the car white", "white"),
    ],
)
def test_a_thing_of_several_colours_is_one_wish(said: str, colour: str) -> None:
    """Colours joined are painted together; what is said anew, or names one shade, is one colour."""
    (step,) = read_plan(said)[0].steps
    assert step.params["colour"] == colour


@pytest.mark.parametrize("colour", ["red and white", "black/gold", "rainbow"])
def test_several_colours_are_for_an_editing_model(colour: str) -> None:
    """A dye has one colour; a pattern must be painted."""
    (step,) = read_plan("make the umbrella red")[0].steps
    assert usual(step).is_tool
    many = step.model_copy(update={"params": {"colour": colour}})
    assert is_many_coloured(colour)
    assert not usual(many).is_tool


def test_one_colour_with_a_joint_in_its_name_is_one() -> None:
    """Nor are a colour and a word that is none two colours."""
    assert colours_named("red and white") == ("red", "white")
    assert not colours_named("dark green")
    assert not colours_named("red and carburettor")


@pytest.mark.parametrize(
    ("left", "right", "status"),
    [("red", "white", "done"), ("red", "red", "failed"), ("blue", "green", "failed")],
)
def test_a_pattern_shows_each_of_its_colours(left: str, right: str, status: str) -> None:
    """All of them are seen where the thing is; one alone, or others, are not what was asked for."""
    before, mask = np.full((80, 90, 3), 90, np.uint8), np.zeros((80, 90), np.float32)
    mask[20:60, 15:55] = 1
    after = before.copy()
    after[20:60, 15:35], after[20:60, 35:55] = rgb_of(left), rgb_of(right)
    (step,) = read_plan("make the umbrella red and white")[0].steps
    found = verify(step, Scene(before), Scene(after), Candidate(after, None, mask))
    assert found["status"] == status


@pytest.mark.parametrize(
    ("text", "thing", "colour"),
    [
        ("make the wall light blue", "the wall", "light blue"),
        ("paint the ceiling light grey please", "the ceiling", "light grey"),
        ("make the traffic light green", "the traffic light", "green"),
        ("the digger should be cat yellow", "the digger", "cat yellow"),
        ("the tractor should be john deere green", "the tractor", "john deere green"),
        ("the boat wants to be lifeboat orange", "the boat", "lifeboat orange"),
        ("the cat should be yellow", "the cat", "yellow"),
    ],
)
def test_a_colour_may_have_a_name_before_it(text: str, thing: str, colour: str) -> None:
    """A light wall, a yellow as of a make of diggers; a traffic light is a thing."""
    (step,) = read_plan(text)[0].steps
    assert (step.op, step.target.phrase) == ("recolor", thing)
    assert step.params["colour"] == colour
    assert names_colour(colour)


@pytest.mark.parametrize("text", ["add a wall light above the bed", "make the wall light brighter"])
def test_a_wall_light_is_a_thing(text: str) -> None:
    """Where no colour follows."""
    plan, _ = read_plan(text)
    assert "wall light" in str(plan.steps[0].params) + plan.steps[0].target.phrase


@pytest.mark.parametrize(
    ("text", "thing", "colour"),
    [
        ("the perm looks green under these lights", "the perm", "green"),
        ("her hair looks orange in this light", "her hair", "orange"),
        ("the walls look yellow under the lamps", "the walls", "yellow"),
    ],
)
def test_what_a_lamp_does_to_a_colour_is_taken_back(text: str, thing: str, colour: str) -> None:
    """The light itself is not changed."""
    plan, _ = read_plan(text)
    (step,) = plan.steps
    assert not plan.unknown
    assert (step.op, step.target.phrase) == ("recolor", thing)
    assert step.params == {"colour": colour, "shift": "away"}


@pytest.mark.parametrize("text", ["scanned back to front", "the slide is back to front"])
def test_what_was_scanned_back_to_front_is_mirrored(text: str) -> None:
    """From left to right."""
    (step,) = read_plan(text)[0].steps
    assert (step.op, step.params) == ("flip", {"axis": "horizontal"})
