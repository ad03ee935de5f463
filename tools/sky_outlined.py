"""What a segmenter that knows photographs sees before the sky: sand, towers, hills, horses.

Colours tell sky from leaves and bars better than outlines do, and outlines tell it from large
things of its colour. So of a sky found by colours only large solid parts are given up, and only
where a segmenter that was shown the rest leaves them out. It finds no sky itself.
"""

from __future__ import annotations

import cv2
import numpy as np

from tools.errors import GroundingFailed
from tools.grounding import Scene, is_precise
from tools.masks import components, dilate, erode, iou, pixels
from tools.operation import HardMask, SoftMask

CLICKS = 6
"""How many places of the sky the segmenter is shown, each as far from the others as may be."""
APART = 0.08
"""Least distance between two of them, as a share of the diagonal."""
AGREED = 0.5
"""An outline that overlaps the sky by less has lost it, and tells nothing."""
SOLID = 0.012
"""Radius from which a part is solid, as a share of the diagonal: gaps between branches are not."""
CLOUD_LIGHT, CLOUD_CHROMA = 78.0, 9.0
"""As light and as colourless as this it is a cloud, which a segmenter may leave out of a sky."""


def without_solid_things(scene: Scene, sky: HardMask, lab: SoftMask) -> HardMask:
    """The sky without large things of its colour, where a segmenter tells them.

    Args:
        scene: the picture and its segmenter.
        sky: HW bool at a working size.
        lab: HWC Lab of that size.
    """
    cutter = scene.segmenter
    if cutter is None or not sky.any() or sky.all() or not is_precise(cutter, scene.image):
        return sky
    height, width = scene.image.shape[:2]
    down, along = height / sky.shape[0], width / sky.shape[1]
    clicks = tuple(
        (min(int((x + 0.5) * along), width - 1), min(int((y + 0.5) * down), height - 1), True)
        for x, y in _deepest(sky)
    )
    if not clicks:
        return sky
    try:
        found = cutter.segment(scene, points=clicks)
    except GroundingFailed:  # its weights cannot be used, as the steps that need it will say
        return sky
    size = (sky.shape[1], sky.shape[0])
    outlines = [
        cv2.resize(region.mask.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.5
        for region in found
    ]
    seen = max(outlines, key=lambda outline: iou(outline, sky), default=None)
    if seen is None or iou(seen, sky) < AGREED:
        return sky
    reach = pixels(SOLID, sky.shape)
    left_out = sky & ~seen
    solid = dilate(erode(left_out, reach), reach + 1) & left_out
    things = [part for part in components(solid) if not _is_cloud(lab[part])]
    for part in things:
        sky = sky & ~part
    return sky


def _deepest(sky: HardMask) -> list[tuple[int, int]]:
    """Places (x, y) far within the sky and from each other."""
    padded = np.pad(sky, 1, constant_values=True)  # the frame is no edge of the sky
    depth = cv2.distanceTransform(padded.view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    depth = np.where(sky, depth[1:-1, 1:-1], 0)
    apart = pixels(APART, sky.shape)
    places: list[tuple[int, int]] = []
    while len(places) < CLICKS and depth.max() > 2:
        y, x = np.unravel_index(int(depth.argmax()), depth.shape)
        places.append((int(x), int(y)))
        reach = max(apart, int(0.8 * depth[y, x]))
        cv2.circle(depth, (int(x), int(y)), reach, 0, cv2.FILLED)
    return places


def _is_cloud(lab: SoftMask) -> bool:
    light, chroma = float(lab[:, 0].mean()), float(np.hypot(lab[:, 1], lab[:, 2]).mean())
    return light >= CLOUD_LIGHT and chroma <= CLOUD_CHROMA
