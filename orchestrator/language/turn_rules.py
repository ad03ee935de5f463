"""The turns of phrase and their parts, as the data files say them.

Knows the files and which turns a clause's words may be; matching is ``turn_match``'s.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from orchestrator.language.openers import opener_words
from orchestrator.language.patterns import Part, compiled, opening
from orchestrator.language.slot_hints import HINTS
from orchestrator.language.word_files import word_file

END = ""
"""Stands for the end of a clause among the words behind a part."""
FILES = (
    "first_turns", "complaints", "marking", "word_order", "idioms", "wishes", "turns",
    "constructions",
)  # fmt: skip
"""The data files, those whose patterns are tried first before the others."""


@dataclass(frozen=True)
class Turn:
    """One way of saying something.

    Attributes:
        parts: what a clause must consist of.
        mean: the plain wording; a semicolon parts requests; "" for a remark that asks for nothing.
        needed: for each part with words that must be there, the first words of its choices.
        behind: for each part, the words that may stand behind it; None where any may.
        opens: the words that it may begin with; none where any may.
        closes: the words that it may end in; none where any may.
        telling: the kinds of its slots by which one sees quickly that a clause is not this turn.
    """

    parts: tuple[Part, ...]
    mean: str
    needed: tuple[frozenset[str], ...]
    behind: tuple[frozenset[str] | None, ...]
    opens: frozenset[str]
    closes: frozenset[str]
    telling: tuple[str, ...]


@cache
def phrases() -> Mapping[str, Sequence[Turn]]:
    """Named parts of turns, each with the ways to say it; a slot of that kind holds one of them."""
    found: dict[str, Sequence[Turn]] = {}
    for name in FILES:
        for kind, rows in word_file(name).get("phrases", {}).items():
            found[kind] = tuple(
                _compiled(say, str(row.get("mean", "")), _lists())
                for row in rows
                for say in row["say"]
            )
    return found


@cache
def turns() -> tuple[Turn, ...]:
    """Every turn of phrase, in the order in which they are tried."""
    return tuple(turn for name in FILES for turn in _compiled_of(word_file(name), _lists()))


def likely(present: frozenset[str]) -> Iterator[Turn]:
    """The turns that a clause of these words may be, in the data files' order."""
    index = _by_word()
    places = {i for word in ("", *present) for i in index.get(word, ())}
    return (turns()[i] for i in sorted(places))


@cache
def named_words() -> frozenset[str]:
    """Every word or expression that a pattern names, and that its meaning stands for."""
    said = (choice for turn in _every() for part in turn.parts for choice in part.choices)
    return frozenset(" ".join(choice) for choice in said) | opener_words()


@cache
def needed_words() -> frozenset[str]:
    """Every expression that some pattern cannot do without."""
    return frozenset(
        " ".join(choice)
        for turn in _every()
        for part in turn.parts
        if not part.optional
        for choice in part.choices
    )


def _every() -> Iterator[Turn]:
    yield from turns()
    for ways in phrases().values():
        yield from ways


@cache
def _lists() -> Mapping[str, list[str]]:
    lists: dict[str, list[str]] = {}
    for name in FILES:
        lists.update(word_file(name).get("words", {}))
    return lists


def _compiled_of(rows: Any, lists: Mapping[str, list[str]]) -> Iterator[Turn]:
    for row in rows.get("turns", ()):
        for kinds in ({}, *row.get("also", ())):
            for say in row["say"]:
                yield _compiled(_of_kinds(say, kinds), str(row.get("mean", "")), lists)
    for family in rows.get("families", ()):
        for mean, words in family["mean"].items():
            named = {**lists, "word": [word.replace(" ", "_") for word in words]}
            for say in family["say"]:
                yield _compiled(say, str(mean), named)


def _of_kinds(say: str, kinds: Mapping[str, str]) -> str:
    """A pattern with other kinds in its slots."""
    for kind, other in kinds.items():
        say = say.replace(f":{kind}>", f":{other}>")
    return say


@cache
def _by_word() -> Mapping[str, Sequence[int]]:
    """First word of a part that must be there -> the turns it may belong to; "" for any clause."""
    found: dict[str, list[int]] = {}
    for i, turn in enumerate(turns()):
        for word in turn.needed[-1] if turn.needed else ("",):
            found.setdefault(word, []).append(i)
    return found


def _compiled(say: str, mean: str, lists: Mapping[str, list[str]]) -> Turn:
    parts = compiled(say, lists)
    needed = tuple(
        frozenset(choice[0] for choice in part.choices)
        for part in parts
        if part.choices and not part.optional
    )
    behind = tuple(_behind(parts[i + 1 :]) for i in range(len(parts)))
    telling = tuple(
        dict.fromkeys(
            part.kind
            for part in parts
            if not part.optional and (part.kind in HINTS or part.kind in _phrase_names())
        )
    )
    return Turn(parts, mean, needed, behind, opening(parts), _closing(parts), telling)


@cache
def _phrase_names() -> frozenset[str]:
    return frozenset(kind for name in FILES for kind in word_file(name).get("phrases", ()))


def _closing(parts: Sequence[Part]) -> frozenset[str]:
    """The words that a pattern can end in; none where it may end in a slot."""
    words: set[str] = set()
    for part in reversed(parts):
        if part.slot:
            return frozenset()
        words |= {choice[-1] for choice in part.choices}
        if not part.optional:
            break
    return frozenset(words)


def _behind(parts: Sequence[Part]) -> frozenset[str] | None:
    """The words that one of the next parts may begin with; None where a slot may come first."""
    words: set[str] = set()
    for part in parts:
        if part.slot:
            return None
        words |= {choice[0] for choice in part.choices}
        if not part.optional:
            return frozenset(words)
    return frozenset({*words, END})
