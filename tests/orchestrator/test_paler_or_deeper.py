"""More or less of a colour that a step before gave: the paint changes, not the picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from memory.store import SessionStore
from orchestrator.conversation import Conversation
from orchestrator.editors import EditorShelf
from orchestrator.errors import ChangesHistory
from orchestrator.language.command_meanings import CommandContext
from orchestrator.language.command_types import Again, Edit
from orchestrator.language.commands import interpret
from orchestrator.language.read import read_plan
from orchestrator.session import EditSession
from tests.orchestrator.conftest import photo
from tools import oklab
from tools.pictures import Picture


@pytest.fixture
def talk(store: SessionStore, tmp_path: Path) -> Conversation:
    """A conversation about ``photo()`` with tools only."""
    session = EditSession.create(Picture(photo()), store=store, editors=EditorShelf())
    return Conversation(session, default_save=tmp_path / "saved.png")


def _said(text: str, *before: str) -> object:
    earlier = tuple(read_plan(one)[0] for one in before)
    (found,) = interpret(text, CommandContext(earlier=earlier))
    return found


@pytest.mark.parametrize(
    ("text", "factor"),
    [
        ("less blue", 0.5),
        ("a bit less blue please", 0.75),
        ("the blue is too strong", 0.5),
        ("it's too blue", 0.5),
        ("the car is too blue now", 0.5),
        ("the blue is a bit much", 0.75),
        ("more blue", 1.5),
        ("even bluer", 1.5),
        ("not blue enough", 1.5),
        ("too much", 0.5),
    ],
)
def test_more_and_less_of_a_colour_is_of_the_step_that_gave_it(text: str, factor: float) -> None:
    """However it is said."""
    found = _said(text, "make the car blue")
    assert isinstance(found, Again)
    assert found.factor == factor


@pytest.mark.parametrize(
    "text", ["less red", "make the picture less blue", "make the sky less blue", "less car"]
)
def test_what_no_step_coloured_is_a_wish_of_its_own(text: str) -> None:
    """Another colour, the picture, another thing, no colour at all."""
    assert isinstance(_said(text, "make the car blue"), Edit)
    assert isinstance(_said("less blue"), Edit)


def test_less_of_a_tint_is_of_the_step_that_tinted() -> None:
    """Of the picture's own tint, in the way that it went; of the other way it is a new wish."""
    assert _said("too blue", "make it bluer") == Again("", 0.5)
    assert _said("it's too warm now", "make it warmer") == Again("", 0.5)
    assert isinstance(_said("less red", "make it bluer"), Edit)


def test_a_plan_alone_cannot_change_a_colour_given_before() -> None:
    """It would tint the whole picture."""
    painted, _ = read_plan("make the car blue")
    with pytest.raises(ChangesHistory):
        read_plan("more blue", earlier=[painted])


def _square(talk: Conversation) -> tuple[float, float]:
    """Mean Oklab chroma and hue of what was the red square."""
    place = (photo().astype(int) @ [1, -1, 0]) > 120
    lab = oklab.from_display(talk.session.picture().rgb[place] / 255).mean(axis=0)
    return float(oklab.chroma(lab)), float(oklab.hue(lab))


def test_less_blue_is_a_paler_blue_of_the_same_thing(talk: Conversation) -> None:
    """The hue stays, the rest of the picture is untouched; more is more again; undo brings back."""
    talk.say("make the red square blue")
    blue, hue = _square(talk)
    shown = talk.session.head.id
    (answer,) = talk.say("less blue")
    assert answer.report is not None
    assert answer.report.status == "done", answer
    pale, still = _square(talk)
    assert pale < 0.7 * blue
    assert abs(still - hue) < 0.2
    rest = (photo().astype(int) @ [1, -1, 0]) < 60
    changed = (talk.session.picture().rgb != photo()).any(axis=2)
    assert changed[rest].mean() < 0.02
    talk.say("more blue")
    assert pale < _square(talk)[0] < blue
    talk.say("undo")
    talk.say("undo")
    assert talk.session.head.id == shown


def test_a_thing_is_found_by_the_colour_it_was_given(talk: Conversation) -> None:
    """Also where that is too pale to be called so by its looks."""
    talk.say("make the red square blue")
    talk.say("a lot less blue")
    (answer,) = talk.say("make the blue square darker")
    assert answer.report is not None
    assert answer.report.status == "done", answer.lines
    assert "gave it this colour" in " ".join(answer.report.steps[0]["notes"])


def test_a_thing_that_went_elsewhere_is_looked_for(talk: Conversation) -> None:
    """Where a later step moved it, the place that was painted is not its place any more."""
    talk.say("make the red square blue")
    talk.say("move the blue square to the left")
    (answer,) = talk.say("make the blue square darker")
    assert answer.report is not None
    assert "gave it this colour" not in " ".join(answer.report.steps[0]["notes"])


def test_hueless_paint_comes_back_in_lightness(talk: Conversation) -> None:
    """Less black is grey."""
    talk.say("make the red square black")
    place = (photo().astype(int) @ [1, -1, 0]) > 120
    black = talk.session.picture().rgb[place].mean()
    talk.say("less black")
    grey = talk.session.picture().rgb[place].astype(float)
    assert grey.mean() > black + 15
    assert np.ptp(grey.mean(axis=0)) < 25
