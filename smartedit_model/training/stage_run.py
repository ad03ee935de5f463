"""One stage of a recipe: begin or go on, train for so many minutes, keep the curve, export.

What a stage leaves in its folder: ``step-*`` to go on from (the newest only), ``losses.jsonl``
and, when it is through, ``final``: a pipeline folder.
"""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass, replace
from operator import attrgetter
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from smartedit_model.adapters import FOLDER as ADAPTER
from smartedit_model.adapters import adapter_path, update_of
from smartedit_model.config import SmartEditConfig, preset
from smartedit_model.errors import TrainingError
from smartedit_model.patch_autoencoder import PatchAutoencoder
from smartedit_model.pipeline import SmartEditPipeline
from smartedit_model.residual_unet import ResidualUNet
from smartedit_model.training.adapting import AdaptTraining
from smartedit_model.training.autoencoder import (
    measure_scaling,
    measure_spread,
    principal_start,
)
from smartedit_model.training.concepts import world_concepts
from smartedit_model.training.curve import EVERY, Curve, Tell
from smartedit_model.training.data import Mixture
from smartedit_model.training.drawing import DrawingTraining
from smartedit_model.training.finding import FindingTraining
from smartedit_model.training.foundation import (
    AutoencoderTraining,
    SeeingTraining,
    set_positions,
)
from smartedit_model.training.heads import load_head, save_heads
from smartedit_model.training.latent_pool import LatentPool
from smartedit_model.training.latents import LatentBatches, make_latents
from smartedit_model.training.loop import Loop, Training
from smartedit_model.training.pool import PooledDrawings, ShardPool
from smartedit_model.training.reading import ReadingTraining
from smartedit_model.training.recipe import (
    FROM_POOLED_LATENTS,
    HEADS,
    Pooling,
    Recipe,
    StageRecipe,
)
from smartedit_model.training.stages import STAGES, TrainSettings, stage
from smartedit_model.training.updates import save_updated
from smartedit_model.training.world_data import (
    WorldBatches,
    WorldCrops,
    WorldDrawings,
    WorldExamples,
    WorldTexts,
    WorldViews,
    world_pictures,
    world_tokenizer,
)


