"""Verb frame of "change A to B" and "turn A into B"."""

from __future__ import annotations

from orchestrator.language.becoming import become_any
from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.colours import colour_of, open_change, recoloured
from orchestrator.language.drafts import WHOLE
from orchestrator.language.frames_shape import frame_rotate
from orchestrator.language.lexicon import Verb
from orchestrator.language.phrase import Phrase
from orchestrator.language.predicates import read_predicate
from orchestrator.language.properties import property_of, property_to
from orchestrator.language.scene import speaks_of_scene
from orchestrator.language.scene_or_style import scene_or_style
from orchestrator.language.word_kinds import SCENERY


def frame_change(reader: ClauseReader, verb: Verb) -> bool:
    """Read "change A to B", "turn A into B", "change the colour of A"."""
    if verb.base == "turn" and (
        reader.sees("turn", "turn_amount", "upside_down")
        or (reader.sees("side") and reader.peek(1) is None)
    ):
        return False
    if verb.base == "turn" and (
        reader.amount.degrees is not None
        or reader.find(lambda u: u.has("turn", "turn_amount")) is not None
    ):
        return frame_rotate(reader, Verb("rotate", "rotate", "base", False))
    if reader.take_if("nothing but"):
        only = reader.refs(reader.phrases())
        reader.reading.mention(only)
        reader.reading.note("each step changes only its own region")
        return bool(only)
    whole = reader.sees("prep") and reader.says("to", "into")
    phrases = (
        [] if whole else reader.phrases("to", "into", "from", "for", "with", "->", predicates=True)
    )
    if not phrases and not whole:
        return read_predicate(reader, (WHOLE,))
    if phrases and any(u.norm in ("daytime", "day", "sunny", "daylight") for u in phrases[0].units):
        reader.reading.daytime = True
    if phrases and _domain(phrases[0]) and reader.says("to", "into", "->"):
        return _domain_to(reader, phrases[0])
    owner = colour_of(phrases[0], reader) if phrases else None
    if owner is not None:
        return recoloured(reader, owner)
    if phrases and reader.sees("direction") and (prop := property_of(phrases[0])) is not None:
        return property_to(reader, *prop)
    refs = reader.refs(phrases, _op_ahead(reader, phrases)) if phrases else (WHOLE,)
    if reader.says("from"):
        reader.take()
        old = reader.phrase("to", "into")
        if old is not None and refs[0].is_image:
            refs = (WHOLE,)
    if reader.says("to", "into", "->", "for", "with"):
        reader.take()
        return become_any(reader, refs)
    if reader.done:
        return open_change(reader, refs, phrases)
    return read_predicate(reader, refs)


def _op_ahead(reader: ClauseReader, phrases: list[Phrase]) -> str:
    """The op of "turn it to night": no thing becomes night, so "it" is the picture."""
    ahead = [u for u in reader.left[1:] if u.kind != "mark" and not u.has("det", "filler")]
    told = (*SCENERY, "domain", "whole", "effect_noun", "adjective")
    whole = bool(ahead) and all(u.has(*told) for u in ahead)
    it = len(phrases) == 1 and phrases[0].words.lower() in ("it", "this")
    return "relight" if it and whole and any(u.has(*SCENERY) for u in ahead) else "change"


def _domain(phrase: Phrase) -> bool:
    last = phrase.units[-1]
    first = phrase.units[0]
    plain = phrase.target.relation is None or phrase.target.relation.anchor.is_whole_image
    if not plain:
        return False
    return last.has("domain") or (
        len(phrase.units) == 1 and first.has("relight", "season", "weather")
    )


def _domain_to(reader: ClauseReader, phrase: Phrase) -> bool:
    """Read "change the weather to snow", "turn day into night"."""
    reader.take()
    units = [u for u in reader.left if u.kind != "mark"]
    if speaks_of_scene(units):
        return scene_or_style(reader, (WHOLE,))
    return scene_or_style(reader, (WHOLE,))
