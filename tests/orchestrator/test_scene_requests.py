"""Long requests of several wishes, as people type them to have a scene transformed."""

from __future__ import annotations

from typing import Any

import pytest

from orchestrator.plan import EditPlan
from orchestrator.planning import PlanContext, RulePlanner

WHOLE = "the whole image"


def plan(text: str) -> EditPlan:
    return RulePlanner().plan(text, PlanContext())


def steps(text: str) -> list[tuple[str, str, dict[str, Any]]]:
    return [(step.op, step.target.phrase, step.params) for step in plan(text).steps]


def deeds(text: str) -> set[tuple[str, str]]:
    return {(op, phrase) for op, phrase, _ in steps(text)}


@pytest.mark.parametrize(
    "text",
    [
        "give it a cyberpunk look with neon signs, rain and reflections and make it 20% darker",
        "give it a noir look with a red lamp and make it 20% darker",
        "make the leaves orange, make it 20% darker",
    ],
)
def test_it_is_neither_several_things_nor_what_came_with_a_look(text: str) -> None:
    """What is darkened is the picture of which the sentence speaks."""
    assert ("adjust", WHOLE, {"property": "brightness", "amount": -0.2}) in steps(text)
    assert not plan(text).unknown


def test_it_is_still_the_one_thing_that_was_added() -> None:
    """A thing that was asked for by itself goes on being spoken of."""
    assert ("adjust", "the lamp") in deeds("add a lamp and make it brighter")
    assert ("recolor", "the hat") in deeds("give the dog a hat and make it red")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "blur the background, sharpen it",
            {("blur", "the background"), ("sharpen", WHOLE)},
        ),
        ("sharpen the face and blur it", {("sharpen", "the face"), ("blur", WHOLE)}),
        (
            "blur the background and darken it",
            {("blur", "the background"), ("adjust", "the background")},
        ),
    ],
)
def test_the_opposite_is_not_done_to_the_same_thing(
    text: str, wanted: set[tuple[str, str]]
) -> None:
    """Nobody blurs something to sharpen it; other wishes go on about it."""
    assert deeds(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "I'd like a cleaner desk: get rid of the cables and the mug",
        "clean up the desk: remove the cables and the mug",
        "tidy up the desk: no cables, no mug",
    ],
)
def test_an_aim_before_a_colon_asks_for_nothing_by_itself(text: str) -> None:
    """No desk is added or taken away where what follows says what to do."""
    assert {(op, phrase.removeprefix("the ")) for op, phrase in deeds(text)} == {
        ("remove", "cables"),
        ("remove", "mug"),
    }


def test_a_wish_before_a_colon_is_still_one() -> None:
    """A thing that is not compared with anything is asked for."""
    assert ("add", WHOLE) in deeds("I'd like a red balloon: make it big")


@pytest.mark.parametrize(
    "text",
    [
        "remove everything except the cat, background plain white",
        "remove the dog, background plain white",
    ],
)
def test_a_background_and_its_colour_go_on_from_no_removal(text: str) -> None:
    """What follows says what the background becomes."""
    told = [(op, params) for op, _, params in steps(text)]
    assert told[1:] == [("background", {"new": "plain white"})]
    assert told[0][0] == "remove"


def test_light_is_no_quality_of_the_thing_before() -> None:
    """Softer light is of the picture, whatever was spoken of last; autumn takes "an"."""
    made = steps("turn summer into autumn: orange leaves, softer light, a bit of mist, no people")
    assert ("adjust", WHOLE, {"property": "contrast", "amount": -0.25}) in made
    assert ("recolor", "the leaves", {"colour": "orange"}) in made
    assert ("restyle", WHOLE, {"style": "an autumn scene"}) in made


@pytest.mark.parametrize(
    "text",
    [
        "make it a poster with the title 'Hello'",
        "make it a poster with the words 'Hello'",
        "make it a poster with the caption 'Hello', darker",
        "turn the photo into a postcard with the caption 'Hello'",
        "make this a magazine cover with a big title 'Hello'",
    ],
)
def test_what_a_poster_says_is_written(text: str) -> None:
    """Writing is the text tool's, which spells it right; the style goes without it."""
    made = steps(text)
    assert [params["text"] for op, _, params in made if op == "text"] == ["Hello"]
    styles = [params["style"] for op, _, params in made if op == "restyle"]
    assert styles
    assert "Hello" not in styles[0]


def test_what_a_thing_says_stays_on_it() -> None:
    """A sign with words on it is one thing."""
    assert all(op != "text" for op, _ in deeds("add a sign with the words 'OPEN' on the door"))


@pytest.mark.parametrize("thing", ["symmetrical crop", "a white border"])
def test_a_noun_after_a_look_is_no_state_of_another(thing: str) -> None:
    """It is a wish of its own, or is told as not understood."""
    made = plan(f"make it look old, {thing}")
    assert all("border" not in str(s.params) and "crop" not in str(s.params) for s in made.steps)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("A rainbow, very faint", "a very faint rainbow"),
        ("add some balloons, small", "some small balloons"),
        ("add a boat, tiny, and make the sky pink", "a tiny boat"),
    ],
)
def test_how_a_new_thing_looks_may_follow(text: str, what: str) -> None:
    """An adjective behind a comma is of what was just added."""
    assert [params["what"] for op, _, params in steps(text) if op == "add"] == [what]
    assert not plan(text).unknown


