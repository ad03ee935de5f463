"""Clicks into what was found by its colours, and what a segmenter outlines there.

At a working size: what is found by colours is found small.
"""

from __future__ import annotations

import cv2
import numpy as np

from tools.errors import GroundingFailed
from tools.grounding import Scene, is_precise
from tools.masks import pixels
from tools.operation import HardMask

CLICKS = 6
"""How many places are clicked at most, each as far from the others as may be."""
APART = 0.08
"""Least distance between two of them, as a share of the diagonal."""

Place = tuple[int, int]
"""(x, y) at the working size."""


def knows_photographs(scene: Scene) -> bool:
    """Whether there is a segmenter whose outlines are better than colours here."""
    return scene.segmenter is not None and is_precise(scene.segmenter, scene.image)


def deepest(mask: HardMask, count: int = CLICKS) -> list[Place]:
    """Places far within a mask and from each other, the deepest first; fewer in a small one."""
    if mask.all():  # no place is deeper than another
        return [(mask.shape[1] // 2, mask.shape[0] // 2)]
    padded = np.pad(mask, 1, constant_values=True)  # the frame is no edge of it
    depth = cv2.distanceTransform(padded.view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    depth = np.where(mask, depth[1:-1, 1:-1], 0)
    apart = pixels(APART, mask.shape)
    places: list[Place] = []
    while len(places) < count and depth.max() > 2:
        y, x = np.unravel_index(int(depth.argmax()), depth.shape)
        places.append((int(x), int(y)))
        reach = max(apart, int(0.8 * depth[y, x]))
        cv2.circle(depth, (int(x), int(y)), reach, 0, cv2.FILLED)
    return places


def outlined(scene: Scene, places: list[Place], shape: tuple[int, ...]) -> list[HardMask]:
    """What a scene's segmenter outlines where all of these are clicked, best first.

    Args:
        scene: the picture and its segmenter.
        places: at the working size.
        shape: (height, width, …) of that size, which the outlines have, too.

    Returns:
        None where the segmenter cannot be used: the steps that need it say so.
    """
    if scene.segmenter is None or not places:
        return []
    height, width = scene.image.shape[:2]
    down, along = height / shape[0], width / shape[1]
    clicks = tuple(
        (min(int((x + 0.5) * along), width - 1), min(int((y + 0.5) * down), height - 1), True)
        for x, y in places
    )
    try:
        found = scene.segmenter.segment(scene, points=clicks)
    except GroundingFailed:
        return []
    size = (shape[1], shape[0])
    return [
        cv2.resize(region.mask.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.5
        for region in found
    ]
