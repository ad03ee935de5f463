"""Noun phrases: a run of units to a ``Target``, with ordinals, superlatives, relations, exclusions.

The head noun may be any word (an open class). Each unit is looked at a bounded number of times:
a phrase is read left to right and relations nest to a fixed depth.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from orchestrator.language.phrase import (
    ATTACHED,
    MAX_DEPTH,
    MAX_WORDS,
    Phrase,
    clip,
    coloured,
    number_of,
)
from orchestrator.language.phrase_bounds import Words
from orchestrator.language.phrase_ties import Ties
from orchestrator.language.units import Unit, join
from tools.colour_names import names_colour
from tools.target import Relation, RelationKind, Target

VAGUE = frozenset({"", "object", "thing", "item"})
"""Nouns for whatever there is: all of them but one is all the rest."""
_TURNED = frozenset({"back", "backs", "face", "faces", "side", "sides"})
"""What somebody may have to the camera ("the man with his back to us")."""
_MADE_TO = frozenset({"used", "meant", "designed", "intended", "needed"})


class PhraseReader(Words):
    """Reads noun phrases from a sequence of units.

    Args:
        units: of one clause.
        predicates: True where a phrase stops before words that say what it should become ("make
            [the sky] pink").
    """

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
class _Parse(Ties):
    """Reads a whole phrase: the head, then what is tied to it."""

    reader: PhraseReader

    def phrase(self) -> tuple[Phrase, int] | None:
        first = self.unit()
        if first is None or first.kind == "mark" or self._stopped(first):
            return None
        pronoun = self._pronoun(first)
        if pronoun:
            self.i += 1
            target = Target(phrase=first.norm)
            found = Phrase(
                target, first.norm, (first,), "definite", number_of(pronoun, first), pronoun
            )
            return self._excluding(found), self.i
        self._before_head()
        run = self._run()
        if (
            not run
            and not (self.before.ordinal or self.before.superlative or self.before.other)
            and self.before.quantity == "one"
            and not (self.before.count and (of := self.unit()) is not None and of.norm == "of")
        ):
            return None
        found = self._named(run)
        if self.attach and self.depth < MAX_DEPTH:
            found = self._genitives(found)
            found = self._attachments(found)
        found = self._excluding(found)
        return found, self.i

    def inner(self, at: int) -> tuple[Phrase, int] | None:
        """The phrase inside this one that starts at ``at``."""
        return self.reader.read(at, end=self.limit, stops=self.stops, depth=self.depth + 1)

    def _spared(self) -> tuple[Phrase, int] | None:
        return self.reader.read(
            self.i, end=self.limit, stops=self.stops, attach=self.attach, depth=self.depth + 1
        )

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
                self._nounish(after, first=True) or after.has("side", "ordinal", "verb", "action")
            ):
                break
            self.i += 1
            at = self.i
            inner = _Parse(
                self.reader, at, self.limit, self.stops, attach=False, depth=self.depth + 1
            )
            inner.before.determiner = "definite"
            inner._before_head()
            run = inner._run()
            if not run and inner.before.ordinal is None:
                self.i -= 1
                break
            part = inner._named(run)
            self.i = inner.i
            kind: RelationKind = (
                "reflection_of" if part.target.category == "reflection" else "part_of"
            )
            units = tuple(self.units[self.start : self.i])
            target = part.target.model_copy(
                update={
                    "phrase": clip(join(units), 2000),
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
            if unit is None or (self._stopped(unit) and not self._counts_from(found)):
                break
            if _besides(unit, found):
                break
            before = self.i
            found = self.attach_to(found, unit)
            if self.i == before:
                break
        return found

    def _counts_from(self, found: Phrase) -> bool:
        """Read "the second cup from the left", also where "from" says from what to take it."""
        here = self.unit()
        ahead = [u for u in (self.unit(1), self.unit(2)) if u is not None and not u.has("det")]
        place = found.target.ordinal
        if here is None or place is None or place.index == 0 or not ahead:
            return False
        return ahead[0].has("side") and here.get("prep") == "from"

    def attach_to(self, found: Phrase, unit: Unit) -> Phrase:
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
        after = self.unit(1)
        if unit.norm in _MADE_TO and after is not None and after.norm in ("to", "for", "by", "in"):
            return self._relative(found)
        if unit.has("participle"):
            return self._participle(found, unit)
        verb = unit.verb
        which = found.determiner not in ("", "indefinite")
        doing = verb is not None and verb.form == "ing" and which
        if doing and after is not None and after.get("det") == "indefinite":
            return self.doing(found)
        turned = unit.norm in ("to", "towards", "toward") and found.units[-1].norm in _TURNED
        if turned and (inner := self.inner(self.i + 1)) is not None:
            self.i = inner[1]
            return self._grown(found, {})
        if unit.kind == "quote" and found.units[-1].has("text_noun"):
            self.i += 1
            return self._grown(found, {})
        kind = unit.get("prep")
        if kind in ATTACHED:
            return self._prepositional(found, str(kind))
        return found

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
        if unit is None or self.depth >= MAX_DEPTH:
            return found
        if not unit.has("except") and not _besides(unit, found):
            return found
        saved = self.i
        self.i += 1 + skip
        inner = self._spared()
        if inner is None:
            if (nxt := self.unit()) is not None and nxt.norm == "for":
                self.i += 1
                inner = self._spared()
            if inner is None:
                self.i = saved
                return found
        left_out, self.i = inner
        update: dict[str, Any] = {"exclude": _one_of(found.target, left_out.target)}
        role = found.role
        if found.role in ("image", "rest") or (
            found.target.quantity == "all" and found.target.category in VAGUE
        ):
            update |= {"quantity": "all_but", "category": ""}
            role = "rest"
        return self._grown(found, update, role=role)


def _besides(unit: Unit, found: Phrase) -> bool:
    """Whether "besides" leaves some of several out; beside one thing another stands."""
    return unit.norm == "besides" and found.number == "many"


def _one_of(target: Target, left_out: Target) -> Target:
    """What is left out of a target; "but not the one in the mirror" means one of the same kind.

    So does a bare colour: "any but yellow".
    """
    if not target.category or left_out.category == target.category:
        return left_out
    told = (left_out.relation, left_out.ordinal, left_out.superlative, left_out.attributes)
    if left_out.category in ("", "one", "ones") and any(told):
        said = left_out.phrase.split()
        words = [target.category if word in ("one", "ones") else word for word in said]
        return left_out.model_copy(update={"phrase": " ".join(words), "category": target.category})
    bare = bool(left_out.category) and names_colour(left_out.category)
    if not bare or left_out.attributes or left_out.relation is not None:
        return left_out
    return coloured(left_out.category, target.category)
