"""Finds by how much a photo is tilted, from its straight lines; says how sure it is.

Looks at a small copy. Lines that should be level or upright lie close to one common angle in a
tilted photo; where they do not agree, there is nothing to straighten by.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.operation import Rgb

LOOKED_AT = 1000
"""Longest side of the copy that is searched, in pixels."""
_STEP = 0.05
"""Degrees between the angles compared."""
_SPREAD = 0.4
"""Degrees by which lines of one direction differ in a photo."""
_SHORTEST = 0.04
"""Lines shorter than this share of the picture's diagonal are texture."""
_UPRIGHT_WEIGHT = 0.5
"""Upright lines converge in perspective, so they count less than level ones."""


@dataclass(frozen=True)
class Tilt:
    """What the lines say.

    Attributes:
        degrees: by how much the photo is turned clockwise.
        confidence: [0, 1]: how far the lines agree, and whether there are enough of them.
        lines: how many took part.
    """

    degrees: float
    confidence: float
    lines: int


def find_tilt(image: Rgb, most: float) -> Tilt:
    """The tilt of a photo, between ``-most`` and ``most`` degrees.

    Args:
        image: HWC uint8 RGB.
        most: larger tilts are taken for intent.
    """
    scale = min(1.0, LOOKED_AT / max(image.shape[:2]))
    size = (max(8, round(image.shape[1] * scale)), max(8, round(image.shape[0] * scale)))
    grey = cv2.cvtColor(cv2.resize(image, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    found: Any = cv2.createLineSegmentDetector().detect(grey)[0]
    if found is None:
        return Tilt(0.0, 0.0, 0)
    degrees, weights = _votes(found.reshape(-1, 4), float(np.hypot(*size)), most)
    if degrees.size == 0:
        return Tilt(0.0, 0.0, 0)
    angles = np.arange(-most, most + _STEP / 2, _STEP)
    near = np.exp(-0.5 * ((angles[:, None] - degrees[None, :]) / _SPREAD) ** 2)
    heights = near @ weights
    best = int(np.argmax(heights))
    close = np.abs(degrees - angles[best]) < 2 * _SPREAD
    peak = float(np.average(degrees[close], weights=weights[close])) if close.any() else 0.0
    away = np.abs(angles - angles[best]) > 5 * _SPREAD
    rival = float(heights[away].max()) if away.any() else 0.0
    # Sure where no other direction has nearly as many lines, and where their summed length is at
    # least that of one line across half the picture.
    contrast = 1.0 - rival / float(heights[best])
    enough = min(1.0, float(weights[close].sum()) / 0.5)
    return Tilt(peak, contrast * enough, int(close.sum()))


def _votes(
    lines: NDArray[np.float32], diagonal: float, most: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Angles off level or upright of the lines long enough, and their weights.

    Args:
        lines: Nx4 (x0, y0, x1, y1).
        diagonal: of the copy, in pixels.
        most: as in ``find_tilt``.
    """
    across = (lines[:, 2] - lines[:, 0]).astype(np.float64)
    down = (lines[:, 3] - lines[:, 1]).astype(np.float64)
    share = np.hypot(across, down) / diagonal
    angle = np.degrees(np.arctan2(down, across))  # clockwise, as y points down
    off = (angle + 45.0) % 90.0 - 45.0
    upright = np.abs(down) > np.abs(across)
    weight = share * np.where(upright, _UPRIGHT_WEIGHT, 1.0)
    kept = (share >= _SHORTEST) & (np.abs(off) <= most)
    return off[kept], weight[kept]
