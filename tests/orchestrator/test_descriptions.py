"""What tells one thing from others stays whole, in the words of photographs too."""

from __future__ import annotations

import pytest

from orchestrator.critic.coverage import check_coverage
from orchestrator.language.descriptions import read_words
from orchestrator.language.read import read_plan
from orchestrator.plan import EditPlan, Step
from orchestrator.planning import PlanContext, RulePlanner

PLANNER = RulePlanner()


def plan(text: str) -> EditPlan:
    return PLANNER.plan(text, PlanContext())


def only(text: str) -> Step:
    (step,) = plan(text).steps
    return step


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("make the house that is not white blue", "the house that is not white"),
        ("blur the man who is furthest to the left", "the man who is furthest to the left"),
        ("remove of the two boats, the bigger one", "of the two boats, the bigger one"),
        ("paint the door nearest the left edge red", "the door nearest the left edge"),
        ("make whatever is on the table bigger", "whatever is on the table"),
        ("remove everything but the dog", "everything but the dog"),
        ("make the car here red", "the car here"),
        ("remove the glass with a bottle on either side", "the glass with a bottle on either side"),
        ("remove the bag closer to us than the bench", "the bag closer to us than the bench"),
        ("paint the door in the hall red", "the door in the hall"),
        ("move the cup on the left to the right", "the cup on the left"),
        ("replace the cup by the window with a plant", "the cup by the window"),
    ],
)
def test_a_description_is_the_whole_target(text: str, phrase: str) -> None:
    """It is one target with all of its words, and the rest of the clause is what is asked for."""
    assert only(text).target.phrase == phrase


def test_what_it_is_not_is_left_out() -> None:
    """The house that is not white is the house without the white one, and this is told once."""
    step = only("make the house that is not white blue")
    assert step.target.exclude is not None
    assert step.target.exclude.attributes == ("white",)
    assert step.instruction == "Change the colour of the house that is not white to blue"


@pytest.mark.parametrize(
    ("text", "op", "params"),
    [
        ("put a lamp there", "add", {"what": "a lamp", "where": "there"}),
        ("paint the wall in red", "recolor", {"colour": "red"}),
        ("imagine the bench painted red", "recolor", {"colour": "red"}),
        ("make everything red", "adjust", {"property": "temperature", "amount": 0.25}),
    ],
)
def test_what_the_verb_needs_is_no_description(text: str, op: str, params: dict[str, str]) -> None:
    """Where it goes and what it becomes is left to the verb."""
    step = only(text)
    assert (step.op, step.params) == (op, params)


def test_a_thing_and_its_colour_are_two() -> None:
    """Making "the sky blue" makes the sky blue; "sky blue" behind a thing is a colour."""
    sky, grass = plan("make the sky blue and the grass green").steps
    assert (sky.target.category, sky.params["colour"]) == ("sky", "blue")
    assert (grass.target.category, grass.params["colour"]) == ("grass", "green")
    assert only("paint the car sky blue").params["colour"] == "sky blue"
    assert only("remove the sky blue car").target.attributes == ("sky blue",)


def test_a_list_of_what_is_left_out_stays_a_list() -> None:
    """What stands behind the first thing that is left out is left out too."""
    step = only("remove everything except the dog and the cat")
    assert step.target.exclude is not None
    assert step.target.exclude.category == "dog"
    assert "cat" in step.instruction


def test_what_is_put_where_something_was_replaces_it() -> None:
    """Removing a thing and putting another there is one step; elsewhere it is two."""
    step = only("remove the lamp and put a plant there")
    assert (step.op, step.target.category, step.params["new"]) == ("replace", "lamp", "a plant")
    assert [s.op for s in plan("remove the lamp and put a plant on the left").steps] == [
        "remove",
        "add",
    ]


def test_no_thing_becomes_night() -> None:
    """A time, weather or style that "it" is to have is the picture's, whatever was spoken of."""
    steps = plan("enlarge the boat, then turn it to night").steps
    assert [(s.op, s.target.is_whole_image) for s in steps] == [
        ("resize", False),
        ("relight", True),
    ]
    assert plan("enlarge the boat, then make it red").steps[-1].target.category == "boat"


def test_every_word_of_a_description_is_accounted_for() -> None:
    """The critic finds no word of one that nothing stands for."""
    made = plan("make the house that is not white blue")
    words, findings = check_coverage(made, "rules", PlanContext())
    assert not findings
    assert {word.by for word in words if word.by} == {"s1"}


def test_units_stay_in_order() -> None:
    """Joined units are numbered anew and keep their places in the text."""
    text = "remove the cup that is not red, then add rain"
    units = read_words(text)
    assert [unit.index for unit in units] == list(range(len(units)))
    assert "cup that is not red" in [unit.norm for unit in units]
    assert [text[unit.start : unit.end] for unit in units][2] == "cup that is not red"


@pytest.mark.parametrize(
    ("said", "left_out", "attributes"),
    [
        ("remove all cups except the red one", "the red cup", ("red",)),
        ("delete every car other than blue", "the blue car", ("blue",)),
        ("remove the dogs but not the one on the left", "the dog on the left", ()),
    ],
)
def test_what_is_left_out_is_of_the_same_kind(
    said: str, left_out: str, attributes: tuple[str, ...]
) -> None:
    """A bare colour and "the one" are named by what they are left out of."""
    plan, _ = read_plan(said)
    exclude = plan.steps[0].target.exclude
    assert exclude is not None
    assert (exclude.phrase, exclude.attributes) == (left_out, attributes)
