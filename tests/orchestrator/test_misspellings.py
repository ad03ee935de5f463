"""Words as people misspell them: endings that double no letter, plurals, words heard wrongly."""

from __future__ import annotations

import pytest

from orchestrator.language.lexicon import get_lexicon
from orchestrator.language.read import read_plan, respelt
from orchestrator.language.spelling import correct

MEANT = {
    "blury": "blurry",
    "reder": "redder",
    "thiner": "thinner",
    "croping": "cropping",
    "pidgeons": "pigeons",
    "elefants": "elephants",
    "umbrelas": "umbrellas",
}


@pytest.mark.parametrize("word", MEANT)
def test_a_misspelt_form_is_that_form_of_the_word(word: str) -> None:
    """A doubled letter left out, and the plural of a misspelt noun."""
    assert correct(get_lexicon(), word, verb_position=False) == MEANT[word]


def test_english_words_stay() -> None:
    """A word that is English is no misspelling of a doubled one."""
    for word in ("later", "planes", "staring", "wines"):
        assert correct(get_lexicon(), word, verb_position=False) == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("add sum snow too the roof", "add some snow to the roof"),
        ("make teh hole thing warmer", "make the whole thing warmer"),
        ("cna you remove the car", "can you remove the car"),
        ("delet wat he is holdin", "delete what he is holding"),
    ],
)
def test_what_is_heard_is_read(text: str, said: str) -> None:
    """Short words are put right by what stands beside them."""
    assert [s.op for s in read_plan(text)[0].steps] == [s.op for s in read_plan(said)[0].steps]
    assert read_plan(text)[0].unknown == ()


def test_a_hole_stays_a_hole() -> None:
    """Only before "thing" and the like is a "hole" the whole."""
    assert respelt("fill the hole in the wall") == "fill the hole in the wall"
