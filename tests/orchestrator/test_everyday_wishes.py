"""Everyday wishes: tried, told with a statement first, listed by topic, livened up, explained."""

from __future__ import annotations

from typing import Any

import pytest

from orchestrator.language.command_types import Edit, Teach
from orchestrator.language.commands import interpret
from orchestrator.look_wish import looks_meant
from orchestrator.looks import spell_out, words_for_planner
from orchestrator.plan import EditPlan
from orchestrator.planning import PlanContext, RulePlanner
from tools.lookbook import built_in


def plan(text: str) -> EditPlan:
    book = built_in()
    looks = words_for_planner(book, looks_meant(text, book))
    return RulePlanner().plan(text, PlanContext(looks=looks))


def steps(text: str) -> list[tuple[str, str, dict[str, Any]]]:
    return [(step.op, step.target.phrase, dict(step.params)) for step in plan(text).steps]


WHOLE = "the whole image"


@pytest.mark.parametrize(
    ("text", "op", "phrase", "params"),
    [
        ("try it with more contrast", "adjust", WHOLE, {"property": "contrast", "amount": 0.25}),
        ("try it with a bit more contrast", "adjust", WHOLE, {"amount": 0.1}),
        ("see it with less saturation", "adjust", WHOLE, {"property": "saturation"}),
        ("can we try it in black and white", "grade", WHOLE, {"look": "black and white"}),
        ("try it as a watercolour", "restyle", WHOLE, {"style": "watercolour painting"}),
        ("try it at night", "relight", WHOLE, {"to": "night"}),
        ("let's try it brighter", "adjust", WHOLE, {"property": "brightness"}),
        ("try it without the dog", "remove", "the dog", {}),
        ("show it with a dog", "add", WHOLE, {"what": "a dog"}),
        ("try it with a hat on the man", "add", "the man", {"what": "a hat"}),
        ("can we try it with a blue sky", "recolor", "the sky", {"colour": "blue"}),
        ("try adding a dog", "add", WHOLE, {"what": "a dog"}),
        ("my mum likes it warm", "adjust", WHOLE, {"property": "temperature"}),
        ("give me a golden hour feel", "relight", WHOLE, {"to": "golden hour"}),
        ("i would love a night look", "relight", WHOLE, {"to": "night"}),
    ],
)
def test_what_is_tried_is_wished_for(
    text: str, op: str, phrase: str, params: dict[str, Any]
) -> None:
    """No thing "it" is added, and every word is in the plan."""
    made = plan(text)
    assert made.unknown == ()
    (step,) = made.steps
    assert (step.op, step.target.phrase) == (op, phrase)
    assert params.items() <= dict(step.params).items()


@pytest.mark.parametrize(
    ("text", "style", "phrase"),
    [
        ("her hair is long, cut it", "cut short", "her hair"),
        ("the grass is high, cut it", "cut short", "the grass"),
        ("the hedge is too tall, trim it", "trimmed", "the hedge"),
        ("cut her hair", "cut short", "her hair"),
    ],
)
def test_what_grows_is_cut(text: str, style: str, phrase: str) -> None:
    """Named or spoken of just before; nothing else becomes of it."""
    assert steps(text) == [("restyle", phrase, {"style": style})]


@pytest.mark.parametrize("text", ["cut it", "trim it to a square", "it's a nice picture, cut it"])
def test_a_picture_is_cropped(text: str) -> None:
    """Where nothing that grows was spoken of."""
    assert [op for op, _, _ in steps(text)] == ["crop"]


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("trees: fewer", "fewer trees"),
        ("clouds: more", "more clouds"),
        ("birds: many more", "more birds"),
        ("contrast: more", "more contrast"),
        ("bin? gone", "remove bin"),
        ("the bin? gone.", "remove the bin"),
        ("car? out", "remove the car"),
        ("the sky? pink.", "make the sky pink"),
        ("her smile? bigger", "make her smile bigger"),
        ("the dog? remove it", "remove the dog"),
        ("bin the sofa", "remove the sofa"),
    ],
)
def test_a_topic_and_what_becomes_of_it(text: str, same: str) -> None:
    """Behind a colon or a question mark."""
    assert steps(text) == steps(same)


