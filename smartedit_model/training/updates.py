"""A low-rank update of a UNet while it is learned, and its file.

The UNet's own weights are frozen. Every linear layer and convolution has a low-rank update but
those that read the time, and biases and normalisations learn whole. How the file is read and
merged stands in ``smartedit_model.adapters``.
"""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from smartedit_model.adapters import FILE, FOLDER
from smartedit_model.pipeline import SmartEditPipeline
from smartedit_model.training.lora import lora_layers, wrap
from smartedit_model.training.rounding import rounded
from smartedit_model.training.stages import TrainSettings

TIME = "time_emb"
"""In the names of layers that read the time: what they say is a bias at each timestep."""


class UNetUpdate:
    """Put a low-rank update on a UNet, in place; what requires a gradient after that is of it.

    Args:
        unet: The UNet.
        settings: Rank, scale and dropout.
    """

    def __init__(self, unet: nn.Module, settings: TrainSettings) -> None:
        self.unet = unet.requires_grad_(False)
        self.before = {name: flat.detach().clone() for name, flat in self._flat().items()}
        wrap(
            unet,
            lambda name, _: TIME not in name,
            rank=settings.lora_rank,
            alpha=settings.lora_alpha,
            dropout=settings.lora_dropout,
        )
        for flat in self._flat().values():
            flat.requires_grad_(True)

    def tensors(self) -> dict[str, Tensor]:
        """Return the update by the names that ``adapters`` reads."""
        found: dict[str, Tensor] = {}
        for name, layer in lora_layers(self.unet).items():
            ones = (1,) * (layer.down.ndim - 2)
            up = (layer.scale * layer.up).reshape(*layer.up.shape, *ones)
            found[f"unet.{name}.lora_A.weight"] = layer.down
            found[f"unet.{name}.lora_B.weight"] = up
        for name, flat in self._flat().items():
            module, _, kind = name.rpartition(".")
            suffix = "diff" if kind == "weight" else "diff_b"
            found[f"unet.{module}.{suffix}"] = flat - self.before[name].to(flat)
        return {name: tensor.detach() for name, tensor in found.items()}

    def leave(self) -> None:
        """Take the update off the UNet, which is as it was then; training is over."""
        for name, layer in lora_layers(self.unet).items():
            parent, _, last = name.rpartition(".")
            setattr(self.unet.get_submodule(parent), last, layer.base)
        with torch.no_grad():
            for name, flat in self._flat().items():
                flat.copy_(self.before[name])

    def _flat(self) -> dict[str, Tensor]:
        """Return biases and normalisations by the names that they have without LoRA."""
        return {
            name.replace(".base.", "."): parameter
            for name, parameter in self.unet.named_parameters()
            if parameter.ndim == 1 and TIME not in name
        }


def save_updated(pipe: SmartEditPipeline, update: UNetUpdate, folder: Path) -> None:
    """Write a pipeline with its UNet as it was and the update beside it; training is over then."""
    tensors = update.tensors()
    update.leave()
    pipe.save_pretrained(folder)
    write_adapter(tensors, folder)


def write_adapter(update: dict[str, Tensor], folder: Path) -> Path:
    """Write an update into a pipeline folder, half precision and rounded, and return its file."""
    path = folder / FOLDER / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    small = {name: rounded(tensor.half()).contiguous() for name, tensor in update.items()}
    save_file(small, path, metadata={"format": "pt"})
    return path
