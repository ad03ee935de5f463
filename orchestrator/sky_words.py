"""Which words ask for a sky, or a thing in one, that can be drawn: "a stormy sky", "a full moon".

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
_THINGS = {
    "shooting stars": "shooting falling star stars meteor meteors",
    "crescent moon": "crescent half",
    "moon": "moon moonlit",
    "rainbow": "rainbow rainbows",
    "lightning": "lightning bolt bolts thunderbolt thunderbolts strike strikes",
    "fireworks": "firework fireworks",
    "birds": "bird birds gull gulls seagull seagulls swallow swallows flock flocks",
}
"""Thing -> the words that ask for it; the first one is meant where several stand together."""
_HEAD_WORDS = """
    shooting falling meteor meteors moon rainbow rainbows lightning thunderbolt thunderbolts
    firework fireworks birds gulls seagulls swallows
"""
_HEADS = frozenset(_HEAD_WORDS.split())
"""Words of which one must be there: a half or a strike alone is none of them, nor is one bird."""
_THING_OF = {word: thing for thing, text in reversed(_THINGS.items()) for word in text.split()}
_FLYING_WORDS = """
    flying distant far away colourful colorful exploding going off rising
"""
_FLYING = frozenset(_FLYING_WORDS.split())
_SIDES = {
    "left": "left", "right": "right", "middle": "middle", "center": "middle", "centre": "middle",
}  # fmt: skip
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


def thing_named(words: str) -> str:
    """What can be drawn in a sky (``tools.sky_shapes.SHAPES``) and is asked for; "" for none.

    >>> thing_named("a big full moon"), thing_named("a red bird")
    ('moon', '')
    """
    said = re.findall(r"[a-z]+", words.lower())
    known = {*_THING_OF, *_FILLERS, *_FLYING}
    if not _HEADS & set(said) or any(word not in known for word in said):
        return ""
    things = {_THING_OF[word] for word in said if word in _THING_OF}
    if "crescent moon" in things and "moon" not in things:
        return ""
    return next(thing for thing in _THINGS if thing in things)


def belongs_in_the_sky(what: str) -> bool:
    """Whether something new can be nowhere but in the sky, though none was mentioned."""
    thing = thing_named(what)
    return bool(sky_named(what)) or (bool(thing) and (thing != "birds" or "flying" in what.lower()))


_ONE_OF_MANY = re.compile(r"\b(planets?|comets?|suns?|full moon|ufos?)\b", re.IGNORECASE)


def hangs_in_the_sky(words: str) -> bool:
    """Whether words name a thing that hangs in a sky, and no sky and no place on earth."""
    return bool(thing_named(words)) or _ONE_OF_MANY.search(words) is not None


def side_named(where: str) -> str:
    """``left``, ``middle``, ``right``, or "" where none of them is said."""
    sides = {_SIDES[word] for word in re.findall(r"[a-z]+", where.lower()) if word in _SIDES}
    return sides.pop() if len(sides) == 1 else ""
