"""A long benchmark in pieces: ``--part 2/5`` takes every fifth case, beginning with the second.

Pieces hold different cases of one sample, so shares of several are summed with their counts as
weights; a piece's closing line tells both.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Part:
    """One piece of several.

    Attributes:
        number: from 1.
        of: how many there are.
    """

    number: int = 1
    of: int = 1

    def take(self, cases: Iterable[T]) -> Iterator[T]:
        """The cases of this piece, in order."""
        return islice(cases, self.number - 1, None, self.of)

    def count(self, whole: int) -> int:
        """How many of so many cases are in it."""
        return len(range(self.number - 1, whole, self.of))

    def __str__(self) -> str:
        """As it is written."""
        return f"{self.number}/{self.of}"


def part(text: str) -> Part:
    """Read "2/5".

    Raises:
        argparse.ArgumentTypeError: it is no piece; says what would be right.
    """
    found = re.fullmatch(r"(\d+)/(\d+)", text)
    number, of = map(int, found.groups()) if found else (0, 0)
    if not 1 <= number <= of:
        raise argparse.ArgumentTypeError(f"{text!r} is no part; the second of five is 2/5")
    return Part(number, of)
