"""Whether a new request starts at a unit: imperatives, predicates alone, verbs left out.

Holds the tests; ``clauses`` cuts by them. Each test looks a bounded number of units ahead.
"""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.language.phrase import compares
from orchestrator.language.units import Unit

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


WHEN = frozenset({"before", "after", "once", "when", "as soon as", "while", "prior to"})
"""Words that say when."""
SUBJECTS = frozenset({"you", "we", "i", "to", "they", "it", "he", "she", "have", "can", "do"})
"""Words after which a verb belongs to what they begin."""


EFFECTS = frozenset({
    "effect", "effects", "impact", "influence", "harm", "damage", "change", "changes",
    "alteration", "alterations", "edits", "loss",
})  # fmt: skip
"""What something that stays has none of."""
_HEEDFUL = frozenset({"mindful", "careful", "gentle", "cautious", "respectful"})


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
                "tighter",
                "around",
            )
            or after.has("degree", "factor", "direction", "axis", "place")
        ) and after.norm != "'s"

    def _predicate_starts(self, j: int) -> bool:
        """Read "…and warmer", "…and more contrast": a predicate with no noun of its own."""
        unit = self.units[j]
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
            if unit.has("copula") or (
                unit.has("negation") and not unit.has("prep", "while") and " " in unit.norm
            ):
                return True
        return False

    def _runs_on(self, i: int, unit: Unit) -> bool:
        """A new verb with nothing between: "remove the car make it warmer"."""
        verb = unit.verb
        before = self.units[i - 1]
        if (
            verb is None
            or verb.form != "base"
            or not self._has_verb()
            or before.index != self.current[-1].index
        ):
            return False
        if before.has(
            "det",
            "prep",
            "polite",
            "relative",
            "copula",
            "pronoun",
            "negation",
            "ordinal",
            "conjunction",
            "while",
            "filler",
            "more",
            "says",
        ) and before.norm not in ("it", "them", "this", "that", "everything", "up", "please"):
            return False
        if (
            before.verb is not None
            or before.norm in ("'s", "do", "to")
            or unit.has("compound", "action", "wear", "colour")
        ):
            return False
        cls = self._verb_class()
        if cls == "make" and (
            (before is self.current[-1] and len(self.current) <= 2)
            or verb.base in ("show", "pop", "lose", "grow")
        ):
            return False
        after = self.units[i + 1] if i + 1 < len(self.units) else None
        if after is None:
            return False
        strong = (
            after.has("det", "pronoun", "whole", "background", "rest", "axis", "aspect")
            or after.kind == "quote"
            or after.norm in ("to",)
        )
        if after.has("prep") and after.norm != "to" and verb.both:
            return False
        if not verb.both:
            return strong
        if after.norm == "to":
            return verb.cls in ("crop", "resize")
        return strong and (
            not before.has("colour", "size", "scale")
            or before.has("graded")
            or before.norm.endswith("er")
        )

    def _purpose(self, i: int, unit: Unit) -> bool:
        if unit.norm != "to" or i + 1 >= len(self.units) or not self._has_verb():
            return False
        after = self.units[i + 1]
        verb = after.verb
        if verb is None or verb.form != "base" or after.has("colour", "look"):
            return False
        if self._verb_class() in ("keep",) or self.units[i - 1].has("polite", "copula", "negation"):
            return False
        if verb.both or verb.base in ("match", "show", "read"):
            nxt = self.units[i + 2] if i + 2 < len(self.units) else None
            return nxt is not None and nxt.has("det", "pronoun") and verb.cls not in ("text",)
        return True

    def _so_that(self, i: int) -> bool:
        """Read "so nobody recognises her": what somebody can do then is a purpose."""
        after = self.units[i + 1] if i + 1 < len(self.units) else None
        leads = self.units[i].norm == "so" and bool(self.current)
        return leads and after is not None and after.norm in _ANYBODY

    def _subordinate(self, i: int) -> bool:
        """Read "… before you crop it", "… after removing the cars": when to do what was said."""
        ahead = self.units[i + 1 : i + 4]
        if self.units[i].norm not in WHEN or len(ahead) < 2 or not self._has_verb():
            return False
        doing = ahead[0].verb is not None and ahead[0].verb.form == "ing"
        done = any(u.verb is not None and not u.has("copula") for u in ahead[1:])
        return doing or (ahead[0].norm in ("you", "we", "i", "it", "that", "this") and done)

    def _after_condition(self, i: int, unit: Unit) -> bool:
        """Read "if it is tilted straighten it": the request that follows a condition."""
        after = self.units[i + 1] if i + 1 < len(self.units) else None
        led = self.link == "if" or self.current[0].norm in WHEN
        verb = unit.verb
        if not led or verb is None or verb.form != "base" or after is None or len(self.current) < 2:
            return False
        before = self.current[-1]
        if before.has("polite", "negation", "det", "filler") or before.norm in SUBJECTS:
            return False
        return not verb.both and after.has("pronoun", "det", "background", "whole")

    def _compared(self, j: int) -> bool:
        """Read "…, house whiter": a bare noun and what it should be more of."""
        noun = self.units[j]
        after = self.units[j + 1] if j + 1 < len(self.units) else None
        if after is None or noun.kind != "word" or noun.senses or not compares(after):
            return False
        return self.boundary_after[j] == j + 2

    def _next_wish(self, i: int) -> bool:
        """Read "fewer cars more trees", "more blue less yellow": another quantity."""
        first, before = self.current[0], self.current[-1]
        return (
            len(self.current) > 1
            and first.has("more", "less")
            and not before.has("more", "less", "prep", "det", "conjunction", "degree")
        )

    def _verb_last(self, j: int) -> bool:
        """Read "…and the dog remove": a request that ends in its verb."""
        end = self.boundary_after[j]
        if end - j < 2 or end - j > 7 or not self.units[j].has("det"):
            return False
        verbs = [u.verb for u in self.units[j:end] if u.verb is not None and not u.verb.both]
        last = self.units[end - 1].verb
        return len(verbs) == 1 and last is verbs[0] and verbs[0].form == "base"

    def _next_property(self, i: int) -> bool:
        """Read "temp +15 tint -5", "shadows up highlights down": the next slider."""
        before = self.current[-1]
        first = self.current[0]
        set_off = before.text[:1] in "+-−" or before.norm in ("up", "down")
        return set_off and first.has("property") and before.index == self.units[i].index - 1

    def _which_should(self, i: int) -> bool:
        """Read "(the sky), which should be purple": a wish of its own."""
        ahead = self.units[i + 1 : i + 3] if i >= 0 else []
        if len(ahead) < 2 or ahead[0].norm not in ("which", "who"):
            return False
        return ahead[1].norm.split()[0] in ("should", "must", "needs", "need", "has", "ought")

    def _so_do(self, i: int) -> bool:
        """Read "I love the tree, so don't lose it": what follows is a request."""
        after = self.units[i + 1] if i + 1 < len(self.units) else None
        if after is None or after.has("scale", "size", "degree", "colour", "polite"):
            return False
        verb = after.verb
        return after.has("negation", "only") or (
            verb is not None and verb.form == "base" and not verb.both
        )

    def _with_same(self, i: int) -> bool:
        """Read "(make the leaves yellow) with the trunk as before": a promise of its own."""
        after = self.units[i + 1 : i + 3]
        if len(after) > 1 and after[0].get("det") == "none" and after[1].norm in EFFECTS:
            return bool(self.current)
        end = self.boundary_after[i + 1] if i + 1 < len(self.units) else i
        ahead = self.units[i + 1 : end]
        alone = not any(u.has("while", "verb", "negation") for u in ahead)
        return len(ahead) > 1 and bool(self.current) and alone and ahead[-1].has("same")

    def _with_effect(self, i: int) -> bool:
        """Read "film noir with strong grain": an effect beside a look is a wish of its own."""
        if not any(u.has("look", "style") for u in self.current):
            return False
        ahead = self.units[i + 1 : self.boundary_after[i]]
        words = [u for u in ahead if not u.has("det", "degree", "filler", "polite")]
        return bool(words) and all(
            u.has("look", "weather", "property", "scale", "size", "effect_noun")
            and not u.has("prep", "compound")
            for u in words
        )


_ANYBODY = frozenset({
    "nobody", "no one", "noone", "everyone", "everybody", "anyone", "anybody", "someone", "people",
    "viewers", "one", "i", "we", "you", "they", "he", "she", "none",
})  # fmt: skip
"""Who a purpose may speak of."""


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
