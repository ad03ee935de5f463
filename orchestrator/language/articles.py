"""The article of a thing in the program's own sentences: "the cup", but "her hair" as it is."""

from __future__ import annotations

_DETERMINED = frozenset({
    "the", "a", "an", "my", "his", "her", "its", "their", "our", "your", "whose", "this", "that",
    "these", "those", "all", "both", "every", "each", "everything", "everyone", "everybody",
    "anything", "nothing", "no", "it", "them", "him", "he", "she", "they",
})  # fmt: skip
"""Words before which no article stands."""


def with_the(words: str) -> str:
    """The words with "the" before them, unless they need none."""
    first = words.split(" ", 1)[0].lower()
    owned = first.endswith(("'s", "’s"))
    return words if not words or owned or first in _DETERMINED else f"the {words}"


def with_a(words: str) -> str:
    """The words with the indefinite article before them ("an autumn")."""
    return f"{'an' if words[:1].lower() in 'aeiou' else 'a'} {words}"
