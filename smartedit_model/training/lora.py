"""Low-rank adaptation of linear layers, and merging it into their weights.

It knows linear layers and their names, no model.
"""

from __future__ import annotations

import math

import torch
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
    found = [
        (parent, name, child)
        for parent in list(model.modules())
        for name, child in parent.named_children()
        if name in targets and isinstance(child, nn.Linear)
    ]
    if not found:
        raise TrainingError(f"no linear layer is called {' or '.join(targets)}; name others")
    for parent, name, child in found:
        setattr(parent, name, LoraLinear(child, rank, alpha, dropout))
    return len(found)


def merge_lora(model: nn.Module) -> int:
    """Replace every LoRA layer by its merged linear layer, in place, and return how many."""
    found = [
        (parent, name, child)
        for parent in list(model.modules())
        for name, child in parent.named_children()
        if isinstance(child, LoraLinear)
    ]
    for parent, name, child in found:
        setattr(parent, name, child.merged())
    return len(found)
