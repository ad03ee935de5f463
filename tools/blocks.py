"""How far a picture is made of blocks: lines between rows and columns where nothing changes.

Counts; which share makes a picture one of blocks is for those who ask.
"""

from __future__ import annotations

import numpy as np

from tools.operation import HardMask, Rgb

OFF = 0.01
"""Share of a line's pixels that may change all the same."""
SHORTEST = 9
"""Pixels of a line inside the mask from which it is counted."""


def still_lines(image: Rgb, inside: HardMask | None = None, *, within: int = 0) -> float:
    """Share of the lines between rows, and between columns, across which nothing changes.

    Args:
        image: HWC uint8 RGB.
        inside: HW bool, where to look; None = everywhere.
        within: levels by which neighbours differ at most.

    Returns:
        [0, 1]; 0 where no line is long enough to be counted.
    """
    there = np.ones(image.shape[:2], dtype=np.bool_) if inside is None else inside
    levels = image.astype(np.int16)
    still = total = 0
    for picture, seen in ((levels, there), (levels.transpose(1, 0, 2), there.T)):
        both = seen[1:] & seen[:-1]
        changes = (np.abs(np.diff(picture, axis=0)) > within).any(axis=2) & both
        length = both.sum(axis=1)
        counted = length >= SHORTEST
        total += int(counted.sum())
        still += int((counted & (changes.sum(axis=1) <= OFF * length)).sum())
    return still / total if total else 0.0
