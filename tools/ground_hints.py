"""What the user marked, as a region: the mask as it is, a box or clicks refined to the object."""

from __future__ import annotations

import numpy as np

from tools.boxed import cutter_of, thing_in
from tools.grounding import Region, Scene, Segmenter
from tools.masks import check_mask, clip_box, from_box, from_points, pixels
from tools.target import Target

MARKS = ("your mask", "your box", "your point")
"""What regions of the user's own are called."""


class HintGrounder:
    """The user's brush or mask, box or clicks."""

    name = "hints"

    def __init__(self, segmenter: Segmenter | None = None) -> None:
        self._fixed = segmenter

    def claims(self, target: Target) -> bool:
        """Any phrase but the whole image: a person who marks something means it."""
        return not target.is_whole_image

    def ground(self, scene: Scene, target: Target) -> list[Region]:
        """The marked region; empty where nothing was marked."""
        del target
        hints, shape = scene.hints, (scene.image.shape[0], scene.image.shape[1])
        if hints.mask is not None:
            check_mask(hints.mask, shape)
            # What a person painted is taken to the pixel: no softening beyond it.
            soft = hints.mask.astype(np.float32)
            return [Region(hints.mask, 1.0, "your mask", "what you painted", soft)]
        if hints.box is not None:
            return [self._in_box(scene, shape)]
        if hints.points:
            return self._at_points(scene, shape)
        return []

    def _in_box(self, scene: Scene, shape: tuple[int, int]) -> Region:
        box = clip_box(scene.hints.box or (0, 0, shape[1], shape[0]), shape)
        best = thing_in(scene, box, cutter=self._fixed, points=scene.hints.points)
        if best is not None:
            sure = max(best.confidence, 0.7)
            return Region(best.mask, sure, "your box", "the object in your box", best.soft)
        return Region(from_box(box, shape), 0.8, "your box", "all of your box")

    def _at_points(self, scene: Scene, shape: tuple[int, int]) -> list[Region]:
        cuts = self._cutter(scene).segment(scene, points=scene.hints.points)
        if not cuts:
            disc = from_points(scene.hints.points, pixels(0.03, shape), shape)
            return [Region(disc, 0.3, "your point", "a disc around your click")]
        # Further answers are other readings of the same click, not other things.
        best = cuts[0]
        return [
            Region(best.mask, best.confidence, "your point", "what your click is on", best.soft)
        ]

    def _cutter(self, scene: Scene) -> Segmenter:
        return self._fixed or cutter_of(scene)
