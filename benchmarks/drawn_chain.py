"""Chains of edits of one drawn scene, each with its exact target, and whether each still holds.

A promise of a chain is judged with all later edits in place: the scene is drawn once more without
that edit alone, so what tells the two apart is what the edit promised. Knows no editor.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import count, islice
from typing import Any

import numpy as np

from smartedit_model.world.edits import EditSample, changed, edit_spec
from smartedit_model.world.errors import ImpossibleEditError
from smartedit_model.world.layout import FOCI
from smartedit_model.world.proposals import propose
from smartedit_model.world.render import REFLECTED
from smartedit_model.world.scene import Mask, Scene, draw_scene, make_scene
from smartedit_model.world.splits import SEEDS, Rules
from tools.operation import Rgb

OPS = ("remove", "replace", "recolor", "resize", "move", "add")
"""Edits of things; those of the whole picture leave nothing untouched to compare."""
CATEGORIES = ("plain", "colour", "left_right", "size", "relation")
TAKES = {
    "recolor": {"colour"},
    "resize": {"size"},
    "move": {"place"},
    "replace": {"colour", "size", "kind"},
    "remove": {"colour", "size", "place", "kind"},
}
"""What of a thing an edit decides; no later edit of the chain may decide it again."""
SEEN = 12
"""Levels by which a pixel must differ for a promise to be about it."""
NEARER = 0.5
"""A pixel holds a promise where it is nearer to the exact target than this share of the way."""
HELD = 0.8
"""Share of a promise's pixels that must hold."""
FEW = 6
"""Pixels a promise must be about to be judged; less is hidden behind something."""
LONG = 7
"""Edits from which a chain must add things to have enough to speak of."""
Judge = Callable[[EditSample, Rgb], bool]


@dataclass(frozen=True)
class Chain:
    """A scene and edits of it, one after another.

    Attributes:
        samples: each edit with the scene it was made of and the exact result.
    """

    samples: tuple[EditSample, ...]
    _promises: dict[int, list[EditSample | None]] = field(default_factory=dict, repr=False)

    @property
    def original(self) -> Scene:
        """Before any edit."""
        return self.samples[0].scene

    def after(self, turns: int) -> Scene:
        """The exact scene after so many edits."""
        return self.original if turns == 0 else self.samples[turns - 1].edited

    @cached_property
    def never(self) -> Mask:
        """HW bool: pixels that no edit of the chain may change."""
        touched = np.zeros(self.original.owner.shape, dtype=np.bool_)
        for sample in self.samples:
            touched |= sample.mask
        return ~touched

    def promises(self, turns: int) -> list[EditSample | None]:
        """``promise`` of each of the first ``turns`` edits; drawn once."""
        if turns not in self._promises:
            self._promises[turns] = [self.promise(number, turns) for number in range(turns)]
        return self._promises[turns]

    def promise(self, number: int, turns: int) -> EditSample | None:
        """Edit ``number`` (from 0) as if it were made last of the first ``turns``.

        None where it cannot be told apart, as when a later thing hides it.
        """
        made = self.samples[number]
        try:
            spec = self.original.spec
            for at, sample in enumerate(self.samples[:turns]):
                if at == number or sample.spec is None:
                    continue
                # Without the edit that added a thing, later edits of that thing have nothing to do.
                here = {item.uid for item in spec.objects}
                owners = tuple(o for o in sample.referred if o % REFLECTED in here)
                if owners or not sample.referred:
                    spec = edit_spec(spec, sample.spec, owners)
        except ImpossibleEditError:
            return None
        if made.spec is None:
            return None
        before, after = draw_scene(spec, self.original.size), self.after(turns)
        told = (_apart(before.image, after.image) > SEEN).sum()
        if told < FEW:
            return None
        mask = changed(before, after, made.referred, made.spec)
        return replace(
            made,
            source=before.image,
            target=after.image,
            mask=mask,
            region=before.mask(*made.referred),
            scene=before,
            edited=after,
        )


