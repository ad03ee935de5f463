"""The rest of a plan after a step was given up: what can still be done, said anew; what cannot.

A step that needs what was not done is rewritten where its wish stands without it, and else left
for ``orchestrator.nodes`` to skip. A language model, where one is configured, is asked first; what
it says passes the same critic as any plan. It makes no try and touches no picture.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from langgraph.runtime import Runtime

from orchestrator.errors import PlanRefused
from orchestrator.ops import FRAME_OPS
from orchestrator.plan import EditPlan, Step, load_plan
from orchestrator.state import RunContext, RunState
from tools.target import Target

MOST_REPLANS = 3
"""Times a run's rest is planned anew; more would chase a plan that cannot be carried out."""
MOST_ASKED = 2
"""Times a language model is asked for it."""
IN_ITS_PLACE = re.compile(
    r",?\s*\b(?:in (?:its|their|his|her) (?:place|stead)|where (?:it|they|he|she) (?:was|were|is)"
    r"|there|instead)\b",
    re.IGNORECASE,
)
KEEPS_THE_THING = frozenset({"recolor", "resize", "move", "restyle", "replace", "remove"})
"""Ops after whose failure the thing they were about is still what it was."""


@dataclass(frozen=True)
class Rest:
    """A plan whose rest was changed.

    Attributes:
        plan: the whole of it, the steps already worked on first.
        changed: ``{id, before, after, why}`` a rewritten step, ``before`` "" for a new one.
        skipped: ids of steps that need what was not done.
    """

    plan: EditPlan
    changed: tuple[dict[str, str], ...] = field(default=())
    skipped: tuple[str, ...] = ()


def rest_by_rules(plan: EditPlan, at: int, undone: frozenset[str]) -> Rest:
    """Rewrite what still can be done of the steps from ``at`` on.

    Args:
        plan: the run's.
        at: index of the first step not begun.
        undone: ids of every step that was given up or skipped.
    """
    done, waiting = list(plan.steps[:at]), list(plan.steps[at:])
    given_up = [step for step in done if step.id in undone]
    changed: list[dict[str, str]] = []
    skipped: set[str] = set()
    rest: list[Step] = []
    for step in waiting:
        new, why = step, ""
        for failed in given_up:
            new, reason = _without(new, failed)
            why = why or reason
        if any(needed in undone or needed in skipped for needed in new.depends_on):
            skipped.add(step.id)
            rest.append(step)
            continue
        if new != step:
            told = {"id": step.id, "before": step.instruction, "after": new.instruction}
            changed.append(told | {"why": why})
        rest.append(new)
    made = plan.model_copy(update={"steps": (*done, *rest)})
    return Rest(made, tuple(changed), tuple(step.id for step in rest if step.id in skipped))


def _without(step: Step, failed: Step) -> tuple[Step, str]:
    """A step as it can be done although another was not, and why it changed; else itself."""
    free = tuple(needed for needed in step.depends_on if needed != failed.id)
    instead = _put_instead(step, failed)
    if instead is not None:
        return instead.model_copy(update={"depends_on": free}), f"{failed.id} was not removed"
    named = _still_called(step, failed)
    if named is not None:
        return named.model_copy(update={"depends_on": free}), f"{failed.id} left it as it was"
    if failed.id in step.depends_on and _stands_alone(step, failed):
        return step.model_copy(update={"depends_on": free}), f"it does not need {failed.id}"
    return step, ""


def _put_instead(step: Step, failed: Step) -> Step | None:
    """What was to stand where something was not removed takes its place in one edit."""
    if failed.op != "remove" or step.op != "add" or step.executor != "auto":
        return None
    what = str(step.params.get("what", ""))
    where = str(step.params.get("where", ""))
    there = step.target == failed.target or bool(IN_ITS_PLACE.search(f"{what} {where}"))
    if not there:
        return None
    new = IN_ITS_PLACE.sub("", what).strip(" ,") or what
    return Step(
        id=step.id,
        op="replace",
        target=failed.target,
        instruction=f"Replace {failed.target.phrase} with {new}",
        params={"new": new},
    )


def _still_called(step: Step, failed: Step) -> Step | None:
    """Of a car that could not be made blue, "the blue car" is the car."""
    if failed.op != "recolor" or failed.target.is_whole_image:
        return None
    colour = str(failed.params.get("colour", ""))
    target = step.target
    was, now = set(failed.target.attributes), set(target.attributes)
    if target.category != failed.target.category or colour not in now or colour in was:
        return None
    words = step.instruction.replace(target.phrase, failed.target.phrase)
    success = tuple(_about(item, target, failed.target) for item in step.success)
    return step.model_copy(
        update={"target": failed.target, "instruction": words, "success": success}
    )


