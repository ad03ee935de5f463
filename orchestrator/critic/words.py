"""Words compared as people mean them: plurals, endings and corrected spelling count as the same.

Small helpers of the critic; they know the lexicon, no plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from orchestrator.critic.implied import implied
from orchestrator.language.coverage import is_content
from orchestrator.language.lexicon import get_lexicon
from orchestrator.language.tokens import tokenize
from orchestrator.language.units import Unit, read_units

STEM = 5
"""Letters after which endings are not compared ("cinematic", "cinema")."""
FREE = frozenset({
    "it", "this", "that", "one", "other", "thing", "object", "item", "element", "subject", "main",
    "background", "foreground", "backdrop", "image", "picture", "photo", "photograph", "scene",
    "shot", "frame", "rest", "everything", "all", "area", "region", "part", "side", "whole",
    "entire", "left", "right", "top", "bottom", "middle", "center", "centre", "first", "second",
    "third", "last", "both", "two", "here", "there", "else", "except", "but", "same", "current",
    "existing", "original", "overall", "corner", "edge", "border", "strip", "half",
})  # fmt: skip
"""Words that point within any picture and so need not have been said."""
_SMALL = frozenset({
    "the", "a", "an", "my", "his", "her", "its", "their", "our", "your", "of", "in", "on", "at",
    "to", "from", "with", "by", "and", "or", "is", "are", "be", "behind", "under", "over", "near",
    "next", "above", "below", "between", "not", "no", "as", "for", "who", "which", "what", "these",
    "those", "some", "any", "each", "every",
})  # fmt: skip


def stem(word: str) -> str:
    """What of a word is compared."""
    return get_lexicon().singular(word.lower())[:STEM]


def same(a: str, b: str) -> bool:
    """Whether two words are forms of one word."""
    one, other = a.lower(), b.lower()
    if one == other:
        return True
    first, second = stem(one), stem(other)
    if min(len(first), len(second)) < 4:
        return first == second
    return first == second or one.startswith(second) or other.startswith(first)


def words_of(text: str) -> list[str]:
    """Normalised words of a text that name something."""
    return [
        token.norm
        for token in tokenize(text)
        if token.kind in ("word", "symbol") and token.norm not in _SMALL and token.norm != "'s"
    ]


def all_words_of(text: str) -> list[str]:
    """Words of a text, those inside quotation marks too."""
    found: list[str] = []
    for token in tokenize(text):
        found += words_of(token.text) if token.kind == "quote" else []
    return [*found, *words_of(text)]


def vocabulary(texts: Iterable[str], glossary: Mapping[str, str]) -> set[str]:
    """All that was said: as written, as corrected, what taught words mean, what is implied."""
    taught = tuple(glossary.items())
    heard = [_heard(text, taught) for text in (*texts, *glossary, *glossary.values())]
    said = set[str]().union(*(one.named for one in heard))
    every = said.union(*(one.every for one in heard))
    return said | implied(every, quoted=any(one.quoted for one in heard))


@dataclass(frozen=True)
class _Heard:
    """The words of one text.

    Attributes:
        named: those that name something, as written and as corrected.
        every: all of them as written, small ones too.
        quoted: something stood in quotation marks.
    """

    named: frozenset[str]
    every: frozenset[str]
    quoted: bool


@lru_cache(maxsize=256)
def _heard(text: str, taught: tuple[tuple[str, str], ...]) -> _Heard:
    """The words of a text; a planner and the critic ask for the same conversation's every turn."""
    named = set(all_words_of(text))
    tokens = tokenize(text)
    for unit in read_units(text, dict(taught)):
        named.update(words_of(unit.norm))
        named.update(words_of(unit.written))
    every = frozenset(token.norm for token in tokens)
    return _Heard(frozenset(named), every, any(token.kind == "quote" for token in tokens))


def was_said(word: str, said: Iterable[str]) -> bool:
    """Whether a word, in any form, is among those said, or need not have been."""
    if get_lexicon().singular(word) in FREE:
        return True
    return any(same(word, other) or _misspelt(word, other) for other in said)


def _misspelt(word: str, other: str) -> bool:
    """A letter or two wrong in a long word; short words are other words too soon."""
    allowed = 2 if len(word) > 6 else 1 if len(word) > 4 else 0
    return bool(allowed) and OSA.distance(word, other, score_cutoff=allowed) <= allowed


def content_units(units: Sequence[Unit]) -> list[Unit]:
    """Those that carry a wish."""
    return [unit for unit in units if is_content(unit)]
