"""The linear map from vision features to language-model inputs, and the condition of no text.

Two small parts that have no other home; they know neither model they stand between.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from diffusers import ConfigMixin, ModelMixin
from diffusers.configuration_utils import register_to_config
from torch import Tensor, nn


class Projector(ModelMixin, ConfigMixin):  # type: ignore[misc]  # diffusers is untyped
    """LLaVA-1.1's projector: one linear layer from vision to language width (section 3.1).

    Args:
        vision: Width of the vision features.
        language: Width of the language model.
        pool: Patches along one side that become one token, side by side in its channels; 1 as
            published. Small models save language-model time by it.
    """

    @register_to_config  # type: ignore[untyped-decorator]  # diffusers is untyped
    def __init__(self, vision: int = 1024, language: int = 4096, pool: int = 1) -> None:
        super().__init__()
        self.linear = nn.Linear(vision * pool**2, language)

    def forward(self, features: Tensor) -> Tensor:
        """Map ``(B, N, vision)`` to ``(B, N / pool**2, language)``; patches in rows."""
        pool = int(self.config.pool)
        if pool > 1:
            side = math.isqrt(features.shape[1])
            grid = features.transpose(1, 2).reshape(len(features), -1, side, side)  # (B, C, g, g)
            features = F.pixel_unshuffle(grid, pool).flatten(2).transpose(1, 2)
        out: Tensor = self.linear(features)
        return out


class NullCondition(ModelMixin, ConfigMixin):  # type: ignore[misc]  # diffusers is untyped
    """The condition that says nothing, for guidance and for dropping the text while training.

    The published models use the CLIP text encoder's states of the empty string.
    """

    @register_to_config  # type: ignore[untyped-decorator]  # diffusers is untyped
    def __init__(self, queries: int = 77, hidden: int = 768) -> None:
        super().__init__()
        self.embedding = nn.Parameter(torch.zeros(1, queries, hidden))

    def forward(self, batch: int) -> Tensor:
        """Return the condition for ``batch`` images, ``(B, queries, hidden)``."""
        return self.embedding.expand(batch, -1, -1)
