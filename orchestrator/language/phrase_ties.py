"""What tells which noun is meant: relative clauses, participles and deeds ("the man who waves").

The head of the phrase is ``phrase_head``'s, relations to other things are ``phrase_relations``'s;
how they are put together is ``phrases``'s.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from orchestrator.language.phrase import ATTACHED, Phrase, compares
from orchestrator.language.phrase_relations import Relations
from orchestrator.language.units import Unit

_AFTER_DOING = frozenset({"away", "around", "together", "apart", "us", "me", "home", "alone"})
"""What may follow a deed without a preposition ("facing away", "photobombing us")."""
_STATES = ("colour", "size", "scale", "adjective", "look")
"""What a thing may be made, said after all that tells which one."""


@dataclass
class Ties(Relations, ABC):
    """Reads what follows the head of a phrase and belongs to it."""

    @abstractmethod
    def attach_to(self, found: Phrase, unit: Unit) -> Phrase:
        """The phrase with what is tied to it by the unit ahead."""

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
                    grown = self.attach_to(found, after)
                else:
                    grown = self._related(found, "with", self.i)
                if self.i > at + 1:
                    return self._object_of(self._grown(grown, {}), after)
                self.i = saved
        while (unit := self.unit()) is not None:
            if self._stopped(unit) and self.i > at:
                break
            if unit.has("connector", "contrast", "except", "while", "reason") and self.i > at:
                break
            told = compares(unit) or unit.has("gone") or (self._last() and unit.has(*_STATES))
            if self.reader.predicates and self.i > at + 1 and told:
                break
            self.i += 1
        return self._grown(found, {})

    def _object_of(self, found: Phrase, doing: Unit) -> Phrase:
        """Take "a dog" of "(the man who is) walking a dog", which tells who is meant."""
        unit = self.unit()
        if doing.norm == "dressed" and unit is not None and unit.norm in ("as", "like"):
            return self._dressed_as(found)
        if not doing.has("participle") or unit is None or not unit.has("det"):
            return found
        inner = None if self._stopped(unit) else self.inner(self.i)
        if inner is None:
            return found
        self.i = inner[1]
        return self._grown(found, {})

    def _dressed_as(self, found: Phrase) -> Phrase:
        """Take "as a pirate" of "the boy dressed as a pirate"."""
        inner = self.inner(self.i + 1)
        if inner is None:
            return found
        self.i = inner[1]
        return self._grown(found, {})

    def doing(self, found: Phrase) -> Phrase:
        """Read "(the kid) taking a selfie": a deed that no list has, and what it is done to."""
        saved, self.i = self.i, self.i + 1
        inner = self.inner(self.i)
        if inner is None:
            self.i = saved
            return found
        attributes = (*found.target.attributes, self.units[saved].norm)
        self.i = inner[1]
        return self._grown(found, {"attributes": attributes})

    def _last(self) -> bool:
        """Whether the unit here ends what is said."""
        after = self.unit(1)
        return after is None or after.kind == "mark" or after.has("conjunction")

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
                inner = self.inner(self.i)
                self.i = inner[1] if inner else self.i
            return self._grown(found, {"superlative": superlative})
        self.i += 1
        attributes = (*found.target.attributes, unit.norm)
        grown = self._grown(found, {"attributes": attributes})
        while (
            (nxt := self.unit()) is not None
            and (nxt.has("filler", "degree", "direction") or nxt.norm in _AFTER_DOING)
            and not nxt.has("prep", "same")
            and not (
                nxt.has("direction") and (onto := self.unit(1)) is not None and onto.has("det")
            )
        ):
            self.i += 1
        if unit.norm == "dressed" and nxt is not None and nxt.norm in ("as", "like"):
            return self._dressed_as(grown)
        if nxt is None or self._stopped(nxt):
            return self._grown(grown, {"attributes": attributes})
        if nxt.has("place"):
            return self._placed(grown, nxt)
        if nxt.get("prep") in ATTACHED or nxt.norm in ("to", "at"):
            more = self._prepositional(grown, str(nxt.get("prep")) if nxt.norm != "to" else "near")
            if more is not grown:  # "standing behind the subject": the relation says it all
                return more
            return grown
        inner = self.inner(self.i)
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
