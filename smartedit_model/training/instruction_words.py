"""Fit the additive model of instructions' words: which edit they ask for, if one at all.

    python -m smartedit_model.training.instruction_words --asides asides.tsv [--out FOLDER]

It learns the drawn world's wordings without pictures (``said``), joined instructions as more than
one edit, and what people say of photographs (``python -m orchestrator.reader.asides``). First a
model is fitted without a fifth of the wordings and asked about just those, which tells how well
others are understood; then the one that is shipped, with all. Minutes on one core.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file
from torch import Tensor, nn
from torch.nn import functional as F

from smartedit_model.errors import SmartEditModelError
from smartedit_model.instruction_reader import NOTHING
from smartedit_model.instruction_words import (
    COLUMNS,
    FILE,
    FOLDER,
    ROWS,
    SIDES,
    SIZES,
    InstructionWords,
    runs,
)
from smartedit_model.training.said import Said, held_out, instructions, joined
from smartedit_model.training.telling import read_asides
from smartedit_model.world.spec import OPS

BATCH = 512
RATE = 0.05
WAYS = (*SIZES, *SIDES)
SMOOTH = 0.02
STEPS = 127
"""Values of a weight on either side of zero."""


@dataclass(frozen=True)
class Lesson:
    """What is learnt from.

    Attributes:
        single: instructions of one edit.
        several: instructions of more.
        rounds: how often each is seen.
        seed: of examples and order.
    """

    single: int = 60_000
    several: int = 9_000
    rounds: int = 4
    seed: int = 17


def heard(path: Path | None) -> list[Said]:
    """What people say of photographs; empty without a file.

    Raises:
        TrainingError: it is no table of asides.
    """
    if path is None:
        return []
    texts, ops = read_asides(path)
    return [Said(text, "" if op == NOTHING else op) for text, op in zip(texts, ops, strict=True)]


def fitted(examples: Sequence[Said], lesson: Lesson) -> InstructionWords:
    """Fit the model by Adam, without a thought of the order of words beyond its runs."""
    rows = [torch.from_numpy(runs(said.text)) for said in examples]
    op = torch.tensor([OPS.index(said.op) if said.op else -1 for said in examples])
    way = torch.tensor([WAYS.index(said.way) if said.way else -1 for said in examples])
    table, bias = nn.Parameter(torch.zeros(ROWS, COLUMNS)), nn.Parameter(torch.zeros(COLUMNS))
    optimiser = torch.optim.Adam([table, bias], lr=RATE)
    order, draw = list(range(len(examples))), random.Random(lesson.seed)
    for round_ in range(lesson.rounds):
        for group in optimiser.param_groups:
            group["lr"] = RATE * (1 - round_ / lesson.rounds)
        draw.shuffle(order)
        for at in range(0, len(order), BATCH):
            some = order[at : at + BATCH]
            told = _told([rows[number] for number in some], table, bias)
            loss = _loss(told, op[some], way[some])
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
    return InstructionWords(table.detach().numpy(), bias.detach().numpy())


def _told(rows: Sequence[Tensor], table: Tensor, bias: Tensor) -> Tensor:
    """(B, COLUMNS): as ``InstructionWords.hear`` has it before chances are made of it."""
    long = torch.tensor([len(some) for some in rows])
    starts = torch.cat([torch.zeros(1, dtype=torch.long), long.cumsum(0)[:-1]])
    total = F.embedding_bag(torch.cat(list(rows)), table, starts, mode="sum")
    return total / long.sqrt()[:, None] + bias


def _loss(told: Tensor, op: Tensor, way: Tensor) -> Tensor:
    """Is it one edit; which, if it is; and which of the two ways, where there are two."""
    one = op >= 0
    wanted = one.float() * (1 - SMOOTH) + SMOOTH / 2
    loss = F.binary_cross_entropy_with_logits(told[:, 0], wanted)
    at = 1 + len(OPS)
    for asked, logits in (
        (op, told[:, 1:at]),
        (torch.where(way < 2, way, -1), told[:, at : at + 2]),
        (torch.where(way >= 2, way - 2, -1), told[:, at + 2 :]),
    ):
        known = asked >= 0
        if known.any():
            part = F.cross_entropy(logits[known], asked[known], label_smoothing=SMOOTH)
            loss = loss + part * known.float().mean()
    return loss


def shares(words: InstructionWords, asked: Sequence[Said]) -> dict[str, float]:
    """How much of what was asked is heard: ``some``, ``op``, ``size``, ``side``."""
    right: dict[str, list[bool]] = {}
    for said in asked:
        told = words.hear(said.text)
        right.setdefault("some" if said.op else "none", []).append(
            (told.some > 0.5) == bool(said.op)
        )
        if said.op:
            right.setdefault("op", []).append(max(told.op, key=told.op.__getitem__) == said.op)
        for name, chances in (("size", told.size), ("side", told.side)):
            if said.way in chances:
                likely = max(chances, key=chances.__getitem__) == said.way
                right.setdefault(name, []).append(likely)
    return {name: round(sum(found) / len(found), 4) for name, found in right.items()}


def save(words: InstructionWords, folder: Path) -> None:
    """Write a model in whole steps of a weight's size, which answer the same."""
    scale = np.maximum(np.abs(words.table).max(axis=0), 1e-6) / STEPS
    steps = np.rint(words.table / scale).astype(np.int8)
    folder.mkdir(parents=True, exist_ok=True)
    parts = {"table": steps, "scale": scale.astype(np.float32), "bias": words.bias}
    save_file(parts, folder / FILE)


def main(arguments: list[str] | None = None) -> int:
    """Measure, fit, write; return 0, or 2 on bad input."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--asides", type=Path, help="what people say of photographs, and its op")
    parser.add_argument("--out", type=Path, default=FOLDER)
    asked, lesson = parser.parse_args(arguments), Lesson()
    try:
        others = heard(asked.asides)
    except SmartEditModelError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    unheard = [said for number, said in enumerate(others) if number % 10 == 0]
    rest = [said for number, said in enumerate(others) if number % 10]
    tried = fitted([*_world(lesson, held=False), *rest], lesson)
    fresh = list(islice(instructions(lesson.seed + 9, held_out), 4000))
    told = {"unseen wordings": shares(tried, fresh), "of photographs": shares(tried, unheard)}
    save(fitted([*_world(lesson, held=None), *others], lesson), asked.out)
    sys.stdout.write(json.dumps(told) + "\n")
    return 0


def _world(lesson: Lesson, *, held: bool | None) -> Iterator[Said]:
    """The drawn world's instructions; ``held`` False leaves the held-out wordings out."""
    keeps = (_seen,) if held is False else ()
    yield from islice(instructions(lesson.seed, *keeps), lesson.single)
    yield from islice(joined(lesson.seed + 1, *keeps), lesson.several)


def _seen(wording: str) -> bool:
    return not held_out(wording)


if __name__ == "__main__":
    raise SystemExit(main())
