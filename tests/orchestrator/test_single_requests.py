"""Requests as people type them: stories first, writing in quotes, how much, lists in order."""

from __future__ import annotations

import pytest

from orchestrator.errors import BadInstruction
from orchestrator.plan import EditPlan, Step
from orchestrator.planning import PlanContext, RulePlanner


def plan(text: str, *before: str) -> EditPlan:
    planner, earlier = RulePlanner(), ()
    for said in before:
        earlier = (*earlier, planner.plan(said, PlanContext(earlier=earlier)))
    return planner.plan(text, PlanContext(earlier=earlier))


def only(text: str, *before: str) -> Step:
    (step,) = plan(text, *before).steps
    return step


_STORIES = {
    "It rained the whole week, please make the sky blue": ["recolor sky"],
    "we went to the beach and my hat flew away, can you put a red hat on me": ["add person"],
    "My sister wore a blue dress that day, could you make it red": ["recolor dress"],
    "it snowed all morning, can you remove the car": ["remove car"],
    "our dog ran into the frame and ruined it, please remove him": ["remove dog"],
    "yesterday we visited the castle and some tourists walked in, get rid of them": [
        "remove tourist"
    ],
    "we waited for hours and the fog never lifted, can you clear it up": ["weather image"],
    "my phone fell in the water so the photo is blurry, sharpen it": ["sharpen image"],
    "the pic was taken at noon but I'd want it at sunrise": ["relight image"],
    "it's a nice picture but my thumb is in the corner": ["remove thumb"],
}


@pytest.mark.parametrize("text", _STORIES)
def test_what_happened_is_no_wish(text: str) -> None:
    """A story asks for nothing; what it speaks of may be meant next."""
    read = plan(text)
    assert [f"{step.op} {step.target.category}" for step in read.steps] == _STORIES[text]
    assert not read.unknown


@pytest.mark.parametrize(
    ("text", "op"),
    [
        ("the photo came out dark, please crop it", "adjust"),
        ("I wanted it brighter, please crop it", "adjust"),
        ("the fence removed, please crop it", "remove"),
    ],
)
def test_complaints_and_results_are_wishes(text: str, op: str) -> None:
    """In the past tense, too."""
    assert {step.op for step in plan(text).steps} == {op, "crop"}


def test_someone_spoken_of_may_be_who_a_thing_is_behind() -> None:
    """The bin behind him is behind dad."""
    step = only("I love this photo of my dad but there's a bin behind him, remove it")
    assert step.target.relation is not None
    assert step.target.relation.anchor.category == "dad"
    both = plan("brighten the woman on the left and the one behind her").steps
    relation = both[1].target.relation
    assert relation is not None
    assert relation.anchor.ordinal is not None


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ('title: "remove the car"', "remove the car"),
        ("write «blur the background» at the bottom", "blur the background"),
        ("write »remove the dog« at the bottom", "remove the dog"),
        ("caption it „make it darker“", "make it darker"),
        ("write ‚remove the dog‘ at the top", "remove the dog"),
        ('write "remove the dog and blur the sky', "remove the dog and blur the sky"),
        ("write “remove the dog at the bottom", "remove the dog"),
        ("write “remove the dog in big red letters", "remove the dog"),
        ("add “crop to a square", "crop to a square"),
        ('"remove the car" should be written across the top', "remove the car"),
        ("add caption: 'crop the photo', move it to the top", "crop the photo"),
    ],
)
def test_what_is_quoted_is_written_and_never_done(text: str, written: str) -> None:
    """Whatever marks are around it, and where none closes it."""
    step = only(text)
    assert (step.op, step.params["text"]) == ("text", written)


def test_a_wish_beside_a_caption_is_done() -> None:
    """Only what is quoted is writing."""
    read = plan('title: "remove the car", and brighten it')
    assert [step.op for step in read.steps] == ["adjust", "text"]


def test_inches_open_no_quotation() -> None:
    """5" wide is a size."""
    assert all(step.op != "text" for step in plan('crop it to 5" wide and make it darker').steps)


def test_what_a_new_thing_says_is_part_of_it() -> None:
    """A speech bubble is drawn with its words."""
    assert "make me taller" in only('add a speech bubble that says "make me taller"').params["what"]


def test_how_writing_looks_is_heard_behind_it() -> None:
    """Colour, size and place."""
    step = only('write "hi", small and red')
    assert (step.params["colour"], step.params["size"]) == ("red", 0.04)
    assert only('write "hi" and put it at the top').params["place"] == "top"


_FACTORS = {
    "make the moon huge": 2.0,
    "make the moon tiny": 0.5,
    "make the cup enormous": 3.0,
    "the logo is a bit too big": 0.87,
    "the logo is too big": 0.74,
    "the logo is way too big": 0.5,
    "the dog is far too small": 2.0,
}


@pytest.mark.parametrize("text", _FACTORS)
def test_how_big(text: str) -> None:
    """Huge is more than big; a bit too big is less than too big."""
    assert only(text).params["factor"] == _FACTORS[text]


