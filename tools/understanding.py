"""What an editing model itself took an instruction to ask for, in plain words.

Pure data and a protocol; models that can tell offer it as an attribute ``understands``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

MARK = "mark"
"""Op of marking a thing in a colour, which a plan calls another way to recolour."""


@dataclass(frozen=True)
class Understanding:
    """One edit, as a model understood it.

    Attributes:
        said: the same in plain words ("make the bear blue"): what is done, to what kind of thing,
            and what it becomes. Not where the thing is: that is for the model's ``Reader``.
        sure: chance that all of this is what was asked for, [0, 1].
        single: chance that one edit is asked for, of the kinds that the model knows.
        ops: chance of each op of a plan, if one is; ``MARK`` is to recolour in one flat colour.
        ways: chance of ``bigger`` and ``smaller`` if a size is to change, and of ``left`` and
            ``right`` if something is to move.
    """

    said: str
    sure: float
    single: float = 1.0
    ops: Mapping[str, float] = field(default_factory=dict)
    ways: Mapping[str, float] = field(default_factory=dict)


class Understands(Protocol):
    """Tells what an instruction asks for, before anything is edited."""

    name: str

    def understand(self, instruction: str) -> Understanding | None:
        """What one instruction asks for, or None where it asks for nothing that can be told.

        Args:
            instruction: of one edit.
        """
        ...


def understands_of(editor: object) -> Understands | None:
    """What tells an editor's understanding, for editors that have such a thing.

    They offer it as an attribute ``understands``; building it loads nothing.
    """
    found: Understands | None = getattr(editor, "understands", None)
    return found
