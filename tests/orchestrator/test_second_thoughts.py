"""What people say of the step before: it is too strong, another colour, the other way."""

from __future__ import annotations

import numpy as np
import pytest

from memory.store import SessionStore
from orchestrator.conversation import Conversation
from orchestrator.editors import EditorShelf
from orchestrator.errors import BadInstruction, ChangesHistory
from orchestrator.language.read import read_plan
from orchestrator.plan import Step
from orchestrator.session import EditSession
from tests.orchestrator.conftest import photo
from tools.pictures import Picture


@pytest.fixture
def talk(store: SessionStore) -> Conversation:
    """A conversation about ``photo()`` with tools only."""
    return Conversation(EditSession.create(Picture(photo()), store=store, editors=EditorShelf()))


def _labels(talk: Conversation) -> list[str]:
    return [item.label for item in talk.session.history()][1:]


def after(first: str, then: str) -> Step:
    """The only step of a turn after another."""
    before, _ = read_plan(first)
    (step,) = read_plan(then, earlier=[before])[0].steps
    return step


@pytest.mark.parametrize(
    "words", ["that's too strong", "too strong", "that is way too much", "a bit less", "less"]
)
def test_a_colour_that_is_too_strong_gets_paler(words: str) -> None:
    """Nothing gets smaller because its colour is too strong; what is meant goes by its colour."""
    step = after("make the red plate blue", words)
    assert (step.op, step.target.phrase) == ("adjust", "the blue plate")
    assert step.params == {"property": "saturation", "amount": -0.25}
    more = after("make the red plate blue", "stronger")
    assert more.params == {"property": "saturation", "amount": 0.25}


@pytest.mark.parametrize(
    ("first", "params"),
    [
        ("rotate it by 20 degrees", {"degrees": -10.0}),
        ("move the cup to the left", {"direction": "right", "amount": 0.075}),
        ("make the cup bigger", {"factor": 0.861}),
    ],
)
def test_half_of_what_went_too_far_is_taken_back(
    first: str, params: dict[str, float | str]
) -> None:
    """Of a turn, a move and a size."""
    assert after(first, "that's too much").params == params
    assert after(first, "that was too far").params == params


@pytest.mark.parametrize("first", ["remove the cup", "flip it", "add a cup"])
def test_what_has_no_strength_is_not_made_smaller(first: str) -> None:
    """It is said that there is none; nothing is planned."""
    with pytest.raises(BadInstruction, match="has no strength"):
        after(first, "that's too strong")


def test_a_thing_is_still_reduced_in_size() -> None:
    """To reduce it is said of the thing, not of what was done to it."""
    step = after("make the red plate blue", "reduce it")
    assert (step.op, step.params) == ("resize", {"factor": 0.74})


def test_no_green_is_of_what_was_recoloured(talk: Conversation) -> None:
    """The same thing in another colour, by the name that it has now."""
    talk.say("make the red square blue")
    (answer,) = talk.say("no, green")
    assert answer.report is not None
    assert answer.report.status == "done", answer.report.steps
    assert _labels(talk)[-1] == "Change the colour of the blue square to green"


def test_no_green_is_of_what_could_not_be_recoloured(talk: Conversation) -> None:
    """The whole picture does not turn green because a thing was not found."""
    (failed,) = talk.say("make the barometer blue")
    assert failed.report is not None
    assert failed.report.status == "failed"
    (answer,) = talk.say("no, green")
    assert answer.report is not None
    assert answer.report.steps[0]["instruction"] == "Change the colour of the barometer to green"
    assert np.array_equal(talk.session.picture().rgb, photo())
    talk.say("make it darker")
    assert _labels(talk) == ["Make the picture darker"]
    assert talk.session.plan_tried() is None


@pytest.mark.parametrize(
    ("first", "words", "label"),
    [
        (
            "rotate it 10 degrees clockwise",
            "no, the other way",
            "Rotate the picture 10 degrees counterclockwise",
        ),
        ("flip it horizontally", "the other way", "Flip the picture vertically"),
        ("flip it horizontally", "flip it the other way", "Flip the picture vertically"),
        ("make it warmer", "I meant the opposite direction", "Make the picture cooler"),
    ],
)
def test_the_other_way_is_the_step_made_again(
    talk: Conversation, first: str, words: str, label: str
) -> None:
    """Not one more step on top; and undo brings the first way back."""
    talk.say(first)
    before = talk.session.head.id
    talk.say(words)
    assert _labels(talk) == [label]
    talk.say("undo")
    assert talk.session.head.id == before


def test_of_several_steps_the_one_that_goes_a_way_is_meant(talk: Conversation) -> None:
    """And what was done after it is done again."""
    talk.say("flip it horizontally and make it darker")
    talk.say("the other way")
    assert _labels(talk) == ["Flip the picture vertically", "Make the picture darker"]


def test_what_has_no_other_way_says_so(talk: Conversation) -> None:
    """No other thing is recoloured instead."""
    talk.say("make the red square blue")
    (answer,) = talk.say("the other way")
    assert answer.failed
    assert "no other way" in answer.lines[0]
    (nothing,) = Conversation(
        EditSession.create(Picture(photo()), store=talk.session.store, editors=EditorShelf())
    ).say("the other way")
    assert nothing.failed


def test_the_other_way_alone_is_no_instruction() -> None:
    """Where no conversation can change the step, it is refused, not guessed."""
    flipped, _ = read_plan("flip it")
    painted, _ = read_plan("make the cup red")
    with pytest.raises(ChangesHistory):
        read_plan("no, the other way", earlier=[flipped])
    with pytest.raises(BadInstruction, match="other way"):
        read_plan("no, the other way", earlier=[painted])
