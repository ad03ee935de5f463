"""The endless, seeded stream of samples of a split; any sample can be made alone by its number."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping

from smartedit_model.world.asking import Question, questions
from smartedit_model.world.edits import WHOLE, EditSample
from smartedit_model.world.errors import UnknownNameError, WorldDataError
from smartedit_model.world.layout import FOCI
from smartedit_model.world.proposals import propose
from smartedit_model.world.refer import CATEGORIES
from smartedit_model.world.scene import Scene, make_scene
from smartedit_model.world.spec import OPS
from smartedit_model.world.splits import SEEDS, Rules, rules_of

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
        made = _of_scene(scene, task, category, draw, rules)
        if made is not None:
            return made
    raise WorldDataError(f"60 scenes offered no {task} of category {category!r} in {split!r}")


def group(
    split: str,
    number: int,
    seed: int = 0,
    mix: Mapping[str, float] | None = None,
    *,
    count: int = 4,
    size: int = 128,
    categories: Mapping[str, float] | None = None,
) -> list[Sample]:
    """Several samples of one scene, so that a learner looks at it once; see `samples`.

    The scene is made for one category, drawn as in `sample`; a scene that offers too little is
    followed by another.

    Args:
        split: `train`, `val` or `test`.
        number: of the group.
        seed: another seed gives other samples of the same split.
        mix: weight of each task of `TASKS`; None for `MIX`.
        count: how many samples.
        size: side of the pictures in pixels.
        categories: weight of each of `refer.CATEGORIES`; None for all alike.

    Raises:
        UnknownNameError: a split, category or task that the world does not know.
    """
    rules = rules_of(split)
    weights = MIX if mix is None else mix
    chosen = dict.fromkeys(CATEGORIES, 1.0) if categories is None else dict(categories)
    _check(tuple(chosen), weights)
    draw = random.Random(f"{split}/{seed}/{number} x {count}")
    low, high = SEEDS[split]
    found: list[Sample] = []
    for _ in range(60):
        main = draw.choices(list(chosen), list(chosen.values()))[0]
        scene = make_scene(draw.randrange(low, high), size, main if main in FOCI else None, rules)
        for attempt in range(4 * count):
            task = draw.choices(list(weights), list(weights.values()))[0]
            category = main
            if attempt % 2:
                category = draw.choices(list(chosen), list(chosen.values()))[0]
            if task == "whole":
                category = draw.choice(WHOLES)
            made = _of_scene(scene, task, category, draw, rules)
            if made is not None:
                found.append(made)
            if len(found) == count:
                return found
    raise WorldDataError(f"60 scenes offered fewer than {count} samples in {split!r}")


def _of_scene(
    scene: Scene, task: str, category: str, draw: random.Random, rules: Rules
) -> Sample | None:
    if task == "question":
        asked = questions(scene, draw, rules)
        form = draw.choice(sorted({question.form for question in asked}))
        return draw.choice([question for question in asked if question.form == form])
    return propose(scene, category, draw, rules, ("segment",) if task == "segment" else EDITS)


def _check(categories: tuple[str, ...], mix: Mapping[str, float]) -> None:
    for category in categories:
        if category not in CATEGORIES:
            raise UnknownNameError("category", category, CATEGORIES)
    for task in mix:
        if task not in TASKS:
            raise UnknownNameError("task", task, TASKS)