@pytest.mark.parametrize(
    ("text", "op", "phrase"),
    [
        ("the family lives here, remove the car", "remove", "the car"),
        ("my brother works there, erase the sign", "remove", "the sign"),
        ("my wife hates the fence, take it out", "remove", "the fence"),
        ("the car belongs to grandpa, paint it red", "recolor", "the car"),
        ("my dog loves the snow, make it snow", "weather", WHOLE),
        ("the man who lives here should be removed", "remove", "the man who lives here"),
    ],
)
def test_a_statement_first_asks_for_nothing(text: str, op: str, phrase: str) -> None:
    """What people do day by day; its things may be meant next."""
    assert [(o, p) for o, p, _ in steps(text)] == [(op, phrase)]


@pytest.mark.parametrize(
    "text", ["spice it up", "spice up the picture", "jazz it up", "freshen it up", "zhuzh it up"]
)
def test_livening_up_makes_nothing_larger(text: str) -> None:
    """It is a matter of taste, and told so."""
    assert steps(text) == steps("make it pop")


def test_livening_up_with_something_adds_it() -> None:
    """Both are asked for."""
    assert ("add", WHOLE, {"what": "some birds"}) in steps("liven it up with some birds")


@pytest.mark.parametrize(
    ("text", "phrase"),
    [("make my food look tastier", "my food"), ("make the burger look juicier", "the burger")],
)
def test_tastier_food_is_a_matter_of_light(text: str, phrase: str) -> None:
    """The look for food, on what was named, which needs no editing model."""
    spelt = spell_out(plan(text), built_in())
    assert {step.op for step in spelt.steps} == {"adjust", "grade"}
    assert {step.target.phrase for step in spelt.steps} == {phrase}


@pytest.mark.parametrize(
    ("text", "look"),
    [
        ("old money, but keep the face", "old money"),
        ("make it dark academia and keep the people", "dark academia"),
        ("y2k, please, and crop it to a square", "y2k"),
    ],
)
def test_a_look_of_the_book_is_one_beside_other_wishes(text: str, look: str) -> None:
    """Words that are nothing else in the sentence."""
    assert ("grade", WHOLE, {"look": look}) in steps(text)


