"""What is asked for besides a look: "make it old, a white border", "noir, a dog in the background".

Such a thing has no verb, and begins a clause of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.language.units import Unit

_AROUND = frozenset({"border", "frame", "vignette", "caption", "watermark", "grain", "blur"})
"""What is put around or over a whole picture."""
_SCENERY = ("look", "style", "weather", "relight", "season")
_LOOKING = frozenset({"", "make", "change", "give", "restyle", "look"})
"""Classes of verbs that give a picture a look; "" where there is no verb."""
_WHERE = frozenset({"in", "on", "at", "near", "above", "below", "behind", "under", "over"})


def besides(current: Sequence[Unit], ahead: Sequence[Unit]) -> bool:
    """Whether a thing that is none of the clause's own is ahead.

    Args:
        current: the clause so far.
        ahead: the units up to the next mark or conjunction.
    """
    if len(ahead) < 2:
        return False
    if _backdrop(ahead) or lighting(ahead):
        return True
    verb = next((v.cls for u in current if (v := u.verb) is not None and v.form == "base"), "")
    if verb not in _LOOKING or not ahead[0].has("det", "text_noun"):
        return False
    if any(u.kind == "quote" for u in ahead):
        return any(u.has("text_noun") or u.norm == "date" for u in ahead)
    if ahead[0].get("det") != "indefinite":
        return False
    if ahead[-1].norm in _AROUND:
        return True
    placed = next((i for i, u in enumerate(ahead) if u.norm in _WHERE), 0)
    return placed > 1 and placed + 1 < len(ahead) and any(map(_of_scenery, current))


def _of_scenery(unit: Unit) -> bool:
    return unit.has(*_SCENERY) or isinstance(unit.get("property"), str)


def lighting(units: Sequence[Unit]) -> bool:
    """Read "softer light", "warm lighting": a quality of the light that falls on everything."""
    words = [u for u in units if u.kind != "mark" and not u.has("polite")]
    if not 2 <= len(words) <= 3 or words[-1].norm not in ("light", "lighting"):
        return False
    told = all(u.has("scale", "focus_adjective", "degree", "more", "less") for u in words[:-1])
    return told and words[-2].has("scale", "focus_adjective")


def _backdrop(ahead: Sequence[Unit]) -> bool:
    """Read "(keep the dog,) pale background": what is behind, and how it is to look."""
    first, last = ahead[0], ahead[-1]
    told = not any(u.has("det", "prep", "conjunction") or u.verb is not None for u in ahead)
    if first.has("background"):
        return ahead[1].get("det") == "indefinite" or ahead[1].has("colour")
    return told and last.has("background") and not first.has("pronoun", "whole", "negation")
