"""English words that nobody listed, and which of them a misspelt word was meant to be.

A "saddle" is in no list of this package, but a "sadle" is none the less a slip. Which words mean
anything to a plan is no business of this module.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from orchestrator.language.sounds import key_of

_COMMON = 300
"""How often the frequency list must have seen a word before another is taken for it."""
_SHORTEST = 5
"""Letters from which a word nobody knows may be a slip; shorter ones are near too many others."""
_SAME_SOUND = ("cks", "fp", "gj", "sz", "ei", "nk", "wr", "au")
"""Letters that may begin words that sound alike ("sigarette", "jiraffe", "nife")."""

_BRITISH = (
    ("our", "or"), ("is(?=e|ing|ation)", "iz"), ("yse", "yze"), ("re$", "er"), ("res$", "ers"),
    ("ogue", "og"), ("ll(?=ed|ing|er)", "l"), ("[ao]e(?=[a-z]{2})", "e"), ("ence$", "ense"),
    ("grey", "gray"), ("mould", "mold"), ("plough", "plow"), ("tyre", "tire"), ("kerb", "curb"),
    ("gement", "gment"),
)  # fmt: skip
"""Spellings that the frequency list, which is American, lacks -> what it has."""


def is_english(word: str) -> bool:
    """Whether a word in small letters is English, listed here or not."""
    listed = _frequencies()
    return word in listed or any(
        re.sub(british, american, word) in listed
        for british, american in _BRITISH
        if re.search(british, word)
    )


def how_common(word: str) -> int:
    """How often the frequency list saw a word."""
    return _frequencies().get(word, 0)


@lru_cache(maxsize=4096)
def meant_for(word: str) -> str:
    """The English word that a misspelt one is most likely meant to be, or ""."""
    if len(word) < _SHORTEST or is_english(word):
        return ""
    allowed = 1 if len(word) < 7 else 2
    firsts = {word[0]}.union(*(set(group) for group in _SAME_SOUND if word[0] in group))
    near: list[str] = []
    for first in firsts:
        for length in range(len(word) - 1, len(word) + 2):
            near.extend(_buckets().get((first, length), ()))
    hits = process.extract(word, near, scorer=OSA.distance, score_cutoff=allowed, limit=40)
    likely = [str(hit) for hit, _, _ in hits if _slipped(word, str(hit))]
    return max(likely, key=how_common, default="")


def _slipped(word: str, meant: str) -> bool:
    """Whether the two sound alike, or letters changed places."""
    return sorted(word) == sorted(meant) or key_of(word) == key_of(meant)


@cache
def _frequencies() -> Mapping[str, int]:
    from spellchecker import SpellChecker

    found: Mapping[str, int] = SpellChecker(distance=1).word_frequency.dictionary
    return found


@cache
def _buckets() -> Mapping[tuple[str, int], list[str]]:
    """The common words by first letter and length."""
    found: dict[tuple[str, int], list[str]] = {}
    for word, times in _frequencies().items():
        if times >= _COMMON and word.isalpha():
            found.setdefault((word[0], len(word)), []).append(word)
    return found
