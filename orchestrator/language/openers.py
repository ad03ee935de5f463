"""What people say before a wish: "it would be so cool if …", "any chance of …", "to me …".

Each such run of words becomes one unit that reads as the plainest of its kind ("please", "i want",
"what if", "without"), so that nothing else has to know the many ways to begin. The patterns are in
``data/openers.yaml``; what the words after an opener ask for is for clauses and frames to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from orchestrator.language.description_words import Words
from orchestrator.language.lexicon import Senses, Verb, get_lexicon
from orchestrator.language.patterns import Part, compiled, opening
from orchestrator.language.units import Unit, join
from orchestrator.language.word_files import word_file

_BEFORE = ("conjunction", "connector", "contrast", "polite", "filler", "reason", "repair")
"""What a request may begin after, marks aside."""
_NO_THING = ("copula", "negation", "prep", "polite", "conjunction", "wear", "reason", "connector")
_ARTICLES = frozenset({
    "the", "a", "an", "some", "my", "your", "his", "her", "our", "their", "its", "all", "all the",
    "every", "each", "both", "no", "there", "it", "they", "he", "she",
})  # fmt: skip
"""What begins a sentence of its own ("make that the wall is red")."""
_POINTERS = frozenset({"this", "that", "these", "those"})


@dataclass(frozen=True)
class Opener:
    """One way to begin.

    Attributes:
        parts: its words.
        read: what it is read as.
        then: what must follow it.
    """

    parts: tuple[Part, ...]
    read: str
    then: str


def with_openers(units: Sequence[Unit]) -> list[Unit]:
    """The units, each opener among them made one unit."""
    words = _Words(units)
    found: list[Unit] = []
    at = 0
    doing = False
    while at < len(units):
        if doing and found[-1].has("conjunction") and _follows("ing", units[at]):
            found.append(_as_deed(units[at]))  # "would you mind making it bigger and adding …"
            at += 1
            continue
        doing = doing and units[at].norm not in (".", "!", "?", ";", "\n")
        match = _longest(words, at) if _may_open(found, units[at]) else None
        if match is None:
            found.append(units[at])
            at += 1
            continue
        opener, end = match
        found.append(_joined(units[at:end], opener.read))
        at = end
        doing = opener.then == "ing"
        if opener.then in ("past", "ing"):
            found.append(_as_deed(units[at]))
            at += 1
    return [replace(unit, index=i) for i, unit in enumerate(found)]


def _may_open(before: Sequence[Unit], unit: Unit) -> bool:
    if unit.kind != "word":
        return False
    if len(before) > 1 and before[-1].norm == "only" and before[-2].has("det"):
        return False  # "the only picture i have"
    return not before or before[-1].kind == "mark" or before[-1].has(*_BEFORE)


class _Words(Words):
    """As in descriptions, but what is quoted is no opener's word, and marks without one are air."""

    def spelt(self, unit: Unit) -> list[str]:
        return unit.norm.split() if unit.kind != "quote" else [""]


def _longest(words: _Words, at: int) -> tuple[Opener, int] | None:
    """The opener that takes most words from a unit on, and the unit behind it."""
    best: tuple[Opener, int] | None = None
    start = words.word_at[at]
    if start >= len(words.words):
        return None
    for opener in _by_word().get(words.words[start], ()):
        for _, end in words.matches(opener.parts, at):
            if end == len(words.units) or (best is not None and end <= best[1]):
                continue
            if _follows(opener.then, words.units[end]):
                best = opener, end
    return best


def _follows(then: str, unit: Unit) -> bool:
    if unit.kind != "word":
        return then == "thing" and unit.kind in ("quote", "number")
    verb = unit.verb
    if then == "base":
        return verb is not None and verb.form == "base"
    if then == "ing":
        return verb is not None and verb.form == "ing"
    if then == "past":
        return unit.norm in _pasts() or (verb is not None and verb.form == "ed")
    if unit.has("det", "pronoun", "number_word") or unit.norm in _POINTERS:
        return then != "the" or unit.norm in _ARTICLES
    if then == "the":
        return False
    return not unit.has(*_NO_THING) and (verb is None or verb.both)


def _joined(units: Sequence[Unit], read: str) -> Unit:
    senses: Senses = get_lexicon().senses(read)
    return replace(units[0], text=join(units), norm=read, end=units[-1].end, senses=senses)


def _as_deed(unit: Unit) -> Unit:
    """A verb in the past as a request: "(what if we) painted it" asks to paint it."""
    verb = unit.verb
    base = _pasts().get(unit.norm) or (verb.base if isinstance(verb, Verb) else unit.norm)
    return replace(unit, norm=base, text=base, senses=get_lexicon().senses(base))


@cache
def opener_words() -> frozenset[str]:
    """Every expression that an opener names, and that its reading stands for."""
    return frozenset(
        " ".join(choice)
        for openers in _by_word().values()
        for opener in openers
        for part in opener.parts
        for choice in part.choices
    )


@cache
def _pasts() -> Mapping[str, str]:
    pasts: dict[str, str] = word_file("openers")["pasts"]
    return pasts


@cache
def _by_word() -> Mapping[str, Sequence[Opener]]:
    """First word -> the openers that may begin with it."""
    found: dict[str, list[Opener]] = {}
    lists: dict[str, list[str]] = word_file("openers")["words"]
    for row in word_file("openers")["openers"]:
        for say in row["say"]:
            opener = Opener(compiled(say, lists), row["read"], row["then"])
            for word in opening(opener.parts):
                found.setdefault(word, []).append(opener)
    return found
