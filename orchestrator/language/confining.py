"""Where a wish for the whole picture is confined: "brighten it, but only on the left".

Marks the clauses that say so and moves the steps before them there. Whether the place can be found
is for the grounders; what acts on the frame itself ("rotate it, only the sky") is confined nowhere,
so that the words are told as not understood.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.clauses import Clause
from orchestrator.language.drafts import Draft, Reading, Ref
from orchestrator.language.phrases import PhraseReader
from orchestrator.language.places import says_part
from orchestrator.language.references import resolve
from orchestrator.language.units import Unit, read_units, word_at

_CONFINED = frozenset({"adjust", "blur", "sharpen", "grade", "weather", "relight"})
"""Ops that can be done to any part of a picture, so that a place behind them is where."""
_COLOURED = frozenset({"recolor", "restyle"})
"""Ops that are where "only" says so."""
_OF_THE_FRAME = frozenset({"vignette", "letterbox"})
"""Looks that lie on the frame and nowhere else."""
_ONLY = frozenset({"only", "just", "solely", "exclusively", "purely", "only the", "just the"})
_IN = frozenset({
    "in", "on", "at", "around", "round", "along", "across", "within", "inside", "near", "over",
    "to", "for", "where",
})  # fmt: skip
_TONES = {
    "shadows": "shadows", "blacks": "shadows", "highlights": "highlights", "whites": "highlights",
}  # fmt: skip
"""Properties that name the tones of a picture, where only those get lighter or darker."""
_LIGHTING = frozenset({"brightness", "exposure"})
_NAMED = {
    "left": "the left side", "right": "the right side", "top": "the top", "bottom": "the bottom",
    "center": "the middle", "front": "the foreground", "back": "the background",
}  # fmt: skip
"""Places -> what is there; of the others it is the corner of that name."""
_MOST = 8


def with_limits(clauses: Sequence[Clause]) -> list[Clause]:
    """The clauses, those that only say where the wish before them is to be done marked so."""
    found: list[Clause] = []
    for clause in (part for whole in clauses for part in _parted(whole)):
        limits = bool(found) and not clause.remark and _limits(clause)
        found.append(replace(clause, limits=True) if limits else clause)
    return found


def _parted(clause: Clause) -> list[Clause]:
    """Cut "make it black and white, only the background" where the second half begins."""
    units = clause.units
    for i, unit in enumerate(units):
        after = units[i + 1 :]
        only = bool(after) and (_says_only(after[0]) or _says_only(after[-1]))
        if not i or unit.norm != "," or not only:
            continue
        if _of_the_whole(units[:i]) and _limits(replace(clause, units=after, linking=())):
            first = replace(clause, units=units[:i])
            return [first, replace(clause, units=after, link="but", linking=(unit,))]
    return [clause]


def _of_the_whole(units: Sequence[Unit]) -> bool:
    """Whether a wish names nothing in the picture ("make it warmer", "more contrast")."""
    named = any(u.has("det") and not u.has("pronoun", "more", "less") for u in units)
    return not named and any(u.senses for u in units)


def _says_only(unit: Unit) -> bool:
    return unit.has("only") or unit.norm in _ONLY


def _limits(clause: Clause) -> bool:
    """Whether a clause is a place or a thing, with "only", and nothing more."""
    if clause.link in ("if", "because", "while", "repair"):
        return False
    led = bool(clause.linking) and _says_only(clause.linking[-1])
    units = [u for u in clause.units if u.kind != "mark"]
    core = _core(units)
    only = led or any(_says_only(u) for u in units if u not in core)
    if not only or not 0 < len(core) <= _MOST:
        return False
    if any(u.has("negation", "text_noun", "instead_of") or u.kind != "word" for u in core):
        return False
    return core[0].has("place") or _phrase(core) is not None


def _core(units: Sequence[Unit]) -> list[Unit]:
    """The place of "only on the left, please": without what says that it is there only."""
    found = list(units)
    while found and (_says_only(found[0]) or found[0].has("polite", "contrast")):
        first = found.pop(0)
        if first.norm.endswith(" the"):
            found.insert(0, word_at(first, "the"))
            break
    while found and (_says_only(found[-1]) or found[-1].has("polite", "filler")):
        found.pop()
    return found


def _phrase(core: Sequence[Unit]) -> Sequence[Unit] | None:
    """The thing of "in the sky", "where the dog is", "the sky"; None where more is said."""
    units = list(core)
    if units[0].norm == "where" and units[-1].has("copula"):
        units = units[1:-1]
    elif units[0].norm in _IN:
        units = units[1:]
    if not units or units[0].has("prep", "pronoun", "whole", "rest"):
        return None
    if units[0].get("det") == "indefinite":
        return None  # "just a slight crop" is a wish
    read = PhraseReader(units).read(0)
    if read is None or read[1] != len(units) or read[0].role == "image":
        return None
    last = units[-1]
    if last.has("relight", "weather", "look", "style", "scale", "colour", "size", "more", "gone"):
        return None
    if last.verb is not None and not last.verb.both and len(units) == 1:
        return None
    return units


def confine(clause: Clause, reading: Reading) -> bool:
    """Move the steps of the clause before to where a clause says; False where none can be."""
    drafts = [d for d in reading.latest if d in reading.drafts and _movable(d, _COLOURED)]
    return _confined(_core([u for u in clause.units if u.kind != "mark"]), drafts, reading)


def confined_tail(reader: ClauseReader) -> bool:
    """Take the "on the left" behind a wish for the whole picture, "only" before or after it."""
    drafts = [draft for draft in reader.made if _movable(draft)]
    left = reader.left
    end = next((i for i, u in enumerate(left) if u.norm == "," or u.has("conjunction")), len(left))
    core = _core(left[:end])
    if not drafts or not core or not (core[0].has("place") or core[0].norm in _IN - {"to", "for"}):
        return False
    units = _phrase(core)
    named = units is not None and (units[0].get("det") == "definite" or units[0].has("background"))
    if not core[0].has("place") and not named:
        return False
    if not _confined(core, drafts, reader.reading):
        return False
    reader.take(end)
    return True


def _movable(draft: Draft, more: frozenset[str] = frozenset()) -> bool:
    look = str(draft.params.get("look", ""))
    return draft.ref.is_image and draft.op in _CONFINED | more and look not in _OF_THE_FRAME


def _confined(core: Sequence[Unit], drafts: Sequence[Draft], reading: Reading) -> bool:
    if not core or not drafts:
        return False
    if core[0].has("place"):
        return len(core) == 1 and _put(drafts, part_of_frame(core[0], reading))
    units = _phrase(core)
    if units is None:
        return False
    tone = _TONES.get(str(units[-1].get("property")), "")
    lit = [d for d in drafts if d.op == "adjust" and d.params.get("property") in _LIGHTING]
    if tone and lit:
        for draft in lit:
            draft.params["property"] = tone
        return True
    read = PhraseReader(units).read(0)
    return read is not None and _put(drafts, resolve(reading, read[0])[0])


def _put(drafts: Sequence[Draft], ref: Ref) -> bool:
    if ref.is_image:
        return False
    for draft in drafts:
        draft.ref = ref
    return True


def part_of_frame(unit: Unit, reading: Reading) -> Ref:
    """The left side of "on the left"."""
    place = str(unit.get("place"))
    words = _NAMED.get(place, f"the {place} corner")
    if says_part(unit):
        words = f"the {' '.join(w for w in unit.norm.split() if w not in _IN and w != 'the')}"
    read = PhraseReader(read_units(words)).read(0)
    if read is None:
        raise ValueError(f"{words!r} is no part of the frame; it should be one of {_NAMED}")
    return resolve(reading, read[0])[0]
