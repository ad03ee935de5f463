"""Noun phrases up to their head: determiners, ordinals, superlatives, adjectives, the noun.

What follows the head is read by ``phrases``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from orchestrator.language.lexicon import Lexicon, get_lexicon
from orchestrator.language.phrase import (
    ADJECTIVES,
    ENDS,
    SHADES,
    Phrase,
    clip,
    compares,
    is_plural,
    ordinal_of,
    role_of,
    superlative_of,
)
from orchestrator.language.places import (
    bare_place,
    framed,
    is_frame_noun,
    is_side_word,
    place_noun,
    says_part,
)
from orchestrator.language.units import Unit, join
from tools.target import Ordinal, Target

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
class HeadParse:
    """The state of reading one phrase."""

    reader: Words
    start: int
    limit: int
    stops: frozenset[str]
    attach: bool
    depth: int

    def __post_init__(self) -> None:
        self.i = self.start
        self.units = self.reader.units
        self.determiner = ""
        self.quantity: Literal["one", "all", "all_but"] = "one"
        self.ordinal: Ordinal | None = None
        self.superlative = ""
        self.other = False
        self.count = 0
        self.attributes: list[str] = []

    # -- looking

    def unit(self, offset: int = 0) -> Unit | None:
        """The unit that many places on, inside the limit."""
        at = self.i + offset
        return self.units[at] if at < self.limit else None

    def _stopped(self, unit: Unit) -> bool:
        return unit.norm in self.stops or str(unit.get("prep")) in self.stops

    def _pronoun(self, unit: Unit) -> str:
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

    def _before_head(self) -> None:
        """Determiners, numbers, ordinals, superlatives."""
        while (unit := self.unit()) is not None and self.i - self.start < 12:
            nxt = self.unit(1)
            if unit.norm == "'s":
                return
            if unit.get("det") and not (unit.has("more") and self.determiner):
                kind = str(unit.get("det"))
                self.determiner = self.determiner or kind
                if kind == "all":
                    self.quantity = "all"
                    self.determiner = kind
            elif unit.norm in ("just the", "only the") and not self.determiner:
                self.determiner = "definite"
            elif unit.norm in ("the other", "other"):
                self.other = True
                self.determiner = self.determiner or "definite"
            elif (
                unit.norm in ("the same", "same", "exact")
                and nxt is not None
                and self._nounish(nxt, first=True)
            ):
                self.determiner = self.determiner or "definite"
            elif (
                unit.get("number_word")
                and not (unit.norm == "one" and self.i > self.start)
                and nxt is not None
                and (
                    self._nounish(nxt, first=True)
                    or nxt.norm == "of"
                    or nxt.has("more", "side", "ordinal")
                )
            ):
                self.count = int(unit.get("number_word"))
            elif (
                unit.kind == "number"
                and not unit.unit
                and nxt is not None
                and self._nounish(nxt, first=True)
            ):
                self.count = int(unit.value)
            elif unit.get("ordinal") and self.ordinal is None:
                self.ordinal = Ordinal(index=int(unit.get("ordinal")))
            elif (
                unit.get("side")
                and self.ordinal is None
                and (not unit.has("compound") or self._names_more(nxt))
                and self._side_fits(unit, nxt)
            ):
                self.ordinal = ordinal_of(str(unit.get("side")))
            elif self.ordinal is not None and self._second_side(unit):
                pass  # "the upper left corner": the words stay in the phrase
            elif (superlative := self._superlative(unit, nxt)) is not None:
                self.superlative = superlative
            elif unit.norm == "most" and nxt is not None:
                self.i += 1
                self.superlative = nxt.norm
            else:
                return
            self.i += 1

    def _names_more(self, after: Unit | None) -> bool:
        """Whether a noun follows: "the left hand cup" is on the left, "the left hand" is a hand."""
        plain = after is not None and set(after.senses) <= {"compound", "described"}
        return plain and after is not None and self._nounish(after, first=True)

    def _second_side(self, unit: Unit) -> bool:
        before = self.units[self.i - 1]
        return (
            self.i > self.start
            and before.get("side") in ("top", "bottom")
            and unit.get("side") in ("left", "right")
        )

    def _side_fits(self, unit: Unit, after: Unit | None) -> bool:
        return (
            bool(self.determiner)
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
            return str(extra) if opens_noun or self.determiner else None
        for part in ("size", "scale"):
            sense = unit.get(part)
            if sense is None or sense.form == "plain":
                continue
            if sense.form == "most" or (opens_noun and self.determiner == "definite"):
                return superlative_of(unit.norm)
        return None

    def _nounish(self, unit: Unit, *, first: bool) -> bool:
        """Whether a unit may be part of the run of adjectives and nouns."""
        if unit.kind != "word" or self._stopped(unit) or unit.has("instead"):
            return False
        if unit.norm in ("'s", "#", "away"):
            return False
        if unit.has("compound", "whole", "background", "taught") and not unit.has("prep"):
            return True
        if self.ordinal is not None and is_frame_noun(unit):
            return True
        if unit.norm in VAGUE:
            return bool(self.determiner) or self.other
        verb = unit.verb
        if (
            verb is not None
            and not verb.both
            and verb.form != "ed"
            and not (first and self.determiner)
            and not unit.has("scale")
        ):
            return False
        if unit.norm in ("half", "double", "triple") and first and self.determiner:
            return self._nounish_after(1)
        if unit.has("degree") and unit.has("size") and first and self._nounish_after(1):
            return True
        if unit.has("pronoun"):
            return unit.norm in ("one", "ones") and bool(
                not first or self.determiner or self.ordinal
            )
        if unit.has(
            "det", "prep", "polite", "place", "degree", "factor", "number_word", "action", "wear"
        ):
            return bool(first and self.determiner and unit.has("action", "degree"))
        if self.reader.predicates and unit.norm in ("look", "feel", "looks", "feels") and not first:
            return False
        if unit.has(*ENDS):
            return unit.has("effect_noun", "whole") or bool(
                first and self.determiner and unit.has("participle")
            )
        named = unit.norm in self.reader.lexicon.known | self.reader.lexicon.things
        if first and self.determiner == "definite" and named and self._ends_after():
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
        return bool(self.determiner) and named and (done or told)

    def _run(self) -> list[Unit]:
        run: list[Unit] = []
        first = self.unit()
        if first is not None and first.has("described"):
            self.i += 1
            return [first]
        if first is not None and bare_place(first) and self._names_place(first):
            self.i += 1
            return [first]
        while (unit := self.unit()) is not None:
            if unit.kind == "quote" and not run and self.determiner and self._nounish_after(1):
                run.append(unit)  # "the 'SALE' sign"
                self.i += 1
                continue
            if unit.has("participle") and not run and self.determiner and self._nounish_after(1):
                run.append(unit)
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
        return self.determiner in ("definite", "all") or (not self.determiner and says_part(unit))

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

    def _build(self, run: list[Unit]) -> Phrase:
        lexicon = self.reader.lexicon
        units = tuple(self.units[self.start : self.i])
        head = run[-1] if run else None
        if head is not None and head.has("described"):
            return self._described(head, units)
        before = run[:-1]
        if head is not None and head.norm in ("one", "ones"):
            head_noun = ""
        else:
            head_noun = lexicon.singular(head.norm) if head else ""
        attributes = tuple(u.norm for u in before if u.norm not in ("'s",))
        if head is not None and not head_noun:
            attributes = tuple(u.norm for u in before)
        elif (
            head is not None
            and head.has("colour")
            and not head.has("compound")
            and len(run) == 1
            and self.determiner
        ) and head.norm not in lexicon.known:  # "the red" is the red one, "the orange" is a fruit
            head_noun, attributes = "", (head.norm,)
        many = (
            self.quantity == "all"
            or self.count > 1
            or (head is not None and is_plural(head.norm, lexicon))
            or (
                units[0].norm
                in (
                    "a few",
                    "several",
                    "both",
                    "these",
                    "those",
                    "some more",
                    "many",
                    "a couple of",
                    "lots of",
                    "two",
                )
            )
        )
        target = Target(
            phrase=clip(join(units), 2000),
            category=clip(head_noun, 200),
            attributes=attributes,
            ordinal=self.ordinal,
            superlative=self.superlative,
            quantity=self.quantity,
        )
        if head is not None and head.norm in ("everyone", "everybody"):
            target = target.model_copy(update={"quantity": "all"})
        role = role_of(head, head_noun)
        if role == "image" and head_noun == "frame" and before and not before[-1].has(*ADJECTIVES):
            role, target = "", target.model_copy(update={"category": f"{before[-1].norm} frame"})
        if role == "image" and (self.ordinal or self.superlative) and head is not None:
            # "the left picture" hangs on a wall; "the final picture" is the one being edited
            role = "image" if head.norm != "picture" or self.ordinal is None else ""
        if role == "rest":
            target = target.model_copy(update={"quantity": "all_but", "category": ""})
        if role == "image":
            target = target.model_copy(update={"quantity": "one", "category": "image"})
        if role == "subject":
            target = target.model_copy(update={"category": "subject"})
        if role == "background":
            target = target.model_copy(update={"category": "background"})
        if head is not None and bare_place(head):
            side = None if place_noun(head) == "corner" else ordinal_of(str(head.get("place")))
            target = target.model_copy(update={"category": place_noun(head), "ordinal": side})
        elif head is not None and is_frame_noun(head):
            target = framed(target, units)
        pronoun = ""
        if self.other:
            pronoun = "other"
        elif (head is not None and not head_noun) or head is None:
            pronoun = "ones"
        return Phrase(
            target, target.phrase, units, self.determiner, "many" if many else "one", pronoun, role
        )

    def _described(self, head: Unit, units: tuple[Unit, ...]) -> Phrase:
        """The phrase of a description that was joined into one unit."""
        told = head.get("described")
        target: Target = told.target
        update: dict[str, object] = {"phrase": clip(join(units), 2000)}
        if self.quantity == "all" and target.quantity == "one":
            update["quantity"] = "all"
        target = target.model_copy(update=update)
        many = told.many or self.quantity == "all" or self.count > 1
        role = "rest" if target.quantity == "all_but" else ""
        number: Literal["one", "many"] = "many" if many else "one"
        return Phrase(
            target, target.phrase, units, self.determiner or "definite", number, role=role
        )
