"""What was done last, unsaid: the opposite in its place, what is to be kept, "flip it back"."""

from __future__ import annotations

import numpy as np
import pytest

from memory.store import SessionStore
from orchestrator.conversation import Conversation
from orchestrator.editors import EditorShelf
from orchestrator.language.command_meanings import CommandContext
from orchestrator.language.command_types import Edit, Rather, Redo, Rewrite, Undo
from orchestrator.language.commands import interpret
from orchestrator.language.read import read_plan
from orchestrator.session import EditSession
from tests.orchestrator.conftest import photo
from tools.pictures import Picture

TURN = Undo(turn=True)


@pytest.fixture
def talk(store: SessionStore) -> Conversation:
    """A conversation about ``photo()`` with tools only."""
    return Conversation(EditSession.create(Picture(photo()), store=store, editors=EditorShelf()))


def _said(text: str, *before: str, undone: bool = False) -> object:
    earlier = tuple(read_plan(one)[0] for one in before)
    found = interpret(text, CommandContext(earlier=earlier, last_was_undo=undone))
    return found[0] if len(found) == 1 else found


@pytest.mark.parametrize(
    ("before", "text", "instead"),
    [
        ("make it warmer", "no wait, cooler", "cooler"),
        ("warm it up", "no, cooler", "cooler"),
        ("warm it up", "actually, make it cooler please", "make it cooler"),
        ("make it brighter", "hmm no, darker", "darker"),
        ("make it brighter", "darker instead", "darker"),
        ("make it brighter", "nope, make it a lot darker", "make it a lot darker"),
        ("make it darker", "oops, brighter", "brighter"),
        ("add rain", "no, snow instead", "snow"),
        ("make it sepia", "no, black and white", "black and white"),
        ("make the sky darker", "no, make the sky brighter", "Make the sky brighter"),
        ("make it brighter", "no wait, I meant darker", "darker"),
        ("make it brighter", "not brighter, darker", "darker"),
        ("make it brighter", "darker, not brighter", "darker"),
        ("increase the contrast", "wait, no, less contrast", "less contrast"),
    ],
)
def test_the_opposite_stands_in_the_last_ones_place(before: str, text: str, instead: str) -> None:
    """Warmer and cooler on top of each other would be neither."""
    assert _said(text, before) == Rather(instead)


@pytest.mark.parametrize(
    ("before", "text"),
    [
        ("make it warmer", "cooler"),  # only less of it, as ever
        ("make it warmer", "no, darker"),
        ("make it warmer", "no, remove the car"),
        ("make the sky darker", "no, make the grass brighter"),
    ],
)
def test_another_wish_is_made_on_top(before: str, text: str) -> None:
    """It can stand beside the last one."""
    assert isinstance(_said(text, before), Edit)


@pytest.mark.parametrize(
    ("before", "text"),
    [
        ("black and white please", "no, keep the colours"),
        ("make it black and white", "no, keep the colour"),
        ("make it black and white", "wait, keep the colors please"),
        ("make it sepia", "nope, leave the colours as they were"),
        ("make it black and white", "no, in colour"),
        ("make it black and white", "no, I want to keep the original colours"),
        ("remove the trees", "no, keep the trees"),
        ("remove the dog", "wait, leave the dog in"),
        ("make the car red", "no, keep its colour"),
        ("blur the background", "actually, leave the background alone"),
    ],
)
def test_what_is_to_be_kept_is_brought_back(before: str, text: str) -> None:
    """What the last step took."""
    assert _said(text, before) == TURN


@pytest.mark.parametrize(
    ("before", "text"),
    [
        ("flip it horizontally", "flip it back"),
        ("flip it horizontally", "turn it back"),
        ("make it darker", "change it back"),
        ("rotate it 10 degrees", "rotate it back again"),
        ("rotate it 10 degrees", "can you turn it back please"),
        ("mirror the picture", "flip the picture back"),
        ("make it sepia", "turn it back to normal"),
        ("make the car red", "change it back to what it was"),
        ("move the cup to the left", "move it back"),
        ("make it darker", "switch it back"),
        ("make it darker", "back to how it was"),
        ("make it darker", "make it like it was before"),
        ("make it darker", "go back to the way it was"),
        ("make it darker", "have it how it was before please"),
        ("make it darker", "back to normal"),
    ],
)
def test_back_is_how_it_was(before: str, text: str) -> None:
    """The last deed is undone, where the verb speaks of it."""
    assert _said(text, before) == TURN
    assert _said(text, "add rain", before) == TURN


def test_back_of_something_else_is_no_undo() -> None:
    """A flip is not what made it darker; a chair has a place at the back; an undo comes back."""
    assert isinstance(_said("flip it back", "make it darker"), Edit)
    assert isinstance(_said("move the chair back", "move the chair left"), Edit)
    assert _said("flip it back", "make it darker and flip it horizontally") != TURN
    assert _said("change it back", "make it darker", undone=True) == Redo()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("use a red font", Rewrite(colour="red")),
        ("make the font red", Rewrite(colour="red")),
        ("in red please", Rewrite(colour="red")),
        ("red letters please", Rewrite(colour="red")),
        ("change the font colour to red", Rewrite(colour="red")),
        ("use red letters instead", Rewrite(colour="red")),
        ("can you make the letters red", Rewrite(colour="red")),
        ("write it in red", Rewrite(colour="red")),
        ("no, in red", Rewrite(colour="red")),
        ("use a bigger font", Rewrite(larger=1.35)),
        ("a larger font please", Rewrite(larger=1.35)),
        ("make the font bigger", Rewrite(larger=1.35)),
    ],
)
def test_the_font_is_the_writing(text: str, expected: Rewrite) -> None:
    """Written again with other letters."""
    assert _said(text, 'write "SALE" at the top') == expected


def test_a_font_where_nothing_was_written_is_no_writing() -> None:
    """The picture's own letters, or a wish for later."""
    assert isinstance(_said("make the font red", "make it darker"), Edit)
    assert isinstance(_said("in red", 'write "SALE"', "make it darker"), Edit)


def test_cooler_instead_of_warmer_is_no_warmer_below(talk: Conversation) -> None:
    """One step is left, and undo brings back the one it stands for."""
    talk.say("make it warmer")
    warm = talk.session.picture().rgb
    talk.say("no wait, cooler")
    assert [item.label for item in talk.session.history()][1:] == ["Make the picture cooler"]
    talk.say("undo")
    assert np.array_equal(talk.session.picture().rgb, warm)


def test_colours_are_kept_and_flips_flipped_back(talk: Conversation) -> None:
    """Pixel for pixel."""
    talk.say("black and white please")
    talk.say("no, keep the colours")
    assert np.array_equal(talk.session.picture().rgb, photo())
    talk.say("flip it vertically")
    talk.say("flip it back")
    assert np.array_equal(talk.session.picture().rgb, photo())
