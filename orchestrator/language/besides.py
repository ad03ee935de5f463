"""What is asked for besides a look: "make it old, a white border", "noir, a dog in the background".

Such a thing has no verb, and begins a clause of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.language.lexicon import Verb
from orchestrator.language.phrase import more_so
from orchestrator.language.units import Unit
from orchestrator.language.word_kinds import SCENERY

_AROUND = frozenset({"border", "frame", "vignette", "caption", "watermark", "grain", "blur"})
"""What is put around or over a whole picture."""
_NO_THING = (
    "det", "prep", "pronoun", "adjective", "scale", "colour", "degree", "property", "place", "verb",
    "focus_adjective", "more", "less", "negation", "copula", "relative", "whole",
)  # fmt: skip
"""Senses of words that end the name of no thing."""
_QUALITIES = ("scale", "adjective", "focus_adjective", "colour", "size")
_LOOKING = frozenset({"", "make", "change", "give", "restyle", "look"})
"""Classes of verbs that give a picture a look; "" where there is no verb."""
_WHERE = frozenset({
    "in", "on", "at", "near", "above", "below", "behind", "under", "over", "from", "along", "by",
    "beside", "next to", "around", "through", "across",
})  # fmt: skip


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
    if _compared(ahead) and current and not current[-1].has(*_QUALITIES):
        return True  # and not the second half of "a softer, darker look"
    if ahead[0].has("degree") and ahead[1].norm in _AROUND:
        return True  # "slight blur on the edges"
    verb = next((v.cls for i, u in enumerate(current) if (v := u.verb) and _leads(v, i)), "")
    if verb not in _LOOKING | {"add", "move"} and not lighting(current):
        return False
    if any(u.kind == "quote" for u in ahead):
        return any(u.has("text_noun") or u.norm == "date" for u in ahead)
    new = ahead[0].get("det") == "indefinite"
    if new and ahead[-1].norm in _AROUND:
        return True
    if not placed_thing(ahead[1:] if new else ahead):
        return False
    return any(map(_of_scenery, current)) or lighting(current) or _says_state(current, verb)


def _leads(verb: Verb, at: int) -> bool:
    """Whether a verb at a place is what its clause does ("warm light" does nothing)."""
    return verb.form == "base" and not (verb.both and at)


def placed_thing(units: Sequence[Unit]) -> bool:
    """Whether units name a thing and then where it is: "snow on the trees"."""
    at = next((i for i, u in enumerate(units) if u.norm in _WHERE or u.has("place")), 0)
    if not at or units[at - 1].has(*_NO_THING):
        return False
    bare = at > 1 or not units[0].has("det", "prep", "pronoun", "verb", "scale", "property")
    return bare and (units[at].has("place") or at + 1 < len(units))


def _of_scenery(unit: Unit) -> bool:
    return unit.has(*SCENERY) or isinstance(unit.get("property"), str)


def _says_state(current: Sequence[Unit], verb: str) -> bool:
    """Whether a clause has said already what a thing should be ("make the lake frozen")."""
    end = next((i for i, u in enumerate(current) if u.norm == ","), len(current))
    if verb in ("add", "move"):
        return any(u.norm in _WHERE for u in current[:end])  # "put my cat on the moon"
    return verb == "make" and end > 2 and current[end - 1].has("adjective", "scale", "colour")


def _compared(units: Sequence[Unit]) -> bool:
    """Read "(remove the dog,) brighter colours": what there is, only more so."""
    end = next((i for i, u in enumerate(units) if u.has("prep")), len(units))
    return (
        more_so(units[0]) and 2 <= end <= 4 and not any(u.has("det", "more") for u in units[:end])
    )


def lighting(units: Sequence[Unit]) -> bool:
    """Read "softer light", "warm lighting": a quality of the light that falls on everything."""
    words = [u for u in units if u.kind != "mark" and not u.has("polite")]
    if not 2 <= len(words) <= 3 or words[-1].norm not in ("light", "lighting"):
        return False
    told = all(u.has("scale", "focus_adjective", "degree", "more", "less") for u in words[:-1])
    return told and words[-2].has("scale", "focus_adjective")


def _backdrop(ahead: Sequence[Unit]) -> bool:
    """Read "(keep the dog,) pale background": what is behind, and how it is to look."""
    if ahead[0].get("det") == "indefinite" and len(ahead) > 2:
        ahead = ahead[1:]  # "a white background"
    first, last = ahead[0], ahead[-1]
    told = not any(u.has("det", "prep", "conjunction") or u.verb is not None for u in ahead)
    if first.has("background"):
        return ahead[1].get("det") == "indefinite" or ahead[1].has("colour")
    return told and last.has("background") and not first.has("pronoun", "whole", "negation")
