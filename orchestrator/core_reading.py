"""What the editing core itself makes of an instruction, beside what a planner made of it.

A core that sees picture and words (``tools.understanding``) was taught whole sentences about its
own kind of picture. Both readings are put to one judge: how likely such words are to ask for what
each has. Where the core's is clearly the likelier, its words are read as a plan. It can widen
nothing: its words are plain commands that the rules read, and the critic reviews the plan like any
other.
"""

from __future__ import annotations

import re

from orchestrator.errors import BadInstruction
from orchestrator.language.read import read_plan
from orchestrator.plan import EditPlan, Preserve
from orchestrator.planning import PlanContext
from orchestrator.readable import is_readable
from orchestrator.reader.dialect import is_plain, plainly
from orchestrator.reading_odds import is_loose, op_of, surplus, value_of
from tools.understanding import Understanding

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
    words = set(re.findall(r"[\w']+", instruction.lower()))
    if context.earlier and words & EARLIER:
        return False
    if any(set(word.lower().split()) <= words for word in context.glossary):
        return False
    return is_readable(instruction, context)


def _is_certain(instruction: str, planned: EditPlan) -> bool:
    """Whether the planner only repeated what was said; how a thing should look is said anyhow."""
    return not is_loose(planned) and is_plain(instruction, plainly(planned) or "")


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
    if surplus(seen, planned, may_be_joined=not sounds_like_one(instruction)) <= 0:
        return None
    try:
        plan, _ = read_plan(seen.said, plain=True)
    except BadInstruction:
        return None
    if len(plan.steps) != 1:
        return None
    if planned is not None and _stands(instruction, planned, plan):
        return None
    note = f"{name} understood: {seen.said}"
    return plan.model_copy(update={"instruction": instruction, "notes": (note,)})


def _stands(instruction: str, planned: EditPlan, plan: EditPlan) -> bool:
    """Whether the planner's plan is no worse than the core's, however sure that is."""
    if _says_the_same(plan, planned):
        return True
    read = bool(planned.steps) and not planned.unknown
    return read and (_is_of_behind(instruction, planned, plan) or _is_promised(planned, plan))


def _says_the_same(one: EditPlan, other: EditPlan) -> bool:
    """Whether two plans of one step do the same; where to is the core's to find either way."""
    if len(other.steps) != 1 or other.constraints:
        return False
    a, b = one.steps[0], other.steps[0]
    mine, theirs = value_of(a), value_of(b)
    # "dark red" is more than the red of which alone a core knows.
    shaded = op_of(a) == "recolor" and set(mine) <= set(" ".join(theirs).split())
    return op_of(a) == op_of(b) and (mine == theirs or shaded)


def _is_of_behind(instruction: str, planned: EditPlan, plan: EditPlan) -> bool:
    """Whether all that was read is of the background, where a core speaks of a thing."""
    named = "background" in instruction.lower()
    behind = named and all(step.target.category == "background" for step in planned.steps)
    return behind and plan.steps[0].op != "background"


def _is_promised(planned: EditPlan, plan: EditPlan) -> bool:
    """Whether the core would change just what is to stay, by its bare name.

    Of a thing that is told apart from its like, a promise is often a misread description: "remove
    the cups, but not the black one".
    """
    stay = (rule.target for rule in planned.constraints if isinstance(rule, Preserve))
    kept = {target.category for target in stay if target.phrase == f"the {target.category}"}
    return plan.steps[0].target.category in kept
