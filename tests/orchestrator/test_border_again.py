"""The border around the picture, wanted another way."""

from __future__ import annotations

import numpy as np
import pytest

from memory.store import SessionStore
from orchestrator.conversation import Conversation
from orchestrator.editors import EditorShelf
from orchestrator.language.command_meanings import CommandContext
from orchestrator.language.command_types import Edit, Reframe
from orchestrator.language.commands import interpret
from orchestrator.language.read import read_plan
from orchestrator.session import EditSession
from tests.orchestrator.conftest import photo
from tools.pictures import Picture


@pytest.fixture
def talk(store: SessionStore) -> Conversation:
    """A conversation about ``photo()`` with tools only."""
    return Conversation(EditSession.create(Picture(photo()), store=store, editors=EditorShelf()))


def _said(text: str, *before: str) -> object:
    found = interpret(text, CommandContext(earlier=tuple(read_plan(one)[0] for one in before)))
    return found[0] if len(found) == 1 else found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("thicker", Reframe(wider=1.6)),
        ("thinner", Reframe(wider=0.625)),
        ("make it thicker", Reframe(wider=1.6)),
        ("a thicker border please", Reframe(wider=1.6)),
        ("make the border thinner", Reframe(wider=0.625)),
        ("a bit wider", Reframe(wider=1.25)),
        ("much thicker", Reframe(wider=2.5)),
        ("the border is too thin", Reframe(wider=1.6)),
        ("it's too thick", Reframe(wider=0.625)),
        ("no, make the frame narrower", Reframe(wider=0.625)),
        ("not thick enough", Reframe(wider=1.6)),
        ("make the border black", Reframe(colour="black")),
        ("a black border instead", Reframe(colour="black")),
        ("in black", Reframe(colour="black")),
        ("remove the border", Reframe(gone=True)),
        ("thicker on the left", Reframe(wider=1.6, side="left")),
        ("it is too thin at the bottom", Reframe(wider=1.6, side="bottom")),
    ],
)
def test_the_border_is_made_again(text: str, expected: Reframe) -> None:
    """Of another width or colour, or not at all; the picture in it is not enlarged."""
    assert _said(text, "add a white border") == expected


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("thicker", ("make it darker",)),
        ("make it bigger", ("add a white border", "make it darker")),
        ("make the tree thicker", ("add a white border",)),
        ("make the frame of the window black", ("add a white border",)),
        ("make it darker", ("add a white border",)),
        ("black and white please", ("add a white border",)),
        ("no, black and white", ("add a white border",)),
        ("add a black border", ("add a white border",)),
        ("remove the border", ("make it darker",)),
    ],
)
def test_what_is_about_something_else_stays_a_wish(text: str, before: tuple[str, ...]) -> None:
    """Of the picture, or of a thing in it."""
    assert isinstance(_said(text, *before), Edit)


def test_a_thicker_border_is_around_the_same_picture(talk: Conversation) -> None:
    """The picture's own pixels stay, and undo brings the thinner border back."""
    talk.say("add a white border")
    thin = talk.session.picture().rgb
    (answer,) = talk.say("thicker")
    assert answer.report is not None
    assert not any("stands for" in line for line in answer.lines)
    thick = talk.session.picture().rgb
    assert thick.shape[0] > thin.shape[0]
    edge = (thick.shape[0] - photo().shape[0]) // 2
    high, wide = photo().shape[:2]
    assert np.array_equal(thick[edge : edge + high, edge : edge + wide], photo())
    talk.say("make the border black")
    assert not talk.session.picture().rgb[0, 0].any()
    talk.say("undo")
    talk.say("undo")
    assert np.array_equal(talk.session.picture().rgb, thin)
    talk.say("remove the border")
    assert np.array_equal(talk.session.picture().rgb, photo())


def test_a_border_has_one_width(talk: Conversation) -> None:
    """Another width on one side is refused in a line that says what can be said."""
    talk.say("add a white border")
    before = talk.session.picture().rgb
    (answer,) = talk.say("thicker on the left")
    assert answer.failed
    assert "not on the left alone" in answer.lines[0]
    assert "'thicker'" in answer.lines[0]
    assert np.array_equal(talk.session.picture().rgb, before)
