"""What a check of a step sees and says, and the measurements that checks of several ops share.

Knows no op; ``checks`` says which check each of them must pass.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from orchestrator.evidence import Change
from orchestrator.plan import Step
from tools.grounding import Scene
from tools.operation import Geometry, SoftMask


@dataclass(frozen=True)
class Check:
    """The outcome of one check.

    Attributes:
        name: what was tested ("brighter", "no longer found").
        passed: True, False, or None where it cannot be told.
        measured: the numbers it rests on.
        reason: one line, for people.
        remedy: what a retry could change: ``stronger``, ``wider`` or nothing.
    """

    name: str
    passed: bool | None
    measured: dict[str, float] = field(default_factory=dict)
    reason: str = ""
    remedy: Literal["", "stronger", "wider"] = ""


@dataclass(frozen=True)
class Evidence:
    """Everything a check may look at.

    Attributes:
        step: what was asked.
        params: its params as given (a tool's arguments for ``executor: tool:``).
        before: the parent's scene.
        after: the child's scene.
        mask: HW float32 where it was allowed to change; None = everywhere.
        change: statistics inside the mask; None where sizes differ or the mask is empty.
        geometry: how pixels were moved, for geometry tools.
        facts: what the tool measured (boxes to look in).
    """

    step: Step
    params: Mapping[str, Any]
    before: Scene
    after: Scene
    mask: SoftMask | None
    change: Change | None
    geometry: Geometry | None
    facts: Mapping[str, Any]


Checker = Callable[[Evidence], Check]


def moved(name: str, before: float, after: float, sign: float, least: float) -> Check:
    """A measured value moved by at least ``least`` in the direction of ``sign``."""
    change = after - before
    numbers = {"before": round(before, 3), "after": round(after, 3)}
    if change * sign >= least:
        return Check(name, True, numbers)
    reason = f"expected {name}: {before:.2f} became {after:.2f}"
    return Check(name, False, numbers, reason, "stronger")


def visible(evidence: Evidence) -> Check:
    """Something can be seen to have changed inside the mask."""
    change = evidence.change
    if change is None:
        return no_statistics()
    numbers = {"delta_e": round(change.delta_e, 3), "share": round(change.share, 4)}
    if change.delta_e >= 0.5:
        return Check("changed visibly", True, numbers)
    return Check("changed visibly", False, numbers, "hardly anything changed", "stronger")


def no_statistics() -> Check:
    """The outcome where sizes differ or the mask is empty: undecided."""
    return Check("measurable", None, {}, "there was nothing to measure")
