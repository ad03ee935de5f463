"""One thing out and another in, said in two halves: "milk out of the jug and wine in".

Puts the halves together as one replacement in its place; knows no frames.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from orchestrator.language.clauses import Clause
from orchestrator.language.units import Unit, word_at

_MOST_OF_A_HALF = 10
_TAKING = frozenset({"take", "get", "pour", "empty", "have", "want", "i want"})
_PUTTING = frozenset({"put", "pour", "have", "want", "get", "add", "i want"})


def with_swaps(clauses: Sequence[Clause]) -> list[Clause]:
    """The clauses, each pair of what goes out and what comes in taken as one."""
    found: list[Clause] = []
    for clause in clauses:
        before = found[-1] if found else None
        units = _swapped(before, clause) if before is not None else ()
        if before is not None and units:
            spoken = before.spoken | {u.index for u in (*before.units, *clause.linking)}
            spoken |= {u.index for u in clause.units}
            found[-1] = replace(before, units=units, spoken=spoken)
        else:
            found.append(clause)
    return found


def _swapped(first: Clause, second: Clause) -> tuple[Unit, ...]:
    """The units of both halves as one request; nothing where they are none."""
    if not all(u.norm == "," or u.has("conjunction", "connector") for u in second.linking):
        return ()
    out = _without(first.units, _TAKING)
    new = _without(second.units, _PUTTING)
    at = next((i for i, u in enumerate(out) if u.norm in ("out of", "out")), 0)
    place = out[at + 1 :]
    if not at or not place or len(out) > _MOST_OF_A_HALF or out[at].norm != "out of":
        return ()
    if len(new) < 2 or new[-1].norm != "in" or len(new) > _MOST_OF_A_HALF:
        return ()
    if any(_does(u) for u in (*out, *new)):
        return ()
    anchor = first.units[0]
    return (
        word_at(anchor, "replace"), *out[:at], word_at(anchor, "in"), *place,
        word_at(anchor, "with"), *new[:-1],
    )  # fmt: skip


def _without(units: Sequence[Unit], opening: frozenset[str]) -> list[Unit]:
    said = [u for u in units if not u.has("polite", "filler") and u.norm != ","]
    return said[1:] if said and said[0].norm in opening else said


def _does(unit: Unit) -> bool:
    return unit.has("copula", "negation") or (unit.verb is not None and not unit.verb.both)
