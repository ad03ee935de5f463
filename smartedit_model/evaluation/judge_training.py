"""Trains the judge on one core in a quarter of an hour: ``python -m …judge_training --out FOLDER``.

Seeded to the bit on one thread, and resumed from its last checkpoint when run again. It never sees
a model's results, nor the test split.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from smartedit_model.errors import TrainingError
from smartedit_model.evaluation.judge_net import JudgeNet
from smartedit_model.evaluation.judge_views import IGNORED, View, views
from smartedit_model.evaluation.judge_weights import save_judge
from smartedit_model.evaluation.sight import answers
from smartedit_model.training.schedule import warmup_cosine

CHECKPOINT = "checkpoint.pt"


@dataclass(frozen=True)
class JudgeRecipe:
    """How the judge is trained.

    Attributes:
        steps: optimiser steps.
        batch: views a step.
        rate: highest learning rate; it rises over `warmup` steps and falls as a cosine.
        warmup: steps of that rise.
        decay: AdamW's weight decay.
        smoothing: label smoothing.
        seed: of first weights and views.
        keep_every: steps between checkpoints.
        bfloat16: whether the convolutions run in bfloat16.
    """

    steps: int = 1900
    batch: int = 128
    rate: float = 2.5e-3
    warmup: int = 60
    decay: float = 0.03
    smoothing: float = 0.05
    seed: int = 0
    keep_every: int = 100
    bfloat16: bool = True

    def rate_at(self, step: int) -> float:
        """The learning rate of a step."""
        return warmup_cosine(step, peak=self.rate, warmup=self.warmup, steps=self.steps)


@dataclass
class JudgeTraining:
    """A training under way."""

    recipe: JudgeRecipe
    net: JudgeNet
    optimizer: torch.optim.AdamW
    step: int = 0
    scene: int = 0
    """Number of the scene whose views come next."""

    @classmethod
    def begin(cls, recipe: JudgeRecipe, folder: Path) -> JudgeTraining:
        """Begin anew, or at the folder's checkpoint.

        Raises:
            TrainingError: The checkpoint is of another recipe.
        """
        torch.manual_seed(recipe.seed)
        net = JudgeNet().to(memory_format=torch.channels_last)
        optimizer = torch.optim.AdamW(net.parameters(), lr=recipe.rate, weight_decay=recipe.decay)
        training = cls(recipe, net, optimizer)
        path = folder / CHECKPOINT
        if path.is_file():
            state: dict[str, Any] = torch.load(path, weights_only=True)
            if state["recipe"] != asdict(recipe):
                raise TrainingError(
                    f"{path} was made with another recipe; choose another folder, or remove it"
                )
            net.load_state_dict(state["net"])
            optimizer.load_state_dict(state["optimizer"])
            training.step, training.scene = state["step"], state["scene"]
        return training

    def keep(self, folder: Path) -> None:
        """Write the checkpoint, whole or not at all."""
        state = {
            "recipe": asdict(self.recipe),
            "net": self.net.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
            "scene": self.scene,
        }
        part = folder / f"{CHECKPOINT}.part"
        torch.save(state, part)
        part.replace(folder / CHECKPOINT)

    def batch(self) -> tuple[Tensor, Tensor]:
        """The next crops (B, 64, 64, 4) uint8 and labels (B, heads).

        Batches hold whole scenes, so that a training is resumed by the number of its next scene.
        """
        found: list[View] = []
        while len(found) < self.recipe.batch:
            found += views("train", self.scene, self.recipe.seed)
            self.scene += 1
        return stacked(found)

    def advance(self) -> float:
        """One step; the loss."""
        for group in self.optimizer.param_groups:
            group["lr"] = self.recipe.rate_at(self.step)
        self.net.train()
        crops, labels = self.batch()
        with torch.autocast("cpu", torch.bfloat16, enabled=self.recipe.bfloat16):
            told = self.net(crops)
        found = loss(told, labels, self.recipe.smoothing)
        self.optimizer.zero_grad(set_to_none=True)
        found.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 2.0)
        self.optimizer.step()
        self.step += 1
        return float(found.detach())


def stacked(found: list[View]) -> tuple[Tensor, Tensor]:
    """Views as tensors."""
    crops = torch.from_numpy(np.stack([view.crop for view in found]))
    return crops, torch.tensor([view.labels for view in found])


def loss(told: dict[str, Tensor], labels: Tensor, smoothing: float) -> Tensor:
    """Sum over the heads of the cross-entropy of what is asked of them."""
    total = labels.new_zeros((), dtype=torch.float32)
    for column, logits in enumerate(told.values()):
        asked = labels[:, column]
        if (asked != IGNORED).any():
            total = total + F.cross_entropy(
                logits.float(), asked, ignore_index=IGNORED, label_smoothing=smoothing
            )
    return total


@torch.no_grad()
def accuracies(net: JudgeNet, split: str, scenes: int, seed: int = 1) -> dict[str, float]:
    """Each head's share of right answers on a split's views."""
    net.eval()
    right, asked = dict.fromkeys(answers(), 0), dict.fromkeys(answers(), 0)
    for found in _chunks(split, scenes, seed):
        crops, labels = stacked(found)
        told = net(crops)
        for column, (head, logits) in enumerate(told.items()):
            wanted = labels[:, column]
            known = wanted != IGNORED
            asked[head] += int(known.sum())
            right[head] += int((logits.argmax(1)[known] == wanted[known]).sum())
    return {head: right[head] / max(asked[head], 1) for head in answers()}


def _chunks(split: str, scenes: int, seed: int) -> Iterator[list[View]]:
    for start in range(0, scenes, 32):
        numbers = range(start, min(start + 32, scenes))
        yield [view for number in numbers for view in views(split, number, seed)]


def train_judge(recipe: JudgeRecipe, folder: Path) -> JudgeNet:
    """Train, or go on training, and write the weights to the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    training = JudgeTraining.begin(recipe, folder)
    started = time.process_time()
    with (folder / "curve.jsonl").open("a", encoding="utf-8") as curve:
        while training.step < recipe.steps:
            found = training.advance()
            if training.step % 20 == 0:
                seconds = round(time.process_time() - started, 1)
                line = {"step": training.step, "loss": round(found, 4), "cpu_seconds": seconds}
                curve.write(json.dumps(line) + "\n")
                curve.flush()
            if training.step % recipe.keep_every == 0 or training.step == recipe.steps:
                training.keep(folder)
    save_judge(training.net, folder, asdict(recipe))
    return training.net


def main() -> None:
    """Train from the command line; prints the accuracies on the validation split as JSON."""
    parser = argparse.ArgumentParser(description="Train the judge of the drawn world.")
    parser.add_argument("--out", type=Path, required=True, help="folder of weights and checkpoint")
    parser.add_argument("--steps", type=int, default=JudgeRecipe.steps)
    parser.add_argument("--seed", type=int, default=JudgeRecipe.seed)
    given = parser.parse_args()
    torch.set_num_threads(1)
    net = train_judge(JudgeRecipe(steps=given.steps, seed=given.seed), given.out)
    print(json.dumps(accuracies(net, "val", 500)))  # noqa: T201 - what was asked for


if __name__ == "__main__":
    main()
