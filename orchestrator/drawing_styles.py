"""Which words name a style that a tool can draw: "a pencil sketch", "watercolor painting", "8-bit".

Only where nothing but the style is asked for: a watercolour by moonlight is a wish for more than a
tool does. It knows no pixels.
"""

from __future__ import annotations

import re

_NAMES: dict[str, tuple[str, ...]] = {
    "sketch": (
        *("pencil sketch", "pencil drawing", "pencil", "sketch", "sketched", "drawing"),
        *("graphite", "black and white"),
    ),
    "watercolour": (
        *("watercolour", "watercolours", "watercolor", "watercolors", "watercoloured"),
        *("watercolored", "water colour", "water colours", "water color", "water colors"),
        *("aquarelle", "paper"),
    ),
    "oil_painting": (
        *("oil painting", "oil paintings", "oil paint", "oil paints", "oil colours", "oil colors"),
        *("oil on canvas", "oil", "oils", "painting", "canvas"),
    ),
    "pixel_art": (
        *("pixel art", "pixelart", "pixel", "pixels", "pixelated", "pixel graphics"),
        *("8 bit", "8bit", "16 bit", "16bit", "eight bit", "sixteen bit"),
        *("video game", "game", "retro", "blocky", "graphics"),
    ),
    "poster": (
        *("poster", "posterized", "posterised", "pop art", "screen print", "screen printed"),
        *("silkscreen", "silk screen", "screenprint", "bold", "flat", "graphic"),
    ),
    "cartoon": (
        *("cartoon", "cartoons", "cartoony", "cartoonish", "comic", "comics", "comic book"),
        *("comicbook", "comic strip", "toon", "flat", "inked"),
    ),
}
"""Words that speak of each tool's style."""
_NOT_ALONE = frozenset(
    {
        *("black and white", "paper", "canvas", "oil", "video game", "game", "retro", "blocky"),
        *("graphics", "bold", "flat", "graphic", "inked"),
    }
)
"""Of these, words that name no style by themselves."""
_FILLER_WORDS = """
    a an the in of on like as into to with and or it its this that one is be by
    style styled styles look looks looking effect image picture photo photograph version form
    art artwork artistic work illustration painted painting paint drawn drawing draw print printed
    hand made real realistic proper simple plain classic classical traditional nice beautiful
    whole entire kind sort type
"""
_FILLERS = frozenset(_FILLER_WORDS.split())
"""Words that ask for nothing beyond the style they stand beside."""


def drawing_style(words: str) -> str:
    """The tool whose style is all that some words ask for; "" where there is none.

    Args:
        words: a style as a plan has it: "a watercolor painting".
    """
    text = " ".join(re.findall(r"[a-z0-9]+", re.sub(r"['’]s?\b", "", words.lower())))
    fitting = [name for name in _NAMES if _asks_for_no_more(text, name)]
    return fitting[0] if len(fitting) == 1 else ""


def _asks_for_no_more(text: str, name: str) -> bool:
    named = False
    left = f" {text} "
    for phrase in sorted(_NAMES[name], key=len, reverse=True):
        if f" {phrase} " in left:
            left = left.replace(f" {phrase} ", " ")
            named = named or phrase not in _NOT_ALONE
    return named and set(left.split()) <= _FILLERS
