"""Which of two readings of an instruction is the likelier: a planner's plan, or an editing core's.

Numbers and functions; it reads no sentence. The numbers are a logistic regression on sentences of
the drawn world's validation split, joined ones, and what people say of photographs, divided by the
slope of the core's own log-odds (docs/quality.md).
"""

from __future__ import annotations

import math

from orchestrator.plan import EditPlan, Step
from tools.understanding import MARK, UNNAMED, Understanding

ODDS = 1.5
"""Log-odds that the core must be right where the planner's reading is all that is likely."""
DOUBT = 0.23
"""How much less it needs for each power of e by which the planner's reading is less likely."""
JOINED = 0.2
"""How much more where the planner read several steps or a promise, and something may join them."""
LOOSE = 0.5
"""How much less where the planner would restyle a thing, as what it cannot read becomes."""
UNREAD = 0.55
"""How much less where the planner read nothing."""
NAMELESS = 0.6
"""How much more where the core has no name for the thing."""
UNLIKELY = 1e-4
"""The least that a reading is likely."""


def surplus(seen: Understanding, planned: EditPlan | None, *, may_be_joined: bool) -> float:
    """How much surer a core is than it must be for its reading to be taken; below 0 it is not.

    Args:
        seen: what the core understood.
        planned: the planner's plan; None where it read nothing.
        may_be_joined: whether a word or a mark of the sentence may join one wish to another.
    """
    sure = min(max(seen.sure, UNLIKELY), 1 - UNLIKELY)
    odds = math.log(sure / (1 - sure)) - ODDS
    odds -= DOUBT * math.log(max(chance_of(planned, seen), UNLIKELY))
    if any(f" {name}" in seen.said for name in UNNAMED):
        odds -= NAMELESS
    if planned is None:
        return odds + UNREAD
    if may_be_joined and (len(planned.steps) > 1 or planned.constraints):
        odds -= JOINED
    return odds + LOOSE * is_loose(planned)


def is_loose(planned: EditPlan) -> bool:
    """Whether a plan restyles a thing, rather than the picture."""
    return any(step.op == "restyle" and not step.target.is_whole_image for step in planned.steps)


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
    op = "" if step is None else op_of(step)
    if step is None or op not in seen.ops:
        return 1 - seen.single
    way = next((seen.ways[word] for word in value_of(step) if word in seen.ways), 1.0)
    return seen.single * seen.ops[op] * way


def op_of(step: Step) -> str:
    """A step's op as a core calls it; "" for a style of one thing, a size of the picture."""
    if step.op in ("restyle", "resize"):
        return step.op if step.target.is_whole_image == (step.op == "restyle") else ""
    return MARK if step.params.get("flat") else step.op


def value_of(step: Step) -> tuple[str, ...]:
    """What a step makes of its target: bigger or smaller, a colour, a side, a thing."""
    factor = step.params.get("factor")
    if isinstance(factor, int | float):
        return ("bigger" if factor > 1 else "smaller",)
    named = (step.params.get(key) for key in ("new", "colour", "direction", "kind", "to"))
    return tuple(str(value).lower() for value in named if value)
