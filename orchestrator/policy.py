"""What to do after a try was judged: accept, try again differently, switch executor or give up.

A pure function of reports and limits, so that the same run decides the same way again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from orchestrator.settings import RunSettings

STRONGER = 1.6
"""Factor on a tool's strength when the change did not show."""
WIDER = 0.006
"""More reach (share of the diagonal) when a rim of the target stayed."""


@dataclass(frozen=True)
class Move:
    """The next move.

    Attributes:
        kind: what to do.
        tuning: for ``retry``: what to change (``strength``, ``grow``, ``seed_offset``).
        reason: one line for the report.
    """

    kind: Literal["accept", "retry", "switch", "give_up"]
    tuning: dict[str, Any] = field(default_factory=dict)
    reason: str = ""


def next_move(
    verdict: dict[str, Any],
    *,
    attempt: int,
    seconds: float,
    deterministic: bool,
    more_routes: bool,
    tuning: dict[str, Any],
    settings: RunSettings,
) -> Move:
    """Decide.

    Args:
        verdict: the report of the try (``orchestrator.verification``).
        attempt: tries made so far, this one included.
        seconds: spent on the step so far.
        deterministic: the executor gives the same pixels for another seed.
        more_routes: another executor could try.
        tuning: what is already changed.
        settings: the run's limits.
    """
    if verdict["status"] in ("done", "unverified"):
        return Move("accept")
    if attempt >= settings.max_attempts:
        return Move("give_up", reason=f"{verdict['reason']} (after {attempt} tries)")
    if seconds >= settings.step_seconds:
        return Move("give_up", reason=f"{verdict['reason']} (out of time after {seconds:.0f} s)")
    remedy = verdict.get("remedy", "")
    if remedy == "stronger" and tuning.get("strength", 1.0) < STRONGER**2:
        changed = {"strength": tuning.get("strength", 1.0) * STRONGER}
        return Move("retry", tuning | changed, "the change was too weak: stronger")
    if remedy == "wider":
        changed = {"grow": tuning.get("grow", 0.0) + WIDER, "seed_offset": attempt}
        return Move("retry", tuning | changed, "part of it was left: a wider mask")
    if not deterministic:
        return Move("retry", tuning | {"seed_offset": attempt}, "another seed")
    if more_routes:
        return Move("switch", reason="another executor")
    return Move("give_up", reason=verdict["reason"])
