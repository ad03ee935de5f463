"""Whether a new request starts at a unit: imperatives, predicates alone, verbs left out.

Holds the tests; ``clauses`` cuts by them. Each test looks a bounded number of units ahead.
"""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.language.besides import besides
from orchestrator.language.particles import begins_split
from orchestrator.language.phrase import compares
from orchestrator.language.units import Unit
from orchestrator.language.value_words import settles

HARD = {
    ".",
    "!",
    "?",
    ";",
    "\n",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "—",
    "–",
    ":",
    "|",
    "…",
    "•",
    "*",
    "-",
    "/",
    "~",
    "。",
    "؛",
    "،",
    "、",
    "，",
}
"""Marks that always end a clause."""
LOOK_AHEAD = 12

TRIGGERS = (
    "det", "pronoun", "number_word", "whole", "background", "subject", "rest", "aspect",
    "axis", "turn", "more", "less", "ordinal", "only", "property", "side", "upside_down",
    "compound", "foreground", "text_noun", "scale", "colour", "look", "style"
)  # fmt: skip
"""What may follow a word that is a verb here although it can be a noun."""

_PREDICATE_TAIL = ("conjunction", "connector", "contrast", "while", "reason", "degree")


_HEEDFUL = frozenset({"mindful", "careful", "gentle", "cautious", "respectful"})


_LEFT_OUT = frozenset({
    "excluded", "excepted", "exempt", "exempted", "spared", "preserved", "protected", "kept",
})  # fmt: skip
"""What is said of a thing that a wish leaves out."""
LASTING = frozenset({"survives", "survive", "endures", "endure", "lives", "lasts", "persists"})
"""What is said of a thing that stays."""


_WHO = frozenset({"he", "she", "they", "i", "we", "it"})
_MOST_ANNOUNCED = 4
"""Units of a thing that stands before a colon."""


