"""Verb frame of marking a thing in one flat colour: "mark the dog in red"."""

from __future__ import annotations

from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.drafts import Ref
from orchestrator.language.frames_focus import LIT, frame_focus
from orchestrator.language.lexicon import Verb
from orchestrator.language.phrase import SHADES
from orchestrator.language.units import Unit, join

_BY = ("in", "with", "using")


def frame_mark(reader: ClauseReader, verb: Verb) -> bool:
    """Read "mark A in C"; "highlight A" without a colour is to make it brighter."""
    coloured = _coloured(reader)
    if not coloured:
        return verb.base in LIT and frame_focus(reader, verb)
    phrases = reader.phrases_before(coloured)
    refs = reader.refs(phrases, "recolor") if phrases else ()
    if not refs or not reader.says(*_BY) or any(ref.is_image for ref in refs):
        return False
    reader.take()
    colour = join([unit for unit in reader.take(len(reader.left)) if not unit.has("det")])
    for ref in refs:
        if _is_dyed(ref):
            reader.draft("recolor", ref, colour=colour[:60])
        else:
            reader.draft("recolor", ref, colour=colour[:60], flat=True)
    reader.reading.mention(refs)
    return True


def _coloured(reader: ClauseReader) -> int:
    """Where "in red" at the end begins; 0 where there is no such thing."""
    left = reader.left
    said = (i for i, unit in enumerate(left) if i and unit.norm in _BY)
    return next((i for i in said if _is_colour(left[i + 1 :])), 0)


def _is_colour(units: list[Unit]) -> bool:
    """Whether units are a colour and nothing else: "dark red", "a pale blue"."""
    shades = (unit.has("colour", "det") or unit.norm in SHADES for unit in units)
    return bool(units) and units[-1].has("colour") and all(shades)


def _is_dyed(ref: Ref) -> bool:
    """Hair that is highlighted in a colour is dyed."""
    return ref.target.category in _HAIR


_HAIR = frozenset({"hair", "beard", "moustache", "mustache", "eyebrow", "fringe", "bangs"})
