"""Grounders for scenery: the sky, clouds, and green plants.

Water, ground, buildings and roads are not claimed: by colour and place alone they were wrong more
often than right.
"""

from __future__ import annotations

import cv2
import numpy as np

from tools.cielab import lab_of
from tools.grounding import Region, Scene
from tools.masks import components
from tools.operation import HardMask, SoftMask
from tools.sky import find_clouds, find_sky
from tools.target import Target
from tools.wording import noun
from tools.working import upsample, working

SKY = frozenset({"sky", "heaven", "heavens"})
CLOUD = frozenset({"cloud"})
GRASS = frozenset({"grass", "lawn", "meadow"})
PLANT = frozenset({
    "tree", "plant", "foliage", "vegetation", "bush", "hedge", "greenery", "leaf", "forest",
    "shrub",
})  # fmt: skip
LOOK = 640
LEAST = 0.02
HOLE = 7e-4
"""Share of the picture up to which what is seen between leaves is taken for leaves."""
RIM = 15
"""Width of the edge of plants, of a picture ``LOOK`` wide, that is looked at pixel by pixel."""
COARSE, AMONG = 2.0, 0.4
"""Least detail of leaves that are not green, and how much of a plant must be."""


class SceneryGrounder:
    """The sky and what is green below it."""

    name = "scenery"

    def claims(self, target: Target) -> bool:
        """Sky, clouds, grass or plants."""
        return noun(target) in SKY | CLOUD | GRASS | PLANT

    def ground(self, scene: Scene, target: Target) -> list[Region]:
        """One region, or none where there is nothing of the kind."""
        head = noun(target)
        if head in SKY:
            return find_sky(scene)
        if head in CLOUD:
            return find_clouds(scene)
        return _green(scene, head)


def _green(scene: Scene, head: str) -> list[Region]:
    """What is green and textured; for grass, only what reaches low in the frame."""
    key = "grass" if head in GRASS else "plants"
    if key not in scene.found:
        scene.found[key] = _look(scene, grass=head in GRASS)
    found: list[Region] = scene.found[key]
    return list(found)


def _with_shade(leafy: HardMask, smooth: SoftMask, detail: SoftMask) -> HardMask:
    """Leaves with those beside them that are nearly black or grey: in the shade, or shining.

    Args:
        leafy: HW bool, what is green.
        smooth: HWC float32 Lab, blurred.
        detail: HW float32, how finely lightness changes.
    """
    light, a, b = (smooth[..., i] for i in range(3))
    dull = (a < 1.5) & (b > 2) & (b < 25) & (light < 70) & (detail > COARSE)
    dull = cv2.morphologyEx(dull.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)) > 0
    _, parts = cv2.connectedComponents((leafy | dull).astype(np.uint8), connectivity=4)
    green = np.bincount(parts.ravel(), weights=leafy.ravel())
    held = green > AMONG * np.bincount(parts.ravel())
    held[0] = False
    return np.asarray(leafy | (dull & held[parts]), dtype=np.bool_)


def _trimmed(kept: SoftMask, lab: SoftMask) -> SoftMask:
    """Plants without what blurring lent them at their rim: water, sky and walls beside leaves.

    Args:
        kept: HW float32, 1 = found.
        lab: HWC float32, not blurred.
    """
    rim = cv2.erode(kept, np.ones((RIM, RIM), np.uint8)) < kept
    leaves = (lab[..., 2] > 8) & (lab[..., 1] < 6) | (lab[..., 0] < 45)
    trimmed = np.where(rim & ~leaves, np.float32(0), kept)
    return np.asarray(cv2.morphologyEx(trimmed, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)))


def _look(scene: Scene, *, grass: bool) -> list[Region]:
    work = working(scene, LOOK)
    lab = lab_of(work.rgb)
    smooth = cv2.GaussianBlur(lab, (0, 0), 2.5)
    a, b = smooth[..., 1], smooth[..., 2]
    # Leaves lie between green and yellow; turquoise paint and blue-green water do not.
    green = (a < -2) & (b > 4) & (np.hypot(a, b) > 7) & (b > -0.55 * a) & (smooth[..., 0] < 88)
    finely = np.abs(lab[..., 0] - smooth[..., 0])
    detail = cv2.blur(finely, (15, 15))
    # Green water beside a tree is smooth up to its edge, which the wide window does not see.
    leafy = green & (detail > 0.8) & (cv2.blur(finely, (5, 5)) > 0.8)
    if not grass:
        leafy = _with_shade(leafy, smooth, detail)
    leafy = cv2.morphologyEx(leafy.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    leafy = cv2.morphologyEx(leafy, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    kept = np.zeros(leafy.shape, dtype=np.float32)
    for part in components(np.asarray(leafy > 0, dtype=np.bool_), 0.008):
        lowest = int(np.nonzero(part)[0].max())
        if not grass or lowest > 0.9 * len(part):
            kept[part] = 1
    if kept.mean() < LEAST:
        return []
    for hole in components(np.asarray(kept == 0, dtype=np.bool_)):
        if hole.mean() < HOLE:
            kept[hole] = 1
    soft = upsample(scene.image, work.rgb, _trimmed(kept, lab), radius=4)
    hard = np.asarray(soft > 0.5, dtype=np.bool_)
    what = "grass" if grass else "plants"
    label = f"green and textured, taken for {what}; kinds of plants are not told apart"
    return [Region(hard, 0.4, "green texture", label, soft)] if hard.any() else []
