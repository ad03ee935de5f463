"""A segmenter for tests of what is found by clicks."""

from __future__ import annotations

from tools.errors import GroundingFailed
from tools.grounding import Box, Region, Scene
from tools.operation import HardMask, Rgb


class Outliner:
    """Answers a click with those of its masks that it lies in.

    Args:
        masks: HW bool, of the pictures' size.
        knows: whether it knows such pictures.
        broken: whether its weights cannot be used.
    """

    name = "outliner"

    def __init__(self, *masks: HardMask, knows: bool = True, broken: bool = False) -> None:
        self._masks, self._knows, self._broken = masks, knows, broken
        self.asked = 0

    def precise(self, _image: Rgb) -> bool:
        """As it was made."""
        return self._knows

    def segment(
        self,
        scene: Scene,
        *,
        points: tuple[tuple[int, int, bool], ...] = (),
        box: Box | None = None,
        mask: HardMask | None = None,
    ) -> list[Region]:
        """The masks at the first click; all clicks must lie in the picture."""
        del box, mask
        self.asked += 1
        if self._broken:
            raise GroundingFailed("the weights are damaged", "pull them again")
        height, width = scene.image.shape[:2]
        assert all(0 <= x < width and 0 <= y < height for x, y, _ in points)
        x, y, _ = points[0]
        return [Region(one, 0.9, self.name) for one in self._masks if one[y, x]]
