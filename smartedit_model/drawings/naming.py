"""Words for the things and colours that the recogniser knows. It sees no pictures."""

from __future__ import annotations

import re
from functools import cache

from smartedit_model.drawings.places import BACKDROP_WORDS
from smartedit_model.world.catalogue import kinds, members
from smartedit_model.world.palette import colour_names
from smartedit_model.world.phrasings import phrased_words, words_in
from smartedit_model.world.splits import rules_of
from smartedit_model.world.wordings import every_wording, table
from tools.target import Target
from tools.wording import ANYTHING

SPELT = {"grey": "gray", "violet": "purple"}
SAME: dict[str, tuple[str, ...]] = {
    "airplane": ("plane", "planes", "aeroplane", "aeroplanes"),
    "balloon": ("balloon", "balloons", "hot air balloon", "hot air balloons"),
    "bicycle": ("bike", "bikes"),
    "bookcase": ("bookshelf", "bookshelves"),
    "butterfly": ("butterflies",),
    "cat": ("kitten", "kittens"),
    "cup": ("mug", "mugs"),
    "dog": ("puppy", "puppies"),
    "glasses": ("glasses", "eyeglasses", "spectacles"),
    "hamburger": ("burger", "burgers"),
    "rabbit": ("bunny", "bunnies"),
    "sofa": ("couch", "couches"),
    "trousers": ("trousers", "pants"),
    "truck": ("lorry", "lorries"),
    "turtle": ("tortoise", "tortoises"),
    "wrench": ("spanner", "spanners"),
}
"""Kind -> other words for it."""


@cache
def _names() -> dict[str, tuple[str, ...]]:
    """Lower-case word or words -> kinds."""
    found: dict[str, tuple[str, ...]] = {}
    for group, (one, many) in table("groups").items():
        found[one] = found[many] = members(group)
    for key, entry in kinds().items():
        for words in (key.replace("_", " "), entry.name, entry.plural):
            found[words] = (key,)
    for key, ways in SAME.items():
        found |= dict.fromkeys(ways, (key,))
    return found


def kinds_of(words: str) -> tuple[str, ...]:
    """The kinds that a noun names; all of them for "thing"; empty for an unknown word."""
    plain = words.lower().strip().removeprefix("the ").removeprefix("a ").removeprefix("an ")
    if plain in ANYTHING:
        return tuple(key for key, entry in kinds().items() if entry.role == "object")
    return _names().get(plain, ())


def kinds_meant(target: Target) -> tuple[str, ...]:
    """The kinds that a target's noun names, with a describing word where that makes a name."""
    for words in (" ".join((*target.attributes, target.category)), target.category):
        found = kinds_of(words)
        if found:
            return found
    return ()


def colour_of(word: str) -> str:
    """The world's name of a colour; empty for a colour it has no name for."""
    plain = word.lower().strip()
    plain = SPELT.get(plain, plain)
    return plain if plain in colour_names() else ""


@cache
def _other_words() -> tuple[re.Pattern[str], dict[str, str]]:
    """A pattern of all other words for kinds and colours, and what each is called here."""
    plain = dict(SPELT)
    for key, ways in SAME.items():
        entry = kinds()[key]
        for way in ways:
            many = way.endswith("s") and any(
                way[:-1] == one or way[:-3] == one[:-1] for one in ways
            )
            plain[way] = entry.plural if many else entry.name
    longest = sorted(plain, key=len, reverse=True)
    return re.compile(rf"\b({'|'.join(map(re.escape, longest))})\b", re.IGNORECASE), plain


SIZED = {
    "largest": "biggest", "hugest": "biggest", "tiniest": "smallest", "littlest": "smallest",
    "big": "bigger", "large": "bigger", "huge": "bigger", "small": "smaller", "little": "smaller",
    "tiny": "smaller",
}  # fmt: skip
"""Words by which one of several is told by its size -> as the drawn world says it."""


