"""Words that point at a picture handed over as an example: "in the style of this picture".

Drafts the step that takes over its colours; who handed it over, and whether, is not known here.
"""

from __future__ import annotations

from orchestrator.language.clausereader import ClauseReader
from orchestrator.language.drafts import WHOLE, Ref
from orchestrator.language.units import Unit, join

TOOL = "tool:match_style"
ASPECTS = frozenset({
    "style", "look", "colour", "color", "colours", "colors", "palette", "mood", "grading", "grade",
    "tone", "tones", "atmosphere", "feel", "vibe", "aesthetic",
})  # fmt: skip
"""What may be taken over from a picture."""
PICTURES = frozenset({"picture", "photo", "photograph", "image", "shot", "pic"})
POINTERS = frozenset({"this", "that", "other", "attached", "given", "second"})
"""Words for the picture handed over, after "style of"."""
EXAMPLES = frozenset({"reference", "example", "sample", "inspiration"})
"""Words that make a picture an example wherever they stand before it."""
_RUN = ASPECTS | PICTURES | POINTERS | EXAMPLES | frozenset({
    "the", "a", "an", "of", "in", "with", "like", "as", "same", "to", "from", "match", "matching",
    "looks", "similar", "and", "that", "use", "using", "copy", "my", "one", "exactly", "just",
})  # fmt: skip
"""Words that an example is pointed at with."""
_LIKE = frozenset({"like", "match", "matching", "copy", "as", "use", "using"})
_VERBS = frozenset({
    "make", "match", "copy", "use", "apply", "give", "grade", "take", "take over", "adopt",
    "transfer", "mimic", "imitate", "render", "turn", "borrow", "recreate", "get", "restyle",
    "stylize", "stylise", "have", "let", "redo", "put", "bring", "steal", "grab", "lift", "pull",
})  # fmt: skip


_REDRAW = frozenset({"redraw", "repaint", "paint", "draw"})


def read_example(reader: ClauseReader) -> bool:
    """Read "(make the sky) in the style of this picture", "match the colours of the reference".

    Takes nothing and gives False where the clause does not point at a picture handed over.
    """
    found = _pointing(reader)
    if found is None:
        return False
    start, end = found
    begun, taken = reader.at, set(reader.taken)
    while reader.at < start and _says_nothing(reader.units[reader.at]):
        reader.take()
    refs: tuple[Ref, ...] = (WHOLE,)
    if reader.at < start:
        if not reader.sees("det", "background", "compound", "taught"):
            reader.at, reader.taken = begun, taken
            return False  # "make it warmer, in the style of this picture" asks for more
        phrase = reader.phrase(end=start - reader.at)
        if phrase is not None:
            refs = reader.refs([phrase], "grade")
    reader.take(end - reader.at)
    if refs == (WHOLE,) and reader.sees("prep") and not reader.says("with", "without"):
        reader.take()
        refs = reader.refs(reader.phrases(), "grade") or refs
    redraws = any(unit.norm in _REDRAW for unit in reader.units[begun:start])
    for ref in refs:
        said = "" if ref.is_image else f" for {ref.words}"
        draft = reader.draft("grade", ref, f"Take over the style of the example picture{said}")
        if redraws:  # brush strokes and shapes are an editing model's to draw
            draft.op, draft.params = "restyle", {"style": "the style of the example picture"}
        else:
            draft.params, draft.executor = _amount(reader), TOOL
    reader.reading.mention(refs)
    said = join(reader.units[begun:end])
    reader.reading.note(f"'{said}': the example is the picture handed over with --style-image")
    return True


def speaks_of_example(text: str) -> bool:
    """Whether an instruction points at a picture handed over as an example."""
    from orchestrator.language.clauses import split_clauses
    from orchestrator.language.drafts import Reading
    from orchestrator.language.units import read_units

    clauses = split_clauses(read_units(text))
    return any(_pointing(ClauseReader(clause, Reading())) is not None for clause in clauses)


def points_at_example(word: str) -> bool:
    """Whether a word may be of those that point at an example, or do something with it."""
    return set(word.lower().split()) <= _RUN | _VERBS


def _says_nothing(unit: Unit) -> bool:
    """Words before the example that name nothing to change."""
    return (
        unit.norm in _VERBS | _REDRAW
        or unit.norm in ("everything", "all", "it", "please")
        or unit.has("filler", "polite", "pronoun", "conjunction")
    )


def _amount(reader: ClauseReader) -> dict[str, float]:
    share = reader.amount.share(1.0, 1.0)
    return {} if share == 1.0 else {"strength": round(float(share), 3)}


def _pointing(reader: ClauseReader) -> tuple[int, int] | None:
    """Where the words that point at the example begin and end; None where there are none."""
    for end in range(len(reader.units), reader.at, -1):
        if not _parts(reader.units[end - 1]) & (PICTURES | EXAMPLES):
            continue
        start = end
        while start > reader.at and _parts(reader.units[start - 1]) <= _RUN:
            start -= 1
        spoken = set().union(*(_parts(unit) for unit in reader.units[start:end]))
        if start < end and _points(spoken):
            return start, end
    return None


def _points(spoken: set[str]) -> bool:
    """Whether the words speak of an example and of being like it."""
    if spoken & (EXAMPLES - ASPECTS):
        return bool(spoken & (ASPECTS | _LIKE))
    if spoken & POINTERS:
        return bool(spoken & ASPECTS and spoken & {"of", "from", "as", "in"})
    return "style" in spoken and bool(spoken & PICTURES and spoken & _LIKE)


def _parts(unit: Unit) -> set[str]:
    return set(unit.norm.split())
