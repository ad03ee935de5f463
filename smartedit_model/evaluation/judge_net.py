"""The judge's eyes: a small network that names what a crop shows, and the look of a whole picture.

Its heads answer with the names of `sight.answers`. It knows no edits.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from smartedit_model.evaluation.sight import answers

WIDTHS = (32, 64, 128, 192)


class _Block(nn.Module):
    """Two convolutions beside a shortcut; halves the sides."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(before, after, 3, 2, 1, bias=False)
        self.first_norm = nn.BatchNorm2d(after)
        self.second = nn.Conv2d(after, after, 3, 1, 1, bias=False)
        self.second_norm = nn.BatchNorm2d(after)
        self.shortcut = nn.Conv2d(before, after, 1, 2, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """(B, before, H, W) -> (B, after, H/2, W/2)."""
        inner = torch.relu(self.first_norm(self.first(x)))
        return torch.relu(self.second_norm(self.second(inner)) + self.shortcut(x))


class JudgeNet(nn.Module):
    """Names kind, colour and look of crops; about 0.9 million parameters."""

    def __init__(self) -> None:
        super().__init__()
        first, *rest = WIDTHS
        self.stem = nn.Conv2d(4, first, 3, 2, 1, bias=False)
        self.stem_norm = nn.BatchNorm2d(first)
        steps = zip(WIDTHS, rest, strict=False)
        self.blocks = nn.Sequential(*(_Block(before, after) for before, after in steps))
        self.heads = nn.ModuleDict(
            {name: nn.Linear(WIDTHS[-1], len(names)) for name, names in answers().items()}
        )

    def forward(self, crops: Tensor) -> dict[str, Tensor]:
        """Logits of every head, (B, answers), of crops (B, 64, 64, 4) uint8."""
        x = crops.permute(0, 3, 1, 2).to(self.stem.weight.dtype) / 127.5 - 1.0
        x = torch.relu(self.stem_norm(self.stem(x)))
        x = self.blocks(x).mean(dim=(2, 3))  # (B, 192)
        return {name: head(x) for name, head in self.heads.items()}
