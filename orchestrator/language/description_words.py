"""An instruction's words, matched from any place against patterns with slots.

Knows what may stand in a slot; what a pattern means is ``descriptions``'s.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from orchestrator.language.lexicon import get_lexicon
from orchestrator.language.patterns import Part
from orchestrator.language.phrase import RELATIONS, Phrase
from orchestrator.language.phrase_bounds import VAGUE
from orchestrator.language.phrases import PhraseReader
from orchestrator.language.units import Unit
from orchestrator.language.word_kinds import words_of
from tools.target import Target

Slots = dict[str, str | int | Target]
"""Name of a slot -> a side, a place in a row, a colour, a size, a relation, or a thing."""
_UNWANTED = frozenset({"i do not want", "i do not want to", "i do not want to see"})
"""Words that ask for something to be gone."""
_PARTICLES = frozenset({"away", "out", "off", "apart", "too", "instead"})
"""Words of the verb that stand behind what it acts on."""
_PLACES = frozenset({
    "on", "in", "under", "behind", "in_front_of", "left_of", "right_of", "above", "below",
    "next_to", "near",
})  # fmt: skip
_MAKING = frozenset({"make", "change", "recolor", "mark", "apply"})
"""Classes of verbs that say what a thing is to become."""
_NEEDY = _MAKING | {"", "add", "move", "give", "mention"}
"""Classes of verbs that say where something is to go or what it is to become."""
_SIDES = {
    "side": ("left", "right"),
    "edge": ("left", "right", "top", "bottom"),
    "depth": ("front", "back"),
}
"""Kinds of slots for a side, and the words that fit."""
_SHORT_ING = 4
"""No verb's -ing form is as short as "ring"."""
_NEEDING = {"made": _MAKING, "where": frozenset({"add", "move", "increase"})}
"""How a rule may not end -> classes of verbs that need its words."""
_LONGEST = 5
"""Words of an entry that a slot may hold."""


def article(unit: Unit) -> Unit:
    """The unit as the article "the"."""
    return replace(unit, text="the", norm="the", senses={"det": "definite", "stop": True})


def thing_at(units: Sequence[Unit], at: int) -> tuple[Phrase, int] | None:
    """The simple noun phrase at a unit, "piece of furniture" included, and where it ends."""
    bare = at < len(units) and units[at].norm in VAGUE
    said = [article(units[at]), *units[at:]] if bare else list(units[at:])
    read = PhraseReader(said, predicates=True).read(0, attach=False)
    if read is None:
        return None
    phrase, end = read[0], at + read[1] - (1 if bare else 0)
    if end + 1 >= len(units) or units[end].norm != "of" or not phrase.target.category:
        return phrase, end
    inner = PhraseReader(units, predicates=True).read(end + 1, attach=False)
    if inner is None or inner[0].determiner or inner[0].role or units[end + 1].has("pronoun"):
        return phrase, end
    if not inner[0].target.category or units[end + 1].has("colour", "size"):
        return phrase, end
    measure = phrase.target.category in get_lexicon().measures
    name = inner[0].target.category if measure else phrase.target.category
    target = phrase.target.model_copy(update={"category": name})
    return replace(phrase, target=target), inner[1]


