"""What is said in a conversation and asks for nothing, and what only asks for an opinion."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from memory.store import SessionStore
from orchestrator.conversation import Conversation
from orchestrator.editors import EditorShelf
from orchestrator.errors import BadInstruction
from orchestrator.language.command_meanings import CommandContext
from orchestrator.language.command_types import (
    Approve,
    Edit,
    GoBack,
    Greet,
    Help,
    Judge,
    Quit,
    SaveAs,
    Thank,
    Undo,
)
from orchestrator.language.commands import interpret
from orchestrator.language.read import read_plan
from orchestrator.session import EditSession
from tests.orchestrator.conftest import photo
from tools.pictures import Picture

TURN = Undo(turn=True)


@pytest.fixture
def talk(store: SessionStore, tmp_path: Path) -> Conversation:
    """A conversation about ``photo()`` with tools only."""
    session = EditSession.create(Picture(photo()), store=store, editors=EditorShelf())
    return Conversation(session, default_save=tmp_path / "saved.png")


@pytest.mark.parametrize(
    "text",
    [
        "hi there", "good morning!", "hello", "hi", "Hey!", "hello again", "good evening",
        "howdy", "hello, how are you?", "hi everyone", "hey there, good afternoon",
    ],
)  # fmt: skip
def test_a_greeting_is_only_a_greeting(text: str) -> None:
    """However it is said."""
    assert interpret(text) == [Greet()]


@pytest.mark.parametrize(
    "text",
    [
        "thanks, that's lovely", "thanks", "thank you so much!", "looks great, thank you!",
        "wow, that looks amazing", "that's exactly what I wanted", "I love it", "well done",
        "much better", "beautiful!", "oh, it turned out really nice, cheers", "perfect, thanks!",
        "many thanks", "great job", "hello, thanks for that", "no thanks", "not bad",
    ],
)  # fmt: skip
def test_thanks_and_praise_ask_for_nothing(text: str) -> None:
    """Nothing is taken for a thing in the picture, or for one to be kept."""
    assert interpret(text) == [Thank()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hi there, make it darker", [Edit("make it darker")]),
        ("good morning! can you remove the car?", [Edit("can you remove the car")]),
        ("that's lovely, now make it darker", [Edit("now make it darker")]),
        ("that looks great, save it", [SaveAs()]),
        ("undo that, thanks", [TURN]),
        ("thank you, bye", [Quit()]),
        ("that's perfect, thanks, quit", [Quit()]),
        ("hi, help", [Help()]),
        ("make it darker, thank you so much", [Edit("make it darker")]),
        ("add a hello sign", [Edit("add a hello sign")]),
        ("make it look lovely", [Edit("make it look lovely")]),
        ("lovely, dark and moody", [Edit("lovely, dark and moody")]),
        ("a beautiful sky", [Edit("a beautiful sky")]),
    ],
)
def test_a_wish_beside_them_is_heard(text: str, expected: list[object]) -> None:
    """They lead in or close, and the wish is done."""
    assert interpret(text) == expected


def test_praise_for_a_plan_that_waits_is_a_yes() -> None:
    """As ever."""
    assert interpret("perfect", CommandContext(awaiting_approval=True)) == [Approve()]


@pytest.mark.parametrize(
    "text",
    [
        "is it sharp enough?", "does it look ok?", "what do you think?", "how does it look?",
        "is that better?", "do you like it?", "is it too dark?", "does the sky look natural?",
        "what do you think of it now?", "are the colours strong enough?", "any good?",
        "do you think it's too much?", "hmm, is it bright enough now?",
    ],
)  # fmt: skip
def test_a_question_of_taste_is_no_wish(text: str) -> None:
    """Whether it is good is asked; nothing is to be changed."""
    assert interpret(text) == [Judge()]


@pytest.mark.parametrize(
    "text",
    [
        "the sky is not dark enough",
        "do you think you could make it darker?",
        "is it possible to remove the car?",
        "does it need a border? add one",
    ],
)
def test_a_wish_in_the_form_of_a_question_stays_one(text: str) -> None:
    """It says what to do."""
    assert Judge() not in interpret(text)


def test_all_of_them_are_answered_in_one_line_and_nothing_is_done(talk: Conversation) -> None:
    """Kindly and honestly: what can be said, what was done, what cannot be judged."""
    (hello,) = talk.say("hi there")
    assert not hello.failed
    assert "make it warmer" in hello.lines[0]
    (before,) = talk.say("does it look ok?")
    assert "nothing was done" in before.lines[0]
    talk.say("make it darker")
    head = talk.session.head.id
    (opinion,) = talk.say("is it dark enough?")
    (thanks,) = talk.say("thanks, that's lovely")
    assert [len(answer.lines) for answer in (hello, opinion, thanks)] == [1, 1, 1]
    assert "cannot be judged" in opinion.lines[0]
    assert "Make the picture darker" in opinion.lines[0]
    assert not thanks.failed
    assert talk.session.head.id == head


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the eyes look creepy, undo that", [TURN]),
        ("the sky looks fake, undo that", [TURN]),
        ("the sky is too dark, undo that", [TURN]),
        ("that made the colours too strong. undo it", [TURN]),
        ("his face came out blurry, go back", [TURN]),
        ("no, it's too bright now, undo", [Undo()]),
        ("hmm, the grass is too yellow, revert that", [TURN]),
        ("I don't like the colours, take that back", [TURN]),
        ("everything looks orange, undo the last step", [Undo()]),
        ("it was nicer without the glow, go back to before the rain", [GoBack(before="the rain")]),
        (
            "the sky looks fake, undo that and make it darker",
            [TURN, Edit("make it darker")],
        ),
        # What asks for something is asked for.
        ("remove the man, undo", [Edit("remove the man"), Undo()]),
        ("the sky should be pink, then undo", [Edit("the sky should be pink"), Undo()]),
    ],
)
def test_a_complaint_before_undo_is_the_reason_for_it(text: str, expected: list[object]) -> None:
    """It is no wish of its own: done first, it would be the thing undone."""
    assert interpret(text) == expected


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("save it as a jpg for instagram", ".jpg"),
        ("save this as a png", ".png"),
        ("save as jpeg", ".jpeg"),
        ("export it as a webp file", ".webp"),
        ("save it as a PNG please", ".png"),
        ("download it as a jpg", ".jpg"),
        ("save the picture as a jpg image", ".jpg"),
        ("can you save that as a high quality jpg", ".jpg"),
        ("save it as jpg to send to my mum", ".jpg"),
        ("export the photo as a tiff", ".tiff"),
        ("save it for instagram", ""),
        ("save it for later", ""),
        ("save it", ""),
        ("save the picture", ""),
    ],
)
def test_a_format_alone_says_how_to_save(text: str, kind: str) -> None:
    """The name is the usual one."""
    assert interpret(text) == [SaveAs(kind=kind)]


@pytest.mark.parametrize(
    "text", ["save it as a jpg for instagram", "save it", "export this as a png please"]
)
def test_a_plan_cannot_save_and_says_how(text: str) -> None:
    """Where no conversation is held, the option is named."""
    with pytest.raises(BadInstruction, match="--output"):
        read_plan(text)
    plan, _ = read_plan("make it darker and save the dog")
    assert plan.steps[0].op == "adjust"


def test_saving_by_format_writes_that_format(talk: Conversation, tmp_path: Path) -> None:
    """Beside the usual place, and the picture shown is the one written."""
    (answer,) = talk.say("save it as a jpg for instagram")
    assert answer.lines[0] == f"saved: {tmp_path / 'saved.jpg'}"
    assert (tmp_path / "saved.jpg").read_bytes()[:2] == b"\xff\xd8"
    assert np.array_equal(talk.session.picture().rgb, photo())


@pytest.mark.parametrize("text", ["save the dog from the water", "save the png logo"])
def test_a_thing_is_not_saved_to_a_file(text: str) -> None:
    """Only a picture is."""
    assert interpret(text) == [Edit(text)]


def test_a_complaint_alone_is_still_a_wish() -> None:
    """As before: what is too dark is to be brighter."""
    plan, _ = read_plan("the sky is too dark")
    assert [step.op for step in plan.steps] == ["adjust"]
