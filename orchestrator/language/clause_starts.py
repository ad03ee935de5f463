"""Whether a new request starts at a unit: imperatives, names before a colon, verbs said last.

Holds the tests; ``clauses`` cuts by them. What asks without a verb is ``verbless_starts``'s.
"""

from __future__ import annotations

from orchestrator.language.besides import besides
from orchestrator.language.clause_so_far import LOOK_AHEAD
from orchestrator.language.particles import begins_split
from orchestrator.language.value_words import settles
from orchestrator.language.verbless_starts import VerblessStarts

HARD = frozenset(".!?;\n()[]{}—–:|…•*-/~。؛،、，")
"""Marks that always end a clause."""
TRIGGERS = (
    "det", "pronoun", "number_word", "whole", "background", "subject", "rest", "aspect",
    "axis", "turn", "more", "less", "ordinal", "only", "property", "side", "upside_down",
    "compound", "foreground", "text_noun", "scale", "colour", "look", "style"
)  # fmt: skip
"""What may follow a word that is a verb here although it can be a noun."""
_HEEDFUL = frozenset({"mindful", "careful", "gentle", "cautious", "respectful"})
_MOST_ANNOUNCED = 4
"""Units of a thing that stands before a colon."""


class Starts(VerblessStarts):
    """Tests for a request that starts at a unit, whatever it begins with."""

    def _starts(self, i: int, link: str) -> bool:
        j = i
        while (
            j < len(self.units)
            and self.units[j].has("polite", "filler", "connector", "contrast")
            and not (self.units[j].has("ordinal") or self.units[j].verb is not None)
        ):
            j += 1
        if j >= len(self.units):
            return False
        unit = self.units[j]
        if unit.kind == "mark":
            return unit.norm in HARD
        if unit.norm in _HEEDFUL:
            return True
        if j > i and unit.kind == "word" and self.units[j - 1].has("polite"):
            return True
        if (
            unit.has("negation")
            or unit.get("det") == "none"
            or unit.has("while", "do_same", "condition")
        ):
            return not unit.has("except")
        if unit.verb is not None and self._imperative(j, link):
            return True
        if begins_split(self.units[j : self.boundary_after[j]]):
            return True
        if unit.norm in ("i", "we", "you", "there"):
            return True
        if not self.current or not self._has_verb():
            return True
        return (
            self._predicate_starts(j)
            or self._gapped(j)
            or self._stated(j)
            or self._verb_last(j)
            or self._compared(j)
            or settles(self.units[j : j + 4])
            or self._slider(j)
            or self._fragment(j)
            or self._announced(j)
            or self._place_first(j)
            or besides(self.current, self.units[j : self.boundary_after[j]])
        )

    def _place_first(self, j: int) -> bool:
        """Read "… and in place of the cup put a boat", "… and on the right I want a dog"."""
        if not self.units[j].has("instead_of", "place", "prep"):
            return False
        ahead = self.units[j + 1 : min(self.boundary_after[j], j + LOOK_AHEAD)]
        return any(
            u.norm in ("i want", "i would like", "i need", "we want")
            or (u.verb is not None and u.verb.cls == "add" and u.verb.form == "base")
            for u in ahead
        )

    def _imperative(self, i: int, link: str) -> bool:
        verb = self.units[i].verb
        if verb is None:
            return False
        if verb.form == "ing" and (self.link == "while" or verb.cls == "keep"):
            return True  # ", preserving the faces"
        if verb.form == "ing" and any(u.verb is not None for u in self.current):
            first = next(u.verb for u in self.current if u.verb is not None)
            if first.form == "ing" and not verb.both:
                return True  # "would you mind making …, and adding …"
        if verb.form != "base":
            return False
        after = self.units[i + 1] if i + 1 < len(self.units) else None
        if (
            after is not None
            and self.units[i].has("scale")
            and after.has("effect_noun")
            and not after.has("whole")
        ):
            return False  # "warm tones"
        if not verb.both:
            return True
        if after is None or after.kind == "mark" or after.has("conjunction"):
            return len([u for u in self.current if u.norm != ","]) <= 1
        if link == "," and verb.cls == "blur" and after.kind == "word":
            nxt = self.units[i + 2] if i + 2 < len(self.units) else None
            if nxt is None or nxt.kind == "mark":
                return True  # "remove blemishes, smooth skin, …"
        return (
            after.kind in ("number", "quote")
            or after.has(*TRIGGERS)
            or after.norm
            in (
                "to",
                "into",
                "in",
                "out",
                "on",
                "off",
                "at",
                "by",
                "'s",
                "away",
                "over",
                "tighter",
                "around",
            )
            or after.has("degree", "factor", "direction", "axis", "place")
        ) and after.norm != "'s"

    def _announced(self, j: int) -> bool:
        """Read "…, wrinkles: those are hers": a thing that is only named, and a colon."""
        end = self.boundary_after[j]
        ahead = self.units[j:end]
        if end >= len(self.units) or self.units[end].norm != ":":
            return False
        return 0 < len(ahead) <= _MOST_ANNOUNCED and not any(
            u.kind != "word"
            or u.has("prep", "text_noun", "says", "place", "pronoun", "property", "font")
            or (u.verb is not None and not u.verb.both)
            for u in ahead
        )

    def _verb_last(self, j: int) -> bool:
        """Read "…and the dog remove": a request that ends in its verb."""
        end = self.boundary_after[j]
        if end - j < 2 or end - j > 7 or not self.units[j].has("det"):
            return False
        verbs = [u.verb for u in self.units[j:end] if u.verb is not None and not u.verb.both]
        last = self.units[end - 1].verb
        return len(verbs) == 1 and last is verbs[0] and verbs[0].form == "base"
