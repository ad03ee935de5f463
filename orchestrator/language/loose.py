"""A clause by its cues alone: a thing and a word that says what becomes of it.

The last resort, for wording that no frame fits. What it made of the words is told in a note; words
it made nothing of are reported as not understood.
"""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.clauses import Clause
from orchestrator.language.drafts import WHOLE, Reading, Ref
from orchestrator.language.making import adjust, recolor, remove
from orchestrator.language.phrase import Phrase
from orchestrator.language.phrases import PhraseReader
from orchestrator.language.scene import apply_named
from orchestrator.language.units import Unit, join

LOOSELY = "read loosely"
"""Told of a clause that was read by its words alone, in whatever order they stand."""
_GONE = frozenset({"out", "away", "off", "rid", "begone", "bye", "goodbye", "without"})
_UP = frozenset({"up", "more", "higher", "raise", "raised", "extra", "stronger", "boosted"})
_DOWN = frozenset({
    "down", "less", "lower", "fewer", "reduce", "reduced", "too", "weaker", "back", "off", "out",
    "excess",
})  # fmt: skip
_SCENES = ("weather", "relight", "look", "style", "season")


@dataclass(frozen=True)
class _Thing:
    phrase: Phrase
    start: int
    end: int


def loosely(clause: Clause, reading: Reading) -> bool:
    """Draft what the cues of a clause ask for; False where there are none, or several kinds."""
    reader = ClauseReader(clause, reading)
    if any(u.has("negation") or u.kind == "quote" for u in reader.units):
        return False
    things = _things(reader)
    made = (
        _removed(reader, things)
        or _toned(reader, things)
        or _graded(reader, things)
        or _coloured(reader, things)
        or _scene(reader, things)
    )
    if made:
        reading.note(f"{LOOSELY}: {join(clause.units)}")
    return made


def _things(reader: ClauseReader) -> list[_Thing]:
    """The noun phrases of the clause that name something in the picture."""
    found: list[_Thing] = []
    units = reader.units
    at = 0
    while at < len(units):
        unit = units[at]
        opens = unit.kind == "word" and not unit.has(
            "prep", "pronoun", "property", "gone", "copula"
        )
        read = PhraseReader(units, predicates=True).read(at) if opens else None
        if read is None or read[1] <= at:
            at += 1
            continue
        phrase, end = read
        named = phrase.target.category and not phrase.pronoun and phrase.role != "image"
        if named and not phrase.units[-1].has(
            "property",
            "colour_noun",
            "effect_noun",
            "verb",
            "scale",
            "more",
            "less",
            "look",
            "wish",
        ):
            found.append(_Thing(phrase, at, end))
        at = end
    return found


def _claim(reader: ClauseReader, things: list[_Thing], *cues: int) -> None:
    """Let the things and the cues count as answered."""
    units = {u.index for thing in things for u in thing.phrase.units}
    units |= {reader.units[i].index for i in cues} | reader.said
    for draft in reader.made:
        draft.units |= units
    for index in units:
        reader.reading.claims.setdefault(index, "constraint")


def _refs(reader: ClauseReader, things: list[_Thing], op: str) -> tuple[Ref, ...]:
    return reader.refs([thing.phrase for thing in things], op)


def _cue(units: list[Unit], things: list[_Thing], *senses: str) -> int | None:
    """Where a word of one of these senses stands that belongs to no thing."""
    inside = {i for thing in things for i in range(thing.start, thing.end)}
    return next((i for i, u in enumerate(units) if i not in inside and u.has(*senses)), None)


def _removed(reader: ClauseReader, things: list[_Thing]) -> bool:
    units = reader.units
    cue = next(
        (
            i
            for i, u in enumerate(units)
            if u.has("gone")
            or (u.verb is not None and u.verb.cls == "remove" and not u.verb.both)
            or (u.norm in _GONE and i and not units[i - 1].has("verb", "participle"))
        ),
        None,
    )
    if cue is None or not things or any(u.has("property") for u in units):
        return False
    after = [t for t in things if t.start > cue]
    chosen = (
        after[:1]
        if after and not units[cue].has("gone")
        else [t for t in things if t.end <= cue][-1:]
    )
    if not chosen:
        return False
    for ref in _refs(reader, chosen, "remove"):
        remove(reader, ref)
    _claim(reader, chosen, cue)
    return bool(reader.made)


def _toned(reader: ClauseReader, things: list[_Thing]) -> bool:
    """A slider and a word for up or down."""
    units = reader.units
    at = _cue(units, things, "property")
    if at is None:
        return False
    name = str(units[at].get("property"))
    words = {u.norm for u in units} | {v.base for u in units if (v := u.verb) is not None}
    classes = {u.verb.cls for u in units if u.verb is not None}
    down = bool(words & _DOWN) or "decrease" in classes or reader.strength.excess
    up = bool(words & _UP) or bool(classes & {"increase", "add", "give"})
    if not up and not down and name != "noise":
        return False
    sign = -1 if (down and not up) or (name == "noise" and not up) else 1
    near = [t for t in things if t.start > at][:1] or things[:1]
    refs = _refs(reader, near, "adjust") if near else (WHOLE,)
    for ref in refs:
        adjust(reader, ref, name, sign)
    cues = [i for i, u in enumerate(units) if u.norm in _UP | _DOWN or i == at]
    _claim(reader, near, *cues)
    return True


def _graded(reader: ClauseReader, things: list[_Thing]) -> bool:
    """A comparative ("something darker")."""
    units = reader.units
    at = next(
        (i for i, u in enumerate(units) if getattr(u.get("scale"), "form", "") == "more"), None
    )
    if at is None:
        return False
    scale = units[at].get("scale")
    near = [t for t in things if t.end <= at][-1:] or things[:1]
    refs = _refs(reader, near, "adjust") if near else (WHOLE,)
    for ref in refs:
        adjust(reader, ref, scale.property, scale.sign)
    _claim(reader, near, at)
    return True


def _coloured(reader: ClauseReader, things: list[_Thing]) -> bool:
    """One thing and one colour beside it."""
    units = reader.units
    at = _cue(units, things, "colour")
    near = [t for t in things if at is not None and t.end <= at][-1:] or things[:1]
    if at is None or not near:
        return False
    for ref in _refs(reader, near, "recolor"):
        recolor(reader, ref, str(units[at].get("colour")))
    _claim(reader, near, at)
    return True


def _scene(reader: ClauseReader, things: list[_Thing]) -> bool:
    """Weather, light, a look or a style, with nothing it could be a part of."""
    units = reader.units
    at = _cue(units, things, *_SCENES)
    if at is None or things:
        return False
    part = next(p for p in _SCENES if units[at].has(p))
    apply_named(reader, part, str(units[at].get(part)), WHOLE, [units[at]])
    _claim(reader, [], at)
    return True
