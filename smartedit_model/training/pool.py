"""Batches drawn anew from shards of the drawn world that lie on the device.

Each step draws from the shards that have entered by then and have not left: which these are
follows from the step alone, so a run is the same however fast the shards are made. A stage that
comes too early for a shard waits for it.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import safe_open
from torch import Tensor

from smartedit_model.errors import TrainingError
from smartedit_model.images import vae_normalised, vision_normalised
from smartedit_model.prompt import Prompter
from smartedit_model.training.ahead import shard_path
from smartedit_model.training.captions import undone
from smartedit_model.training.data import IGNORE, Batch, tokens_of
from smartedit_model.training.drawing import DrawBatch
from smartedit_model.training.recipe import Ahead, Pooling

LONGEST = 96
"""Tokens of an instruction with its answer at most."""
PATIENCE = 600.0
"""Seconds to wait for a shard."""
_PICTURES = ("source", "kind", "colour", "reflected", "box", "cover")


@dataclass
class ShardPool:
    """Batches of examples from shards.

    Args:
        folder: Of the shards, see ``ahead``.
        plan: What they were made from.
        pooling: How often each example is seen and how many shards are held.
        prompter: Turns instructions into tokens.
        device: Where pictures lie.
        seed: Another seed draws other batches.
        targets: Whether targets are wanted; without them they are the sources.
    """

    folder: Path
    plan: Ahead
    pooling: Pooling
    prompter: Prompter
    device: torch.device
    seed: int = 0
    targets: bool = True

    def __post_init__(self) -> None:
        self.groups = self.plan.shard // self.plan.together
        self.entered = 0  # shards 0 to entered - 1 have entered, the last `window` of them are held
        self.held: dict[str, Tensor] = {}
        rows = self.pooling.window * self.plan.shard
        self.ids = np.zeros((rows, LONGEST), np.int64)
        self.asking = np.zeros(rows, np.int64)  # where the question ends
        self.ends = np.zeros(rows, np.int64)

    def __call__(self, first: int, count: int) -> Batch:
        """Return a batch of the ``count`` examples from the run's number ``first`` on.

        Raises:
            TrainingError: ``count`` does not fit, or a shard is not made in time.
        """
        together, window = self.plan.together, self.pooling.window
        if count % together:
            raise TrainingError(f"a batch of {count} does not hold whole groups of {together}")
        newest = self.pooling.newest(first, self.plan.shard)
        self._enter(newest)
        draw = np.random.default_rng((self.seed, first))
        low = max(0, newest - window) * self.groups
        chosen = draw.integers(low, newest * self.groups, size=count // together)
        groups = chosen % (window * self.groups)  # a ring
        rows = (groups[:, None] * together + np.arange(together)).reshape(-1)
        return self._batch(torch.from_numpy(groups), torch.from_numpy(rows))

    def _batch(self, groups: Tensor, rows: Tensor) -> Batch:
        on, together, count = self.device, self.plan.together, len(rows)
        numbers = rows.numpy()
        ends, asking = self.ends[numbers], self.asking[numbers]
        ids = self.ids[numbers, : ends.max()]
        at = np.arange(ids.shape[1])
        told = (at >= asking[:, None]) & (at < ends[:, None])
        groups, rows = groups.to(on), rows.to(on)
        seen = {name: self.held[name][groups] for name in _PICTURES}
        view = torch.arange(count, device=on) // together
        source = seen["source"].float()
        known = torch.ones(count, device=on)
        before = vae_normalised(source)[view]
        side = source.shape[-1]
        return Batch(
            vision=vision_normalised(source / 255.0),
            view=view,
            source=before,
            target=vae_normalised(self.held["target"][rows]) if self.targets else before,
            ids=torch.from_numpy(ids).to(on),
            labels=torch.from_numpy(np.where(told, ids, IGNORE)).to(on),
            answers=torch.from_numpy(ends - 1 - self.prompter.tokens.answers).to(on),
            is_edit=known,
            text_features=None,
            region=unpacked(self.held["region"][rows], side),
            region_known=known,
            changed=unpacked(self.held["changed"][rows], side),
            concepts=self.held["concepts"][rows].float(),
            concepts_known=known,
            captions=self.held["caption"][rows].long(),
            captions_known=known,
            asked=self.held["asked"][rows].float(),
            asked_known=self.held["asked_known"][rows].float(),
            patches=(
                seen["kind"].long(),
                seen["colour"].long(),
                seen["reflected"].float(),
                seen["box"].float() / side,
                unpacked(seen["cover"], 64),
            ),
        )

    def _enter(self, newest: int) -> None:
        """Take in the shards below ``newest`` that the window still holds."""
        for number in range(max(self.entered, newest - self.pooling.window), newest):
            self._take(number)
        self.entered = max(self.entered, newest)

    def _take(self, number: int) -> None:
        path = awaited(shard_path(self.folder, number))
        slot, window = number % self.pooling.window, self.pooling.window
        with safe_open(path, framework="pt") as file:
            said = json.loads(file.metadata()["instructions"])
            for name in file.keys():  # noqa: SIM118  # it is no dictionary
                if name == "target" and not self.targets:
                    continue
                part = file.get_tensor(name)
                if name not in self.held:
                    shape = (window * len(part), *part.shape[1:])
                    self.held[name] = torch.empty(shape, dtype=part.dtype, device=self.device)
                self.held[name][slot * len(part) : (slot + 1) * len(part)] = part.to(self.device)
        for place, words in enumerate(said, start=slot * self.plan.shard):
            row, asking = tokens_of(self.prompter, words)
            if len(row) > LONGEST:
                raise TrainingError(f"{words!r} has {len(row)} tokens; at most {LONGEST} are read")
            self.ids[place] = 0
            self.ids[place, : len(row)] = row
            self.ends[place] = len(row)
            self.asking[place] = asking


@dataclass
class PooledDrawings:
    """Batches of edits told by caption and place, from shards."""

    pool: ShardPool

    def __call__(self, first: int, count: int) -> DrawBatch:
        """Return a batch; see :class:`ShardPool`."""
        batch: Any = self.pool(first, count)
        return DrawBatch(
            source=batch.source,
            target=batch.target,
            changed=batch.changed,
            region=batch.region,
            captions=undone(batch.captions, batch.absent),
        )


def awaited(path: Path) -> Path:
    """Return the path of a shard once it is there.

    Raises:
        TrainingError: It does not come.
    """
    since = time.monotonic()
    while not path.is_file():
        if time.monotonic() - since > PATIENCE:
            raise TrainingError(
                f"{path} has not come in {PATIENCE:.0f} seconds; make shards with --ahead"
            )
        time.sleep(0.05)
    return path


def unpacked(packed: Tensor, side: int) -> Tensor:
    """Return what ``np.packbits`` packed along the last axis, 0.0 or 1.0, ``(..., side)``."""
    shifts = torch.arange(7, -1, -1, device=packed.device, dtype=torch.uint8)
    return ((packed[..., None] >> shifts) & 1).flatten(-2)[..., :side].float()
