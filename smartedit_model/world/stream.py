"""The endless, seeded stream of samples of a split; any sample can be made alone by its number."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping

from smartedit_model.world.asking import Question, questions
from smartedit_model.world.edits import OPS, WHOLE, EditSample
from smartedit_model.world.errors import UnknownNameError, WorldDataError
from smartedit_model.world.layout import FOCI
from smartedit_model.world.proposals import propose
from smartedit_model.world.refer import CATEGORIES
from smartedit_model.world.scene import make_scene
from smartedit_model.world.splits import SEEDS, rules_of

TASKS = ("edit", "segment", "whole", "question")
# Segmentation first: it teaches grounding at the least cost.
MIX: Mapping[str, float] = {"edit": 0.45, "segment": 0.3, "whole": 0.1, "question": 0.15}
EDITS = tuple(op for op in OPS if op != "segment")
WHOLES = ("add", *WHOLE)
Sample = EditSample | Question


def samples(
    split: str,
    seed: int = 0,
    categories: tuple[str, ...] | None = None,
    mix: Mapping[str, float] | None = None,
    *,
    size: int = 128,
    start: int = 0,
    step: int = 1,
) -> Iterator[Sample]:
    """Samples number `start`, `start + step`, … of a split, without end.

    Args:
        split: `train`, `val` or `test`.
        seed: another seed gives other samples of the same split.
        categories: referring categories, of `refer.CATEGORIES`; None for all alike.
        mix: weight of each task of `TASKS`; None for `MIX`.
        size: side of the pictures in pixels.
        start: number of the first sample.
        step: distance of numbers; with `start`, deals a stream out to several workers.
    """
    number = start
    while True:
        yield sample(split, number, seed, categories, mix, size=size)
        number += step


def sample(
    split: str,
    number: int,
    seed: int = 0,
    categories: tuple[str, ...] | None = None,
    mix: Mapping[str, float] | None = None,
    *,
    size: int = 128,
) -> Sample:
    """One sample of a split's stream; see `samples`.

    Raises:
        UnknownNameError: a split, category or task that the world does not know.
    """
    rules = rules_of(split)
    chosen = CATEGORIES if categories is None else categories
    weights = MIX if mix is None else mix
    _check(chosen, weights)
    draw = random.Random(f"{split}/{seed}/{number}")
    low, high = SEEDS[split]
    task = draw.choices(list(weights), list(weights.values()))[0]
    category = draw.choice(WHOLES if task == "whole" else chosen)
    focus = category if category in FOCI else None
    for _ in range(60):
        scene = make_scene(draw.randrange(low, high), size, focus, rules)
        if task == "question":
            asked = questions(scene, draw, rules)
            form = draw.choice(sorted({question.form for question in asked}))
            return draw.choice([question for question in asked if question.form == form])
        made = propose(scene, category, draw, rules, ("segment",) if task == "segment" else EDITS)
        if made is not None:
            return made
    raise WorldDataError(f"60 scenes offered no {task} of category {category!r} in {split!r}")


def _check(categories: tuple[str, ...], mix: Mapping[str, float]) -> None:
    for category in categories:
        if category not in CATEGORIES:
            raise UnknownNameError("category", category, CATEGORIES)
    for task in mix:
        if task not in TASKS:
            raise UnknownNameError("task", task, TASKS)
