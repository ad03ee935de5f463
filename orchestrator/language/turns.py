"""Turns of phrase: "the beard has to go" read as "remove the beard", before a clause is parsed.

Rewrites clauses by the patterns of ``data/turns.yaml``; what the plain wording asks for is for the
frames to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from orchestrator.language.clauses import Clause
from orchestrator.language.openers import opener_words
from orchestrator.language.particles import joined
from orchestrator.language.patterns import Part, compiled, opening
from orchestrator.language.slots import fits
from orchestrator.language.units import Unit, join, read_units
from orchestrator.language.word_files import word_file

_END = ""
"""Stands for the end of a clause among the words behind a part."""
MAX_UNITS = 32
"""Longer clauses are no turn of phrase."""
_PASSES = 3


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
    """

    parts: tuple[Part, ...]
    mean: str
    needed: tuple[frozenset[str], ...]
    behind: tuple[frozenset[str] | None, ...]
    opens: frozenset[str]
    closes: frozenset[str]


def with_turns(clauses: Sequence[Clause]) -> list[Clause]:
    """The clauses, each in plain wording where it is a known turn of phrase."""
    found: list[Clause] = []
    for clause in clauses:
        pending = [joined(clause)]
        for _ in range(_PASSES if clause.link not in ("because", "if") else 0):
            turned = [t for c in pending for t in _turned(c)]
            if turned == pending:
                break
            pending = turned
        found.extend(pending)
    return found


def _turned(clause: Clause) -> list[Clause]:
    if clause.remark or not 0 < len(clause.units) <= MAX_UNITS:
        return [clause]
    matcher = _Matcher(_without_frame(_bare(clause.units)))
    for turn in _likely(matcher.present):
        slots = matcher.match(turn)
        if slots is not None:
            return _reworded(clause, turn, slots)
    return [clause]


def _bare(units: Sequence[Unit]) -> list[Unit]:
    """The units without politeness, fillers and marks, which say nothing here."""
    return [u for u in units if not _says_nothing(u) or u.norm in _needed_words()]


def _without_frame(units: list[Unit]) -> list[Unit]:
    """The units without "in this picture", "from the photo" before them."""
    while units and units[-1].norm == ",":
        units = units[:-1]
    while units and units[0].norm == ",":
        units = units[1:]
    at = 1
    while at < len(units) and units[at].has("det"):
        at += 1
    framed = units and units[0].norm in ("in", "from", "of", "on") and 1 < at + 1 < len(units)
    if framed and units[at].has("whole") and not units[at].norm.startswith(("every", "any")):
        return units[at + 1 :]
    return units


def _says_nothing(unit: Unit) -> bool:
    idle = unit.has("polite", "filler") and not unit.has("degree", "same", "wish", "verb")
    return idle or (unit.kind == "mark" and unit.norm != ",")


class _Matcher:
    """Matches patterns against one clause's words, slots always holding whole units."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self.units = units
        self.words: list[str] = []
        self.starts: dict[int, int] = {}
        for i, unit in enumerate(units):
            self.starts[len(self.words)] = i
            self.words += [unit.norm] if unit.kind == "quote" else unit.norm.split() or [unit.norm]
        self.starts[len(self.words)] = len(units)
        self.present = frozenset(self.words)
        self.known: dict[tuple[str, int, int], bool] = {}

    def match(self, turn: Turn) -> dict[str, list[Unit]] | None:
        """What is in each slot; None where the clause is not this turn of phrase."""
        if (turn.opens and self.words[0] not in turn.opens) or (
            turn.closes and self.words[-1] not in turn.closes
        ):
            return None
        if any(self.present.isdisjoint(first) for first in turn.needed):
            return None
        return self._from(turn, 0, 0, {})

    def _from(
        self, turn: Turn, at: int, word: int, slots: dict[str, list[Unit]]
    ) -> dict[str, list[Unit]] | None:
        if at == len(turn.parts):
            return slots if word == len(self.words) else None
        part = turn.parts[at]
        for end in self._ends(part, word, turn.behind[at]):
            more = slots
            if part.slot:
                more = {**slots, part.slot: list(self.units[self.starts[word] : self.starts[end]])}
            found = self._from(turn, at + 1, end, more)
            if found is not None:
                return found
        return None

    def _ends(self, part: Part, word: int, behind: frozenset[str] | None) -> Iterator[int]:
        """Where a part that begins at a word may end, one of the words ``behind`` following it."""
        if part.slot:
            if word not in self.starts:
                return
            if part.optional:
                yield word
            for end in range(word + 1, len(self.words) + 1):
                following = self.words[end] if end < len(self.words) else _END
                if behind is not None and following not in behind:
                    continue
                if end in self.starts and self._fits(part.kind, word, end):
                    yield end
            return
        for choice in part.choices:
            if tuple(self.words[word : word + len(choice)]) == choice:
                yield word + len(choice)
        if part.optional:
            yield word

    def _fits(self, kind: str, start: int, end: int) -> bool:
        key = kind, start, end
        if key not in self.known:
            self.known[key] = fits(kind, self.units[self.starts[start] : self.starts[end]])
        return self.known[key]


def _reworded(clause: Clause, turn: Turn, slots: Mapping[str, list[Unit]]) -> list[Clause]:
    """The clause in the turn's plain wording; its own words count as understood with it."""
    if not turn.mean:
        return [replace(clause, remark=True)]
    anchor = next((u for u in clause.units if u.kind != "mark"), clause.units[0])
    bare = {name for name in slots if f"<{name}>" in turn.mean and f'"<{name}>"' not in turn.mean}
    used = {u.index for name in bare for u in slots[name]}
    spoken = frozenset(u.index for u in clause.units if u.index not in used) | clause.spoken
    dropped = [u for name, held in slots.items() if f"<{name}>" not in turn.mean for u in held]
    said = join([u for u in clause.units if u.text]) if dropped else ""
    found: list[Clause] = []
    for request in turn.mean.split(";"):
        units: list[Unit] = []
        for piece in re.split(r"(\"?<\w+>\"?)", request):
            if piece.startswith('"'):
                units += _quoted(clause.units, slots.get(piece[2:-2], []))
            elif piece.startswith("<"):
                units += slots.get(piece[1:-1], [])
            elif piece.strip():
                units += _plain(piece.strip(), anchor)
        told = f"read '{said}' as '{join(units)}'" if said else clause.told
        found.append(replace(clause, units=tuple(units), spoken=spoken, told=told))
    return [found[0], *(replace(c, link="and", linking=()) for c in found[1:])]


