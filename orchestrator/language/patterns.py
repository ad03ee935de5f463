"""Patterns of words and slots, as the data files write them.

Knows the notation, not what a pattern is for: ``turns`` and ``descriptions`` match them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_SLOT = re.compile(r"<(\w+)(\?)?(?::(\w+))?>")


@dataclass(frozen=True)
class Part:
    """A part of a pattern: words to choose from, or a slot.

    Attributes:
        choices: each a run of words; empty for a slot.
        slot: the slot's name, or "".
        kind: what may stand in the slot.
        optional: nothing may stand here too.
    """

    choices: tuple[tuple[str, ...], ...] = ()
    slot: str = ""
    kind: str = ""
    optional: bool = False


def opening(parts: Sequence[Part]) -> frozenset[str]:
    """The words that a pattern can begin with; none where it may begin with a slot."""
    words: set[str] = set()
    for part in parts:
        if part.slot:
            return frozenset()
        words |= {choice[0] for choice in part.choices}
        if not part.optional:
            break
    return frozenset(words)


def compiled(say: str, lists: Mapping[str, list[str]]) -> tuple[Part, ...]:
    """The parts of a pattern.

    Args:
        say: a|b for one of these words (a_b is two), [a|b] for the same or nothing, {name} for a
            list, <x:kind> for a slot and <x?:kind> for one that may be empty.
        lists: the words of each named list.
    """
    parts: list[Part] = []
    for token in re.findall(r"<[^>]*>|\[[^\]]*\]|\S+", say):
        slot = _SLOT.fullmatch(token.strip("[]"))
        if slot is not None:
            optional = bool(slot.group(2)) or token.startswith("[")
            parts.append(Part((), slot.group(1), slot.group(3) or "", optional))
            continue
        words = [
            choice
            for word in token.strip("[]").split("|")
            for choice in (lists[word[1:-1]] if word.startswith("{") else [word])
        ]
        choices = tuple(tuple(choice.replace("_", " ").split()) for choice in words)
        parts.append(Part(choices, optional=token.startswith("[")))
    return tuple(parts)
