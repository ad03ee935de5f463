"""Errors of the orchestrator.

::

    OrchestratorError
    ├── BadInstruction      nothing to do: empty, too long, or nothing in it was understood
    │   ├── NotEnglish      it is in another language
    │   ├── OnlyAsks        it asks how something is, and for no change
    │   └── ChangesHistory  it is about a step that was made before, which no new step can mend
    ├── BadPlan             a plan file or a planner's reply does not fit the schema
    │   └── PlanRefused     it fits, but the critic will not let it run
    ├── BadReply            an answer to a waiting question that does not fit it
    ├── BadScript           a scripted run's YAML does not fit the schema
    ├── UnknownSession      no such session, or no such place in its history
    ├── RunInterrupted      another run of the session is unfinished
    ├── BadSettings         an environment variable of ours has a value that does not fit
    ├── PlannerUnavailable  the language model named as planner cannot be used: package or key
    └── EditCancelled       the user stopped the run

Every message is one line: what is wrong, and what would be right.
"""

from __future__ import annotations

from typing import Any


class OrchestratorError(Exception):
    """Anything the orchestrator refuses or fails to do."""


class BadInstruction(OrchestratorError):
    """There is nothing to do."""


class NotEnglish(BadInstruction):
    """The instruction is in another language, which no planner of ours reads."""


class OnlyAsks(BadInstruction):
    """It asks how something is ("is the sky too dark?"), which no edit answers."""


class ChangesHistory(BadInstruction):
    """It asks for less of a step before: a matter of the history, not of a plan."""


class BadPlan(OrchestratorError):
    """A plan does not fit the schema."""


class PlanRefused(BadPlan):
    """The critic found a reason that the plan must not run.

    Attributes:
        review: everything it found, JSON.
    """

    def __init__(self, message: str, review: dict[str, Any]) -> None:
        super().__init__(message)
        self.review = review


class BadReply(OrchestratorError):
    """An answer does not fit the question that waits."""


class BadScript(OrchestratorError):
    """A scripted run does not fit the schema."""


class UnknownSession(OrchestratorError):
    """No such session, or no such place in its history."""


class RunInterrupted(OrchestratorError):
    """Another run of the session is unfinished."""


class BadSettings(OrchestratorError):
    """An environment variable has a value that does not fit."""


class PlannerUnavailable(OrchestratorError):
    """The planner's package is not installed, or its key is not set."""


class EditCancelled(OrchestratorError):
    """The user stopped the run."""
