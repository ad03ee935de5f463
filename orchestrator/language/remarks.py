"""What is told rather than asked for: "she was standing in the shade", "the weather was awful"."""

from __future__ import annotations

from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.drafts import Ref
from orchestrator.language.units import Unit, join

DESCRIBES = frozenset(
    {
        "is",
        "are",
        "looks",
        "look",
        "seems",
        "appears",
        "came out",
        "turned out",
        "was",
        "comes out",
        "is looking",
        "feel",
        "feels",
        "seem",
        "appear",
    }
)


def with_modal(modal: str, unit: Unit) -> str:
    """The copulas read so far; of what stands between them only "too" says anything."""
    told = unit.has("copula") or unit.norm in ("too", "still", "always", "also")
    return f"{modal} {unit.norm}".strip() if told else modal


TELLING = DESCRIBES | {"were", "has been", "was being"}
"""Copulas that tell how something is, not how it should be."""


STATES = (
    "scale", "size", "focus_adjective", "colour", "look", "style", "more", "less", "adjective",
    "gone", "graded", "wish", "relight", "weather", "upside_down", "det", "verb", "says", "action",
    "prep", "number_word", "property", "aspect", "participle", "wear",
)  # fmt: skip
"""Senses of words that say what something is or should become."""


LOOKING = frozenset({
    "looks", "look", "is looking", "are looking", "came out", "turned out", "seems", "appears",
    "comes out",
})  # fmt: skip
"""Copulas that tell what something looks like."""


def says_what(reader: ClauseReader, modal: str) -> bool:
    """Whether what is ahead may be a state to bring about."""
    if reader.sense("det") == "definite":
        return False  # "is my favourite"
    if modal in ("was", "were") and not reader.sees("scale", "focus_adjective", "colour"):
        return False  # "she was standing in the shade"
    if reader.sees("prep") and not reader.says("like"):
        return reader.sees("look", "style", "colour", "whole", "focus_adjective", offset=1)
    return reader.sees(*STATES)


def _as_said(reader: ClauseReader) -> str:
    """The clause as written; a short form ("it's") makes two units of one text."""
    units = reader.clause.units
    return join([u for i, u in enumerate(units) if not i or u.start != units[i - 1].start])


def remark(reader: ClauseReader, refs: tuple[Ref, ...]) -> bool:
    """Read "the weather was awful": told, not asked for."""
    reader.reading.note(f"taken as a remark, not as a request: {_as_said(reader)}")
    reader.reading.spoken |= {unit.index for unit in reader.clause.units}
    reader.take(len(reader.left))
    reader.reading.mention(ref for ref in refs if not ref.is_image)
    return True