@dataclass
class StageRun:
    """A stage and where it is kept.

    Attributes:
        recipe: The recipe.
        name: The stage.
        out: Folder of the whole model; the stage has a folder of its own in it.
        cpu: Stay on the CPU even where there is a GPU.
        shards: Folder of what was made ahead; needed by stages with ``pooling`` only.
    """

    recipe: Recipe
    name: str
    out: Path
    cpu: bool = False
    shards: Path | None = None

    def __post_init__(self) -> None:
        self.plan: StageRecipe = self.recipe.stage(self.name)
        self.folder = self.out / self.name
        self.config: SmartEditConfig = preset(self.recipe.model)
        settings = TrainSettings(**self.plan.settings, cpu=self.cpu)
        if self.plan.kind in STAGES and STAGES[self.plan.kind].perception:
            settings = replace(settings, concepts=world_concepts())
        self.settings = settings
        # The loop would write at these steps too: here they are written, and the older removed.
        self.loop_settings = replace(settings, save_every=0)
        if self.plan.pooling is not None:  # what is made ahead lies on the device of one process
            self.loop_settings = replace(self.loop_settings, workers=0)
        torch.manual_seed(settings.seed)
        self.pipe = self._pipeline()
        self.loop = self._loop()
        if self.plan.pooling is not None:
            self.loop.make_batch = self._pooled(self.plan.pooling)
        self._take_heads()

    @property
    def draws(self) -> bool:
        """Whether the UNet learns."""
        kind = self.plan.kind
        return kind in ("drawing", "redraw") or (kind in STAGES and STAGES[kind].unet)

    @property
    def done(self) -> bool:
        """Whether the stage is through."""
        return (self.folder / "final" / "model_index.json").is_file()

    def run(self, minutes: float | None = None, tell: Tell = print) -> bool:
        """Train, from the newest checkpoint on, and return whether the stage is through.

        Args:
            minutes: Stop after so long, with a checkpoint.
            tell: Called with a line every ``EVERY`` steps.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        newest = self._newest()
        if newest is not None:
            self.loop.resume(newest)
            tell(f"{self.name}: going on from step {self.loop.step} of {self.settings.steps}")
        end = None if minutes is None else time.monotonic() + 60 * minutes
        log = Curve(self.folder / "losses.jsonl", tell)
        while self.loop.step < self.settings.steps:
            if end is not None and time.monotonic() > end:
                break
            self.loop.run(until=self.loop.step + (self.settings.save_every or EVERY), log=log)
            self._keep(self.loop.save())
        if self.loop.step < self.settings.steps:
            return False
        self.export(self.folder / "final")
        return True

    def export(self, folder: Path) -> None:
        """Write the stage's result, averaged where it keeps an average; training is over then."""
        self.loop.use_average()
        if self.plan.kind == "autoencoder":
            self.pipe.vae.to(memory_format=torch.contiguous_format)
            pictures = world_pictures("val", 64, self.recipe.size)
            device = self.pipe.vae.device
            scaling = measure_scaling(self.pipe.vae, pictures.to(device))
            self.pipe.vae.register_to_config(scaling_factor=scaling)
        self.pipe.answers.forget()
        update = getattr(self.loop.module, "update", None)
        if update is not None:
            save_updated(self.pipe, update, folder)
        else:
            self.pipe.save_pretrained(folder)
        save_heads(self.loop.module, folder)

    def _take_heads(self) -> None:
        """Begin with the heads of earlier stages."""
        for source, parts in self.plan.takes.items():
            for part in parts:
                if part in HEADS:
                    load_head(self.loop.module, part, self.out / source / "final")

    def _newest(self) -> Path | None:
        found = sorted(self.folder.glob("step-*[0-9]"))
        return found[-1] if found else None

    def _keep(self, newest: Path) -> None:
        for old in self.folder.glob("step-*[0-9]"):
            if old != newest:
                shutil.rmtree(old)

    def _pipeline(self) -> SmartEditPipeline:
        earlier = {source: self._earlier(source) for source in self.plan.takes}
        pipe = SmartEditPipeline.from_scratch(self.config, self._tokenizer(earlier))
        pipe.set_progress_bar_config(disable=True)
        set_positions(pipe.vision_tower)
        for source, parts in self.plan.takes.items():
            for part in parts:
                if part in (*HEADS, ADAPTER):
                    continue  # they belong to stages, not to the pipeline
                find = attrgetter(part)
                find(pipe).load_state_dict(find(earlier[source]).state_dict())
                if part == "vae":
                    scaling = earlier[source].vae.config.scaling_factor
                    pipe.vae.register_to_config(scaling_factor=scaling)
        untrained = isinstance(pipe.vae, PatchAutoencoder) and pipe.vae.config.scaling_factor == 1
        if self.draws and untrained:
            raise TrainingError(
                f"{self.name} would learn to draw for an autoencoder that was never trained; "
                "let it take the vae of a stage that has trained one"
            )
        fresh = not any("unet" in parts for parts in self.plan.takes.values())
        if isinstance(pipe.unet, ResidualUNet) and fresh:
            pictures = world_pictures("val", 64, self.recipe.size)
            spread = measure_spread(pipe.vae, pictures)
            pipe.unet.begin(pipe.vae.config.scaling_factor, spread)
        return pipe

    def _to_settle(self) -> dict[str, Tensor] | None:
        """Return the update that is to be settled; None where none is taken.

        Raises:
            TrainingError: The stage it is taken from has made none.
        """
        for source, parts in self.plan.takes.items():
            if ADAPTER in parts:
                path = adapter_path(self.out / source / "final")
                if path is None:
                    raise TrainingError(f"{source} has made no {ADAPTER} for {self.name} to settle")
                return update_of(path)
        return None

    def _earlier(self, source: str) -> SmartEditPipeline:
        folder = self.out / source / "final"
        if not (folder / "model_index.json").is_file():
            parts = " and ".join(self.plan.takes[source])
            raise TrainingError(
                f"{self.name} begins with the {parts} of stage {source}, which "
                f"has not been run: {folder} is missing"
            )
        return SmartEditPipeline.from_pretrained(folder)

    def _tokenizer(self, earlier: dict[str, SmartEditPipeline]) -> Any:
        """The tokenizer that a language model learned with, or a new one for one that begins.

        A new one depends on the world's wordings, and these may have grown since.
        """
        for source, parts in self.plan.takes.items():
            if "language_model" in parts:
                return earlier[source].tokenizer
        return world_tokenizer(self.config.language.base_vocab)

    def _loop(self) -> Loop:
        size, patch = self.recipe.size, self.config.vision.patch_size
        if self.plan.kind == "autoencoder":
            if isinstance(self.pipe.vae, PatchAutoencoder):
                principal_start(self.pipe.vae, world_pictures("train", 512, size))
            module = AutoencoderTraining(self.pipe.vae)
            return Loop(module, self.loop_settings, WorldCrops(size=size), self.folder)
        if self.plan.kind == "seeing":
            seeing = SeeingTraining(
                self.pipe.vision_tower,
                self.pipe.bim.matching,
                self.config.vision.select_layer,
                patch=patch,
            )
            return Loop(seeing, self.loop_settings, WorldViews(size=size, patch=patch), self.folder)
        if self.plan.kind == "drawing":
            drawing = DrawingTraining(self.pipe, self.loop_settings)
            return Loop(drawing, self.loop_settings, WorldDrawings(size=size), self.folder)
        if self.plan.kind in FROM_POOLED_LATENTS and self.plan.pooling is not None:
            whole = self.plan.kind == "redraw"
            redrawing = AdaptTraining(
                self.pipe, self.loop_settings, whole=whole, settled=self._to_settle()
            )
            return Loop(redrawing, self.loop_settings, _before_its_pool, self.folder)
        if self.plan.kind == "reading":
            reading = ReadingTraining(self.pipe, len(world_concepts()))
            texts = WorldTexts(self.pipe.answers.prompter)
            return Loop(reading, self.loop_settings, texts, self.folder)
        if self.plan.latents is not None:
            kept, plan = self.folder / "latents", self.plan.latents
            make_latents(self.pipe, plan, size, kept)  # before anything of it is adapted
            adapting = AdaptTraining(self.pipe, self.loop_settings)
            latents = LatentBatches(kept, plan, self.settings.seed)
            return Loop(adapting, self.loop_settings, latents, self.folder)
        seed, together = self.settings.seed, self.plan.together
        examples = WorldExamples(
            size=size,
            seed=seed,
            mix=self.plan.mix or None,
            together=together,
            categories=self.plan.categories or None,
        )
        mixture = Mixture([examples], seed=seed, together=together)
        if self.plan.kind == "finding":
            finding = FindingTraining(self.pipe, self.loop_settings)
            batches = WorldBatches(mixture, self.pipe.answers.prompter, size)
            return Loop(finding, self.loop_settings, batches, self.folder)
        return Training(
            self.pipe,
            stage(self.plan.kind),
            self.loop_settings,
            mixture,
            self.folder,
            size=(size, size),
        )

    def _pooled(self, pooling: Pooling) -> ShardPool | PooledDrawings | LatentPool:
        """Return what makes batches of what was made ahead."""
        ahead = self.recipe.ahead_of(self.name)
        if ahead is None or self.shards is None:
            raise TrainingError(
                f"{self.name} learns from what is made ahead; say where with --shards"
            )
        if self.plan.kind in FROM_POOLED_LATENTS:
            self.pipe.to(self.loop.accelerator.device)
            return LatentPool(self.shards, ahead, pooling, self.pipe, seed=self.settings.seed)
        drawing = self.plan.kind == "drawing"
        pool = ShardPool(
            self.shards,
            ahead,
            pooling,
            self.pipe.answers.prompter,
            self.loop.accelerator.device,
            seed=self.settings.seed,
            targets=self.draws,
        )
        return PooledDrawings(pool) if drawing else pool


def _before_its_pool(first: int, count: int) -> Any:
    """Stand in while the loop is built: the pool needs the loop's device, so it is put in later."""
    raise TrainingError("a batch was asked for before the loop was given its pool")
