"""The LangGraph graph of one run: plan, approve, then ground, edit, verify and settle each step.

::

    plan -> approve -> prepare -> ground -> edit -> verify -> settle -> ... -> finish
                                    |         ^       |          |
                                    |         +-------+ retry    +-> ground (next step)
                                    +-> settle (nothing can act)

State is plain JSON (``orchestrator.state``); each node can be killed and run again: pictures are
content-addressed, commits carry a key, attempts are recorded by number.
"""

from __future__ import annotations

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
from orchestrator.settings import RunSettings
from orchestrator.state import RunContext, RunState

NODES_A_STEP = 4
RECURSION_LIMIT = 64 * NODES_A_STEP * 10
"""Enough for the longest plan with the most tries; more would be a loop."""


def build_graph(
    checkpointer: BaseCheckpointSaver[str],
) -> CompiledStateGraph[RunState, RunContext, RunState, RunState]:
    """Compile the graph over a durable checkpointer."""
    graph = StateGraph(RunState, context_schema=RunContext)
    graph.add_node("plan", _plan)
    graph.add_node("approve", _approve)
    graph.add_node("prepare", nodes.prepare)
    graph.add_node("ground", nodes.ground)
    graph.add_node("edit", nodes.edit)
    graph.add_node("verify", nodes.verify)
    graph.add_node("settle", nodes.settle)
    graph.add_node("finish", _finish)
    graph.add_edge(START, "plan")
    graph.add_edge("plan", "approve")
    graph.add_conditional_edges("approve", _after_approval, ["prepare", "finish"])
    graph.add_conditional_edges("prepare", _next_step, ["ground", "finish"])
    graph.add_conditional_edges("ground", _after_work, ["edit", "settle"])
    graph.add_edge("edit", "verify")
    graph.add_conditional_edges("verify", _after_work, ["edit", "settle"])
    graph.add_conditional_edges("settle", _next_step, ["ground", "finish"])
    graph.add_edge("finish", END)
    return graph.compile(checkpointer=checkpointer)


def _plan(state: RunState, runtime: Runtime[RunContext]) -> RunState:
    """Make the plan, unless one was handed over."""
    context = runtime.context
    plan = load_plan(state["plan"]) if state.get("plan") else context.make_plan()
    dumped = plan.dump()
    plan_id = context.store.save_plan(state["session_id"], dumped)
    context.store.update_run(state["run_id"], plan_id=plan_id)
    context.emit(PlanReady(dumped))
    return {"plan": dumped, "plan_id": plan_id, "cursor": 0, "results": []}


def _approve(state: RunState, runtime: Runtime[RunContext]) -> RunState:
    """Stop until a person agrees; a node of its own, since an interrupted node starts over."""
    settings = RunSettings.model_validate(state["settings"])
    if not settings.approve:
        return {"status": "approved"}
    answer: dict[str, Any] = interrupt({"plan": state["plan"]})
    if not answer.get("approved"):
        return {"status": "cancelled"}
    if answer.get("plan"):
        plan = load_plan(answer["plan"]).dump()
        plan_id = runtime.context.store.save_plan(state["session_id"], plan)
        return {"status": "approved", "plan": plan, "plan_id": plan_id}
    return {"status": "approved"}


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


def _after_approval(state: RunState) -> Literal["prepare", "finish"]:
    return "finish" if state["status"] == "cancelled" else "prepare"


def _next_step(state: RunState) -> Literal["ground", "finish"]:
    plan = EditPlan.model_validate(state["plan"])
    return "ground" if state["cursor"] < len(plan.steps) else "finish"


def _after_work(state: RunState) -> Literal["edit", "settle"]:
    return "settle" if state["work"].get("outcome") else "edit"
