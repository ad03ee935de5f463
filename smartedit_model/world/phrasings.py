"""Wordings with choices in them, which stand for many sentences each; they only teach.

``(at|on) the (very |){side}`` says "at the left", "on the very left" and two more. Choices nest.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from functools import cache

from smartedit_model.world.errors import WorldDataError
from smartedit_model.world.palette import load_data

FILE = "phrasings.yaml"
_MARKS = re.compile(r"[()|]")


def phrasings(section: str, form: str) -> tuple[str, ...]:
    """The lines of a form; ``section`` is targets, instructions or facts."""
    return tuple(load_data(FILE)[section].get(form, ()))


def every_phrasing() -> Iterator[str]:
    """Every line, slots and choices and all."""
    for forms in load_data(FILE).values():
        for lines in forms.values():
            yield from lines


def spoken(line: str, draw: random.Random) -> str:
    """One of the sentences that a line stands for, its slots still open.

    Raises:
        WorldDataError: the line's brackets do not match.
    """
    text, at = _ways(line, 0, draw)
    if at != len(line):
        raise WorldDataError(f"a phrasing closes more than it opens: {line!r}")
    return " ".join(text.split())


def _ways(line: str, at: int, draw: random.Random) -> tuple[str, int]:
    """One way through ``line`` from ``at`` to its end or the bracket that closes, and where."""
    ways, said = [], ""
    while at < len(line):
        match line[at]:
            case "(":
                inner, at = _ways(line, at + 1, draw)
                if at >= len(line):
                    raise WorldDataError(f"a phrasing opens more than it closes: {line!r}")
                said += inner
            case "|":
                ways.append(said)
                said = ""
            case ")":
                break
            case letter:
                said += letter
        at += 1
    return draw.choice([*ways, said]), at


@cache
def pattern(line: str) -> re.Pattern[str]:
    """What matches exactly the sentences that a line stands for, but for spaces."""
    parts = _MARKS.split(line)
    marks = [*_MARKS.findall(line), ""]
    text = "".join(
        re.sub(r"(\\ )+", r"\\s*", re.escape(part)) + {"(": "(?:"}.get(mark, mark)
        for part, mark in zip(parts, marks, strict=True)
    )
    return re.compile(text, re.IGNORECASE)
