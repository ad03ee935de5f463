"""A change of mind about one value: "rotate it 10 degrees, no, 20", "twice as big, no: thrice".

A clause that holds a value and nothing else changes the wish before it in place, which says what
is to be done and to what. A value judged ("20 is enough") is the same without a word that corrects.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from orchestrator.language.clauses import Clause
from orchestrator.language.drafts import Draft, Reading
from orchestrator.language.units import Unit
from orchestrator.language.value_words import BESIDE, ENOUGH

_OPPOSITE = {"left": -1.0, "right": 1.0}


def corrected(clause: Clause, reading: Reading) -> list[Draft]:
    """The drafts before that a clause gives another value; none where it says something else."""
    words = [u for u in clause.units if u.kind != "mark" and not u.has("polite", "filler")]
    judged = words[-1:] and len(words) > 1 and words[-1].norm in ENOUGH
    if clause.link != "repair" and not judged:
        return []
    values = [u for u in words if u.norm not in BESIDE | (ENOUGH if judged else frozenset())]
    latest = [draft for draft in reading.latest if draft in reading.drafts]
    if len(values) != 1 or len(latest) != 1 or latest[0].executor != "auto":
        return []
    if not _changes(latest[0], values[0], judged=bool(judged)):
        return []
    latest[0].units |= {u.index for u in (*clause.linking, *clause.units)}
    return latest


def _changes(draft: Draft, value: Unit, *, judged: bool) -> bool:
    change = _CHANGES.get(draft.op)
    if value.has("colour") and not judged:
        return False  # "make it red, no, blue" is read as it stands
    if value.has("colour"):
        return _recoloured(draft, value)
    return change is not None and change(draft, value)


def _resized(draft: Draft, value: Unit) -> bool:
    factor = value.get("factor") if value.has("factor") else None
    if value.kind == "number" and value.unit == "x":
        factor = value.value
    if factor is None or "factor" not in draft.params:
        return False
    grows = draft.params["factor"] > 1
    draft.params["factor"] = float(factor) if grows == (factor > 1) else 1 / float(factor)
    return True


def _turned(draft: Draft, value: Unit) -> bool:
    degrees = draft.params.get("degrees")
    if not isinstance(degrees, float):
        return False
    sign = value.get("turn") or _OPPOSITE.get(str(value.get("place") or value.get("side")))
    if value.kind == "number" and value.unit in ("", "deg"):
        draft.params["degrees"] = math.copysign(value.value, degrees)
    elif sign:
        draft.params["degrees"] = math.copysign(degrees, sign)
    else:
        return False
    return True


def _moved(draft: Draft, value: Unit) -> bool:
    side = value.get("direction") or value.get("place") or value.get("side")
    if draft.params.get("direction") not in ("left", "right", "up", "down"):
        return False
    way = {"top": "up", "bottom": "down"}.get(str(side), side)
    if way not in ("left", "right", "up", "down"):
        return False
    draft.params["direction"] = way
    return True


def _mirrored(draft: Draft, value: Unit) -> bool:
    if not value.has("axis"):
        return False
    draft.params["axis"] = value.get("axis")
    return True


def _adjusted(draft: Draft, value: Unit) -> bool:
    amount = draft.params.get("amount")
    if value.kind != "number" or value.unit not in ("", "%") or not isinstance(amount, float):
        return False
    draft.params["amount"] = round(math.copysign(value.value / 100, amount), 3)
    return True


def _written(draft: Draft, value: Unit) -> bool:
    if not value.has("place"):
        return False
    draft.params["place"] = value.get("place")
    return True


def _recoloured(draft: Draft, value: Unit) -> bool:
    if "colour" not in draft.params:
        return False
    draft.params["colour"] = value.get("colour")
    return True


_CHANGES: dict[str, Callable[[Draft, Unit], bool]] = {
    "resize": _resized,
    "rotate": _turned,
    "move": _moved,
    "flip": _mirrored,
    "adjust": _adjusted,
    "text": _written,
}
