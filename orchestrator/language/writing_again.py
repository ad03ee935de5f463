"""What was written on the picture, wanted otherwise: "make the text bigger", "move it to the top".

Writing is pixels once it is there, so it is changed by writing it again. Knows words and the plans
in force; does nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from orchestrator.errors import BadInstruction, ChangesHistory, NotEnglish
from orchestrator.language.command_types import Rewrite
from orchestrator.language.lexicon import get_lexicon
from orchestrator.language.read import read_plan
from orchestrator.language.units import Unit, read_units
from orchestrator.plan import EditPlan, Step

LONGEST = 24
"""Units of a request beyond which it says more than this."""
_POINTING = frozenset({"it", "that", "this"})
_PUTS = frozenset({"move", "put", "place", "shift", "set", "bring", "have", "want", "no"})
_IDLE = frozenset({"no", "not", "a", "bit", "much", "little", "even", "lot", "way", "far", "or"})
_UP_AND_DOWN = {"up": "top", "down": "bottom"}
_LETTERS = r"(?:font|typeface|letters?|lettering|writing|text|type|caption|words?)"
_CLOSING = r"(?:\s+(?:instead|please|pls|now|then|rather|for\s+(?:it|that|the\s+text)))*$"
_COLOUR_OF = re.compile(
    rf"^(?:(?:please|can\s+you|could\s+you|now|no|but)\W+)*(?:make|turn|change|set|have)\s+"
    rf"(?:the|its|that)\s+{_LETTERS}(?:'s)?(?:\s+(?:colou?r|size))?(?:\s+(?:to|be|into))?"
    rf"\s+(?P<how>[\w\s-]+?){_CLOSING}",
    re.IGNORECASE,
)
_FONT = re.compile(
    rf"^(?:(?:please|can\s+(?:you|we|i)|could\s+(?:you|we|i)|now|no|but|i\s+want|i'd\s+like|"
    rf"use|using|try|with|in|have|give\s+(?:it|me|that)|make\s+it|write\s+it|put\s+it|do\s+it)\W+)*"
    rf"(?:an?\s+|some\s+)?(?P<how>[\w\s-]+?)\s+{_LETTERS}{_CLOSING}",
    re.IGNORECASE,
)
_IN = re.compile(
    rf"^(?:(?:no|but|please|now|write\s+it|make\s+it|do\s+it|have\s+it|i\s+want\s+it)\W+)*"
    rf"in\s+(?P<how>[\w\s-]+?){_CLOSING}",
    re.IGNORECASE,
)
_QUOTED = re.compile(r'"(.+)"$', re.DOTALL)


def writing_again(
    request: str, earlier: Sequence[EditPlan], *, spoken_of: bool = False
) -> Rewrite | None:
    """The wish to have what was written another way; None where the words say another thing.

    Args:
        request: one request of a message.
        earlier: plans in force, oldest first.
        spoken_of: the request before it was such a wish, so that "it" is the writing.
    """
    steps = [step for plan in earlier for step in plan.steps]
    if not any(is_writing(step) for step in steps):
        return None
    request = _of_letters(request, last=is_writing(steps[-1]))
    units = [unit for unit in read_units(request) if unit.kind != "mark"]
    if not units or len(units) > LONGEST:
        return None
    if not any(unit.has("text_noun") for unit in units):
        # "It" is what was done last.
        named = _with_name(request, units) if spoken_of or is_writing(steps[-1]) else ""
        if not named:
            return None
        request, units = named, read_units(named)
    return _placed(units) or _read(request)


def _of_letters(request: str, *, last: bool) -> str:
    """The request about "the text", where it was about a font: "use a red font", "in red"."""
    said = request.strip(" .!")
    found = _COLOUR_OF.match(said) or _FONT.match(said) or (_IN.match(said) if last else None)
    if found is None:
        return request
    how = [unit for unit in read_units(found["how"]) if not unit.has("degree", "filler", "det")]
    if how and all(unit.has("colour", "scale", "size") for unit in how):
        return f"make the text {found['how']}"
    return request


def is_writing(step: Step) -> bool:
    """Whether a step wrote something that can be written otherwise."""
    return step.op == "text" and step.executor == "auto"


def _with_name(request: str, units: Sequence[Unit]) -> str:
    """The request about "the text" instead of about "it", or about nothing; "" for any other."""
    pointing = [unit for unit in units if unit.norm in _POINTING]
    if len(pointing) == 1:
        unit = pointing[0]
        return f"{request[: unit.start]}the text{request[unit.end :]}"
    told = [u for u in units if not u.has("polite", "filler", "degree") and u.norm not in _IDLE]
    if len(told) != 1 or pointing:
        return ""
    if told[0].has("place"):
        return f"move the text {told[0].text}"
    if told[0].has("colour", "scale", "size"):
        return f"make the text {told[0].text}"
    return ""


def _placed(units: Sequence[Unit]) -> Rewrite | None:
    """Read "put the text in the top right"."""
    places = [unit for unit in units if unit.has("place")]
    if len(places) != 1 or any(unit.kind == "quote" for unit in units):
        return None
    rest = [u for u in units if u is not places[0] and not u.has("polite", "filler", "det")]
    if not rest or rest[0].norm not in _PUTS or not all(_is_put(unit) for unit in rest):
        return None
    place = str(places[0].get("place"))
    return None if place in ("front", "back") else Rewrite(place=place)


def _is_put(unit: Unit) -> bool:
    return unit.norm in _PUTS or unit.has("text_noun")


def _read(request: str) -> Rewrite | None:
    """What the rules make of it, where that is something that can be done to writing."""
    try:
        plan, _ = read_plan(request)
    except (BadInstruction, ChangesHistory, NotEnglish):
        return None
    if len(plan.steps) != 1 or plan.constraints or not _is_about_text(plan.steps[0]):
        return None
    step = plan.steps[0]
    match step.op:
        case "resize" if "factor" in step.params:
            return Rewrite(larger=float(step.params["factor"]))
        case "recolor":
            return Rewrite(colour=str(step.params["colour"]))
        case "move" if step.params.get("direction") in _UP_AND_DOWN:
            return Rewrite(place=_UP_AND_DOWN[str(step.params["direction"])])
        case "replace":
            quoted = _QUOTED.search(str(step.params.get("new", "")))
            return Rewrite(text=quoted[1]) if quoted else None
        case "remove":
            return Rewrite(gone=True)
    return None


def _is_about_text(step: Step) -> bool:
    """Whether a step is about the writing itself, not about what is written on a thing."""
    named = "text_noun" in get_lexicon().senses(step.target.category)
    return named and step.target.relation is None
