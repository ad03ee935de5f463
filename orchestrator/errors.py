"""Errors of the orchestrator.

::

    OrchestratorError
    ├── BadInstruction      nothing to do: empty, too long, or nothing in it was understood
    ├── BadPlan             a plan file or a planner's reply does not fit the schema
    ├── BadScript           a scripted run's YAML does not fit the schema
    ├── UnknownSession      no such session, or no such place in its history
    ├── RunInterrupted      another run of the session is unfinished
    └── EditCancelled       the user stopped the run

Every message is one line: what is wrong, and what would be right.
"""

from __future__ import annotations


class OrchestratorError(Exception):
    """Anything the orchestrator refuses or fails to do."""


class BadInstruction(OrchestratorError):
    """There is nothing to do."""


class BadPlan(OrchestratorError):
    """A plan does not fit the schema."""


class BadScript(OrchestratorError):
    """A scripted run does not fit the schema."""


class UnknownSession(OrchestratorError):
    """No such session, or no such place in its history."""


class RunInterrupted(OrchestratorError):
    """Another run of the session is unfinished."""


class EditCancelled(OrchestratorError):
    """The user stopped the run."""
