"""Noun phrases: a run of units to a ``Target``, with ordinals, superlatives, relations, exclusions.

The head noun may be any word (an open class). Each unit is looked at a bounded number of times:
a phrase is read left to right and relations nest to a fixed depth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from orchestrator.language.lexicon import Lexicon, get_lexicon
from orchestrator.language.units import Unit, join
from tools.target import Ordinal, Relation, RelationKind, Side, Target

MAX_DEPTH = 6
MAX_WORDS = 60

ENDS = (
    "conjunction", "connector", "contrast", "instead_of", "while", "relative", "participle",
    "copula",
    "negation", "says", "except", "reason", "condition", "do_same", "gone", "upside_down",
    "turn", "direction",
)  # fmt: skip
"""Parts of speech that no noun phrase runs over."""

ADJECTIVES = (
    "colour", "scale", "size", "focus_adjective", "side", "look", "style", "wish", "same", "aspect",
    "weather", "relight", "season", "more", "less", "style_word", "adjective",
)  # fmt: skip
"""Senses under which a word after a noun says what the noun should become."""

ATTACHED: frozenset[str] = frozenset({
    "on", "in", "under", "behind", "in_front_of", "left_of", "right_of", "above", "below",
    "next_to",
    "near", "between", "with", "without", "at", "of", "from",
})  # fmt: skip
"""Prepositions that tie another thing to a noun."""

Number = Literal["one", "many"]


@dataclass(frozen=True)
class Phrase:
    """A noun phrase.

    Attributes:
        target: what it points at.
        words: its text, with misspellings corrected.
        units: the units it covers.
        determiner: "definite", "indefinite", "all", "none" or "".
        number: one thing or many.
        pronoun: "one", "many", "other", "former" or "ones" where it only refers back.
        role: "image", "background", "foreground", "subject", "rest" or "" (an ordinary thing).
        place: a place in the picture that followed it ("at the bottom"), as in ``Place``.
    """

    target: Target
    words: str
    units: tuple[Unit, ...]
    determiner: str = ""
    number: Number = "one"
    pronoun: str = ""
    role: str = ""
    place: str = ""

    @property
    def with_article(self) -> str:
        """Its words with "the" where a phrase without determiner needs one."""
        first = self.words.split(" ", 1)[0].lower()
        if (
            first in ("the", "a", "an", *_OWNERS)
            and self.words[0].isupper()
            and not self.words[:2].isupper()
        ):
            return self.words[0].lower() + self.words[1:]
        bare = (
            not self.determiner
            and self.role != "rest"
            and not self.pronoun
            and not _has_own_article(first)
        )
        return f"the {self.words}" if bare and self.words else self.words


_OWNERS = {"my", "your", "his", "her", "its", "our", "their", "this", "that", "these", "those"}


def _has_own_article(first: str) -> bool:
    return (
        first in _OWNERS
        or first in ("everything", "everyone", "everybody", "the", "a", "an", "whoever")
        or first[:1].isupper()
    )


class PhraseReader:
    """Reads noun phrases from a sequence of units.

    Args:
        units: of one clause.
        predicates: True where a phrase stops before words that say what it should become ("make
            [the sky] pink").
    """

    def __init__(self, units: Sequence[Unit], *, predicates: bool = False) -> None:
        self.units = units
        self.predicates = predicates
        self.lexicon: Lexicon = get_lexicon()

    def read(
        self,
        at: int,
        *,
        end: int | None = None,
        stops: frozenset[str] = frozenset(),
        attach: bool = True,
        depth: int = 0,
        lists: bool = False,
    ) -> tuple[Phrase, int] | None:
        """The phrase that starts at ``at`` and where it ends; None where none starts there.

        Args:
            at: where it starts.
            end: nothing at or beyond is read.
            stops: words and relation kinds that end it because the verb needs them.
            attach: whether relations that follow belong to it.
            depth: how deep it is nested.
            lists: whether "between A and B" may run over an "and".
        """
        limit = min(len(self.units), end if end is not None else len(self.units), at + MAX_WORDS)
        return _Parse(self, at, limit, stops, attach, depth).phrase()


@dataclass
class _Parse:
    """The state of reading one phrase."""

    reader: PhraseReader
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
        at = self.i + offset
        return self.units[at] if at < self.limit else None

    def _stopped(self, unit: Unit) -> bool:
        return unit.norm in self.stops or str(unit.get("prep")) in self.stops

    # -- the phrase

    def phrase(self) -> tuple[Phrase, int] | None:
        first = self.unit()
        if first is None or first.kind == "mark" or self._stopped(first):
            return None
        pronoun = self._pronoun(first)
        if pronoun:
            self.i += 1
            target = Target(phrase=first.norm)
            found = Phrase(
                target, first.norm, (first,), "definite", _number_of(pronoun, first), pronoun
            )
            return self._excluding(found), self.i
        self._before_head()
        run = self._run()
        if (
            not run
            and not (self.ordinal or self.superlative or self.other)
            and self.quantity == "one"
        ):
            return None
        found = self._build(run)
        if self.attach and self.depth < MAX_DEPTH:
            found = self._genitives(found)
            found = self._attachments(found)
        found = self._excluding(found)
        return found, self.i

    def _pronoun(self, unit: Unit) -> str:
        kind = unit.get("pronoun")
        if not kind:
            return ""
        after = self.unit(1)
        opens = unit.has("det") or unit.norm in ("the other", "the same", "same", "her", "both of")
        if unit.norm == "one" and after is not None and self._nounish(after, first=True):
            return ""
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
                and (self._nounish(nxt, first=True) or nxt.norm == "of" or nxt.has("more"))
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
                and not unit.has("compound")
                and self._side_fits(unit, nxt)
            ):
                self.ordinal = _side(str(unit.get("side")))
            elif (superlative := self._superlative(unit, nxt)) is not None:
                self.superlative = superlative
            elif unit.norm == "most" and nxt is not None:
                self.i += 1
                self.superlative = nxt.norm
            else:
                return
            self.i += 1

    def _side_fits(self, unit: Unit, after: Unit | None) -> bool:
        return (
            bool(self.determiner)
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
                return _most(unit.norm)
        return None

    def _nounish(self, unit: Unit, *, first: bool) -> bool:
        """Whether a unit may be part of the run of adjectives and nouns."""
        if unit.kind != "word" or self._stopped(unit) or unit.norm in ("'s", "#"):
            return False
        if unit.has("compound", "whole", "background", "taught") and not unit.has("prep"):
            return True
        verb = unit.verb
        if (
            verb is not None
            and not verb.both
            and verb.form != "ed"
            and not (first and self.determiner)
            and not unit.has("scale")
        ):
            return False
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
        return not (
            unit.has("stop", "filler")
            and not unit.has("whole", "text_noun", "size", "scale", "rest", "domain")
        )

    def _run(self) -> list[Unit]:
        run: list[Unit] = []
        while (unit := self.unit()) is not None:
            if unit.has("participle") and not run and self.determiner and self._nounish_after(1):
                run.append(unit)
                self.i += 1
                continue
            if not self._nounish(unit, first=not run):
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

    def _ends_after(self) -> bool:
        after = self.unit(1)
        return after is None or not self._nounish(after, first=False)

    def _becomes(self, unit: Unit, run: list[Unit]) -> bool:
        """Whether ``unit`` starts what the phrase so far should become."""
        if unit.has("compound", "whole", "background"):
            return False
        if _compares(unit):
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

    def _build(self, run: list[Unit]) -> Phrase:
        lexicon = self.reader.lexicon
        units = tuple(self.units[self.start : self.i])
        head = run[-1] if run else None
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
            or (head is not None and _plural(head.norm, lexicon))
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
            phrase=_clip(join(units), 2000),
            category=_clip(head_noun, 200),
            attributes=attributes,
            ordinal=self.ordinal,
            superlative=self.superlative,
            quantity=self.quantity,
        )
        role = _role(head, head_noun)
        if role == "rest":
            target = target.model_copy(update={"quantity": "all_but", "category": ""})
        if role == "image":
            target = target.model_copy(update={"quantity": "one", "category": "image"})
        if role == "subject":
            target = target.model_copy(update={"category": "subject"})
        if role == "background":
            target = target.model_copy(update={"category": "background"})
        pronoun = ""
        if self.other:
            pronoun = "other"
        elif (head is not None and not head_noun) or head is None:
            pronoun = "ones"
        return Phrase(
            target, target.phrase, units, self.determiner, "many" if many else "one", pronoun, role
        )

    # -- what follows the head

    def _genitives(self, found: Phrase) -> Phrase:
        while (
            (unit := self.unit()) is not None
            and unit.norm in ("'s", "'")
            and self.depth < MAX_DEPTH
        ):
            if unit.norm == "'" and not found.words.endswith(("s", "S")):
                break
            after = self.unit(1)
            if after is None or not (
                self._nounish(after, first=True) or after.has("side", "ordinal", "verb")
            ):
                break
            self.i += 1
            at = self.i
            inner = _Parse(
                self.reader, at, self.limit, self.stops, attach=False, depth=self.depth + 1
            )
            inner.determiner = "definite"
            inner._before_head()
            run = inner._run()
            if not run and inner.ordinal is None:
                self.i -= 1
                break
            part = inner._build(run)
            self.i = inner.i
            kind: RelationKind = (
                "reflection_of" if part.target.category == "reflection" else "part_of"
            )
            units = tuple(self.units[self.start : self.i])
            target = part.target.model_copy(
                update={
                    "phrase": _clip(join(units), 2000),
                    "relation": Relation(kind=kind, anchor=found.target),
                }
            )
            found = replace(
                part,
                target=target,
                words=target.phrase,
                units=units,
                determiner=found.determiner or "definite",
                pronoun="",
            )
            self.depth += 1
        return found

    def _attachments(self, found: Phrase) -> Phrase:
        for _ in range(4):
            unit = self.unit()
            if unit is None or self._stopped(unit):
                break
            before = self.i
            found = self._attach(found, unit)
            if self.i == before:
                break
        return found

    def _attach(self, found: Phrase, unit: Unit) -> Phrase:
        if (
            unit.norm == ","
            and (after := self.unit(1)) is not None
            and after.has("relative")
            and after.norm == "which"
        ):
            return found
        if unit.has("place"):
            return self._placed(found, unit)
        if unit.has("relative") and unit.norm != "where":
            return self._relative(found)
        if unit.has("participle"):
            return self._participle(found, unit)
        if unit.kind == "quote" and found.units[-1].has("text_noun"):
            self.i += 1
            return self._grown(found, {})
        kind = unit.get("prep")
        if kind in ATTACHED:
            return self._prepositional(found, str(kind))
        return found

    def _placed(self, found: Phrase, unit: Unit) -> Phrase:
        place = str(unit.get("place"))
        after = self.unit(1)
        if after is not None and after.norm == "of":
            return found
        if (
            found.target.ordinal is not None
            and found.target.ordinal.index > 0
            and place in ("left", "right")
        ):
            return found
        self.i += 1
        ordinal = _side("middle" if place == "center" else place.split()[0])
        return self._grown(found, {"ordinal": found.target.ordinal or ordinal}, place=place)

    def _relative(self, found: Phrase) -> Phrase:
        """Read "that tells time", up to what the verb needs or the clause's end."""
        at = self.i + 1
        first = self.units[at] if at < self.limit else None
        if (
            first is None
            or first.has("polite")
            or (first.verb is not None and first.verb.form == "base" and first.verb.cls == "make")
        ):
            return found
        if first.has("copula") or (first.verb is not None and first.verb.base == "have"):
            after = self.units[at + 1] if at + 1 < self.limit else None
            if after is not None and (
                after.has("prep", "place", "participle") or first.norm in ("has", "have", "had")
            ):
                saved = self.i
                self.i = at + 1
                if after.has("prep", "place", "participle"):
                    grown = self._attach(found, after)
                else:
                    grown = self._related(found, "with", self.i)
                if self.i > at + 1:
                    return self._grown(grown, {})
                self.i = saved
        while (unit := self.unit()) is not None:
            if self._stopped(unit) and self.i > at:
                break
            if unit.has("connector", "contrast", "except", "while", "reason") and self.i > at:
                break
            if self.reader.predicates and self.i > at + 1 and (_compares(unit) or unit.has("gone")):
                break
            self.i += 1
        return self._grown(found, {})

    def _participle(self, found: Phrase, unit: Unit) -> Phrase:
        kind = str(unit.get("participle"))
        saved = self.i
        if kind in ("wearing", "holding"):
            self.i += 1
            grown = self._related(found, kind, self.i)
            if self.i == saved + 1:
                self.i = saved
            return grown
        after = self.unit(1)
        if unit.norm in ("closest", "nearest", "furthest", "farthest"):
            superlative = "farthest" if unit.norm.startswith("f") else "nearest"
            self.i += 1
            if after is not None and after.norm in ("to", "from"):
                self.i += 1
                inner = self.reader.read(
                    self.i, end=self.limit, stops=self.stops, depth=self.depth + 1
                )
                self.i = inner[1] if inner else self.i
            return self._grown(found, {"superlative": superlative})
        self.i += 1
        attributes = (*found.target.attributes, unit.norm)
        grown = self._grown(found, {"attributes": attributes})
        while (
            (nxt := self.unit()) is not None
            and nxt.has("filler", "degree", "direction")
            and not nxt.has("prep")
        ):
            self.i += 1
        if nxt is None or self._stopped(nxt):
            return self._grown(grown, {"attributes": attributes})
        if nxt.has("place"):
            return self._placed(grown, nxt)
        if nxt.get("prep") in ATTACHED or nxt.norm in ("to", "at"):
            more = self._prepositional(grown, str(nxt.get("prep")) if nxt.norm != "to" else "near")
            if more is not grown:  # "standing behind the subject": the relation says it all
                return more
            return grown
        inner = self.reader.read(self.i, end=self.limit, stops=self.stops, depth=self.depth + 1)
        if inner is not None and unit.norm in (
            "riding",
            "eating",
            "drinking",
            "reading",
            "facing",
            "driving",
            "playing",
            "crossing",
            "surrounding",
        ):
            return self._related(grown, "with", self.i)
        return grown

    def _prepositional(self, found: Phrase, kind: str) -> Phrase:
        saved = self.i
        unit = self.units[self.i]
        self.i += 1
        if kind == "from" or (
            kind in ("on", "to", "at", "of") and found.target.ordinal is not None
        ):
            side_at = self.i + (
                1 if self.unit() is not None and self.units[self.i].norm == "the" else 0
            )
            side = self.units[side_at] if side_at < self.limit else None
            if side is not None and side.get("side") and found.target.ordinal is not None:
                self.i = side_at + 1
                index = found.target.ordinal.index
                return self._grown(
                    found, {"ordinal": Ordinal(index=index, side=_as_side(str(side.get("side"))))}
                )
            if kind == "from":
                inner = self.reader.read(
                    self.i, end=self.limit, stops=self.stops, depth=self.depth + 1
                )
                if (
                    inner is not None
                    and inner[0].role != "image"
                    and not inner[0].target.is_whole_image
                    and not self.attach_from
                ):
                    self.i = saved
                    return found
        if kind == "of":
            return self._of(found, saved)
        if kind == "with" and unit.norm == "with" and found.role == "image":
            self.i = saved
            return found
        return self._related(found, kind, saved)

    attach_from = False

    def _of(self, found: Phrase, saved: int) -> Phrase:
        inner = self.reader.read(self.i, end=self.limit, stops=self.stops, depth=self.depth + 1)
        if inner is None:
            self.i = saved
            return found
        phrase, self.i = inner
        measure = found.target.category
        if (measure in self.reader.lexicon.measures and phrase.role != "image") or (
            not measure
            and (
                found.target.superlative
                or found.target.ordinal
                or found.target.quantity == "all"
                or found.determiner
                or found.units[0].has("number_word")
            )
        ):
            inside = phrase.target
            quantity = "all" if found.target.quantity == "all" else "one"
            return self._grown(
                found,
                {
                    "category": inside.category,
                    "attributes": (*found.target.attributes, *inside.attributes),
                    "relation": inside.relation,
                    "ordinal": found.target.ordinal or inside.ordinal,
                    "superlative": found.target.superlative or inside.superlative,
                    "quantity": quantity,
                },
                pronoun="",
                role=phrase.role if quantity == "all" or not found.target.superlative else "",
            )  # fmt: skip
        if phrase.role == "image" and not measure.startswith("reflect"):
            return self._grown(found, {})
        kind: RelationKind = "reflection_of" if measure == "reflection" else "part_of"
        return self._grown(
            found, {"relation": found.target.relation or Relation(kind=kind, anchor=phrase.target)}
        )

    def _related(self, found: Phrase, kind: str, saved: int) -> Phrase:
        inner = self.reader.read(self.i, end=self.limit, stops=self.stops, depth=self.depth + 1)
        if inner is None:
            self.i = saved
            return found
        phrase, at = inner
        if kind == "between" and at + 1 < self.limit and self.units[at].has("conjunction"):
            second = self.reader.read(
                at + 1, end=self.limit, stops=self.stops, depth=self.depth + 1
            )
            at = second[1] if second else at
        self.i = at
        if phrase.target.is_whole_image and kind in ("in", "on", "from", "at"):
            return self._grown(found, {}, trim=saved)
        if found.target.relation is not None:
            return self._grown(found, {})
        relation = Relation(kind=_relation(kind), anchor=phrase.target)
        return self._grown(found, {"relation": relation})

    def _grown(
        self,
        found: Phrase,
        update: dict[str, Any],
        *,
        trim: int | None = None,
        place: str = "",
        **more: Any,
    ) -> Phrase:
        """The phrase over all units read so far; a trimmed tail ("in the photo") is left out."""
        units = tuple(self.units[self.start : self.i])
        words = units if trim is None else units[: trim - self.start]
        text = _clip(join(words), 2000)
        target = found.target.model_copy(update={"phrase": text, **update})
        return replace(
            found, target=target, words=text, units=units, place=place or found.place, **more
        )

    def _excluding(self, found: Phrase) -> Phrase:
        unit = self.unit()
        skip = 0
        if (
            unit is not None
            and unit.norm == ","
            and (after := self.unit(1)) is not None
            and after.has("except")
        ):
            skip, unit = 1, after
        if unit is None or not unit.has("except") or self.depth >= MAX_DEPTH:
            return found
        saved = self.i
        self.i += 1 + skip
        inner = self.reader.read(self.i, end=self.limit, stops=self.stops, depth=self.depth + 1)
        if inner is None:
            if (nxt := self.unit()) is not None and nxt.norm == "for":
                self.i += 1
                inner = self.reader.read(
                    self.i, end=self.limit, stops=self.stops, depth=self.depth + 1
                )
            if inner is None:
                self.i = saved
                return found
        left_out, self.i = inner
        update: dict[str, Any] = {"exclude": left_out.target}
        role = found.role
        if found.role in ("image", "rest") or (
            found.target.quantity == "all" and not found.target.category
        ):
            update |= {"quantity": "all_but", "category": ""}
            role = "rest"
        return self._grown(found, update, role=role)


def _relation(kind: str) -> RelationKind:
    return RELATIONS.get(kind, "near")


RELATIONS: dict[str, RelationKind] = {kind: kind for kind in get_args(RelationKind)} | {
    "of": "part_of",
    "from": "part_of",
}
"""Preposition -> relation."""


def _compares(unit: Unit) -> bool:
    return (
        any(getattr(unit.get(part), "form", "plain") == "more" for part in ("size", "scale"))
        or bool(unit.get("graded"))
        or (unit.norm in ("blurrier", "sharper", "crisper", "softer", "smoother"))
    )


def _most(word: str) -> str:
    if word.endswith("est"):
        return word
    return word[:-2] + "est" if word.endswith("er") else word


def _plural(noun: str, lexicon: Lexicon) -> bool:
    return lexicon.singular(noun) != noun


def _number_of(pronoun: str, unit: Unit) -> Number:
    return (
        "many"
        if pronoun == "many"
        or unit.norm in ("the others", "the other ones", "the other two", "ones")
        else "one"
    )


def _side(name: str) -> Ordinal:
    if name == "middle":
        return Ordinal(index=0)
    return Ordinal(index=1, side=_as_side(name))


SIDES: dict[str, Side] = {
    "left": "left",
    "right": "right",
    "top": "top",
    "bottom": "bottom",
    "front": "front",
    "back": "back",
}


def _as_side(name: str) -> Side:
    return SIDES.get(name, "left")


def _role(head: Unit | None, noun: str) -> str:
    if head is None:
        return ""
    for part, role in (
        ("rest", "rest"),
        ("background", "background"),
        ("foreground", "foreground"),
        ("subject", "subject"),
        ("whole", "image"),
    ):
        if head.has(part):
            return role
    return ""


def _clip(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[:limit].rsplit(" ", 1)[0]
