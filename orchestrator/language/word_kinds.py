"""Open classes of words that slots of patterns may ask for: garments, materials, sceneries.

Knows lists, not grammar: which run of units a slot may hold is for ``slots`` to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from orchestrator.language.lexicon import get_lexicon
from orchestrator.language.units import Unit
from orchestrator.language.word_files import word_file

SCENERY = ("look", "style", "weather", "relight", "season")
"""Senses of words for how a whole picture looks."""


@cache
def words_of(kind: str) -> frozenset[str]:
    """The words of a class, in the singular."""
    return frozenset(str(word) for word in word_file("kinds")[kind])


def is_of(kind: str, units: Sequence[Unit]) -> bool:
    """Whether a run of units ends in a word of a class."""
    words = " ".join(unit.norm for unit in units if unit.kind == "word").split()
    for count in (3, 2, 1):
        tail = " ".join(words[-count:])
        if len(words) >= count and (tail in words_of(kind) or _singular(tail) in words_of(kind)):
            return True
    return False


def is_word_of(kind: str, noun: str) -> bool:
    """Whether a noun is a word of a class, or its last word is."""
    last = noun.rsplit(" ", 1)[-1]
    return not words_of(kind).isdisjoint((noun, last, _singular(last)))


def _singular(noun: str) -> str:
    return get_lexicon().singular(noun)
