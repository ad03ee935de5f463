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


@pytest.mark.parametrize(
    ("text", "factor"),
    [
        ("shrink the wart to a quarter", 0.25),
        ("shrink the wart to a third of its size", 0.333),
        ("shrink the wart to a fifth", 0.2),
        ("reduce the wart to a tenth of what it is", 0.1),
        ("make the wart half the size", 0.5),
        ("make the wart a quarter of its current size", 0.25),
        ("shrink the wart by a quarter", 0.75),
        ("make the wart three times the size", 3.0),
    ],
)
def test_a_share_of_its_size_is_what_is_left_of_it(text: str, factor: float) -> None:
    """The end is said with "to", and the way with "by"."""
    assert only(text) == {"factor": factor}


@pytest.mark.parametrize(
    ("text", "aspect"),
    [
        ("crop it to a 3 to 1 strip", 3.0),
        ("3 to 1 strip", 3.0),
        ("crop to 2 to 1", 2.0),
        ("crop to a two to one strip", 2.0),
        ("a 2:1 banner", 2.0),
        ("make it a 2:1 banner", 2.0),
        ("I need a 3:1 header out of this", 3.0),
    ],
)
def test_a_shape_may_be_said_with_what_it_is_for(text: str, aspect: float) -> None:
    """A banner of two to one is a crop, no style."""
    assert only(text) == {"aspect": aspect}


def test_a_part_of_the_picture_is_cut_out() -> None:
    """A third of each side is kept."""
    assert only("crop it to a third")["keep"] == pytest.approx(0.333)


@pytest.mark.parametrize(
    ("text", "factor"),
    [
        ("the dog, a third smaller", 0.667),
        ("the dog, twice as big", 2.0),
        ("the dog, half as big please", 0.5),
        ("remove the cat. the dog, twice as big", 2.0),
        ("remove the cat. the dog: twice as big", 2.0),
    ],
)
def test_a_size_behind_a_comma_is_of_the_thing_before_it(text: str, factor: float) -> None:
    """Never of the picture, and a sentence of its own is no second thing to be removed."""
    plan, _ = read_plan(text)
    step = plan.steps[-1]
    assert (step.op, step.target.phrase, step.params) == ("resize", "the dog", {"factor": factor})
    assert [s.target.phrase for s in plan.steps[:-1]] in ([], ["the cat"])
    assert not plan.unknown


@pytest.mark.parametrize("words", ["For Sale", "No Entry", "Wet Paint", "Beware Of The Dog"])
def test_what_signs_say_is_written_without_the_verb(words: str) -> None:
    """In capitals and without quotation marks."""
    (step,) = read_plan(f"put {words} on the sign")[0].steps
    assert step.params["what"] == f'the text "{words}"'
    assert step.target.phrase == "the sign"
