"""What stands at each patch, what the words ask for, and where the two agree.

Ours, not the paper's; the published models do without. Two linear heads name the same classes
(kinds of things, colours): one of each patch, one of the condition. Their product marks the patches
that show what is asked for, and the BIM begins with these marks. A product of picture and words
that attention alone would have to discover is what a small model needs most examples for.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

ROLES = ("meant", "beside", "not")
"""As what a class is asked for: as the target, as what it is told by, as what it is not."""


@dataclass(frozen=True)
class Matched:
    """What the heads say.

    Attributes:
        features: Normalised patch features, ``(B, N, C)``.
        seen: Logits of each patch's classes, all groups side by side, ``(B, N, K)``; the first
            of each group stands for none of them.
        asked: Logits of each class being asked for in each role, ``(B, R, K)``.
        marks: How well each patch fits, by role and group, in [0, 1], ``(B, N, R * G)``.
    """

    features: Tensor
    seen: Tensor
    asked: Tensor
    marks: Tensor


class Matching(nn.Module):
    """The two heads.

    Args:
        width: Channels of the patch features.
        hidden: Width of the condition.
        groups: Classes of each group, the first of which is none.
    """

    def __init__(self, width: int, hidden: int, groups: tuple[int, ...]) -> None:
        super().__init__()
        self.groups = tuple(groups)
        classes = sum(groups)
        self.norm = nn.LayerNorm(width)
        self.seen = nn.Linear(width, classes)
        self.asked = nn.Linear(hidden, len(ROLES) * classes)
        nn.init.constant_(self.asked.bias, -4.0)  # few classes are asked for at a time
        self.enter = nn.Linear(len(ROLES) * len(groups), width)
        nn.init.normal_(self.enter.weight)  # as loud as the normalised features beside them

    def forward(self, features: Tensor, condition: Tensor) -> Matched:
        """Compare patch features ``(B, N, width)`` with conditions ``(B, Q, hidden)``."""
        features = self.norm(features)
        seen = self.seen(features)  # (B, N, K)
        asked = self.asked(condition.mean(dim=1)).unflatten(1, (len(ROLES), -1))  # (B, R, K)
        wanted = asked.sigmoid().split(self.groups, dim=-1)
        marks = [
            patch.softmax(dim=-1)[..., 1:] @ want[..., 1:].transpose(1, 2)  # (B, N, R)
            for patch, want in zip(seen.split(self.groups, dim=-1), wanted, strict=True)
        ]
        return Matched(features, seen, asked, torch.cat(marks, dim=-1))

    def marked(self, matched: Matched) -> Tensor:
        """Return the features with the marks put in, ``(B, N, width)``."""
        out: Tensor = matched.features + self.enter(matched.marks)
        return out
