"""What is to become of a thing, behind a mark: "brightness: -15", "gulls? none", "wrinkles: hers".

A thing or a tone that is followed by a mark and nothing but its level is one clause with it; what
the clause asks for is for turns of phrase and frames to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from orchestrator.language.clauses import Clause
from orchestrator.language.units import Unit, word_at

_MARKS = frozenset({":", "?", "-", "–", "—", "="})
_NONE = frozenset({"none", "zero", "nil", "gone", "no", "no thanks", "none please", "zilch"})
_OWNED = frozenset({"hers", "his", "mine", "theirs", "ours"})
_MOST_OF_A_THING = 6
_POINTS = ("det", "pronoun", "copula")
_WAYS = ("direction", "more", "less")


def with_levels(clauses: Sequence[Clause]) -> list[Clause]:
    """The clauses, a thing or a tone and its level behind a mark taken as one."""
    found: list[Clause] = []
    for clause in clauses:
        before = found[-1] if found else None
        marks = [u.norm for u in clause.linking if u.kind == "mark"]
        recoloured = _recoloured(clause.units)
        marked = len(marks) == 1 and (marks[0] in _MARKS or (recoloured and marks[0] == ","))
        if before is not None and marked and _bare(before, both=recoloured or _is_none(clause)):
            units = _leveled(before, [u for u in clause.units if not u.has("polite")])
            if units:
                spoken = before.spoken | {u.index for u in (*clause.linking, *clause.units)}
                found[-1] = replace(before, units=units, spoken=spoken)
                continue
        found.append(clause)
    return found


def _bare(clause: Clause, *, both: bool) -> bool:
    """Whether a clause only names a thing or a tone; ``both``: which may be a verb, too."""
    units = clause.units
    no_thing = ("verb", "copula", "negation", "prep", "pronoun", "whole")
    return 0 < len(units) <= _MOST_OF_A_THING and not any(
        u.has(*no_thing) and not u.has("property") and not _noun(u, both) for u in units
    )


def _recoloured(units: Sequence[Unit]) -> bool:
    """Whether words are nothing but a colour and the one it is to become ("pink to green")."""
    return (
        len(units) == 3
        and units[1].norm in ("to", "into", "->")
        and all(u.has("colour") for u in (units[0], units[2]))
    )


def _told_to(verb: str, thing: Clause) -> tuple[Unit, ...]:
    return (word_at(thing.units[0], verb), *thing.units)


def _noun(unit: Unit, both: bool) -> bool:
    """Whether a verb is the plural of a thing as well ("bins"), or the thing itself ("trim")."""
    return unit.verb is not None and unit.verb.both and (both or unit.verb.form == "s")


def _is_none(clause: Clause) -> bool:
    """Whether a clause says of a thing only that there is to be none of it."""
    said = [u for u in clause.units if not u.has("polite")]
    return len(said) == 1 and said[0].norm in _NONE


def _leveled(thing: Clause, level: Sequence[Unit]) -> tuple[Unit, ...]:
    """The units of both as one request; nothing where the second is no level."""
    if len(level) == 1 and level[0].norm in _NONE:
        return _told_to("remove", thing)
    if level and level[-1].norm in _OWNED and all(u.has(*_POINTS) for u in level[:-1]):
        return _told_to("keep", thing)  # "wrinkles: those are hers"
    if _recoloured(level):
        return (*_told_to("make", thing), level[2])  # "the neon: pink to green"
    tone = thing.units[-1].has("property")
    alone = level[0] if len(level) == 1 else None
    said = alone is not None and (
        (alone.kind == "number" and alone.unit != "ratio") or alone.has(*_WAYS)
    )
    return (*thing.units, *level) if tone and said else ()
