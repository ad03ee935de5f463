"""Multi-head attention shared by the Q-Former and the BIM, computed by PyTorch's SDPA.

It knows neither residuals nor norms; its callers own those.
"""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn


class Attention(nn.Module):
    """Softmax attention from ``q`` over ``k`` and ``v`` with its own inner width.

    Args:
        width: Channels of the queries and of the output.
        heads: Attention heads; must divide ``inner``.
        inner: Channels the heads share; ``width`` when omitted.
        context: Channels of keys and values; ``width`` when omitted.
        dropout: Probability of dropping an attention weight while training.
    """

    def __init__(
        self,
        width: int,
        heads: int,
        *,
        inner: int | None = None,
        context: int | None = None,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        inner = width if inner is None else inner
        context = width if context is None else context
        self.heads = heads
        self.dropout = dropout
        self.query = nn.Linear(width, inner)
        self.key = nn.Linear(context, inner)
        self.value = nn.Linear(context, inner)
        self.output = nn.Linear(inner, width)

    def forward(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """Attend.

        Args:
            q: Queries, ``(B, N, width)``.
            k: Keys, ``(B, M, context)``.
            v: Values, ``(B, M, context)``.

        Returns:
            ``(B, N, width)``.
        """
        query, key, value = (
            layer(x).unflatten(-1, (self.heads, -1)).transpose(1, 2)  # (B, H, N or M, inner / H)
            for layer, x in ((self.query, q), (self.key, k), (self.value, v))
        )
        drop = self.dropout if self.training else 0.0
        mixed = F.scaled_dot_product_attention(query, key, value, dropout_p=drop)
        out: Tensor = self.output(mixed.transpose(1, 2).flatten(2))  # (B, N, width)
        return out