@cache
def taught_words() -> frozenset[str]:
    """Every word of the wordings that teach how things are spoken of, and of the things' names."""
    names = [word for entry in kinds().values() for word in (entry.name, entry.plural)]
    names += [*colour_names(), *table("ordinals"), *table("numbers"), *SIZED.values()]
    names += [word for both in table("groups").values() for word in both]
    return words_in((*every_wording(rules_of("train")), *names)) | phrased_words()


def is_strange(target: Target) -> bool:
    """Whether a target's noun names no kind, and was never taught in any other way."""
    if not target.category or kinds_meant(target):
        return False
    return not set(re.findall(r"[a-z]+", target.category.lower())) <= _named_words()


@cache
def _named_words() -> frozenset[str]:
    """Words of the wordings alone: a phrasing tells of the boat that it is no submarine."""
    return words_in(every_wording(rules_of("train")))


@cache
def _sizes() -> re.Pattern[str]:
    """A size said of a named thing; of others it may be part of what is known of them."""
    named = sorted({entry.name for entry in kinds().values()}, key=len, reverse=True)
    things, colours = ("|".join(map(re.escape, words)) for words in (named, colour_names()))
    return re.compile(
        rf"\b({'|'.join(SIZED)})(?= (?:(?:{colours}) )?(?:{things})\b)", re.IGNORECASE
    )


def said_plainly(sentence: str) -> str:
    """A sentence with the world's own names for things, colours and sizes that have others."""
    pattern, plain = _other_words()
    named = pattern.sub(lambda found: plain[found[0].lower()], sentence)
    return _sizes().sub(lambda found: SIZED[found[0].lower()], named)


LOOKS: dict[str, dict[str, tuple[str, ...]]] = {
    "background": BACKDROP_WORDS,
    "weather": {
        "clear": ("clear", "dry"), "rain": ("rain", "rainy"), "snow": ("snow", "snowy"),
        "fog": ("fog", "foggy"),
    },
    "relight": {"day": ("day",), "sunset": ("sunset",), "night": ("night",)},
    "restyle": {
        "sketch": ("sketch", "sketched", "pencil", "pencil drawing", "graphite"),
        "sepia": ("sepia",),
        "poster": ("poster", "posterized", "posterised", "pop art", "screen print",
                   "screen printed", "silkscreen", "silk screen", "screenprint"),
        "neon": ("neon",),
        "gray": ("black and white", "gray", "grey", "grayscale", "greyscale", "monochrome"),
        "pixel": ("pixel art", "pixel", "pixels", "pixelart", "pixelated", "8 bit", "8bit",
                  "16 bit", "16bit", "eight bit", "sixteen bit"),
        "watercolour": ("watercolour", "watercolours", "watercolor", "watercolors",
                        "watercoloured", "watercolored", "water colour", "water colours",
                        "water color", "water colors", "aquarelle"),
    },
}  # fmt: skip
"""Op -> the world's name of a look -> words that name it."""


def look_named(op: str, words: str) -> str:
    """The look that words name, for an op on the whole picture; empty for none or several.

    A black and white pencil sketch is a sketch, which has no colours anyway.
    """
    said = f" {' '.join(re.findall(r'[a-z0-9]+', words.lower()))} "
    found = {
        name for name, ways in LOOKS.get(op, {}).items() if any(f" {way} " in said for way in ways)
    }
    if found == {"sketch", "gray"}:
        return "sketch"
    return found.pop() if len(found) == 1 else ""


def thing_named(words: str) -> tuple[str, str]:
    """Kind and colour of a described new thing ("a red cat"); empty strings where unknown."""
    parts = words.lower().replace(",", " ").split()
    parts = [part for part in parts if part not in ("a", "an", "the")]
    colour = next((colour_of(part) for part in parts if colour_of(part)), "")
    for start in range(len(parts)):
        for stop in range(len(parts), start, -1):
            found = kinds_of(" ".join(parts[start:stop]))
            if len(found) == 1:
                return found[0], colour
    return "", colour
