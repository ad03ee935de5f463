"""Word by word: what of the instruction is in the plan, and what nothing stands for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestrator.language.units import Unit

FUNCTION = (
    "stop",
    "polite",
    "filler",
    "connector",
    "conjunction",
    "contrast",
    "det",
    "negation",
    "copula",
    "while",
    "instead",
    "condition",
    "reason",
)
"""Parts of speech that carry no wish of their own."""


@dataclass(frozen=True)
class Covered:
    """One word or expression of the instruction.

    Attributes:
        text: as written.
        start: its first character's place.
        end: past its last character's place.
        by: "s1", "constraint", "note", "" for function words, "unknown", or "missing" (understood,
            but not planned).
    """

    text: str
    start: int
    end: int
    by: str


def is_content(unit: Unit) -> bool:
    """Whether a unit says something a plan must answer for."""
    if unit.kind == "mark" or unit.norm in ("'s",):
        return False
    if unit.kind in ("quote", "number", "symbol"):
        return True
    return not unit.has(*FUNCTION)


def cover(units: Sequence[Unit], claims: Mapping[int, str]) -> list[Covered]:
    """What stands for each unit."""
    found: list[Covered] = []
    for unit in units:
        by = claims.get(unit.index, "unknown" if is_content(unit) else "")
        if unit.kind != "mark":
            found.append(Covered(unit.written or unit.text or unit.norm, unit.start, unit.end, by))
    return found


def unknown_words(units: Sequence[Unit], claims: Mapping[int, str]) -> tuple[str, ...]:
    """Words nothing stands for, as written, once each, in order."""
    found: list[str] = []
    for unit in units:
        text = (unit.written or unit.text or unit.norm).strip()
        if is_content(unit) and unit.index not in claims and text and text not in found:
            found.append(text)
    return tuple(found)
