"""Slips of the pen: words nobody listed, words that are others, letters doubled or lost."""

from __future__ import annotations

from typing import Any

import pytest

from orchestrator.language.confusions import confused
from orchestrator.language.dictionary import is_english, meant_for
from orchestrator.language.lexicon import get_lexicon
from orchestrator.language.tokens import tokenize
from orchestrator.plan import EditPlan
from orchestrator.planning import PlanContext, RulePlanner


def plan(text: str) -> EditPlan:
    return RulePlanner().plan(text, PlanContext())


def steps(text: str) -> list[tuple[str, str, dict[str, Any]]]:
    return [(step.op, step.target.phrase, step.params) for step in plan(text).steps]


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("sadle", "saddle"), ("sigarette", "cigarette"), ("lantren", "lantern"),
        ("scafolding", "scaffolding"), ("tatoo", "tattoo"), ("kanoe", "canoe"),
        ("zorbulator", ""), ("saddle", ""), ("flavour", ""), ("blorf", ""), ("sadl", ""),
    ],
)  # fmt: skip
def test_an_english_word_is_known_by_its_slip(slip: str, meant: str) -> None:
    """Also where no list has it; one like none stays what it is, and a British one is no slip."""
    assert meant_for(slip) == meant


@pytest.mark.parametrize("word", ["colour", "flavour", "organise", "catalogue", "theatre", "grey"])
def test_british_spellings_are_english(word: str) -> None:
    """The frequency list is American."""
    assert is_english(word)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("rotait it 90 degres clockwize", ("rotate", "the whole image", {"degrees": 90.0})),
        ("incraese contarst slighty",
         ("adjust", "the whole image", {"property": "contrast", "amount": 0.1})),
        ("flipp it horizontaly", ("flip", "the whole image", {"axis": "horizontal"})),
        ("krop it sqaure", ("crop", "the whole image", {"aspect": 1.0})),
        ("giv the pony a sadle", ("add", "the pony", {"what": "a saddle"})),
        ("moov the lantren to the rihgt", ("move", "the lantern", {"direction": "right"})),
        ("bluur the numbr plaet", ("blur", "the number plate", {})),
        ("get ride of the wires", ("remove", "the wires", {})),
        ("get ride off the wires", ("remove", "the wires", {})),
        ("pano of the harbour is bent, level it",
         ("rotate", "the whole image", {"straighten": True})),
        ("the pano is tilted", ("rotate", "the whole image", {"straighten": True})),
        ("swich the lanterns on", ("restyle", "the lanterns", {"style": "on"})),
        ("drop the nois",
         ("adjust", "the whole image", {"property": "noise", "amount": -0.25})),
        ("crispier wiskers", ("sharpen", "whiskers", {})),
        ("make the bacon crispier", ("restyle", "the bacon", {"style": "crispier"})),
        ("remuve the bycicle", ("remove", "the bicycle", {})),
        ("delite the tellephone pole", ("remove", "the telephone pole", {})),
        ("get rid of the scafolding", ("remove", "the scaffolding", {})),
        ("replace the sky with a stary sky", ("replace", "the sky", {"new": "a starry sky"})),
        ("enlarje the moon twise", ("resize", "the moon", {"factor": 2.0})),
        ("repaint the door dark grean", ("recolor", "the door", {"colour": "dark green"})),
        ("swop the lamp with a candel", ("replace", "the lamp", {"new": "a candle"})),
    ],
)  # fmt: skip
def test_slips_are_read(text: str, wanted: tuple[str, str, dict[str, Any]]) -> None:
    """A word that sounds the same or has its letters changed about is the word that was meant."""
    op, phrase, params = wanted
    assert [(s[0], s[1]) for s in steps(text)] == [(op, phrase)]
    assert params.items() <= steps(text)[0][2].items()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("rite 'Open' at the top", ("text", "the whole image", {"text": "Open", "place": "top"})),
        ("torn it in too a watercolour",
         ("restyle", "the whole image", {"style": "watercolour painting"})),
        ("pant the shutters turquoise", ("recolor", "the shutters", {"colour": "turquoise"})),
        ("make the hole picture darker by 15 persent",
         ("adjust", "the whole image", {"property": "brightness", "amount": -0.15})),
        ("change the curtains form beige to navvy blue",
         ("recolor", "the curtains", {"colour": "navy blue"})),
        ("brighter the photo", ("adjust", "the whole image", {"property": "brightness"})),
        ("remove the sticker form the window", ("remove", "the sticker on the window", {})),
        ("straiten the photo", ("rotate", "the whole image", {"straighten": True})),
        ("chance the door to red", ("recolor", "the door", {"colour": "red"})),
        ("die the hair pink", ("recolor", "the hair", {"colour": "pink"})),
        ("remove the cigarette buts", ("remove", "the cigarette butts", {})),
    ],
)  # fmt: skip
def test_words_that_are_others_are_told_by_their_place(
    text: str, wanted: tuple[str, str, dict[str, Any]]
) -> None:
    """Each is a word of its own, but not where it stands."""
    op, phrase, params = wanted
    assert [(s[0], s[1]) for s in steps(text)] == [(op, phrase)]
    assert params.items() <= steps(text)[0][2].items()


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("remove the hole in the wall", "the hole in the wall"),
        ("remove the ski on the left", "the ski on the left"),
        ("remove the pain relief sign", "the pain relief sign"),
        ("remove the movie poster", "the movie poster"),
    ],
)
def test_words_in_their_own_place_are_themselves(text: str, phrase: str) -> None:
    """Where a word may be meant as written it is."""
    assert [(s[0], s[1]) for s in steps(text)] == [("remove", phrase)]


def test_only_the_place_confuses() -> None:
    """The same word is another one only where the row of the data file holds."""
    torn, it = tokenize("torn it")
    assert confused(get_lexicon(), None, torn, it, verb=True) == "turn"
    assert confused(get_lexicon(), None, torn, it, verb=False) == ""
    assert confused(get_lexicon(), None, torn, None, verb=True) == ""


@pytest.mark.parametrize(
    ("text", "op", "params"),
    [
        ("make the sky darker by 20%", "adjust", {"property": "brightness", "amount": -0.2}),
        ("make the dog bigger by 10%", "resize", {"factor": 1.1}),
        ("make the dog smaller by 10 percent", "resize", {"factor": 0.9}),
        ("make the picture warmer by 10%", "adjust", {"property": "temperature", "amount": 0.1}),
    ],
)
def test_by_how_much_belongs_to_what_it_becomes(text: str, op: str, params: dict[str, Any]) -> None:
    """A comparative behind a thing is no part of its name."""
    (made,) = steps(text)
    assert made[0] == op
    assert params.items() <= made[2].items()
