"""The colours of a picture as a distribution in Oklab, and how far two distributions are apart.

Knows nothing of how one is made like another (``tools.style_transfer``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools import oklab
from tools.operation import Rgb, SoftMask

Colours = NDArray[np.float64]
"""(N, 3) Oklab: lightness, green-red, blue-yellow."""
MOST_SAMPLES = 40_000
LEVELS = 33
"""Quantiles that stand for a projection of the colours."""
WEIGHTS = np.array([1.0, 2.0, 2.0])
"""Of lightness and the two colour axes: a step of hue is seen as soon as twice that of light."""
CODES = 100.0
"""Distances are told in hundredths of Oklab lightness; about 2 is just visible as a whole."""
FEWEST = 16
"""Fewer pixels than these say nothing about a style."""


@dataclass(frozen=True)
class Statistics:
    """A distribution of colours.

    Attributes:
        quantiles: (directions, LEVELS) Oklab values, of the colours projected on ``directions()``.
    """

    quantiles: Colours

    def to_json(self) -> list[list[float]]:
        """Plain numbers; ``from_json`` reads them back."""
        return [[round(float(value), 5) for value in row] for row in self.quantiles]

    @classmethod
    def from_json(cls, rows: Any) -> Statistics:
        """From what ``to_json`` gave."""
        return cls(np.asarray(rows, dtype=np.float64))


@cache
def directions() -> Colours:
    """(24, 3) unit vectors, evenly spread over half a sphere, the three axes first."""
    count = 21
    turn = np.arange(count) * np.pi * (3 - np.sqrt(5))  # the golden angle
    height = (np.arange(count) + 0.5) / count
    flat = np.sqrt(1 - height**2)
    spread = np.stack([height, flat * np.cos(turn), flat * np.sin(turn)], axis=1)
    found: Colours = np.concatenate([np.eye(3), spread])
    found.flags.writeable = False
    return found


def sampled(rgb: Rgb, mask: SoftMask | None = None) -> Colours:
    """Oklab colours of evenly spread pixels, (N, 3) with N up to ``MOST_SAMPLES``.

    Args:
        rgb: HWC uint8.
        mask: HW float32; only pixels above one half count.
    """
    pixels = rgb.reshape(-1, 3)
    if mask is not None:
        pixels = pixels[np.asarray(mask > 0.5).reshape(-1)]
    # An odd stride does not fall in step with the columns of a picture.
    stride = max(len(pixels) // MOST_SAMPLES, 1) | 1
    return oklab.from_display(pixels[::stride] / 255.0)


def statistics(colours: Colours) -> Statistics:
    """The distribution of (N, 3) Oklab colours; N is at least 1."""
    levels = (np.arange(LEVELS) + 0.5) / LEVELS
    projected = (colours * WEIGHTS) @ directions().T  # (N, directions)
    return Statistics(np.quantile(projected, levels, axis=0).T)


def distance(a: Statistics, b: Statistics) -> float:
    """Sliced Wasserstein-1 distance in hundredths of Oklab lightness; 0 for the same colours."""
    return CODES * float(np.abs(a.quantiles - b.quantiles).mean())
