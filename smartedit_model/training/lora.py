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

    def __init__(self, base: nn.Linear, rank: int, alpha: float, dropout: float) -> None:
        super().__init__()
        self.base = base.requires_grad_(False)
        self.scale = alpha / rank
        weight = base.weight
        self.down = nn.Parameter(weight.new_empty(rank, base.in_features, dtype=torch.float32))
        self.up = nn.Parameter(weight.new_zeros(base.out_features, rank, dtype=torch.float32))
        nn.init.kaiming_uniform_(self.down, a=math.sqrt(5))
        self.drop = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        """Map ``(..., in)`` to ``(..., out)``."""
        update = self.drop(x).to(self.down.dtype) @ self.down.T @ self.up.T
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

    def __init__(self, base: nn.Conv2d, rank: int, alpha: float, dropout: float) -> None:
        super().__init__()
        self.base = base.requires_grad_(False)
        self.scale = alpha / rank
        weight = base.weight
        shape = (rank, *weight.shape[1:])
        self.down = nn.Parameter(weight.new_empty(shape, dtype=torch.float32))
        self.up = nn.Parameter(weight.new_zeros(len(weight), rank, dtype=torch.float32))
        nn.init.kaiming_uniform_(self.down, a=math.sqrt(5))
        self.drop = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        """Map ``(B, in, h, w)`` to ``(B, out, h', w')``; channels behind ``in`` go to the base."""
        base, out = self.base, self.base(x)
        seen = self.drop(x[:, : base.in_channels]).to(self.down.dtype)
        stride, padding = cast("tuple[int, int]", base.stride), base.padding
        inner = F.conv2d(seen, self.down, stride=stride, padding=padding)
        update = F.conv2d(inner, self.up[:, :, None, None])
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


def wrap(model: nn.Module, wanted: Wanted, *, rank: int, alpha: float, dropout: float = 0.0) -> int:
    """Put LoRA around the linear and convolution layers that are wanted, and return how many.

    Args:
        model: It is changed in place.
        wanted: Told the full name of a layer, and the layer.
        rank: Of every update.
        alpha: An update's scale is ``alpha / rank``.
        dropout: Before it.
    """
    layers = [
        (name, layer)
        for name, layer in model.named_modules()
        if isinstance(layer, nn.Linear | nn.Conv2d) and wanted(name, layer)
    ]
    for name, layer in layers:
        parent, _, last = name.rpartition(".")
        wrapped = (
            LoraLinear(layer, rank, alpha, dropout)
            if isinstance(layer, nn.Linear)
            else LoraConv2d(layer, rank, alpha, dropout)
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
