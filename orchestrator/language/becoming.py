"""What stands after "to" or "into": a colour, a scene, writing, or another thing."""

from __future__ import annotations

from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.colour_words import shade_of
from orchestrator.language.drafts import WHOLE, Ref
from orchestrator.language.frames_replace import new_text, up_to_contrast
from orchestrator.language.making import recolor, says
from orchestrator.language.predicate_phrases import become
from orchestrator.language.predicates import read_predicate
from orchestrator.language.scene_or_style import scene_or_style
from orchestrator.language.units import Unit, join
from orchestrator.language.word_kinds import SCENERY


def _whole_scene(units: list[Unit]) -> bool:
    """Read "(the street into) a cyberpunk scene at night": the whole picture is meant."""
    scene = any(u.norm in ("scene", "world", "setting", "atmosphere") for u in units)
    return (
        scene
        and any(u.has(*SCENERY) for u in units)
        and all(u.has(*SCENERY, "effect_noun", "whole", "conjunction", "prep") for u in units)
    )


def become_any(reader: ClauseReader, refs: tuple[Ref, ...], *, colour: bool = False) -> bool:
    """What stands after "to" or "into": a colour, a scene, writing, or another thing."""
    reader.skip("filler")
    quote = reader.peek()
    if quote is not None and quote.kind == "quote":
        return new_text(reader, refs)
    if reader.sees("says"):
        return says(reader, refs)
    units = [u for u in reader.left if u.kind != "mark" and not u.has("det")]
    images = all(ref.is_image for ref in refs)
    skip = 1 if reader.sees("det") and len(reader.left) > 1 else 0
    named = reader.peek(skip)
    tone = units and units[-1].has("colour_noun", "effect_noun")
    if (
        named is not None
        and named.has("colour")
        and (len(units) == 1 or (len(units) == 2 and tone))
        and not (images and named.has("look"))
    ):
        reader.take(len(reader.left))
        for ref in refs:
            recolor(reader, ref, str(named.get("colour")))
        reader.reading.mention(refs)
        return True
    shade = shade_of([u for u in reader.left if u.kind != "mark"])
    if shade and not images:
        reader.take(len(reader.left))
        for ref in refs:
            recolor(reader, ref, shade)
        reader.reading.mention(refs)
        return True
    if colour:
        text = reader.rest_text()
        for ref in refs:
            reader.draft("recolor", ref, colour=text[:60])
        return bool(text)
    if not images and all(ref.target.category in ("background", "backdrop") for ref in refs):
        text = join(up_to_contrast(reader)).strip(" ,")
        for ref in refs:
            reader.draft("background", ref, new=text[:500])
        reader.reading.mention(refs)
        return bool(text)
    if images:
        return scene_or_style(reader, refs)
    if _whole_scene(units):
        if not images:
            reader.reading.note(f"read {refs[0].words} as the whole picture")
        return scene_or_style(reader, (WHOLE,))
    if units and all(u.has("look", "style") or u.has("effect_noun", "whole") for u in units):
        return scene_or_style(reader, refs)
    if not reader.sees("det") and read_predicate(reader, refs, generic=False) and reader.made:
        return True
    return become(reader, refs)
