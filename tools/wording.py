"""Small questions about the words of a target that grounders share. It does not parse language."""

from __future__ import annotations

import re

from tools.target import Target

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_IRREGULAR = {
    "people": "person",
    "men": "man",
    "women": "woman",
    "children": "child",
    "feet": "foot",
    "teeth": "tooth",
    "leaves": "leaf",
    "skies": "sky",
    "mice": "mouse",
}
_NO_PLURAL = frozenset(
    {"grass", "glass", "iris", "canvas", "bus", "lens", "dress", "christmas", "this"}
)
_ANY_ONE = frozenset({("one", "of"), ("any", "of"), ("either", "of"), ("some", "of")})
_COUNTS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "couple": 2, "pair": 2,
}  # fmt: skip
_COUNTED_OFF = frozenset({"one", "first", "1st"})
"""Words ahead of the noun that say how many from a side: "the first two", "the left one"."""
_ANY_NUMBER = frozenset({"all", "some", "most", "many", "several", "both"})
_SAME_IN_PLURAL = frozenset({"sheep", "fish", "deer", "aircraft"})
_COUNTED = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+")
POINTING = frozenset(
    {"", "it", "this", "that", "here", "there", "selection", "mask", "area", "one"}
)
"""Categories that name nothing by themselves; only what the user marked can be meant."""
UNNAMED = POINTING | {"everything", "all", "rest", "something", "anything"}
"""Categories that a model which looks for things by name cannot be asked for."""
ANYTHING = frozenset({"thing", "object", "item", "one"})
"""Nouns that fit whatever stands somewhere, and so also what is put in its place."""
FILLER = frozenset({"the", "a", "an", "my", "his", "her", "their", "its", "your", "our", "of"})


def words(phrase: str) -> tuple[str, ...]:
    """The words of a phrase, lower case, in order."""
    return tuple(_WORD.findall(phrase.lower()))


def singular(word: str) -> str:
    """A noun's singular, by the common rules of English spelling."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word in _NO_PLURAL or len(word) < 4 or word.endswith("ss") or not word.endswith("s"):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    return word[:-1]


def noun(target: Target) -> str:
    """The head noun in the singular; the phrase's last word where the parse names none."""
    if target.category:
        last = words(target.category)
        return " ".join((*last[:-1], singular(last[-1]))) if last else target.category.lower()
    spoken = [word for word in words(target.phrase) if word not in FILLER]
    return singular(spoken[-1]) if spoken else ""


def called(target: Target) -> str:
    """What a model that looks for things by name is asked: looks and noun ("red cup")."""
    spoken = " ".join((*target.attributes, noun(target))).split()
    while len(spoken) > 1 and spoken[0] in FILLER:
        spoken = spoken[1:]
    return " ".join(spoken)


def names_a_thing(target: Target) -> bool:
    """True where the phrase has a noun to look for, and is not the picture itself."""
    return not target.is_whole_image and noun(target) not in UNNAMED


def wants_all(target: Target) -> bool:
    """True where several things are meant: stated by the parse, or the noun is in the plural."""
    if target.quantity != "one":
        return True
    if target.ordinal is not None or target.superlative:
        return how_many(target) > 1 or is_group(target)
    spoken = words(target.phrase)
    if spoken[:2] in _ANY_ONE:
        return False
    head = noun(target)
    return any(word != head and singular(word) == head for word in spoken)


def how_many(target: Target) -> int:
    """How many of a row or of the biggest are meant: 2 for "the two cups on the left", else 1.

    Only a count before the noun says so: "the left one of the two cups" is one.
    """
    if target.ordinal is None and not target.superlative:
        return 1
    count, head = 1, noun(target).rpartition(" ")[2]
    for word in _COUNTED.findall(target.phrase.lower()):
        if singular(word) == head and (word != head or head in _SAME_IN_PLURAL):
            return count
        if word == head or (word == "of" and count == 1):
            return 1
        count = int(word) if word.isdigit() else _COUNTS.get(word, count)
    return 1


def is_group(target: Target) -> bool:
    """Whether all that stand on a side are meant: "the people on the left", "in the middle".

    "The left one of the dogs" is one of them, "the dogs' tail on the left" is a tail.
    """
    place = target.ordinal
    if place is None or place.index not in (0, 1) or target.superlative or how_many(target) > 1:
        return False
    spoken = words(target.phrase)
    if target.quantity == "all":
        return True
    head = noun(target).rpartition(" ")[2]
    for at, word in enumerate(spoken):
        if word in (*_COUNTED_OFF, head):
            return False
        if word == "of":
            return at > 0 and spoken[at - 1] in _ANY_NUMBER
        if singular(word) == head:
            return True
    return False


def plain(phrase: str) -> Target:
    """A bare phrase ("the round brass dial") as a target: last word the noun, others attributes."""
    spoken = [word for word in words(phrase) if word not in FILLER]
    if not spoken:
        return Target(phrase=phrase)
    return Target(phrase=phrase, category=singular(spoken[-1]), attributes=tuple(spoken[:-1]))
