"""Wishes as sentences: frames, and what they ask for, combine freely (``data/wishes.yaml``)."""

from __future__ import annotations

import pytest

from orchestrator.language import slots
from orchestrator.language.read import read_plan
from orchestrator.language.turn_rules import phrases

VIEWS = {
    "a pencil sketch": ("restyle", "style", "pencil sketch"),
    "neon lights": ("restyle", "style", "neon lights"),
    "night": ("relight", "to", "night"),
}
FRAMES = (
    "let the picture become {}",
    "{} is what the picture should become",
    "rework this so that it becomes {}",
    "I wish it were {}",
    "if you can, make it {}",
    "what if this were {}",
    "suppose this were {}, and show that",
)
CHANGES = {
    "let the cup take up more space": ("resize", "factor", 1.35),
    "the size of the cup should be reduced": ("resize", "factor", 0.74),
    "the cup should get a coat of red paint": ("recolor", "colour", "red"),
    "the cup should move to the left": ("move", "direction", "left"),
    "let a dog stand where the cup is now": ("replace", "new", "a dog"),
    "find the cup and paint it red": ("recolor", "colour", "red"),
}


def one_step(text: str) -> tuple[str, dict[str, object], str]:
    """The op, settings and target of a plan's only step."""
    plan, _ = read_plan(text)
    assert len(plan.steps) == 1, plan.steps
    step = plan.steps[0]
    return step.op, dict(step.params), step.target.phrase


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("view", VIEWS)
def test_any_frame_takes_any_view(frame: str, view: str) -> None:
    """What the picture should be like is read in every frame."""
    op, name, value = VIEWS[view]
    got, params, _ = one_step(frame.format(view))
    assert (got, params[name]) == (op, value)


@pytest.mark.parametrize("text", CHANGES)
def test_what_becomes_of_a_thing(text: str) -> None:
    """A size, a colour, a side, another thing: said of the thing in many ways."""
    op, name, value = CHANGES[text]
    got, params, phrase = one_step(text)
    assert (got, params[name], phrase.split()[-1]) == (op, value, "cup")


@pytest.mark.parametrize(
    "text", ["the cup is in the way, remove it", "the picture should no longer show the cup"]
)
def test_away_with_it_is_one_wish(text: str) -> None:
    """A complaint and the request that follows it are one step."""
    assert one_step(text)[::2] == ("remove", "the cup")


@pytest.mark.parametrize(
    ("text", "style"),
    [("sketch it", "pencil sketch"), ("posterize it", "poster"), ("pixelate it", "pixel art")],
)
def test_a_verb_says_a_style(text: str, style: str) -> None:
    """Some verbs name a style; a thing that is pixelated is still blurred."""
    assert one_step(text)[:2] == ("restyle", {"style": style})
    assert one_step("pixelate the face")[0] == "blur"


def test_what_is_put_where_the_background_was_is_the_background() -> None:
    """To delete the background and show something else there is one wish."""
    op, params, _ = one_step("delete the background and show a green field in its stead")
    assert (op, params) == ("background", {"new": "a green field"})


def test_a_named_part_hides_no_kind_of_slot() -> None:
    """A part of the data files and a kind of slot never share a name."""
    assert not phrases().keys() & slots.KINDS.keys()
