"""Safetensors shards written tensor by tensor, so that memory holds one tensor at a time.

A finished shard is renamed into place and its hash is noted, so an interrupted run goes on with
the next shard. It knows nothing of any model.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from smartedit_model.integrity import check_finite

_NAMES = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16"}


@dataclass(frozen=True)
class Planned:
    """A tensor to be written.

    Attributes:
        name: Its name in the file.
        shape: Its shape.
        dtype: The dtype it is stored in.
        make: Computes it.
    """

    name: str
    shape: tuple[int, ...]
    dtype: torch.dtype
    make: Callable[[], Tensor]

    @property
    def bytes(self) -> int:
        """Its size in the file."""
        count = 1
        for side in self.shape:
            count *= side
        return count * self.dtype.itemsize


def shards(tensors: Sequence[Planned], limit: int) -> list[list[Planned]]:
    """Cut a list of tensors into runs of at most ``limit`` bytes, each of one tensor or more."""
    runs: list[list[Planned]] = [[]]
    size = 0
    for tensor in tensors:
        if runs[-1] and size + tensor.bytes > limit:
            runs.append([])
            size = 0
        runs[-1].append(tensor)
        size += tensor.bytes
    return runs


def shard_names(stem: str, count: int) -> list[str]:
    """Return the file names transformers and diffusers look for."""
    if count == 1:
        return [f"{stem}.safetensors"]
    return [f"{stem}-{i:05d}-of-{count:05d}.safetensors" for i in range(1, count + 1)]


def write_shard(path: Path, tensors: Sequence[Planned]) -> str:
    """Write one file and return its SHA-256.

    Raises:
        NonFiniteWeightsError: A tensor holds NaN or infinity, or does not fit its dtype.
    """
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    offset = 0
    for tensor in tensors:
        header[tensor.name] = {
            "dtype": _NAMES[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [offset, offset + tensor.bytes],
        }
        offset += tensor.bytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    digest = hashlib.sha256()
    partial = path.with_name(path.name + ".partial")
    with partial.open("wb") as file:
        for chunk in (struct.pack("<Q", len(text)), text):
            file.write(chunk)
            digest.update(chunk)
        for tensor in tensors:
            value = tensor.make().to(tensor.dtype).reshape(tensor.shape).contiguous()
            check_finite(path, [(tensor.name, value)])
            raw: Any = value.view(-1).view(torch.uint8).numpy()
            file.write(raw)
            digest.update(raw)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    return digest.hexdigest()


def write_index(folder: Path, stem: str, runs: Sequence[Sequence[Planned]]) -> None:
    """Write the index of a sharded module; a module in one file needs none."""
    if len(runs) == 1:
        return
    names = shard_names(stem, len(runs))
    index = {
        "metadata": {"total_size": sum(t.bytes for run in runs for t in run)},
        "weight_map": {t.name: name for name, run in zip(names, runs, strict=True) for t in run},
    }
    path = folder / f"{stem}.safetensors.index.json"
    path.write_text(json.dumps(index, indent=1), encoding="utf-8")
