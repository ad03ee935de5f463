"""The training loop, driven by Accelerate: one device, or several processes by DDP.

Everything random follows from seed, step and process, so a run that was stopped and resumed is the
run that was not. Checkpoints are safetensors and JSON.
"""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator  # type: ignore[import-untyped]  # ships no types
from accelerate.utils import (  # type: ignore[import-untyped]  # ships no types
    DistributedDataParallelKwargs,
)
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from smartedit_model.errors import MissingFileError, TrainingError
from smartedit_model.pipeline import SmartEditPipeline
from smartedit_model.training.data import Mixture, collate
from smartedit_model.training.lora import merge_lora
from smartedit_model.training.module import Losses, TrainingModule
from smartedit_model.training.stages import Stage, TrainSettings

Log = Callable[[int, Losses], None]


def learning_rate(settings: TrainSettings, step: int) -> float:
    """Return the rate at a step: linear warm-up, then a cosine down to zero."""
    if step < settings.warmup:
        return settings.learning_rate * (step + 1) / settings.warmup
    span = max(1, settings.steps - settings.warmup)
    return settings.learning_rate * 0.5 * (1 + math.cos(math.pi * (step - settings.warmup) / span))


class Training:
    """A run.

    Args:
        pipe: What is trained, in place.
        stage: What learns.
        settings: How.
        examples: What from.
        out_dir: Where checkpoints go.
        size: (height, width) of the diffusion model's pictures; its resolution when omitted.
    """

    def __init__(
        self,
        pipe: SmartEditPipeline,
        stage: Stage,
        settings: TrainSettings,
        examples: Mixture,
        out_dir: Path,
        *,
        size: tuple[int, int] | None = None,
    ) -> None:
        self.pipe, self.settings, self.examples = pipe, settings, examples
        self.out_dir = out_dir
        self.size = size or (int(pipe.config.resolution),) * 2
        # Static graph: every learner takes part in every step, so DDP need not search.
        ddp = DistributedDataParallelKwargs(find_unused_parameters=False)
        self.accelerator = Accelerator(
            cpu=settings.cpu,
            mixed_precision=settings.precision,
            gradient_accumulation_steps=settings.accumulate,
            kwargs_handlers=[ddp],
        )
        module = TrainingModule(pipe, stage, settings)
        learners = [p for p in module.parameters() if p.requires_grad]
        optimizer = torch.optim.AdamW(
            learners, lr=settings.learning_rate, weight_decay=settings.weight_decay
        )
        self.module: Any = module
        self.wrapped, self.optimizer = self.accelerator.prepare(module, optimizer)
        self.step = 0

    def run(self, until: int | None = None, log: Log | None = None) -> None:
        """Train up to step ``until``, or to the end."""
        end = self.settings.steps if until is None else min(until, self.settings.steps)
        self.wrapped.train()
        while self.step < end:
            losses = self._optimise()
            self.step += 1
            if log is not None:
                log(self.step, losses)
            every = self.settings.save_every
            if every and self.step % every == 0:
                self.save()
        self.wrapped.eval()

    def _optimise(self) -> Losses:
        s, rank = self.settings, self.accelerator.process_index
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate(s, self.step)
        losses: Losses | None = None
        for micro in range(s.accumulate):
            torch.manual_seed(hash((s.seed, self.step, micro, rank)) % 2**63)
            with self.accelerator.accumulate(self.wrapped):
                losses = self.wrapped(self._batch(micro))
                self.accelerator.backward(losses.total)
                if self.accelerator.sync_gradients:
                    self.accelerator.clip_grad_norm_(self.wrapped.parameters(), s.clip)
                self.optimizer.step()
                self.optimizer.zero_grad()
        if losses is None or not torch.isfinite(losses.total):
            raise TrainingError(f"the loss is not finite at step {self.step}; lower the rate")
        return losses

    def _batch(self, micro: int) -> Any:
        s, world = self.settings, self.accelerator.num_processes
        first = (
            (self.step * s.accumulate + micro) * world + self.accelerator.process_index
        ) * s.batch
        batch = collate(
            [self.examples[first + i] for i in range(s.batch)],
            self.module.prompter,
            vision_side=int(self.pipe.vision_tower.config.image_size),
            size=self.size,
        )
        return batch.to(self.accelerator.device)

    # -- checkpoints ----------------------------------------------------------------------

    def save(self) -> Path:
        """Write a checkpoint of what learns and return its folder."""
        folder = self.out_dir / f"step-{self.step:06d}"
        if self.accelerator.is_main_process:
            partial = folder.with_name(folder.name + ".partial")
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir(parents=True)
            save_file(_learned(self.module), partial / "learned.safetensors")
            save_file(
                _flat(self.optimizer.state_dict()["state"]), partial / "optimizer.safetensors"
            )
            state = {"step": self.step, "seed": self.settings.seed}
            (partial / "state.json").write_text(json.dumps(state), encoding="utf-8")
            shutil.rmtree(folder, ignore_errors=True)
            partial.rename(folder)
        self.accelerator.wait_for_everyone()
        return folder

    def resume(self, folder: Path) -> None:
        """Go on from a checkpoint.

        Raises:
            MissingFileError: The folder holds none.
            TrainingError: It is of another model, stage or seed.
        """
        if not (folder / "state.json").is_file():
            raise MissingFileError(f"{folder} holds no checkpoint; give a step-… folder")
        state = json.loads((folder / "state.json").read_text(encoding="utf-8"))
        if state["seed"] != self.settings.seed:
            raise TrainingError(f"{folder} was trained with seed {state['seed']}; use that seed")
        learned, saved = _learned(self.module), load_file(folder / "learned.safetensors")
        if {k: v.shape for k, v in learned.items()} != {k: v.shape for k, v in saved.items()}:
            raise TrainingError(f"{folder} holds other tensors; use the same model and stage")
        with torch.no_grad():
            for name, tensor in saved.items():
                learned[name].copy_(tensor)
        current = self.optimizer.state_dict()
        current["state"] = _deep(load_file(folder / "optimizer.safetensors"))
        self.optimizer.load_state_dict(current)
        self.step = int(state["step"])

    def export(self, folder: Path) -> None:
        """Write the trained pipeline, LoRA merged, as a folder that loads for editing.

        The run is over after that: the adapters are gone.
        """
        self.accelerator.wait_for_everyone()
        if self.accelerator.is_main_process:
            merge_lora(self.pipe.language_model)
            self.pipe.answers.forget()
            self.pipe.save_pretrained(folder)


def _learned(module: nn.Module) -> dict[str, Tensor]:
    return {n: p.data for n, p in module.named_parameters() if p.requires_grad}


def _flat(state: dict[int, dict[str, Tensor]]) -> dict[str, Tensor]:
    return {f"{i}.{key}": value for i, entry in state.items() for key, value in entry.items()}


def _deep(flat: dict[str, Tensor]) -> dict[int, dict[str, Tensor]]:
    state: dict[int, dict[str, Tensor]] = {}
    for name, value in flat.items():
        index, key = name.split(".", 1)
        state.setdefault(int(index), {})[key] = value
    return state
