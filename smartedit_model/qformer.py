"""The Q-Former: learned queries that read the answer tokens into a condition (section 3.1).

BERT-style post-norm layers without text input. It knows nothing of images or of the UNet.
"""

from __future__ import annotations

import torch
from diffusers import ConfigMixin, ModelMixin
from diffusers.configuration_utils import register_to_config
from torch import Tensor, nn

from smartedit_model.attention import Attention


class QFormerLayer(nn.Module):
    """Self-attention, optional cross-attention and a feed-forward, each followed by LayerNorm."""

    def __init__(
        self, width: int, context: int, heads: int, mlp: int, *, cross: bool, dropout: float
    ) -> None:
        super().__init__()
        self.self_attention = Attention(width, heads, dropout=dropout)
        self.self_norm = nn.LayerNorm(width, eps=1e-12)
        self.cross_attention = (
            Attention(width, heads, context=context, dropout=dropout) if cross else None
        )
        self.cross_norm = nn.LayerNorm(width, eps=1e-12) if cross else None
        self.up = nn.Linear(width, mlp)
        self.down = nn.Linear(mlp, width)
        self.mlp_norm = nn.LayerNorm(width, eps=1e-12)
        self.drop = nn.Dropout(dropout)

    def forward(self, x: Tensor, states: Tensor) -> Tensor:
        """Map queries ``(B, Q, width)`` and states ``(B, T, context)`` to ``(B, Q, width)``."""
        x = self.self_norm(x + self.drop(self.self_attention(x, x, x)))
        if self.cross_attention is not None and self.cross_norm is not None:
            x = self.cross_norm(x + self.drop(self.cross_attention(x, states, states)))
        hidden = self.down(nn.functional.gelu(self.up(x)))
        out: Tensor = self.mlp_norm(x + self.drop(hidden))
        return out


class QFormer(ModelMixin, ConfigMixin):  # type: ignore[misc]  # diffusers is untyped
    """Summarise the language model's answer tokens into the diffusion condition.

    Args:
        queries: Number of learned queries; 77 takes the place of CLIP's text length.
        hidden: Width of queries and output; the UNet's cross-attention width.
        context: Width of the language model's hidden states.
        layers: Number of layers.
        heads: Attention heads a layer.
        mlp: Feed-forward width.
        cross_every: Every how many layers, from the first, cross-attention happens.
        dropout: Dropout while training.
    """

    @register_to_config  # type: ignore[untyped-decorator]  # diffusers is untyped
    def __init__(
        self,
        queries: int = 77,
        hidden: int = 768,
        context: int = 4096,
        layers: int = 6,
        heads: int = 12,
        mlp: int = 3072,
        cross_every: int = 2,
        dropout: float = 0.1,
    ) -> None:
        super().__init__()
        self.query_tokens = nn.Parameter(torch.randn(1, queries, hidden) * 0.02)
        self.norm = nn.LayerNorm(hidden, eps=1e-12)
        self.drop = nn.Dropout(dropout)
        self.blocks = nn.ModuleList(
            QFormerLayer(
                hidden, context, heads, mlp, cross=index % cross_every == 0, dropout=dropout
            )
            for index in range(layers)
        )

    def forward(self, states: Tensor) -> Tensor:
        """Read the answer.

        Args:
            states: Hidden states of the answer tokens, ``(B, T, context)``.

        Returns:
            The condition ``q``, ``(B, queries, hidden)``.
        """
        x = self.query_tokens.expand(states.shape[0], -1, -1)
        x = self.drop(self.norm(x))  # (B, Q, hidden)
        for block in self.blocks:
            x = block(x, states)
        out: Tensor = x
        return out
