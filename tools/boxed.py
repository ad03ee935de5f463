"""The thing in a box: cut out by the scene's segmenter, else by colours. It finds no box itself."""

from __future__ import annotations

import numpy as np

from tools.grabcut import GrabCutSegmenter
from tools.grounding import Box, Region, Scene, Segmenter, is_precise
from tools.masks import from_box

TIGHT = 0.25
"""A cut-out by colours that is smaller than this share of its box has lost the object."""
THIN = 0.04
"""The same of one by a segmenter that knows such pictures: a bench behind two people, a bicycle."""


def cutter_of(scene: Scene) -> Segmenter:
    """What turns clicks and boxes into masks in this scene."""
    return scene.segmenter or GrabCutSegmenter()


def thing_in(
    scene: Scene,
    box: Box,
    *,
    cutter: Segmenter | None = None,
    points: tuple[tuple[int, int, bool], ...] = (),
) -> Region | None:
    """The thing that fills a box, or None where the cut-out lost it.

    Args:
        scene: the picture.
        box: XYXY half-open native pixels, at least partly in the picture.
        cutter: asked in the place of the scene's own.
        points: clicks (x, y, positive) that say what belongs to it.
    """
    asked = cutter or cutter_of(scene)
    cuts = asked.segment(scene, box=box, points=points)
    area = (box[2] - box[0]) * (box[3] - box[1])
    least = THIN if is_precise(asked, scene.image) else TIGHT
    if cuts and np.count_nonzero(cuts[0].mask) >= least * area:
        return cuts[0]
    return None


def thing_or_box(scene: Scene, box: Box, confidence: float, finder: str, label: str = "") -> Region:
    """The thing in a box that somebody found; all of the box where the segmenter loses it.

    Args:
        scene: the picture.
        box: XYXY half-open native pixels, in the picture.
        confidence: [0, 1], of who found it.
        finder: who that is.
        label: what it is; says also where it is all of the box.
    """
    cut = thing_in(scene, box)
    if cut is None:
        whole = from_box(box, (scene.image.shape[0], scene.image.shape[1]))
        return Region(whole, confidence, finder, f"{label}, all of its box", boxed=True)
    source = f"{finder}, outlined by {cut.source}"
    return Region(cut.mask, confidence, source, label, cut.soft)
