"""The nodes that carry out one step: prepare, ground, edit, verify, settle.

Each takes the checkpointed state and gives back what changed in it. Which node follows is decided
in ``orchestrator.graph``; what a try is worth in ``orchestrator.verification``; what to do next in
``orchestrator.policy``.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from langgraph.runtime import Runtime

from orchestrator.attempts import Candidate
from orchestrator.deciding import decide, editor_for, first_way, pick, told_of_tries
from orchestrator.editors import Refusal
from orchestrator.events import (
    AttemptJudged,
    StepFinished,
    StepGrounded,
    StepStarted,
)
from orchestrator.plan import EditPlan, Step
from orchestrator.policy import Move
from orchestrator.preview import move_pin, read_pin
from orchestrator.promises import Promise, keep_through, make_promises, protected
from orchestrator.ranking import best
from orchestrator.regions import Pin, marked_alone, means_last, region_for, said_of
from orchestrator.remembered import where_known, where_sky_was_seen
from orchestrator.routing import routes
from orchestrator.settings import RunSettings
from orchestrator.state import RunContext, RunState, Work
from orchestrator.trying import executor_of, make_try
from orchestrator.verification import failed_try
from orchestrator.verification import verify as judge
from tools.errors import Cancelled, GroundingFailed, ToolError
from tools.grounding import Scene
from tools.operation import Geometry


def prepare(state: RunState, runtime: Runtime[RunContext]) -> RunState:
    """Find, in the picture the run starts from, everything that was promised to stay."""
    context = runtime.context
    plan = EditPlan.model_validate(state["plan"])
    image_id = context.store.revision(state["head"]).image_id
    return {"preserve": make_promises(plan, context.workspace, image_id)}


def ground(state: RunState, runtime: Runtime[RunContext]) -> RunState:
    """Start the next step: who could do it, and where it may act."""
    context = runtime.context
    _check_stop(context)
    plan, step = _current(state)
    settings = RunSettings.model_validate(state["settings"])
    context.emit(StepStarted(step.id, state["cursor"] + 1, len(plan.steps), step.instruction))
    started = context.clock()
    work: Work = {
        "step_id": step.id,
        "route": 0,
        "attempt": 0,
        "tuning": {},
        "passed_over": [],
        "tried": [],
        "notes": [],
        "timing": {},
        "executor": "",
        "candidate_id": None,
        "mask_id": None,
        "mask_area": 0.0,
    }
    undone = _undone_dependencies(step, state["results"])
    if undone:
        return {"work": work | _ended("skipped", f"it builds on {undone}, which was not done")}
    scene = _scene(state, context)
    work["route"] = first_way(step, scene, context)
    first = routes(step)[work["route"]]
    if not first.is_tool:
        chosen = editor_for(first, step, scene, work, context, settings)
        if isinstance(chosen, Refusal):
            reason = chosen.reason + (f"; to change that: {chosen.remedy}" if chosen.remedy else "")
            return {"work": work | _ended("skipped", reason)}
    promises = [Promise.model_validate(item) for item in state["preserve"]]
    shield = protected(promises, step, context.workspace)
    if shield.broken:
        return {"work": work | _ended("failed", shield.broken)}
    pin = read_pin(state.get("pins", {}).get(step.id), context.workspace)
    if pin is None and means_last(step, scene):
        pin = _where_last(state, scene, context)
    line = state["head"], context.store, context.workspace
    if pin is None and not scene.hints.given:
        pin = where_known(step, *line)
    find = partial(
        region_for,
        step,
        scene,
        shield.soft,
        marked=marked_alone(step, plan, scene),
        said=said_of(step, plan),
    )
    try:
        try:
            region = find(pin)
        except GroundingFailed:
            seen = None if pin or scene.hints.given else where_sky_was_seen(step, *line)
            if seen is None:
                raise
            region = find(seen)
    except GroundingFailed as error:
        return {"work": work | _ended("failed", str(error))}
    work["mask_id"] = context.workspace.keep_mask(region.soft)
    if not first.is_tool and region.grounding is not None:
        work["thing_id"] = context.workspace.keep_mask(region.grounding.mask.astype(np.float32))
    work["mask_area"] = region.area
    work["mask_source"] = region.source
    work["mask_confidence"] = region.confidence
    work["notes"] = [*region.notes, *shield.notes]
    work["timing"] = {"ground": context.clock() - started}
    context.emit(StepGrounded(step.id, work["mask_id"], region.area, region.source))
    return {"work": work}


def edit(state: RunState, runtime: Runtime[RunContext]) -> RunState:
    """Make one try and store it; a failure of the tool or model is recorded, not raised."""
    context = runtime.context
    _check_stop(context)
    _, step = _current(state)
    settings = RunSettings.model_validate(state["settings"])
    work: Any = dict(state["work"])
    work |= {"attempt": work["attempt"] + 1, "error": "", "error_retryable": False}
    work |= {"made": {}, "candidate_id": None, "candidate_mask_id": None}
    scene = _scene(state, context)
    work["executor"] = executor_of(step, scene, work, context, settings)
    before = context.clock()
    try:
        candidate = make_try(step, scene, work, state, context, settings)
    except Cancelled:
        raise
    except ToolError as error:
        took = context.clock() - before
        work |= {"error": str(error), "error_retryable": error.retryable, "try_seconds": took}
        timing = work["timing"]
        work["timing"] = timing | {"edit": timing.get("edit", 0.0) + took}
        return {"work": work}
    made = context.clock()
    work["candidate_id"] = context.workspace.keep(candidate.rgb, candidate.alpha)
    work["candidate_mask_id"] = context.workspace.keep_mask(candidate.mask)
    work["made"] = {
        "geometry": None if candidate.geometry is None else vars(candidate.geometry),
        "leakage": candidate.leakage,
        "facts": candidate.facts,
        "settings": candidate.settings,
        "declined": candidate.declined,
        "placed": candidate.placed,
        "notes": list(candidate.notes),
    }
    work["try_seconds"] = context.clock() - before
    timing = work["timing"]
    work["timing"] = timing | {
        "edit": timing.get("edit", 0.0) + made - before,
        "store": timing.get("store", 0.0) + context.clock() - made,
    }
    return {"work": work}


def verify(state: RunState, runtime: Runtime[RunContext]) -> RunState:
    """Judge the try and decide: accept it, try again, switch executor or give up."""
    context = runtime.context
    _check_stop(context)
    _, step = _current(state)
    settings = RunSettings.model_validate(state["settings"])
    work: Any = dict(state["work"])
    started = context.clock()
    verdict = failed_try(work["error"]) if work["error"] else _judge(step, work, state, context)
    made = work.get("made") or {}
    attempt = {
        "number": work["attempt"],
        "executor": work["executor"],
        "tuning": work["tuning"],
        "image_id": work["candidate_id"],
        "mask_id": work["candidate_mask_id"],
        "verdict": verdict,
        "settings": made.get("settings", {}),
        "seconds": round(work["try_seconds"] + context.clock() - started, 4),
    }
    context.store.record_attempt(
        state["run_id"],
        step.id,
        work["attempt"],
        executor=work["executor"],
        image_id=work["candidate_id"],
        mask_id=work["candidate_mask_id"],
        report=attempt,
    )
    timing = work["timing"]
    work["timing"] = timing | {"verify": timing.get("verify", 0.0) + context.clock() - started}
    move = decide(step, work, verdict, _scene(state, context), context, settings)
    work["tried"] = [*work["tried"], attempt | {"made": made}]
    accepted = move.kind in ("accept", "again")
    context.emit(
        AttemptJudged(
            step.id, work["attempt"], work["executor"], accepted, move.reason or verdict["reason"]
        )
    )
    if move.kind in ("accept", "give_up"):
        return {"work": work | _chosen(work, move)}
    work["tuning"] = move.tuning
    if move.kind == "switch":
        if routes(step)[work["route"]].is_one:
            work["route"] += 1
        else:
            work["passed_over"] = [*work["passed_over"], work["executor"]]
    return {"work": work}


def _chosen(work: Any, move: Move) -> Any:
    """What a step ends with: the best try that may stand, whichever it was, or none."""
    kept = pick(work["tried"])
    if kept is None:
        nearest = best(work["tried"])
        number = None if nearest is None else nearest["number"]
        return {"verdict": work["tried"][-1]["verdict"], "nearest": number} | _ended(
            "failed", move.reason
        )
    verdict = kept["verdict"]
    return {
        "kept": kept["number"],
        "verdict": verdict,
        "made": kept["made"],
        "executor": kept["executor"],
        "candidate_id": kept["image_id"],
        "candidate_mask_id": kept["mask_id"],
    } | _ended(verdict["status"], verdict["reason"])


def settle(state: RunState, runtime: Runtime[RunContext]) -> RunState:
    """Commit an accepted try as a revision, or record why there is none."""
    context = runtime.context
    _, step = _current(state)
    work = state["work"]
    verdict = work.get("verdict", {})
    kept = work["outcome"] in ("done", "unverified")
    made = (work.get("made") or {}) if kept else {}
    result: dict[str, Any] = {
        "id": step.id,
        "op": step.op,
        "instruction": step.instruction,
        "status": work["outcome"],
        "executor": work["executor"],
        "attempts": work["attempt"],
        "mask_area": round(work["mask_area"], 6),
        "mask_source": work.get("mask_source", ""),
        "leakage": verdict.get("leakage", 0.0),
        "unchanged_outside_mask": verdict.get("unchanged_outside_mask", True),
        "scores": verdict.get("scores", {}),
        "checks": verdict.get("checks", []),
        "reason": work["reason"],
        "notes": [*work["notes"], *made.get("notes", [])],
        "settings": made.get("settings", {}) if kept else {},
        "mask_id": work.get("candidate_mask_id") if kept else work["mask_id"],
        "tries": told_of_tries(work["tried"], work.get("kept")),
        "nearest_try": work.get("nearest"),
        "timing": {name: round(value, 4) for name, value in work["timing"].items()},
        "seconds": round(sum(work["timing"].values()), 4),
    }
    update: RunState = {"cursor": state["cursor"] + 1}
    if kept:
        revision = context.store.commit(
            state["session_id"],
            parent_id=state["head"],
            image_id=str(work["candidate_id"]),
            mask_id=work.get("candidate_mask_id"),
            step=step.model_dump(mode="json"),
            report=result,
            plan_id=state["plan_id"],
            turn_id=state["turn_id"],
            label=step.instruction,
            key=f"{state['run_id']}:{step.id}",
        )
        result["revision"] = revision.id
        update["head"] = revision.id
        geometry = _geometry(work)
        if geometry is not None:
            image_id = str(work["candidate_id"])
            update["marks_hold"] = False
            update["preserve"] = keep_through(
                state["preserve"], geometry, context.workspace, image_id
            )
            shape = context.workspace.picture(image_id)[0].shape[:2]
            update["pins"] = {
                name: move_pin(pin, geometry, context.workspace, shape)
                for name, pin in state.get("pins", {}).items()
            }
    context.emit(StepFinished(step.id, result))
    update["results"] = [*state["results"], result]
    update["work"] = {}
    return update


def _check_stop(context: RunContext) -> None:
    """Stop between nodes too, for tools too quick to poll.

    Raises:
        Cancelled: somebody asked for it.
    """
    if context.stop.is_set():
        raise Cancelled("cancelled")


def _scene(state: RunState, context: RunContext) -> Scene:
    image_id = context.store.revision(state["head"]).image_id
    return context.workspace.scene(image_id, marks=state.get("marks_hold", True))


def _where_last(state: RunState, scene: Scene, context: RunContext) -> Pin | None:
    """Where the step before was made; None where that is everywhere, or was of another size."""
    soft = context.workspace.mask(context.store.revision(state["head"]).mask_id)
    if soft is None or soft.shape != scene.image.shape[:2]:
        return None
    return Pin(np.asarray(soft > 0.5), soft, "the step before")


def _current(state: RunState) -> tuple[EditPlan, Step]:
    plan = EditPlan.model_validate(state["plan"])
    return plan, plan.steps[state["cursor"]]


def _ended(outcome: str, reason: str) -> Any:
    return {"outcome": outcome, "reason": reason}


def _undone_dependencies(step: Step, results: list[dict[str, Any]]) -> str:
    undone = {item["id"] for item in results if item["status"] in ("skipped", "failed")}
    return ", ".join(needed for needed in step.depends_on if needed in undone)


def _geometry(work: Any) -> Geometry | None:
    stored = (work.get("made") or {}).get("geometry")
    if stored is None:
        return None
    return Geometry(tuple(tuple(row) for row in stored["matrix"]), stored["exact"])


def _judge(
    step: Step, work: dict[str, Any], state: RunState, context: RunContext
) -> dict[str, Any]:
    """Rebuild the try from the store, so that a resumed run judges the very same pixels."""
    space = context.workspace
    before = _scene(state, context)
    after = space.scene(work["candidate_id"], marks=state.get("marks_hold", True))
    made = work["made"]
    candidate = Candidate(
        after.image,
        None,
        space.mask(work["candidate_mask_id"]),
        _geometry(work),
        made["leakage"],
        tuple(made["notes"]),
        made["facts"],
        made["settings"],
        made["declined"],
        made.get("placed", False),  # a run kept from before editors said so
    )
    return judge(step, before, after, candidate)
