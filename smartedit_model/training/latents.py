"""Edits of the drawn world kept as latents, with what the model understands of some of them.

A small update of a UNet sees each edit several times, and encoding a picture and reading an
instruction cost more than a step of it. A shard follows from the plan, the pipeline and its number
alone; what is there already is not made again.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor

from smartedit_model.errors import TrainingError
from smartedit_model.images import vae_pixels, vision_pixels
from smartedit_model.pipeline import SmartEditPipeline
from smartedit_model.training.ahead import appearing, shard_path
from smartedit_model.training.captions import caption_of
from smartedit_model.training.recipe import Latents
from smartedit_model.training.slips import slipped
from smartedit_model.training.world_data import edit_region
from smartedit_model.vision import patch_features
from smartedit_model.world.edits import EditSample
from smartedit_model.world.stream import group

UNDERSTOOD = ("condition", "feature", "chance")
"""What the model makes of picture and instruction; only some shards hold it."""
NAMES = ("source", "target", "changed", "region", "captions", *UNDERSTOOD)
_AT_ONCE = 32


@dataclass
class LatentBatch:
    """``B`` edits as latents of ``h`` by ``w`` cells.

    Attributes:
        source: Mode of the sources' latents, not scaled, ``(B, Z, h, w)``.
        target: The same of the targets.
        changed: Share of each cell that may differ, ``(B, h, w)``.
        region: Share of each cell where the edit is made, ``(B, h, w)``.
        captions: Numbers of the words, ``(B, places)``.
        condition: What the model answers, ``(B, Q, hidden)``; zeros where ``known`` is 0.
        feature: The BIM's feature, ``(B, C, h, w)``; likewise.
        chance: Of each cell to be of the target, by the mask head, ``(B, h, w)``; likewise.
        known: 1.0 where the last three are known, ``(B,)``.
    """

    source: Tensor
    target: Tensor
    changed: Tensor
    region: Tensor
    captions: Tensor
    condition: Tensor
    feature: Tensor
    chance: Tensor
    known: Tensor

    def to(self, device: torch.device) -> LatentBatch:
        """Return the batch on a device."""
        return LatentBatch(*(tensor.to(device) for tensor in vars(self).values()))


@torch.no_grad()
def understood(
    pipe: SmartEditPipeline,
    pixels: Tensor,
    view: Tensor,
    said: Sequence[str],
    cells: tuple[int, int],
) -> dict[str, Tensor]:
    """Return what a model makes of pictures and instructions, by the names of ``UNDERSTOOD``.

    Args:
        pipe: The model.
        pixels: CLIP-normalised pictures, ``(V, 3, side, side)``.
        view: Which picture each instruction is about, ``(B,)``.
        said: ``B`` instructions.
        cells: Latent height and width.

    Raises:
        TrainingError: The model has no mask head.
    """
    features = patch_features(pipe.vision_tower, pixels, pipe.config.select_layer)[view]
    seen, where = pipe.seen(features, pipe.queries(features, said), cells)
    if where is None:
        raise TrainingError("latents are made with a model that has a mask head")
    chance = F.interpolate(where[0].sigmoid()[:, None], cells, mode="area")[:, 0]
    return {"condition": seen.condition, "feature": seen.feature, "chance": chance}


def edits_of(plan: Latents, size: int, number: int) -> list[EditSample]:
    """Return the edits of shard ``number``: ``plan.shard``, as often of each op as it says."""
    found: list[EditSample] = []
    place = number * 2**20
    while len(found) < plan.shard:
        made = group(
            "train",
            place,
            plan.seed,
            plan.mix,
            count=plan.together,
            size=size,
            categories=plan.categories or None,
        )
        draw = random.Random(f"{plan.seed}/{place}")
        for one in made:
            wanted = draw.random()
            if isinstance(one, EditSample) and one.valid and wanted < plan.ops.get(one.op, 0.0):
                found.append(one)
        place += 1
    return found[: plan.shard]


@torch.no_grad()
def make_shard(pipe: SmartEditPipeline, plan: Latents, size: int, number: int) -> dict[str, Tensor]:
    """Make a shard: float16, and uint8 captions; see :class:`LatentBatch`."""
    made = edits_of(plan, size, number)
    side = (size, size)
    cells = (size // pipe.vae_factor,) * 2
    draw = random.Random(f"{plan.seed}/{number}")
    parts: dict[str, list[Tensor]] = {}
    for first in range(0, len(made), _AT_ONCE):
        some = made[first : first + _AT_ONCE]
        sources = [Image.fromarray(one.source) for one in some]
        targets = [Image.fromarray(one.target) for one in some]
        row = {
            "source": pipe.vae.encode(vae_pixels(sources, side)).latent_dist.mode(),
            "target": pipe.vae.encode(vae_pixels(targets, side)).latent_dist.mode(),
            "changed": _cells(np.stack([one.mask for one in some]), cells),
            "region": _cells(np.stack([edit_region(one) for one in some]), cells),
        }
        if plan.understands(number):
            said = [slipped(one.instruction, draw) for one in some]
            pixels = vision_pixels(sources, int(pipe.vision_tower.config.image_size))
            row |= understood(pipe, pixels, torch.arange(len(some)), said, cells)
        for name, part in row.items():
            parts.setdefault(name, []).append(part.half())
    shard = {name: torch.cat(some).contiguous() for name, some in parts.items()}
    shard["captions"] = torch.tensor([caption_of(one) for one in made], dtype=torch.uint8)
    return shard


def make_latents(pipe: SmartEditPipeline, plan: Latents, size: int, folder: Path) -> None:
    """Make every shard of a plan that is not there yet; each appears whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(plan.shards):
        path = shard_path(folder, number)
        if not path.is_file():
            with appearing(path) as partial:
                save_file(make_shard(pipe, plan, size, number), partial)


