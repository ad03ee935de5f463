"""Tones and what becomes of them side by side: "deeper shadows", "contrast up saturation down".

A clause of nothing but such pairs, in either order, each going its own way. Which words mean more
and which less of what is in ``data/tones.yaml``; other sentences about properties are for
``properties`` and the frames.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from orchestrator.language.amounts import LARGE, SMALL
from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.drafts import WHOLE
from orchestrator.language.making import adjust
from orchestrator.language.properties import TONES
from orchestrator.language.units import Unit
from orchestrator.language.word_files import word_file

_WARMTH = "temperature"
_BETWEEN = ("conjunction", "det", "polite", "filler", "connector")
_OF_COLOUR = frozenset({"saturation", "hue", "vibrance"})
"""What "colours" is read as; warmer ones are a matter of temperature."""


def tone_pairs(reader: ClauseReader) -> bool:
    """Read a clause that holds nothing but tones and what becomes of each."""
    told: list[tuple[str, str, int, str]] = []
    name = way = level = ""
    unknown: list[Unit] = []
    named: list[Unit] = []
    for unit in reader.left:
        tone = unit.get("property")
        if unit.kind == "mark" or (unit.has(*_BETWEEN) and not isinstance(tone, str)):
            continue
        if (much := _how_much(unit)) and not way:
            level = much
        elif isinstance(tone, str) and not name:
            name, named = tone, [unit]
        elif not way and says_way(unit):
            way = unit.norm
        elif name and not way and _strange(unit):
            unknown += [*named, unit]  # "shadows fluffier": nothing of them is understood
            name = level = ""
        else:
            return False
        if name and way:
            sign, of = _sign(name, way), _way_of(name, way)
            if not sign:
                return False
            told.append((name, of, sign, level))
            name = way = level = ""
    if not told or name or way:
        return False
    for tone, of, sign, much in told:
        _drafted(reader, tone, of, sign, much)
    reader.reading.spoken |= {unit.index for unit in reader.left}
    reader.take(len(reader.left))
    reader.taken -= {unit.index for unit in unknown}
    return True


def _strange(unit: Unit) -> bool:
    """Whether a word is a comparative that says nothing of a tone."""
    return unit.norm.endswith("er") and unit.verb is None and not unit.has("scale", "property")


def _drafted(reader: ClauseReader, tone: str, of: str, sign: int, level: str) -> None:
    said = reader.strength
    if level:
        reader.strength = replace(said, level=level)
    if of == _WARMTH and tone in TONES:
        adjust(reader, TONES[tone], _WARMTH, sign)
    else:
        adjust(reader, WHOLE, of, sign)
    reader.strength = said


def _way_of(tone: str, way: str) -> str:
    """Which property a way is of: warmer colours and shadows are of temperature."""
    warmth = any(way in words for words in _ways()[_WARMTH].values())
    return _WARMTH if warmth and (tone in TONES or tone in _OF_COLOUR) else tone


def _sign(tone: str, way: str) -> int:
    """+1, -1, or 0 where the word says nothing of that property."""
    for listed in (_way_of(tone, way), "any"):
        for side, sign in (("up", 1), ("down", -1)):
            if way in _ways().get(listed, {}).get(side, ()):
                return sign
    return 0


def says_way(unit: Unit) -> bool:
    """Whether a word says of a tone which way it goes ("deeper")."""
    return any(unit.norm in words for sides in _ways().values() for words in sides.values())


def _how_much(unit: Unit) -> str:
    parts = set(unit.norm.split())
    return "slight" if parts & SMALL else "strong" if parts & LARGE else ""


@cache
def _ways() -> Mapping[str, Mapping[str, Sequence[str]]]:
    ways: Mapping[str, Mapping[str, Sequence[str]]] = word_file("tones")
    return ways
