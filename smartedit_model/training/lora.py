"""Low-rank adaptation of linear and convolution layers, and merging it into their weights.

It knows layers and their names, no model.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from smartedit_model.errors import TrainingError


class LoraLinear(nn.Module):
    """A frozen linear layer plus ``scale * B A x`` with a low rank; starts as the layer itself."""

    def __init__(
        self, base: nn.Linear, rank: int, alpha: float, dropout: float, summed: bool = False
    ) -> None:
        super().__init__()
        self.base = base.requires_grad_(False)
        self.summed = summed
        self.step = 0.0
        self.scale = alpha / rank
        weight = base.weight
        self.down = nn.Parameter(weight.new_empty(rank, base.in_features, dtype=torch.float32))
        self.up = nn.Parameter(weight.new_zeros(base.out_features, rank, dtype=torch.float32))
        nn.init.kaiming_uniform_(self.down, a=math.sqrt(5))
        self.drop = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        """Map ``(..., in)`` to ``(..., out)``."""
        up, down = whole(self.up, self.step), whole(self.down, self.step)
        if self.summed:
            weight = _sum(self.base.weight, self.scale, up, down)
            return F.linear(x, weight, self.base.bias)
        update = self.drop(x).to(down.dtype) @ down.T @ up.T
        out: Tensor = self.base(x)
        adapted: Tensor = out + (self.scale * update).to(out.dtype)
        return adapted

    def merged(self) -> nn.Linear:
        """Return the linear layer with the update added to its weight."""
        with torch.no_grad():
            update = self.scale * (self.up @ self.down)
            self.base.weight += update.to(self.base.weight.dtype)
        return self.base


class LoraConv2d(nn.Module):
    """A frozen convolution plus one of ``rank`` channels and a 1x1 back to its own."""

    def __init__(
        self, base: nn.Conv2d, rank: int, alpha: float, dropout: float, summed: bool = False
    ) -> None:
        super().__init__()
        self.base = base.requires_grad_(False)
        # A layer of another class may do more with its input than convolve it.
        self.summed = summed and type(base) is nn.Conv2d
        self.step = 0.0
        self.scale = alpha / rank
        weight = base.weight
        shape = (rank, *weight.shape[1:])
        self.down = nn.Parameter(weight.new_empty(shape, dtype=torch.float32))
        self.up = nn.Parameter(weight.new_zeros(len(weight), rank, dtype=torch.float32))
        nn.init.kaiming_uniform_(self.down, a=math.sqrt(5))
        self.drop = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        """Map ``(B, in, h, w)`` to ``(B, out, h', w')``; channels behind ``in`` go to the base."""
        base = self.base
        up, down = whole(self.up, self.step), whole(self.down, self.step)
        if self.summed:
            weight = _sum(base.weight, self.scale, up, down)
            stride, padding = cast("tuple[int, int]", base.stride), base.padding
            return F.conv2d(x, weight, base.bias, stride=stride, padding=padding)
        out = base(x)
        seen = self.drop(x[:, : base.in_channels]).to(down.dtype)
        stride, padding = cast("tuple[int, int]", base.stride), base.padding
        inner = F.conv2d(seen, down, stride=stride, padding=padding)
        update = F.conv2d(inner, up[:, :, None, None])
        adapted: Tensor = out + (self.scale * update).to(out.dtype)
        return adapted

    def merged(self) -> nn.Conv2d:
        """Return the convolution with the update added to its weight."""
        with torch.no_grad():
            update = self.scale * torch.einsum("or,rihw->oihw", self.up, self.down)
            self.base.weight += update.to(self.base.weight.dtype)
        return self.base


Wanted = Callable[[str, nn.Module], bool]


def add_lora(
    model: nn.Module,
    *,
    rank: int,
    alpha: float,
    dropout: float = 0.0,
    targets: tuple[str, ...] = ("q_proj", "v_proj"),
) -> int:
    """Put LoRA around every linear layer whose last name is a target, and return how many.

    Raises:
        TrainingError: There is none.
    """

    def wanted(name: str, layer: nn.Module) -> bool:
        return name.rpartition(".")[2] in targets and isinstance(layer, nn.Linear)

    found = wrap(model, wanted, rank=rank, alpha=alpha, dropout=dropout)
    if not found:
        raise TrainingError(f"no linear layer is called {' or '.join(targets)}; name others")
    return found


def wrap(
    model: nn.Module,
    wanted: Wanted,
    *,
    rank: int,
    alpha: float,
    dropout: float = 0.0,
    summed: bool = False,
) -> int:
    """Put LoRA around the linear and convolution layers that are wanted, and return how many.

    Args:
        model: It is changed in place.
        wanted: Told the full name of a layer, and the layer.
        rank: Of every update.
        alpha: An update's scale is ``alpha / rank``.
        dropout: Before it.
        summed: Add an update to the weight at each step, and not to what the layer gives: one
            layer is computed in the place of three, for a weight's room of memory. It takes float32
            weights, which hold small updates, and no dropout.

    Raises:
        TrainingError: Dropout before what is added to weights.
    """
    if summed and dropout:
        raise TrainingError("an update that is added to weights has no dropout; leave one out")
    layers = [
        (name, layer)
        for name, layer in model.named_modules()
        if isinstance(layer, nn.Linear | nn.Conv2d) and wanted(name, layer)
    ]
    for name, layer in layers:
        parent, _, last = name.rpartition(".")
        wrapped = (
            LoraLinear(layer, rank, alpha, dropout, summed)
            if isinstance(layer, nn.Linear)
            else LoraConv2d(layer, rank, alpha, dropout, summed)
        )
        setattr(model.get_submodule(parent), last, wrapped)
    return len(layers)


def lora_layers(model: nn.Module) -> dict[str, LoraLinear | LoraConv2d]:
    """Return the layers with LoRA around them, by the names they had without."""
    return {n: m for n, m in model.named_modules() if isinstance(m, LoraLinear | LoraConv2d)}


def merge_lora(model: nn.Module) -> int:
    """Replace every LoRA layer by its merged layer, in place, and return how many."""
    found = lora_layers(model)
    for name, layer in found.items():
        parent, _, last = name.rpartition(".")
        setattr(model.get_submodule(parent), last, layer.merged())
    return len(found)


def whole(factor: Tensor, step: float) -> Tensor:
    """Return a factor rounded to multiples of ``step``, or as it is where that is 0.

    Its gradient goes by as if it were not rounded (Bengio et al. 2013, arXiv 1308.3432,
    "straight-through"), so it learns to be good when it is.
    """
    if not step:
        return factor
    return factor + ((factor / step).round() * step - factor).detach()


def _sum(weight: Tensor, scale: float, up: Tensor, down: Tensor) -> Tensor:
    """Return a weight with its update added, in the update's precision whatever autocast says."""
    with torch.autocast(weight.device.type, enabled=False):
        update = (scale * (up @ down.flatten(1))).reshape(weight.shape)
        return weight + update
