"""Verbs in two pieces: "tone it down", "crisp the picture up", "knock the contrast back".

Puts the particle beside its verb, so that the rest reads one verb.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.language.lexicon import get_lexicon
from orchestrator.language.units import Unit

if TYPE_CHECKING:
    from orchestrator.language.clauses import Clause

REACH = 7
"""How many units there may be between a verb and its particle."""
_PARTICLES = frozenset({"up", "down", "back", "out", "off", "in", "away"})
_TONES = ("property", "scale")


def joined(clause: Clause) -> Clause:
    """The clause with a split verb put together; the clause itself where there is none."""
    for at, unit in enumerate(clause.units):
        place = _particle(clause.units, at)
        if place is not None:
            particle = clause.units[place]
            words = f"{unit.norm} {particle.norm}"
            whole = replace(unit, norm=words, text=words, senses=get_lexicon().senses(words))
            rest = (*clause.units[at + 1 : place], *clause.units[place + 1 :])
            units = (*clause.units[:at], whole, *rest)
            return replace(clause, units=units, spoken=clause.spoken | {unit.index, particle.index})
    return clause


def begins_split(units: Sequence[Unit]) -> bool:
    """Whether the first unit is a verb only with a particle further on ("knock … back")."""
    alone = len(units) > 2 and units[0].kind == "word" and not units[0].senses
    return alone and units[1].has("det") and _particle(units, 0) is not None


def _particle(units: Sequence[Unit], at: int) -> int | None:
    """Where the particle of the word at a place stands, if it has one further on."""
    first = units[at]
    if first.kind != "word" or " " in first.norm or (at and first.has("colour")):
        return None  # "scale the black suitcase down": nothing is blacked
    for place in range(at + 2, min(len(units), at + 1 + REACH)):
        between = units[at + 1 : place]
        if any(u.kind == "mark" or u.has("conjunction", "contrast", "verb") for u in between[1:]):
            return None
        if units[place].norm not in _PARTICLES:
            continue
        entry = get_lexicon().senses(f"{first.norm} {units[place].norm}")
        tones = any(u.has(*_TONES) for u in between)
        cls = first.verb.cls if first.verb is not None else ""
        ends = place + 1 == len(units) or not units[place + 1].has("det", "pronoun")
        gone = entry.get("verb")
        swept = gone is not None and gone.cls == "remove" and cls in ("improve", "remove") and ends
        apart = not cls or swept or (cls == "take" and ends) or (cls == "move" and tones)
        if "verb" in entry and apart:
            return place
    return None
