"""Turns of phrase: "the beard has to go" read as "remove the beard", before a clause is parsed.

Rewrites clauses by the patterns of ``data/turns.yaml`` and its neighbours (``turn_rules``); what
the plain wording asks for is for the frames to say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise

from orchestrator.language.clauses import Clause
from orchestrator.language.particles import joined
from orchestrator.language.strength import HOW_MUCH
from orchestrator.language.turn_match import Match, Matcher
from orchestrator.language.turn_rules import likely, named_words, needed_words
from orchestrator.language.units import Unit, join, read_units

__all__ = ["named_words", "with_outcomes", "with_turns"]

MAX_UNITS = 32
"""Longer clauses are no turn of phrase."""
_PASSES = 3


def with_turns(clauses: Sequence[Clause]) -> list[Clause]:
    """The clauses, each in plain wording where it is a known turn of phrase."""
    found: list[Clause] = []
    for clause in clauses:
        pending = [joined(clause)]
        for _ in range(_PASSES if clause.link not in ("because", "if") else 0):
            turned = [t for c in pending for t in _turned(c)]
            if turned == pending:
                break
            pending = turned
        found.extend(pending)
    return found


_TELLING_ON = frozenset({"so that", "so", "if"})
"""Words behind which the second half of one wish may stand."""


def _only(clause: Clause) -> bool:
    """Read "(crop it) so only the horse is seen": no second wish."""
    return clause.units[0].norm in ("only", "just", "only the", "just the", "nothing but")


def with_outcomes(clauses: Sequence[Clause]) -> list[Clause]:
    """Read "rework it so that it becomes a sketch" as one wish where that is a turn of phrase.

    So is "it would be a shame if the mural was changed".
    """
    found: list[Clause] = []
    for clause in clauses:
        led = clause.linking[-1] if clause.linking else None
        told = led is not None and led.norm in _TELLING_ON
        if found and told and led is not None and (clause.link != "and" or _only(clause)):
            whole = replace(found[-1], units=(*found[-1].units, led, *clause.units))
            if _turned(whole) != [whole]:
                found[-1] = whole
                continue
        found.append(clause)
    return found


def _turned(clause: Clause) -> list[Clause]:
    denied = bool(clause.linking) and clause.linking[-1].norm == "but not"
    if clause.remark or clause.limits or denied or not 0 < len(clause.units) <= MAX_UNITS:
        return [clause]
    units = _without_frame(_bare(clause.units))
    if not units or _issues(units):
        return [clause]
    matcher = Matcher(units)
    for turn in likely(matcher.present):
        match = matcher.match(turn)
        if match is not None:
            way = clause.link == "repair" and len(units) == 1 and units[0].has("side", "direction")
            if match.mean or not way:  # "(turn it left, no,) right" is no remark
                return _reworded(clause, match)
    return [clause]


_ISSUING = frozenset({
    "coming", "pouring", "sticking", "peeking", "poking", "hanging", "growing", "flowing",
    "spilling", "billowing", "drifting", "leaking", "streaming",
})  # fmt: skip
"""What is done out of something by what stays: "smoke coming out" asks for no removal."""


def _issues(units: Sequence[Unit]) -> bool:
    coming = pairwise(units)
    removed = units[0].verb is not None and units[0].verb.cls == "remove"
    return not removed and any(
        one.norm in _ISSUING and two.norm in ("out", "out of") for one, two in coming
    )


def _bare(units: Sequence[Unit]) -> list[Unit]:
    """The units without politeness, fillers and marks, which say nothing here."""
    return [u for u in units if not _says_nothing(u) or u.norm in needed_words()]


def _without_frame(units: list[Unit]) -> list[Unit]:
    """The units without "in this picture", "from the photo" before them."""
    while units and units[-1].norm == ",":
        units = units[:-1]
    while units and units[0].norm == ",":
        units = units[1:]
    at = 1
    while at < len(units) and units[at].has("det"):
        at += 1
    framed = units and units[0].norm in ("in", "from", "of", "on") and 1 < at + 1 < len(units)
    if framed and units[at].has("whole") and not units[at].norm.startswith(("every", "any")):
        return units[at + 1 :]
    return units


def _says_nothing(unit: Unit) -> bool:
    idle = unit.has("polite", "filler") and not unit.has("degree", "same", "wish", "verb")
    return idle or (unit.kind == "mark" and unit.norm != ",")


def _reworded(clause: Clause, match: Match) -> list[Clause]:
    """The clause in the turn's plain wording; its own words count as understood with it."""
    slots = match.slots
    if not match.mean:
        return [replace(clause, remark=True)]
    anchor = next((u for u in clause.units if u.kind != "mark"), clause.units[0])
    bare = {name for name in slots if f"<{name}>" in match.mean and f'"<{name}>"' not in match.mean}
    used = {u.index for name in bare for u in slots[name]}
    spoken = frozenset(u.index for u in clause.units if u.index not in used) | clause.spoken
    kept = {*match.parts, *(name for name in slots if f"<{name}>" in match.mean)}
    dropped = [u for name, held in slots.items() if name not in kept for u in held]
    said = join([u for u in clause.units if u.text]) if dropped else ""
    how_much = [u for u in clause.units if u.index not in used and u.get("degree") in HOW_MUCH]
    found: list[Clause] = []
    for request in match.mean.split(";"):
        units: list[Unit] = []
        for piece in re.split(r"(\"?<\w+>\"?)", request):
            if piece.startswith('"'):
                units += _quoted(clause.units, slots.get(piece[2:-2], []))
            elif piece.startswith("<"):
                units += slots.get(piece[1:-1], [])
            elif piece.strip():
                units += _plain(piece.strip(), anchor)
        units = _by_degree(units, how_much)
        told = f"read '{said}' as '{join(units)}'" if said else clause.told
        found.append(replace(clause, units=tuple(units), spoken=spoken, told=told))
    return [found[0], *(replace(c, link="and", linking=()) for c in found[1:])]