class Words:
    """The words of units, and where units begin among them.

    A slot for a thing holds whole units; the other slots and a pattern's own words may be parts of
    units ("was put on the chair", where "put on" is one).
    """

    def __init__(self, units: Sequence[Unit]) -> None:
        self.units = units
        self.words: list[str] = []
        self.unit_at: dict[int, int] = {}
        self.word_at: list[int] = []
        for i, unit in enumerate(units):
            self.unit_at[len(self.words)] = i
            self.word_at.append(len(self.words))
            self.words += self.spelt(unit)
        self.unit_at[len(self.words)] = len(units)
        self.word_at.append(len(self.words))

    def spelt(self, unit: Unit) -> list[str]:
        """The words of a unit, as a pattern sees them."""
        return [unit.norm] if unit.kind == "quote" else unit.norm.split() or [unit.norm]

    def matches(self, parts: Sequence[Part], at: int) -> Iterator[tuple[Slots, int]]:
        """Each way a pattern fits from a unit on: what its slots hold, and the unit behind it."""
        for slots, end in self._from(parts, self.word_at[at], {}):
            if end in self.unit_at and end > self.word_at[at]:
                yield slots, self.unit_at[end]

    def may_begin(self, opens: frozenset[str], at: int) -> bool:
        """Whether one of these words stands first from a unit on; no words at all: any may."""
        word = self.word_at[at]
        return not opens or (word < len(self.words) and self.words[word] in opens)

    def _from(self, parts: Sequence[Part], word: int, slots: Slots) -> Iterator[tuple[Slots, int]]:
        if not parts:
            yield slots, word
            return
        part, rest = parts[0], parts[1:]
        if part.slot:
            for value, end in self._held(part.kind, word):
                yield from self._from(rest, end, {**slots, part.slot: value})
        for choice in part.choices:
            if tuple(self.words[word : word + len(choice)]) == choice:
                yield from self._from(rest, word + len(choice), slots)
        if part.optional:
            yield from self._from(rest, word, slots)

    def _held(self, kind: str, word: int) -> Iterator[tuple[str | int | Target, int]]:
        """What a slot of a kind may hold from a word on, and where it ends."""
        if word >= len(self.words):
            return
        if kind in ("thing", "things"):
            yield from self._thing(word, many=kind == "things")
        elif kind in _SIDES:
            if self.words[word] in _SIDES[kind]:
                yield self.words[word], word + 1
        elif kind == "ing":
            if len(self.words[word]) > _SHORT_ING and self.words[word].endswith("ing"):
                yield self.words[word], word + 1
        else:
            for count in range(min(_LONGEST, len(self.words) - word), 0, -1):
                value = _value(kind, " ".join(self.words[word : word + count]))
                if value is not None:
                    yield value, word + count

    def _thing(self, word: int, *, many: bool) -> Iterator[tuple[Target, int]]:
        if word not in self.unit_at:
            return
        read = thing_at(self.units, self.unit_at[word])
        if read is None:
            return
        phrase, end = read
        plain = bool(phrase.target.category) and not phrase.role
        if plain and not (many and phrase.number != "many"):
            yield phrase.target, self.word_at[end]

    # -- what stands around

    def ends(self, at: int) -> bool:
        """Whether a clause may end before a unit."""
        while at < len(self.units) and self.units[at].has("polite"):
            at += 1
        if at >= len(self.units):
            return True
        unit = self.units[at]
        return unit.kind == "mark" or unit.has("conjunction", "connector")

    def tells_where(self, at: int, end: int) -> bool:
        """Whether a place follows that belongs to the last thing, not to the verb."""
        unit = self.units[end] if end < len(self.units) else None
        here = unit is not None and (unit.has("place") or str(unit.get("prep")) in _PLACES)
        return here and self.verb_before(at) not in ("move", "add", "take")

    def names(self, at: int) -> bool:
        """Whether a unit goes on naming a thing: a noun, or what it is made of."""
        unit = self.units[at] if at < len(self.units) else None
        plain = unit is not None and unit.kind == "word" and set(unit.senses) <= {"adjective"}
        return plain and unit is not None and unit.norm not in _PARTICLES

    def starts_clause(self, at: int) -> bool:
        """Whether another wish begins at a unit, or nothing is left."""
        if self.ends(at):
            return True
        unit = self.units[at]
        return unit.verb is not None and unit.verb.form == "base"

    def apart(self, at: int) -> bool:
        """Whether no list goes on at a unit."""
        unit = self.units[at] if at < len(self.units) else None
        after = self.units[at + 1] if at + 1 < len(self.units) else None
        listed = after is not None and after.has("det", "conjunction", "number_word")
        return unit is None or not (unit.has("conjunction") or (unit.norm == "," and listed))

    def needed(self, at: int, end: int, ends: str) -> bool:
        """Whether the verb may need the last words itself: "put the cup there", "paint it red".

        Args:
            at: where the description begins.
            end: the unit behind it.
            ends: as in the data file; "" where it may end a clause.
        """
        if not ends or not self.ends(end):
            return False
        verb = self.verb_before(at)
        return ends == "never" or verb in _NEEDING.get(ends, _NEEDY)

    def verb_before(self, at: int) -> str:
        """The class of the last verb before a unit in its clause, or ""."""
        for place in range(at - 1, -1, -1):
            unit = self.units[place]
            if unit.kind == "mark":
                break
            named = place > 0 and self.units[place - 1].has("det")  # "the mirror"
            if unit.verb is not None and unit.verb.form == "base" and not named:
                return unit.verb.cls
            if unit.norm in _UNWANTED:
                return "remove"
        return ""


def _value(kind: str, text: str) -> str | int | None:
    senses = get_lexicon().senses(text)
    if kind == "ordinal":
        return int(senses["ordinal"]) if "ordinal" in senses else None
    if kind == "relation":
        name = str(senses.get("prep"))
        return RELATIONS.get(name) if name in _PLACES else None
    if kind == "colour":
        return str(senses["colour"]) if "colour" in senses else None
    if kind == "size":
        size = senses.get("size")
        return text if size is not None and size.form != "plain" else None
    if kind == "looks":
        return text if "adjective" in senses else None
    if kind == "material":
        return text if text in words_of("material") else None
    if kind == "most":
        size = senses.get("size")
        extra = senses.get("superlative_extra")
        told = extra is not None and text.endswith("est")
        return str(extra) if told else text if size is not None and size.form == "most" else None
    return None
