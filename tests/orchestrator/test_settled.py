"""What a wish settles on: another value, one of two names, what is told before it and is none."""

from __future__ import annotations

from typing import Any

import pytest

from orchestrator.plan import EditPlan
from orchestrator.planning import PlanContext, RulePlanner


def plan(text: str) -> EditPlan:
    return RulePlanner().plan(text, PlanContext())


def steps(text: str) -> list[tuple[str, str, dict[str, Any]]]:
    return [(step.op, step.target.category, step.params) for step in plan(text).steps]


@pytest.mark.parametrize(
    ("text", "op", "thing", "params"),
    [
        ("rotate it left, no, right", "rotate", "image", {"degrees": 90.0}),
        ("rotate it 10 degrees, no, 20 degrees", "rotate", "image", {"degrees": 20.0}),
        ("rotate it 10 degrees clockwise, that'd be the wrong way, counterclockwise", "rotate",
         "image", {"degrees": -10.0}),
        ("make the pumpkin twice as large. Or no: three times.", "resize", "pumpkin",
         {"factor": 3.0}),
        ("make the tower half as tall, no wait, a third", "resize", "tower", {"factor": 0.333}),
        ("enlarge the moon 3x, or rather 2x", "resize", "moon", {"factor": 2.0}),
        ("move the cup left, no wait, right", "move", "cup", {"direction": "right"}),
        ("flip it horizontally, or no, vertically", "flip", "image", {"axis": "vertical"}),
        ("write 'Hi' at the top, or no, at the bottom", "text", "image",
         {"text": "Hi", "place": "bottom"}),
        ("brighten the kitchen by 30%, no, 20 is enough", "adjust", "kitchen", {"amount": 0.2}),
        ("darken it by 40%, hmm, 25 will do", "adjust", "image", {"amount": -0.25}),
        ("paint the door red, blue is better", "recolor", "door", {"colour": "blue"}),
        ("i first wanted the door blue, then green, but let's settle on burgundy", "recolor",
         "door", {"colour": "burgundy"}),
        ("change the mug from white to, let me think, cobalt", "recolor", "mug",
         {"colour": "cobalt"}),
    ],
)  # fmt: skip
def test_a_value_alone_changes_the_wish_before_it(
    text: str, op: str, thing: str, params: dict[str, Any]
) -> None:
    """What is to be done, and to what, stays as it was said; nothing is left unread."""
    ((made, category, given),) = steps(text)
    assert (made, category) == (op, thing)
    assert params.items() <= given.items()
    assert not plan(text).unknown


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("My husband thinks his ears stick out in this one. They don't, but could you make them "
         "ten percent smaller?", [("resize", "ear")]),
        ("The buyer says he's confused by the two music stands behind it. Please take those away.",
         [("remove", "stand")]),
        ("My cousin reckons the lamp spoils the room. Take it away please.", [("remove", "lamp")]),
        ("Last summer we cycled to the lighthouse and that day there was fog. I would like to see "
         "it without.", [("weather", "image")]),
        ("Yesterday we hiked up the hill and there was rain. I want to see it without.",
         [("weather", "image")]),
        ("My nephew is mad about dinosaurs, he'd flip if there was a stegosaurus in the car park",
         [("add", "park")]),
        ("the kids would be thrilled if there was a dragon in the sky", [("add", "sky")]),
        ("This is the only photo we have of grandpa. Please sharpen it.", [("sharpen", "image")]),
        ("I know it's petty, but the gnome spoils my picture. Swap it for a birdbath.",
         [("replace", "gnome")]),
        ("Okay so funny thing, the parrot flew off, and now the perch is empty. Could you sit a "
         "green parrot on it again?", [("add", "perch")]),
        ("I'd like the picture to match: the wall behind the piano is sage green these days.",
         [("recolor", "wall")]),
        ("the chair looks lonely. add a cat on it", [("add", "chair")]),
        ("Our choir needs a poster. The whole thing should feel a bit warmer.",
         [("adjust", "image")]),
    ],
)  # fmt: skip
def test_what_is_told_before_a_wish_is_none(text: str, wanted: list[tuple[str, str]]) -> None:
    """What somebody says, what happened and what there was; its things may be meant by "it"."""
    assert [(op, thing) for op, thing, _ in steps(text)] == wanted


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("I'm attached to that scratch on the table so keep it, but polish the rest", ""),
        ("we're selling the car so the licence plate has to be unreadable", "licence plate"),
    ],
)
def test_a_wish_within_what_is_told_is_still_one(text: str, thing: str) -> None:
    """A second half that asks for something of its own."""
    assert [category for _, category, _ in steps(text)] == [thing]


@pytest.mark.parametrize(
    ("text", "left_out"),
    [
        ("take all the boats out of the bay except the red tugboat", "tugboat"),
        ("remove all the cars from the street except the red van", "van"),
        ("take the cups off the table except the blue one", "cup"),
    ],
)
def test_what_is_left_out_is_of_the_things_not_of_the_place(text: str, left_out: str) -> None:
    """However far behind the thing it is said."""
    (step,) = plan(text).steps
    assert step.target.exclude is not None
    assert step.target.exclude.category == left_out
