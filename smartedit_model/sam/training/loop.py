"""The training loop of the small SAM: AdamW, cosine, a running mean of the weights, resumable.

What is random follows from seed and step, so a run that was stopped and resumed sees what the run
that was not would have seen. States are safetensors and JSON, written aside and renamed.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from smartedit_model.errors import TrainingError
from smartedit_model.sam.architecture import build
from smartedit_model.sam.training.forward import ONE, SEVERAL, embed, masks
from smartedit_model.sam.training.lessons import Lesson, lesson
from smartedit_model.sam.training.losses import judge
from smartedit_model.sam.training.recipe import Recipe

STATE = "state"


@dataclass(frozen=True)
class Progress:
    """One step: its number, the loss, and the mean IoU from boxes (or more) and from clicks."""

    step: int
    loss: float
    shown: float
    clicked: float


class SamTraining:
    """A run.

    Args:
        recipe: what to do.
        out: folder of its state.
        half: bfloat16 autocast, which halves the time on processors that have it.
    """

    def __init__(self, recipe: Recipe, out: Path, *, half: bool = True) -> None:
        self.recipe, self.out, self.half = recipe, out, half
        torch.manual_seed(recipe.seed)
        self.model = build(recipe.model)
        torch.nn.init.trunc_normal_(self.model.image_encoder.pos_embed, std=0.02)
        averaging: Any = torch.optim.swa_utils
        self.mean = averaging.AveragedModel(
            self.model, multi_avg_fn=averaging.get_ema_multi_avg_fn(recipe.average)
        )
        self.optimizer = torch.optim.AdamW(
            _groups(self.model, recipe.weight_decay), lr=recipe.learning_rate, betas=(0.9, 0.98)
        )
        self.step = 0

    @property
    def averaged(self) -> Any:
        """The model with the running mean of the weights: what is measured and kept."""
        return self.mean.module

    def run(self, until: int | None = None, tell: Callable[[Progress], None] | None = None) -> None:
        """Train up to a step, or to the end.

        Raises:
            TrainingError: the loss is not a number.
        """
        end = self.recipe.steps if until is None else min(until, self.recipe.steps)
        self.model.train()
        while self.step < end:
            progress = self._one()
            if tell is not None:
                tell(progress)
            if self.step % self.recipe.save_every == 0:
                self.save()
        self.model.eval()
        self.averaged.eval()

    def _one(self) -> Progress:
        recipe = self.recipe
        for group in self.optimizer.param_groups:
            group["lr"] = recipe.rate(self.step)
        first = self.step * recipe.batch
        lessons = [
            lesson(first + i, recipe.model, seed=recipe.seed, objects=recipe.objects)
            for i in range(recipe.batch)
        ]
        loss, shown, clicked = self._loss(lessons)
        if not torch.isfinite(loss):
            raise TrainingError(f"the loss is not finite at step {self.step}; lower the rate")
        self.optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), recipe.clip)
        self.optimizer.step()
        self.step += 1
        self.mean.update_parameters(self.model)
        return Progress(self.step, float(loss.detach()), shown, clicked)

    def _loss(self, lessons: list[Lesson]) -> tuple[Tensor, float, float]:
        embeddings = embed(self.model, [item.pixels for item in lessons], half=self.half)
        total = torch.zeros(())
        ious: list[list[float]] = [[], []]
        for item, embedding in zip(lessons, embeddings, strict=True):
            for kind, prompts in enumerate(item.groups):
                logits, claimed = masks(self.model, embedding, prompts, item.inner, half=self.half)
                answer = judge(logits[:, ONE], claimed[:, ONE], prompts.wanted)
                total = total + answer.loss
                ious[kind].append(answer.iou)
                if prompts.single_click:
                    several = judge(logits[:, SEVERAL], claimed[:, SEVERAL], prompts.wanted)
                    total = total + several.loss
        shown, clicked = (sum(kind) / len(kind) for kind in ious)
        return total / len(lessons), shown, clicked

    # -- states -------------------------------------------------------------------------------

    def save(self) -> None:
        """Write everything that resuming needs, so that a stop at any moment loses no older one."""
        partial, folder = self.out / f"{STATE}.partial", self.out / STATE
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        save_file(_plain(self.model.state_dict()), partial / "model.safetensors")
        save_file(_plain(self.averaged.state_dict()), partial / "mean.safetensors")
        flat = {
            f"{index}.{key}": value
            for index, entry in self.optimizer.state_dict()["state"].items()
            for key, value in entry.items()
        }
        save_file(_plain(flat), partial / "optimizer.safetensors")
        state = {"step": self.step, "recipe": self.recipe.model_dump(mode="json")}
        (partial / "state.json").write_text(json.dumps(state), encoding="utf-8")
        older = self.out / f"{STATE}.older"
        shutil.rmtree(older, ignore_errors=True)
        if folder.is_dir():
            folder.rename(older)
        partial.rename(folder)
        shutil.rmtree(older, ignore_errors=True)

    def resume(self) -> bool:
        """Go on from the state in the folder; False where there is none.

        Raises:
            TrainingError: it is of another recipe.
        """
        folder = self.out / STATE
        if not folder.is_dir():
            folder = self.out / f"{STATE}.older"  # stopped between the two renames
        if not (folder / "state.json").is_file():
            return False
        state = json.loads((folder / "state.json").read_text(encoding="utf-8"))
        for name in ("model", "seed", "batch", "objects"):
            if state["recipe"].get(name) != self.recipe.model_dump(mode="json")[name]:
                raise TrainingError(f"{folder} was trained with another {name!r}; use its recipe")
        self.model.load_state_dict(load_file(folder / "model.safetensors"))
        self.averaged.load_state_dict(load_file(folder / "mean.safetensors"))
        current = self.optimizer.state_dict()
        moments: dict[int, dict[str, Tensor]] = {}
        for name, value in load_file(folder / "optimizer.safetensors").items():
            index, key = name.split(".", 1)
            moments.setdefault(int(index), {})[key] = value
        current["state"] = moments
        self.optimizer.load_state_dict(current)
        self.step = int(state["step"])
        self.mean.n_averaged.fill_(self.step)
        return True


def _plain(tensors: dict[str, Any]) -> dict[str, Tensor]:
    return {name: value.detach().contiguous() for name, value in tensors.items()}


def _groups(model: Any, decay: float) -> list[dict[str, Any]]:
    """Matrices are decayed; biases, norms and embeddings are not."""
    named = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    matrices = [p for name, p in named if p.ndim >= 2 and "embed" not in name]
    others = [p for name, p in named if p.ndim < 2 or "embed" in name]
    return [{"params": matrices, "weight_decay": decay}, {"params": others, "weight_decay": 0.0}]
