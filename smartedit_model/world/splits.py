"""What each split may contain: seeds, combinations, wordings and fact wordings.

A combination (a kind in a colour, or two kinds together) is held out by a hash of its names, so the
choice is the same everywhere and needs no list. Train and validation scenes hold no held-out
combination; every test scene holds at least one. It knows nothing of pixels.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from smartedit_model.world.catalogue import kinds
from smartedit_model.world.errors import UnknownNameError
from smartedit_model.world.palette import colour_names
from smartedit_model.world.spec import SceneSpec

SPLITS = ("train", "val", "test")
# Scene seeds of each split; the ranges do not meet.
SEEDS = {"train": (0, 2**40), "val": (2**40, 2**41), "test": (2**41, 2**42)}
HELD_COLOURS = 12  # percent of (kind, colour) that train never shows
HELD_PAIRS = 5  # percent of pairs of kinds that train never shows together


def _percent(text: str) -> int:
    return zlib.crc32(text.encode()) % 100


@cache
def held_colour(kind: str, colour: str) -> bool:
    """Whether a kind in a colour is kept for the test split."""
    return _percent(f"colour/{kind}/{colour}") < HELD_COLOURS


@cache
def held_pair(a: str, b: str) -> bool:
    """Whether two different kinds in one picture are kept for the test split."""
    first, second = sorted((a, b))
    return first != second and _percent(f"pair/{first}/{second}") < HELD_PAIRS


@cache
def held_colours_of(kind: str) -> tuple[str, ...]:
    """The colours of a kind that are kept for the test split."""
    return tuple(colour for colour in colour_names() if held_colour(kind, colour))


@cache
def kinds_with_held_colours() -> tuple[str, ...]:
    """The kinds that have a colour kept for the test split."""
    return tuple(key for key in kinds() if held_colours_of(key))


@dataclass(frozen=True)
class Rules:
    """What a scene and its language may hold.

    Attributes:
        held_scenes: None: anything; False: no held-out combination; True: at least one.
        held_words: None: any wording; False: the train wordings; True: the held-out ones.
        first_words: of the train wordings only the first third, which planner rules were written
            with; for measuring what is not reading.
        phrased: share of the wordings that come from the phrasings, which only teach.
    """

    held_scenes: bool | None = None
    held_words: bool | None = None
    first_words: bool = False
    phrased: float = 0.0

    def colour_ok(self, kind: str, colour: str) -> bool:
        """Whether a kind may have a colour."""
        return self.held_scenes is not False or not held_colour(kind, colour)

    def kind_ok(self, kind: str, others: Iterable[str]) -> bool:
        """Whether a kind may join others in a picture."""
        return self.held_scenes is not False or not any(held_pair(kind, o) for o in others)

    def scene_ok(self, spec: SceneSpec) -> bool:
        """Whether a whole scene, reflections included, is within the rules."""
        if self.held_scenes is None:
            return True
        return bool(held_combinations(spec)) is self.held_scenes


@cache
def rules_of(split: str) -> Rules:
    """The rules of a split.

    Raises:
        UnknownNameError: there is no such split.
    """
    if split not in SPLITS:
        raise UnknownNameError("split", split, SPLITS)
    held = split == "test"
    return Rules(held_scenes=held, held_words=held)


def held_combinations(spec: SceneSpec) -> frozenset[tuple[str, str, str]]:
    """The held-out combinations of a scene: `("colour", kind, colour)` or `("pair", a, b)`."""
    coloured = [(item.kind, item.colour) for item in spec.objects]
    for glass in spec.objects:
        for entry in glass.shows:
            if not entry.hidden and (entry.kind or entry.colour):
                item = spec.get(entry.uid)
                coloured.append((entry.kind or item.kind, entry.colour or item.colour))
    found = {("colour", kind, colour) for kind, colour in coloured if held_colour(kind, colour)}
    names = sorted({kind for kind, _ in coloured})
    for i, a in enumerate(names):
        found.update(("pair", a, b) for b in names[i + 1 :] if held_pair(a, b))
    return frozenset(found)
