"""The report of a try: was anything else touched, did it show, is it what was promised.

Combines the exact promise (untouched pixels), the statistics (``orchestrator.evidence``), the op's
own check (``orchestrator.checks``) and, where there is one for such pictures, an independent
witness (``orchestrator.testimony``) into one verdict. It decides nothing about retries.
"""

from __future__ import annotations

from typing import Any

from orchestrator.attempts import Candidate
from orchestrator.checking import Check, Evidence
from orchestrator.checks import CHECKERS
from orchestrator.content_checks import joined
from orchestrator.evidence import measure
from orchestrator.plan import Step
from orchestrator.success import promised
from orchestrator.testimony import testimony
from tools.compositing import unchanged_outside
from tools.grounding import Scene


def verify(step: Step, before: Scene, after: Scene, candidate: Candidate) -> dict[str, Any]:
    """Judge one try.

    Args:
        step: what was asked.
        before: the parent's scene.
        after: the child's scene.
        candidate: what the try made.

    Returns:
        JSON: ``status`` (done, unverified or failed), ``reason``, ``remedy``,
        ``unchanged_outside_mask``, ``leakage``, ``scores`` and ``checks``; where an independent
        witness spoke, ``confidence`` (its trust, [0, 1]) and ``undecided`` (it looked, and another
        try might show more; ``remedy`` is then of what makes it doubt).
    """
    same_size = before.image.shape == after.image.shape
    mask = candidate.mask
    untouched = True
    if same_size and mask is not None and candidate.geometry is None:
        untouched = unchanged_outside(before.image, after.image, mask)
    change = None
    if same_size and candidate.geometry is None:
        change = measure(before.image, after.image, mask)
    evidence = Evidence(
        step, step.params, before, after, mask, change, candidate.geometry, candidate.facts
    )
    checks = [CHECKERS[step.op](evidence)]
    by_tool = "tool" in candidate.settings
    told = testimony(evidence, by_tool=by_tool, placed=candidate.placed) if untouched else None
    if told is not None:
        # Where it can tell, an independent witness knows more than statistics or the grounders,
        # which may share the editor's own eyes.
        checks = [told] if told.passed is not None else [*checks, told]
    if candidate.declined:
        checks = [Check("target found", False, {}, "the model found nothing the instruction fits")]
    elif checks[0].passed is not False:  # a failed op needs no further evidence
        fitting = joined(evidence)
        checks += [fitting] if fitting is not None else []
        checks += promised(evidence)
    decisive = _decisive(checks)
    status = {True: "done", False: "failed", None: "unverified"}[decisive.passed]
    reason = decisive.reason
    if not untouched:  # cannot happen while compositing is right; never let it pass silently
        status, reason = "failed", "pixels outside the mask changed"
    scores = dict(checks[0].measured)
    if change is not None:
        scores |= {"delta_e": round(change.delta_e, 3), "changed_share": round(change.share, 4)}
    spoken: dict[str, Any] = {}
    remedy = decisive.remedy if status == "failed" else ""
    if told is not None and "trust" in told.measured:
        doubted = told.passed is None and not told.measured["sure"]
        undecided = status == "unverified" and doubted
        spoken = {"confidence": told.measured["trust"], "undecided": undecided}
        remedy = told.remedy if undecided else remedy
    return {
        **spoken,
        "status": status,
        "reason": reason,
        "remedy": remedy,
        "unchanged_outside_mask": untouched,
        "leakage": round(candidate.leakage, 6),
        "scores": scores,
        "checks": [vars(check) for check in checks],
    }


def _decisive(checks: list[Check]) -> Check:
    """The check the verdict rests on: the first that failed, else the first nobody can tell."""
    for outcome in (False, None):
        for check in checks:
            if check.passed is outcome:
                return check
    return checks[0]


def failed_try(reason: str) -> dict[str, Any]:
    """The report of a try that made no picture."""
    return {
        "status": "failed",
        "reason": reason,
        "remedy": "",
        "unchanged_outside_mask": True,
        "leakage": 0.0,
        "scores": {},
        "checks": [],
    }
