"""What was meant instead of what was said: another thing, another colour."""

from __future__ import annotations

import numpy as np
import pytest

from memory.store import SessionStore
from orchestrator.conversation import Conversation
from orchestrator.editors import EditorShelf
from orchestrator.language.command_meanings import CommandContext
from orchestrator.language.command_types import Edit, Meant, OtherWay
from orchestrator.language.commands import interpret
from orchestrator.language.read import read_plan
from orchestrator.session import EditSession
from tests.orchestrator.conftest import photo
from tools.pictures import Picture

RED, BLUE = np.s_[22:58, 17:53], np.s_[32:73, 77:113]
"""The inner parts of the squares of ``photo()``."""


@pytest.fixture
def talk(store: SessionStore) -> Conversation:
    """A conversation about ``photo()`` with tools only."""
    return Conversation(EditSession.create(Picture(photo()), store=store, editors=EditorShelf()))


def _said(text: str, before: str = "make the cup red") -> object:
    found = interpret(text, CommandContext(earlier=(read_plan(before)[0],)))
    return found[-1] if len(found) == 1 else found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("not that one, the left one", "the left one"),
        ("no, I meant the left one", "the left one"),
        ("no the left one", "the left one"),
        ("no, the other one", "the other one"),
        ("wrong one, I meant the blue cup", "the blue cup"),
        ("not that, the background", "the background"),
        ("I meant the big cup on the right", "the big cup on the right"),
    ],
)
def test_another_thing_is_meant(text: str, words: str) -> None:
    """However it is said."""
    assert _said(text) == Meant(words)


@pytest.mark.parametrize("text", ["not red, blue", "not red but blue", "I meant blue"])
def test_another_colour_is_meant(text: str) -> None:
    """After a recolouring; after another step the words are a wish of their own."""
    assert _said(text) == Meant("blue", colour=True)
    assert not isinstance(_said(text, "make the cup bigger"), Meant)


@pytest.mark.parametrize(
    "text",
    [
        "I meant the sky should be pink",
        "not darker, brighter",
        "the red one should be bigger",
        "do the same to the other one",
    ],
)
def test_a_whole_wish_is_no_correction(text: str) -> None:
    """It says what to do by itself."""
    assert isinstance(_said(text), Edit)


def test_the_other_way_is_no_thing() -> None:
    """A direction, where a step had one."""
    assert isinstance(_said("I meant the other way", "rotate it 10 degrees"), OtherWay)


def test_after_a_step_of_the_whole_picture_no_thing_was_mistaken() -> None:
    """Nothing is guessed there."""
    assert not isinstance(_said("no, I meant the left one", "make it darker"), Meant)


def test_the_step_is_made_of_the_other_thing_alone(talk: Conversation) -> None:
    """What was changed by mistake is as it was; undo brings the mistake back."""
    talk.say("make the red square green")
    mistaken = talk.session.head.id
    (answer,) = talk.say("no, I meant the blue square")
    assert answer.report is not None
    assert answer.report.status == "done", answer.lines
    made = talk.session.picture().rgb
    assert np.array_equal(made[RED], photo()[RED])
    assert made[BLUE][..., 1].mean() > made[BLUE][..., 2].mean()
    talk.say("undo")
    assert talk.session.head.id == mistaken


def test_what_came_to_nothing_is_done_to_what_was_meant(talk: Conversation) -> None:
    """And where that is not found either, all stays as it was."""
    talk.say("make the unicorn green")
    answer = talk.say("not that, the red square")[-1]
    assert answer.report is not None
    assert answer.report.status == "done", answer.lines
    shown = talk.session.head.id
    talk.say("I meant the dragon")
    assert talk.session.head.id == shown


def test_another_colour_is_given_to_the_thing_as_it_was(talk: Conversation) -> None:
    """Not painted over the first: black leaves nothing of the light that another paint needs."""
    talk.say("make the red square yellow")
    straight = talk.session.picture().rgb
    talk.say("undo")
    talk.say("make the red square black")
    talk.say("not black, yellow")
    assert np.array_equal(talk.session.picture().rgb, straight)


def test_a_mark_was_on_the_other_thing(talk: Conversation) -> None:
    """It does not hold for what was meant instead."""
    talk.say("mark 15,20,55,60: make this green")
    talk.say("no, I meant the blue square")
    made = talk.session.picture().rgb
    assert np.array_equal(made[RED], photo()[RED])
    assert not np.array_equal(made[BLUE], photo()[BLUE])


def test_no_and_a_thing_is_a_correction_and_no_and_a_wish_is_not() -> None:
    """What follows says which."""
    assert _said("no, the background") == Meant("the background")
    assert not isinstance(_said("no, the sky should be pink"), Meant)
    assert not isinstance(_said("no rain"), Meant)
