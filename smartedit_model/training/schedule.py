"""How the learning rate goes over a run; every training here goes by it."""

from __future__ import annotations

import math


def warmup_cosine(step: int, *, peak: float, warmup: int, steps: int) -> float:
    """Return the rate at a step: linear warm-up, then a cosine down to zero, where it stays.

    Args:
        step: From 0.
        peak: The highest rate.
        warmup: Steps of the rise.
        steps: Steps of the whole run.
    """
    if step < warmup:
        return peak * (step + 1) / warmup
    span = max(1, steps - warmup)
    return peak * 0.5 * (1 + math.cos(math.pi * min(step - warmup, span) / span))
