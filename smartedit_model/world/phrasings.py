"""Wordings with choices in them, which stand for many sentences each; they only teach.

``(at|on) the (very |){side}`` says "at the left", "on the very left" and two more. Choices nest.
Their words alone are asked for where nothing is taught, too; they stand in a list of their own:

    python -m smartedit_model.world.phrasings > smartedit_model/world/data/phrased_words.txt
"""

from __future__ import annotations

import random
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources

from smartedit_model.world.errors import WorldDataError
from smartedit_model.world.palette import load_data

FILE, WORDS = "phrasings.yaml", "phrased_words.txt"
_MARKS = re.compile(r"[()|]")


def phrasings(section: str, form: str) -> tuple[str, ...]:
    """The lines of a form; ``section`` is targets, instructions or facts."""
    return tuple(load_data(FILE)[section].get(form, ()))


def every_phrasing() -> Iterator[str]:
    """Every line, slots and choices and all."""
    for forms in load_data(FILE).values():
        for lines in forms.values():
            yield from lines


@cache
def phrased_words() -> frozenset[str]:
    """The words of every line, without reading the lines."""
    listed = resources.files("smartedit_model.world.data").joinpath(WORDS).read_text("utf-8")
    return frozenset(listed.split())


def words_in(texts: Iterable[str]) -> frozenset[str]:
    """The words of some texts, in lower case and without apostrophes."""
    return frozenset(
        word for text in texts for word in re.findall(r"[a-z]+", text.lower().replace("'", ""))
    )


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


if __name__ == "__main__":
    sys.stdout.write(textwrap.fill(" ".join(sorted(words_in(every_phrasing()))), 100) + "\n")
