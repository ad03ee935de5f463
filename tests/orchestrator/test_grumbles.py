"""Wishes said as complaints: what cannot be seen, does not belong, is spoilt, is missing."""

from __future__ import annotations

import pytest

from orchestrator.language.read import read_plan

BRIGHTER = (
    "I can barely see the cat in the shadows",
    "I can hardly see the cat in the shade there; give her some light",
    "you can hardly make out the cat in the dark",
    "it's hard to see the cat in the dark",
    "the cat is lost in the shade, give her some light",
    "the cat could hardly be seen against the light",
    "shine a light on the cat",
    "give the cat a bit of light",
)
AWAY = (
    "the only thing bugging me about this picture is the bin",
    "the one thing that spoils the picture is the bin",
    "what ruins the shot for me is the bin",
    "what bothers me is the bin",
    "my only complaint is the bin",
    "the thing that annoys me most is the bin",
    "the bin has no business being there",
    "the bin has no place in this picture",
    "what is the bin doing there?",
    "the bin keeps drawing my eye",
)
SPOILT = {
    "I scanned this from an old album and there are scratches all over": "scratch",
    "scratches all over the photo": "scratch",
    "the print is covered in scratches": "scratch",
    "grandma kept it in her wallet, there are creases all over": "crease",
    "there's a crack in the wall": "crack",
    "we spilled coffee on it and there's a stain in the corner": "stain",
}
CREAM = (
    "my nan hates the colour of the curtains. She'd have them in cream.",
    "my wife can't stand the colour of the curtains, she would like them cream",
    "he hates the curtains, he wants them cream",
    "the client is sick of the curtains. They would prefer them in cream",
    "I don't like the colour of the curtains, make them cream",
)
TONES = {
    "guys I messed up the exposure, it's about a stop too dark": ("exposure", 0.333),
    "it's around half a stop too bright": ("exposure", -0.167),
    "I got the white balance wrong, it's way too blue": ("temperature", 0.25),
    "it's got a green tinge": ("tint", 0.25),
    "it came out with a blue cast": ("temperature", 0.25),
    "there's a yellow tinge to everything": ("temperature", -0.25),
    "I found this in the attic and it is too faded": ("saturation", 0.25),
}


def one_step(text: str) -> tuple[str, str, dict[str, object]]:
    """The op, the target's category and the settings of a plan's only step; no word is left."""
    plan, _ = read_plan(text)
    assert len(plan.steps) == 1, plan.steps
    assert plan.unknown == ()
    step = plan.steps[0]
    return step.op, step.target.category, dict(step.params)


@pytest.mark.parametrize("text", BRIGHTER)
def test_what_can_hardly_be_seen_is_brightened(text: str) -> None:
    """Once, also where the same is then asked for."""
    assert one_step(text) == ("adjust", "cat", {"property": "brightness", "amount": 0.25})


@pytest.mark.parametrize("text", AWAY)
def test_what_does_not_belong_goes(text: str) -> None:
    """Something that is only complained of is taken away."""
    assert one_step(text)[:2] == ("remove", "bin")


def test_what_bothers_may_be_a_tone() -> None:
    """What is said of a thing, and not the thing, is what bothers then."""
    assert one_step("what bothers me is that the sky is too dark")[:2] == ("adjust", "sky")


@pytest.mark.parametrize("text", SPOILT)
def test_what_spoils_a_print_goes(text: str) -> None:
    """Scratches and stains are removed wherever they are said to be."""
    assert one_step(text)[:2] == ("remove", SPOILT[text])


@pytest.mark.parametrize("text", CREAM)
def test_a_colour_that_somebody_hates_gives_way(text: str) -> None:
    """Whoever hates it, and whoever says what it should be."""
    op, category, params = one_step(text)
    assert (op, category, params["colour"]) == ("recolor", "curtain", "cream")


@pytest.mark.parametrize("text", TONES)
def test_what_went_wrong_is_made_good(text: str) -> None:
    """The cause asks for nothing; what it did to the picture is undone."""
    name, amount = TONES[text]
    assert one_step(text) == (
        "adjust",
        "image",
        {"property": name, "amount": pytest.approx(amount)},
    )


def test_what_is_missing_is_put_there() -> None:
    """What is missing from where it should be is added to it."""
    for text in ("the cherry on the cake is missing!", "the cake is missing a cherry"):
        op, category, params = one_step(text)
        assert (op, category) == ("add", "cake")
        assert "cherry" in str(params["what"])
