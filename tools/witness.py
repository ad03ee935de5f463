"""What an independent witness of an edit is asked and what it says; the protocol alone.

A witness sees the pictures before and after and the words, never what the editor thought. It knows
no plan and no model.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from tools.operation import HardMask, Rgb
from tools.target import Target


@dataclass(frozen=True)
class Claim:
    """What an edit is claimed to have done.

    Attributes:
        op: a plan's op.
        target: what it acted on.
        value: what it should have become: a thing, a colour, ``bigger``, ``left``, a weather …
        colour: colour of the new thing, where one was named.
        where: for what was added: ``left``, ``right`` or ``middle`` of the picture; "" for beside
            the target.
    """

    op: str
    target: Target
    value: str = ""
    colour: str = ""
    where: str = ""


@dataclass(frozen=True)
class Testimony:
    """What a witness makes of a claim.

    Attributes:
        trust: [0, 1], how sure it is that the edit was made as claimed and nothing else.
        passed: whether that is enough; None where the evidence is mixed, or where it is good but
            the witness could not find the target by its words.
        sure: the evidence is good, whatever was edited.
        resolved: the target was found by its words, without the step's own mask.
        reason: one line; what speaks most against the edit, where it did not pass.
        faint: too little of the change shows, as where the old thing shines through: a stronger
            try might mend it.
        measured: the evidence, each number higher for a better edit.
    """

    trust: float
    passed: bool | None
    resolved: bool
    sure: bool
    reason: str = ""
    faint: bool = False
    measured: dict[str, float] = field(default_factory=dict)


class Witness(Protocol):
    """Tells from pictures alone whether an edit was made."""

    name: str

    def testify(
        self,
        claim: Claim,
        before: Rgb,
        after: Rgb,
        mask: HardMask | None,
        marked: HardMask | None = None,
    ) -> Testimony | None:
        """Judge an edit; None where it knows nothing of such pictures, things or edits.

        Args:
            claim: what should have been done.
            before: HWC uint8 RGB, native.
            after: the same size.
            mask: HW bool, where the edit was allowed to act; None = everywhere.
            marked: HW bool, what the user marked as the target; None = the words alone tell it.
        """
        ...
