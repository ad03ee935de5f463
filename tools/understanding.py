"""What an editing model itself took an instruction to ask for, in plain words.

Pure data and a protocol; models that can tell offer it as an attribute ``understands``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Understanding:
    """One edit, as a model understood it.

    Attributes:
        said: the same in plain words ("make the bear blue"): what is done, to what kind of thing,
            and what it becomes. Not where the thing is: that is for the model's ``Reader``.
        sure: chance that all of this is what was asked for, [0, 1].
    """

    said: str
    sure: float


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
