"""A cursor over one clause: takes words and phrases, and remembers which were taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from orchestrator.drawing_styles import drawing_style, drawn_in_part
from orchestrator.language.clauses import Clause
from orchestrator.language.drafts import Draft, Reading, Ref
from orchestrator.language.phrase import Phrase
from orchestrator.language.phrases import PhraseReader
from orchestrator.language.references import resolve
from orchestrator.language.strength import Strength, take_strength
from orchestrator.language.units import Unit, join, word_at
from orchestrator.ops import Op
from tools.target import Target

_SLIGHT = 0.5
"""Share of the usual strength that "slightly" says."""


class ClauseReader:
    """Reads one clause.

    Attributes:
        units: its units without those that say how much.
        at: place of the next one.
        strength: how much the clause asks for.
        taken: indices of units that were understood.
        made: the steps drafted so far.
        spared: what its steps leave out beyond what one target can say.
    """

    def __init__(self, clause: Clause, reading: Reading) -> None:
        self.clause = clause
        self.reading = reading
        self.strength, said, self.units = take_strength(clause.units)
        self.said = {unit.index for unit in said}
        self.at = 0
        self.taken: set[int] = set()
        self.made: list[Draft] = []
        self.spared: tuple[Target, ...] = ()

    # -- looking

    @property
    def left(self) -> list[Unit]:
        """Units not passed yet."""
        return self.units[self.at :]

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return self.at >= len(self.units)

    def peek(self, offset: int = 0) -> Unit | None:
        """The unit that many places on."""
        place = self.at + offset
        return self.units[place] if 0 <= place < len(self.units) else None

    def sees(self, *parts: str, offset: int = 0) -> bool:
        """Whether the unit there has one of these senses."""
        unit = self.peek(offset)
        return unit is not None and unit.has(*parts)

    def says(self, *norms: str, offset: int = 0) -> bool:
        """Whether the unit there is one of these words."""
        unit = self.peek(offset)
        return unit is not None and unit.norm in norms

    def sense(self, part: str, offset: int = 0) -> Any:
        """What the unit there means as that part of speech; None where it does not."""
        unit = self.peek(offset)
        return None if unit is None else unit.get(part)

    def sees_number(self, offset: int = 0) -> bool:
        """Whether the unit there is a number."""
        unit = self.peek(offset)
        return unit is not None and unit.kind == "number"

    def find(self, test: Callable[[Unit], bool]) -> int | None:
        """Where the first unit left that passes the test is, counted from here."""
        for offset, unit in enumerate(self.left):
            if test(unit):
                return offset
        return None

    # -- taking

    def take(self, count: int = 1) -> list[Unit]:
        """Take units as understood."""
        units = self.units[self.at : self.at + count]
        self.taken |= {unit.index for unit in units}
        self.at += len(units)
        return units

    def take_if(self, *norms: str) -> bool:
        """Take the next unit where it is one of these words."""
        if self.says(*norms):
            self.take()
            return True
        return False

    def take_sense(self, part: str) -> Any:
        """Take the next unit's value as that part of speech; None where it has none."""
        unit = self.peek()
        if unit is None or not unit.has(part):
            return None
        self.take()
        return unit.get(part)

    def skip(self, *parts: str) -> None:
        """Pass (and take) units with these senses."""
        while self.sees(*parts):
            self.take()

    def drop(self, test: Callable[[Unit], bool]) -> list[Unit]:
        """Take the units ahead that pass a test out of the clause, wherever they are."""
        found = [unit for unit in self.left if test(unit)]
        self.taken |= {unit.index for unit in found}
        self.units = self.units[: self.at] + [unit for unit in self.left if not test(unit)]
        return found

    def phrase(
        self, *stops: str, predicates: bool = False, attach: bool = True, end: int | None = None
    ) -> Phrase | None:
        """Take a noun phrase; of "only the sky" the sky."""
        if self.sees("only") and self.sees("det", "background", offset=1):
            self.take()
        elif self.says("only the", "just the"):
            self.units = [*self.units]
            self.units[self.at] = word_at(self.units[self.at], "the")
        found = PhraseReader(self.units, predicates=predicates).read(
            self.at,
            stops=frozenset(stops),
            attach=attach,
            end=None if end is None else self.at + end,
        )
        if found is None:
            return None
        phrase, place = found
        self.taken |= {unit.index for unit in self.units[self.at : place]}
        self.at = place
        return phrase

    def manner(self) -> tuple[str, ...]:
        """The "by" of "by half", which ends a phrase, but not that of "the dog by the chair"."""
        at = self.find(lambda u: u.norm == "by")
        return () if at is not None and self.sees("det", offset=at + 1) else ("by",)

    def phrases(self, *stops: str, predicates: bool = False, attach: bool = True) -> list[Phrase]:
        """Take "A, B and C"."""
        found: list[Phrase] = []
        while len(found) < 64:
            place = self.at
            if found:
                joined = False
                while self.says(",") or self.sees("conjunction"):
                    joined = True
                    self.at += 1
                while self.sees("filler") and not self.sees("pronoun"):
                    self.at += 1
                if not joined:
                    break
            phrase = self.phrase(*stops, predicates=predicates, attach=attach)
            if phrase is None:
                self.at = place
                break
            found.append(phrase)
            if phrase.target.exclude is not None:
                self.spared += self.more_left_out()
        return found

    def phrases_before(self, count: int, *stops: str, predicates: bool = False) -> list[Phrase]:
        """Take "A, B and C" out of the first so many units left."""
        units = self.units
        self.units = units[: self.at + count]
        found = self.phrases(*stops, predicates=predicates)
        self.skip("filler")
        self.units = units
        return found

    def more_left_out(self) -> tuple[Target, ...]:
        """Take "and the dog" after "except the man"."""
        found: list[Target] = []
        while self.sees("conjunction") or (self.says(",") and self.sees("det", offset=1)):
            place = self.at
            self.at += 1
            self.skip("conjunction")
            phrase = self.phrase(predicates=True)
            if phrase is None:
                self.at = place
                break
            found += [ref.target for ref in resolve(self.reading, phrase)]
        return tuple(found)

    def rest_text(self) -> str:
        """Take everything left, as text."""
        units = self.take(len(self.left))
        return join(units).strip(" ,")

    # -- building

    def draft(self, op: Op, ref: Ref, fixed: str = "", **params: Any) -> Draft:
        """A step of this clause."""
        draft = Draft(
            op, ref, {k: v for k, v in params.items() if v not in (None, "")}, fixed=fixed
        )
        draft.spare = self.spared
        if op == "restyle":
            self._weigh(draft)
        self.made.append(self.reading.add(draft))
        return draft

    def _weigh(self, draft: Draft) -> None:
        """Give a style the strength that was said, or tell what it cannot have."""
        share, level = self.strength.share(1.0), self.strength.level
        style = str(draft.params.get("style", ""))
        if share < 1 and drawn_in_part(style):
            draft.params["strength"] = share
        elif share < 1 and drawing_style(style):
            self.reading.note(f"{style!r} is drawn in full; it cannot be drawn in part")
        elif share < 1:
            draft.manner = "slightly" if share <= _SLIGHT else "somewhat"
        elif level in ("strong", "extreme") and drawing_style(style):
            self.reading.note(f"{style!r} is drawn in full; there is no stronger")
        elif level in ("strong", "extreme"):
            draft.manner = "strongly"

    def refs(self, phrases: list[Phrase], op: str = "") -> tuple[Ref, ...]:
        """Resolve phrases, each knowing those before it."""
        found: list[Ref] = []
        for phrase in phrases:
            refs = resolve(self.reading, phrase, op)
            found.extend(refs)
            if len(phrases) > 1:
                self.reading.mention(refs)
        return tuple(found)

    @property
    def amount(self) -> Strength:
        """How much."""
        return self.strength
