"""Where a sky ends: at a border, at the water that mirrors it, between the leaves it shows through.

Colour and smoothness alone tell neither a hazy lake from the sky above it, nor the sky in a gap of
a few pixels from a pale leaf.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from tools.fields import Field, blurred, smoothstep
from tools.grounding import Box
from tools.operation import HardMask, Rgb, SoftMask

NOT_ABOVE = 0.35
"""Share of the picture's height above which no shore is looked for: clouds have flat feet too."""
WINDOW = 0.03
"""Rows compared above and below a shore, as a share of the height; haze makes shores soft."""
DROP = 4.0
"""Least fall of lightness (Lab) at a shore; towards the horizon a sky grows lighter, not darker."""
LEVEL = 0.7
"""Share of the columns that must fall at the same row."""
SOME = 0.12
"""Share of the picture's width that must be sky on both sides of a shore."""

MOST_BORDER = 0.25
"""Largest width of a border, as a share of the side; more is no border."""
PLAIN = 6
"""How far, of 255, a border's pixels may stray from one colour: it may have been saved as JPEG."""

NEAR = 0.03
"""How far from the sky gaps in leaves are looked for, as a share of the long side."""
SAME, OTHER = 7.0, 15.0
"""Distances in Lab to the sky around: the same, and surely another colour."""
GAP = 2e-4
"""Largest gap, as a share of the picture: a white wall beside the sky is larger."""


def inside_border(image: Rgb) -> Box | None:
    """What lies within a border of one colour on all four sides; None where there is none.

    Args:
        image: HWC uint8 RGB.
    """
    height, width = image.shape[:2]
    most_y, most_x = round(MOST_BORDER * height), round(MOST_BORDER * width)
    colour = image[0, 0].astype(np.int16)

    def plain(strip: Rgb) -> bool:
        return bool(np.abs(strip.astype(np.int16) - colour).max() <= PLAIN)

    def depth(lines: Iterator[Rgb], most: int) -> int:
        return next((at for at, line in enumerate(lines) if at > most or not plain(line)), most + 1)

    top, bottom = (depth(iter(image[::way]), most_y) for way in (1, -1))
    left, right = (depth((image[:, x] for x in range(width)[::way]), most_x) for way in (1, -1))
    if min(top, bottom, left, right) < 1 or max(top, bottom) > most_y or max(left, right) > most_x:
        return None
    return left, top, width - right, height - bottom


def above_water(mask: HardMask, lab: SoftMask) -> HardMask:
    """The sky without the water below it, where a level shore can be seen.

    Args:
        mask: HW bool, sky and perhaps water.
        lab: HWC float32 Lab of the same picture.
    """
    height, width = mask.shape
    reach = max(round(WINDOW * height), 2)
    light = cv2.blur(lab[..., 0], (5, 1))
    inside = mask.astype(np.float32)
    # Sums over so many rows above and below each row, of what is sky alone.
    sums = np.cumsum(np.vstack([np.zeros((1, width)), light * inside]), axis=0)
    counts = np.cumsum(np.vstack([np.zeros((1, width)), inside]), axis=0)
    rows = np.arange(max(round(NOT_ABOVE * height), reach), height - reach)
    if rows.size == 0:
        return mask
    above, below = counts[rows] - counts[rows - reach], counts[rows + reach] - counts[rows]
    both = (above >= 0.7 * reach) & (below >= 0.7 * reach)
    fall = (sums[rows] - sums[rows - reach]) / np.maximum(above, 1)
    fall -= (sums[rows + reach] - sums[rows]) / np.maximum(below, 1)
    wide = both.sum(axis=1) >= SOME * width
    mean = np.where(wide, (fall * both).sum(axis=1) / np.maximum(both.sum(axis=1), 1), 0)
    if mean.max() < DROP:
        return mask
    at = int(np.argmax(mean))
    level = (fall[at] > 0.5 * mean[at]) & both[at]
    if level.sum() < LEVEL * both[at].sum():
        return mask
    cut = mask.copy()
    cut[rows[at] :] = False
    return cut


def through_leaves(image: Rgb, soft: SoftMask) -> SoftMask:
    """The sky with the small gaps near it that have its colour.

    Args:
        image: HWC uint8 RGB.
        soft: HW float32 [0, 1], the sky.
    """
    height, width = soft.shape
    scale = min(1.0, 400 / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    weight = cv2.resize(soft, size, interpolation=cv2.INTER_AREA)[..., None] ** 2
    reach = NEAR * max(size)
    spread = blurred(np.asarray(weight, dtype=np.float32), reach).reshape(*weight.shape)
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB)
    around = blurred(lab * weight, reach) / np.maximum(spread, 1e-5)
    colour = Field(np.asarray(around, dtype=np.float32), height, width)
    beside = Field(spread[..., 0], height, width)
    like = np.zeros(soft.shape, dtype=np.float32)
    for top in range(0, height, 256):
        block = image[top : top + 256]
        close = smoothstep(0.02, 0.12, beside.rows(top, len(block)))
        asked = (close > 0) & (soft[top : top + 256] < 0.5)
        if not asked.any():
            continue
        own = cv2.cvtColor(block[asked][None].astype(np.float32) / 255, cv2.COLOR_RGB2LAB)[0]
        apart = np.linalg.norm(own - colour.rows(top, len(block))[asked], axis=1)
        like[top : top + 256][asked] = (1 - smoothstep(SAME, OTHER, apart)) * close[asked]
    rows = np.nonzero((soft > 0.5).any(axis=1))[0]
    like[rows[-1] + 1 if rows.size else 0 :] = 0  # what lies below all sky is ground or water
    gaps = (like > 0.5) & (soft < 0.5)
    count, parts, stats, _ = cv2.connectedComponentsWithStats(gaps.view(np.uint8), connectivity=8)
    if count <= 1:
        return soft
    kept = stats[:, cv2.CC_STAT_AREA] <= max(GAP * soft.size, 4)
    kept[0] = False
    near = cv2.dilate(kept[parts].view(np.uint8), np.ones((3, 3), np.uint8)) > 0
    return np.asarray(np.where(near, np.maximum(soft, like), soft), dtype=np.float32)
