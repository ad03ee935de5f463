"""Words for the backdrops that the drawn world has: "a snowy street at night". It sees no pictures.

Only where nothing else is asked for: a street with a tram is a wish for more than is painted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

BACKDROP_WORDS: dict[str, tuple[str, ...]] = {
    "room": (
        *("room", "living room", "sitting room", "indoors", "interior", "indoor scene", "inside"),
        *("inside a house", "at home"),
    ),
    "street": ("street", "city street", "road", "town", "city", "village street", "pavement"),
    "field": (
        *("field", "fields", "meadow", "meadows", "grassland", "pasture", "countryside", "grass"),
        *("grassy field", "lawn"),
    ),
    "beach": ("beach", "seaside", "seashore", "sea shore", "shore", "coast", "sand"),
    "texture": ("plain pattern", "pattern", "wallpaper"),
    "shelf": ("shelf", "shelves"),
    "table": ("table", "tabletop", "table top"),
}
"""Backdrop -> words that name it."""
_TIMES: dict[str, tuple[str, ...]] = {
    "day": ("day", "daytime", "daylight", "sunny", "sunlit"),
    "sunset": ("sunset", "dusk", "evening"),
    "night": ("night", "nighttime", "moonlit", "moonlight", "starlit"),
}
_WEATHERS: dict[str, tuple[str, ...]] = {
    "rain": ("rain", "rainy", "raining"),
    "snow": ("snow", "snowy", "snowing"),
    "fog": ("fog", "foggy", "misty", "mist"),
}
_ADJECTIVES: dict[str, str] = {
    "field": "green grassy open wide flat country rural",
    "beach": "sandy sea ocean wide",
    "street": "city town urban",
    "texture": "plain simple patterned",
    "room": "cosy cozy",
    "shelf": "wooden",
    "table": "wooden",
}
"""What may be said of a backdrop besides, since it is so whatever is painted."""
_FILLER_WORDS = """
    a an the some in on at of by to with before behind against from it its this that as and under
    scene setting background backdrop place view nice pretty beautiful lovely empty normal ordinary
    simple big large drawn drawing cartoon picture image instead now time somewhere
"""
_FILLERS = frozenset(_FILLER_WORDS.split())


@dataclass(frozen=True)
class Place:
    """A backdrop that was asked for.

    Attributes:
        backdrop: one of ``spec.BACKDROPS``.
        time, weather: as in a ``SceneSpec``; empty where nothing was said of them.
    """

    backdrop: str
    time: str = ""
    weather: str = ""


def place_named(words: str) -> Place | None:
    """The one backdrop that words name, if they ask for no more than is painted; else None."""
    text = f" {' '.join(re.findall(r'[a-z]+', words.lower()))} "
    found: dict[str, list[str]] = {"backdrop": [], "time": [], "weather": []}
    tables = {"backdrop": BACKDROP_WORDS, "time": _TIMES, "weather": _WEATHERS}
    for part, table in tables.items():
        ways = [(way, name) for name, all_ways in table.items() for way in all_ways]
        for way, name in sorted(ways, key=lambda one: -len(one[0])):
            if f" {way} " in text:
                text = text.replace(f" {way} ", "  ")
                found[part].append(name)
    if any(len(set(names)) > 1 for names in found.values()) or not found["backdrop"]:
        return None
    backdrop = found["backdrop"][0]
    if set(text.split()) - _FILLERS - set(_ADJECTIVES.get(backdrop, "").split()):
        return None
    time, weather = (names[0] if names else "" for names in (found["time"], found["weather"]))
    return Place(backdrop, time, weather)