_AMOUNTS = {
    "it's way too dark": 0.5,
    "it's too dark": 0.25,
    "it's a bit too dark": 0.1,
    "too dark": 0.25,
    "way too saturated": -0.5,
    "move the boat far to the left": 0.3,
    "move the boat all the way to the right": 0.45,
    "move the cup a long way to the right": 0.3,
    "move the cup a little way to the right": 0.06,
    "push the logo all the way to the left": 0.45,
    "lift the shadows loads": 0.5,
}


@pytest.mark.parametrize("text", _AMOUNTS)
def test_how_much(text: str) -> None:
    """How much too much is how much of the correction; a complaint alone is one, too."""
    assert only(text).params["amount"] == _AMOUNTS[text]


_SLIDERS = {
    "turn the contrast down and the brightness up": [("contrast", -0.25), ("brightness", 0.25)],
    "bring the highlights down a bit and the shadows up a lot": [
        ("highlights", -0.1),
        ("shadows", 0.5),
    ],
    "a lot more contrast": [("contrast", 0.5)],
    "much less grain": [("noise", -0.5)],
    "tons of grain": [("noise", 0.5)],
    "crank the saturation way up": [("saturation", 0.5)],
    "not bright enough": [("brightness", 0.25)],
}


@pytest.mark.parametrize("text", _SLIDERS)
def test_each_slider_goes_its_own_way_as_far_as_is_said(text: str) -> None:
    """The second is not turned with the first, and a turn of phrase loses no amount."""
    read = plan(text)
    told = [(step.params["property"], step.params["amount"]) for step in read.steps]
    assert told == _SLIDERS[text]
    assert not read.unknown


_APART = {
    "make the left mug blue and the other one green": [("mug", "blue"), ("mug", "green")],
    "make the big dog brown and the smaller one black": [("dog", "brown"), ("dog", "black")],
    "the cup on the left should be blue, the one in the middle green and the last one yellow": [
        ("cup", "blue"),
        ("cup", "green"),
        ("cup", "yellow"),
    ],
    "paint the shed on the left dark green and the one by the pond yellow": [
        ("shed", "dark green"),
        ("shed", "yellow"),
    ],
    "make the cup on the left blue and the red one green": [("cup", "blue"), ("cup", "green")],
}


@pytest.mark.parametrize("text", _APART)
def test_the_one_is_of_the_kind_that_was_told_apart_before(text: str) -> None:
    """Each has its own colour."""
    told = [(step.target.category, step.params["colour"]) for step in plan(text).steps]
    assert told == _APART[text]


_STRENGTHS = {
    "make it rain harder": 1.5,
    "make it rain, stronger": 1.5,
    "make it rain, but stronger": 1.5,
    "make it rain a bit harder": 1.25,
    "make it rain, much harder": 2.0,
    "add fog, thicker": 1.5,
    "make it foggy but weaker": 0.5,
    "heavier rain": 1.5,
    "add some fog, not so thick": 0.5,
    "make it rain, but not too hard": 0.5,
}


@pytest.mark.parametrize("text", _STRENGTHS)
def test_how_hard_it_rains(text: str) -> None:
    """Said behind the wish, it is the wish's strength and no wish of its own."""
    read = plan(text)
    assert [step.op for step in read.steps] == ["weather"]
    assert read.steps[0].params["strength"] == _STRENGTHS[text]
    assert not read.unknown


def test_it_is_what_the_op_can_be_done_to() -> None:
    """A picture is relit; its background alone is not, unless it is named."""
    read = plan("blur the background, relight it as sunset")
    assert [(s.op, s.target.category) for s in read.steps] == [
        ("blur", "background"),
        ("relight", "image"),
    ]
    assert [s.target.category for s in plan("darken the background and blur it").steps] == [
        "background",
        "background",
    ]


@pytest.mark.parametrize(
    ("text", "ops"),
    [
        ("blur the sky and brighten the face", ["blur", "adjust"]),
        ("brighten the face and blur the sky", ["adjust", "blur"]),
        ("make it sepia, more contrast", ["grade", "adjust"]),
        ("more contrast, make it sepia", ["adjust", "grade"]),
        ("sharpen the dog, whiten the wall, blur the street", ["sharpen", "recolor", "blur"]),
        ("blur the street, remove the car, crop to a square", ["crop", "remove", "blur"]),
    ],
)
def test_a_list_keeps_its_order_unless_a_rule_demands_another(text: str, ops: list[str]) -> None:
    """Steps of one kind are made as they were said; geometry and removals come first."""
    assert [step.op for step in plan(text).steps] == ops


def test_otherwise_it_is_the_picture() -> None:
    """The thing of the condition is not there then."""
    steps = plan("if theres a watermark take it out, otherwise just brighten it up").steps
    assert [s.target.category for s in steps] == ["watermark", "image"]


def test_only_one_of_them_after_a_change_of_mind() -> None:
    """The verb is the one before."""
    step = only("remove the two guys at the back, no wait, only the one in the cap")
    assert (step.op, step.target.category) == ("remove", "guy")


def test_a_strange_mark_alone_is_nothing_to_do() -> None:
    """A quotation without a verb is refused rather than done."""
    with pytest.raises(BadInstruction):
        plan('"remove the car"')