@dataclass
class LatentBatches:
    """Batches drawn anew from all shards of a plan.

    Args:
        folder: Of the shards.
        plan: What they were made from.
        seed: Another seed draws other batches.
    """

    folder: Path
    plan: Latents
    seed: int = 0
    held: list[dict[str, Tensor]] = field(default_factory=list)

    def __call__(self, first: int, count: int) -> LatentBatch:
        """Return a batch of the ``count`` edits from the run's number ``first`` on."""
        if not self.held:
            paths = (shard_path(self.folder, n) for n in range(self.plan.shards))
            self.held = [load_file(path) for path in paths]
        draw = np.random.default_rng((self.seed, first))
        rows = draw.integers(0, self.plan.shards * self.plan.shard, size=count)
        chosen = [divmod(int(row), self.plan.shard) for row in rows]
        parts = {name: self._rows(name, chosen) for name in NAMES}
        known = torch.tensor([float(UNDERSTOOD[0] in self.held[s]) for s, _ in chosen])
        captions = parts.pop("captions").long()
        floats = {name: part.float() for name, part in parts.items()}
        return LatentBatch(**floats, captions=captions, known=known)

    def _rows(self, name: str, chosen: list[tuple[int, int]]) -> Tensor:
        """Return a part of the chosen (shard, row) pairs, zeros where a shard does not hold it."""
        like = next((shard[name][0] for shard in self.held if name in shard), torch.zeros(1))
        nothing = torch.zeros_like(like)
        held = [self.held[shard].get(name) for shard, _ in chosen]
        rows = [
            nothing if part is None else part[row]
            for part, (_, row) in zip(held, chosen, strict=True)
        ]
        return torch.stack(rows)


def _cells(masks: np.ndarray[Any, np.dtype[np.bool_]], size: tuple[int, int]) -> Tensor:
    """Return the share of each cell that masks ``(B, side, side)`` cover."""
    return F.interpolate(torch.from_numpy(masks).float()[:, None], size, mode="area")[:, 0]
