"""What a run has to say for itself: the result of one instruction, and its JSON.

The JSON's keys are a promise to scripts; they only ever grow.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal

Status = Literal["done", "partial", "failed", "cancelled", "waiting"]

EXIT_CODES: dict[str, int] = {
    "done": 0,
    "waiting": 0,
    "partial": 3,
    "failed": 4,
    "cancelled": 130,
}
"""Exit code of a command line for each status; bad input is 2."""


_OUTCOMES: dict[Status, str] = {
    "done": "done",
    "waiting": "waiting for an answer",
    "partial": "partly done",
    "failed": "nothing was changed",
    "cancelled": "cancelled",
}
"""What each status is to a person."""


PLANNING = "planning"
"""Key of a run's stored details under which what its planning took is kept."""


@dataclass(frozen=True)
class RunReport:
    """The result of one instruction.

    Attributes:
        session: id.
        revision: the one shown now.
        status: ``waiting`` means for an answer to ``question``.
        plan: the plan that ran, JSON.
        planning: who made it and what that took: calls, tokens, cost, seconds (see
            ``orchestrator.planning.plan_and_account``); empty where the plan was handed over.
        review: what the critic said of the plan: findings, and what stands for each word of the
            instruction; JSON of ``orchestrator.critic.findings.Review``.
        question: what a waiting run asks (``orchestrator.questions.Question``, JSON); else empty.
        steps: a report each (see ``to_json``).
        seconds: wall clock of the run.
        replans: how the rest of the plan was changed after a step was given up, in order:
            ``after``, ``by`` (rules or model), ``changed`` and ``skipped``.
        final: the check against the picture the run started from.
        image: where the result was saved; None where it was not.
        run_id: names the run for ``resume``.
        turn_id: groups the run's revisions for undo.
    """

    session: str
    revision: str
    status: Status
    plan: dict[str, Any] = field(default_factory=dict)
    planning: dict[str, Any] = field(default_factory=dict)
    review: dict[str, Any] = field(default_factory=dict)
    question: dict[str, Any] = field(default_factory=dict)
    steps: tuple[dict[str, Any], ...] = ()
    seconds: float = 0.0
    replans: tuple[dict[str, Any], ...] = ()
    final: dict[str, Any] = field(default_factory=dict)
    image: str | None = None
    run_id: str = ""
    turn_id: str = ""

    @property
    def exit_code(self) -> int:
        """For the shell."""
        return EXIT_CODES[self.status]

    @property
    def summary(self) -> str:
        """The outcome in one line, for the conversation's log."""
        counts = Counter(step["status"] for step in self.steps)
        if not counts:
            return "nothing was changed" if self.status == "done" else _OUTCOMES[self.status]
        if self.status == "done":
            return "done" if len(self.steps) == 1 else f"done: {len(self.steps)} steps"
        parts = ", ".join(
            f"{count} {'step' if count == 1 else 'steps'} {status}"
            for status, count in counts.items()
        )
        return f"{_OUTCOMES[self.status]}: {parts}"

    def promise_lines(self) -> list[str]:
        """Whether what was to stay did, a line each."""
        words = {True: "kept", False: "BROKEN", None: "cannot be told"}
        lines = []
        for promise in self.final.get("promises", []):
            reason = promise.get("reason")
            why = f" ({reason})" if reason and promise["kept"] is not True else ""
            lines.append(f"promise {promise['phrase']!r}: {words[promise['kept']]}{why}")
        return lines

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, as ``--json`` prints them."""
        return {
            "session": self.session,
            "revision": self.revision,
            "status": self.status,
            "image": self.image,
            "plan": self.plan,
            "planning": self.planning,
            "review": self.review,
            "question": self.question or None,
            "steps": list(self.steps),
            "replans": list(self.replans),
            "final": self.final,
            "seconds": round(self.seconds, 3),
        }
