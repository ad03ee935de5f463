"""A sky and what stands before it, told apart where both share a pixel.

A pixel at the edge of leaves and roofs is part sky, part what stands before it. As light mixes
there, the old sky's share of it is taken out and the new one's put in (the matting equation,
Smith and Blinn 1996), so that no bright rim of the old sky is left. All in linear light.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tools.fields import Field, blurred, shrink, shrink_plane, smoothstep
from tools.light import Light, luminance, to_light
from tools.operation import Rgb, SoftMask

LOOK = 800
"""Long side of the copy on which the sky's colour is measured."""
SURE = 0.92
"""Share of sky from which nothing is taken to stand before it."""
HELD = 0.98
"""How much of a pixel's light is the sky's at most: leaves and roofs have a light of their own."""


@dataclass(frozen=True)
class SkyMatte:
    """The sky of one picture.

    Attributes:
        share: HW float32 [0, 1], how much of each pixel's light is the sky's.
        colour: linear RGB of the sky itself around each place, without what stands before it.
    """

    share: SoftMask
    colour: Field

    @property
    def luminance(self) -> float:
        """The median of the sky's."""
        height, width = self.colour.small.shape[:2]
        inside = shrink_plane(self.share, height, width) > 0.5
        level = luminance(self.colour.small)
        return float(np.median(level[inside] if inside.any() else level))

    def relief(self, image: Rgb) -> float:
        """How far its light strays from that of the sky around, as a share: clouds, in the main."""
        small = luminance(to_light(shrink(image, LOOK)))
        inside = shrink_plane(self.share, *small.shape) > SURE
        around = np.maximum(luminance(self.colour.small), np.float32(1e-3))
        return float((small / around)[inside].std()) if inside.any() else 0.0

    def lowest(self) -> float:
        """Where the sky ends, as a share of the picture's height; 0 where there is none."""
        rows = np.nonzero((self.share > 0.5).any(axis=1))[0]
        return float((rows.max(initial=-1) + 1) / self.share.shape[0])

    def shares(self, top: int, count: int) -> Light:
        """The sky's share in rows ``top`` to ``top + count``, count x width x 1."""
        return np.asarray(self.share[top : top + count, :, None], dtype=np.float32)

    def held(self, light: Light, top: int, old: Light) -> Light:
        """The sky's share in rows ``light`` (count x width x 3), never more than can be in them.

        A pixel that is darker than the sky ``old`` in any of its colours holds so much less of it,
        whatever its place in the edge says.
        """
        most = (light / np.maximum(old, np.float32(1e-4))).min(axis=-1, keepdims=True)
        share = np.minimum(self.shares(top, light.shape[0]), np.float32(HELD) * most)
        return np.asarray(share, dtype=np.float32)

    def whole(self, top: int, count: int) -> Light:
        """How far each pixel of those rows is nothing but sky, count x width x 1 in [0, 1]."""
        return smoothstep(SURE - 0.12, SURE, self.shares(top, count))

    def mixed(self, light: Light, top: int, new: Light, old: Light) -> Light:
        """Rows of a picture with another sky, linear RGB.

        Args:
            light: the rows as they are, count x width x 3.
            top: the first one.
            new: the new sky there.
            old: the old sky there, as it is in ``light``.
        """
        count = light.shape[0]
        edged = np.maximum(light + self.held(light, top, old) * (new - old), 0)
        return np.asarray(edged + (new - edged) * self.whole(top, count), dtype=np.float32)


def sky_matte(image: Rgb, share: SoftMask) -> SkyMatte:
    """Measure a sky whose place is known (HWC uint8 RGB; HW float32 [0, 1])."""
    small = to_light(shrink(image, LOOK))
    height, width = small.shape[:2]
    weight = shrink_plane(share, height, width)[..., None] ** np.float32(4) + np.float32(1e-5)
    reach = max(height, width) / 25
    spread = blurred(small * weight, reach) / blurred(weight, reach).reshape(height, width, 1)
    return SkyMatte(share, Field(spread.astype(np.float32), *image.shape[:2]))
