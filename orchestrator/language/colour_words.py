"""Words for colours: "a deep teal", and as they are said of what was done, "bluer", "not as warm".

Knows words and one step at a time; which step is meant is the caller's.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from orchestrator.language.lexicon import get_lexicon
from orchestrator.language.phrase import SHADES
from orchestrator.language.units import Unit, join
from orchestrator.plan import Step
from tools.colour_names import names

WARM = frozenset({"yellow", "orange", "red", "golden", "gold", "amber"})
COOL = frozenset({"blue", "cyan", "teal"})
MAGENTA = frozenset({"pink", "magenta", "purple", "violet", "fuchsia"})
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

_MATERIALS = frozenset({"denim", "linen", "snow"})
"""Names of colours that, said of a thing, rather name what it is made of or lies on it."""


def shade_of(units: Sequence[Unit]) -> str:
    """Read "a deep teal", "London black", "a lovely shade of green" as one colour; else ""."""
    words = [u for u in units if not u.has("det", "filler", "polite") or u.norm in SHADES]
    while (
        len(words) > 1
        and words[-1].has("colour_noun", "effect_noun")
        and not words[-1].has("colour")
    ):
        words = words[:-1]
    at = next((i for i, u in enumerate(words) if u.norm == "of"), -1)
    if at > 0 and all(u.has("colour_noun", "effect_noun") or u.norm in SHADES for u in words[:at]):
        words = words[at + 1 :]
    if not words or words[-1].has("look"):
        return ""
    if not words[-1].has("colour") and not _names_colour(words[-1]):
        return ""
    if not all(_shades(u) for u in words[:-1]):
        return ""
    fruit = len(words) == 1 and units[0].get("det") == "indefinite"
    if fruit and words[0].norm in get_lexicon().known:
        return ""  # "an orange"
    return join(words)


def _names_colour(unit: Unit) -> bool:
    """Whether a word that the lexicon knows otherwise, or not at all, names a colour ("camel")."""
    return unit.kind == "word" and unit.norm not in _MATERIALS and unit.norm in names()


def _shades(unit: Unit) -> bool:
    """Whether a word before a colour says which shade of it ("London black")."""
    return unit.norm in SHADES or unit.has("colour", "degree") or unit.text[:1].isupper()


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
