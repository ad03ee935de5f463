"""What the editing core itself makes of an instruction, beside what a planner made of it.

A core that sees picture and words (``tools.understanding``) was taught whole sentences about its
own kind of picture. Where it says something else than the planner's one step, and is sure, and the
planner was not, its words are read as a plan. It can widen nothing: its words are plain commands
that the rules read, and the critic reviews the plan like any other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from orchestrator.errors import BadInstruction
from orchestrator.language.read import read_plan
from orchestrator.plan import EditPlan
from orchestrator.planning import PlanContext
from orchestrator.readable import is_readable
from orchestrator.reader.dialect import is_plain, plainly
from tools.understanding import Understanding

SURE = 0.6
"""How sure the core must be of another op or value than the planner's; settled on the drawn world's
validation sentences and on what people say of photographs (docs/quality.md)."""
SURE_UNREAD = 0.3
"""The same where the planner left words unread, or read nothing."""
OPS = frozenset({"remove", "replace", "recolor", "resize", "move", "weather", "relight"})
"""Ops that a core can name; a planner's step of another kind is about what no core was taught."""
JOINERS = frozenset(
    ("and", "then", "also", "plus", "next", "first", "finally", "after", "afterwards", "while",
     "but", "now")
)  # fmt: skip
"""Words that may join one wish to another."""
EARLIER = frozenset(
    {"it", "its", "them", "they", "again", "too", "also", "instead", "back", "undo", "before"}
)
"""Words that may speak of an earlier turn, of which a core knows nothing."""


def is_for_core(instruction: str, planned: EditPlan | None, context: PlanContext) -> bool:
    """Whether the core's reading could be taken at all, so that it is worth asking for."""
    # A core hears one edit and no promise; to lose one that was asked for is worse than to misread.
    if context.marked or (planned is not None and planned.constraints):
        return False
    if planned is not None and len(planned.steps) > 1 and not sounds_like_one(instruction):
        return False
    if planned is not None and is_plain(instruction, plainly(planned) or ""):
        return False
    words = set(re.findall(r"[\w']+", instruction.lower()))
    if context.earlier and words & EARLIER:
        return False
    if any(set(word.lower().split()) <= words for word in context.glossary):
        return False
    return is_readable(instruction, context)


def sounds_like_one(instruction: str) -> bool:
    """Whether nothing in a sentence joins one wish to another, whatever a planner made of it."""
    words = set(re.findall(r"[a-z']+", instruction.lower()))
    ends = re.search(r"[.;!?:]\s+\S", instruction)
    return not words & JOINERS and instruction.count(",") <= 1 and ends is None


def core_reading(
    instruction: str, planned: EditPlan | None, seen: Understanding | None, name: str
) -> EditPlan | None:
    """The plan of what the core understood, or None where the planner's stands.

    Args:
        instruction: what the person wrote.
        planned: the planner's plan; None where it read nothing.
        seen: what the core understood.
        name: of the core, for the note.
    """
    if seen is None:
        return None
    unread = planned is None or (bool(planned.unknown) and len(planned.steps) == 1)
    if seen.sure < (SURE_UNREAD if unread else SURE):
        return None
    try:
        plan, _ = read_plan(seen.said, plain=True)
    except BadInstruction:
        return None
    if len(plan.steps) != 1:
        return None
    if planned is not None and len(planned.steps) == 1 and _says_the_same(plan, planned):
        return None
    note = f"{name} understood: {seen.said}"
    return plan.model_copy(update={"instruction": instruction, "notes": (note,)})


def _says_the_same(one: EditPlan, other: EditPlan) -> bool:
    """Whether two plans of one step do the same; where to is the core's to find either way."""
    a, b = one.steps[0], other.steps[0]
    return a.op == b.op and _value(a.params) == _value(b.params)


def _value(params: Mapping[str, Any]) -> tuple[str, ...]:
    """What a step makes of its target: bigger or smaller, a colour, a side, a thing."""
    factor = params.get("factor")
    if isinstance(factor, float):
        return ("bigger" if factor > 1 else "smaller",)
    named = (params.get(key) for key in ("new", "colour", "direction", "kind", "to"))
    return tuple(str(value).lower() for value in named if value)
