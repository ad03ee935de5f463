"""What goes wrong between a question to a language model and a plan. Never leaves the package.

::

    PlanningFailed          no plan came of it; the rules plan instead
    ├── CallFailed          a call brought no reply
    └── UnusableReply       a reply came, but it is no plan that may run

Messages are one line in the program's own words: what a server or a model wrote is never repeated
unchecked, and no message holds a key.
"""

from __future__ import annotations

from typing import Literal

Kind = Literal[
    "unreachable", "timeout", "busy", "failed", "key", "unknown", "rejected", "too_much", "broken",
    "too_long", "declined",
]  # fmt: skip
"""Why a call failed. ``rejected``: the server does not take such a request (its format, or the
picture); ``failed``: it broke, as some do over what they do not take; ``too_much``: question and
answer do not fit into the model's context; ``declined``: the model will not answer."""

PASSING: frozenset[Kind] = frozenset(
    {"unreachable", "timeout", "busy", "failed", "broken", "too_long"}
)
"""Failures that another call may not meet."""


class PlanningFailed(Exception):
    """No plan came of it."""


class CallFailed(PlanningFailed):
    """A call brought no reply that could be read.

    Attributes:
        kind: why.
    """

    def __init__(self, kind: Kind, message: str) -> None:
        super().__init__(message)
        self.kind = kind

    @property
    def passing(self) -> bool:
        """Whether asking the same again may help."""
        return self.kind in PASSING


class UnusableReply(PlanningFailed):
    """The reply is no plan that may run; the message says what is wrong and what would be right."""
