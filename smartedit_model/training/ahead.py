"""Edits of the drawn world made ahead and kept as files.

For a device that learns from them faster than they are drawn. A shard follows from the recipe and
its number alone, so any number of processes make them in any order, and what is there already is
not made again. It knows no model: instructions are kept as words.
"""

from __future__ import annotations

import json
import multiprocessing
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from safetensors.numpy import save_file

from smartedit_model.errors import TrainingError
from smartedit_model.training.concepts import world_concepts
from smartedit_model.training.data import Example
from smartedit_model.training.recipe import Ahead
from smartedit_model.training.world_data import group_examples

Arrays = dict[str, npt.NDArray[Any]]
_ANOTHER = 2**32
"""Added to the number of a group that is of more than one picture, to take another."""


def shard_path(folder: Path, number: int) -> Path:
    """Return where shard ``number`` is kept."""
    return folder / f"shard-{number:06d}.safetensors"


def make_shard(plan: Ahead, size: int, number: int) -> tuple[Arrays, list[str]]:
    """Make the examples of a shard, ``plan.together`` in a row of one picture.

    Args:
        plan: What they are.
        size: Side of the pictures in pixels.
        number: Of the shard.

    Returns:
        Their instructions, and arrays for ``N`` examples of ``V`` pictures of side ``S``: uint8
        ``source`` ``(V, 3, S, S)`` and ``target`` ``(N, 3, S, S)``; ``region`` and ``changed`` as
        bits, ``(N, S, S / 8)``; ``caption`` ``(N, places)``; ``concepts`` ``(N, C)``; ``asked``
        ``(N, roles, classes)`` and ``asked_known`` ``(N,)``; and of each patch of each picture,
        as in ``patches.LABELS``, ``kind``, ``colour``, ``reflected`` ``(V, P)``, ``box`` in
        pixels ``(V, P, 4)`` and ``cover`` as bits ``(V, P, 8)``.
    """
    groups = plan.shard // plan.together
    made = [_of_one_picture(plan, size, number * groups + place) for place in range(groups)]
    pictures = [group[0] for group in made]
    examples = [example for group in made for example in group]
    concepts = world_concepts()
    nothing = next(e.asked for e in examples if e.asked is not None) * 0
    patches = [np.stack([_label(e, place) for e in pictures]) for place in range(5)]
    arrays = {
        "source": np.stack([_planes(e.source) for e in pictures]),
        "target": np.stack([_planes(e.target) for e in examples]),
        "region": np.packbits(np.stack([e.region for e in examples if e.region is not None]), -1),
        "changed": np.packbits(
            np.stack([e.changed for e in examples if e.changed is not None]), -1
        ),
        "caption": np.array([e.caption for e in examples], np.uint8),
        "concepts": np.array([[c in (e.concepts or ()) for c in concepts] for e in examples]),
        "asked": np.stack([nothing if e.asked is None else e.asked for e in examples]),
        "asked_known": np.array([e.asked is not None for e in examples]),
        "kind": patches[0],
        "colour": patches[1],
        "reflected": patches[2],
        "box": np.round(patches[3] * size),
        "cover": np.packbits(patches[4].astype(bool), -1),
    }
    small = {name: np.ascontiguousarray(array.astype(np.uint8)) for name, array in arrays.items()}
    return small, [example.instruction for example in examples]


def write_shard(plan: Ahead, size: int, folder: Path, number: int) -> Path:
    """Make a shard and keep it, unless it is there; it appears whole or not at all."""
    path = shard_path(folder, number)
    if not path.is_file():
        arrays, said = make_shard(plan, size, number)
        with appearing(path) as partial:
            save_file(arrays, partial, metadata={"instructions": json.dumps(said)})
    return path


@contextmanager
def appearing(path: Path) -> Iterator[Path]:
    """Give a name to write to, so that a file appears at ``path`` whole or not at all."""
    partial = path.with_suffix(f".{os.getpid()}.partial")
    yield partial
    partial.replace(path)


def make_ahead(
    plan: Ahead, size: int, folder: Path, shards: int, processes: int, tell: Callable[[str], None]
) -> None:
    """Make the first ``shards`` shards, with several processes.

    Raises:
        TrainingError: A number is not positive.
    """
    if shards < 1 or processes < 1:
        raise TrainingError("shards and processes are numbers from 1 on")
    folder.mkdir(parents=True, exist_ok=True)
    with multiprocessing.get_context("spawn").Pool(processes, _alone) as workers:
        jobs = ((plan, size, folder, number) for number in range(shards))
        # In order: a stage that waits for the next one should not wait for those behind it.
        for done, _ in enumerate(workers.imap(_write, jobs), start=1):
            if done % 10 == 0 or done == shards:
                tell(f"{done} of {shards} shards of {plan.shard} examples")


def _write(job: tuple[Ahead, int, Path, int]) -> Path:
    return write_shard(*job)


def _alone() -> None:
    """Let a process use one thread, as there is a process for every processor."""
    torch.set_num_threads(1)


def _of_one_picture(plan: Ahead, size: int, number: int) -> tuple[Example, ...]:
    mix, kinds = tuple(sorted(plan.mix.items())), tuple(sorted(plan.categories.items())) or None
    while True:
        made = group_examples("train", number, plan.seed, mix, plan.together, size, kinds)
        if len({id(example.source) for example in made}) == 1:
            return made
        number += _ANOTHER


def _planes(image: Any) -> npt.NDArray[np.uint8]:
    return np.asarray(image, np.uint8).transpose(2, 0, 1)


def _label(example: Example, place: int) -> npt.NDArray[Any]:
    if example.patches is None:
        raise TrainingError("an example does not say what stands at its patches")
    return example.patches[place].numpy()
