"""What stands beside a wish: hedges, lists of pairs, conditions, further things, orders."""

from __future__ import annotations

import pytest

from orchestrator.language.read import read_plan
from orchestrator.plan import EditPlan


def read(text: str) -> EditPlan:
    """The plan of a text of which no word is left over."""
    plan, _ = read_plan(text)
    assert plan.unknown == ()
    return plan


def steps(text: str) -> list[tuple[str, str]]:
    """The ops and the targets' categories of a plan."""
    return [(s.op, s.target.category) for s in read(text).steps]


@pytest.mark.parametrize(
    "text",
    [
        "not sure how hard this is, but remove the bin",
        "I don't know if it's possible, but remove the bin",
        "no idea whether this works, but remove the bin",
        "Right, so, remove the bin",
        "Okay then, remove the bin",
        "remove the bin, thanks a million",
        "remove the bin and nothing else",
        "remove the bin and that's it",
        "there are two bins; the red one needs to go",
        "if you can make out the bin, remove it, otherwise just leave it",
    ],
)
def test_a_hedge_asks_for_nothing(text: str) -> None:
    """Only the bin goes."""
    assert steps(text) == [("remove", "bin")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "door blue roof red chimney away",
            [("remove", "chimney"), ("recolor", "door"), ("recolor", "roof")],
        ),
        (
            "wall white door green roof grey",
            [("recolor", "wall"), ("recolor", "door"), ("recolor", "roof")],
        ),
        ("grass greener clouds gone", [("remove", "cloud"), ("recolor", "grass")]),
    ],
)
def test_pairs_without_marks(text: str, expected: list[tuple[str, str]]) -> None:
    """Things and what becomes of them, side by side."""
    assert steps(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "the bike ought to be mint green, with a basket on its handlebars",
            [("add", "handlebar"), ("recolor", "bike")],
        ),
        ("paint the door blue, with a wreath on it", [("add", "door"), ("recolor", "door")]),
    ],
)
def test_one_more_thing_behind_with(text: str, expected: list[tuple[str, str]]) -> None:
    """What comes with a colour is added where it is said."""
    assert steps(text) == expected


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("add a lamp post, tall and black", "a black tall lamp post"),
        ("at the left border there should stand a lamp post, tall", "a tall lamp post"),
        ("put a boat on the lake, red", "a red boat"),
    ],
)
def test_how_a_new_thing_looks_may_follow(text: str, what: str) -> None:
    """Behind a comma, and colours too."""
    (step,) = read(text).steps
    assert step.params["what"] == what


def test_a_part_of_the_frame_is_only_where() -> None:
    """What is added at a border of the photo is added to the photo."""
    (step,) = read("add a lamp post at the left border of the photo").steps
    assert step.target.is_whole_image
    assert step.params["where"] == "at the left border of the photo"


@pytest.mark.parametrize(
    "text",
    [
        "in making the sky stormy take care not to darken the church",
        "when making the sky stormy take care not to darken the church",
        "make the sky stormy, taking care not to darken the church",
    ],
)
def test_care_is_a_promise(text: str) -> None:
    """The deed is named first, then what it must not harm."""
    plan = read(text)
    assert steps(text) == [("restyle", "sky")]
    assert "church" in str(plan.constraints)


def test_in_that_order() -> None:
    """The order said overrules the usual one."""
    text = "crop, straighten and then desaturate, in that order"
    assert [s.op for s in read(text).steps] == ["crop", "rotate", "adjust"]


DONE = {
    "shift the vase slightly left, away from the edge": ("move", "vase"),
    "move the cup right, towards the plate": ("move", "cup"),
    "let the smaller of the two mugs be as big as the larger": ("resize", "mug"),
    "the dog should be as tall as the cat": ("resize", "dog"),
    "could the boats be fewer, say none?": ("remove", "boat"),
    "mind cropping it closer to the baby?": ("crop", "baby"),
    "print size 4x6, so crop accordingly": ("crop", "image"),
    "it's for a 5x7 print": ("crop", "image"),
    "have the wind blow harder through her hair": ("restyle", "wind"),
    "make her hair blow in the wind": ("restyle", "hair"),
    "leave the sofa alone but remove the bench she sits on": ("remove", "bench"),
    "remove the bag he carries": ("remove", "bag"),
    "do the harbour in the manner of a woodcut": ("restyle", "harbour"),
    "like a stained glass window": ("restyle", "image"),
    "candlelight mood": ("adjust", "image"),
    "sketch the whole thing, lightly": ("restyle", "image"),
    "knock the saturation back a notch": ("adjust", "image"),
    "paint the window frames green": ("recolor", "window frame"),
    "let's go with marble for the countertop": ("restyle", "countertop"),
}


@pytest.mark.parametrize("text", DONE)
def test_one_step_and_nothing_left(text: str) -> None:
    """Every word of it is answered by one step."""
    assert steps(text) == [DONE[text]]


def test_what_holds_something_stands_where_it_is_said() -> None:
    """The jars stand on the shelf, of whatever they are full."""
    (step,) = read("the jars of honey on the shelf, turn them amber").steps
    assert step.target.category == "jar"
    assert step.target.relation is not None
    assert (step.target.relation.kind, step.target.relation.anchor.category) == ("on", "shelf")


def test_a_deed_nobody_listed_removes_nothing() -> None:
    """Behind a removal, what an unknown verb is done to stays."""
    plan, _ = read_plan("remove the yellow bucket, and please frobnicate the gizmo")
    assert [s.target.category for s in plan.steps] == ["bucket"]
    assert plan.unknown == ("frobnicate", "gizmo")
