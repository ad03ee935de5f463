"""Bigger or smaller, left or right: a plan is held to what the sentence's own words say.

Whoever planned, a step that goes against the words is turned round, and the plan says so. Only
plans of one step, whose whole sentence is about it; a plan that a person wrote is nobody's reading.
"""

from __future__ import annotations

from typing import Any

from orchestrator.plan import EditPlan, Step
from orchestrator.reader.dialect import command
from orchestrator.reading_odds import op_of, value_of

AGAINST = 0.08
"""Chance, by the words, of the way that a step goes, below which it goes against them. None of the
resizes that the rules read in the planner's own sets is below 0.1 (docs/quality.md)."""
OTHER = {"bigger": "smaller", "smaller": "bigger", "left": "right", "right": "left"}


def as_said(plan: EditPlan) -> EditPlan:
    """The plan, its one step turned round where the words surely say the other way."""
    step = plan.steps[0] if len(plan.steps) == 1 else None
    way = "" if step is None else _way(step)
    if step is None or not way or not _speaks_against(plan.instruction, way):
        return plan
    turned = step.model_copy(update={"params": _turned(step.params)})
    words = command(turned) or step.instruction
    turned = turned.model_copy(update={"instruction": words[:1].upper() + words[1:]})
    note = f"read as {OTHER[way]}, not {way}: that is what the words say"
    return plan.model_copy(update={"steps": (turned,), "notes": (*plan.notes, note)})


def _way(step: Step) -> str:
    """The way that a step goes; "" where it has none."""
    way = next(iter(value_of(step)), "") if op_of(step) in ("resize", "move") else ""
    return way if way in OTHER else ""


def _turned(params: dict[str, Any]) -> dict[str, Any]:
    if "factor" in params:
        return params | {"factor": round(1 / float(params["factor"]), 4)}
    return params | {"direction": OTHER[str(params["direction"])]}


def _speaks_against(instruction: str, way: str) -> bool:
    from smartedit_model.instruction_words import load_words

    told = load_words().hear(instruction)
    return {**told.size, **told.side}[way] < AGAINST
