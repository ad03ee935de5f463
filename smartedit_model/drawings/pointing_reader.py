"""Reads whole phrases in drawings: the pointer over things that were recognised, and the core.

The pointer knows exactly what stands where and nothing of how it looks; the core's mask head sees
the picture. What the two say of each thing is added up as evidence. It edits nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from smartedit_model.drawings.naming import is_strange, said_plainly
from smartedit_model.phrase_reader import PhraseReader, Reading
from smartedit_model.world.catalogue import kinds
from tools.errors import GroundingFailed
from tools.grounding import Reader, Region, Scene
from tools.masks import box_of, union
from tools.refining import refined
from tools.target import Target

if TYPE_CHECKING:
    from smartedit_model.drawings.lazily import DrawnEyes
    from smartedit_model.drawings.pointer_net import Seen
    from smartedit_model.drawings.pointing import Pointed
    from smartedit_model.drawings.things import Thing
    from smartedit_model.drawings.word_vectors import WordVectors

POINTER, CORE, LEAN = 0.73, 3.2, -1.7
"""Log odds of a thing: so many times the pointer's, so much for all of its pixels being marked by
the core, and where that begins: fitted on 220 validation sentences
(``benchmarks/drawn_pointing.py --fit``)."""
THERE, STRANGE = 0.5, 0.95
"""Chance from which what is spoken of is there, and the same of a noun that was never taught."""
SURELY, RIVAL = 0.6, 0.15
"""Chance below which nothing is surely meant, and from which something else may be."""
EDGE = 1e-4
"""How near to certain a chance is taken to come."""


class PointingReader:
    """A ``tools.grounding.Reader`` for drawings.

    Args:
        eyes: recognise what stands in a drawing.
        core: the core as a reader, where there is one; it reads alone where nothing is recognised.
        known: what a language model knows of words, where there is one.
    """

    name = "pointer"

    def __init__(
        self, eyes: DrawnEyes, core: Reader | None, known: WordVectors | None = None
    ) -> None:
        self._eyes, self._core, self._known = eyes, core, known

    def claims(self, target: Target) -> bool:
        """Whether the phrase names something that may stand in a picture."""
        return bool(target.phrase.strip()) and not target.is_whole_image

    def read(self, scene: Scene, target: Target, said: str = "") -> Region | None:
        """What the phrase points at; None where it may be one of several.

        Raises:
            GroundingFailed: what the words speak of is not there.
        """
        things = self._eyes.things(scene)
        if not things:
            return None if self._core is None else self._core.read(scene, target, said)
        pointed = self._pointed(said_plainly(said or target.phrase), things, scene.image.shape)
        seen = None
        if isinstance(self._core, PhraseReader):
            seen = self._core.reading(scene, target, said)
        told = weighed(pointed, things, seen)
        if told.there < (STRANGE if is_strange(target) else THERE):
            raise GroundingFailed(
                f"there is no {target.phrase.removeprefix('the ')!r} among the {len(things)} "
                "things seen in this picture: mark what you mean with --box, --point or --mask"
            )
        if _wavers(told.chances):
            return None  # one of several, and nothing says which: that is for people to say
        meant = told.meant or (int(np.argmax(told.chances)),)
        shape = (scene.image.shape[0], scene.image.shape[1])
        return Region(
            mask=union((self._outlined(scene, things[i]).mask for i in meant), shape),
            confidence=told.sure,
            source=self.name,
            label=" and ".join(things[i].words for i in meant),
            outlined=True,
        )

    def _outlined(self, scene: Scene, thing: Thing) -> Region:
        """A thing cut out anew at the picture's size; each alone, for neighbours may touch."""
        return refined(scene, Region(thing.mask, thing.chance, self.name))

    def _pointed(self, sentence: str, things: Sequence[Thing], shape: tuple[int, ...]) -> Pointed:
        from smartedit_model.drawings.pointing import shipped_pointer

        return shipped_pointer().point(sentence, seen_of(things, shape), self._known)


def weighed(pointed: Pointed, things: Sequence[Thing], seen: Reading | None) -> Pointed:
    """What pointer and core together say is meant."""
    if seen is None:
        return pointed
    chances = tuple(
        _chance(POINTER * odds(chance) + CORE * float(seen.soft[thing.mask].mean()) + LEAN)
        for chance, thing in zip(pointed.chances, things, strict=True)
    )
    there = _chance(POINTER * odds(pointed.there) + CORE * seen.valid + LEAN)
    return replace(pointed, chances=chances, there=there)


def _wavers(chances: Sequence[float]) -> bool:
    """Whether several things may be meant, and none of them surely."""
    first, second, *_ = (*sorted(chances, reverse=True), 0.0, 0.0)
    return first < SURELY and second > RIVAL


def odds(chance: float) -> float:
    """Log odds, nowhere infinite."""
    held = min(max(chance, EDGE), 1 - EDGE)
    return float(np.log(held / (1 - held)))


def _chance(odds: float) -> float:
    return float(1 / (1 + np.exp(-odds)))


def seen_of(things: Sequence[Thing], shape: tuple[int, ...]) -> list[Seen]:
    """What the pointer is told of things in a picture, HWC."""
    from smartedit_model.drawings.pointer_net import Seen

    height, width = shape[:2]
    glasses = [thing for thing in things if kinds()[thing.kind].role != "object"]
    found = []
    for thing in things:
        x0, y0, x1, y1 = box_of(thing.mask) or (0, 0, 1, 1)
        reflected = any(thing.stands_in(glass) for glass in glasses if glass is not thing)
        place = (x0 / width, y0 / height, x1 / width, y1 / height)
        found.append(Seen(thing.kind, thing.sight.name("colour"), place, reflected))
    return found
