"""Stories before a wish: "we waited for hours and the fog never lifted, can you clear it up".

What happened is told in the past tense, asks for nothing, and is followed by what does ask. Which
forms are of the past is in ``data/stories.yaml``. Complaints ("it came out dark", "the light was
awful") are wishes and none of this module's business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from orchestrator.language.clauses import Clause
from orchestrator.language.plain_deeds import deed_of
from orchestrator.language.units import Unit
from orchestrator.language.word_files import word_file

_WAS = frozenset({"was", "were", "had been"})
_STATES = ("scale", "colour", "focus_adjective", "look", "size")
_MOST_OF_A_SUBJECT = 5
"""Units of the longest subject that is looked for."""


def with_stories(clauses: Sequence[Clause]) -> list[Clause]:
    """The clauses, those that only tell what happened marked as remarks."""
    last = max(
        (i for i, clause in enumerate(clauses) if _asks(clause) or _faults(clause)), default=-1
    )
    found: list[Clause] = []
    for i, clause in enumerate(clauses):
        before = found[-1].story if found else False
        told = i < last and (is_story(clause) or (before and _goes_on(clause)))
        told = told or (i > 0 and _says_why(clause, clauses[i - 1]))
        found.append(replace(clause, remark=True, story=True) if told else clause)
    return found


def _faults(clause: Clause) -> bool:
    """Read "(I scanned this from an album) and there are scratches all over": a complaint."""
    units = _opened(clause.units)
    if clause.link in ("if", "because") or len(units) < 2:
        return False
    found = units[0].norm in ("there", "there is", "there are") or units[-1].norm == "all over"
    wrong = any(u.get("degree") in _EXCESS for u in units) and any(u.has(*_STATES) for u in units)
    return found or wrong


_EXCESS = ("excess", "slight_excess", "strong_excess", "lack")


def _says_why(clause: Clause, before: Clause) -> bool:
    """Read "(straighten the horizon,) it's driving me mad": why, after the wish itself."""
    verb = before.units[0].verb if before.units else None
    asked = verb is not None and verb.form == "base" and verb.cls != "mention"
    units = _opened(clause.units)
    if (
        not asked
        or clause.link == "because"
        or clause.sentence != before.sentence
        or len(units) < 2
        or len(units) > 8
    ):
        return False
    speaks = units[0].norm in _words("photos") | {"they", "these", "those", "he", "she"}
    said = f" {' '.join(u.norm for u in units[1:])} "
    return speaks and any(f" {word} " in said for word in _words("bothers"))


def _goes_on(clause: Clause) -> bool:
    """Read "(our dog ran in) and ruined it": of the same subject."""
    first, opened = clause.units[0], _opened(clause.units)
    if len(opened) > 1 and opened[0].norm == "there" and opened[1].norm in _WAS:
        return True  # "(we hiked up the hill) and there was rain"
    plain = first.norm.endswith("ed") and (first.verb is None or first.verb.form != "base")
    return clause.link == "and" and not _asks(clause) and (plain or _is_past(first))


def is_story(clause: Clause) -> bool:
    """Whether a clause only tells what happened."""
    units = _opened(clause.units)
    if clause.link in ("if", "because") or _asks(clause) or any(u.kind == "quote" for u in units):
        return False
    if any(u.norm in _words("wishing") for u in units):
        return False
    if _reported(units):
        return True
    at = verb_at(units)
    return at is not None and (_was_so(units, at) or _happened(units, at) or _loved(units))


def _reported(units: Sequence[Unit]) -> bool:
    """Read "my husband thinks his ears stick out": what somebody says, and no complaint of it."""
    at = next((i for i, u in enumerate(units[:5]) if u.norm in _words("reports")), 0)
    if not at or units[0].norm in ("i", "we") or not (at == 1 or units[0].has("det")):
        return False
    return not any(u.has(*_STATES, "excess", "more", "less") for u in units[at:])


def _loved(units: Sequence[Unit]) -> bool:
    """Read "I love this photo of my dad", which is a "but" to come."""
    told = units[0].norm in ("i", "we") and units[1].norm in _words("loves")
    return told and len(units) > 2 and units[2].has("det")


def _opened(units: Sequence[Unit]) -> Sequence[Unit]:
    """The units without "yesterday", "well", "so" before the subject."""
    at = 0
    if len(units) > 2 and units[1].norm in _words("spans") and units[0].norm in _words("which"):
        at = 2  # "last summer we …"
    while at < len(units) and (
        units[at].norm in _words("opens") or units[at].has("filler") or units[at].kind == "mark"
    ):
        at += 1
    return units[at:]


def _asks(clause: Clause) -> bool:
    """Whether a clause says that something is to be done."""
    units = [u for u in clause.units if u.kind != "mark" and not u.has("filler", "conjunction")]
    if not units:
        return False
    verb = units[0].verb
    begins = verb is not None and verb.form == "base" and not units[0].has("stop")
    wished = units[-1].norm in _words("welcome") and any(u.norm == "would be" for u in units)
    return begins or wished or any(u.has("polite") and u.norm != "so" for u in units)


def spoils(unit: Unit) -> bool:
    """Whether what follows is only what a thing is bad for ("the lamp spoils the room")."""
    return unit.norm in _words("spoils")


def told_until(units: Sequence[Unit]) -> int:
    """Where what a unit begins must end: before what is done or said next, or at the end."""
    ends = (
        i
        for i, u in enumerate(units)
        if _is_told(u) or u.norm in _words("reports") or (i > 1 and (deed_of(u) or spoils(u)))
    )
    return next(ends, len(units))


def verb_at(units: Sequence[Unit]) -> int | None:
    """Where the verb behind the subject is; None where no subject opens the clause."""
    if len(units) < 2:
        return None
    at = 1
    if units[0].norm not in _words("who"):
        if not units[0].has("det") and units[0].senses:
            return None
        while at < min(len(units), _MOST_OF_A_SUBJECT) and not _is_told(units[at]):
            if units[at].kind == "mark" or units[at].has("copula", "verb", "prep", "relative"):
                break
            if units[at].norm in _words("adverbs") or units[at].has("negation"):
                break
            at += 1
    while at < len(units) and (
        units[at].norm in _words("adverbs") or units[at].has("filler", "negation")
    ):
        at += 1
    return at if at < len(units) else None


def _is_told(unit: Unit) -> bool:
    return _is_past(unit) or unit.norm in _words("habits")


def _is_past(unit: Unit) -> bool:
    return unit.norm in _words("past") or unit.norm in _WAS


def _was_so(units: Sequence[Unit], at: int) -> bool:
    """Read "it was grey all day", "we were at the zoo", "the pic was taken at noon"."""
    if units[at].norm not in _WAS or at + 1 >= len(units):
        return False
    subject, after = units[at - 1], units[at + 1]
    told = " ".join(u.norm for u in units)
    if any(f" {time} " in f" {told} " for time in _words("times")):
        return True
    if subject.norm in _words("photos") and after.norm in ("taken", "shot", "made", "captured"):
        return True
    if subject.norm == "it" and after.has("weather") and not after.has("scale"):
        return True
    somebody = subject.norm in ("i", "we", "he", "she", "they")
    return somebody and (after.has("prep") or after.norm.endswith("ing"))


def _happened(units: Sequence[Unit], at: int) -> bool:
    """Read "my hat flew away", "we waited two hours", "it rained the whole week"."""
    unit = units[at]
    rest = units[at + 1 :]
    if unit.norm in _words("states") and any(u.has(*_STATES) for u in rest):
        return False
    if unit.norm in _words("past"):
        return True
    if unit.norm in _words("habits"):
        return not any(u.has("excess", "more", "less", "scale") for u in rest)
    somebody = units[0].norm in _words("who")
    never = at > 1 and units[at - 1].norm == "never"
    deed = (
        unit.norm.split()[0].endswith("ed")
        and len(unit.norm) > 4
        and not unit.has("gone", "copula")
    )
    return deed and (somebody or never)  # "the fence removed" is a wish, "we removed it" is none


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(word_file("stories")[name])
