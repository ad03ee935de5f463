"""Matches turns of phrase against one clause's words.

Knows patterns and slots, not what a turn means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from orchestrator.language.patterns import Part
from orchestrator.language.slot_hints import HINTS
from orchestrator.language.slots import fits
from orchestrator.language.turn_rules import END, Turn, phrases
from orchestrator.language.units import Unit

Spans = dict[str, tuple[int, int]]


@dataclass(frozen=True)
class Match:
    """What a clause says, by a turn of phrase.

    Attributes:
        slots: the units in each slot; those of a named part's slots too, as "slot_inner".
        mean: the turn's meaning, what the named parts mean in their places.
        parts: the slots that hold a named part.
    """

    slots: dict[str, list[Unit]]
    mean: str
    parts: frozenset[str] = frozenset()


class Matcher:
    """Matches patterns against one clause's words, slots always holding whole units."""

    def __init__(self, units: Sequence[Unit], within: Matcher | None = None) -> None:
        self.units = units
        self.words: list[str] = []
        self.starts: dict[int, int] = {}
        for i, unit in enumerate(units):
            self.starts[len(self.words)] = i
            self.words += [unit.norm] if unit.kind == "quote" else unit.norm.split() or [unit.norm]
        self.starts[len(self.words)] = len(units)
        self.present = frozenset(self.words)
        self._fitting: dict[tuple[str, int, int], bool] = {}
        self._named: dict[tuple[str, int, int], Match | None] = {}
        self._hinted: dict[str, bool] = {}
        self._likely: dict[str, Sequence[Turn]] = within._likely if within is not None else {}

    def match(self, turn: Turn) -> Match | None:
        """What is in each slot; None where the clause is not this turn of phrase."""
        if (turn.opens and self.words[0] not in turn.opens) or (
            turn.closes and self.words[-1] not in turn.closes
        ):
            return None
        if not self._may_be(turn):
            return None
        spans = self._from(turn, 0, 0, {})
        return None if spans is None else self._matched(turn, spans)

    def _may_be(self, turn: Turn) -> bool:
        """Whether the words that a turn cannot do without are there at all."""
        present = self.present
        for first in turn.needed:  # plain loops: this is asked of every turn in every clause
            if present.isdisjoint(first):
                return False
        return all(self._may_hold(kind) for kind in turn.telling)

    def _may_hold(self, kind: str) -> bool:
        hint = HINTS.get(kind)
        if hint is None:
            return bool(self._ways(kind))
        if kind not in self._hinted:
            self._hinted[kind] = any(map(hint, self.units))
        return self._hinted[kind]

    def _ways(self, kind: str) -> Sequence[Turn]:
        """The ways to say a named part that the words of the whole clause allow."""
        if kind not in self._likely:
            self._likely[kind] = [way for way in phrases()[kind] if self._may_be(way)]
        return self._likely[kind]

    def _matched(self, turn: Turn, spans: Spans) -> Match:
        slots = {name: list(self._in(*span)) for name, span in spans.items()}
        kinds = {part.slot: part.kind for part in turn.parts if part.slot}
        mean, parts = turn.mean, set[str]()
        for name, span in spans.items():
            said = self._named.get((kinds[name], *span))
            if said is None:
                continue
            parts |= {name, *(f"{name}_{inner}" for inner in said.parts)}
            slots |= {f"{name}_{inner}": units for inner, units in said.slots.items()}
            own = "|".join(map(re.escape, said.slots)) or "(?!)"
            mean = mean.replace(f"<{name}>", re.sub(f"<({own})>", f"<{name}_\\1>", said.mean))
        return Match(slots, mean, frozenset(parts))

    def _in(self, start: int, end: int) -> Sequence[Unit]:
        return self.units[self.starts[start] : self.starts[end]]

    def _from(self, turn: Turn, at: int, word: int, spans: Spans) -> Spans | None:
        if at == len(turn.parts):
            return spans if word == len(self.words) else None
        part = turn.parts[at]
        for end in self._ends(part, word, turn.behind[at]):
            more = {**spans, part.slot: (word, end)} if part.slot else spans
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
                following = self.words[end] if end < len(self.words) else END
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
        if kind in phrases():
            if key not in self._named:
                self._named[key] = self._said(kind, self._in(start, end))
            return self._named[key] is not None
        if key not in self._fitting:
            self._fitting[key] = fits(kind, self._in(start, end))
        return self._fitting[key]

    def _said(self, kind: str, units: Sequence[Unit]) -> Match | None:
        """The first way to say a named part that the units are."""
        ways = self._ways(kind)
        if not ways:
            return None
        inner = Matcher(units, self)
        return next((m for way in ways if (m := inner.match(way)) is not None), None)
