"""Which of several tries at a step is the best, by what verification measured.

Used to keep the best of many accepted tries, and to show the nearest of those that were not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from orchestrator.diagnosis import UNSEEN

KEPT = ("done", "unverified")
_STANDING = {"done": 2, "unverified": 1}


def worth(verdict: dict[str, Any]) -> tuple[float, ...]:
    """A key that grows with how good a try is.

    Standing first; then whether anything changed at all; then how sure verification is of it
    (``confidence``, where it says so); then the share of checks passed; then how little a model
    redrew of what it was not asked about.
    """
    checks = verdict["checks"]
    passed = sum(check["passed"] is True for check in checks)
    sure = float(verdict.get("confidence", 0.0))
    share = passed / len(checks) if checks else -1.0
    seen = float(verdict["scores"].get("delta_e", UNSEEN) >= UNSEEN)
    standing = float(_STANDING.get(verdict["status"], 0))
    return (standing, seen, sure, share, -float(verdict["leakage"]))


def best(tries: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """The best try that made a picture, the earliest of equals; None where none did.

    Args:
        tries: each with ``image_id`` and ``verdict``.
    """
    shown = [item for item in tries if item["image_id"] is not None]
    return max(shown, key=lambda item: worth(item["verdict"]), default=None)
