"""Going back to an earlier state of a reading, where another way to read turns out better.

Knows the fields of a reading and of its drafts; nothing of words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from orchestrator.language.drafts import Draft, Reading

_CHANGEABLE = 6
"""How many of the latest drafts later words may still change ("… but not too much")."""


@dataclass(frozen=True)
class Mark:
    """A state of a reading: its fields, and those of the drafts that later words may change."""

    fields: dict[str, Any]
    drafts: list[tuple[Draft, dict[str, Any]]]


def mark(reading: Reading) -> Mark:
    """The state now."""
    fields = {name: _copied(value) for name, value in vars(reading).items()}
    late = reading.drafts[-_CHANGEABLE:]
    return Mark(fields, [(d, {k: _copied(v) for k, v in vars(d).items()}) for d in late])


def go_back(reading: Reading, to: Mark) -> None:
    """Make the reading what it was at ``to``, which can be gone back to again."""
    for name, value in to.fields.items():
        setattr(reading, name, _copied(value))
    for draft, fields in to.drafts:
        for name, value in fields.items():
            setattr(draft, name, _copied(value))


def _copied(value: Any) -> Any:
    """A list, set or dict of its own; everything else is never changed in place."""
    return value.copy() if isinstance(value, list | set | dict) else value
