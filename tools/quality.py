"""Signs of wear in a picture: sharpness, noise, blockiness, over a region.

Comparable between versions of one picture at one size. It knows no reason for a change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from tools.masks import erode
from tools.metrics import sharpness
from tools.operation import HardMask, Rgb, SoftMask

BLOCK = 8
"""Side of the blocks of JPEG and of most autoencoders, in pixels."""
ENOUGH = 400
"""Pixels needed for a measurement that means something."""
SOFTER = 0.5
"""Sharpness below this share of what it was is a loss that is seen."""
NOISIER = 1.8
NOISE_FLOOR = 1.5
"""Noise below this many levels is not seen, however much it grew."""
BLOCKIER = 0.25
_SECOND = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], dtype=np.float32)


@dataclass(frozen=True)
class Quality:
    """Signs of wear of a region.

    Attributes:
        sharpness: variance of the Laplacian; 0 is flat.
        noise: standard deviation of fine noise, in levels of 255.
        blockiness: how much stronger steps at a grid of 8 pixels are than elsewhere; 0 is none.
    """

    sharpness: float
    noise: float
    blockiness: float


def quality_of(rgb: Rgb, mask: HardMask) -> Quality | None:
    """Measure a region, its rim left out; None where it is too small to tell.

    Args:
        rgb: HWC uint8.
        mask: HW bool.
    """
    inner = erode(mask, 2) if not mask.all() else mask
    if int(np.count_nonzero(inner)) < ENOUGH:
        return None
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32)
    fine = cv2.filter2D(grey, cv2.CV_32F, _SECOND)[inner]
    # The median ignores edges; 6 is the kernel's gain, 0.6745 the median of |N(0, 1)|.
    noise = float(np.median(np.abs(fine))) / 6 / 0.6745
    return Quality(
        round(sharpness(rgb, inner), 3), round(noise, 3), round(_blockiness(grey, inner), 4)
    )


def _blockiness(grey: SoftMask, mask: HardMask) -> float:
    """The strongest grid of either direction, at whatever offset a crop has left it."""
    found = 0.0
    for picture, region in ((grey, mask), (grey.T, mask.T)):
        steps = np.abs(np.diff(picture, axis=1))
        inside = region[:, 1:] & region[:, :-1]
        # Differences of neighbours' steps: texture has them everywhere, a grid only at its lines.
        sums: Any = (steps * inside).sum(axis=0, dtype=np.float64)
        counts = inside.sum(axis=0)
        phases = [(sums[phase::BLOCK].sum(), counts[phase::BLOCK].sum()) for phase in range(BLOCK)]
        means = np.array([total / max(count, 1) for total, count in phases])
        if min(count for _, count in phases) < ENOUGH // BLOCK:
            continue
        strongest = int(np.argmax(means))
        rest = float(np.delete(means, strongest).mean())
        found = max(found, float(means[strongest]) / max(rest, 0.25) - 1)
    return found


def falls(before: Quality, after: Quality) -> list[str]:
    """What became worse, in words; empty where nothing that is seen did."""
    out = []
    if before.sharpness > 1 and after.sharpness < SOFTER * before.sharpness:
        out.append(
            f"has lost sharpness: {after.sharpness:.0f}, in the original {before.sharpness:.0f}"
        )
    if after.noise > NOISE_FLOOR and after.noise > NOISIER * before.noise:
        out.append(f"has gained noise: {after.noise:.1f}, in the original {before.noise:.1f}")
    if after.blockiness > before.blockiness + BLOCKIER:
        out.append(f"shows blocks: {after.blockiness:.2f}, in the original {before.blockiness:.2f}")
    return out
