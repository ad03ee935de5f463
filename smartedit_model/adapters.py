"""Low-rank updates of a UNet's weights, kept as a small file beside them and merged when loaded.

The file is what diffusers writes for LoRA, ``pytorch_lora_weights.safetensors``, with two kinds of
tensors more that others write too (LyCORIS): ``diff`` is added to a weight as it is, ``diff_b`` to
a bias. Merged weights are weights like any other, so an adapted UNet is as fast and as large as
without. It knows tensors and their names, no pipeline.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from torch import Tensor, nn

from smartedit_model.errors import KeyMismatchError
from smartedit_model.headers import read_header

#: Folder of a pipeline that holds the adapter of its UNet.
FOLDER = "unet_adapter"
#: The file in it, by diffusers' name.
FILE = "pytorch_lora_weights.safetensors"
#: Where peft's settings stand in the file's metadata.
SETTINGS = "lora_adapter_metadata"
_PREFIX = "unet."
#: Ends of the names of the two factors, of which the update is the product.
DOWN, UP = ".lora_A.weight", ".lora_B.weight"
_UP_BIAS = ".lora_B.bias"
_WEIGHT, _BIAS = ".diff", ".diff_b"
_OLD_NAMES = {".lora.down.weight": DOWN, ".lora.up.weight": UP}
_REFUSED = ("use_dora", "use_rslora", "alpha_pattern", "rank_pattern")
"""Settings that change what the tensors mean."""

Shapes = dict[str, tuple[int, ...]]


def adapter_path(folder: Path) -> Path | None:
    """Return the adapter's file of a pipeline folder; None where it has no adapter."""
    return folder / FOLDER / FILE if (folder / FOLDER).is_dir() else None


def check_adapter(path: Path, unet: Shapes) -> None:
    """Check from its header that an adapter fits a UNet.

    Args:
        path: Its file.
        unet: Name and shape of every tensor of the UNet.

    Raises:
        MissingFileError: The file is not there.
        TruncatedFileError: It is damaged.
        KeyMismatchError: It adapts another UNet, or in a way that is not known here; the message
            names the first tensor that does not fit.
    """
    found = {_name(key): tuple(e["shape"]) for key, e in read_header(path).items()}
    if not found:
        raise KeyMismatchError(f"{path} holds no tensors; write the adapter again")
    for name, shape in found.items():
        module, part = _split(name)
        wanted = _wanted(module, part, unet, found)
        if wanted is None:
            raise KeyMismatchError(
                f"{path}: {name} adapts nothing of this UNet; it belongs to another model"
            )
        if shape != wanted:
            raise KeyMismatchError(f"{path}: {name} is {list(shape)}, should be {list(wanted)}")
        for other in {DOWN: (UP,), UP: (DOWN,), _UP_BIAS: (DOWN, UP)}.get(part, ()):
            if module + other not in found:
                raise KeyMismatchError(f"{path}: missing {module}{other}; write the adapter again")
    _scale(path)


@torch.no_grad()
def merge_adapter(unet: nn.Module, path: Path) -> None:
    """Add a checked adapter to a UNet's weights.

    Raises:
        KeyMismatchError: It is scaled in a way that is not known here.
    """
    add_update(unet, {_name(key): tensor for key, tensor in read_adapter(path)}, _scale(path))


@torch.no_grad()
def add_update(unet: nn.Module, update: dict[str, Tensor], scale: float = 1.0) -> None:
    """Add an update to a UNet's weights.

    Args:
        unet: It is changed in place.
        update: By the names that peft writes today, and fit for this UNet.
        scale: What the products of two factors are multiplied with.
    """
    tensors = {name: tensor.float() for name, tensor in update.items()}
    for name in tensors:
        module, part = _split(name)
        layer: Any = unet.get_submodule(module.removeprefix(_PREFIX))
        if part == DOWN:
            down, up = tensors[name], tensors[module + UP]
            product = (up.flatten(1) @ down.flatten(1)).reshape(layer.weight.shape)
            _add(layer.weight, scale * product)
        elif part == _UP_BIAS:
            _add(layer.bias, scale * tensors[name])
        elif part == _WEIGHT:
            _add(layer.weight, tensors[name])
        elif part == _BIAS:
            _add(layer.bias, tensors[name])


def read_adapter(path: Path) -> Iterator[tuple[str, Tensor]]:
    """Yield name and content of every tensor of an adapter."""
    with safe_open(path, framework="pt") as file:
        handle: Any = file
        for key in handle.keys():  # noqa: SIM118 - the handle is no mapping
            yield key, handle.get_tensor(key)


def update_of(path: Path) -> dict[str, Tensor]:
    """Return the update of an adapter, float32, its scale in the second factors.

    Raises:
        KeyMismatchError: It is scaled in a way that is not known here.
    """
    scale = _scale(path)
    found = {_name(key): tensor.float() for key, tensor in read_adapter(path)}
    return {k: scale * v if k.endswith((UP, _UP_BIAS)) else v for k, v in found.items()}


def _name(key: str) -> str:
    """Return a tensor's name as peft writes it today; diffusers wrote others before."""
    for old, new in _OLD_NAMES.items():
        if key.endswith(old):
            return key.removesuffix(old) + new
    return key


def _split(name: str) -> tuple[str, str]:
    """Return a tensor's module and what it is of it."""
    for part in (DOWN, UP, _UP_BIAS, _WEIGHT, _BIAS):
        if name.endswith(part):
            return name.removesuffix(part), part
    return name, ""


def _wanted(module: str, part: str, unet: Shapes, found: Shapes) -> tuple[int, ...] | None:
    """Return the shape that a tensor must have; None where there is nothing to adapt with it."""
    own = module.removeprefix(_PREFIX)
    weight = unet.get(own + ".weight")
    if weight is None or not module.startswith(_PREFIX) or not part:
        return None
    if part in (_BIAS, _UP_BIAS):
        return unet.get(own + ".bias")
    if part == _WEIGHT:
        return weight
    if len(weight) == 1:  # of a normalisation, which has no rank
        return None
    rank = found.get(module + DOWN, (0,))[0]
    ones = (1,) * (len(weight) - 2)
    return (rank, *weight[1:]) if part == DOWN else (weight[0], rank, *ones)


def _scale(path: Path) -> float:
    """Return what the product of the two matrices is multiplied with, of all layers alike."""
    with safe_open(path, framework="pt") as file:
        told = (file.metadata() or {}).get(SETTINGS)
    if told is None:
        return 1.0
    try:
        settings: dict[str, Any] = dict(json.loads(told))
        refused = [name for name in _REFUSED if settings.get(_PREFIX + name)]
        rank, alpha = settings.get(_PREFIX + "r", 1), settings.get(_PREFIX + "lora_alpha")
        scale = 1.0 if alpha is None else float(alpha) / float(rank)
    except (ValueError, TypeError, ZeroDivisionError) as error:
        raise KeyMismatchError(f"{path}: {SETTINGS} tells no rank and scale") from error
    if refused:
        raise KeyMismatchError(
            f"{path} was made with {refused[0]}, which is not read here; train one without"
        )
    return scale


def _add(parameter: Tensor, update: Tensor) -> None:
    parameter.copy_(parameter.float() + update.to(parameter.device))
