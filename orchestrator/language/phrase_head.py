"""Noun phrases up to their head: determiners, ordinals, superlatives, adjectives, the noun.

Takes the words one after the other; whether a word belongs is ``phrase_bounds``'s. What follows the
head is read by ``phrases``.
"""

from __future__ import annotations

from orchestrator.language.phrase import Phrase, ordinal_of, superlative_of
from orchestrator.language.phrase_bounds import Bounds
from orchestrator.language.phrase_naming import named
from orchestrator.language.places import bare_place, is_frame_noun, is_side_word, says_part
from orchestrator.language.units import Unit
from tools.target import Ordinal


class HeadParse(Bounds):
    """Reads a phrase up to its head."""

    def _before_head(self) -> None:
        """Determiners, numbers, ordinals, superlatives."""
        before = self.before
        while (unit := self.unit()) is not None and self.i - self.start < 12:
            nxt = self.unit(1)
            if unit.norm == "'s":
                return
            if unit.get("det") and not (unit.has("more") and before.determiner):
                kind = str(unit.get("det"))
                before.determiner = before.determiner or kind
                if kind == "all":
                    before.quantity = "all"
                    before.determiner = kind
            elif unit.norm in ("just the", "only the") and not before.determiner:
                before.determiner = "definite"
            elif unit.norm in ("the other", "other"):
                before.other = True
                before.determiner = before.determiner or "definite"
            elif (
                unit.norm in ("the same", "same", "exact")
                and nxt is not None
                and self._nounish(nxt, first=True)
            ):
                before.determiner = before.determiner or "definite"
            elif (count := self._number(unit, nxt)) is not None:
                before.count = count
            elif unit.get("ordinal") and before.ordinal is None:
                before.ordinal = Ordinal(index=int(unit.get("ordinal")))
            elif (
                unit.get("side")
                and before.ordinal is None
                and (not unit.has("compound") or self._names_more(nxt))
                and self._side_fits(unit, nxt)
            ):
                before.ordinal = ordinal_of(str(unit.get("side")))
            elif before.ordinal is not None and self._second_side(unit):
                pass  # "the upper left corner": the words stay in the phrase
            elif (superlative := self._superlative(unit, nxt)) is not None:
                before.superlative = superlative
            elif unit.norm == "most" and nxt is not None:
                self.i += 1
                before.superlative = nxt.norm
            else:
                return
            self.i += 1

    def _number(self, unit: Unit, after: Unit | None) -> int | None:
        """Read "three" and "3" where a noun follows; None where it is no count."""
        if after is None:
            return None
        if unit.get("number_word") and not (unit.norm == "one" and self.i > self.start):
            tied = after.norm == "of" or after.has("more", "side", "ordinal")
            if tied or self._nounish(after, first=True):
                return int(unit.get("number_word"))
        if unit.kind == "number" and not unit.unit and self._nounish(after, first=True):
            return int(unit.value)
        return None

    def _names_more(self, after: Unit | None) -> bool:
        """Whether a noun follows: "the left hand cup" is on the left, "the left hand" is a hand."""
        plain = after is not None and set(after.senses) <= {"compound", "described"}
        return plain and after is not None and self._nounish(after, first=True)

    def _second_side(self, unit: Unit) -> bool:
        previous = self.units[self.i - 1]
        return (
            self.i > self.start
            and previous.get("side") in ("top", "bottom")
            and unit.get("side") in ("left", "right")
        )

    def _side_fits(self, unit: Unit, after: Unit | None) -> bool:
        return (
            bool(self.before.determiner)
            or (after is not None and is_frame_noun(after) and is_side_word(unit))
            or (after is not None and self._nounish(after, first=True))
            or unit.norm.endswith("most")
        )

    def _superlative(self, unit: Unit, after: Unit | None) -> str | None:
        """Read "biggest" and, before a noun, "bigger" too; None where it is neither."""
        extra = unit.get("superlative_extra")
        opens_noun = after is not None and (
            self._nounish(after, first=True) or after.norm == "of" or after.has("pronoun")
        )
        if extra is not None and not unit.has("side"):
            return str(extra) if opens_noun or self.before.determiner else None
        for part in ("size", "scale"):
            sense = unit.get(part)
            if sense is None or sense.form == "plain":
                continue
            if sense.form == "most" or (opens_noun and self.before.determiner == "definite"):
                return superlative_of(unit.norm)
        return None

    def _run(self) -> list[Unit]:
        """The adjectives and the noun."""
        run: list[Unit] = []
        first = self.unit()
        if first is not None and first.has("described"):
            self.i += 1
            return [first]
        if first is not None and bare_place(first) and self._names_place(first):
            self.i += 1
            return [first]
        while (unit := self.unit()) is not None:
            describes = unit.kind == "quote" or unit.has("participle")
            if describes and not run and self.before.determiner and self._nounish_after(1):
                run.append(unit)  # "the 'SALE' sign"
                self.i += 1
                continue
            if not self._nounish(unit, first=not run) and not (run and self._deed_named(unit, run)):
                break
            if run and unit.has("described"):
                break
            if run and self.reader.predicates and self._becomes(unit, run):
                break
            if run and run[-1].norm in ("one", "ones"):
                break
            if (
                run
                and unit.has("side")
                and not unit.has("compound", "background", "foreground")
                and self._ends_after()
            ):
                break
            run.append(unit)
            self.i += 1
        return run

    def _names_place(self, unit: Unit) -> bool:
        """Whether a place ahead is what is meant ("darken the left side"), not where."""
        determiner = self.before.determiner
        return determiner in ("definite", "all") or (not determiner and says_part(unit))

    def _named(self, run: list[Unit]) -> Phrase:
        """The phrase read so far, of which ``run`` is the end."""
        units = tuple(self.units[self.start : self.i])
        return named(run, self.before, units, self.reader.lexicon)
