"""Which words name a style that can be drawn: "a pencil sketch", "watercolor painting", "8-bit".

Only where nothing but the style is asked for: a watercolour by moonlight is a wish for more than is
drawn. It knows no pixels.
"""

from __future__ import annotations

import re

from smartedit_model.drawings.naming import look_named

_NAMES: dict[str, tuple[str, ...]] = {
    "sketch": (
        *("pencil sketch", "pencil drawing", "pencil", "sketch", "sketched", "drawing"),
        "graphite",
    ),
    "watercolour": (
        *("watercolour", "watercolours", "watercolor", "watercolors", "watercoloured"),
        *("watercolored", "water colour", "water colours", "water color", "water colors"),
        "aquarelle",
    ),
    "oil_painting": (
        *("oil painting", "oil paintings", "oil paint", "oil paints", "oil colours", "oil colors"),
        *("oil on canvas", "oils", "painting"),
    ),
    "pixel_art": (
        *("pixel art", "pixelart", "pixel", "pixels", "pixelated", "pixel graphics"),
        *("8 bit", "8bit", "16 bit", "16bit", "eight bit", "sixteen bit"),
    ),
    "poster": (
        *("poster", "posterized", "posterised", "pop art", "screen print", "screen printed"),
        *("silkscreen", "silk screen", "screenprint"),
    ),
    "cartoon": (
        *("cartoon", "cartoons", "cartoony", "cartoonish", "comic", "comics", "comic book"),
        *("comicbook", "comic strip", "toon"),
    ),
}
"""Words that name each tool's style."""
_OF_DRAWINGS: dict[str, tuple[str, ...]] = {
    "neon": ("neon", "neons"),
    "sepia": ("sepia",),
    "gray": (
        *("black and white", "gray", "grey", "grayscale", "greyscale", "gray scale", "grey scale"),
        "monochrome",
    ),
}
"""The same of looks that are styles of the drawn world only."""
_BESIDE: dict[str, tuple[str, ...]] = {
    "sketch": ("black and white",),
    "watercolour": ("paper",),
    "oil_painting": ("oil", "canvas"),
    "pixel_art": ("video game", "game", "retro", "blocky", "graphics"),
    "poster": ("bold", "flat", "graphic", "few colours", "few colors"),
    "cartoon": ("flat", "inked"),
    "neon": ("light", "lights", "sign", "signs", "glow", "glowing", "lit"),
    "sepia": ("tone", "toned", "tones", "old", "vintage", "brown"),
    "gray": ("old", "vintage"),
}
"""Words that speak of each too, but name none by themselves."""
_FILLER_WORDS = """
    a an the in of on like as into to with and or it its this that one is be by
    style styled styles look looks looking effect image picture photo photograph version form
    art artwork artistic work illustration painted painting paint drawn drawing draw print printed
    hand made real realistic proper simple plain classic classical traditional nice beautiful
    whole entire kind sort type
"""
_FILLERS = frozenset(_FILLER_WORDS.split())
"""Words that ask for nothing beyond the style they stand beside."""

_MIXABLE = frozenset({"sketch", "watercolour", "oil_painting", "cartoon"})
"""Those that are not made of a few flat colours: half a poster has as many as the photo."""


def drawing_style(words: str) -> str:
    """The tool whose style is all that some words ask for; "" where there is none.

    Args:
        words: a style as a plan has it: "a watercolor painting".
    """
    return _one(words, _NAMES)


def drawn_in_part(words: str) -> bool:
    """Whether the style that some words name can be mixed with the photo and still be itself."""
    return drawing_style(words) in _MIXABLE


def style_of_drawings(words: str) -> bool:
    """Whether some words ask for a style that the drawn world has, and for no more."""
    if not look_named("restyle", words):
        return False
    return bool(_one(words, _NAMES) or _one(words, _OF_DRAWINGS))


def _one(words: str, table: dict[str, tuple[str, ...]]) -> str:
    text = " ".join(re.findall(r"[a-z0-9]+", re.sub(r"['’]s?\b", "", words.lower())))
    fitting = [name for name in table if _asks_for_no_more(text, table[name], _BESIDE[name])]
    return fitting[0] if len(fitting) == 1 else ""


def _asks_for_no_more(text: str, names: tuple[str, ...], beside: tuple[str, ...]) -> bool:
    named = False
    left = f" {text} "
    for phrase in sorted((*names, *beside), key=len, reverse=True):
        if f" {phrase} " in left:
            left = left.replace(f" {phrase} ", " ")
            named = named or phrase in names
    return named and set(left.split()) <= _FILLERS
