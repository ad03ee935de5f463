"""A wish put otherwise names the thing by kind, colour and place, and stays the same wish."""

from __future__ import annotations

import numpy as np
import pytest

from orchestrator.ops import PARAMS
from orchestrator.plan import Step
from orchestrator.rewording import FORMS, wordings
from tests.orchestrator.conftest import photo
from tools.operation import SoftMask
from tools.target import IMAGE, Relation, Target

SQUARE = Target(phrase="the square", category="square")


def mask(x0: int, y0: int, x1: int, y1: int) -> SoftMask:
    made = np.zeros(photo().shape[:2], dtype=np.float32)
    made[y0:y1, x0:x1] = 1
    return made


RED = mask(15, 20, 55, 60)


def step(op: str, target: Target = SQUARE, **params: object) -> Step:
    return Step(id="s1", op=op, target=target, instruction="do it", params=params)  # type: ignore[arg-type]


def test_kind_colour_and_place_are_named() -> None:
    """The colour is measured inside the mask where the person named none."""
    said = wordings(step("replace", new="a fox"), photo(), RED)
    assert said[0] == "turn the red square on the left into a fox"


def test_a_colour_that_was_said_is_not_measured() -> None:
    """The person's word stands, whatever the pixels look like."""
    target = Target(phrase="the crimson square", category="square", attributes=("crimson",))
    assert "crimson square" in wordings(step("remove", target), photo(), RED)[0]


def test_a_relation_is_not_lost() -> None:
    """What tells the thing apart from others of its kind is said somewhere in every wording."""
    relation = Relation(kind="on", anchor=Target(phrase="the table", category="table"))
    target = Target(phrase="the square on the table", category="square", relation=relation)
    for text in wordings(step("remove", target), photo(), RED):
        assert "on the table" in text or "on the left" in text


@pytest.mark.parametrize(
    "made",
    [
        step("remove"),
        step("replace", new="a {odd} fox"),
        step("recolor", colour="green"),
        step("add", what="a hat", where="on the square"),
        step("resize", factor=0.5),
        step("move", direction="left", amount=0.2),
        step("move", to="the corner"),
        step("background", new="a beach"),
        step("restyle", IMAGE, style="a sketch"),
        step("relight", IMAGE, to="night"),
        step("weather", IMAGE, kind="rain"),
    ],
    ids=lambda made: made.op,
)
def test_every_wording_is_new_and_still_says_what(made: Step) -> None:
    """No wording repeats the instruction or another; what was asked for is in each."""
    said = wordings(made, photo(), RED)
    assert said
    assert len({text.lower() for text in said}) == len(said)
    assert made.instruction not in said
    for value in made.params.values():
        if isinstance(value, str) and made.op not in ("weather", "move"):
            assert all(value in text for text in said), said


def test_tools_own_ops_have_no_wordings() -> None:
    """What only tools do is not put into other words."""
    crop = Step(id="s1", op="crop", instruction="crop it", params={"aspect": 1.0})
    assert wordings(crop, photo(), None) == ()
    assert set(FORMS) <= set(PARAMS)
