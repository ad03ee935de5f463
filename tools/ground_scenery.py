"""Grounders for scenery: the sky, clouds, and green plants.

Water, ground, buildings and roads are not claimed: by colour and place alone they were wrong more
often than right.
"""

from __future__ import annotations

import cv2
import numpy as np

from tools.cielab import lab_of
from tools.greenery_outlined import grass_outlined, plants_outlined
from tools.grounding import Region, Scene
from tools.masks import area_share, components, dilate
from tools.operation import HardMask, SoftMask
from tools.outlines import knows_photographs
from tools.sky import find_clouds, find_sky
from tools.target import Target
from tools.wording import noun
from tools.working import upsample, working

SKY = frozenset({"sky", "heaven", "heavens"})
CLOUD = frozenset({"cloud"})
GRASS = frozenset({"grass", "lawn", "meadow"})
TREE = frozenset({"tree", "bush", "hedge", "forest", "shrub"})
PLANT = frozenset({
    "plant", "foliage", "vegetation", "greenery", "leaf", *TREE,
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
    key = "grass" if head in GRASS else "trees" if head in TREE else "plants"
    if key not in scene.found:
        scene.found[key] = _grass(scene) if key == "grass" else _plants(scene, trees=key == "trees")
    found: list[Region] = scene.found[key]
    return list(found)


def _grass(scene: Scene) -> list[Region]:
    seen = _seen_grass(scene)
    if seen is not None:
        label = "what a segmenter outlines where it is green and textured, taken for grass"
        return _regions(scene, seen, label, 0.6)
    return _regions(scene, _look(scene, grass=True), _label("grass"), 0.4)


def _plants(scene: Scene, *, trees: bool) -> list[Region]:
    found = _look(scene, grass=False)
    grass = _seen_grass(scene) if trees else None
    if grass is not None:
        found = found & ~dilate(grass, 2)
    if area_share(found) < LEAST:
        return []
    return _regions(scene, plants_outlined(scene, found), _label("plants"), 0.4)


def _label(what: str) -> str:
    """What a region that was found by its colours alone is called."""
    return f"green and textured, taken for {what}; kinds of plants are not told apart"


def _seen_grass(scene: Scene) -> HardMask | None:
    """What a segmenter that knows photographs sees of grass, asked once a picture."""
    if not knows_photographs(scene):
        return None
    if "grass outline" not in scene.found:
        scene.found["grass outline"] = grass_outlined(scene, _look(scene, grass=True))
    seen: HardMask | None = scene.found["grass outline"]
    return seen


def _regions(scene: Scene, kept: HardMask, label: str, sure: float) -> list[Region]:
    """The one region of what was found at the working size, with the edge the picture has."""
    if not kept.any():
        return []
    soft = upsample(scene.image, working(scene, LOOK).rgb, kept.astype(np.float32), radius=4)
    hard = np.asarray(soft > 0.5, dtype=np.bool_)
    return [Region(hard, sure, "green texture", label, soft)] if hard.any() else []


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


def _look(scene: Scene, *, grass: bool) -> HardMask:
    """What is green and textured, at a working size; nothing where it is little."""
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
        return np.zeros(kept.shape, dtype=np.bool_)
    for hole in components(np.asarray(kept == 0, dtype=np.bool_)):
        if hole.mean() < HOLE:
            kept[hole] = 1
    return np.asarray(_trimmed(kept, lab) > 0.5, dtype=np.bool_)
