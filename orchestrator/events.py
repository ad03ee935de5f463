"""Typed progress events of a run, in the order they happen.

Emitted by the graph, shown by the command line, streamed by anything else. They carry ids and
words, never pixels.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

StepStatus = Literal["done", "skipped", "failed", "unverified"]
RunStatus = Literal["done", "partial", "failed", "cancelled"]


@dataclass(frozen=True)
class PlanReady:
    """The plan is made and may run; nothing has changed yet. ``review``: the critic's word."""

    plan: dict[str, Any]
    review: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class StepStarted:
    """A step begins: ``number`` of ``total``."""

    step_id: str
    number: int
    total: int
    instruction: str


@dataclass(frozen=True)
class StepGrounded:
    """Where a step will act: share of the picture, and how that was found."""

    step_id: str
    mask_id: str | None
    area: float
    source: str


@dataclass(frozen=True)
class StepProgress:
    """How far a try has come, in [0, 1]."""

    step_id: str
    fraction: float


@dataclass(frozen=True)
class AttemptJudged:
    """A try was verified: accepted or not, and why."""

    step_id: str
    number: int
    executor: str
    accepted: bool
    reason: str


@dataclass(frozen=True)
class StepFinished:
    """A step ended; ``result`` is the step report."""

    step_id: str
    result: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class RunFinished:
    """The run ended."""

    status: RunStatus
    revision: str


Event = (
    PlanReady
    | StepStarted
    | StepGrounded
    | StepProgress
    | AttemptJudged
    | StepFinished
    | RunFinished
)


def ignore(_event: Event) -> None:
    """What is told of events when nobody is watching."""
