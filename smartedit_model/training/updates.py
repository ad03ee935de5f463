"""A low-rank update of a UNet while it is learned, and its file.

The UNet's own weights are frozen. Every linear layer and convolution has a low-rank update but
those that read the time, and biases and normalisations learn whole. How the file is read and
merged stands in ``smartedit_model.adapters``.
"""

from __future__ import annotations

import json
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import Tensor, nn

from smartedit_model.adapters import DOWN, FILE, FOLDER, SETTINGS, UP
from smartedit_model.errors import TrainingError
from smartedit_model.pipeline import SmartEditPipeline
from smartedit_model.training.lora import lora_layers, whole, wrap
from smartedit_model.training.rounding import EIGHT_BITS, rounded
from smartedit_model.training.stages import TrainSettings

COARSE = 0.75
"""Step of factors in eight bits to their standard deviation: an error of a quarter of an update."""
STEP = 0.125
"""That step in the file: multiples up to 16 of it are exact in eight bits."""
TINY = 1e-12
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
            summed=not settings.lora_dropout and _in_full(unet),
        )
        for flat in self._flat().values():
            flat.requires_grad_(True)
        self.step = 0.0

    @torch.no_grad()
    def settle(self, update: dict[str, Tensor]) -> None:
        """Begin as another update of this rank, whose factors are rounded from here on.

        They learn on with what is lost by that; see ``lora.whole``.

        Raises:
            TrainingError: It is of another rank or another UNet.
        """
        update, self.step = balanced(update)
        own = {name: tuple(tensor.shape) for name, tensor in self.tensors().items()}
        if own != {name: tuple(tensor.shape) for name, tensor in update.items()}:
            raise TrainingError(
                "the update to settle is of another rank or another UNet; take the stage that made "
                "it, and give its lora_rank"
            )
        for name, layer in lora_layers(self.unet).items():
            layer.step = self.step
            layer.down.copy_(update[f"unet.{name}{DOWN}"])
            layer.up.copy_(update[f"unet.{name}{UP}"].reshape(layer.up.shape) / layer.scale)
        for name, flat in self._flat().items():
            flat.copy_(self.before[name].to(flat) + update[_flat_key(name)].to(flat))

    def tensors(self) -> dict[str, Tensor]:
        """Return the update by the names that ``adapters`` reads."""
        found: dict[str, Tensor] = {}
        for name, layer in lora_layers(self.unet).items():
            ones = (1,) * (layer.down.ndim - 2)
            up = whole(layer.up, layer.step).reshape(*layer.up.shape, *ones)
            found[f"unet.{name}{DOWN}"] = whole(layer.down, layer.step)
            found[f"unet.{name}{UP}"] = layer.scale * up
        for name, flat in self._flat().items():
            found[_flat_key(name)] = flat - self.before[name].to(flat)
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


def _flat_key(name: str) -> str:
    """Return what ``adapters`` calls the difference of a bias or of a normalisation's weight."""
    module, _, kind = name.rpartition(".")
    return f"unet.{module}.{'diff' if kind == 'weight' else 'diff_b'}"


def _in_full(unet: nn.Module) -> bool:
    """Whether weights are in float32, which a small update is not lost in."""
    return all(parameter.dtype == torch.float32 for parameter in unet.parameters())


def save_updated(pipe: SmartEditPipeline, update: UNetUpdate, folder: Path) -> None:
    """Write a pipeline with its UNet as it was and the update beside it; training is over then.

    An update that learned with a step is stored in eight bits.
    """
    tensors = update.tensors()
    update.leave()
    pipe.save_pretrained(folder)
    write_adapter(tensors, folder, step=update.step)


def write_adapter(update: dict[str, Tensor], folder: Path, *, step: float = 0.0) -> Path:
    """Write an update into a pipeline folder, rounded, and return its file.

    Args:
        update: Its tensors by the names that ``adapters`` reads.
        folder: Of the pipeline.
        step: What the factors are rounded to multiples of and stored in eight bits, as
            :func:`balanced` tells it; 0 to store them, as all else, in half precision.
    """
    path = folder / FOLDER / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    told = {"format": "pt"}
    if step:
        update, settings = _in_eight_bits(update, step)
        told[SETTINGS] = json.dumps(settings)
    small = {
        name: (tensor if tensor.dtype == EIGHT_BITS else rounded(tensor.half())).contiguous()
        for name, tensor in update.items()
    }
    save_file(small, path, metadata=told)
    return path


def balanced(update: dict[str, Tensor]) -> tuple[dict[str, Tensor], float]:
    """Return the same update with factors that are alike, and the step they may be rounded to.

    The two factors of a product may share its singular values as they like: here each has the root
    of them, and both the same spread. Rounded to multiples of one step in all layers, what is small
    in the product takes few digits and what is nothing takes none; an error is as large in one
    layer as in another, and a file of small whole numbers compresses well.
    """
    factors = dict(update)
    for name in (name for name in update if name.endswith(DOWN)):
        other = name.removesuffix(DOWN) + UP
        down, up = update[name].float(), update[other].float()
        rank = len(down)
        left, values, right = torch.linalg.svd(up.flatten(1) @ down.flatten(1), full_matrices=False)
        root = values[:rank].sqrt()
        one, two = root[:, None] * right[:rank], left[:, :rank] * root
        if len(root) < rank:  # a layer narrower than the rank
            one, two = F.pad(one, (0, 0, 0, rank - len(root))), F.pad(two, (0, rank - len(root)))
        even = (two.std() / one.std().clamp(min=TINY)).clamp(min=TINY).sqrt()
        factors[name] = (one * even).reshape(down.shape)
        factors[other] = (two / even).reshape(up.shape)
    both = [factor.flatten() for name, factor in factors.items() if name.endswith((DOWN, UP))]
    return factors, COARSE * float(torch.cat(both).std().clamp(min=TINY))


def _in_eight_bits(
    update: dict[str, Tensor], step: float
) -> tuple[dict[str, Tensor], dict[str, float]]:
    """Return an update with factors that are multiples of ``STEP``, and what tells their scale."""
    stored, most = dict(update), torch.finfo(EIGHT_BITS).max
    rank = 1
    for name, factor in update.items():
        if name.endswith((DOWN, UP)):
            steps = (factor / step).round() * STEP + 0.0  # there is no zero but one
            stored[name] = steps.clamp(-most, most).to(EIGHT_BITS)
            rank = max(rank, len(factor) if name.endswith(DOWN) else 1)
    return stored, {"unet.r": rank, "unet.lora_alpha": rank * (step / STEP) ** 2}