@pytest.mark.parametrize(
    "text", ["remove the old money from the table", "add trees, forest, and a lake", "make it red"]
)
def test_things_of_that_name_are_no_look(text: str) -> None:
    """They are named with what is to become of them."""
    assert looks_meant(text, built_in()) == ()


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("remove the dial. By the dial, I mean the clock on the wall", "the clock on the wall"),
        ("by the barometer I mean the clock, remove the barometer", "the clock"),
        ("when I say barometer I mean the clock, so remove the barometer", "the clock"),
        ("remove the barometer, by that I mean the clock", "the clock"),
    ],
)  # fmt: skip
def test_a_word_means_what_an_instruction_says_it_means(text: str, phrase: str) -> None:
    """Before or behind the wish."""
    made = plan(text)
    assert [(step.op, step.target.phrase) for step in made.steps] == [("remove", phrase)]
    assert made.unknown == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("By the barometer, I mean the clock", [Teach("barometer", "the clock")]),
        (
            "remove the dial. By the dial, I mean the clock",
            [Teach("dial", "the clock"), Edit("remove the dial")],
        ),
        (
            "remove the dial, by that I mean the clock",
            [Edit("remove the dial, by that I mean the clock")],
        ),
    ],
)  # fmt: skip
def test_a_conversation_learns_the_word_first(text: str, expected: list[object]) -> None:
    """So that the wish beside it is done with what it means."""
    assert interpret(text) == expected


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("clean up the desk", [("restyle", "the desk", {"style": "tidy"})]),
        ("the room is a mess", [("restyle", "the room", {"style": "tidy"})]),
        ("my hair's a mess, tidy it up", [("restyle", "my hair", {"style": "tidy"})]),
        ("clean up the litter", [("remove", "the litter", {})]),
        ("clean up the mess", [("remove", "the mess", {})]),
    ],
)
def test_what_is_untidy_is_tidied(text: str, wanted: list[object]) -> None:
    """A room is not taken away; what lies about in it is."""
    assert steps(text) == wanted


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("two more birds please", "add two more birds"),
        ("a few more birds", "add some birds"),
        ("one fewer chair", "remove one chair"),
        ("give everyone santa hats", "add santa hats to everyone"),
        ("add falling leaves", "add some falling leaves"),
        ("the bird should be higher up", "move bird up"),
        ("take the people away so only the beach is left", "remove the people"),
        ("the pole, the sign and the wire: all gone", "remove the pole, the sign and the wire"),
        ("without the watermark please", "remove the watermark"),
        ("there's a lamppost growing out of my head", "remove a lamppost"),
        ("auto enhance", "make it better"),
        ("colour in this old photo", "colorize the picture"),
        ("colorize this old photo of my grandparents", "colorize the picture"),
        ("take ten years off her face", "make her face look younger"),
        ('add my name in the bottom right corner: "Anna"', 'write "Anna" in the bottom right'),
        ("make the car red. sorry, blue", "make the car blue"),
        ("it's for a passport, so white background please", "white background"),
        ("make this picture of my dog brighter", "make it brighter"),
        ("make this photo of her look nice", "make it look nice"),
        ("the forground should be darker", "the foreground should be darker"),
    ],
)
def test_they_are_read_as_their_plain_wording(text: str, same: str) -> None:
    """Ways of people who do not think of how a program reads."""
    assert steps(text) == steps(same)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("straighten the horizon please, it's driving me mad", [("rotate", WHOLE)]),
        ("move the car to the left, it's in the way", [("move", "the car")]),
        ("make it brighter, it's awful like this", [("adjust", WHOLE)]),
        ("look at the sign, it's an eyesore", [("remove", "the sign")]),
        ("the door is open, close it", [("restyle", "the door")]),
        ("the cake looks dry, make it look moist", [("restyle", "the cake")]),
        ("look at the tree: it's dead, remove it", [("remove", "the tree")]),
        ("the car is red and make the dog blue", [("recolor", "the car"), ("recolor", "the dog")]),
        ("sorry to bother you, could the chair be red?", [("recolor", "the chair")]),
    ],
)  # fmt: skip
def test_why_and_how_it_is_are_no_wishes_beside_one(text: str, wanted: list[object]) -> None:
    """What a thing is like gives way to what is to be done to it."""
    assert [(op, phrase) for op, phrase, _ in steps(text)] == wanted


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("vintage but not too yellow", "taken as a limit: too yellow"),
        ("whiten his teeth but don't overdo it", "taken as a limit: not too much"),
        ("make it warm but don't go overboard", "taken as a limit: not too much"),
    ],
)
def test_a_limit_is_no_promise(text: str, note: str) -> None:
    """Nothing yellow is kept, and no "it"."""
    made = plan(text)
    assert not made.constraints
    assert note in made.notes


@pytest.mark.parametrize(
    ("text", "colour"),
    [
        ("the sky is a bit grey", "grey"),
        ("my shirt is a bit blue", "blue"),
        ("her face is a bit red", "red"),
    ],
)
def test_a_bit_of_a_colour_is_taken_away(text: str, colour: str) -> None:
    """Saying so is a complaint, and paint of that colour would be more of it."""
    ((op, _, made),) = steps(text)
    assert (op, made) == ("recolor", {"colour": colour, "shift": "away", "strength": 0.4})


def test_a_thing_that_is_too_white_gets_darker() -> None:
    """White is light before it is a colour."""
    ((op, _, made),) = steps("the wall is too white")
    assert (op, made) == ("adjust", {"property": "brightness", "amount": -0.25})


def test_less_of_a_thing_is_nothing_to_add() -> None:
    """It is told instead."""
    made = plan("more sky, less ground")
    assert [step.params for step in made.steps] == [{"what": "more sky"}]
    assert "ground" in made.unknown


@pytest.mark.parametrize(
    ("text", "colours"),
    [
        ("paint the cup and the plate blue", ["blue", "blue"]),
        ("dye her hair and her dress green", ["green", "green"]),
        ("paint the cup, the plate and the bowl red", ["red", "red", "red"]),
        ("dye my hair and beard black", ["black", "black"]),
        ("paint the cup red and the plate blue", ["red", "blue"]),
        ("repaint the car. Make the sky pink", ["blue", "pink"]),
        ("repaint the car, and make the sky pink", ["blue", "pink"]),
    ],
)
def test_a_colour_said_once_is_that_of_all_things_before_it(text: str, colours: list[str]) -> None:
    """A rule chooses one only for what has a sentence of its own."""
    made = plan(text)
    assert [step.params["colour"] for step in made.steps] == colours
    asked = [note for note in made.notes if "None was named" in note]
    assert len(asked) == (1 if text.startswith("repaint") else 0)
