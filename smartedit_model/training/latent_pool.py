"""Batches of edits as latents, drawn anew from shards of the drawn world.

A UNet alone learns much faster than pictures are encoded and instructions are understood, so a
shard is encoded once, when it enters, and its edits come again and again after that.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors import safe_open
from torch import Tensor

from smartedit_model.errors import TrainingError
from smartedit_model.images import vae_normalised, vision_normalised
from smartedit_model.pipeline import SmartEditPipeline
from smartedit_model.training.ahead import shard_path
from smartedit_model.training.captions import undone
from smartedit_model.training.latents import LatentBatch, understood
from smartedit_model.training.pool import awaited, unpacked
from smartedit_model.training.recipe import Ahead, Pooling

LOOK = 512
"""Examples that are understood together."""


@dataclass
class LatentPool:
    """Batches of examples from shards, which lie on the model's device in half precision.

    Args:
        folder: Of the shards, see ``ahead``.
        plan: What they were made from.
        pooling: How often each example is seen and how many shards are held; see ``Pooling``.
        pipe: Encodes pictures and understands instructions; its UNet is not asked.
        seed: Another seed draws other batches.
    """

    folder: Path
    plan: Ahead
    pooling: Pooling
    pipe: SmartEditPipeline
    seed: int = 0
    entered: int = 0
    held: dict[str, Tensor] = field(default_factory=dict)

    def __call__(self, first: int, count: int) -> LatentBatch:
        """Return a batch of ``count`` for the run's examples from number ``first`` on.

        Raises:
            TrainingError: A shard is not made in time.
        """
        self._enter(first)
        held = min(self.entered, self.pooling.window) * self.plan.shard
        draw = np.random.default_rng((self.seed, first))
        rows = torch.from_numpy(draw.integers(0, held, size=count)).to(self.pipe.vae.device)
        parts = {name: tensor[rows] for name, tensor in self.held.items()}
        captions = parts.pop("captions").long()
        floats = {name: part.float() for name, part in parts.items()}
        known = torch.ones(count, device=rows.device)
        return LatentBatch(**floats, captions=captions, known=known)

    def _enter(self, first: int) -> None:
        """Take in what should have entered by a step; without waiting, at most one shard more.

        To take one in costs several steps, so none comes before its time.
        """
        pooling = self.pooling
        newest = pooling.newest(first, self.plan.shard)
        while self.entered < (newest if pooling.waits else pooling.begin):
            self._take()
        late = self.entered < newest and not pooling.waits
        if late and shard_path(self.folder, self.entered).is_file():
            self._take()

    def _take(self) -> None:
        path = awaited(shard_path(self.folder, self.entered))
        device = self.pipe.vae.device
        with safe_open(path, framework="pt") as file:
            said = json.loads(file.metadata()["instructions"])
            part = {
                name: file.get_tensor(name).to(device)
                for name in ("source", "target", "region", "changed", "caption")
            }
        rows = self._encoded(part, said)
        slot = (self.entered % self.pooling.window) * self.plan.shard
        for name, tensor in rows.items():
            if name not in self.held:
                shape = (self.pooling.window * self.plan.shard, *tensor.shape[1:])
                self.held[name] = torch.empty(shape, dtype=tensor.dtype, device=device)
            self.held[name][slot : slot + len(tensor)] = tensor
        self.entered += 1

    @torch.no_grad()
    def _encoded(self, part: dict[str, Tensor], said: list[str]) -> dict[str, Tensor]:
        """Return a shard as a :class:`LatentBatch` has it, in half precision."""
        pipe, together = self.pipe, self.plan.together
        if LOOK % together:
            raise TrainingError(f"examples are understood {LOOK} at a time, not {together} a scene")
        view = torch.arange(len(said), device=part["source"].device) // together
        side = part["source"].shape[-1]
        cells = (side // pipe.vae_factor,) * 2
        found: dict[str, list[Tensor]] = {}
        for first in range(0, len(said), LOOK):
            rows = slice(first, first + LOOK)
            views = view[rows] - view[first]
            pictures = part["source"][view[first] : view[rows][-1] + 1].float()
            region = unpacked(part["region"][rows], side)
            changed = unpacked(part["changed"][rows], side)
            before, after = vae_normalised(pictures), vae_normalised(part["target"][rows])
            absent = region.flatten(1).sum(dim=1) == 0
            row = {
                "source": pipe.vae.encode(before).latent_dist.mode()[views],
                "target": pipe.vae.encode(after).latent_dist.mode(),
                "changed": F.interpolate(changed[:, None], cells, mode="area")[:, 0],
                "region": F.interpolate(region[:, None], cells, mode="area")[:, 0],
                **understood(pipe, vision_normalised(pictures / 255.0), views, said[rows], cells),
            }
            row = {name: tensor.half() for name, tensor in row.items()}
            row["captions"] = undone(part["caption"][rows].long(), absent).to(torch.uint8)
            for name, tensor in row.items():
                found.setdefault(name, []).append(tensor)
        return {name: torch.cat(parts) for name, parts in found.items()}