class Starts:
    """The units of an instruction and the clause being gathered.

    Attributes:
        units: of the whole instruction.
        current: of the clause so far.
        link: how that clause is connected.
        boundary_after: for each unit, where the next mark or conjunction stands.
    """

    def __init__(self, units: Sequence[Unit]) -> None:
        self.units = units
        self.current: list[Unit] = []
        self.link = ""
        self.boundary_after = _boundaries(units)

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

    def _has_verb(self) -> bool:
        return any(
            u.verb is not None and not (u.verb.both and k > 0) for k, u in enumerate(self.current)
        )

    def _verb_class(self) -> str:
        return next((u.verb.cls for u in self.current if u.verb is not None), "")

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

    def _predicate_starts(self, j: int) -> bool:
        """Read "…and warmer", "…and more contrast": a predicate with no noun of its own."""
        unit = self.units[j]
        if unit.has("colour") and self.current and self.current[-1].has("colour"):
            return False  # "make the awning green and white"
        if (
            unit.has("property")
            and j + 1 < len(self.units)
            and (self.units[j + 1].norm in ("up", "down") or self.units[j + 1].text[:1] in "+-−")
        ):
            return True
        if unit.has("more", "less") and not (
            unit.has("det") and self._verb_class() in ("remove", "replace")
        ):
            return True
        k = j
        while (k < len(self.units) and self.units[k].has("degree", "factor")) or (
            k < len(self.units) and self.units[k].unit == "%"
        ):
            k += 1
        if k >= len(self.units):
            return False
        word = self.units[k]
        if word.has("more", "less", "gone", "upside_down"):
            return True
        if not word.has(
            "scale",
            "size",
            "focus_adjective",
            "look",
            "style",
            "wish",
            "graded",
            "aspect",
            "colour",
            "same",
            "relight",
        ):
            return False
        after = self.units[k + 1] if k + 1 < len(self.units) else None
        return (
            after is None
            or after.kind == "mark"
            or after.has("conjunction", "connector", "contrast", "while", "reason", "whole")
        )

    def _gapped(self, j: int) -> bool:
        """Read "make the sky pink and [the grass greener]": a verb left out."""
        cls = self._verb_class()
        if cls not in (
            "make",
            "change",
            "replace",
            "keep",
            "recolor",
            "increase",
            "decrease",
            "move",
            "resize",
            "rotate",
            "restyle",
            "set",
            "add",
        ):
            return False
        roles = {
            "replace": ("with", "for", "by"),
            "change": ("to", "into"),
            "move": ("to", "direction"),
            "recolor": ("to", "in"),
            "add": ("to",),
        }.get(cls, ())
        first = self.units[j]
        if cls == "add" and not any(u.norm == "to" for u in self.current):
            return False
        if not (
            first.has("det")
            or cls in ("make", "recolor", "increase", "decrease", "set", "add")
            or first.has("background", "rest")
        ):
            return False
        noun = False
        for k in range(j, min(len(self.units), j + LOOK_AHEAD, self.boundary_after[j])):
            unit = self.units[k]
            if noun and unit.norm in roles:
                return True
            if (
                noun
                and unit.kind == "number"
                and cls in ("increase", "decrease", "set", "resize", "rotate")
            ):
                return True
            if (
                noun
                and cls in ("make", "recolor", "keep")
                and unit.has(
                    "scale",
                    "size",
                    "focus_adjective",
                    "colour",
                    "look",
                    "same",
                    "more",
                    "less",
                    "degree",
                    "gone",
                    "action",
                    "wish",
                )
                and not unit.has("compound")
            ):
                after = self.units[k + 1] if k + 1 < len(self.units) else None
                if (
                    after is None
                    or after.kind == "mark"
                    or after.has(*_PREDICATE_TAIL)
                    or unit.has("more", "less", "degree")
                ):
                    return True
            if not unit.has("det", "colour", "size", "scale", "side", "ordinal", "prep"):
                noun = True
        return False

    def _stated(self, j: int) -> bool:
        """Read "…and the sky should be pink"."""
        first = self.units[j]
        if not first.has("det", "pronoun", "whole", "background", "rest") and first.kind != "word":
            return False
        for k in range(j + 1, min(len(self.units), j + 8, self.boundary_after[j])):
            unit = self.units[k]
            if unit.has("relative", "conjunction"):
                return False
            after = self.units[k + 1] if k + 1 < len(self.units) else None
            if after is not None and unit.norm in ("let", "leave", "keep"):
                return after.norm in ("as", "how", "alone") or after.has("same", "prep")
            if unit.norm in ("never", "always") and self.units[k - 1].norm in _WHO:
                return True  # "the hat he never takes off"
            if unit.has("copula") or (
                unit.has("negation") and not unit.has("prep", "while") and " " in unit.norm
            ):
                return True
        return False

    def _compared(self, j: int) -> bool:
        """Read "…, house whiter": a bare noun and what it should be more of."""
        noun = self.units[j]
        after = self.units[j + 1] if j + 1 < len(self.units) else None
        if after is None or noun.kind != "word" or noun.senses or not compares(after):
            return False
        return self.boundary_after[j] == j + 2

    def _slider(self, j: int) -> bool:
        """Read "(turn the contrast down) and the brightness up": each goes its own way."""
        at = j + 1 if self.units[j].has("det") else j
        pair = self.units[at : at + 2]
        if len(pair) < 2 or not isinstance(pair[0].get("property"), str):
            return False
        return pair[1].norm in ("up", "down") and any(
            u.norm in ("up", "down") or u.has("direction") for u in self.current
        )

    def _fragment(self, j: int) -> bool:
        """Read "…, teeth a touch whiter", "…, stray hairs gone": a thing and what becomes of it."""
        end = self.boundary_after[j]
        ahead = self.units[j:end]
        if not 2 <= len(ahead) <= 8 or ahead[0].kind != "word":
            return False
        if ahead[-1].has("polite") and len(ahead) > 3:
            ahead = ahead[:-1]
        last, before = ahead[-1], ahead[-2]
        if before.norm == "no" and compares(last) and len(ahead) > 2:
            before = ahead[-3]  # "skin no darker"
        opens = ahead[0].has("det", "pronoun", "background", "subject", "rest") or (
            not ahead[0].has("prep", "colour", "scale", "size", "degree")
            and (ahead[0].verb is None or (ahead[0].verb.form == "s" and ahead[0].verb.both))
        )
        becomes = (
            last.has("gone", "adjective", "same")
            or last.norm in _LEFT_OUT | LASTING
            or compares(last)
            or last.norm in ("too", "as well", "also")
            or (last.verb is not None and last.verb.form == "ed")
            or (last.has("colour") and not last.has("compound"))
        )
        if not opens or not becomes or before.has("prep", "det", "conjunction", "participle"):
            return False
        return not any(u.verb is not None and not u.verb.both for u in ahead[:-1])

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


def _boundaries(units: Sequence[Unit]) -> list[int]:
    """For each unit, where the next mark or conjunction stands."""
    found = [len(units)] * (len(units) + 1)
    for i in range(len(units) - 1, -1, -1):
        unit = units[i]
        found[i] = (
            i
            if (unit.kind == "mark" and unit.norm != "'")
            or unit.has("conjunction", "connector", "contrast")
            else found[i + 1]
        )
    return found
