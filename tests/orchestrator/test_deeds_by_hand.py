"""Deeds of the real world: wiping, stamping, knocking over, hiding behind a blur."""

from __future__ import annotations

from typing import Any

import pytest

from orchestrator.language.read import read_plan


def only(text: str) -> tuple[str, str, dict[str, Any]]:
    """The only step; every word must be understood."""
    plan, _ = read_plan(text)
    assert not plan.unknown, plan.unknown
    assert len(plan.steps) == 1, plan.steps
    step = plan.steps[0]
    return step.op, step.target.phrase, dict(step.params)


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("mop up the blood", "the blood"),
        ("wipe the spaghetti off her chin", "the spaghetti on her chin"),
        ("shovel the snow off the path", "the snow on the path"),
        ("wipe the stain", "the stain"),
    ],
)
def test_what_is_wiped_off_is_removed(text: str, gone: str) -> None:
    """And what it was on stays."""
    assert only(text) == ("remove", gone, {})


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("wipe her chin", "her chin"),
        ("wipe her face clean", "her face"),
        ("wipe down the table", "the table"),
        ("hoover the carpet", "the carpet"),
    ],
)
def test_what_is_wiped_clean_is_not_removed(text: str, thing: str) -> None:
    """A chin is no stain."""
    assert only(text) == ("restyle", thing, {"style": "clean"})


@pytest.mark.parametrize("text", ["tip the king over", "push the king over", "knock over the king"])
def test_what_is_knocked_over_lies_there(text: str) -> None:
    """It is neither enlarged nor raised."""
    assert only(text) == ("restyle", "the king", {"style": "lying on its side"})


@pytest.mark.parametrize(
    ("text", "params"),
    [
        ("stamp DRAFT across the middle in grey",
         {"text": "DRAFT", "place": "center", "colour": "grey"}),
        ("stamp SOLD across it in red", {"text": "SOLD", "colour": "red"}),
        ("stamp DRAFT on it", {"text": "DRAFT"}),
        ("put Merry Christmas from the Hendersons underneath",
         {"text": "Merry Christmas from the Hendersons"}),
    ],
)  # fmt: skip
def test_what_is_stamped_is_written(text: str, params: dict[str, Any]) -> None:
    """Capitals tell the words from the rest."""
    assert only(text) == ("text", "the whole image", params)


@pytest.mark.parametrize(
    "text",
    [
        "hide the door number with a blur",
        "hide the door number behind a heavy blur",
        "cover the door number with a blur",
        "hide the door number with pixels",
    ],
)
def test_what_is_hidden_by_a_blur_stays(text: str) -> None:
    """It is blurred where it is."""
    op, thing, _ = only(text)
    assert (op, thing) == ("blur", "the door number")


def test_what_is_hidden_is_removed() -> None:
    """Nothing is said to hide it."""
    assert only("hide the dog") == ("remove", "the dog", {})


@pytest.mark.parametrize(
    ("text", "what", "where"),
    [
        ("the snowman gets a carrot on its nose", "a carrot", "on the nose of the snowman"),
        ("the dog gets a hat on its head", "a hat", "on the head of the dog"),
    ],
)
def test_what_a_thing_gets_is_added_to_it(text: str, what: str, where: str) -> None:
    """At the part that is named."""
    assert only(text) == ("add", where.removeprefix("on "), {"what": what, "where": where})


@pytest.mark.parametrize(
    ("text", "who", "how"),
    [
        ("get the toddler to look at the camera", "the toddler", "looking at the camera"),
        ("have the dog look up", "the dog", "looking up"),
    ],
)
def test_somebody_is_got_to_look(text: str, who: str, how: str) -> None:
    """Who is there already is not added."""
    assert only(text) == ("restyle", who, {"style": how})


def test_a_complaint_before_a_deed_makes_nothing_longer() -> None:
    """It says why the grass is mown."""
    assert only("the grass is long, mow it") == ("restyle", "the grass", {"style": "mown"})
