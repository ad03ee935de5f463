"""The training loop, driven by Accelerate: one device, or several processes by DDP.

Everything random follows from seed, step and process, so a run that was stopped and resumed is the
run that was not. Checkpoints are safetensors and JSON.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import torch
from accelerate import Accelerator  # type: ignore[import-untyped]  # ships no types
from accelerate.utils import (  # type: ignore[import-untyped]  # ships no types
    DistributedDataParallelKwargs,
)
from diffusers.training_utils import EMAModel
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from smartedit_model.editor import default_device
from smartedit_model.errors import MissingFileError, TrainingError
from smartedit_model.integrity import read_json
from smartedit_model.loading import computes_in
from smartedit_model.pipeline import SmartEditPipeline
from smartedit_model.training.checkpoint_files import deep, dense, flat, read_tensors
from smartedit_model.training.cpu_attention import Float32Attention
from smartedit_model.training.data import Batch, Mixture, collate
from smartedit_model.training.lora import merge_lora
from smartedit_model.training.losses import Losses
from smartedit_model.training.module import TrainingModule
from smartedit_model.training.schedule import warmup_cosine
from smartedit_model.training.stages import Stage, TrainSettings
from smartedit_model.training.updates import save_updated

Log = Callable[[int, Losses], None]


def learning_rate(settings: TrainSettings, step: int) -> float:
    """Return the rate at a step: linear warm-up, then a cosine down to zero."""
    return warmup_cosine(
        step, peak=settings.learning_rate, warmup=settings.warmup, steps=settings.steps
    )


MakeBatch = Callable[[int, int], Any]


class Loop:
    """A run: a module that turns batches into losses, its optimiser, its checkpoints.

    Args:
        module: Called with a batch, returns ``Losses``; what requires a gradient learns.
        settings: How.
        make_batch: Called with the number of a batch's first example and how many it holds.
            Everything in the batch follows from the two. With ``settings.workers`` it runs in
            other processes.
        out_dir: Where checkpoints go.
    """

    def __init__(
        self, module: nn.Module, settings: TrainSettings, make_batch: MakeBatch, out_dir: Path
    ) -> None:
        settings = replace(settings, precision=_precision(settings))
        self.settings, self.make_batch, self.out_dir = settings, make_batch, out_dir
        # Static graph: every learner takes part in every step, so DDP need not search.
        ddp = DistributedDataParallelKwargs(find_unused_parameters=False)
        self.accelerator = Accelerator(
            cpu=settings.cpu,
            mixed_precision=settings.precision,
            gradient_accumulation_steps=settings.accumulate,
            kwargs_handlers=[ddp],
        )
        learners = [p for p in module.parameters() if p.requires_grad]
        optimizer = torch.optim.AdamW(
            _groups(module, settings),
            lr=settings.learning_rate,
            weight_decay=settings.weight_decay,
            betas=(0.9, settings.beta2),
        )
        self.module: Any = module
        self.ema = EMAModel(learners, decay=settings.ema, foreach=True) if settings.ema else None
        self.wrapped, self.optimizer = self.accelerator.prepare(module, optimizer)
        if self.ema is not None:
            self.ema.to(self.accelerator.device)
        self.step = 0
        self._last: Tensor | None = None  # the newest loss, not looked at yet

    def run(self, until: int | None = None, log: Log | None = None) -> None:
        """Train up to step ``until``, or to the end."""
        end = self.settings.steps if until is None else min(until, self.settings.steps)
        self.wrapped.train()
        batches = self._batches(end)
        while self.step < end:
            losses = self._optimise(batches)
            self.step += 1
            if log is not None:
                log(self.step, losses)
            every = self.settings.save_every
            if every and self.step % every == 0:
                self._check_last()
                self.save()
        self._check_last()
        self.wrapped.eval()

    def _check_last(self) -> None:
        """Look at the loss of the step before: the device need not be waited for at each.

        Raises:
            TrainingError: It was not finite.
        """
        if self._last is not None and not torch.isfinite(self._last):
            raise TrainingError(f"the loss is not finite at step {self.step}; lower the rate")
        self._last = None

    def _optimise(self, batches: Iterator[Any]) -> Losses:
        s, rank = self.settings, self.accelerator.process_index
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate(s, self.step) * group["rate"]
        losses: Losses | None = None
        for micro in range(s.accumulate):
            batch = next(batches).to(self.accelerator.device)
            torch.manual_seed(hash((s.seed, self.step, micro, rank)) % 2**63)
            with self.accelerator.accumulate(self.wrapped):
                with self._attention():
                    losses = self.wrapped(batch)
                self.accelerator.backward(losses.total)
                if self.accelerator.sync_gradients:
                    self.accelerator.clip_grad_norm_(self.wrapped.parameters(), s.clip)
                self.optimizer.step()
                self.optimizer.zero_grad()
        if losses is None:
            raise TrainingError("nothing was learned from: a step has at least one micro-step")
        self._check_last()
        self._last = losses.total.detach()
        if self.ema is not None:
            self.ema.step(p for p in self.module.parameters() if p.requires_grad)
        return losses

    def _attention(self) -> AbstractContextManager[Any]:
        """Return the context of a forward pass: attention as this device does it fastest."""
        slow = self.accelerator.device.type == "cpu" and self.settings.precision == "bf16"
        return Float32Attention() if slow else nullcontext()

    def _batches(self, end: int) -> Iterator[Any]:
        """Yield this process's batches from the current step to step ``end``."""
        s, world = self.settings, self.accelerator.num_processes
        firsts = [
            (micro * world + self.accelerator.process_index) * s.batch
            for micro in range(self.step * s.accumulate, end * s.accumulate)
        ]
        loader: DataLoader[Any] = DataLoader(
            _Numbered(self.make_batch, firsts, s.batch), batch_size=None, num_workers=s.workers
        )
        return iter(loader)

    def use_average(self) -> None:
        """Put the moving average of the weights in the place of the weights, for good."""
        if self.ema is not None:
            self.ema.copy_to(p for p in self.module.parameters() if p.requires_grad)

    # -- checkpoints ----------------------------------------------------------------------

    def save(self) -> Path:
        """Write a checkpoint of what learns and return its folder."""
        folder = self.out_dir / f"step-{self.step:06d}"
        if self.accelerator.is_main_process:
            partial = folder.with_name(folder.name + ".partial")
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir(parents=True)
            save_file(dense(_learned(self.module)), partial / "learned.safetensors")
            moments = flat(self.optimizer.state_dict()["state"])
            save_file(dense(moments), partial / "optimizer.safetensors")
            if self.ema is not None:
                averages = dict(zip(_learned(self.module), self.ema.shadow_params, strict=True))
                save_file(dense(averages), partial / "average.safetensors")
            state = {"step": self.step, "seed": self.settings.seed}
            (partial / "state.json").write_text(json.dumps(state), encoding="utf-8")
            shutil.rmtree(folder, ignore_errors=True)
            partial.rename(folder)
        self.accelerator.wait_for_everyone()
        return folder

    def resume(self, folder: Path) -> None:
        """Go on from a checkpoint.

        Raises:
            MissingFileError: The folder holds none, or not all of one.
            TruncatedFileError: A file of it is damaged.
            TrainingError: It is of another model, stage or seed.
        """
        if not (folder / "state.json").is_file():
            raise MissingFileError(f"{folder} holds no checkpoint; give a step-… folder")
        state = read_json(folder / "state.json")
        if state["seed"] != self.settings.seed:
            raise TrainingError(f"{folder} was trained with seed {state['seed']}; use that seed")
        learned, saved = _learned(self.module), read_tensors(folder / "learned.safetensors")
        if {k: v.shape for k, v in learned.items()} != {k: v.shape for k, v in saved.items()}:
            raise TrainingError(f"{folder} holds other tensors; use the same model and stage")
        # All is read before anything is changed: a damaged checkpoint leaves the run as it was.
        moments = deep(read_tensors(folder / "optimizer.safetensors"))
        averages = {} if self.ema is None else read_tensors(folder / "average.safetensors")
        with torch.no_grad():
            for name, tensor in saved.items():
                learned[name].copy_(tensor)
        if self.ema is not None:
            for name, shadow in zip(learned, self.ema.shadow_params, strict=True):
                shadow.copy_(averages[name])
            self.ema.optimization_step = int(state["step"])
        current = self.optimizer.state_dict()
        current["state"] = moments
        self.optimizer.load_state_dict(current)
        self.step = int(state["step"])


