"""Things mirrored and turned in their place, by what people say of them."""

from __future__ import annotations

import numpy as np
import pytest

from memory.store import SessionStore
from orchestrator.conversation import Conversation
from orchestrator.editors import EditorShelf
from orchestrator.language.read import read_plan
from orchestrator.session import EditSession
from tests.orchestrator.conftest import photo
from tools.pictures import Picture


@pytest.fixture
def talk(store: SessionStore) -> Conversation:
    """A conversation about ``photo()``, its red square with a white corner, with tools only."""
    picture = photo()
    picture[20:34, 15:29] = (255, 255, 255)
    return Conversation(EditSession.create(Picture(picture), store=store, editors=EditorShelf()))


@pytest.mark.parametrize(
    "text",
    [
        "turn the car the other way",
        "make the car face the opposite direction",
        "have the car look the other way",
        "the car should face the other way",
        "I want the car facing the other way",
    ],
)
def test_the_other_way_mirrors_the_thing(text: str) -> None:
    """It is no style."""
    (step,) = read_plan(text)[0].steps
    assert (step.op, step.params) == ("flip", {"axis": "horizontal"})
    assert step.target.category == "car"


def test_it_is_the_thing_that_was_spoken_of() -> None:
    """Flipping "it" is of the picture; a picture has no other way to face."""
    before, _ = read_plan("make the car blue")
    (step,) = read_plan("turn it the other way", earlier=[before])[0].steps
    assert step.target.category == "car"


def test_a_thing_is_mirrored_and_not_the_picture(talk: Conversation) -> None:
    """Its white corner changes sides; the blue square stays where it is."""
    before = talk.session.picture().rgb
    (answer,) = talk.say("mark 15,20,55,60: flip this horizontally")[1:]
    assert answer.report is not None
    assert answer.report.status == "done", answer
    made = talk.session.picture().rgb
    assert made[24, 50].min() > 200
    assert made[24, 18].min() < 90
    assert np.array_equal(made[:, 70:], before[:, 70:])


def test_the_other_way_of_what_came_to_nothing_is_tried(talk: Conversation) -> None:
    """And nothing before it is turned round instead."""
    talk.say("flip it horizontally")
    shown = talk.session.head.id
    talk.say("move the unicorn to the left")
    answer = talk.say("the other way")[-1]
    assert answer.report is not None
    assert answer.report.plan["steps"][0]["params"]["direction"] == "right"
    talk.say("make the unicorn blue")
    answer = talk.say("the other way")[-1]
    assert answer.failed
    assert "was not done" in answer.lines[0]
    assert talk.session.head.id == shown


def test_turning_after_another_step_turns_the_thing(talk: Conversation) -> None:
    """What was made bigger is not made smaller."""
    talk.say("make the red square bigger")
    talk.say("turn it the other way")
    labels = [item.label for item in talk.session.history()][1:]
    assert labels == ["Make the red square 35% larger", "Flip the red square horizontally"]


def test_again_is_once_more_on_top(talk: Conversation) -> None:
    """After an undo it brings back what was undone."""
    talk.say("make it darker")
    once = talk.session.picture().rgb.mean()
    talk.say("do it again")
    assert talk.session.picture().rgb.mean() < once - 3
    twice = talk.session.head.id
    talk.say("undo")
    talk.say("again")
    assert talk.session.head.id == twice


def test_again_of_nothing_says_so(talk: Conversation) -> None:
    """Nothing is done where nothing was."""
    (answer,) = talk.say("do that again")
    assert answer.failed
    assert "nothing was done yet" in answer.lines[0]


@pytest.mark.parametrize("text", ["make the car blue and bigger", "make the plate smaller and red"])
def test_two_wishes_about_one_thing_leave_no_doubt(text: str) -> None:
    """Both are of it, and no note says of one that it is not understood."""
    plan, _ = read_plan(text)
    assert len(plan.steps) == 2
    assert len({step.target for step in plan.steps}) == 1
    assert plan.notes == ()


def test_what_is_only_named_is_still_asked_about() -> None:
    """The note stays where nothing is said of a thing."""
    plan, _ = read_plan("make it darker and make the cup")
    assert any("what to make of it" in note for note in plan.notes)
