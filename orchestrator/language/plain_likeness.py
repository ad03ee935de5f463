"""The plain dialect: a thing made the colour of another ("the same colour as the wall").

Makes those words one unit that is a colour. Knows no targets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from orchestrator.language.units import Unit, join

_SAME = ("the same colour as ", "the same color as ", "the same shade as ")
_NAMES = frozenset({"colour", "color", "shade"})


def colour_of_another(command: Sequence[Unit]) -> int:
    """Where "the colour of her shoes" begins behind a target; 0 where it does not."""
    for at in range(2, len(command) - 2):
        words = " ".join(u.norm for u in command[at : at + 3]).split()
        same = words[:2] == ["the", "same"] and "as" in words[3:]
        its = words[:1] == ["the"] and words[2:3] == ["of"]
        if (same or its) and _NAMES & set(words[1:3]):
            return at
    return 0


def with_colour_of_another(command: Sequence[Unit], at: int) -> list[Unit]:
    """The command, its words from ``at`` on being one colour."""
    said = command[at:]
    words = join(said)
    colour = words
    for same in _SAME:
        colour = colour.replace(same, "the colour of ")
    unit = replace(
        said[0], text=words, norm=words.lower(), end=said[-1].end, kind="word",
        senses={"colour": colour},
    )  # fmt: skip
    return [*command[:at], unit]
