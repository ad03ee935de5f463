"""Which words ask for a sky that can be drawn: "a stormy sky", "fluffy white clouds", "stars".

Only where nothing but that is asked for: a dragon among the clouds is for an editing model. It
knows no pixels.
"""

from __future__ import annotations

import re

_NAMES = {
    "northern lights": "aurora auroras aurorae borealis northern lights polar",
    "starry": """star stars starry starlit starlight starfield milky way constellation
        constellations""",
    "sunset": "sunset sunsets sundown",
    "stormy": """storm stormy storms thunder thunderstorm thunderstorms thundery thunderclouds
        thundercloud stormcloud stormclouds ominous threatening menacing brooding gloomy
        apocalyptic angry rain rainy""",
    "overcast": "overcast grey gray leaden",
    "dramatic": "dramatic epic moody intense spectacular",
    "cloudy": """cloud clouds cloudy cloudier cumulus fluffy puffy billowing wispy cottony
        cloudscape""",
    "clear": "clear cloudless cloudfree blue azure sunny",
}
"""Kind -> the words that ask for it; where words of several stand together the first one is meant:
a dramatic sunset is a sunset, a blue sky with clouds has clouds."""
_KIND_OF = {word: kind for kind, text in _NAMES.items() for word in text.split()}
_DARK = frozenset({"dark", "black", "heavy", "rain"})
"""What makes a storm of clouds, and a night of stars; of a sky alone it says nothing."""
_FILLER_WORDS = """
    a an the sky skies of with some more many lots plenty full one like in to at over above and
    beautiful nice pretty lovely natural realistic real proper very really quite bit big huge large
    small little few several scattered thick white bright deep night nighttime day daytime summer
    new different that is it its up there filled covered behind background overhead
"""
_FILLERS = frozenset(_FILLER_WORDS.split())
"""Words that ask for nothing beyond the sky they stand beside."""
_NEVER = ({"starry", "northern lights"}, {"cloudy", "overcast", "stormy", "sunset"})
"""Kinds of the one do not go with kinds of the other: stars are not seen through clouds."""
_SKY = re.compile(r"\bsk(y|ies)\b", re.IGNORECASE)


def sky_named(words: str) -> str:
    """The kind of sky that words ask for (``tools.skies.SkyKind``); "" where that is none, or more.

    >>> sky_named("a dramatic, stormy sky"), sky_named("a sky with a dragon")
    ('stormy', '')
    """
    said = re.findall(r"[a-z]+", words.lower())
    kinds = {_KIND_OF[word] for word in said if word in _KIND_OF}
    if not kinds or any(w not in _KIND_OF and w not in _FILLERS and w not in _DARK for w in said):
        return ""
    one, other = _NEVER
    if kinds & one and kinds & other:
        return ""
    if "cloudy" in kinds and "overcast" not in kinds and _DARK & set(said):
        kinds.add("stormy")
    return next(kind for kind in _NAMES if kind in kinds)


def speaks_of_sky(words: str) -> bool:
    """Whether a whole sky is spoken of, and not what is in one."""
    return _SKY.search(words) is not None
