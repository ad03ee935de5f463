"""What was done last, unsaid: "no wait, cooler", "no, keep the colours", "flip it back".

Knows words and the plans in force; does nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from orchestrator.errors import BadInstruction, ChangesHistory, NotEnglish
from orchestrator.language.command_types import Rather, Redo, Undo
from orchestrator.language.lexicon import get_lexicon
from orchestrator.language.other_way import DONE_BY, OPPOSITE
from orchestrator.language.read import read_plan
from orchestrator.plan import EditPlan, Step

_LEAD = r"(?:no+|nope|nah|not that|not like that|wait|actually|hmm?|oops|sorry|oh|well|ugh|but|now)"
_LEADS = re.compile(rf"^(?:{_LEAD}\b[\s,.!;:—–-]*)+", re.IGNORECASE)
_DENIES = re.compile(r"\b(no+|nope|nah|not|wait|actually|oops|sorry)\b", re.IGNORECASE)
_ENDS = re.compile(r"[\s,]+(?:instead|rather|please|pls|thanks|then)$", re.IGNORECASE)
_NOT_BUT = re.compile(
    r"^(?:i\s+said\s+)?not\s+[\w-]+\s*(?:,|but|–|-)\s*(?:but\s+)?(?P<wish>\S.*)$", re.IGNORECASE
)
_BUT_NOT = re.compile(r"^(?P<wish>[\w\s-]+?),?\s+not\s+[\w-]+$", re.IGNORECASE)
_MEANT = re.compile(r"^i\s+(?:meant|mean|said|wanted|want)\s+(?:it\s+)?(?:to\s+be\s+)?", re.I)
_BACK = re.compile(
    r"""^(?:can|could|would|will)?\s*(?:you\s+)?(?:please\s+)?(?:just\s+)?
        (?P<verb>flip|turn|rotate|spin|mirror|tilt|move|push|shift|change|switch|put|set|convert)\s+
        (?:it|that|this|them|(?:the|my)\s+(?:picture|photo|image))\s+
        (?:right\s+|all\s+)?back
        (?P<normal>\s+(?:to|like|as|how|the)\s+(?:normal|before|(?:how|what|the\s+way)\s+)?
        (?:it|they|that|way\s+it)?\s*(?:was|were|looked)?(?:\s+before)?)?
        (?:\s+(?:again|round|around|over|up|down|please|now))*$""",
    re.IGNORECASE | re.VERBOSE,
)
_KEEP = re.compile(
    r"""^(?:(?:i|we)\s+(?:want|wanted|would\s+like|like)\s+to\s+|please\s+|you\s+should\s+)?
        (?:keep|leave|preserve|retain)\s+(?P<what>[\w\s'-]+?)
        (?:\s+(?:in|there|alone|visible|(?:as|how|like|where)\s+(?:it|they|he|she)\s+
        (?:is|are|was|were)|the\s+(?:way|same)(?:\s+(?:it|they)\s+(?:is|was|were))?))?$""",
    re.IGNORECASE | re.VERBOSE,
)
_COLOURS = re.compile(r"^(?:the|its|my|all|those|these)?\s*(?:the\s+)?(?:original\s+)?colou?rs?$")
_IN_COLOUR = re.compile(r"^(?:(?:i\s+want|make|have|leave|keep|put)\s+it\s+)?in\s+colou?r$", re.I)
_COLOUR_OPS = frozenset({"grade", "recolor", "restyle", "drawn"})


def taken_back(
    request: str, before: str, earlier: Sequence[EditPlan], *, last_was_undo: bool = False
) -> Undo | Redo | Rather | None:
    """The wish to have the last deed undone, or another in its place; None for any other words.

    Args:
        request: one request of a message.
        before: what the message said before it, such as "no wait,".
        earlier: plans in force, oldest first.
        last_was_undo: "change it back" then brings back what was undone.
    """
    last = earlier[-1].steps if earlier else ()
    said = _ENDS.sub("", _ENDS.sub("", _LEADS.sub("", request.strip(" .!"))))
    if (back := _BACK.match(said)) is not None:
        if last_was_undo:
            return Redo()
        return _undo(last) if last and _did(back, last[-1]) else None
    led = _LEADS.match(request)
    denied = bool(
        _DENIES.search(before)
        or (led is not None and _DENIES.search(led[0]))
        or re.search(r"\b(instead|rather)\W*$", request, re.IGNORECASE)
    )
    if (contrast := _NOT_BUT.match(said) or _BUT_NOT.match(said)) is not None:
        said, denied = contrast["wish"], True
    if not denied or len(last) != 1 or not said:
        return None
    if _keeps(said, last[0]):
        return _undo(last)
    text = _in_its_place(_MEANT.sub("", said), last[0], earlier)
    return Rather(text) if text else None


def _undo(steps: Sequence[Step]) -> Undo:
    return Undo(turn=True) if len(steps) == 1 else Undo()


def _did(back: re.Match[str], step: Step) -> bool:
    """Whether a step is what "flip it back" speaks of: a turn, a move; of "change" anything."""
    verb = back["verb"].lower()
    return bool(back["normal"]) or verb == "turn" or step.op in DONE_BY.get(verb, {step.op})


def _keeps(said: str, step: Step) -> bool:
    """Read "keep the colours" after they were taken, "keep the trees" after those were."""
    takes_colours = step.op in _COLOUR_OPS or step.params.get("property") == "saturation"
    if takes_colours and _IN_COLOUR.match(said):
        return True
    found = _KEEP.match(said)
    if found is None:
        return False
    what = found["what"].lower().strip()
    if _COLOURS.match(what):
        return takes_colours
    singular = get_lexicon().singular(what.split()[-1])
    return not step.target.is_whole_image and singular == step.target.category


def _in_its_place(said: str, step: Step, earlier: Sequence[EditPlan]) -> str:
    """The words for a step that cannot be meant on top of the last one; "" for any other."""
    try:
        plan, _ = read_plan(said, earlier=list(earlier))
    except (BadInstruction, ChangesHistory, NotEnglish):
        return ""
    if len(plan.steps) != 1 or plan.unknown or plan.constraints:
        return ""
    new = plan.steps[0]
    if new.op != step.op or not _of_the_same(new, step) or not _contrary(new, step):
        return ""
    # "It" may be a thing that only the last turn named.
    return said if new.target.is_whole_image else new.instruction


def _of_the_same(new: Step, step: Step) -> bool:
    same = new.target.phrase.lower() == step.target.phrase.lower()
    return same and new.executor == step.executor == "auto"


def _contrary(new: Step, step: Step) -> bool:
    """Whether one of two steps of an op stands for the other, and not for more of it."""
    now, before = new.params, step.params
    match new.op:
        case "adjust":
            return now.get("property") == before.get("property") and _signs_differ(
                now.get("amount"), before.get("amount")
            )
        case "rotate":
            return _signs_differ(now.get("degrees"), before.get("degrees"))
        case "resize":
            one, two = now.get("factor", 1), before.get("factor", 1)
            return _signs_differ(float(one) - 1, float(two) - 1)
        case "move":
            return OPPOSITE.get(str(now.get("direction"))) == before.get("direction")
        case "flip":
            return bool(now.get("axis") != before.get("axis"))
        case "grade" | "weather" | "background" | "restyle" | "relight" | "recolor":
            return _without_strength(now) != _without_strength(before)
    return False


def _without_strength(params: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in params.items() if name != "strength"}


def _signs_differ(one: object, two: object) -> bool:
    numbers = [value for value in (one, two) if isinstance(value, int | float)]
    return len(numbers) == 2 and numbers[0] * numbers[1] < 0
