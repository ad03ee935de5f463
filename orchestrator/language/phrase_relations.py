"""A noun's relations: "of the jar", "behind the sofa", "in the photo", "on the left".

Relative clauses and participles are ``phrase_ties``'s; how a phrase is put together is
``phrases``'s.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Any

from orchestrator.language.phrase import Phrase, as_side, clip, ordinal_of, relation_of
from orchestrator.language.phrase_head import HeadParse
from orchestrator.language.places import frame_part, side_alone
from orchestrator.language.units import Unit, join
from orchestrator.language.word_kinds import is_of
from tools.target import Ordinal, Relation, RelationKind, Side, Target

_BESIDES: dict[str, Side] = {
    "left_of": "left", "right_of": "right", "above": "top", "below": "bottom",
}  # fmt: skip
"""Relations that say on which side something is."""


def _all_else(phrase: Phrase) -> bool:
    """Whether a phrase means whatever else there is ("everybody else")."""
    return phrase.target.quantity == "all_but" and phrase.target.exclude is None


@dataclass
class Relations(HeadParse, ABC):
    """Reads the relation that follows the head of a phrase, and the thing it is to."""

    @abstractmethod
    def inner(self, at: int) -> tuple[Phrase, int] | None:
        """The phrase inside this one that starts at ``at``."""

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
        ordinal = ordinal_of("middle" if place == "center" else place.split()[0])
        if found.target.ordinal is not None and found.target.ordinal.index == -1:
            # "The last cup on the right" is the last, counted from the left.
            other = {"left": "right", "right": "left", "top": "bottom", "bottom": "top"}
            across = as_side(other.get(ordinal.side, "left"))
            return self._grown(found, {"ordinal": Ordinal(index=-1, side=across)}, place=place)
        if found.units[-1].norm in ("everything", "all") and place not in ("front", "back"):
            part = frame_part(unit)
            side = Target(phrase="", category=part, ordinal=ordinal if part == "side" else None)
            grown = self._grown(found, {}, role="")
            return replace(grown, target=self._renamed(side))
        return self._grown(found, {"ordinal": found.target.ordinal or ordinal}, place=place)

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
            beyond = self.units[side_at + 1] if side_at + 1 < self.limit else None
            names = beyond is not None and self._nounish(beyond, first=False)
            alone = not names or kind == "from" or side is None or side.has("compound")
            if side is not None and side.get("side") and found.target.ordinal is not None and alone:
                self.i = side_at + 1
                index = found.target.ordinal.index
                return self._grown(
                    found, {"ordinal": Ordinal(index=index, side=as_side(str(side.get("side"))))}
                )
            if kind == "from":
                inner = self.inner(self.i)
                if inner is not None and self._made_from(found, inner[0]):
                    self.i = inner[1]
                    made = (*found.target.attributes, inner[0].target.category)
                    return self._grown(found, {"attributes": made})
                if (
                    inner is not None
                    and inner[0].role != "image"
                    and not inner[0].target.is_whole_image
                ):
                    self.i = saved
                    return found
        if kind == "of":
            return self._of(found, saved)
        nxt = self.unit()
        if unit.norm == "in" and nxt is not None and nxt.has("look", "style"):
            self.i = saved
            return found  # "(the sky) in black and white" says what becomes of it
        if kind == "with" and unit.norm == "with" and found.role == "image":
            self.i = saved
            return found
        return self._related(found, kind, saved)

    def _made_from(self, found: Phrase, inner: Phrase) -> bool:
        """Whether "a hat from felt" says what it is made of; a hat from the box is not."""
        new = found.determiner == "indefinite" and not inner.determiner
        return new and is_of("material", inner.units)

    def _of(self, found: Phrase, saved: int) -> Phrase:
        inner = self.inner(self.i)
        if inner is None:
            self.i = saved
            return found
        phrase, self.i = inner
        measure = found.target.category
        place = side_alone(found.target, found.units) if phrase.number == "one" else None
        if place is not None:
            inside = Relation(kind="part_of", anchor=phrase.target)
            update: dict[str, Any] = {"category": place.category, "ordinal": place.ordinal}
            if phrase.role != "image":
                update["relation"] = inside
            return self._grown(found, update, pronoun="")
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
            inner_target = phrase.target
            quantity = "all" if found.target.quantity == "all" else "one"
            return self._grown(
                found,
                {
                    "category": inner_target.category,
                    "attributes": (*found.target.attributes, *inner_target.attributes),
                    "relation": inner_target.relation,
                    "ordinal": found.target.ordinal or inner_target.ordinal,
                    "superlative": found.target.superlative or inner_target.superlative,
                    "exclude": found.target.exclude or inner_target.exclude,
                    "quantity": quantity,
                },
                pronoun="",
                role=phrase.role if quantity == "all" or not found.target.superlative else "",
            )  # fmt: skip
        if phrase.role == "image" and not measure.startswith("reflect"):
            return self._grown(found, {})
        kind: RelationKind = "reflection_of" if measure == "reflection" else "part_of"
        last = next((u.norm for u in reversed(found.units) if u.has("whole")), "")
        if found.role == "image" and last == "frame" and phrase.role != "image":
            part = {"category": "framework", "relation": Relation(kind=kind, anchor=phrase.target)}
            return self._grown(found, part, role="")  # "the frame of the mirror"
        where = phrase.target.relation if not phrase.determiner else None
        if where is None or where.kind in ("part_of", "with"):
            where = Relation(kind=kind, anchor=phrase.target)
        # of "the jars of honey on the shelf" it is the jars that stand there
        return self._grown(found, {"relation": found.target.relation or where})

    def _related(self, found: Phrase, kind: str, saved: int) -> Phrase:
        inner = self.inner(self.i)
        us = self.unit()
        if inner is None and us is not None and us.norm in ("me", "us", "myself", "ourselves"):
            self.i += 1  # "the stranger behind us"
            near = Relation(
                kind=relation_of(kind), anchor=Target(phrase=us.norm, category="person")
            )
            return self._grown(found, {"relation": found.target.relation or near})
        if inner is None:
            self.i = saved
            return found
        phrase, at = inner
        if kind == "between" and at + 1 < self.limit and self.units[at].has("conjunction"):
            second = self.inner(at + 1)
            at = second[1] if second else at
        self.i = at
        if kind in _BESIDES and (phrase.target.is_whole_image or _all_else(phrase)):
            # "the man on the left of the photo", "the man to the left of everybody else"
            side = Ordinal(index=1, side=_BESIDES[kind])
            return self._grown(found, {"ordinal": found.target.ordinal or side})
        if phrase.target.is_whole_image and kind in ("in", "on", "from", "at"):
            return self._grown(found, {}, trim=saved)
        if found.units[-1].norm in ("everything", "all") and kind in ("in", "on", "at", "behind"):
            if kind == "behind":
                return self._grown(found, {"category": "background"}, role="background")
            return replace(self._grown(found, {}, role=""), target=self._renamed(phrase.target))
        if found.target.relation is not None:
            return self._grown(found, {})
        relation = Relation(kind=relation_of(kind), anchor=phrase.target)
        hangs = kind in ("on", "above", "behind", "under") and phrase.role == ""
        if found.role == "image" and hangs and not phrase.pronoun:
            framed = {"relation": relation, "category": "framed picture"}
            return self._grown(found, framed, role="")  # "the picture on the easel"
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
        text = clip(join(words), 2000)
        target = found.target.model_copy(update={"phrase": text, **update})
        return replace(
            found, target=target, words=text, units=units, place=place or found.place, **more
        )

    def _renamed(self, target: Target) -> Target:
        """A target under all the words read so far ("everything in the left half")."""
        text = clip(join(self.units[self.start : self.i]), 2000)
        return target.model_copy(update={"phrase": text})
