"""Cutting a part of the frame off: "cut off the top", "crop out the left third".

Knows places in the frame, not which verb asked.
"""

from __future__ import annotations

from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.drafts import Ref
from orchestrator.language.places import is_frame_part
from tools.target import Target


def crop_side(reader: ClauseReader, refs: tuple[Ref, ...]) -> bool:
    """Read "cut off the top": all but a strip of the frame is kept."""
    if not refs or not all(is_frame_part(ref.target) for ref in refs):
        return False
    for ref in refs:
        plain = ref.target.category in ("side", "edge", "border", "part")
        strip = ref.target.model_copy(update={"category": "strip"}) if plain else ref.target
        if plain:
            reader.reading.note(f"it does not say how much of {ref.words} to cut off: an eighth is")
        words = f"everything except {ref.words}"
        rest = Target(phrase=words, quantity="all_but", exclude=strip)
        reader.draft("crop", Ref(rest, words), fixed=f"Crop the picture to {words}")
    return True
