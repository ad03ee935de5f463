"""A described look: "(like) a movie shot at night", "(into) an oil painting".

Decides whether the words describe a scene, whose known parts become steps of their own
(``scene``), a shape of the picture, or a style that is passed on in words.
"""

from __future__ import annotations

from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.drafts import WHOLE, Ref
from orchestrator.language.making import shaped
from orchestrator.language.predicate_phrases import until_role
from orchestrator.language.scene import apply_named, make_scene, speaks_of_scene
from orchestrator.language.units import join


def scene_or_style(reader: ClauseReader, refs: tuple[Ref, ...]) -> bool:
    """A described look ahead: known parts become steps, other words a style."""
    ahead = until_role(reader)
    if not ahead:
        return False
    units = [u for u in ahead if u.kind != "mark"]
    if any(u.kind == "number" and u.unit == "ratio" for u in units) or (
        len([u for u in units if not u.has("det")]) == 1 and units[-1].has("aspect")
    ):
        unit = next(u for u in units if u.kind == "number" or u.has("aspect"))
        reader.take(reader.units.index(unit) - reader.at)
        return shaped(reader, unit)
    if speaks_of_scene(units):
        for ref in refs:
            whole = (
                WHOLE
                if all(u.has("look", "det", "whole", "weather", "relight") for u in units)
                and ref.is_image
                else ref
            )
            if not make_scene(reader, units, whole):
                return False
        reader.take(len(ahead))
        return True
    words = join([u for u in ahead if not (u is ahead[0] and u.norm in ("style",))]).strip(" ,")
    if not words:
        return False
    reader.take(len(ahead))
    single = [u for u in units if not u.has("det", "effect_noun", "whole")]
    if (
        len(single) == 1
        and single[0].has("wish", "scale", "colour")
        and all(r.is_image for r in refs)
    ):
        named = single[0]
        part = "wish" if named.has("wish") else "scale"
        if named.has(part):
            for ref in refs:
                apply_named(reader, part, named.get("wish") if part == "wish" else named.norm, ref)
            return True
    for ref in refs:
        reader.draft("restyle", ref, style=words[:500])
    return True
