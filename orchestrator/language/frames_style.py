"""Verb frames of styles, deeds done to things, and what no plan can say."""

from __future__ import annotations

from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.crop_sides import crop_side
from orchestrator.language.frames_add import frame_add
from orchestrator.language.frames_tone import refs_or_image
from orchestrator.language.lexicon import Verb, get_lexicon
from orchestrator.language.making import adjust, recolor, remove
from orchestrator.language.properties import property_of
from orchestrator.language.scene_or_style import scene_or_style


def frame_restyle(reader: ClauseReader, verb: Verb) -> bool:
    """Read "stylize as a watercolour", "redraw it in the style of Monet"."""
    style = get_lexicon().senses(verb.base).get("styling")
    if style is not None:
        unit = reader.peek()
        if unit is not None and unit.get("det") == "indefinite":
            return frame_add(reader, Verb("add", "add", "base", False))  # "sketch a cat on it"
        for ref in refs_or_image(reader, "grade"):
            reader.draft("restyle", ref, style=str(style))
        return True
    refs = refs_or_image(reader, "grade", "in")
    while reader.says(
        "as", "in", "to", "into", "like", "in the style of", "the", "a", "an", "style", "of"
    ):
        reader.take()
    return scene_or_style(reader, refs)


def frame_apply(reader: ClauseReader, verb: Verb) -> bool:
    """Read "apply a vintage filter", "use a film look on the sky"."""
    if verb.base in ("use", "try", "go for") and not any(
        u.has("effect_noun", "look", "style", "property", "weather") for u in reader.left
    ):
        return False
    return frame_add(reader, Verb("add", "add", "base", False))


def frame_deed(reader: ClauseReader, verb: Verb) -> bool:
    """Read "open the window", "light the candles": the same thing in another state."""
    reader.take_if("up")
    phrases = reader.phrases("to", "with", "into", *_TOGETHER)
    if not phrases:
        return False
    if verb.base == "open" and (found := property_of(phrases[0])) is not None:
        adjust(reader, found[1], found[0], 1)  # "open up the shadows"
        return True
    state = str(get_lexicon().senses(verb.base).get("deed", verb.base))
    refs = reader.refs(phrases, "restyle")
    reader.take_if("up", "on", "off", "down")
    tail = reader.rest_text()
    for ref in refs:
        if state in COLOUR_STATES:
            recolor(reader, ref, state)
            continue
        text = f"{verb.base} {ref.words} {tail}".strip()
        reader.draft(
            "restyle", ref, fixed=text[0].upper() + text[1:], style=f"{state} {tail}".strip()[:500]
        )
    reader.reading.mention(refs)
    return True


_TOGETHER = ("back", "together", "apart")
"""How something is tied, folded or broken."""
COLOUR_STATES = frozenset({"white", "black", "red", "pink", "golden", "silver"})


def frame_harm(reader: ClauseReader, verb: Verb) -> bool:
    """Read "cut off the top" as cropping; other harm is nothing anybody plans."""
    if verb.base == "cut off":
        refs = reader.refs(reader.phrases(), "remove")
        if crop_side(reader, refs):
            return True
        for ref in refs:
            remove(reader, ref)
        return bool(reader.made)
    return frame_extend(reader, verb)


def frame_mention(reader: ClauseReader, verb: Verb) -> bool:
    """Read "(only work on) the sky": what the next words are about."""
    refs = reader.refs(reader.phrases())
    reader.reading.mention(refs)
    reader.reading.subject = refs
    words = " and ".join(ref.words for ref in refs)
    reader.reading.note(f"taken as what this is about: {words}")
    return bool(refs)


def frame_extend(reader: ClauseReader, verb: Verb) -> bool:
    """Painting beyond the edge, and motion: nothing a plan can say."""
    reader.reading.note(f"'{verb.base}' is not among what a plan can say")
    return False
