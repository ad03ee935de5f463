"""Smooth rims: how much of the pixels around a region is still the region, and what else is there.

A drawing's edges are a pixel of mixture; painting a region anew without them leaves a bright line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.operation import HardMask

Floats = NDArray[np.float32]
APART = 8.0
"""Levels between the two sides of a rim, below which no mixture can be told."""
OFF = 40.0
"""Levels off the line between both sides, from which a pixel is something else, such as a line."""


@dataclass(frozen=True, eq=False)
class Rim:
    """The pixels just around a region, N of them.

    Attributes:
        at: rows and columns, N each.
        share: N x 1, how much of each is the region.
        inside: rows and columns of the nearest pixel of the region, N each.
    """

    at: tuple[Any, Any]
    share: Floats
    inside: tuple[Any, Any]


def rim_of(image: Floats, region: HardMask) -> Rim | None:
    """The rim of a region of an HWC picture; None where it has none, or covers all."""
    wide = cv2.dilate(region.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    ring = wide & ~region
    if not ring.any() or wide.all():
        return None
    rows, columns = np.nonzero(ring)
    at = (rows, columns)
    inside, outside = nearest(region, at), nearest(~wide, at)
    near, far = image[inside], image[outside]
    line, here = near - far, image[at] - far
    length = np.maximum((line * line).sum(axis=1), 1e-6)
    share = np.clip((here * line).sum(axis=1) / length, 0, 1)
    off = np.sqrt(((here - share[:, None] * line) ** 2).sum(axis=1))
    share = share * np.clip(1 - off / OFF, 0, 1) * (length > APART**2)
    return Rim(at, share[:, None].astype(np.float32), inside)


def nearest(mask: HardMask, at: Any = ...) -> tuple[Any, Any]:
    """Row and column of the nearest pixel of a mask, for each of some pixels or of all."""
    _, labels = cv2.distanceTransformWithLabels(
        (~mask).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    rows, columns = np.nonzero(mask)
    place = np.zeros(int(labels.max()) + 1, np.intp)
    place[labels[rows, columns]] = np.arange(len(rows))
    found = place[labels[at]]
    return rows[found], columns[found]
