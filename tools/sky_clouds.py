"""The rest of a sky in which clouds stand: from the smooth parts of it through what may be cloud.

A cloud is white or grey and has no straight edges, which tells it from a wall of its colour.
"""

from __future__ import annotations

import cv2
import numpy as np

from tools.masks import components, dilate, union
from tools.operation import HardMask, Rgb, SoftMask

COLOURLESS = 13.0
"""Chroma up to which something may be a cloud; it is hardly darker than the blue beside it."""
GREENEST = -4.0
"""The a* below which it is none: water that mirrors a white sky is greener than clouds are."""
DAY, BLUE, LEAST_BLUE = 40.0, -10.0, 0.15
"""Lightness from which, and b* up to which, a sky is blue by day, and how much of the upper half
is."""
STRAIGHT = 0.09
"""Length from which an edge is a straight one, as a share of the long side: no cloud has any."""
PAST = 0.35
"""Share of its length by which it goes on at both ends: before a cloud a pale wall has no edge."""
BESIDE = 4
"""Pixels beside the sky in which there is no wall: edges are of neither."""
WALL = 0.003
"""Least share of the picture that is a wall and no gap between leaves."""
GAP = 0.03
"""So much else may stand over a part of the sky, as a share of the height: a wire, a bird."""
SHARP = 26.0
"""Gradient in Lab per pixel that no edge of a cloud has."""
FEW = 0.04
"""Share of the picture's width along its top that clouds must hold, or of the picture."""


def through_clouds(
    rgb: Rgb, lab: SoftMask, seed: HardMask, sky: HardMask
) -> tuple[HardMask, HardMask]:
    """The seed of a sky with the clouds beside it and the sky beyond them.

    Args:
        rgb: HWC uint8 RGB, reduced.
        lab: HWC float32 Lab of it.
        seed: HW bool, its smooth parts that reach the top.
        sky: HW bool, what has a colour that a sky may have.

    Returns:
        The larger seed, and what has a cloud's colour and cannot be reached from it: walls.
    """
    height = seed.shape[0]
    nothing = np.zeros_like(seed)
    smooth = cv2.GaussianBlur(lab, (0, 0), 1.0)
    blue = sky & (smooth[..., 2] < BLUE) & (smooth[..., 0] > DAY)
    if blue[: height // 2].mean() < LEAST_BLUE:
        return seed, nothing  # of a grey or a glowing sky nothing tells clouds from walls
    light = float(np.quantile(smooth[blue][:, 0], 0.1))
    grey = (np.hypot(smooth[..., 1], smooth[..., 2]) < COLOURLESS) & (smooth[..., 0] > light - 4)
    grey &= smooth[..., 1] > GREENEST
    steps = [cv2.Sobel(smooth, cv2.CV_32F, dx, 1 - dx, ksize=3) / 4 for dx in (0, 1)]
    slope = np.sqrt(sum((step**2).sum(axis=2) for step in steps))
    may_be = ((grey | sky) & (slope < SHARP) & (_straight(rgb) == 0)).astype(np.uint8)
    _, parts = cv2.connectedComponents(may_be, connectivity=4)
    held = np.zeros(int(parts.max()) + 1, dtype=np.bool_)
    held[np.unique(parts[seed])] = True
    held[0] = False
    reached = held[parts]
    # What is blue may lie under a roof; what is grey there is rather a wall.
    grown = _open(reached | seed, max(round(GAP * height), 2)) | (reached & blue)
    clouds = grown & ~seed
    if clouds[:3].mean() < FEW and clouds.mean() < FEW:
        return seed, nothing
    far = ~dilate(grown, BESIDE) & (grey | sky) & ~blue
    walls = components(np.asarray(far, dtype=np.bool_), WALL)
    return grown, union(walls, nothing.shape)


def _straight(rgb: Rgb) -> SoftMask:
    """Where long straight edges run, HW, not 0 there."""
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    out = np.zeros(grey.shape, dtype=np.uint8)
    found = cv2.createLineSegmentDetector().detect(grey)[0]
    for x0, y0, x1, y1 in [] if found is None else found.reshape(-1, 4):
        long = float(np.hypot(x1 - x0, y1 - y0))
        if long >= STRAIGHT * max(grey.shape):
            dx, dy = PAST * (x1 - x0), PAST * (y1 - y0)
            ends = [(round(x0 - dx), round(y0 - dy)), (round(x1 + dx), round(y1 + dy))]
            cv2.line(out, ends[0], ends[1], 1, 3)
    return np.asarray(out)


def _open(mask: HardMask, gap: int) -> HardMask:
    """What of a mask is reached from the top of its column, over gaps of so many rows."""
    last = np.full(mask.shape[1], -1)
    out = np.zeros_like(mask)
    for row in range(mask.shape[0]):
        reached = mask[row] & (row - last <= gap + 1)
        out[row] = reached
        last[reached] = row
    return out
