"""Whether what was put into a region joins on to what surrounds it, or stands out by its edge.

A thing taken away leaves no edge where it stood: across the region's border the picture goes on as
it does between neighbours outside. A patch of sky copied into grass shows an edge nearly all the
way round. It knows nothing of ops.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from tools.cielab import lab_of
from tools.masks import box_of, pad_box
from tools.operation import HardMask, Rgb

SIDE = 320
"""Longest side, in pixels, that the region's surroundings are reduced to."""
REACH = 3
"""Distance from the border, in reduced pixels, at which both sides are compared."""
STANDS_OUT = 9.0
"""CIE76 distance that shows as an edge where the surroundings are even."""
LEAST_BORDER = 24
"""Border pixels below which nothing can be told."""


@dataclass(frozen=True)
class Seam:
    """How a region's border looks.

    Attributes:
        edged: share of the border, [0, 1], across which the picture changes more than nearly
            everywhere in its surroundings.
        step: median CIE76 distance across the border.
        usual: the same at like distances within the surroundings.
    """

    edged: float
    step: float
    usual: float


def seam(image: Rgb, mask: HardMask) -> Seam | None:
    """Look along the border of a region; None where it has hardly any.

    Args:
        image: HWC uint8, after the edit.
        mask: HW bool, what was filled.
    """
    box = box_of(mask)
    if box is None:
        return None
    shape = (image.shape[0], image.shape[1])
    margin = max(box[2] - box[0], box[3] - box[1], 16) // 2
    x0, y0, x1, y1 = pad_box(box, margin, shape)
    scale = min(SIDE / max(x1 - x0, y1 - y0), 1.0)
    size = (max(round((x1 - x0) * scale), 1), max(round((y1 - y0) * scale), 1))
    crop = cv2.resize(np.ascontiguousarray(image[y0:y1, x0:x1]), size, None, 0, 0, cv2.INTER_AREA)
    inside = cv2.resize(mask[y0:y1, x0:x1].astype(np.uint8), size, None, 0, 0, cv2.INTER_AREA) > 0
    lab = lab_of(crop)
    lab = cv2.GaussianBlur(lab, (0, 0), 1.0)
    steps, outside = _steps(lab, inside)
    if steps.size < LEAST_BORDER or outside.size < LEAST_BORDER:
        return None
    usual = float(np.median(outside))
    limit = max(STANDS_OUT, float(np.percentile(outside, 90)))
    return Seam(float((steps > limit).mean()), float(np.median(steps)), usual)


def _steps(
    lab: np.ndarray[tuple[int, ...], np.dtype[np.float32]], inside: HardMask
) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.float32]], ...]:
    """Distances of colours across the border, and those of pairs as far apart outside."""
    # Signed distance: its gradient is the border's normal, so both sides are read straight across.
    solid = inside.astype(np.uint8)
    signed = cv2.distanceTransform(1 - solid, cv2.DIST_L2, 5) - cv2.distanceTransform(
        solid, cv2.DIST_L2, 5
    )
    signed = cv2.GaussianBlur(signed, (0, 0), 1.5)
    dy, dx = np.gradient(signed)
    length = np.maximum(np.hypot(dx, dy), 1e-6)
    dx, dy = dx / length, dy / length

    def across(at: float, width: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        ys, xs = np.nonzero((np.abs(signed - at) < width) & (length > 0.5))
        nx, ny = dx[ys, xs], dy[ys, xs]
        ends = [
            (np.rint(ys + s * REACH * ny).astype(int), np.rint(xs + s * REACH * nx).astype(int))
            for s in (1, -1)
        ]
        held = np.ones(len(ys), dtype=bool)
        for y, x in ends:
            held &= (y >= 0) & (y < signed.shape[0]) & (x >= 0) & (x < signed.shape[1])
        first, second = (lab[y[held], x[held]] for y, x in ends)
        return np.asarray(np.sqrt(((first - second) ** 2).sum(axis=1)))

    return across(0.0, 1.0), across(3.0 * REACH, REACH)
