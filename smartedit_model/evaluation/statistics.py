"""Means with bootstrap intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import bootstrap

RESAMPLES = 2000
LEVEL = 0.95


@dataclass(frozen=True)
class Mean:
    """A mean of `count` values and its 95% interval."""

    value: float
    low: float
    high: float
    count: int

    def as_json(self) -> dict[str, float | int | list[float]]:
        """As it stands in the report."""
        interval = [round(self.low, 4), round(self.high, 4)]
        return {"value": round(self.value, 4), "interval": interval, "count": self.count}


def mean_of(values: Sequence[float | bool | None], seed: int = 0) -> Mean | None:
    """The mean of what was measured; None where nothing was.

    Infinite values, as the PSNR of pictures that are the same, are left out of `value`.
    """
    known = [float(v) for v in values if v is not None and math.isfinite(v)]
    if not known:
        return None
    value = float(np.mean(known))
    if len(known) < 2 or min(known) == max(known):
        return Mean(value, value, value, len(known))
    found = bootstrap(
        (np.array(known),),
        np.mean,
        confidence_level=LEVEL,
        n_resamples=RESAMPLES,
        method="percentile",
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return Mean(value, float(found.low), float(found.high), len(known))
