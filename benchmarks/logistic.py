"""A logistic regression with a few slopes, for what is weighed by hand-made numbers."""

from __future__ import annotations

from collections.abc import Sequence

import torch


def logistic(
    numbers: Sequence[Sequence[float]], right: Sequence[bool], stiff: float = 0.0
) -> tuple[list[float], float]:
    """Slopes and offset of the log odds of being right.

    Args:
        numbers: what speaks for each case.
        right: whether it is.
        stiff: penalty on the squares of the slopes of the standardised numbers.
    """
    values = torch.tensor(numbers, dtype=torch.float64)
    good = torch.tensor(right, dtype=torch.float64)
    mean, scale = values.mean(0), values.std(0)
    scaled = torch.cat([(values - mean) / scale, torch.ones(len(values), 1)], dim=1)
    weights = torch.zeros(scaled.shape[1], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=200, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(scaled @ weights, good)
        loss = loss + stiff * weights[:-1].square().sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    slopes = weights.detach()[:-1] / scale
    return slopes.tolist(), float(weights.detach()[-1] - (slopes * mean).sum())
