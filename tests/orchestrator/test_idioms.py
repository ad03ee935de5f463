"""Idioms: promises without a verb of keeping, crafts, word orders of learners, words left out."""

from __future__ import annotations

from typing import Any

import pytest

from orchestrator.plan import EditPlan, Preserve
from orchestrator.planning import PlanContext, RulePlanner


def plan(text: str) -> EditPlan:
    return RulePlanner().plan(text, PlanContext())


def steps(text: str) -> list[tuple[str, str, dict[str, Any]]]:
    return [(step.op, step.target.category, step.params) for step in plan(text).steps]


def kept(text: str) -> list[str]:
    return [c.target.category for c in plan(text).constraints if isinstance(c, Preserve)]


@pytest.mark.parametrize(
    ("text", "op", "thing"),
    [
        ("make it snow, the fountain is none of your business", "weather", "fountain"),
        ("Make it snow. The fountain is none of your concern.", "weather", "fountain"),
        ("make it snow, the fountain is out of bounds though", "weather", "fountain"),
        ("make it snow, the fountain however is off limits", "weather", "fountain"),
        ("make it snow, but the fountain has diplomatic immunity", "weather", "fountain"),
        ("make it snow; the fountain should live on", "weather", "fountain"),
        ("make it snow; the fountain must come out identical", "weather", "fountain"),
        ("make it snow, with every fountain exactly as you found it", "weather", "fountain"),
        ("make it snow and guarantee me the fountain stays as it is", "weather", "fountain"),
        ("I'd be heartbroken if anything happened to the fountain, so just make it snow",
         "weather", "fountain"),
        ("My wife would be furious if anything happened to the fountain. Make it snow.",
         "weather", "fountain"),
        ("it would be a crime if the fountain was changed. make it snow", "weather", "fountain"),
        ("i would never forgive you if anything happened to the fountain. make it snow",
         "weather", "fountain"),
        ("ceiling in pale blue; chandelier: untouchable", "recolor", "chandelier"),
        ("make the grass greener, the fountain leave as it is", "recolor", "fountain"),
        ("a violet sky, but spare the fountain", "recolor", "fountain"),
    ],
)  # fmt: skip
def test_a_promise_needs_no_verb_of_keeping(text: str, op: str, thing: str) -> None:
    """Whatever is said to be beyond reach, or to be missed, stays as it is."""
    assert thing in kept(text)
    assert {made for made, _, _ in steps(text)} == {op}


@pytest.mark.parametrize(
    ("text", "stays", "goes"),
    [
        ("the tattoo survives, the bruise does not", "tattoo", "bruise"),
        ("the old oak stays, the new fence must not", "oak", "fence"),
        ("the bench may stay, the bin cannot", "bench", "bin"),
    ],
)
def test_what_does_not_stay_goes(text: str, stays: str, goes: str) -> None:
    """The second half leaves its verb out."""
    assert kept(text) == [stays]
    assert [(op, thing) for op, thing, _ in steps(text)] == [("remove", goes)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("varnish the bench so it gleams", ("restyle", "bench", "varnished")),
        ("thatch the cottage roof", ("restyle", "roof", "thatched")),
        ("shellac the table", ("restyle", "table", "varnished")),
        ("tile the floor", ("restyle", "floor", "tiled")),
        ("pave the driveway", ("restyle", "driveway", "paved")),
        ("wallpaper the hallway", ("restyle", "hallway", "wallpapered")),
        ("sun-bleach the driftwood", ("restyle", "driftwood", "sun-bleached")),
        ("whitewash the chapel", ("recolor", "chapel", "white")),
        ("limewash the barn", ("recolor", "barn", "white")),
        ("silver the fox's fur", ("recolor", "fur", "silver")),
        ("gild the bowl", ("recolor", "bowl", "golden")),
        ("embroider a bee on the pillowcase", ("add", "pillowcase", "bee")),
        ("stitch a badge on the jacket", ("add", "jacket", "badge")),
        ("moor a boat at the pier", ("add", "pier", "boat")),
        ("perch an owl on the branch", ("add", "branch", "owl")),
        ("uproot the stump", ("remove", "stump", "")),
        ("shoo the wasps", ("remove", "wasp", "")),
        ("chase away the pigeons", ("remove", "pigeon", "")),
    ],
)
def test_a_craft_says_what_a_thing_becomes(text: str, wanted: tuple[str, str, str]) -> None:
    """The verb alone tells the state, the colour, or that something is new or goes."""
    op, thing, told = wanted
    ((made, category, params),) = steps(text)
    assert (made, category) == (op, thing)
    assert told in str(params)


