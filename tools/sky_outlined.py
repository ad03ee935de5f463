"""What a segmenter that knows photographs sees before the sky: sand, towers, hills, horses.

Colours tell sky from leaves and bars better than outlines do, and outlines tell it from large
things of its colour. So of a sky found by colours only large solid parts are given up, and only
where a segmenter that was shown the rest leaves them out. It finds no sky itself.
"""

from __future__ import annotations

import numpy as np

from tools.grounding import Scene
from tools.masks import components, dilate, erode, iou, pixels
from tools.operation import HardMask, SoftMask
from tools.outlines import deepest, knows_photographs, outlined

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
    if not sky.any() or sky.all() or not knows_photographs(scene):
        return sky
    outlines = outlined(scene, deepest(sky), sky.shape)
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


def _is_cloud(lab: SoftMask) -> bool:
    light, chroma = float(lab[:, 0].mean()), float(np.hypot(lab[:, 1], lab[:, 2]).mean())
    return light >= CLOUD_LIGHT and chroma <= CLOUD_CHROMA
