"""Wishes that put the quality first: "bluer sky", "more dramatic sky", "sharper eyes"."""

from __future__ import annotations

from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.phrase import compares
from orchestrator.language.phrases import PhraseReader
from orchestrator.language.predicates import read_predicate
from orchestrator.language.units import Unit

_QUALITY = ("scale", "size", "focus_adjective", "colour", "look", "style", "wish", "adjective")


def described(reader: ClauseReader) -> bool:
    """Read "(a) bluer sky" as "the sky bluer"; False where no quality stands before a noun."""
    at = reader.at
    start = at + (1 if reader.sense("det") == "indefinite" and not reader.sees("more") else 0)
    quality = _quality(reader.units[start : start + 3])
    found = PhraseReader(reader.units).read(start + quality) if quality else None
    if found is None:
        return False
    phrase, end = found
    head = next((u for u in reversed(phrase.units) if not u.has("place", "stop")), phrase.units[-1])
    if phrase.pronoun or phrase.determiner or phrase.role in ("image", "rest"):
        return False
    if head.has("property", "effect_noun", "colour", "scale", "weather", "relight", "verb"):
        return False
    saved = reader.units, set(reader.taken)
    reader.taken |= {u.index for u in (*reader.units[at:start], *phrase.units)}
    units = reader.units
    reader.units = [*units[:at], *units[start : start + quality], *units[end:]]
    refs = reader.refs([phrase])
    if read_predicate(reader, refs):
        reader.reading.mention(refs)
        reader.reading.subject = refs
        return True
    reader.at = at
    reader.units, reader.taken = saved
    return False


def _quality(units: list[Unit]) -> int:
    """How many units ahead say the quality; 0 where none do."""
    if not units:
        return 0
    if units[0].has("more", "less") and not units[0].has("scale", "size"):
        return 2 if len(units) > 1 and units[1].has(*_QUALITY) else 0
    if (
        len(units) > 1
        and units[1].has("background")
        and units[0].has("scale", "focus_adjective", "look")
    ):
        return 1  # "dark background"
    return 1 if compares(units[0]) else 0
