"""Words that a user taught, in the place where things are sought: their meaning, their example.

A taught word stands for a description or a look and nothing else. Meanings may use other taught
words, a few deep; a word that leads back to itself is taken as it stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tools.boxed import thing_in
from tools.example_matching import find_like
from tools.grounding import Grounder, Region, Scene
from tools.operation import HardMask
from tools.target import Target
from tools.wording import FILLER, noun, plain, words

DEEPEST = 4
"""Taught words that may stand for one another in a row."""
FULL = 0.97
"""A place that fills so much of its box was found by a crop, which has no outline of its own."""


def taught_word(target: Target, known: Mapping[str, object]) -> str | None:
    """The taught word that a target speaks of; None where there is none."""
    by_words = {_key(word): word for word in known}
    for spoken in (target.phrase, target.category, noun(target)):
        found = by_words.get(_key(spoken))
        if found is not None:
            return found
    return None


def translated(target: Target, glossary: Mapping[str, str]) -> Target:
    """The target with the meaning of a taught word in its place."""
    seen: set[str] = set()
    for _ in range(DEEPEST):
        word = taught_word(target, glossary)
        if word is None or word in seen:
            return target
        seen.add(word)
        meant = plain(glossary[word])
        extra = tuple(a for a in meant.attributes if a not in target.attributes)
        target = target.model_copy(
            update={"category": meant.category, "attributes": target.attributes + extra}
        )
        if _key(target.phrase) in map(_key, seen):
            target = target.model_copy(update={"phrase": meant.phrase})
    return target


def with_example(scene: Scene, target: Target, asked: Sequence[Grounder]) -> tuple[Grounder, ...]:
    """The grounders, and before them one that knows what the taught thing looks like."""
    word = taught_word(target, scene.examples)
    if word is None:
        return tuple(asked)
    marks = [g for g in asked if g.name == "hints"]
    return (*marks, ExampleGrounder(word), *(g for g in asked if g.name != "hints"))


class ExampleGrounder:
    """Finds what looks like the example of one taught word.

    Args:
        word: as in ``Scene.examples``.
    """

    name = "example"

    def __init__(self, word: str) -> None:
        self._word = word

    def claims(self, target: Target) -> bool:
        """It is asked only about its own word."""
        return not target.is_whole_image

    def ground(self, scene: Scene, target: Target) -> list[Region]:
        """Places that look like the example, best first."""
        del target
        key = f"example:{self._word}"
        if key not in scene.found:
            scene.found[key] = [
                Region(
                    _cut_out(scene, place.mask),
                    round(min(0.95, place.score), 3),
                    "your example",
                    f"what looks like the {self._word} you showed (by {place.by})",
                )
                for place in find_like(scene.image, scene.examples[self._word])
            ]
        regions: list[Region] = scene.found[key]
        return regions


def _cut_out(scene: Scene, found: HardMask) -> HardMask:
    """The thing in a place that a whole crop found; a place with an outline is left as it is."""
    ys, xs = np.nonzero(found)
    box = (int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1)
    if len(ys) < FULL * (box[2] - box[0]) * (box[3] - box[1]):
        return found
    thing = thing_in(scene, box)
    return found if thing is None else thing.mask


def _key(text: str) -> str:
    spoken = [word for word in words(text) if word not in FILLER]
    return " ".join(spoken)
