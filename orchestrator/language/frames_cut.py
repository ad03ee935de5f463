"""Verb frames of cutting what grows: "cut her hair", "the hedge is too tall, trim it".

What grows is cut shorter; of anything else these verbs mean the frame, which is not known here.
"""

from __future__ import annotations

from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.drafts import Reading, Ref
from orchestrator.language.lexicon import Verb
from orchestrator.language.units import read_units
from orchestrator.language.word_kinds import is_of

_CUTTING = frozenset({"cut", "trim"})


def cut_grown(reader: ClauseReader, verb: Verb) -> bool:
    """Take what grows, named or spoken of just before, and draft it cut; False where none is."""
    if verb.base not in _CUTTING:
        return False
    if is_of("grown", reader.left) and reader.sees("det"):
        refs = reader.refs(reader.phrases(), "restyle")
    else:
        spoken = _spoken_of(reader.reading) if reader.says("it", "them") else None
        if spoken is None:
            return False
        reader.take()
        refs = (spoken,)
        _without_complaint(reader.reading, spoken)
        reader.reading.note(f"read 'it' as {spoken.words}")
    style = "trimmed" if verb.base == "trim" else "cut short"
    for ref in refs:
        reader.draft("restyle", ref, style=style, fixed=f"{verb.base.title()} {ref.words}")
    return True


def _spoken_of(reading: Reading) -> Ref | None:
    """What this instruction spoke of last, where it grows."""
    mention = reading.mentions[-1] if reading.mentions else None
    if mention is None or not mention.recent or not mention.alive:
        return None
    last = mention.refs[-1]
    return last if not last.is_image and is_of("grown", read_units(last.words)) else None


def _without_complaint(reading: Reading, ref: Ref) -> None:
    """Drop the smaller hedge of "the hedge is too tall, trim it": trimming is what is asked."""
    for draft in [d for d in reading.latest if d.op == "resize" and d.ref.target == ref.target]:
        if draft in reading.drafts:
            reading.drafts.remove(draft)
