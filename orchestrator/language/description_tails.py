"""What words behind a thing say of it: "that is red", "nearest the door", ", the one in front".

Knows how a description goes on, not where one begins (``descriptions``) nor how things are chosen
from several (``description_sets``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from orchestrator.language.description_rules import Rule, fitting, may_be_said, updated
from orchestrator.language.description_words import Words, thing_at
from orchestrator.language.phrases import PhraseReader
from tools.target import Target

_MOST_TAILS = 3
TAILS = ("tails",)
ASIDE = ("tails", "asides")
"""Sections of rules for what is said of "the one"."""
_DASHES = frozenset({"-", "--", "–", "—", "("})
_OPENS = frozenset({",", *_DASHES})
_CLOSES = {",": ",", "(": ")"}
_NAMELY = frozenset(
    {"i mean", "namely", "that is", "i.e.", "meaning", "to be precise", "specifically"}
)
_BARE_ONE = 2
"""Units of "the one"."""
_TOLD = ("relation", "ordinal", "superlative", "exclude")
"""Fields that tell a thing from others, beside its looks."""


def with_tails(
    words: Words, at: int, target: Target, end: int, sections: Sequence[str] = TAILS
) -> tuple[Target, int]:
    """What the words behind a thing say of it, and where they end.

    Args:
        words: the instruction.
        at: where the thing's phrase begins.
        target: the thing so far.
        end: the unit behind it.
        sections: of the rules to look in.
    """
    for _ in range(_MOST_TAILS):
        found = tail(words, at, target, end, sections)
        if found is None:
            break
        target, end = found
    return target, end


def one_at(words: Words, at: int, start: int) -> tuple[Target, int] | None:
    """Read "the one behind the sofa", "the bigger", "the second from the left"; no noun is named.

    Args:
        words: the instruction.
        at: where it begins.
        start: where the description that it is part of begins.
    """
    read = thing_at(words.units, at)
    if read is None or read[0].target.category or read[0].determiner != "definite":
        return None
    if read[0].role or read[0].pronoun in ("one", "many", "former"):
        return None
    phrase, end = read
    target, stop = with_tails(words, start, phrase.target, end, ASIDE)
    if stop == end:
        stops = frozenset({"with", "by"} if words.verb_before(start) == "replace" else ())
        more = PhraseReader(words.units, predicates=True).read(at, stops=stops)
        whole = more is not None and more[1] > end and not words.needed(start, more[1], "where")
        if more is not None and whole and not more[0].target.category:
            return more[0].target, more[1]
    return target, stop


def merged(target: Target, one: Target) -> Target | None:
    """A thing with what was said of "the one"; None where it is told apart from it."""
    update: dict[str, Any] = {}
    for field in _TOLD:
        told = getattr(one, field)
        if told and getattr(target, field):
            return None
        if told:
            update[field] = told
    if one.attributes:
        update["attributes"] = (*target.attributes, *one.attributes)
    return target.model_copy(update=update)


def _is_told(target: Target) -> bool:
    """Whether a target's fields tell it from others."""
    return any(getattr(target, field) for field in (*_TOLD, "attributes"))


def _aside(words: Words, at: int, target: Target, end: int) -> tuple[Target, int] | None:
    """Read ", the one behind the sofa," of a lamp: it says which, and is no other thing."""
    units = words.units
    mark = units[end].norm
    start = end + 1
    if start < len(units) and units[start].norm in _NAMELY:
        start += 1
    elif mark not in _OPENS and mark not in _NAMELY:
        return None
    if start < len(units) and units[start].norm == ",":
        start += 1
    read = one_at(words, start, at) if start + 1 < len(units) else None
    if read is None or not target.category:
        return None
    one, stop = read
    if stop - start <= _BARE_ONE and not _is_told(one):
        return None
    known = _is_told(target)
    listed = mark == "," and start == end + 1 and not words.apart(stop)
    if known and listed:
        return None  # "the red lamp, the one on the left and the cat" are three
    told = merged(target, one)
    if told is None:
        return None
    beyond = units[stop].norm if stop < len(units) else ""
    closes = beyond == _CLOSES.get(mark, mark) and beyond in (*_OPENS, ")")
    if closes and (beyond != "," or not words.starts_clause(stop + 1)):
        stop += 1
    return told, stop


def tail(
    words: Words, at: int, target: Target, end: int, sections: Sequence[str] = TAILS
) -> tuple[Target, int] | None:
    """The longest that the words from a unit on say of a thing, and where it ends."""
    if end >= len(words.units):
        return None
    found: list[tuple[Target, int]] = []
    if words.units[end].norm in ("that", "which", "who"):
        told = complement(words, end + 1, target)
        found += [told] if told is not None else []
    if (aside := _aside(words, at, target, end)) is not None:
        found.append(aside)
    for rule in (rule for section in sections for rule in fitting(section, words, end)):
        if may_be_said(rule, target, words.units[at].norm):
            found += [
                (updated(target, rule, slots), stop)
                for slots, stop in words.matches(rule.parts, end)
                if _may_stand(words, at, rule, end, stop)
            ]
    return max(found, key=lambda one: one[1], default=None)


def _may_stand(words: Words, at: int, rule: Rule, end: int, stop: int) -> bool:
    """Whether the words of a rule are the thing's, not the verb's or the next thing's."""
    if words.needed(at, stop, rule.gives.get("ends", "")):
        return False
    if rule.gives.get("listed") == "no" and not words.apart(stop):
        return False
    if words.names(stop):
        return False  # "the couch in emerald velvet"
    beyond = words.units[stop] if stop < len(words.units) else None
    given = beyond is not None and beyond.get("det") == "indefinite"
    if words.units[end].norm == "to" and given:
        return False  # "(I want) the snowman to wear a cape"
    # "everything but the person in the middle"
    return not (rule.gives.get("needs") == "all" and words.tells_where(at, stop))


def complement(words: Words, at: int, target: Target) -> tuple[Target, int] | None:
    """The longest that is said behind "the cup that"."""
    if at >= len(words.units):
        return None
    found = (
        (updated(target, rule, slots), end)
        for rule in fitting("complements", words, at)
        for slots, end in words.matches(rule.parts, at)
    )
    return max(found, key=lambda one: one[1], default=None)