def _about(item: Any, old: Target, new: Target) -> Any:
    if getattr(item, "target", None) == old:
        return item.model_copy(update={"target": new})
    return item


def _stands_alone(step: Step, failed: Step) -> bool:
    """Whether a step only waited for its turn."""
    if failed.op in FRAME_OPS and step.op == "text":
        return True
    if failed.op == "remove" and step.op == "background":
        return True
    same = step.target == failed.target and not step.target.is_whole_image
    return same and (failed.op in KEEPS_THE_THING or failed.op == "background")


def replan(state: RunState, runtime: Runtime[RunContext]) -> RunState:
    """After a step that was not done: plan the rest anew, where that changes anything."""
    context, at = runtime.context, state["cursor"]
    plan = load_plan(state["plan"])
    before = state.get("replans", [])
    undone = frozenset(
        item["id"] for item in state["results"] if item["status"] in ("failed", "skipped")
    )
    if at >= len(plan.steps) or len(before) >= MOST_REPLANS:
        return {}
    failed = state["results"][-1]
    asked = sum(item["by"] == "model" for item in before) < MOST_ASKED
    found, by = None, "model"
    if asked and failed["status"] == "failed":
        found = _rest_by_model(plan, at, state, context, len(before) + 1)
    if found is None:
        found, by = rest_by_rules(plan, at, undone), "rules"
    if not found.changed:
        return {}
    record = {
        "after": failed["id"],
        "by": by,
        "changed": list(found.changed),
        "skipped": list(found.skipped),
    }
    values = found.plan.dump()
    plan_id = context.store.save_plan(state["session_id"], values)
    context.store.update_run(state["run_id"], plan_id=plan_id)
    slots = dict(state.get("slots", {}))
    for step in found.plan.steps[at:]:
        slots.setdefault(step.id, max(slots.values(), default=-1) + 1)
    update: RunState = {
        "plan": values,
        "plan_id": plan_id,
        "slots": slots,
        "replans": [*before, record],
    }
    if by == "model":  # what it left out must not vanish from the report
        left = [_left_out(plan.step(name)) for name in found.skipped]
        update["results"] = [*state["results"], *left]
    return update


def _left_out(step: Step) -> dict[str, Any]:
    """The report of a step that the new plan does without."""
    return {
        "id": step.id,
        "op": step.op,
        "instruction": step.instruction,
        "status": "skipped",
        "executor": "",
        "attempts": 0,
        "mask_area": 0.0,
        "mask_source": "",
        "leakage": 0.0,
        "unchanged_outside_mask": True,
        "scores": {},
        "checks": [],
        "reason": "left out when the rest was planned anew",
        "notes": [],
        "settings": {},
        "mask_id": None,
        "tries": [],
        "nearest_try": None,
        "timing": {},
        "seconds": 0.0,
    }


def happened(plan: EditPlan, results: list[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    """What became of a plan's steps so far, as a planner is told it."""
    told = []
    steps = {step.id: step for step in plan.steps}
    for item in results:
        step = steps.get(item["id"])
        if step is not None:
            what = {"op": step.op, "target": step.target.phrase, "params": step.params}
            told.append(what | {"status": item["status"], "reason": item["reason"]})
    return tuple(told)


def _rest_by_model(
    plan: EditPlan, at: int, state: RunState, context: RunContext, number: int
) -> Rest | None:
    """The rest as a language model would have it; None where there is none that may run."""
    made = context.replan(plan, state["results"])
    if made is None:
        return None
    done = plan.steps[:at]
    worked_on = {_essence(step) for step in done}
    fresh = [step for step in made.steps if _essence(step) not in worked_on]
    names = {step.id: f"r{number}-{step.id}"[:40] for step in fresh}
    rest = tuple(
        step.model_copy(
            update={
                "id": names[step.id],
                "depends_on": tuple(names[i] for i in step.depends_on if i in names),
            }
        )
        for step in fresh
    )
    if [_essence(step) for step in rest] == [_essence(step) for step in plan.steps[at:]]:
        return None
    whole = plan.model_copy(update={"steps": (*done, *rest)})
    try:
        context.review(whole, "model").require()
    except PlanRefused:  # what a model says may be of no use; the rules plan then
        return None
    changed = tuple(
        {"id": step.id, "before": "", "after": step.instruction, "why": "planned anew"}
        for step in rest
    )
    kept = {_essence(step) for step in rest}
    dropped = tuple(step.id for step in plan.steps[at:] if _essence(step) not in kept)
    return Rest(whole, changed, dropped)


def _essence(step: Step) -> tuple[str, str, str]:
    """What makes two steps the same wish, whoever parsed the target."""
    given = {name: value for name, value in step.params.items() if value not in (None, "")}
    return step.op, step.target.phrase.lower(), json.dumps(given, sort_keys=True)
