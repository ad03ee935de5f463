"""How much bigger, how far to the side: the amount follows the words, wherever they stand."""

from __future__ import annotations

from typing import Any

import pytest

from orchestrator.language.read import read_plan


def only(text: str) -> dict[str, Any]:
    """The settings of a plan's only step."""
    plan, _ = read_plan(text)
    assert len(plan.steps) == 1, plan.steps
    assert not plan.unknown
    return dict(plan.steps[0].params)


@pytest.mark.parametrize("thing", ["the cup", "the red plate", "the dog on the left"])
@pytest.mark.parametrize(
    ("how", "factor"),
    [
        ("bigger", 1.35),
        ("a bit bigger", 1.15),
        ("slightly smaller", 0.87),
        ("a tad larger", 1.15),
        ("much bigger", 2.0),
        ("a lot bigger", 2.0),
        ("a lot smaller", 0.5),
        ("20% bigger", 1.2),
    ],
)
def test_a_size_changes_by_as_much_as_is_said(thing: str, how: str, factor: float) -> None:
    """A bit is less than the usual change and a lot is more."""
    assert only(f"make {thing} {how}") == {"factor": factor}
    assert only(f"{thing} should be {how}") == {"factor": factor}


def test_a_turn_of_phrase_loses_no_amount() -> None:
    """Words put into plainer ones keep how much was said."""
    assert only("let the cup grow a lot") == {"factor": 2.0}
    assert only("reduce the size of the cup a bit") == {"factor": 0.87}
    assert only("move the cup a bit to the left") == {"direction": "left", "amount": 0.06}
    assert only("move the cup slightly to the left") == {"direction": "left", "amount": 0.06}
    assert only("move the cup to the left") == {"direction": "left", "amount": 0.15}


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("make the cup bigger, but only slightly", "factor", 1.15),
        ("make the picture darker, just a touch", "amount", -0.1),
        ("blur the background, but only a little", "strength", 0.25),
        ("move the cup to the left, just a bit", "amount", 0.06),
    ],
)
def test_an_amount_may_be_said_afterwards(text: str, key: str, value: float) -> None:
    """What comes behind the wish and says only how much is of that wish."""
    assert only(text)[key] == value


def test_an_amount_of_what_has_none_changes_nothing() -> None:
    """A removal stays a removal."""
    assert only("remove the cup, just a bit") == {}
