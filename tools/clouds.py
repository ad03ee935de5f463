"""Clouds as one flat layer overhead, seen in perspective: how much there is, and how lit it is.

The layer is fractal noise, its spectrum a power law as that of real cloud fields is. What the eye
sees of it is gathered from a tile that repeats without a seam, so that a picture of any size has
the same clouds, the larger one with finer edges. All but those edges is gathered on a small copy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.fields import Field, smoothstep

Plane = NDArray[np.float32]
"""HW float32."""

TILE = 1024
"""Pixels of a side of the noise."""
OCTAVES = ((2.9, 0.35), (7.0, 0.11), (19.0, 0.035), (47.0, 0.012))
"""Finer copies of the noise on top of itself: how often it repeats there, and how much it adds."""
BROAD = 2
"""How many of them lie in the small copy; the others are gathered at the picture's own size."""
SMALL = 1200
"""Long side of the small copy."""
NEAREST = 0.12
"""Height above the horizon at which the layer is as far away as it ever is."""
BENDING = 0.012
"""How far the layer is bent by noise of its own, which turns blobs into wisps."""
SUN = (-0.010, -0.008)
"""One step through the layer towards the light, which comes from behind and from the left."""


def fractal(size: int, seed: int, slope: float = 1.75) -> Plane:
    """Seamless noise of mean 0 and deviation 1, whose amplitude falls with frequency ^ -slope."""
    rng = np.random.Generator(np.random.PCG64([seed, 11]))
    waves = np.fft.rfft2(rng.standard_normal((size, size)))
    down = np.fft.fftfreq(size)[:, None] * size
    across = np.fft.rfftfreq(size)[None] * size
    far = np.maximum(np.hypot(down, across), 1.0)
    # Without its lowest waves a tile would be one bank of cloud and one hole.
    waves *= far**-slope * (1 - np.exp(-((far / 2) ** 2)))
    waves[0, 0] = 0
    plane = np.fft.irfft2(waves, s=(size, size))
    return np.asarray(plane / plane.std(), dtype=np.float32)


def _gathered(tile: Plane, across: NDArray[Any], down: NDArray[Any]) -> Plane:
    size = np.float32(tile.shape[0])
    x, y = (((place - np.floor(place)) * size).astype(np.float32) for place in (across, down))
    found = cv2.remap(tile, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
    return np.asarray(found, dtype=np.float32)


@dataclass(frozen=True)
class Weave:
    """What a layer of clouds is like.

    Attributes:
        bare: deviations of the noise that stay clear; below 0 most of the sky is covered.
        soft: deviations from clear to closed; small ones have hard edges.
        scale: of the layer; larger ones make smaller clouds.
        dense: how fast light is lost in it.
    """

    bare: float
    soft: float
    scale: float
    dense: float


class CloudLayer:
    """One layer over a picture.

    Args:
        weave: what it is like.
        seed: which one.
        height, width: of the picture.
        horizon: where the sky ends, as a share of the height.
    """

    def __init__(self, weave: Weave, seed: int, height: int, width: int, horizon: float) -> None:
        self._weave = weave
        self._broad, self._fine = fractal(TILE, seed), fractal(TILE, seed + 1000)
        scale = min(1.0, SMALL / max(height, width))
        rows, columns = max(2, round(height * scale)), max(2, round(width * scale))
        y = (np.arange(rows, dtype=np.float32) + np.float32(0.5)) / rows
        x = (np.arange(columns, dtype=np.float32) + np.float32(0.5)) / columns - np.float32(0.5)
        up = np.clip((np.float32(horizon) - y) / np.float32(horizon), 0, 1)
        depth = (1 / (np.float32(0.9) * up + np.float32(NEAREST)))[:, None]
        aspect = width / (height * horizon)
        across = x[None] * depth * np.float32(aspect * weave.scale)
        down = np.broadcast_to(depth * np.float32(1.6 * weave.scale), across.shape)
        bend = np.float32(BENDING)
        bent = across + bend * _gathered(self._fine, across * 1.3 + 0.3, down * 1.3)
        down = down + bend * _gathered(self._fine, across * 1.3, down * 1.3 + 0.57)
        thick = self._depth(bent, down, BROAD)
        before = np.zeros_like(thick)
        for far in (1.0, 2.6):
            dx, dy = np.float32(SUN[0] * far), np.float32(SUN[1] * far)
            before += np.clip(self._depth(bent + dx, down + dy, BROAD), 0, 3)
        planes = np.stack([bent, down, thick, before], axis=-1).astype(np.float32)
        self._planes = Field(planes, height, width)

    def rows(self, top: int, count: int) -> tuple[Plane, Plane, Plane]:
        """Cover, light and thickness in rows ``top`` to ``top + count``, each count x width.

        Returns:
            How far each place is cloud, [0, 1]; how much of the light reaches it, [0, 1]; how
            thick the cloud is there, in deviations.
        """
        bent, down, thick, before = np.moveaxis(self._planes.rows(top, count), -1, 0)
        for often, much in OCTAVES[BROAD:]:
            finer = _gathered(self._fine, bent * np.float32(often), down * np.float32(often))
            thick = thick + np.float32(much) * finer
        cover = smoothstep(0, self._weave.soft, thick)
        thick = np.clip(thick, 0, 3)
        lost = np.float32(0.55 * self._weave.dense) * (0.6 * before + 0.35 * thick)
        return cover, np.exp(-lost).astype(np.float32), thick

    def _depth(self, across: NDArray[Any], down: NDArray[Any], octaves: int) -> Plane:
        depth = _gathered(self._broad, across, down)
        for often, much in OCTAVES[:octaves]:
            finer = _gathered(self._fine, across * np.float32(often), down * np.float32(often))
            depth = depth + np.float32(much) * finer
        return np.asarray(depth - np.float32(self._weave.bare), dtype=np.float32)
