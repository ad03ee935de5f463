"""The clause being gathered, and the units it is gathered from.

What the tests for a start or a break look at; it knows none of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.language.units import Unit

LOOK_AHEAD = 12
"""Units that a test looks ahead at most."""


class ClauseSoFar:
    """The units of an instruction and the clause being gathered.

    Attributes:
        units: of the whole instruction.
        current: of the clause so far.
        link: how that clause is connected.
        boundary_after: for each unit, where the next mark or conjunction stands.
    """

    def __init__(self, units: Sequence[Unit]) -> None:
        self.units = units
        self.current: list[Unit] = []
        self.link = ""
        self.boundary_after = _boundaries(units)

    def _has_verb(self) -> bool:
        return any(
            u.verb is not None and not (u.verb.both and k > 0) for k, u in enumerate(self.current)
        )

    def _verb_class(self) -> str:
        return next((u.verb.cls for u in self.current if u.verb is not None), "")


def _boundaries(units: Sequence[Unit]) -> list[int]:
    """For each unit, where the next mark or conjunction stands."""
    found = [len(units)] * (len(units) + 1)
    for i in range(len(units) - 1, -1, -1):
        unit = units[i]
        found[i] = (
            i
            if (unit.kind == "mark" and unit.norm != "'")
            or unit.has("conjunction", "connector", "contrast")
            else found[i + 1]
        )
    return found
