"""Participles that say what is done: "blurred", "replaced with a book"."""

from __future__ import annotations

from orchestrator.language.becoming import become_any
from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.drafts import Ref
from orchestrator.language.frames_shape import RESIZE_SIGNS, frame_crop, frame_rotate
from orchestrator.language.frames_tone import ADJUST_VERBS
from orchestrator.language.lexicon import Verb, get_lexicon
from orchestrator.language.making import adjust, focus, remove, resize


def passive(reader: ClauseReader, verb: Verb, refs: tuple[Ref, ...]) -> bool:
    """A participle that says what is done to ``refs``."""
    reader.take()
    if verb.cls == "remove":
        for ref in refs:
            remove(reader, ref)
        return True
    if verb.cls in ("blur", "sharpen"):
        for ref in refs:
            focus(reader, ref, blur=verb.cls == "blur")
        return True
    if verb.cls in ("replace", "change") and reader.says("with", "by", "to", "into", "for"):
        reader.take()
        return become_any(reader, refs)
    if verb.cls == "recolor":
        reader.take_if("over", "all over", "up")
    if verb.cls == "recolor" and (reader.sees("colour") or reader.says("in", "to")):
        reader.take_if("in", "to")
        return become_any(reader, refs, colour=True)
    if verb.cls == "rotate" and verb.base.startswith(("straight", "level")):
        for ref in refs:
            reader.draft("rotate", ref, straighten=True)
        return True
    if verb.cls == "rotate" or (verb.base == "turn" and reader.amount.degrees is not None):
        return frame_rotate(reader, Verb("rotate", "rotate", "base", False))
    if verb.cls == "flip":
        axis = reader.take_sense("axis") or "horizontal"
        for ref in refs:
            reader.draft("flip", ref, axis=str(axis))
        return True
    if verb.cls == "adjust":
        prop, sign = ADJUST_VERBS[verb.base]
        for ref in refs:
            adjust(reader, ref, prop, sign)
        return True
    if verb.cls == "resize":
        for ref in refs:
            resize(reader, ref, RESIZE_SIGNS.get(verb.base, 1), "")
        return True
    if verb.cls == "relight":
        for ref in refs:
            reader.draft("restyle", ref, style="lit")
        return True
    if verb.cls == "deed" or (verb.cls == "crop" and not all(ref.is_image for ref in refs)):
        state = str(get_lexicon().senses(verb.base).get("deed", f"{verb.base}med"))
        for ref in refs:
            reader.draft("restyle", ref, style=state)
        return True
    if verb.cls == "crop":
        return frame_crop(reader, verb)
    return False
