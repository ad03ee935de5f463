"""What the editing core itself makes of an instruction, beside what a planner made of it.

A core that sees picture and words (``tools.understanding``) was taught whole sentences about its
own kind of picture. Both readings are put to one judge: how likely such words are to ask for what
each has. Where the core's is clearly the likelier, its words are read as a plan. It can widen
nothing: its words are plain commands that the rules read, and the critic reviews the plan like any
other.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from orchestrator.errors import BadInstruction
from orchestrator.language.read import read_plan
from orchestrator.plan import EditPlan, Step
from orchestrator.planning import PlanContext
from orchestrator.readable import is_readable
from orchestrator.reader.dialect import is_plain, plainly
from tools.understanding import MARK, Understanding

ODDS = 1.08
"""Log-odds that the core must be right where the planner's reading is all that is likely."""
DOUBT = 0.23
"""How much less it needs for each power of e by which the planner's reading is less likely. Both
are a logistic regression on sentences of the drawn world's validation split, joined ones, and what
people say of photographs (docs/quality.md)."""
ODDS_OF_ONE = 2.2
"""The same where the planner read several steps, and a word or a mark may join them."""
UNLIKELY = 1e-4
"""The least that a reading is likely."""
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
    if context.marked:
        return False
    if planned is not None and _is_certain(instruction, planned):
        return False
    # A core hears no promise; to lose one that was asked for is worse than to misread.
    if planned is not None and planned.constraints and not sounds_like_one(instruction):
        return False
    words = set(re.findall(r"[\w']+", instruction.lower()))
    if context.earlier and words & EARLIER:
        return False
    if any(set(word.lower().split()) <= words for word in context.glossary):
        return False
    return is_readable(instruction, context)


def _is_certain(instruction: str, planned: EditPlan) -> bool:
    """Whether the planner only repeated what was said; how a thing should look is said anyhow."""
    loose = any(step.op == "restyle" and not step.target.is_whole_image for step in planned.steps)
    return not loose and is_plain(instruction, plainly(planned) or "")


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
    more = planned is not None and len(planned.steps) > 1
    needed = ODDS_OF_ONE if more and not sounds_like_one(instruction) else ODDS
    if not _is_likelier(seen, planned, needed):
        return None
    try:
        plan, _ = read_plan(seen.said, plain=True)
    except BadInstruction:
        return None
    if len(plan.steps) != 1:
        return None
    if planned is not None and (
        _says_the_same(plan, planned) or _is_of_behind(instruction, planned, plan)
    ):
        return None
    note = f"{name} understood: {seen.said}"
    return plan.model_copy(update={"instruction": instruction, "notes": (note,)})


def _is_likelier(seen: Understanding, planned: EditPlan | None, needed: float) -> bool:
    sure = min(max(seen.sure, UNLIKELY), 1 - UNLIKELY)
    odds = math.log(sure / (1 - sure))
    return odds - DOUBT * math.log(max(chance_of(planned, seen), UNLIKELY)) > needed


def chance_of(planned: EditPlan | None, seen: Understanding) -> float:
    """How likely the words are to ask for what a planner read, as the core hears them, [0, 1].

    Several steps, a promise, or an op that no core knows are as likely as that it is none of the
    edits that the core knows.
    """
    if planned is None:
        return 0.0
    if not seen.ops:
        return 1.0  # a core that does not say so knows nothing against it
    step = planned.steps[0] if len(planned.steps) == 1 and not planned.constraints else None
    op = "" if step is None else _op(step)
    if step is None or op not in seen.ops:
        return 1 - seen.single
    value = _value(step.params)
    way = next((seen.ways[word] for word in value if word in seen.ways), 1.0)
    return seen.single * seen.ops[op] * way


def _op(step: Step) -> str:
    """A step's op as a core calls it; "" for a style of one thing, a size of the picture."""
    if step.op in ("restyle", "resize"):
        return step.op if step.target.is_whole_image == (step.op == "restyle") else ""
    return MARK if step.params.get("flat") else step.op


def _says_the_same(one: EditPlan, other: EditPlan) -> bool:
    """Whether two plans of one step do the same; where to is the core's to find either way."""
    if len(other.steps) != 1 or other.constraints:
        return False
    a, b = one.steps[0], other.steps[0]
    mine, theirs = _value(a.params), _value(b.params)
    # "dark red" is more than the red of which alone a core knows.
    shaded = _op(a) == "recolor" and set(mine) <= set(" ".join(theirs).split())
    return _op(a) == _op(b) and (mine == theirs or shaded)


def _is_of_behind(instruction: str, planned: EditPlan, plan: EditPlan) -> bool:
    """Whether all was read, and is of the background, where a core speaks of a thing."""
    named = "background" in instruction.lower()
    behind = named and all(step.target.category == "background" for step in planned.steps)
    read = bool(planned.steps) and not planned.unknown
    return read and behind and plan.steps[0].op != "background"


def _value(params: Mapping[str, Any]) -> tuple[str, ...]:
    """What a step makes of its target: bigger or smaller, a colour, a side, a thing."""
    factor = params.get("factor")
    if isinstance(factor, float):
        return ("bigger" if factor > 1 else "smaller",)
    named = (params.get(key) for key in ("new", "colour", "direction", "kind", "to"))
    return tuple(str(value).lower() for value in named if value)
