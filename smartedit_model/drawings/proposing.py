"""Masks in a drawing that may be things: what a segmenter gives for a grid of clicks.

Clicks on the whole picture find what is large. What is small, or stands on other things, is found
by a closer look at each of its corners. It names nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import cv2
import numpy as np

from tools.grounding import Scene
from tools.operation import HardMask, Rgb

Floats = np.ndarray[Any, np.dtype[np.float32]]
GRID = 9
"""Clicks along one side of the picture."""
CLAIMED = 0.55
"""IoU that the segmenter must expect of a mask."""
LEAST, MOST = 0.002, 0.45
"""Share of the picture that a thing covers."""
SAME = 0.85
"""Overlap from which two masks are one."""
CLOSER, CLICKS = 0.625, 5
"""Share of a side that a closer look sees, and its clicks along that."""
SMALL = 0.06
"""Share of the picture up to which what a closer look finds is news."""


@dataclass(frozen=True, eq=False)
class Proposal:
    """A mask that may be a thing.

    Attributes:
        mask: HW bool.
        claimed: the overlap with a thing that the segmenter expects of it, [0, 1].
        closer: whether only a closer look found it: most of what that finds are parts.
    """

    mask: HardMask
    claimed: float
    closer: bool = False


class Proposer(Protocol):
    """Gives masks for many single clicks at once."""

    def clicked(
        self, scene: Scene, points: Sequence[tuple[int, int]], least: float
    ) -> list[tuple[HardMask, float]]:
        """Masks at native resolution with the IoU expected of each, several a click.

        Args:
            scene: the picture.
            points: (x, y) of each click.
            least: of the IoUs; what less is expected of is left out.
        """
        ...


def proposals(small: Rgb, proposer: Proposer) -> list[Proposal]:
    """Masks that may be things, each once; those of the closer look last.

    Args:
        small: HWC uint8 RGB, as large as pictures are looked at.
        proposer: gives masks for clicks.
    """
    found = [
        Proposal(mask, claimed)
        for mask, claimed in proposer.clicked(Scene(small), _grid(small, GRID), CLAIMED)
        if LEAST <= mask.mean() <= MOST
    ]
    found += _closer(small, proposer)
    # What both looks found is no news: the closer look's come last.
    return _apart(sorted(found, key=lambda one: (one.closer, -one.claimed)))


def _closer(small: Rgb, proposer: Proposer) -> Iterator[Proposal]:
    """Small masks, from the picture's corners seen as large as the picture."""
    height, width = small.shape[:2]
    down, across = round(height * CLOSER), round(width * CLOSER)
    for y in (0, height - down):
        for x in (0, width - across):
            corner = small[y : y + down, x : x + across]
            seen = cv2.resize(corner, (width, height), interpolation=cv2.INTER_CUBIC)
            look = np.asarray(seen, dtype=np.uint8)
            for mask, claimed in proposer.clicked(Scene(look), _grid(look, CLICKS), CLAIMED):
                if _cut(mask, top=y > 0, left=x > 0):
                    continue
                whole = np.zeros((height, width), np.bool_)
                reduced = cv2.resize(
                    mask.astype(np.float32), (across, down), interpolation=cv2.INTER_AREA
                )
                whole[y : y + down, x : x + across] = reduced > 0.5
                if LEAST <= whole.mean() <= SMALL:
                    yield Proposal(whole, claimed, closer=True)


def _cut(mask: HardMask, *, top: bool, left: bool) -> bool:
    """Whether a mask reaches where a closer look ends and the picture goes on."""
    rows, columns = (mask[0] if top else mask[-1]), (mask[:, 0] if left else mask[:, -1])
    return bool(rows.any() or columns.any())


def _grid(image: Rgb, side: int) -> list[tuple[int, int]]:
    """(x, y) of clicks all over a picture, ``side`` along each of its sides."""
    height, width = image.shape[:2]
    return [
        (int((i + 0.5) * width / side), int((j + 0.5) * height / side))
        for j in range(side)
        for i in range(side)
    ]


def _apart(found: list[Proposal]) -> list[Proposal]:
    """One mask of each heap of nearly equal ones: the first."""
    both, area = overlaps([one.mask for one in found])
    kept: list[int] = []
    for i in range(len(found)):
        union = area[i] + area[kept] - both[i, kept]
        if not (both[i, kept] >= SAME * union).any():
            kept.append(i)
    return [found[i] for i in kept]


def overlaps(masks: list[HardMask]) -> tuple[Floats, Floats]:
    """Pixels that each two masks share, ``(N, N)``, and pixels of each, ``(N,)``."""
    if not masks:
        return np.zeros((0, 0), np.float32), np.zeros(0, np.float32)
    flat = np.stack(masks).reshape(len(masks), -1).astype(np.float32)
    both: Floats = flat @ flat.T
    return both, np.diag(both).copy()
