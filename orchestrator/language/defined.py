"""Words that an instruction explains itself: "remove the barometer. By the barometer I mean …".

Puts what is meant in the place of the word before clauses are cut. What a conversation remembers of
such words is ``command_meanings``'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from orchestrator.language.phrases import PhraseReader
from orchestrator.language.units import Unit, join

_OPENS = frozenset({"by", "with"})
_MEANING = frozenset({"i mean", "i meant", "we mean", "we meant", "mean", "meant"})
_SELVES = frozenset({"i", "we"})
_LONGEST = 4
"""Units of a word with its article."""


@dataclass(frozen=True)
class Defined:
    """An instruction without its explanations.

    Attributes:
        units: what is left, what is meant standing in the words' places.
        spoken: indices of the units that explained.
        told: what each word means.
    """

    units: list[Unit]
    spoken: frozenset[int] = frozenset()
    told: tuple[str, ...] = ()


def with_defined(units: Sequence[Unit]) -> Defined:
    """The instruction with its own explanations applied; one that is not needed stays as it is."""
    for at, unit in enumerate(units):
        says = [u.norm for u in units[max(0, at - 1) : at + 1]] == ["when", "i say"]
        if (says or unit.norm in _OPENS) and (found := _explained(units, at)) is not None:
            word, meaning, end = found
            start = at - 1 if says else at
            rest = _replaced([*units[:start], *units[end:]], word, meaning)
            if rest is not None:
                spoken = frozenset(u.index for u in units[start:end])
                told = f"'{join(word)}' means {join(meaning)}"
                return Defined(rest, spoken, (told,))
    return Defined(list(units))


def _explained(
    units: Sequence[Unit], start: int
) -> tuple[Sequence[Unit], Sequence[Unit], int] | None:
    """The word, what it means, and where the explanation ends; None where there is none."""
    at = start + 1
    while at < len(units) and at <= start + _LONGEST and units[at].norm not in _MEANING:
        at += 1
    if at >= len(units) or units[at].norm not in _MEANING:
        return None
    word = [u for u in units[start + 1 : at] if u.kind == "word" and u.norm not in _SELVES]
    word = word[1:] if word and word[0].has("det") else word
    if not word or any(u.has("pronoun", "det", "colour") for u in word):
        return None  # "by that I mean …" puts right what was said last
    read = PhraseReader(units).read(at + 1)
    if read is None or read[0].pronoun:
        return None
    end = read[1]
    return word, units[at + 1 : end], end


def _replaced(
    units: Sequence[Unit], word: Sequence[Unit], meaning: Sequence[Unit]
) -> list[Unit] | None:
    """The units with what is meant for a word; None where the word does not occur."""
    norms = [u.norm for u in word]
    found: list[Unit] = []
    at, done = 0, False
    while at < len(units):
        if [u.norm for u in units[at : at + len(norms)]] != norms:
            found.append(units[at])
            at += 1
            continue
        anchor = units[at]
        if found and found[-1].has("det") and meaning[0].has("det"):
            anchor = replace(found.pop(), end=units[at].end)
        found += [
            replace(u, index=units[at].index, start=anchor.start, end=anchor.end) for u in meaning
        ]
        at, done = at + len(norms), True
    return found if done else None