def _quoted(clause: Sequence[Unit], slot: Sequence[Unit]) -> list[Unit]:
    """The slot's words as one quotation, verbatim, a greeting before them included."""
    if not slot:
        return []
    first = next(i for i, unit in enumerate(clause) if unit is slot[0])
    last = next(i for i, unit in enumerate(clause) if unit is slot[-1])
    while first and _says_nothing(clause[first - 1]) and clause[first - 1].kind == "word":
        first -= 1
    text = join([replace(u, text=u.written or u.text) for u in clause[first : last + 1]])
    return [replace(slot[0], kind="quote", text=text, norm=text, senses={}, end=slot[-1].end)]


def _plain(words: str, anchor: Unit) -> list[Unit]:
    return [
        replace(unit, index=anchor.index, start=anchor.start, end=anchor.end, gap=True)
        for unit in _read(words)
    ]


@cache
def _read(words: str) -> tuple[Unit, ...]:
    return tuple(read_units(words))


FILES = ("first_turns", "complaints", "marking", "turns", "constructions")
"""The data files, those whose patterns are tried first before the others."""


@cache
def _turns() -> tuple[Turn, ...]:
    lists: dict[str, list[str]] = {}
    for name in FILES:
        lists.update(word_file(name).get("words", {}))
    return tuple(turn for name in FILES for turn in _compiled_of(word_file(name), lists))


def _compiled_of(rows: Any, lists: Mapping[str, list[str]]) -> Iterator[Turn]:
    for row in rows.get("turns", ()):
        for say in row["say"]:
            yield _compiled(say, str(row.get("mean", "")), lists)
    for family in rows.get("families", ()):
        for mean, words in family["mean"].items():
            named = {**lists, "word": [word.replace(" ", "_") for word in words]}
            for say in family["say"]:
                yield _compiled(say, str(mean), named)


@cache
def _by_word() -> Mapping[str, Sequence[int]]:
    """First word of a part that must be there -> the turns it may belong to; "" for any clause."""
    found: dict[str, list[int]] = {}
    for i, turn in enumerate(_turns()):
        for word in turn.needed[-1] if turn.needed else ("",):
            found.setdefault(word, []).append(i)
    return found


def _likely(present: frozenset[str]) -> Iterator[Turn]:
    """The turns that a clause of these words may be, in the data file's order."""
    index = _by_word()
    places = {i for word in ("", *present) for i in index.get(word, ())}
    return (_turns()[i] for i in sorted(places))


@cache
def named_words() -> frozenset[str]:
    """Every word or expression that a pattern names, and that its meaning stands for."""
    said = (choice for turn in _turns() for part in turn.parts for choice in part.choices)
    return frozenset(" ".join(choice) for choice in said) | opener_words()


@cache
def _needed_words() -> frozenset[str]:
    """Every expression that some pattern cannot do without."""
    return frozenset(
        " ".join(choice)
        for turn in _turns()
        for part in turn.parts
        if not part.optional
        for choice in part.choices
    )


def _compiled(say: str, mean: str, lists: Mapping[str, list[str]]) -> Turn:
    parts = compiled(say, lists)
    needed = tuple(
        frozenset(choice[0] for choice in part.choices)
        for part in parts
        if part.choices and not part.optional
    )
    behind = tuple(_behind(parts[i + 1 :]) for i in range(len(parts)))
    return Turn(parts, mean, needed, behind, opening(parts), _closing(parts))


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
    return frozenset({*words, _END})
