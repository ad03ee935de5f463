"""What the critic says of a plan: findings with a severity, and what stands for each word.

Pure data, JSON-serialisable; no checks of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

from orchestrator.errors import PlanRefused
from orchestrator.language.coverage import Covered
from orchestrator.plan import EditPlan

Severity = Literal["refuse", "warn", "note"]
SEVERITIES: tuple[Severity, ...] = ("refuse", "warn", "note")
"""Worst first."""

Author = Literal["rules", "model", "core", "person"]
"""Who wrote a plan: the rule planner, a language model, the editing core that sees the picture and
may name what is in it by other words than were said, or a person (a plan file, the Python API, an
edit at the approval). The same fault weighs differently: a model that adds a removal nobody
asked for is refused, a person may add what they like."""


@dataclass(frozen=True)
class Finding:
    """One thing worth saying about a plan.

    Attributes:
        severity: ``refuse`` stops the plan before anything runs; ``warn`` is shown and the plan
            runs; ``note`` says what the critic changed or left alone.
        code: what kind of finding, stable for scripts ("unknown_tool").
        message: one line: what is wrong and what would be right.
        step: id of the step concerned; "" = the plan.
    """

    severity: Severity
    code: str
    message: str
    step: str = ""

    def to_json(self) -> dict[str, str]:
        """Plain JSON values."""
        return {
            "severity": self.severity,
            "code": self.code,
            "step": self.step,
            "message": self.message,
        }


@dataclass(frozen=True)
class Review:
    """The critic's word on a plan.

    Attributes:
        plan: what should run: the plan given, with steps merged where that is exactly the same.
        findings: worst first.
        coverage: every word of the instruction with what stands for it.
        places: step id -> its place in the plan as it was given. Seeds follow from it, so that
            merging steps changes no other step's grain or rain.
    """

    plan: EditPlan
    findings: tuple[Finding, ...] = ()
    coverage: tuple[Covered, ...] = ()
    places: dict[str, int] = field(default_factory=dict)

    def of(self, severity: Severity) -> tuple[Finding, ...]:
        """The findings of one severity."""
        return tuple(finding for finding in self.findings if finding.severity == severity)

    @property
    def refused(self) -> bool:
        """Whether the plan must not run."""
        return bool(self.of("refuse"))

    def require(self) -> Review:
        """The review itself, of a plan that may run.

        Raises:
            PlanRefused: it may not; one line names the first reason and counts the others.
        """
        reasons = self.of("refuse")
        if not reasons:
            return self
        more = len(reasons) - 1
        tail = f" (and {more} more)" if more else ""
        raise PlanRefused(f"the plan is refused: {reasons[0].message}{tail}", self.to_json())

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, as ``--json`` shows them."""
        return {
            "findings": [finding.to_json() for finding in self.findings],
            "coverage": [
                {"text": word.text, "start": word.start, "end": word.end, "by": word.by}
                for word in self.coverage
            ],
        }


def sorted_findings(findings: list[Finding]) -> tuple[Finding, ...]:
    """Each once and on one line, worst first, otherwise in the order they were found."""
    lines = [replace(finding, message=" ".join(finding.message.split())) for finding in findings]
    return tuple(sorted(dict.fromkeys(lines), key=lambda f: SEVERITIES.index(f.severity)))
