"""What fills a box: how little of it a cut-out may be before the thing counts as lost."""

from __future__ import annotations

import numpy as np
import pytest

from tools.boxed import thing_in
from tools.grounding import Box, Region, Scene
from tools.operation import HardMask, Rgb

BOX = (10, 10, 60, 60)


class Cutter:
    """A segmenter that cuts out a bar of some width, and may know such pictures."""

    name = "cutter"

    def __init__(self, width: int, *, knows: bool) -> None:
        self._width, self._knows = width, knows

    def precise(self, _image: Rgb) -> bool:
        return self._knows

    def segment(
        self,
        scene: Scene,
        *,
        points: tuple[tuple[int, int, bool], ...] = (),
        box: Box | None = None,
        mask: HardMask | None = None,
    ) -> list[Region]:
        found = np.zeros(scene.image.shape[:2], dtype=bool)
        found[10:60, 10 : 10 + self._width] = True
        return [Region(found, 0.9, self.name)]


@pytest.mark.parametrize(
    ("width", "knows", "kept"), [(20, False, True), (6, False, False), (6, True, True)]
)
def test_a_thin_thing_is_believed_of_a_segmenter_that_knows_such_pictures(
    width: int, knows: bool, kept: bool
) -> None:
    """A bench behind two people is an eighth of its box; colours that thin have lost it."""
    scene = Scene(np.zeros((80, 80, 3), dtype=np.uint8))
    assert (thing_in(scene, BOX, cutter=Cutter(width, knows=knows)) is not None) == kept


def test_next_to_nothing_is_lost_whoever_says_so() -> None:
    """One column of fifty is no thing."""
    scene = Scene(np.zeros((80, 80, 3), dtype=np.uint8))
    assert thing_in(scene, BOX, cutter=Cutter(1, knows=True)) is None
