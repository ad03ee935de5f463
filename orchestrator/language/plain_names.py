"""The plain dialect: words that name things in it, whatever else they mean in speech.

"The frame" is one on a wall, "a lamp stand" is no lamp that stands, and "me" is a person in the
picture. Knows where in a command a name stands, not what is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from orchestrator.language.descriptions import Described, joined_as
from orchestrator.language.units import Unit
from tools.target import Target

_PEOPLE = {"me": ("the person", False), "us": ("the people", True)}
_FRAMES = frozenset({"frame", "frames", "canvas", "canvases"})
_PICTURES = frozenset({"picture", "pictures", "photo", "photos", "photograph", "image", "images"})
"""What nobody takes out of the picture, or swaps for something, if it is the picture itself."""
_TAKEN = frozenset({"remove", "replace", "move"})
_BOUNDS = ("prep", "place", "conjunction", "except", "same", "direction")
_ONLY_DEED = {"verb", "action", "deed", "stop", "filler"}
_DOES_WHERE = ("det", "pronoun", "prep", "place", "direction", "conjunction")
_NO_NOUN = (
    "det", "prep", "conjunction", "relative", "pronoun", "degree", "negation", "number_word",
    "except", "copula", "ordinal", "more", "less", "polite",
)  # fmt: skip


def with_names(command: Sequence[Unit]) -> list[Unit]:
    """A command, its words for things being nothing else."""
    found = list(command)
    first = found[0].norm if found else ""
    if len(found) < 2 or found[0].verb is None:
        return found
    if first == "make" and len(found) > 3:
        _with_states(found)
    for at, unit in enumerate(found):
        left_out = at > 0 and found[at - 1].has("except")
        if unit.norm in _PEOPLE and (at == 1 or left_out):
            words, many = _PEOPLE[unit.norm]
            person = joined_as([unit], Described(Target(phrase="", category="person"), many))
            found[at] = person if left_out else replace(person, text=words)
    for at in range(2, len(found)):
        unit, after = found[at], found[at + 1] if at + 1 < len(found) else None
        if unit.has("relative"):
            break
        ends = after is None or after.kind == "mark" or after.has(*_BOUNDS) or after.norm == "with"
        framed = unit.norm in _FRAMES or (
            unit.norm in _PICTURES and first in _TAKEN and _last(after)
        )
        if framed and (ends or first == "make") and (start := _hung_from(found, at)):
            return [*found[:start], _hung(found[start : at + 1]), *found[at + 1 :]]
        if first != "make" and ends and _ends_name(found, at):
            found[at] = _named(unit)
    return found


def _with_states(found: list[Unit]) -> None:
    """Let "her face shocked" be a face, and "(make the hem) even" a state."""
    if found[1].norm == "her" and found[2].has("action") and not found[3].has(*_DOES_WHERE):
        found[2] = _named(found[2])
    if found[-1].norm in ("even", "level"):
        found[-1] = replace(found[-1], senses={"adjective": True})


def _named(unit: Unit) -> Unit:
    return replace(unit, senses={"compound": unit.norm})


def _last(after: Unit | None) -> bool:
    """Whether nothing tells which picture is meant ("the picture on the wall" hangs there)."""
    return after is None or after.norm == "with" or after.has("place", "direction")


def _hung_from(command: Sequence[Unit], at: int) -> int:
    """Where "(the) wooden frame" begins in what the command is about; 0 where it is no such."""
    start = at
    while start > 2 and command[start - 1].has("adjective", "colour", "size", "scale"):
        start -= 1
    led = command[start - 1].has("det") and command[start - 1].norm != "her"
    told = any(u.has("prep") and u.norm != "to" for u in command[1:start])
    return start if led and not told else 0


def _hung(units: Sequence[Unit]) -> Unit:
    """The words of a frame or a picture as a thing in the picture."""
    noun = "picture frame" if units[-1].norm in _FRAMES else "framed picture"
    many = units[-1].norm.endswith("s")
    told = tuple(u.norm for u in units[:-1])
    return joined_as(units, Described(Target(phrase="", category=noun, attributes=told), many))


def _ends_name(command: Sequence[Unit], at: int) -> bool:
    """Whether a verb's word ends a name of several: "add a cake stand on the table"."""
    unit, before = command[at], command[at - 1]
    deed = unit.has("action") or (unit.verb is not None and unit.verb.form == "base")
    deed = deed and unit.senses.keys() <= _ONLY_DEED  # "the green tint" is what it is
    noun = before.kind == "word" and before.verb is None and not before.has(*_NO_NOUN)
    return deed and noun
