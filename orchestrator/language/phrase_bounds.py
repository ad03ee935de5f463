"""Which words a noun phrase is made of: where it may go on and where it ends.

Judges one unit at a time, at the place being read. How far a head runs is ``phrase_head``'s, what
the words come to is ``phrase_naming``'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.language.lexicon import Lexicon, get_lexicon
from orchestrator.language.phrase import ADJECTIVES, ENDS, SHADES, Before, compares
from orchestrator.language.places import is_frame_noun
from orchestrator.language.units import Unit

VAGUE = frozenset({"thing", "things", "stuff", "something"})
"""Nouns that name nothing by themselves, and are targets all the same."""
_POINTERS = frozenset({"this", "that"})


class Words:
    """What phrases are read from.

    Attributes:
        units: of one clause.
        predicates: whether a phrase stops before words that say what it should become.
        lexicon: for singulars and known words.
    """

    def __init__(self, units: Sequence[Unit], *, predicates: bool = False) -> None:
        self.units = units
        self.predicates = predicates
        self.lexicon: Lexicon = get_lexicon()


@dataclass
class Bounds:
    """The state of reading one phrase.

    Attributes:
        reader: what it is read from.
        start: where it starts, in units.
        limit: nothing at or beyond is read.
        stops: words and relation kinds that end it because the verb needs them.
        attach: whether relations that follow belong to it.
        depth: how deep it is nested.
        i: place of the next unit.
        before: what was read before its noun.
    """

    reader: Words
    start: int
    limit: int
    stops: frozenset[str]
    attach: bool
    depth: int

    def __post_init__(self) -> None:
        self.i = self.start
        self.units = self.reader.units
        self.before = Before()

    def unit(self, offset: int = 0) -> Unit | None:
        """The unit that many places on, inside the limit."""
        at = self.i + offset
        return self.units[at] if at < self.limit else None

    def _stopped(self, unit: Unit) -> bool:
        return unit.norm in self.stops or str(unit.get("prep")) in self.stops

    def _pronoun(self, unit: Unit) -> str:
        """What a word that stands alone refers back to, as in ``Phrase``; "" where it does not."""
        kind = unit.get("pronoun")
        if not kind:
            return ""
        after = self.unit(1)
        opens = unit.has("det") or unit.norm in ("the other", "the same", "same", "her", "both of")
        named = unit.has("det") or unit.norm == "the other"
        if named and after is not None and after.norm in VAGUE:
            return ""  # "these things"
        counted = after is not None and (self._nounish(after, first=True) or after.norm == "of")
        if unit.norm == "one" and counted:
            return ""  # "one man", "one of the men"
        if unit.norm in _POINTERS and after is not None and self._bare_verb_noun(after):
            return ""
        if opens and after is not None and self._has_part(unit, after):
            return ""
        if unit.has("det") and after is not None and after.has("side") and self._nounish_after(2):
            return ""  # "her left cheek"
        if (
            opens
            and after is not None
            and not self._stopped(after)
            and self._nounish(after, first=True)
            and not (
                self.reader.predicates and after.has(*ADJECTIVES) and not self._nounish_after(2)
            )
        ):
            return ""
        return str(kind)

    def _bare_verb_noun(self, after: Unit) -> bool:
        """Read "that bin" as a thing: a noun that is a verb too, with nothing to do it to."""
        beyond = self.unit(2)
        verb = after.verb
        named = after.norm in self.reader.lexicon.known | self.reader.lexicon.things
        return (
            named
            and verb is not None
            and verb.form == "base"
            and (beyond is None or not beyond.has("det", "pronoun", "whole"))
        )

    def _has_part(self, unit: Unit, after: Unit) -> bool:
        """Read "(brighten) her face", but not "(make) her face the camera"."""
        if (
            unit.norm != "her"
            or not after.has("action")
            or after.norm not in self.reader.lexicon.known
        ):
            return False
        beyond = self.unit(2)
        if self.reader.predicates:
            return beyond is not None and beyond.has(
                *ADJECTIVES, "gone", "prep", "conjunction", "copula", "place", "contrast", "while"
            )
        return beyond is None or not beyond.has("det")

    def _nounish_after(self, offset: int) -> bool:
        after = self.unit(offset)
        return after is not None and self._nounish(after, first=False)

    def _nounish(self, unit: Unit, *, first: bool) -> bool:
        """Whether a unit may be part of the run of adjectives and nouns."""
        if unit.kind != "word" or self._stopped(unit) or unit.has("instead"):
            return False
        if unit.norm in ("'s", "#", "away", "aside"):
            return False
        if unit.has("compound", "whole", "background", "taught") and not unit.has("prep"):
            return True
        if self.before.ordinal is not None and is_frame_noun(unit):
            return True
        if unit.norm in VAGUE:
            return bool(self.before.determiner) or self.before.other
        verb = unit.verb
        if (
            verb is not None
            and not verb.both
            and verb.form != "ed"
            and not (first and self.before.determiner)
            and not unit.has("scale")
        ):
            return False
        if unit.norm in ("half", "double", "triple") and first and self.before.determiner:
            return self._nounish_after(1)
        if unit.has("degree") and unit.has("size") and first and self._nounish_after(1):
            return True
        if unit.has("pronoun"):
            return unit.norm in ("one", "ones") and bool(
                not first or self.before.determiner or self.before.ordinal
            )
        if unit.has(
            "det", "prep", "polite", "place", "degree", "factor", "number_word", "action", "wear"
        ):
            return bool(first and self.before.determiner and unit.has("action", "degree"))
        if self.reader.predicates and unit.norm in ("look", "feel", "looks", "feels") and not first:
            return False
        if unit.has(*ENDS):
            return unit.has("effect_noun", "whole") or bool(
                first and self.before.determiner and unit.has("participle")
            )
        named = unit.norm in self.reader.lexicon.known | self.reader.lexicon.things
        if first and self.before.determiner == "definite" and named and self._ends_after():
            return True  # "at the well"
        return not (
            unit.has("stop", "filler")
            and not unit.has("whole", "text_noun", "size", "scale", "rest", "domain")
        )

    def _deed_named(self, unit: Unit, run: list[Unit]) -> bool:
        """Read "the spilled drink": a deed's name is a noun after what only goes before nouns."""
        lexicon = self.reader.lexicon
        named = unit.verb is None and unit.norm in lexicon.known | lexicon.things
        before = run[-1]
        done = before.verb.form == "ed" if before.verb is not None else before.norm.endswith("ed")
        told = not self.reader.predicates and before.has("scale", "adjective", "colour", "size")
        return bool(self.before.determiner) and named and (done or told)

    def _ends_after(self) -> bool:
        after = self.unit(1)
        return after is None or not self._nounish(after, first=False)

    def _becomes(self, unit: Unit, run: list[Unit]) -> bool:
        """Whether ``unit`` starts what the phrase so far should become."""
        if unit.has("compound", "whole", "background"):
            return False
        if compares(unit) or (unit.has("same") and self._ends_after()):
            return True
        if self._shade_ahead(unit):
            return True
        verb = unit.verb
        if verb is not None and verb.form == "ed":
            return not run[-1].has(*ADJECTIVES) or run[-1].norm in self.reader.lexicon.known
        if not unit.has(*ADJECTIVES):
            return False
        return (
            not run[-1].has(*ADJECTIVES)
            or run[-1].has("whole", "background")
            or (self._ends_after() and run[-1].norm in self.reader.lexicon.known)
        )

    def _shade_ahead(self, unit: Unit) -> bool:
        """Read "(make the taxi) London black": what goes before a last colour is part of it."""
        after, beyond = self.unit(1), self.unit(2)
        last = beyond is None or beyond.kind == "mark"
        named = unit.norm in SHADES or unit.text[:1].isupper()
        plain = not unit.has("compound", "prep", "det", *ADJECTIVES)
        return named and plain and last and after is not None and after.has("colour")
