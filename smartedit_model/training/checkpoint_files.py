"""Tensors of a training checkpoint on their way to safetensors and back.

It knows names and tensors, not what learns.
"""

from __future__ import annotations

from pathlib import Path

from safetensors.torch import load_file
from torch import Tensor

from smartedit_model.headers import read_header


def read_tensors(path: Path) -> dict[str, Tensor]:
    """Return the tensors of a file.

    Raises:
        MissingFileError: The file is not there.
        TruncatedFileError: It is damaged.
    """
    read_header(path)  # names what is missing or cut short, which safetensors does not
    return load_file(path)


def dense(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return the tensors in plain memory order, which is all that safetensors can hold."""
    return {name: tensor.contiguous() for name, tensor in tensors.items()}


def flat(state: dict[int, dict[str, Tensor]]) -> dict[str, Tensor]:
    """Return an optimiser's state with one name a tensor."""
    return {f"{i}.{key}": value for i, entry in state.items() for key, value in entry.items()}


def deep(flat: dict[str, Tensor]) -> dict[int, dict[str, Tensor]]:
    """Return what :func:`flat` was given."""
    state: dict[int, dict[str, Tensor]] = {}
    for name, value in flat.items():
        index, key = name.split(".", 1)
        state.setdefault(int(index), {})[key] = value
    return state
