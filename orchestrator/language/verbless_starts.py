"""Whether a request without a verb starts at a unit: "and warmer", "the grass greener".

What asks by a verb of its own is ``clause_starts``'s.
"""

from __future__ import annotations

from orchestrator.language.clause_so_far import LOOK_AHEAD, ClauseSoFar
from orchestrator.language.phrase import compares

_PREDICATE_TAIL = ("conjunction", "connector", "contrast", "while", "reason", "degree")
_LEFT_OUT = frozenset({
    "excluded", "excepted", "exempt", "exempted", "spared", "preserved", "protected", "kept",
})  # fmt: skip
"""What is said of a thing that a wish leaves out."""
LASTING = frozenset({"survives", "survive", "endures", "endure", "lives", "lasts", "persists"})
"""What is said of a thing that stays."""
_WHO = frozenset({"he", "she", "they", "i", "we", "it"})


class VerblessStarts(ClauseSoFar):
    """Tests for a request whose verb was left out."""

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
