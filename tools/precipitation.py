"""Falling rain and snow as coverage planes: where, and how much, drops hide what is behind.

Several layers of depth: far ones small, dense and faint, near ones few, large and out of focus.
All sizes are shares of the picture's short side, so a picture and its enlargement get the same
rain. Knows nothing of colours.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.fields import Field, blurred

_SHIFT = 4
"""Fractional bits of OpenCV's drawing coordinates."""


@dataclass(frozen=True)
class Falling:
    """Coverage by drops or flakes.

    Attributes:
        sharp: HW uint8, 255 = 1; drawn at full size.
        near: HW [0, 1]; large soft ones close to the lens.
    """

    sharp: NDArray[np.uint8]
    near: Field

    def rows(self, top: int, count: int) -> NDArray[np.float32]:
        """Coverage of some rows, [0, 1]."""
        sharp = self.sharp[top : top + count].astype(np.float32) / np.float32(255)
        both: NDArray[np.float32] = 1 - (1 - sharp) * (1 - self.near.rows(top, count))
        return both


@dataclass(frozen=True)
class _Layer:
    count: float  # streaks or flakes in a square picture
    length: float  # share of the short side; for flakes the radius
    width: float  # share of the short side
    alpha: float


_RAIN = (
    _Layer(5200, 0.022, 0.0007, 0.16),
    _Layer(2100, 0.045, 0.0011, 0.26),
    _Layer(520, 0.085, 0.0017, 0.34),
)
_NEAR_RAIN = _Layer(46, 0.20, 0.0050, 0.22)
_SNOW = (
    _Layer(5200, 0.0011, 0, 0.50),
    _Layer(1700, 0.0022, 0, 0.72),
    _Layer(380, 0.0040, 0, 0.85),
)
_NEAR_SNOW = _Layer(46, 0.0115, 0, 0.55)


def _points(value: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.round(value * (1 << _SHIFT)).astype(np.int64)


def _streaks(
    plane: NDArray[np.uint8],
    layer: _Layer,
    amount: float,
    angle: float,
    short: float,
    rng: np.random.Generator,
) -> None:
    """Draw one layer of streaks, brighter in the middle than at the ends."""
    height, width = plane.shape
    count = int(layer.count * amount * height * width / short**2)
    length = layer.length * short * rng.uniform(0.6, 1.3, count)
    slant = np.deg2rad(angle + rng.normal(0, 1.3, count))
    step = np.stack([np.sin(slant), np.cos(slant)], axis=1) * length[:, None]
    start = rng.uniform(-0.1, 1.0, (count, 2)) * [width * 1.1, height * 1.1]
    thick = layer.width * short
    thickness = max(1, round(thick))
    # Thinner than a pixel means fainter, not absent.
    level = 255 * layer.alpha * min(1.0, 0.35 + 0.65 * thick / thickness)
    strength = level * rng.uniform(0.35, 1.0, count)
    for low, high, share in ((0.0, 1.0, 0.4), (0.18, 0.86, 0.75), (0.34, 0.74, 1.0)):
        begin, end = _points(start + step * low), _points(start + step * high)
        for p, q, s in zip(begin.tolist(), end.tolist(), (strength * share).tolist(), strict=True):
            cv2.line(plane, p, q, s, thickness, cv2.LINE_AA, _SHIFT)


def _flakes(
    plane: NDArray[np.uint8], layer: _Layer, amount: float, short: float, rng: np.random.Generator
) -> None:
    """Draw one layer of flakes, not all round."""
    height, width = plane.shape
    count = int(layer.count * amount * height * width / short**2)
    radius = np.maximum(layer.length * short * rng.uniform(0.55, 1.35, count), 0.5)
    strength = 255 * layer.alpha * rng.uniform(0.4, 1.0, count)
    centre = _points(rng.uniform(-0.02, 1.02, (count, 2)) * [width, height])
    axes = _points(np.stack([radius, radius * rng.uniform(0.6, 1.0, count)], axis=1))
    turns = rng.uniform(0, 180, count)
    for c, a, t, s in zip(
        centre.tolist(), axes.tolist(), turns.tolist(), strength.tolist(), strict=True
    ):
        cv2.ellipse(plane, c, a, t, 0, 360, s, -1, cv2.LINE_AA, _SHIFT)


def _scale(height: int, width: int) -> float:
    """The side that sizes are shares of; a very long strip counts as a quarter of its length."""
    return float(max(min(height, width), max(height, width) / 4))


def _small(height: int, width: int) -> tuple[int, int]:
    scale = min(1.0, 1400 / max(height, width))
    return max(1, round(height * scale)), max(1, round(width * scale))


def rain_plane(height: int, width: int, amount: float, angle: float, seed: int) -> Falling:
    """Streaks of rain. ``angle``: degrees from the vertical, above 0 falls to the right."""
    rng = np.random.Generator(np.random.PCG64([seed, 1]))
    sharp = np.zeros((height, width), dtype=np.uint8)
    short = _scale(height, width)
    for layer in _RAIN:
        _streaks(sharp, layer, amount, angle, short, rng)
    if short > 900:
        # A streak is a moving, out-of-focus drop: never as hard as a drawn line.
        cv2.GaussianBlur(sharp, (0, 0), short / 2600, dst=sharp)
    small = np.zeros(_small(height, width), dtype=np.uint8)
    small_short = _scale(*small.shape)
    _streaks(small, _NEAR_RAIN, amount, angle, small_short, rng)
    soft = blurred(small.astype(np.float32) / np.float32(255), small_short * 0.0022)
    return Falling(sharp, Field(soft, height, width))


def snow_plane(height: int, width: int, amount: float, seed: int) -> Falling:
    """Flakes of snow."""
    rng = np.random.Generator(np.random.PCG64([seed, 2]))
    sharp = np.zeros((height, width), dtype=np.uint8)
    short = _scale(height, width)
    for layer in _SNOW:
        _flakes(sharp, layer, amount, short, rng)
    cv2.GaussianBlur(sharp, (0, 0), max(0.45, short / 1500), dst=sharp)
    small = np.zeros(_small(height, width), dtype=np.uint8)
    small_short = _scale(*small.shape)
    _flakes(small, _NEAR_SNOW, amount, small_short, rng)
    soft = blurred(small.astype(np.float32) / np.float32(255), small_short * 0.004)
    return Falling(sharp, Field(soft, height, width))


def cloud_noise(height: int, width: int, seed: int) -> NDArray[np.float32]:
    """Soft fractal noise of mean 0 and about unit range, HW: drifting fog, patches of snow."""
    rng = np.random.Generator(np.random.PCG64([seed, 3]))
    total = np.zeros((height, width), dtype=np.float32)
    for octave in range(4):
        cells = 3 * 2**octave
        grid = rng.standard_normal((cells, cells * 2)).astype(np.float32)
        layer = cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)
        total += layer.reshape(height, width) * np.float32(0.5**octave)
    return total * np.float32(0.6)
