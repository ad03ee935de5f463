"""Several sub-edits in one sentence, joined as people do, and what a plan of it should hold.

Knows no planner; a plan is compared with the edits the sentence was made of.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.plan import EditPlan, Step
from smartedit_model.world.catalogue import kind
from smartedit_model.world.edits import EditSample
from smartedit_model.world.spec import PLAN_OPS

_SLOT = re.compile(r"\\{(\w+)\\}")
NARROW = r"\w+"
"""What a slot of one word holds: a colour, a side."""
_SMALL = frozenset({
    "the", "a", "an", "in", "of", "this", "that", "is", "picture", "image", "photo", "scene",
    "only", "just",
    "here", "you", "see", "from",
})  # fmt: skip
"""Words that do not tell one thing from another."""


@dataclass(frozen=True)
class Wanted:
    """What a plan must hold for one sub-edit.

    Attributes:
        op: the plan's name for it.
        value: what must stand in its params: a colour, a kind, a direction; "" for nothing.
        target: the words of what it is about; "" for the whole picture or a new thing.
    """

    op: str
    value: str
    target: str


def joined(samples: Sequence[EditSample], draw: random.Random) -> str:
    """The sub-edits as one instruction."""
    return in_one([sample.instruction for sample in samples], draw)


def in_one(requests: Sequence[str], draw: random.Random) -> str:
    """Requests as one instruction."""
    parts = [_clean(text) for text in requests]
    way = draw.randrange(5)
    if way == 0:
        return _listed(parts, ", ", draw.choice((" and ", ", and ", ", then ")))
    if way == 1:
        return ", then ".join(parts)
    if way == 2:
        return ". ".join(part[0].upper() + part[1:] for part in parts) + "."
    if way == 3:
        middle = [draw.choice(("then ", "after that ", "next ")) + part for part in parts[1:-1]]
        return ", ".join([f"first {parts[0]}", *middle]) + f", and finally {parts[-1]}"
    return "; ".join(parts)


def _clean(text: str) -> str:
    text = text.strip().rstrip(".?!")
    return text if text.startswith("I ") else text[0].lower() + text[1:]


def _listed(parts: Sequence[str], between: str, last: str) -> str:
    return between.join(parts[:-1]) + last + parts[-1]


def wanted(sample: EditSample) -> Wanted:
    """What a plan must hold for an edit."""
    spec = sample.spec
    op = PLAN_OPS.get(sample.op, sample.op)
    if spec is None:
        return Wanted(op, "", "")
    value = spec.value
    if sample.op in ("replace", "add"):
        value = kind(spec.value).name
    if sample.op == "remove":
        value = ""
    return Wanted(op, value, "" if sample.op == "add" else referred_words(sample))


def referred_words(sample: EditSample) -> str:
    """The words of the instruction that name the target; "" where there are none."""
    template = sample.templates[0] if sample.templates else ""
    if "{t}" not in template:
        return ""
    wide = {"t": ".+", "a": ".+", "where": ".+"}
    pattern = _SLOT.sub(
        lambda m: f"(?P<{m.group(1)}>{wide.get(m.group(1), NARROW)})", re.escape(template)
    )
    found = re.fullmatch(pattern, sample.instruction)
    return found.group("t") if found else ""


def agrees(step: Step, want: Wanted, *, target: bool = True) -> bool:
    """Whether a step of a plan is the wanted sub-edit.

    Args:
        step: of the plan.
        want: of the sentence.
        target: compare what it is about too, not only what is done.
    """
    if step.op != want.op:
        return False
    if not _valued(step, want.value):
        return False
    return not target or not want.target or essence(step.target.phrase) == essence(want.target)


def _valued(step: Step, value: str) -> bool:
    if step.op == "resize":
        factor = float(step.params.get("factor") or 1.0)
        return (factor > 1) == (value == "bigger")
    if step.op == "move":
        return step.params.get("direction") == value
    if step.op in ("relight", "weather"):
        return value in step.params.values()
    if step.op == "recolor":
        return _grey(str(step.params.get("colour", ""))) == _grey(value)
    told = " ".join(str(item) for item in step.params.values()).lower()
    return not value or value.split()[0] in told


def _grey(colour: str) -> str:
    return colour.replace("gray", "grey")


def essence(phrase: str) -> tuple[str, ...]:
    """The words of a phrase that tell one thing from another, in order."""
    words = re.findall(r"[\w'-]+", phrase.lower())
    return tuple(word for word in words if word not in _SMALL)


def matched(
    steps: Sequence[Step], wants: Sequence[Wanted], *, target: bool = True
) -> list[int | None]:
    """For each wanted sub-edit the index of a step that is it, each step used once."""
    free = set(range(len(steps)))
    found: list[int | None] = []
    for want in wants:
        hit = next((i for i in sorted(free) if agrees(steps[i], want, target=target)), None)
        if hit is not None:
            free.discard(hit)
        found.append(hit)
    return found


def brief(plan: EditPlan | None) -> str:
    """A plan in a line, for lists of what went wrong."""
    if plan is None:
        return "no plan"
    return "; ".join(f"{s.op} {s.target.phrase!r} {s.params}" for s in plan.steps)
