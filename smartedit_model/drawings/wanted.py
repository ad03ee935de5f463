"""What a wish for a new thing asks to be drawn: kind, colour, number, size, or why it cannot be.

Strict on purpose: a word that the drawing would not show ("a striped dog", "a dog with a hat")
means that something else was wished for. It sees no pictures.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from smartedit_model.drawings.naming import colour_of, kinds_of
from smartedit_model.errors import NotDrawnError
from smartedit_model.world.catalogue import kinds
from tools.wording import ANYTHING

ARTICLES = frozenset({"a", "an", "the", "another", "new", "one", "single", "some"})
NUMBERS = {"two": 2, "couple": 2, "three": 3, "few": 3, "several": 4, "four": 4, "five": 5}
UNTOLD = 3
"""How many "cups" are."""
SIZES = {"tiny": 0.5, "little": 0.7, "small": 0.7, "mini": 0.5, "big": 1.35, "large": 1.35,
         "huge": 1.7, "giant": 1.7}  # fmt: skip
STICKER = re.compile(r"\b(?:stickers?|emojis?|clip[ -]?arts?)\b(?: of\b)?")
WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")


@dataclass(frozen=True)
class Wanted:
    """A thing of the catalogue, as it was asked for.

    Attributes:
        kinds: keys of the kinds that will do; several for "an animal".
        colour: the world's name; empty where none was named.
        count: how many.
        size: factor on the usual size.
        sticker: it was asked for as a sticker, emoji or clip art.
    """

    kinds: tuple[str, ...]
    colour: str = ""
    count: int = 1
    size: float = 1.0
    sticker: bool = False


def wanted(words: str) -> Wanted:
    """What words such as "two small red cups" or "a sticker of a dog" ask for.

    Raises:
        NotDrawnError: they name nothing of the catalogue, or more than the catalogue can show.
    """
    said = words.strip().lower()
    sticker = STICKER.search(said) is not None
    spoken = [*WORD.findall(STICKER.sub(" ", said))]
    colours: list[str] = []
    count, size = 0, 1.0
    while spoken:  # "a pair of glasses" is one name, so names are looked for at every length
        found, plural = _named(" ".join(spoken))
        if found:
            many = UNTOLD if plural and not count else max(count, 1)
            return Wanted(found, next(iter(colours), ""), many, size, sticker)
        word = spoken.pop(0)
        if word in NUMBERS:
            count = NUMBERS[word]
        elif word in SIZES:
            size *= SIZES[word]
        elif colour_of(word) and not colours:
            colours.append(colour_of(word))
        elif word not in ARTICLES and not (word == "of" and count):
            break
    raise NotDrawnError(
        f"{words.strip()!r} is none of the {len(kinds())} things it can draw, in one of their "
        "colours and with nothing else about them"
    )


def _named(noun: str) -> tuple[tuple[str, ...], bool]:
    """The kinds that exactly these words name, and whether they name several of them."""
    if noun in ANYTHING or noun.split(" ")[0] in ARTICLES:
        return (), False
    found = kinds_of(noun)
    if len(found) > 1:  # a family: of its kinds those that reflect nothing
        return tuple(key for key in found if kinds()[key].role == "object"), noun.endswith("s")
    plural = noun.endswith("s") and kinds_of(noun.removesuffix("s")) == found
    return found, plural or any(noun == kinds()[key].plural != kinds()[key].name for key in found)
