"""What a slot of a turn of phrase cannot do without: one unit that tells, before all are tried.

``slots`` says what a slot may hold; these are the quick refusals.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from types import MappingProxyType

from orchestrator.language.units import Unit
from orchestrator.language.word_kinds import words_of

STYLES = frozenset({"neon lights", "neon light"})
"""Things whose look is a style."""
PLACES = frozenset({
    "on", "in", "under", "behind", "in_front_of", "left_of", "right_of", "above", "below",
    "next_to", "near", "at",
})  # fmt: skip
"""How something may stand to another thing."""


def styled(unit: Unit) -> bool:
    """Whether a word is a style or a look."""
    return unit.has("style", "look") or unit.norm in STYLES


def ratio(units: Sequence[Unit]) -> bool:
    """A shape of a picture ("16:9", "square", "4x6")."""
    return len(units) == 1 and (units[0].unit in ("ratio", "size") or units[0].has("aspect"))


def _with(*senses: str) -> Callable[[Unit], bool]:
    return lambda unit: unit.has(*senses)


def _brings_in(unit: Unit) -> bool:
    return bool(unit.get("det") == "indefinite")


@cache
def _last_words(kind: str) -> frozenset[str]:
    """The last word of each word of a class, and its plural."""
    words = {word.rsplit(" ", 1)[-1] for word in words_of(kind)}
    return frozenset(words | {form for word in words for form in (f"{word}s", f"{word}es")})


HINTS: Mapping[str, Callable[[Unit], bool]] = MappingProxyType(
    {
        "artwork": styled,
        "artform": lambda unit: unit.norm.rsplit(" ", 1)[-1] in _last_words("artform"),
        "lamplight": lambda unit: unit.norm.rsplit(" ", 1)[-1] in _last_words("lamplight"),
        "scenery": lambda unit: unit.norm.rsplit(" ", 1)[-1] in _last_words("scenery"),
        "surface": lambda unit: unit.norm.rsplit(" ", 1)[-1] in _last_words("surface"),
        "around": lambda unit: unit.norm.rsplit(" ", 1)[-1] in _last_words("scenery"),
        "new": _brings_in,
        "fresh": _brings_in,
        "told": _with("det"),
        "definite": _with("det"),
        "where": lambda unit: unit.has("place") or str(unit.get("prep")) in PLACES,
        "side": _with("side", "direction"),
        "edge": _with("side"),
        "sideways": _with("place", "direction"),
        "quote": lambda unit: unit.kind == "quote",
        "degrees": lambda unit: unit.unit == "deg",
        "times": lambda unit: unit.unit == "x",
        "number": lambda unit: unit.kind == "number",
        "ratio": lambda unit: ratio((unit,)),
        "anyverb": _with("verb"),
        "verb": _with("verb"),
        "change": _with("verb"),
        "gerund": _with("verb"),
        "textnoun": _with("text_noun"),
        **{
            sense: _with(sense)
            for sense in (
                "relight", "weather", "colour", "season", "scale", "size", "place", "property",
                "adjective", "participle", "background",
            )
        },
    }
)  # fmt: skip
"""Of some kinds, a unit that what is in the slot cannot do without."""
