"""Words for colours as they are said of what was done: "bluer", "too blue", "not as warm".

Knows words and one step at a time; which step is meant is the caller's.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from orchestrator.language.lexicon import get_lexicon
from orchestrator.language.making import COOL, MAGENTA, WARM
from orchestrator.plan import Step

_WARMTH = frozenset({"warm", "warmth", "warmer"})
_COLDNESS = frozenset({"cool", "cold", "cooler", "colder", "coolness"})
_GREENISH = frozenset({"green", "lime"})
_TINTS = {
    ("temperature", 1): WARM | _WARMTH,
    ("temperature", -1): COOL | _COLDNESS,
    ("tint", 1): MAGENTA,
    ("tint", -1): _GREENISH,
}
"""Property and sign of a change of a whole picture's colours -> what people call it."""


@cache
def plain_colour(word: str) -> str:
    """The colour that a word names or compares ("bluer", "redder": blue, red); "" for others."""
    for ending in ("er", "r"):
        stem = word.removesuffix(ending)
        doubled = stem[:-1] if stem[-1:] == stem[-2:-1] else stem
        for plain in (stem, doubled):
            if stem != word and "colour" in get_lexicon().senses(plain):
                return plain
    return word if "colour" in get_lexicon().senses(word) else ""


def is_tone(word: str) -> bool:
    """Whether a word says of what colour something is: "blue", "bluer", "warm"."""
    return bool(plain_colour(word)) or word in _WARMTH | _COLDNESS


def tinted(step: Step, about: Sequence[str]) -> bool:
    """Whether a step changed light or colours, and in the way that the words name, if they do."""
    if not about:
        return True
    sign = 1 if float(step.params.get("amount") or 0) > 0 else -1
    called = _TINTS.get((str(step.params.get("property")), sign), frozenset[str]())
    return all(word in called for word in about)