@pytest.mark.parametrize(
    ("text", "op", "thing", "told"),
    [
        ("The lamp which is on the table I want that disappears.", "remove", "lamp", ""),
        ("the two chairs what are broken, take away please", "remove", "chair", ""),
        ("I wish that the dog he sleeps", "restyle", "dog", "sleeping"),
        ("what if the horse gallops", "restyle", "horse", "galloping"),
        ("i wish the baby laughed", "restyle", "baby", "laughing"),
        ("i want the dog to juggle", "restyle", "dog", "juggling"),
        ("this wall, of brick I would like it", "restyle", "wall", "brick"),
        ("the sofa, green I want it", "recolor", "sofa", "green"),
        ("in place of bicycle I would see a donkey", "replace", "bicycle", "donkey"),
        ("instead of lamp I want a candle", "replace", "lamp", "candle"),
        ("behind the house I would want to see mountains high", "add", "house", "mountains"),
        ("make please that in the picture it snows", "weather", "image", "snow"),
        ("already is good the photo, only the contrast little bit more", "adjust", "image",
         "contrast"),
        ("it must to be cut the photo so only the horse is seen", "crop", "horse", ""),
        ("crop it so that just the house can be seen", "crop", "house", ""),
        ("the photo, can you turn her to the left of 90 degrees", "rotate", "image", "-90"),
        ("write on the top with letters red: 'Fresh fish'", "text", "image", "Fresh fish"),
    ],
)  # fmt: skip
def test_word_orders_of_learners(text: str, op: str, thing: str, told: str) -> None:
    """The words are English and their order is another language's."""
    ((made, category, params),) = steps(text)
    assert (made, category) == (op, thing)
    assert told in str(params)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("180 turn", {("rotate", "image")}),
        ("90 degree turn to the left", {("rotate", "image")}),
        ("2x moon", {("resize", "moon")}),
        ("dog 2x", {("resize", "dog")}),
        ("bus gone, tram instead", {("replace", "bus")}),
        ("3:2, mirrored", {("crop", "image"), ("flip", "image")}),
        ("square it is then", {("crop", "image")}),
        ("much brighter would be nice", {("adjust", "image")}),
        ("i'd like a green sky", {("recolor", "sky")}),
    ],
)
def test_words_left_out(text: str, wanted: set[tuple[str, str]]) -> None:
    """Less than a sentence, and no less of a wish."""
    assert {(op, thing) for op, thing, _ in steps(text)} == wanted


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("brighten the porch, the bike leaning on it lives", "bike"),
        ("brighten the porch, the ivy lives", "ivy"),
        ("brighten the porch. wrinkles: those are hers", "wrinkle"),
        ("brighten the porch, wrinkles: those are hers", "wrinkle"),
        ("brighten the porch; freckles are hers to keep", "freckle"),
        ("brighten the porch, the hat he never takes off, so the hat stays", "hat"),
        ("brighten the porch, the crease stays", "crease"),
        ("brighten the porch, mind the freckles, leave em", "freckle"),
        ("brighten the porch, whatever you do leave the survey markers in", "marker"),
        ("brighten the porch, skin not lighter!!", "skin"),
        ("brighten the porch, skin no darker", "skin"),
        ("brighten the porch, the sea no darker please", "sea"),
        ("brighten the porch, don't sharpen the water", "water"),
        ("brighten the porch, his gloves left as they are", "glove"),
    ],
)
def test_a_promise_stands_behind_its_thing(text: str, thing: str) -> None:
    """What lives, is hers or gets no darker stays, and nothing is done to it."""
    assert kept(text) == [thing]
    brightened = ("adjust", "porch", {"property": "brightness", "amount": 0.25})
    assert steps(text) == [brightened]
    assert not plan(text).unknown


def test_what_is_not_to_be_sharpened_is_left_out() -> None:
    """Of the picture, all the rest is sharpened."""
    made = plan("sharpen it but don't sharpen the water")
    assert [c.target.category for c in made.constraints if isinstance(c, Preserve)] == ["water"]
    assert [step.op for step in made.steps] == ["sharpen"]
