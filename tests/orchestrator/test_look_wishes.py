"""Instructions that are nothing but the wish for a look of the look-book."""

from __future__ import annotations

import pytest

from memory.store import SessionStore
from orchestrator.critic.coverage import MISSING, UNKNOWN
from orchestrator.editors import EditorShelf
from orchestrator.look_wish import look_said
from orchestrator.session import EditSession
from orchestrator.settings import RunSettings
from tests.orchestrator.conftest import photo
from tools.lookbook import Look, built_in
from tools.pictures import Picture

BY_RULES = RunSettings(planner="rules")
WISHES = {
    "y2k": "digicam",
    "like a wes anderson film": "pastel",
    "give it that old money look": "old money",
    "make it look expensive": "old money",
    "vibe of a rainy day in london": "melancholy",
    "tumblr 2014": "soft grunge",
    "christmas card": "christmas",
    "winter wonderland": "arctic",
    "make it look clean and minimal": "scandinavian",
    "Make it Barbie!": "doll house",
    "give it some y2k vibes please": "digicam",
    "studio lighting": "clean",
    "make it look like night vision": "night vision",
    "real estate listing": "interior",
    "make it look tastier": "food",
    "newspaper": "newspaper",
    "make it look like it's from mars": "mars",
    "in the style of wes anderson": "pastel",
    "forest vibes": "forest",
}
SPELLED_OUT = {
    "make it less boring": "pop",
    "more depth": "pop",
    "for linkedin": "professional",
    "make it for my linkedin profile": "professional",
}


@pytest.fixture
def session(store: SessionStore) -> EditSession:
    return EditSession.create(Picture(photo()), store=store, editors=EditorShelf())


@pytest.mark.parametrize("wish", WISHES)
def test_a_terse_wish_becomes_its_look(session: EditSession, wish: str) -> None:
    """The plan holds the look's amounts, every word is covered, and nobody is warned."""
    plan = session.plan(wish, BY_RULES)
    last = plan.steps[-1]
    assert (last.op, last.params["look"]) == ("grade", WISHES[wish])
    assert last.params["recipe"]
    assert last.target.is_whole_image
    found = session.review(plan, BY_RULES, author="rules")
    assert not found.of("warn")
    assert {UNKNOWN, MISSING}.isdisjoint(word.by for word in found.coverage)


@pytest.mark.parametrize("wish", SPELLED_OUT)
def test_a_wish_of_steps_alone_becomes_those_steps(session: EditSession, wish: str) -> None:
    """Looks without amounts of their own are the steps they name."""
    plan = session.plan(wish, BY_RULES)
    look = built_in().looks[SPELLED_OUT[wish]]
    assert [(step.op, step.params) for step in plan.steps] == [
        (part.op, dict(part.params)) for part in look.steps
    ]


@pytest.mark.parametrize(
    "text",
    [
        "remove the forest",
        "make the forest darker",
        "add a newspaper",
        "replace the dog with ice",
        "make it warmer",
        "city lights in the background",
        "forest, then crop it",
        "y2k " * 60,
        "",
    ],
)
def test_what_is_more_than_a_look_is_none(text: str) -> None:
    """A sentence about things stays one, whatever names of looks are in it."""
    assert look_said(text, built_in()) == ""


def test_a_word_of_ones_own_book_is_said_alone() -> None:
    """Names and aliases of the user's looks are wishes like the built-in ones."""
    book = built_in().with_looks({"grandma core": Look(warmth=0.3, aliases=("nana",))}, "mine")
    assert look_said("make it nana", book) == "nana"
    assert look_said("give it a Grandma Core vibe", book) == "grandma core"
