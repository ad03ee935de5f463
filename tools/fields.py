"""Smooth quantities over a picture (fog depth, glow, exposure maps), kept small and read in strips.

A field is computed on a reduced copy of the picture and interpolated row by row where it is used,
so a 50-megapixel picture never needs a full-size float plane and strips join without seams.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.operation import Rgb


@dataclass(frozen=True)
class Field:
    """A small plane standing for a large one.

    Attributes:
        small: HW or HWC float32.
        height: of the picture it stands for.
        width: of the picture it stands for.
    """

    small: NDArray[np.float32]
    height: int
    width: int

    def rows(self, top: int, count: int) -> NDArray[np.float32]:
        """Rows ``top`` to ``top + count``, bilinear, count x width (x C) float32."""
        small_height = self.small.shape[0]
        where = (np.arange(top, top + count) + 0.5) * (small_height / self.height) - 0.5
        where = np.clip(where, 0, small_height - 1)
        above = np.floor(where).astype(np.intp)
        below = np.minimum(above + 1, small_height - 1)
        share = (where - above).astype(np.float32).reshape(-1, *([1] * (self.small.ndim - 1)))
        lines = self.small[above] * (1 - share) + self.small[below] * share
        wide = cv2.resize(lines, (self.width, count), interpolation=cv2.INTER_LINEAR)
        return np.asarray(wide, dtype=np.float32).reshape(count, self.width, *self.small.shape[2:])


def shrink(image: Rgb, long_side: int) -> Rgb:
    """A copy reduced by area averaging so that its long side is at most ``long_side``."""
    height, width = image.shape[:2]
    scale = long_side / max(height, width)
    if scale >= 1:
        return image.copy()
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8).reshape(size[1], size[0], 3)


def shrink_plane(plane: NDArray[Any], height: int, width: int) -> NDArray[np.float32]:
    """HW plane reduced by area averaging to a given size, float32."""
    small = cv2.resize(plane, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.float32).reshape(height, width)


def blurred(plane: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    """Gaussian blur of an HW or HWC float32 plane, mirrored at the borders; sigma 0 is a copy."""
    if sigma <= 0.05:
        return plane.copy()
    done = cv2.GaussianBlur(plane, (0, 0), float(sigma), borderType=cv2.BORDER_REFLECT_101)
    return np.asarray(done, dtype=np.float32).reshape(plane.shape)


def smoothstep(low: float, high: float, value: NDArray[Any]) -> NDArray[np.float32]:
    """0 below ``low``, 1 above ``high``, a smooth cubic between."""
    t = np.clip((value - low) / (high - low), 0, 1).astype(np.float32)
    return t * t * (3 - 2 * t)
