"""Stars: where they stand, how bright they are, and the band of the Milky Way among them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tools.clouds import fractal

Light = NDArray[np.float32]

A_PICTURE = 2600
"""Stars in a sky as wide as high; more in a wide one."""
SIZE = 1 / 1500
"""Radius of a star as a share of the picture's height; what the eye takes for a point."""
LEAST = 0.55
"""Smallest radius in pixels, below which a star would flicker with its place among them."""
REACH = 4
"""Pixels around a star, in radii, that its light still reaches."""


@dataclass(frozen=True)
class Stars:
    """The stars over one picture.

    Attributes:
        x, y: pixels, sorted by ``y``.
        light: of each, linear RGB, N x 3.
        radius: in pixels, of each.
    """

    x: Light
    y: Light
    light: Light
    radius: Light

    def rows(self, top: int, count: int, width: int) -> Light:
        """Their light in rows ``top`` to ``top + count``, count x width x 3, linear."""
        out = np.zeros((count, width, 3), dtype=np.float32)
        edge = REACH * float(self.radius.max(initial=0.0)) + 1
        low, high = np.searchsorted(self.y, [top - edge, top + count + edge])
        for i in range(low, high):
            reach = int(np.ceil(REACH * self.radius[i]))
            x, y = int(self.x[i]), int(self.y[i]) - top
            x0, x1 = max(x - reach, 0), min(x + reach + 1, width)
            y0, y1 = max(y - reach, 0), min(y + reach + 1, count)
            if x0 >= x1 or y0 >= y1:
                continue
            dx = np.arange(x0, x1, dtype=np.float32) + np.float32(0.5) - self.x[i]
            dy = np.arange(y0, y1, dtype=np.float32) + np.float32(0.5 + top) - self.y[i]
            apart = (dy[:, None] ** 2 + dx[None] ** 2) / (2 * self.radius[i] ** 2)
            out[y0:y1, x0:x1] += np.exp(-apart)[..., None] * self.light[i]
        return out


def scattered(height: int, width: int, seed: int) -> Stars:
    """Stars over a picture; bright ones are few, and most are white."""
    rng = np.random.Generator(np.random.PCG64([seed, 23]))
    count = round(A_PICTURE * max(width / height, 0.5))
    x, y, rank = rng.random(count), rng.random(count), rng.random(count)
    # The number of stars brighter than a flux falls with its power of -3/2 in a uniform space.
    flux = np.clip(0.04 * (1 - rank) ** (-1 / 1.5), 0, 2.4)
    hue = rng.normal(0, 0.16, count)
    colour = np.stack([1 + hue, np.ones(count), 1 - hue], axis=1).clip(0.6, 1.5)
    radius = max(SIZE * height, LEAST) * (0.8 + 0.3 * np.sqrt(np.minimum(flux, 2)))
    order = np.argsort(y, kind="stable")
    at = [np.asarray(v, dtype=np.float32)[order] for v in (x * width, y * height)]
    light = np.asarray(flux[:, None] * colour, dtype=np.float32)[order]
    return Stars(at[0], at[1], light, np.asarray(radius, dtype=np.float32)[order])


def milky_way(rows: int, columns: int, seed: int) -> Light:
    """The glow of the band across a sky, rows x columns in [0, 1], with dust before it."""
    rng = np.random.Generator(np.random.PCG64([seed, 29]))
    lean = np.float32(rng.uniform(0.35, 0.8) * rng.choice([-1, 1]))
    middle = np.float32(rng.uniform(0.35, 0.65))
    y, x = np.meshgrid(
        np.linspace(0, 1, rows, dtype=np.float32),
        np.linspace(0, 1, columns, dtype=np.float32),
        indexing="ij",
    )
    side = max(rows, columns)
    noise = fractal(1 << int(np.ceil(np.log2(max(side, 2)))), seed + 31, 1.4)[:rows, :columns]
    away = (x - middle - lean * (y - np.float32(0.5))) / np.sqrt(1 + lean**2)
    band = np.exp(-(((away + 0.012 * noise) / 0.13) ** 2))
    dust = np.exp(-(((away + 0.03 * noise) / 0.035) ** 2)) * np.clip(0.6 + 0.5 * noise, 0, 1)
    glow = band * np.clip(0.55 + 0.28 * noise, 0.05, 1.2) * (1 - 0.75 * dust)
    return np.asarray(np.clip(glow, 0, 1), dtype=np.float32)
