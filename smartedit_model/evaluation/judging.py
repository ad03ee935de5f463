"""What a judge is and what it says; the protocol alone, so that judges can be exchanged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from smartedit_model.evaluation.crops import Image
from smartedit_model.world.edits import EditSample


@dataclass(frozen=True)
class Check:
    """One thing that must be true of a result.

    Attributes:
        what: what was asked, as "the cat is gone".
        passed: whether it is so.
        found: what was found instead, in words or numbers.
    """

    what: str
    passed: bool
    found: str = ""


@dataclass(frozen=True)
class Verdict:
    """Whether an edit was made as asked, and why."""

    checks: tuple[Check, ...]

    @property
    def aligned(self) -> bool:
        """Whether everything that must be true is true."""
        return all(check.passed for check in self.checks)

    @property
    def failures(self) -> list[str]:
        """What is not as it must be."""
        return [f"{check.what}: {check.found}" for check in self.checks if not check.passed]


class Judge(Protocol):
    """Decides from a result and the known scene whether an edit was made as asked."""

    @property
    def version(self) -> str:
        """Identifies the judge, for the report."""
        ...

    def judge(self, sample: EditSample, result: Image) -> Verdict:
        """Judge a result, HWC uint8 RGB of the sample's size."""
        ...
