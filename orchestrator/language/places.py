"""Places in the frame as things to edit: "the top half", "the upper left corner", "the edges".

Tells such places from the side of a thing ("the left dog") and names their target. Where a place
is only a position ("a caption at the top"), it is none of this module's business.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tools.target import Target

if TYPE_CHECKING:
    from orchestrator.language.units import Unit

FRAME_NOUNS = frozenset({
    "half", "halves", "third", "thirds", "quarter", "quarters", "side", "sides", "part", "parts",
    "area", "areas", "corner", "corners", "edge", "edges", "border", "borders", "strip", "margin",
    "margins", "section", "portion", "region",
})  # fmt: skip
"""What a part of the frame is called; most need a side to be one."""
_ALIKE = {"section": "part", "portion": "part", "region": "area"}
_MIDDLE = frozenset({"middle", "center", "centre", "central"})


def is_frame_noun(unit: Unit) -> bool:
    """Whether a unit may head the name of a place in the frame."""
    return unit.norm in FRAME_NOUNS


def bare_place(unit: Unit) -> bool:
    """Whether a place is named without a preposition, so that it can be a thing."""
    if not unit.has("place"):
        return False
    last = unit.norm.replace("-", " ").split()
    return last[0] in ("top", "upper", "bottom", "lower", "left", "right")


def place_noun(unit: Unit) -> str:
    """The category of a place that is one unit ("upper left corner", "left side", "top left")."""
    last = unit.norm.replace("-", " ").split()[-1]
    return last if last in FRAME_NOUNS else "corner"


def frame_part(unit: Unit) -> str:
    """The category of the part of the frame a place names ("on the left side", "at the top")."""
    if says_part(unit):
        return place_noun(unit)
    place = str(unit.get("place"))
    return "middle" if place == "center" else "corner" if " " in place else "side"


def says_part(unit: Unit) -> bool:
    """Whether a place that is one unit ends in a frame noun ("upper left corner")."""
    return unit.norm.replace("-", " ").split()[-1] in FRAME_NOUNS


def is_side_word(unit: Unit) -> bool:
    """Whether a unit names a side of the frame."""
    return unit.get("side") in ("left", "right", "top", "bottom", "middle", "left_", "right_")


def is_frame_part(target: Target) -> bool:
    """Whether a target is a part of the frame itself ("the top"), not of a thing in it."""
    return target.category in FRAME_NOUNS and target.relation is None and not target.attributes


def frame_side(target: Target) -> str:
    """The side of the frame a part of the picture is on ("the top half"); "" for other targets."""
    if target.category not in FRAME_NOUNS or target.ordinal is None or target.relation is not None:
        return ""
    return target.ordinal.side


def framed(target: Target, units: Sequence[Unit]) -> Target:
    """The target of a frame noun: the middle names itself, other words for a part are made one.

    Args:
        target: as the phrase was read.
        units: the words of its head.
    """
    if target.ordinal is None or not any(is_side_word(u) for u in units):
        return target
    if target.ordinal.index == 0:
        middle = next((u.norm for u in units if u.norm in _MIDDLE), "middle")
        category = "center" if middle == "central" else middle
        return target.model_copy(update={"category": category, "ordinal": None})
    return target.model_copy(update={"category": _ALIKE.get(target.category, target.category)})


def side_alone(target: Target, units: Sequence[Unit]) -> Target | None:
    """Read "the top", "the left": a place in the frame where no noun was spoken; else None."""
    words = [u for u in units if not u.has("det")]
    if not 0 < len(words) < 3 or not all(is_side_word(u) for u in words) or target.ordinal is None:
        return None
    if target.ordinal.index == 0:
        return framed(target, words)
    return target.model_copy(update={"category": "corner" if len(words) == 2 else "side"})