@pytest.mark.parametrize("many", ["loads of", "tons of", "dozens of", "a handful of"])
def test_a_quantity_is_no_degree(many: str) -> None:
    assert [params for _, _, params in steps(f"add {many} stars")] == [{"what": f"{many} stars"}]


def test_what_no_tone_is_like_is_told() -> None:
    """The other tone goes its own way, and nothing is lost in silence."""
    made = plan("shadows fluffier highlights brighter")
    assert [step.params["property"] for step in made.steps] == ["highlights"]
    assert set(made.unknown) == {"shadows", "fluffier"}


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("add text: remove the dog", "remove the dog"),
        ("write: make the sky pink", "make the sky pink"),
        ("make it warmer, add a caption: best day ever, and crop it to 1:1", "best day ever"),
    ],
)
def test_what_follows_a_colon_is_written_and_never_done(text: str, written: str) -> None:
    made = steps(text)
    assert [params["text"] for op, _, params in made if op == "text"] == [written]
    assert all(op not in ("remove", "recolor") for op, _, _ in made)


def test_writing_that_goes_is_not_written() -> None:
    """A colon after what is taken away announces no writing."""
    assert deeds("remove the text: it is ugly") == {("remove", "the text")}


def test_what_is_asked_for_overrides_a_mood() -> None:
    """A mood brings its own contrast and colour only where none is asked for."""
    made = steps("make the photo pop! more contrast, more saturation, slight vignette, sharpen")
    adjusted = {p["property"]: p["amount"] for op, _, p in made if op == "adjust"}
    assert adjusted == {"contrast": 0.25, "saturation": 0.25}
    alone = {p["property"] for _, _, p in steps("make the photo pop!")}
    assert alone == {"contrast", "vibrance"}


def test_what_is_asked_for_overrides_a_complaint() -> None:
    """How much is said once, and counts."""
    made = steps("the street is too dark, brighten it by 30%")
    assert made == [("adjust", "the street", {"property": "brightness", "amount": 0.3})]


def test_two_commands_are_never_one_list() -> None:
    """What the second does not say does not make it a thing that the first removes."""
    made = plan("remove the red eye, fix the white balance, and add a heart")
    assert {step.op for step in made.steps} == {"remove", "add"}
    assert "white balance" in made.unknown


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("no clouds, no planes, deeper blue sky", {"clouds", "planes"}),
        ("remove the crowd, brighter colours, straighten the horizon", {"the crowd"}),
        ("remove the sign, dark background", {"the sign"}),
        ("make the lake frozen, a cabin by the shore with smoke coming out", set()),
        ("steam coming out of the cup", set()),
        ("sharper mountains, and crop a little off the bottom", set()),
    ],
)
def test_what_should_only_be_otherwise_is_not_removed(text: str, gone: set[str]) -> None:
    """A removal goes on to what is named, never to what is to be more so, new or of the frame."""
    assert {phrase for op, phrase in deeds(text) if op == "remove"} == gone


@pytest.mark.parametrize(
    ("text", "added"),
    [
        (
            "I want it to look like a foggy morning, muted colours, a lone deer in the field",
            {"a lone deer"},
        ),
        (
            "make my living room look like christmas: a tree by the window, lights on the shelf, "
            "presents on the floor, snow outside",
            {"a tree", "lights", "presents", "snow"},
        ),
        (
            "I'd love a cosier room: warm light, a rug under the table, curtains, "
            "and a fire in the fireplace",
            {"a rug", "curtains", "a fire"},
        ),
        ("make the lake frozen, snow on the trees, a cabin by the shore", {"snow", "a cabin"}),
        ("put my cat on the moon, earth in the background", {"earth"}),
        ("make it warmer, smoke from the chimney", {"smoke"}),
        ("make the hallway brighter, paintings on the wall", {"paintings"}),
    ],
)
def test_things_named_with_their_place_are_new(text: str, added: set[str]) -> None:
    """None becomes what the clause before was about, and none is lost in a scene."""
    assert {params["what"] for op, _, params in steps(text) if op == "add"} == added
    assert not plan(text).unknown


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("keep the dog, white background", ("background", {"new": "white"})),
        ("give her a hat, background a field of lavender",
         ("background", {"new": "a field of lavender"})),
        ("whiter teeth and a plain grey background", ("background", {"new": "plain grey"})),
        ("remove the cup, dark background",
         ("adjust", {"property": "brightness", "amount": -0.25})),
        ("product shot: pure white background, sharpen the bottle",
         ("background", {"new": "pure white"})),
        ("brighter cake, pastel background", ("grade", {"look": "pastel"})),
    ],
)  # fmt: skip
def test_a_background_is_a_wish_of_its_own(text: str, wanted: tuple[str, dict[str, Any]]) -> None:
    assert wanted in [(op, params) for op, phrase, params in steps(text) if "background" in phrase]


@pytest.mark.parametrize("text", ["give her a straw hat, softer light", "add a cat, softer light"])
def test_other_light_is_nothing_to_add(text: str) -> None:
    made = steps(text)
    assert [op for op, _, _ in made] == ["add", "adjust"]
    assert made[1][1] == WHOLE
