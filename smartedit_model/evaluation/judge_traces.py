"""Measures, without a network, what a result shows: marks of a colour, and traces of a thing.

A thing's trace is where a picture differs from the same scene drawn without the thing: the world
can draw that scene, so no other picture of the result is needed. Pictures are HWC uint8 RGB.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from smartedit_model.evaluation.crops import Box, Image, Mask, box_of_mask
from smartedit_model.world.palette import rgb
from smartedit_model.world.scene import Scene, draw_scene

DIFFERENT = 13.0
"""Distance in Lab from which a pixel differs; above a small autoencoder's errors."""
SOLID = 0.6
"""Share of a thing's usual distance to what is behind it, from which a pixel is the thing's and
not a half-blended ghost's."""
MARKED = 24.0
"""Distance in Lab to the colour asked for, below which a pixel is marked."""
WAY_LEFT = 0.4
"""Share of its first distance to that colour that a marked pixel may still have."""
ALIKE = 6.0
"""Distance in Lab below which two colours are one."""
CHANGED = 22.0
"""Distance in Lab from which a pixel of a picture that should be left alone was changed."""
FINE = 2.0
"""Standard deviation in pixels of the blur that parts fine detail from tone."""


Lab = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(frozen=True)
class Trace:
    """A thing as it is found in a picture: share of the picture, middle's x, bounds."""

    area: float
    x: float
    box: Box


def lab(image: Image) -> Lab:
    """A picture in Lab: HWC float32, L in [0, 100]."""
    found: Lab = cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    return found


def distance(a: Image, b: Image) -> Lab:
    """Distance in Lab of two pictures, pixel by pixel (HW float32)."""
    found: Lab = np.sqrt(np.square(lab(a) - lab(b)).sum(axis=2))
    return found


class Tracer:
    """Finds one object of an edit in the source and in results.

    Args:
        before: the scene before the edit.
        after: the scene after it.
        uid: the object.
    """

    def __init__(self, before: Scene, after: Scene, uid: int) -> None:
        self._scenes, self._uid = (before, after), uid
        self._without = tuple(_without(scene, uid) for scene in self._scenes)
        own = distance(before.image, self._without[0].image)[before.mask(uid)]
        usual = float(np.median(own)) if own.size else 0.0
        self._least = min(max(SOLID * usual, DIFFERENT), 3 * DIFFERENT)

    def in_source(self) -> Trace | None:
        """Its trace in the source; None where nothing is to be found."""
        return self._trace(self._scenes[0].image, 0)

    def in_result(self, result: Image) -> Trace | None:
        """Its trace in a result of the edit."""
        return self._trace(result, 1)

    def _trace(self, picture: Image, which: int) -> Trace | None:
        """The largest connected difference.

        What lies on other things and behind glass does not count: it changes with reflections.
        """
        scene, without = self._scenes[which], self._without[which]
        differs = distance(picture, without.image) > self._least
        mask = (differs & ((without.owner == 0) | scene.mask(self._uid))).astype(np.uint8)
        mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
        count, numbered, stats, middles = cv2.connectedComponentsWithStats(mask, connectivity=8)
        if count < 2:
            return None
        largest = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
        found: Mask = numbered == largest
        box = box_of_mask(found)
        if box is None:
            return None
        return Trace(float(found.mean()), float(middles[largest][0]) / scene.size, box)


def _without(scene: Scene, uid: int) -> Scene:
    return draw_scene(scene.spec.without(frozenset([uid])), scene.size)


def marked_overlap(source: Image, result: Image, colour: str, meant: Mask) -> float:
    """Intersection over union of the pixels that came to have a colour and those that should.

    Pixels that had the colour before tell nothing and are left out.
    """
    plain = np.empty_like(source)
    plain[:] = np.rint(rgb(colour))
    now, before = distance(result, plain), distance(source, plain)
    telling = before >= ALIKE
    found = (now < MARKED) & (now < WAY_LEFT * before + 2) & telling
    wanted = meant & telling
    return float((found & wanted).sum() / max(int((found | wanted).sum()), 1))


def way_gone(source: Image, result: Image, exact: Image, mask: Mask) -> float | None:
    """How far the usual colour under a mask has gone from the source's to the exact target's.

    0 is the source, 1 the exact target, 0.5 a half-blended edit; None where the two colours are
    hardly different. See `colour_left` for how far it is from the right colour.
    """
    colours = [lab(picture) for picture in (source, result, exact)]
    changed = mask & (np.square(colours[0] - colours[2]).sum(axis=2) > DIFFERENT**2)
    if changed.sum() < 9:
        return None
    old, now, new = (np.median(picture[changed], axis=0) for picture in colours)
    way = new - old
    if float(way @ way) < DIFFERENT**2:
        return None
    return float((now - old) @ way / (way @ way))


def colour_left(source: Image, result: Image, exact: Image, mask: Mask) -> float:
    """Distance in Lab of the usual colours of a result and of the exact target.

    Under the mask, where source and exact target differ; everywhere under it if nowhere.
    """
    changed = mask & (distance(source, exact) > DIFFERENT)
    where = changed if changed.any() else mask
    if not where.any():
        return 0.0
    now, new = (np.median(lab(picture)[where], axis=0) for picture in (result, exact))
    return float(np.linalg.norm(now - new))


def shines_through(source: Image, result: Image, mask: Mask) -> float:
    """How much of the source's fine detail under a mask is in the result: 1 all, 0.5 half-blended.

    It is the slope of the result's detail over the source's, so what is new there does not count.
    """
    old, now = (_detail(picture)[mask] for picture in (source, result))
    energy = float((old * old).sum())
    return 0.0 if energy <= 0 else float((old * now).sum()) / energy


def share_missing(source: Image, result: Image, exact: Image) -> float:
    """How far a result is from an exact target, as a share of how far the source is.

    It is a share of energy: 0 for the exact target, 0.25 for a half-blended edit, 1 for the source.
    """
    should, missing = lab(exact) - lab(source), lab(exact) - lab(result)
    energy = float((should * should).sum())
    return 0.0 if energy <= 0 else float((missing * missing).sum()) / energy


def _detail(image: Image) -> Lab:
    found = lab(image)
    fine: Lab = found - cv2.GaussianBlur(found, (0, 0), FINE)
    return fine


def changed_share(source: Image, result: Image) -> float:
    """The largest connected change between two pictures, as a share of the picture."""
    differs = (distance(source, result) > CHANGED).astype(np.uint8)
    differs = cv2.morphologyEx(differs, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(differs, connectivity=8)
    return 0.0 if count < 2 else float(stats[1:, cv2.CC_STAT_AREA].max()) / differs.size


def changed_boxes(source: Image, result: Image, most: int = 4) -> list[Box]:
    """The bounds of the largest changes between two pictures, the largest first."""
    differs = (distance(source, result) > DIFFERENT).astype(np.uint8)
    differs = cv2.morphologyEx(differs, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(differs, connectivity=8)
    order = sorted(range(1, count), key=lambda i: -int(stats[i, cv2.CC_STAT_AREA]))[:most]
    height, width = differs.shape
    found = []
    for i in order:
        x, y, w, h = (int(v) for v in stats[i, :4])
        if w * h >= 0.002 * differs.size:
            found.append((x / width, y / height, (x + w) / width, (y + h) / height))
    return found
