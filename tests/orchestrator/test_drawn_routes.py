"""Backdrops and styles go to the editors of drawings first, where those draw all that is asked."""

from __future__ import annotations

from typing import Any

import pytest

from orchestrator.drawing_styles import style_of_drawings
from orchestrator.plan import Step
from orchestrator.routing import routes, usual
from smartedit_model.drawings.naming import LOOKS, look_named
from smartedit_model.world.mood import STYLE
from smartedit_model.world.wordings import table


def step(op: str, params: dict[str, Any], **more: Any) -> Step:
    """A step of the whole picture."""
    return Step.model_validate({"id": "s1", "op": op, "instruction": "x", "params": params} | more)


@pytest.mark.parametrize("words", ["a beach", "in a green field", "a street at night"])
def test_a_backdrop_goes_to_its_editor_first(words: str) -> None:
    """It yields to a model in photographs."""
    first, second = routes(step("background", {"new": words}))
    assert (first.model, first.yields) == ("drawn-backdrops", True)
    assert second == usual(step("background", {"new": words}))


@pytest.mark.parametrize("words", ["white", "a beach with palms", "outer space"])
def test_other_backdrops_do_not(words: str) -> None:
    """A colour is a tool's, all else a model's."""
    assert not routes(step("background", {"new": words}))[0].yields


@pytest.mark.parametrize("style", STYLE)
def test_the_worlds_own_words_name_its_styles(style: str) -> None:
    """To the plan's routes as to the editor and the witness."""
    words = table("styles")[style]
    assert style_of_drawings(words)
    assert look_named("restyle", words) == style
    first = routes(step("restyle", {"style": words}))[0]
    assert (first.model, first.yields) == ("drawn-moods", True)


@pytest.mark.parametrize("place", table("places"))
def test_the_worlds_own_words_name_its_places(place: str) -> None:
    """So the witness judges what the editor painted."""
    assert place in LOOKS["background"]
    assert all(look_named("background", words) == place for words in table("places")[place])


@pytest.mark.parametrize(
    ("op", "params"),
    [("grade", {"look": "sepia"}), ("grade", {"look": "black and white"}),
     ("grade", {"look": "neon"}), ("restyle", {"style": "8-bit"})],
)  # fmt: skip
def test_only_whole_drawings_are_drawn_anew(op: str, params: dict[str, str]) -> None:
    """The style of one thing is a tool's."""
    assert routes(step(op, params))[0].model == "drawn-moods"
    part = {"target": {"phrase": "the dog", "category": "dog"}, "scope": "local"}
    assert not any(way.yields for way in routes(step(op, params, **part)))


@pytest.mark.parametrize("words", ["a watercolour by moonlight", "neon rain", "old", "a cartoon"])
def test_words_for_more_or_less_are_no_style_of_drawings(words: str) -> None:
    """Others look at them."""
    assert not style_of_drawings(words)