def _by_degree(plain: list[Unit], how_much: Sequence[Unit]) -> list[Unit]:
    """The plain words with how much was said, before the comparative or after where to move."""
    if any(unit.get("degree") in HOW_MUCH for unit in plain):
        return plain
    at = next((i for i, unit in enumerate(plain) if _compares(unit)), None)
    if at is None:
        verb = plain[0].verb if plain else None
        if verb is None or verb.cls not in _BY_DEGREES or any(u.norm == "," for u in plain):
            return plain
        return [*plain, *(_at_the_end(unit) for unit in how_much[:1])]
    return [*plain[:at], *how_much[:1], *plain[at:]]


_BY_DEGREES = frozenset({"move", "increase", "decrease"})
"""Classes of verbs behind whose things it may be said how much."""


def _at_the_end(unit: Unit) -> Unit:
    """How much, as it may end a clause: "way" and "much" say nothing there."""
    if unit.get("degree") not in ("strong", "extreme"):
        return unit
    return replace(unit, norm="a lot", text="a lot")


def _compares(unit: Unit) -> bool:
    return any(getattr(unit.get(part), "form", "") == "more" for part in ("size", "scale"))


def _quoted(clause: Sequence[Unit], slot: Sequence[Unit]) -> list[Unit]:
    """The slot's words as one quotation, verbatim, a greeting before them included."""
    if not slot:
        return []
    first = next(i for i, unit in enumerate(clause) if unit is slot[0])
    last = next(i for i, unit in enumerate(clause) if unit is slot[-1])
    while first and _says_nothing(clause[first - 1]) and clause[first - 1].kind == "word":
        first -= 1
    text = join([replace(u, text=u.written or u.text) for u in clause[first : last + 1]])
    return [replace(slot[0], kind="quote", text=text, norm=text, senses={}, end=slot[-1].end)]


def _plain(words: str, anchor: Unit) -> list[Unit]:
    return [
        replace(unit, index=anchor.index, start=anchor.start, end=anchor.end, gap=True)
        for unit in _read(words)
    ]


@cache
def _read(words: str) -> tuple[Unit, ...]:
    return tuple(read_units(words))