def exact(sample: EditSample, picture: Rgb) -> bool:
    """Whether the pixels that tell an edit are nearer to its exact target than to its absence."""
    way = _apart(sample.source, sample.target)
    left = _apart(picture, sample.target)
    told = way > SEEN
    return bool((left[told] <= NEARER * way[told]).mean() >= HELD)


def eye() -> Judge:
    """The drawn world's automatic judge; loads its network."""
    from smartedit_model.evaluation.judge import SceneJudge

    judge = SceneJudge()
    return lambda sample, picture: judge.judge(sample, picture).aligned


def holding(chain: Chain, turns: int, picture: Rgb, judge: Judge) -> list[bool]:
    """Whether each promise of the first ``turns`` edits holds in a picture."""
    asked = chain.promises(turns)
    return [sample is None or judge(sample, picture) for sample in asked]


def _apart(a: Any, b: Any) -> Any:
    """HW: largest difference of a channel, in levels."""
    return np.abs(a.astype(np.int16) - b.astype(np.int16)).max(axis=2)


def chains(
    number: int,
    turns: int,
    *,
    seed: int,
    size: int = 128,
    held_words: bool = False,
    ops: Sequence[str] = OPS,
) -> list[Chain]:
    """So many chains of test scenes, the same for the same arguments.

    Args:
        number: of chains.
        turns: edits in each.
        seed: another gives other chains.
        size: side of the pictures in pixels.
        held_words: word the instructions as only the test split does.
        ops: the kinds of edit.
    """
    stream = chain_stream(turns, seed=seed, size=size, held_words=held_words, ops=ops)
    return list(islice(stream, number))


def chain_stream(
    turns: int,
    *,
    seed: int,
    size: int = 128,
    held_words: bool = False,
    ops: Sequence[str] = OPS,
) -> Iterator[Chain]:
    """The chains of ``chains`` without end, each drawn when it is asked for."""
    for at in count():
        made = chain_of(
            random.Random(f"chain/{seed}/{at}"), turns, size=size, held_words=held_words, ops=ops
        )
        if made is not None:
            yield made


def chain_of(
    draw: random.Random, turns: int, *, size: int, held_words: bool, ops: Sequence[str] = OPS
) -> Chain | None:
    """A chain of one test scene; None where the scene offers too few edits."""
    rules = Rules(held_scenes=None, held_words=held_words, first_words=True)
    low, high = SEEDS["test"]
    category = draw.choice(CATEGORIES)
    focus = category if category in FOCI else None
    test = Rules(held_scenes=True, held_words=held_words, first_words=True)
    scene = make_scene(draw.randrange(low, high), size, focus, test)
    samples: list[EditSample] = []
    decided: dict[int, set[str]] = {}
    refused = 0
    for _ in range(6 * turns):
        if len(samples) == turns:
            break
        # In long chains little is left to change; something new to speak of is added the sooner.
        share = 0.2 if turns < LONG else min(0.15 + 0.15 * refused, 0.6)
        adds = "add" in ops and draw.random() < share
        kind = "add" if adds else draw.choice(CATEGORIES)
        refused += 1
        allowed = tuple(op for op in ops if op != "add")
        made = propose(scene, kind, draw, rules, allowed)
        if made is None or not made.valid or made.spec is None:
            continue
        takes = TAKES.get(made.op, set())
        if any(decided.get(uid, set()) & takes for uid in made.referred):
            continue
        if not _stays_apart(made, samples):
            continue
        for uid in made.referred:
            decided.setdefault(uid, set()).update(takes)
        samples.append(made)
        scene = made.edited
        refused = 0
    return Chain(tuple(samples)) if len(samples) == turns else None


def _stays_apart(made: EditSample, before: Sequence[EditSample]) -> bool:
    """Whether an edit can be told by itself: it is seen, and hides no earlier one's result."""
    seen = _apart(made.source, made.target) > SEEN
    return bool(seen.sum() >= 20) and len(before) < 64
