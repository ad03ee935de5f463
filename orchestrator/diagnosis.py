"""What went wrong with a try, in one word, read from its report.

The checks say in numbers and sentences what they found; the policy needs to know which kind of
failure it is, since each has another remedy. It decides nothing.
"""

from __future__ import annotations

from typing import Any, Literal

Fault = Literal["error", "not found", "nothing", "elsewhere", "weak", "left over", "spill", "wrong"]
"""``error``: no picture came back. ``not found``: the model saw no such target. ``nothing``: hardly
a pixel changed. ``elsewhere``: another thing was changed, which blending took back. ``weak``: the
right change, too little of it. ``left over``: part of the target is still there. ``spill``: the
model redrew what is around the target. ``wrong``: it changed, and not into what was asked."""

UNSEEN = 1.0
"""Mean change inside the mask (CIE76) below which nothing has happened."""
ELSEWHERE = 0.005
"""Share of the pixels outside the mask that a model changed, from which it did something there."""
SPILT = 0.5
"""Share of the pixels outside the mask that a model redrew, from which it took the words to be
about the whole picture."""


def diagnose(verdict: dict[str, Any]) -> Fault:
    """The kind of failure of a try that was not accepted.

    Args:
        verdict: the report of ``orchestrator.verification``.
    """
    if not verdict["checks"]:
        return "error"
    failed = {check["name"] for check in verdict["checks"] if check["passed"] is False}
    if "target found" in failed:
        return "not found"
    if verdict["scores"].get("delta_e", UNSEEN) < UNSEEN:
        return "elsewhere" if verdict["leakage"] >= ELSEWHERE else "nothing"
    remedy = verdict.get("remedy", "")
    if remedy == "wider":
        return "left over"
    if remedy == "stronger":
        return "weak"
    return "spill" if verdict["leakage"] >= SPILT else "wrong"
