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
    from orchestrator.editors import EditorShelf
    from orchestrator.plan import EditPlan
    from orchestrator.workspace import Workspace


class Work(TypedDict, total=False):
    """The step being worked on.

    Attributes:
        route: index into the step's routes.
        attempt: tries made so far.
        mask_id: soft mask of the region (HW uint8), or None for everywhere.
        candidate_id: composited picture of the latest try, ``candidate_mask_id`` its mask.
        made: what the latest try reported beside its pixels.
        error: why the latest try made nothing; ``error_retryable`` where another may.
        tuning: what the retry policy changed.
        tried: every try with its verdict.
        timing: seconds by kind of work.
        outcome: set once the step is settled, with its ``reason``.
    """

    step_id: str
    route: int
    attempt: int
    executor: str
    mask_id: str | None
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
    tried: list[dict[str, Any]]
    notes: list[str]
    timing: dict[str, float]
    outcome: str
    reason: str


class RunState(TypedDict, total=False):
    """The checkpointed state of one run."""

    run_id: str
    session_id: str
    turn_id: str
    instruction: str
    settings: dict[str, Any]
    plan: dict[str, Any]
    plan_id: str
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
        emit: told every event.
        stop: set by whoever wants the run cancelled.
        clock: seconds, monotonic.
    """

    store: SessionStore
    workspace: Workspace
    editors: EditorShelf
    make_plan: Callable[[], EditPlan]
    emit: Callable[[Event], None]
    stop: threading.Event
    clock: Callable[[], float] = time.monotonic