class Training(Loop):
    """A run over a pipeline, in place.

    Args:
        pipe: What is trained.
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
        self.pipe, self.examples = pipe, examples
        self.size = size or (int(pipe.config.resolution),) * 2
        module = TrainingModule(pipe, stage, settings)
        super().__init__(module, settings, self._make_batch, out_dir)

    def run(self, until: int | None = None, log: Log | None = None) -> None:
        """Train up to step ``until``, or to the end; the pipeline may edit right after."""
        super().run(until, log)
        self.pipe.answers.forget()  # what the old weights said of the prompt

    def resume(self, folder: Path) -> None:
        """Go on from a checkpoint; see :meth:`Loop.resume`."""
        super().resume(folder)
        self.pipe.answers.forget()

    def _make_batch(self, first: int, count: int) -> Batch:
        return collate(
            [self.examples[first + i] for i in range(count)],
            self.pipe.answers.prompter,
            vision_side=int(self.pipe.vision_tower.config.image_size),
            size=self.size,
            concepts=self.settings.concepts,
        )

    def export(self, folder: Path) -> None:
        """Write the trained pipeline, LoRA merged, as a folder that loads for editing.

        An update of the UNet stays a file of its own; see ``updates``. The run is over after
        that: the adapters are gone.
        """
        self.accelerator.wait_for_everyone()
        if self.accelerator.is_main_process:
            self.use_average()
            merge_lora(self.pipe.language_model)
            self.pipe.answers.forget()
            if self.module.update is None:
                self.pipe.save_pretrained(folder)
            else:
                save_updated(self.pipe, self.module.update, folder)


class _Numbered(Dataset[Any]):
    """Batches by their place in the run."""

    def __init__(self, make_batch: MakeBatch, firsts: list[int], count: int) -> None:
        self.make_batch, self.firsts, self.count = make_batch, firsts, count

    def __len__(self) -> int:
        return len(self.firsts)

    def __getitem__(self, index: int) -> Any:
        return self.make_batch(self.firsts[index], self.count)


def _precision(settings: TrainSettings) -> Literal["no", "bf16", "fp16"]:
    if settings.precision != "auto":
        return settings.precision
    device = "cpu" if settings.cpu else default_device()
    return "bf16" if computes_in(torch.bfloat16, device) else "no"


def _groups(module: nn.Module, settings: TrainSettings) -> list[dict[str, Any]]:
    """Return what learns, by relative learning rate and decay; the rate of 1 first.

    A module may name parameters in ``no_decay``: decay shrinks rows whose gradient is masked too.
    """
    spared: frozenset[str] = getattr(module, "no_decay", frozenset())
    groups: dict[tuple[float, float], list[nn.Parameter]] = {(1.0, settings.weight_decay): []}
    for name, parameter in module.named_parameters():
        if parameter.requires_grad:
            rate = settings.rates.get(name.partition(".")[0], 1.0)
            decay = 0.0 if name in spared else settings.weight_decay
            groups.setdefault((rate, decay), []).append(parameter)
    return [
        {"params": found, "rate": rate, "weight_decay": decay}
        for (rate, decay), found in groups.items()
        if found
    ]


def _learned(module: nn.Module) -> dict[str, Tensor]:
    return {n: p.data for n, p in module.named_parameters() if p.requires_grad}
