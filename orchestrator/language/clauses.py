"""Where one request ends and the next begins: an instruction's units cut into clauses.

Knows verbs and connecting words, not what a clause asks for. One pass with bounded looks ahead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from orchestrator.language.clause_breaks import EFFECTS, Breaks
from orchestrator.language.clause_starts import HARD
from orchestrator.language.insertions import without_insertions
from orchestrator.language.lexicon import Verb
from orchestrator.language.units import Unit


@dataclass(frozen=True)
class Clause:
    """One request.

    Attributes:
        units: its units, without the words that connect it.
        link: what connects it to the one before: "", "and", "then", "but", "while", "if" or
            "because".
        linking: the units that connect it.
        sentence: which sentence it is in.
        spoken: indices of units that a turn of phrase put into plainer words.
        remark: it asks for nothing.
        told: what to tell the person about how it was read.
        after: its steps come after those of the clause before, as the person said.
        ahead: it comes before the clause before ("…, but sharpen it first").
        trailing: it says when to do the clause before ("… before you crop it").
        aim: what the clause after it is to bring about ("isolate the bird by blurring …").
        story: it tells what happened; its things may be spoken of next.
        asks: it asks how something is, and nothing is to be done.
        limits: it only says where the wish before it is to be done.
    """

    units: tuple[Unit, ...]
    link: str = ""
    linking: tuple[Unit, ...] = ()
    sentence: int = 0
    spoken: frozenset[int] = frozenset()
    remark: bool = False
    told: str = ""
    after: bool = False
    ahead: bool = False
    trailing: bool = False
    aim: bool = False
    story: bool = False
    asks: bool = False
    limits: bool = False


def split_clauses(units: Sequence[Unit]) -> list[Clause]:
    """The clauses, in order."""
    return _Splitter(units).split()


_SIGNED = frozenset({"name", "initials", "signature", "handle", "date", "url", "website", "number"})
"""What is written with its words behind a colon: "add my name: 'Anna'"."""
_POSSIBLE = frozenset({"if possible", "if you can", "where possible", "if at all possible"})


class _Splitter(Breaks):
    def __init__(self, units: Sequence[Unit]) -> None:
        super().__init__(without_insertions(units))
        self.done: list[Clause] = []
        self.linking: list[Unit] = []
        self.sentence = 0
        self.ahead = False
        self.trailing = False

    def split(self) -> list[Clause]:
        for i, unit in enumerate(self.units):
            self._step(i, unit)
        self._close("", ())
        return self.done

    def _close(self, link: str, linking: Sequence[Unit]) -> None:
        if self.current:
            self.done.append(
                Clause(
                    tuple(self.current),
                    self.link,
                    tuple(self.linking),
                    self.sentence,
                    ahead=self.ahead,
                    trailing=self.trailing,
                )
            )
            self.ahead = self.trailing = False
            self.current = []
            self.linking = []
            self.link = ""
        if link and not (
            self.link in ("while", "but", "if", "because", "repair") and link in ("and", "then")
        ):
            self.link = link
        self.linking.extend(linking)

    def _step(self, i: int, unit: Unit) -> None:
        before = self.units[i - 1] if i else None
        if unit.kind == "mark":
            self._mark(i, unit)
        elif unit.norm in ("which", "who") and not self.current and self._which_should(i - 1):
            it = {"pronoun": "one", "stop": True}
            self.current.append(replace(unit, norm="it", text="it", senses=it))
        elif unit.norm in ("first", "beforehand", "before that") and self._trails(i):
            self.ahead = True
            self.linking.append(unit)
        elif unit.has("repair") or (unit.norm == "sorry" and self._value_ahead(i)):
            self._close("repair", [unit])
        elif self.current and self._subordinate(i):
            self._close("and", ())
            self.trailing = True
            self.current.append(unit)
        elif self.current and unit.has("polite") and self.current[0].has("instead_of"):
            self._close("and", ())
            self.current.append(unit)
        elif self.current and self._manner(i):
            self._close("and", [unit])
            self.done[-1] = replace(self.done[-1], aim=True)
        elif unit.norm == "so" and (self.current or self.done) and self._so_do(i):
            self._close("and", [unit])
        elif unit.norm == "with" and self._with_same(i):
            self.current = [*self.current[:-1], *(u for u in self.current[-1:] if u.norm != ",")]
            self._close("while", [unit])
        elif self._reasons(i) or self._so_that(i):
            self._close("because", [unit])
        elif self._with_writing(i) or (
            unit.norm == "with" and (self._with_effect(i) or self._with_more(i))
        ):
            self._close("and", [])
            adding = {"verb": Verb("add", "add", "base", False)}
            self.current.append(replace(unit, norm="add", senses=adding))
        elif unit.has("condition") and unit.norm != "so" and not self._courtesy(i):
            self._close("if", [unit])
        elif unit.has("while") and self._while(i):
            self._close("while", [unit])
        elif (unit.norm == "but not" and self._limits(i)) or (
            unit.has("contrast") and not unit.has("except") and self._contrasts(i)
        ):
            self._close("but", [unit])
        elif unit.has("connector") and self._connects(i, before):
            self._close("then", [unit])
        elif unit.has("conjunction"):
            if self._starts(i + 1, "and"):
                self._close("and", [unit])
            elif self.current:
                self.current.append(unit)
            else:
                self.linking.append(unit)
        elif (
            (self.current and self._after_condition(i, unit))
            or (self.current and unit.has("more", "less") and self._next_wish(i))
            or (self.current and unit.has("property") and self._next_property(i))
        ) or (self.current and self._next_pair(i, unit)):
            self._close("and", ())
            self.current.append(unit)
        elif self.current and (self._runs_on(i, unit) or self._purpose(i, unit)):
            self._close("because" if self._purpose(i, unit) else "and", ())
            self.current.append(unit)
        else:
            self.current.append(unit)

    def _with_more(self, i: int) -> bool:
        """Read "(make the car red), with a stripe on the hood": one more thing, and where."""
        before, ahead = self.units[i - 1], self.units[i + 1 : self.boundary_after[i]]
        if not i or before.norm != "," or len(ahead) < 4 or ahead[0].get("det") != "indefinite":
            return False
        placed = any(
            u.has("prep") and u.norm != "of" and ahead[k + 1].has("det", "pronoun")
            for k, u in enumerate(ahead[:-1])
        )
        said = self.current or (self.done[-1].units if self.done else ())
        verb = next((u.verb.cls for u in said if u.verb is not None), "")
        becomes = any(u.has("colour", "scale", "size") for u in said[2:])
        return placed and becomes and verb in ("", "make", "recolor", "change")

    def _courtesy(self, i: int) -> bool:
        """Whether a condition is mere politeness ("if you can, make it darker")."""
        after = self.units[i + 1] if i + 1 < len(self.units) else None
        if after is not None and after.verb is not None and self.units[i].norm in _POSSIBLE:
            beyond = self.units[i + 2].norm if i + 2 < len(self.units) else ""
            sees = after.norm == "make" and beyond == "out"  # "if you can make out the sign"
            return after.verb.form == "base" and not sees  # "if possible dry the road"
        return self.units[i].has("polite") and (after is None or after.kind == "mark")

    def _trails(self, i: int) -> bool:
        """Whether a word ends its clause ("but sharpen it first")."""
        after = self.units[i + 1] if i + 1 < len(self.units) else None
        return bool(self.current and self.done) and (after is None or after.kind == "mark")

    def _mark(self, i: int, unit: Unit) -> None:
        if unit.norm == ":" and self._writes(i):
            return  # "write at the top, in red: 'Fresh fish'"
        if unit.norm in HARD:
            self._close("then" if unit.norm not in "()[]-–—" else "and", [unit])
            if unit.norm in (".", "!", "?", "\n"):
                self.sentence += 1
        elif unit.norm == "," and self._which_should(i):
            self._close("and", [unit])
        elif unit.norm == ",":
            after = self.units[i + 1] if i + 1 < len(self.units) else None
            if self.link == "if" or (
                after is not None
                and (
                    after.has("while", "contrast", "connector", "reason", "condition")
                    and not after.has("except")
                )
            ):
                self._close("and", [unit])
            elif after is not None and after.has("conjunction"):
                # ", and": let the "and" decide, but do not lose the comma's place in a list
                if not self._starts(i + 2, "and"):
                    self.current.append(unit)
            elif self._starts(i + 1, ","):
                self._close("and", [unit])
            elif self.current:
                self.current.append(unit)
        elif unit.norm == "'":
            self.current.append(unit)

    def _writes(self, i: int) -> bool:
        """Whether what stands behind a colon is what the clause so far says to write."""
        after = self.units[i + 1] if i + 1 < len(self.units) else None
        quoted = after is not None and after.kind == "quote"
        said = any(u.kind == "quote" for u in self.current)
        kind = self._verb_class() == "text" or any(u.norm in _SIGNED for u in self.current)
        return quoted and not said and len(self.current) > 1 and kind

    def _reasons(self, i: int) -> bool:
        unit = self.units[i]
        if not unit.has("reason") or unit.has("condition"):
            return False
        after = self.units[i + 1] if i + 1 < len(self.units) else None
        if unit.has("same") and (
            after is None or after.kind == "mark" or after.has("conjunction", "contrast")
        ):
            return False  # "the sky stays as it is"
        return bool(self.current) or unit.norm in ("because", "since", "due to")

    def _while(self, i: int) -> bool:
        unit = self.units[i]
        after = self.units[i + 1] if i + 1 < len(self.units) else None
        if unit.norm == "without":
            ahead = self.units[i + 1 : i + 3]
            harm = any(u.norm in EFFECTS for u in ahead)
            return harm or (
                after is not None and after.verb is not None and after.verb.form == "ing"
            )
        return True

    def _contrasts(self, i: int) -> bool:
        unit = self.units[i]
        if unit.norm == "only" and self._ends(i):
            return False  # "(sharpen it,) eyes only"
        return unit.norm not in ("still",) or (
            self.units[i + 1].verb is not None if i + 1 < len(self.units) else False
        )

    def _ends(self, i: int) -> bool:
        """Whether a unit is the last of its wish, politeness aside."""
        after = next((u for u in self.units[i + 1 :] if not u.has("polite")), None)
        return bool(self.current) and (after is None or after.kind == "mark")

    def _limits(self, i: int) -> bool:
        """Read "but not too much" is a limit; "but not the left one" leaves something out."""
        after = self.units[i + 1] if i + 1 < len(self.units) else None
        return after is not None and (
            after.has(
                "degree",
                "scale",
                "size",
                "verb",
                "more",
                "wish",
                "focus_adjective",
                "filler",
                "prep",
            )
            and not after.has("det")
        )

    def _connects(self, i: int, before: Unit | None) -> bool:
        unit = self.units[i]
        after = self.units[i + 1] if i + 1 < len(self.units) else None
        if unit.has("ordinal") and before is not None and before.has("det", "pronoun"):
            return False
        if (
            unit.has("ordinal")
            and after is not None
            and after.kind == "word"
            and not (after.verb or after.has("polite", "copula"))
            and not after.has(
                "pronoun", "det", "relative", "instead_of", "place", "prep", "described", "negation"
            )
            and after.norm not in ("could", "would", "can", "i", "we")
        ):
            return False
        if unit.has("place") and self.current and (after is None or after.kind == "mark"):
            return False  # "add a leaf on top"
        if unit.norm == "now" and before is not None and before.has("copula"):
            return False  # "the window is now square"
        if (
            unit.norm in ("also", "now", "next", "later", "still", "at the end")
            and before is not None
            and self.current
        ):
            return self._starts(i + 1, "and")
        return True
