"""The thing in a box: cut out by the scene's segmenter, else by colours. It finds no box itself."""

from __future__ import annotations

import numpy as np

from tools.grabcut import GrabCutSegmenter
from tools.grounding import Box, Region, Scene, Segmenter

TIGHT = 0.25
"""A cut-out smaller than this share of the box it was asked in has lost the object."""


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
    cuts = (cutter or cutter_of(scene)).segment(scene, box=box, points=points)
    area = (box[2] - box[0]) * (box[3] - box[1])
    if cuts and np.count_nonzero(cuts[0].mask) >= TIGHT * area:
        return cuts[0]
    return None
