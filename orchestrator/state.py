"""What a run remembers between nodes: ids, the plan and reports, never pixels.

Everything here is plain JSON, so a checkpoint can be read by any later version and a killed run
resumes where it was. What cannot be checkpointed (the store, callbacks) travels beside it in
``RunContext``.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict

from orchestrator.events import Event

if TYPE_CHECKING:
    from memory.store import SessionStore
    from orchestrator.critic.findings import Author, Review
    from orchestrator.editors import EditorShelf
    from orchestrator.plan import EditPlan, Step
    from orchestrator.workspace import Workspace


def no_words(_step: Step, _reason: str, _tried: tuple[str, ...]) -> str:
    """Where no language model is configured."""
    return ""


def no_plan(_plan: EditPlan, _results: list[dict[str, Any]]) -> EditPlan | None:
    """Where no language model is configured."""
    return None


class Work(TypedDict, total=False):
    """The step being worked on.

    Attributes:
        route: index into the step's routes.
        attempt: tries made so far.
        mask_id: soft mask of the region (HW uint8), or None for everywhere.
        thing_id: the outline of what was found there, without the room around it that a step has.
        candidate_id: composited picture of the latest try, ``candidate_mask_id`` its mask.
        made: what the latest try reported beside its pixels.
        error: why the latest try made nothing; ``error_retryable`` where another may.
        tuning: what the retry policy changed.
        passed_over: editors that have failed at the step.
        tried: every try with its verdict and what made it.
        kept: number of the try the step ended with.
        nearest: number of the best try of a step that was given up.
        timing: seconds by kind of work.
        outcome: set once the step is settled, with its ``reason``.
    """

    step_id: str
    route: int
    attempt: int
    executor: str
    mask_id: str | None
    thing_id: str | None
    mask_area: float
    mask_source: str
    mask_confidence: float
    candidate_id: str | None
    candidate_mask_id: str | None
    made: dict[str, Any]
    error: str
    error_retryable: bool
    verdict: dict[str, Any]
    tuning: dict[str, Any]
    passed_over: list[str]
    nearest: int | None
    kept: int | None
    try_seconds: float
    tried: list[dict[str, Any]]
    notes: list[str]
    timing: dict[str, float]
    outcome: str
    reason: str


class RunState(TypedDict, total=False):
    """The checkpointed state of one run.

    Attributes:
        author: who wrote the plan (``orchestrator.critic.findings.Author``).
        review: what the critic said of it, JSON.
        replans: how the rest of the plan was changed after a step failed, JSON, in order.
        slots: step id -> its place in the plan as it was written; seeds follow from it.
        status: "asked" while a person's changes are taken in, "approved", "cancelled", or how the
            run ended.
        places: where each step would act, on the picture the run starts from
            (``orchestrator.questions.StepPlace``, JSON); empty where nobody is asked.
        kept: the same for what is promised to stay.
        choices: step id -> label of the candidate a person chose, "*" for all.
        boxes: step id -> box a person drew around its target.
        pins: step id -> masks (``hard``, ``soft``) of what a person chose, in the current picture.
    """

    run_id: str
    session_id: str
    turn_id: str
    instruction: str
    settings: dict[str, Any]
    plan: dict[str, Any]
    plan_id: str
    author: str
    review: dict[str, Any]
    replans: list[dict[str, Any]]
    slots: dict[str, int]
    places: list[dict[str, Any]]
    kept: list[dict[str, Any]]
    choices: dict[str, str]
    boxes: dict[str, list[int]]
    pins: dict[str, dict[str, str]]
    base_revision: str
    head: str
    preserve: list[dict[str, Any]]
    marks_hold: bool
    cursor: int
    work: Work
    results: list[dict[str, Any]]
    final: dict[str, Any]
    status: str


@dataclass
class RunContext:
    """What nodes need and no checkpoint can hold.

    Attributes:
        store: the session store.
        workspace: pictures by id, and what was found in them.
        editors: the editors there are.
        make_plan: turns the run's instruction into a plan; called once, and only without a plan.
        review: the critic's word on a plan by that author.
        reword: asks a language model for other words for a step: the step, why the last try
            failed, and what was tried; "" where there is no model or no answer.
        replan: asks a language model for the rest of a plan: the plan, and what became of its
            steps; None where there is no model or no answer.
        emit: told every event.
        stop: set by whoever wants the run cancelled.
        clock: seconds, monotonic.
    """

    store: SessionStore
    workspace: Workspace
    editors: EditorShelf
    make_plan: Callable[[], tuple[EditPlan, Author]]
    review: Callable[[EditPlan, Author], Review]
    emit: Callable[[Event], None]
    stop: threading.Event
    reword: Callable[[Step, str, tuple[str, ...]], str] = no_words
    replan: Callable[[EditPlan, list[dict[str, Any]]], EditPlan | None] = no_plan
    clock: Callable[[], float] = time.monotonic
