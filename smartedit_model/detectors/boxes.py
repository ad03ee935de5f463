"""Boxes as detectors give them, made sound: whole pixels, in the picture, one for each thing.

Pure geometry; it knows no model.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from smartedit_model.evaluation.crops import overlap
from tools.grounding import Box

SAME = 0.7
"""Two boxes that overlap by more than this are of one thing."""


@dataclass(frozen=True)
class Sighting:
    """A box in which a detector sees what was asked for.

    Attributes:
        box: XYXY half-open native pixels, in the picture, not empty.
        score: [0, 1], the detector's own; not calibrated.
    """

    box: Box
    score: float


def clipped(corners: Sequence[float], shape: tuple[int, int]) -> Box | None:
    """A box of real numbers to the nearest pixels, in the picture; None where none is left.

    Args:
        corners: x0, y0, x1, y1 in native pixels; may lie outside or be no numbers.
        shape: (height, width) of the picture.
    """
    if not all(math.isfinite(value) for value in corners):
        return None
    height, width = shape
    x0, y0, x1, y1 = (math.floor(value + 0.5) for value in corners)
    box = (max(x0, 0), max(y0, 0), min(x1, width), min(y1, height))
    return box if box[0] < box[2] and box[1] < box[3] else None


def best_of_overlapping(found: Iterable[Sighting], most: int) -> tuple[Sighting, ...]:
    """The best first, without those that overlap a better one by more than ``SAME``.

    Args:
        found: in any order; of equal scores the earlier is taken for the better.
        most: no more than so many are kept.
    """
    kept: list[Sighting] = []
    for item in sorted(found, key=lambda sighting: -sighting.score):
        if len(kept) == most:
            break
        if all(overlap(item.box, better.box) <= SAME for better in kept):
            kept.append(item)
    return tuple(kept)
