"""The light of a low sun: warm where it falls, cool in the shade, and a glow at one side.

By day light and shade have nearly one colour. With the sun at the horizon what it reaches is gold,
and what it does not is lit by the blue sky alone; one tint over both looks like an old print.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.fields import shrink, smoothstep
from tools.light import luminance, to_light
from tools.operation import Rgb

REACHED = (0.01, 0.33)
"""Luminance up to which all lies in the shade, and from which all is lit."""
AT_SIDE = 0.12
"""How far from the edge of the picture the sun stands, as a share of its width."""
WIDE, HIGH = 0.55, 0.34
"""How far its glow reaches, as a share of the picture's width and height."""
ACROSS = 0.35
"""How much of the glow lies over all of the horizon."""


@dataclass(frozen=True)
class LowSun:
    """A sun at the horizon.

    Attributes:
        x: as a share of the picture's width.
        y: the horizon, as a share of its height.
    """

    x: float
    y: float

    def glow(self, height: int, width: int, top: int, count: int) -> NDArray[np.float32]:
        """How much of its glow there is in some rows of a picture, count x width x 1 in [0, 1]."""
        down = (np.arange(top, top + count, dtype=np.float32) + np.float32(0.5)) / height
        across = (np.arange(width, dtype=np.float32) + np.float32(0.5)) / width
        level = np.exp(-(((down - np.float32(self.y)) / np.float32(HIGH)) ** 2))
        beside = np.exp(-(((across - np.float32(self.x)) / np.float32(WIDE)) ** 2))
        spread = np.float32(ACROSS) + np.float32(1 - ACROSS) * beside
        return np.asarray(level[:, None, None] * spread[None, :, None], dtype=np.float32)


def low_sun(image: Rgb, horizon: float) -> LowSun:
    """The sun where the picture is brighter already, so that its shadows fall the right way."""
    level = luminance(to_light(shrink(image, 200)))
    half = level.shape[1] // 2
    left = level[:, :half].mean() >= level[:, level.shape[1] - half :].mean() if half else True
    return LowSun(AT_SIDE if left else 1 - AT_SIDE, horizon)


def lit_and_shaded(
    light: NDArray[np.float32],
    lit: NDArray[np.float32],
    shaded: NDArray[np.float32],
    lift: float,
) -> NDArray[np.float32]:
    """Linear RGB in two lights, by how bright it is.

    Args:
        light: HWC.
        lit: colour matrix where the sun falls.
        shaded: colour matrix in the shade.
        lift: how much brighter the one gets, and darker the other.
    """
    share = smoothstep(*REACHED, luminance(light))[..., None]
    warm, cool = (cv2.transform(light, one).reshape(light.shape) for one in (lit, shaded))
    toned = (
        cool * np.float32(1 - lift)
        + (warm * np.float32(1 + lift) - cool * np.float32(1 - lift)) * share
    )
    return np.asarray(toned, dtype=np.float32)
