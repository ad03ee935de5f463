"""Finding a state of the history by a person's words: "the rain", "the cyberpunk version".

Compares words with what each step was asked to do. It moves nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

if TYPE_CHECKING:
    from memory.records import RevisionInfo

CLOSE = 82.0
"""Similarity [0, 100] from which two words count as the same (rain, rainy; typing errors)."""
ENDING = 3
"""Longest ending that leaves a word the same: fog, foggy; blur, blurred."""
FILLERS = frozenset({
    "the", "a", "an", "that", "this", "my", "your", "our", "it", "its", "of", "to", "in", "on",
    "and", "with", "version", "one", "step", "edit", "change", "when", "was", "were", "had",
    "having", "made", "make", "making", "added", "adding", "put", "state", "picture", "image",
    "photo", "you", "i", "we",
})  # fmt: skip
"""Words that point at no step in particular."""


def find_step(words: str, revisions: Sequence[RevisionInfo]) -> RevisionInfo | None:
    """The newest revision whose step fits the words best; None where none does.

    Of steps that fit as well one that made what is named goes before one that changed it: "before
    the border" is before it was put there, not before it was sharpened.

    Args:
        words: "the rain", "you blurred the background".
        revisions: oldest first.
    """
    wanted = [word for word in _words(words) if word not in FILLERS]
    if not wanted:
        return None
    best: tuple[tuple[float, bool], RevisionInfo] | None = None
    for revision in revisions:
        if not revision.step:
            continue
        said = _said(revision)
        score = _fit(wanted, said)
        made = _fit(wanted, said - set(_words(revision.step["target"]["phrase"]))) >= 0.5
        if score >= 0.5 and (best is None or (score, made) >= best[0]):
            best = ((score, made), revision)
    return None if best is None else best[1]


def _said(revision: RevisionInfo) -> set[str]:
    step = revision.step
    text = " ".join(
        [revision.label, step["op"], step["target"]["phrase"], *map(str, step["params"].values())]
    )
    return set(_words(text))


def _fit(wanted: list[str], said: set[str]) -> float:
    """Share of the wanted words that were said, [0, 1]."""
    hits = sum(any(_same(word, other) for other in said) for word in wanted)
    return hits / len(wanted)


def _same(word: str, other: str) -> bool:
    if word == other:
        return True
    short, long = sorted((word, other), key=len)
    if len(short) >= 3 and long.startswith(short) and len(long) - len(short) <= ENDING:
        return True
    return len(short) >= 4 and fuzz.ratio(word, other) >= CLOSE


def _words(text: str) -> list[str]:
    return [word.strip(".,;:!?'\"()").lower() for word in text.split() if word.strip(".,;:!?'\"()")]
