"""The LangGraph graph of one run: plan, criticise, ask, then work through the steps.

::

    plan -> critique -> preview -> approve -> prepare -> ground -> edit -> verify -> settle
               ^                      |                  ^  |        ^        |     ^  |  |
               +---- a changed plan --+                  |  |        +- retry +     |  |  |
                                                         |  +-- nothing can act ----+  |  |
                                                         +- next step -- replan <------+  |
                                                                            finish <------+

State is plain JSON (``orchestrator.state``); each node can be killed and run again: pictures are
content-addressed, commits carry a key, attempts are recorded by number. ``approve`` is where a run
waits for a person: its question is in the checkpoint, so any process may ask and answer it.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime
from langgraph.types import interrupt

from orchestrator import nodes
from orchestrator.events import PlanReady, RunFinished
from orchestrator.final_check import final_check
from orchestrator.plan import EditPlan, load_plan
from orchestrator.preview import boxed_pin, pin_of, preview
from orchestrator.questions import Answer, KeptPlace, Question, StepPlace
from orchestrator.remembered import where_known
from orchestrator.replanning import replan
from orchestrator.settings import RunSettings
from orchestrator.state import RunContext, RunState
from tools.grounding import Box

APPROVED, REVISED, ASKED = "approved", "revised", "asked"
"""Nobody need be asked (any more); the same, of a plan that a person changed, which the critic has
not seen; a person changed the plan and is asked again."""
NODES_A_STEP = 5
RECURSION_LIMIT = 64 * NODES_A_STEP * 10
"""Enough for the longest plan with the most tries; more would be a loop."""


def build_graph(
    checkpointer: BaseCheckpointSaver[str],
) -> CompiledStateGraph[RunState, RunContext, RunState, RunState]:
    """The graph over a durable checkpointer."""
    return _compiled().copy({"checkpointer": checkpointer})


@cache
def _compiled() -> CompiledStateGraph[RunState, RunContext, RunState, RunState]:
    """The graph alone, compiled once a process; that takes as long as several nodes."""
    graph = StateGraph(RunState, context_schema=RunContext)
    graph.add_node("plan", _plan)
    graph.add_node("critique", _critique)
    graph.add_node("preview", _preview)
    graph.add_node("approve", _approve)
    graph.add_node("prepare", nodes.prepare)
    graph.add_node("ground", nodes.ground)
    graph.add_node("edit", nodes.edit)
    graph.add_node("verify", nodes.verify)
    graph.add_node("settle", nodes.settle)
    graph.add_node("replan", replan)
    graph.add_node("finish", _finish)
    graph.add_edge(START, "plan")
    graph.add_edge("plan", "critique")
    graph.add_edge("critique", "preview")
    graph.add_edge("preview", "approve")
    graph.add_conditional_edges("approve", _after_approval, ["critique", "prepare", "finish"])
    graph.add_conditional_edges("prepare", _next_step, ["ground", "finish"])
    graph.add_conditional_edges("ground", _after_work, ["edit", "settle"])
    graph.add_edge("edit", "verify")
    graph.add_conditional_edges("verify", _after_work, ["edit", "settle"])
    graph.add_conditional_edges("settle", _after_step, ["ground", "replan", "finish"])
    graph.add_conditional_edges("replan", _next_step, ["ground", "finish"])
    graph.add_edge("finish", END)
    return graph.compile()


def _plan(state: RunState, runtime: Runtime[RunContext]) -> RunState:
    """Make the plan, unless one was handed over."""
    if state.get("plan"):
        return {"author": "person"}
    plan, author = runtime.context.make_plan()
    return {"plan": plan.dump(), "author": author}


def _critique(state: RunState, runtime: Runtime[RunContext]) -> RunState:
    """Let nothing run that the critic refuses; take over what it merged."""
    context = runtime.context
    author: Any = state["author"]
    found = context.review(load_plan(state["plan"]), author).require()
    plan, review = found.plan.dump(), found.to_json()
    plan_id = context.store.save_plan(state["session_id"], plan)
    context.store.update_run(state["run_id"], plan_id=plan_id)
    if state.get("status") not in (ASKED, REVISED):
        context.emit(PlanReady(plan, review))
    return {
        "plan": plan,
        "plan_id": plan_id,
        "review": review,
        "slots": found.places,
        "cursor": 0,
        "results": [],
    }


def _preview(state: RunState, runtime: Runtime[RunContext]) -> RunState:
    """Find where the steps would act, where somebody is to be asked about them."""
    settings = RunSettings.model_validate(state["settings"])
    if _is_agreed(state) or not (settings.approve or settings.ask):
        return {}
    context = runtime.context
    found = preview(
        load_plan(state["plan"]),
        context.workspace,
        context.store.revision(state["head"]).image_id,
        choices=state.get("choices", {}),
        boxes=_boxes(state),
        known=lambda step: where_known(step, state["head"], context.store, context.workspace),
    )
    # The store keeps what a run's details name, however long the question waits.
    details = context.store.run(state["run_id"]).details | {"held": list(found.masks)}
    context.store.update_run(state["run_id"], details=details)
    return {
        "places": [place.model_dump(mode="json") for place in found.places],
        "kept": [place.model_dump(mode="json") for place in found.kept],
    }


def _approve(state: RunState, runtime: Runtime[RunContext]) -> RunState:
    """Stop until a person has answered; a node of its own, since an interrupted one starts over."""
    settings = RunSettings.model_validate(state["settings"])
    if _is_agreed(state) or not (settings.approve or settings.ask):
        return {"status": APPROVED}
    question = _question(state, runtime.context, settings)
    if question.kind == "which" and not question.unclear:
        return {"status": APPROVED} | _pinned(question, state, runtime.context)
    answer = Answer.model_validate(interrupt(question.model_dump(mode="json")))
    if answer.action == "cancel":
        return {"status": "cancelled"}
    update: RunState = {
        "status": ASKED if answer.action == "change" else APPROVED,
        "choices": state.get("choices", {}) | answer.choices,
        "boxes": state.get("boxes", {}) | {name: list(box) for name, box in answer.boxes.items()},
    }
    changed = answer.plan is not None and answer.plan != question.plan
    if answer.plan is not None and changed:
        update |= {"plan": answer.plan.dump(), "author": "person"}
        update["choices"] = _still_meant(update["choices"], question.plan, answer.plan)
    if answer.action == "run":
        update |= _pinned(question, state | update, runtime.context)
        update["status"] = REVISED if changed else APPROVED
    return update


def _question(state: RunState, context: RunContext, settings: RunSettings) -> Question:
    return Question(
        kind="plan" if settings.approve else "which",
        session=state["session_id"],
        run=state["run_id"],
        image=context.store.revision(state["head"]).image_id,
        plan=load_plan(state["plan"]),
        review=state["review"],
        places=tuple(StepPlace.model_validate(place) for place in state["places"]),
        kept=tuple(KeptPlace.model_validate(place) for place in state["kept"]),
        choices=state.get("choices", {}),
    )


def _pinned(question: Question, state: RunState, context: RunContext) -> RunState:
    """The masks of what was chosen or drawn around, for the steps they belong to."""
    plan, space = load_plan(state["plan"]), context.workspace
    here = {step.id for step in plan.steps}
    pins: dict[str, dict[str, str]] = {}
    for place in question.places:
        asked = question.place(place.like) if place.like else place
        label = state.get("choices", {}).get(asked.step) if asked is not None else None
        if asked is not None and label and asked.options and place.step in here:
            pins[place.step] = pin_of(asked, label, space)
    for name, box in _boxes(state).items():
        if name in here:
            pins[name] = boxed_pin(plan.step(name), box, space, question.image)
    held = sorted({mask for pin in pins.values() for mask in pin.values()})
    details = context.store.run(state["run_id"]).details | {"held": held}
    context.store.update_run(state["run_id"], details=details)
    return {"pins": pins}


def _still_meant(choices: dict[str, str], before: EditPlan, after: EditPlan) -> dict[str, str]:
    """The choices of steps that are still about the same thing."""
    targets = {step.id: step.target for step in before.steps}
    same = {step.id for step in after.steps if targets.get(step.id) == step.target}
    return {name: label for name, label in choices.items() if name in same}


def _is_agreed(state: RunState) -> bool:
    return state.get("status") in (APPROVED, REVISED)


def _boxes(state: RunState) -> dict[str, Box]:
    return {name: (box[0], box[1], box[2], box[3]) for name, box in state.get("boxes", {}).items()}


def _finish(state: RunState, runtime: Runtime[RunContext]) -> RunState:
    """Check the whole against the original and close the run."""
    context = runtime.context
    if state.get("status") == "cancelled":
        status: Any = "cancelled"
        final: dict[str, Any] = {}
    else:
        final = final_check(state, context)
        status = final["status"]
    context.store.finish_run(state["run_id"], status)
    context.emit(RunFinished(status, state["head"]))
    return {"status": status, "final": final}


def _after_approval(state: RunState) -> Literal["critique", "prepare", "finish"]:
    if state["status"] == "cancelled":
        return "finish"
    return "prepare" if state["status"] == APPROVED else "critique"


def _next_step(state: RunState) -> Literal["ground", "finish"]:
    plan = EditPlan.model_validate(state["plan"])
    return "ground" if state["cursor"] < len(plan.steps) else "finish"


def _after_step(state: RunState) -> Literal["ground", "replan", "finish"]:
    """A step that was not done may change what the rest is."""
    if state["results"][-1]["status"] in ("failed", "skipped"):
        return "replan"
    return _next_step(state)


def _after_work(state: RunState) -> Literal["edit", "settle"]:
    return "settle" if state["work"].get("outcome") else "edit"
