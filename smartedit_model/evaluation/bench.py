"""What a benchmark is: cases that can be asked, scored and shown, each by its key."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any, Protocol

from smartedit_model.evaluation.crops import Image
from smartedit_model.evaluation.subjects import Ask, Made

Record = dict[str, Any]
"""What is kept of a case, as JSON: `key`, `category`, `instruction`, `seconds` and what was
measured; None where something could not be."""
UNDERSTANDING = ("left_right", "size", "mirror", "colour", "multiple")
"""The categories that Reason-Edit calls understanding; the sixth is `reasoning`."""


class Bench(Protocol):
    """A set of cases."""

    name: str

    @property
    def keys(self) -> Sequence[str]:
        """The cases, in the order in which they are made; `CATEGORY/NAME`."""
        ...

    def settings(self) -> dict[str, Any]:
        """What decides a case's score beside its key: a run is resumed only where it is equal."""
        ...

    def missing(self) -> dict[str, str]:
        """Metric -> why it cannot be measured here."""
        ...

    def ask(self, key: str, seed: int) -> Ask:
        """What a case asks."""
        ...

    def score(self, key: str, made: Made) -> Record:
        """What a result is worth."""
        ...

    def panels(self, key: str, made: Made) -> list[tuple[str, Image]]:
        """Pictures to show side by side, with their titles."""
        ...


def seed_of(key: str, seed: int) -> int:
    """The seed of one case of a run."""
    return zlib.crc32(f"{seed}/{key}".encode())
