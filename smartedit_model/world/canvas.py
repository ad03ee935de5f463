"""A canvas that fills polygons, with each pixel's owner kept beside its colour.

It paints at several times the picture's size and scales down by area, so edges are smooth; the
owner of a pixel is who holds its centre. It knows nothing of objects.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from smartedit_model.world.errors import WorldSizeError
from smartedit_model.world.palette import Colour

Image = np.ndarray[Any, np.dtype[np.uint8]]
Points = np.ndarray[Any, np.dtype[np.float64]]
SHIFT = 4  # sub-pixel bits of a polygon's corner
SMALLEST, LARGEST = 32, 2048


def _times(size: int) -> int:
    """How many times as large a picture of a size is painted."""
    return 4 if size <= 160 else 3 if size <= 640 else 2


class Canvas:
    """A square picture in the making, or an upright piece of one.

    Attributes:
        size: side of the finished picture in pixels.
        side: side of the larger picture that is painted on.
        pixels: HWC uint8, RGB and the owner's number in the fourth channel.
        light: factors on red, green and blue of everything that does not glow.
    """

    def __init__(self, size: int, light: Colour = (1.0, 1.0, 1.0)) -> None:
        if not SMALLEST <= size <= LARGEST:
            raise WorldSizeError(f"a size of {size} px; {SMALLEST} to {LARGEST} would be right")
        self.size = size
        self.times = _times(size)
        self.side = size * self.times
        self.light = light
        self.pixels: Image = np.zeros((self.side, self.side, 4), np.uint8)
        self._scale = float(self.side * (1 << SHIFT))
        # Half a pixel, because OpenCV's corners are at the middles of pixels.
        self._origin = np.array([0.5, 0.5]) * (1 << SHIFT)

    def piece(self, box: tuple[int, int, int, int]) -> Canvas:
        """A copy of the pixels inside x0, y0, x1, y1; painting on it is clipped to them."""
        x0, y0, x1, y1 = box
        part = Canvas.__new__(Canvas)
        part.size, part.times, part.side, part.light = self.size, self.times, self.side, self.light
        part.pixels = self.pixels[y0:y1, x0:x1].copy()
        part._scale = self._scale
        part._origin = self._origin + np.array([x0, y0]) * (1 << SHIFT)
        return part

    @classmethod
    def over(cls, image: Image, box: tuple[int, int, int, int], unit: int, light: Colour) -> Canvas:
        """A canvas over a part of a finished picture, to paint one more thing into it.

        What is not painted comes out of ``finish`` as it went in, bit by bit.

        Args:
            image: HWC uint8, RGB, of any size and shape.
            box: the part, x0, y0, x1, y1 in its pixels.
            unit: pixels of one scene unit, whose origin is the picture's corner.
            light: as of any canvas.
        """
        x0, y0, x1, y1 = box
        part = cls.__new__(cls)
        part.size, part.times, part.light = unit, _times(unit), light
        part.side = unit * part.times
        window = image[y0:y1, x0:x1]
        part.pixels = np.zeros(
            (window.shape[0] * part.times, window.shape[1] * part.times, 4), np.uint8
        )
        part.pixels[:, :, :3] = window.repeat(part.times, axis=0).repeat(part.times, axis=1)
        part._scale = float(part.side * (1 << SHIFT))
        corner = np.array([x0, y0]) * part.times
        part._origin = (np.array([0.5, 0.5]) + corner) * (1 << SHIFT)
        return part

    def lit(self, colour: Colour) -> Colour:
        """A colour as the scene's light shows it."""
        light = self.light
        return (colour[0] * light[0], colour[1] * light[1], colour[2] * light[2])

    def fixed(self, points: Points) -> np.ndarray[Any, np.dtype[np.int32]]:
        """Points in [0, 1] scene units as the fixed-point corners that OpenCV wants."""
        corners: np.ndarray[Any, np.dtype[np.int32]]
        corners = np.rint(points * self._scale - self._origin).astype(np.int32)
        return corners

    def fill(self, loops: list[Any], colour: Colour, owner: int) -> None:
        """Fills fixed-point loops; a loop inside another is a hole."""
        r, g, b = self.lit(colour)
        cv2.fillPoly(self.pixels, loops, (r, g, b, owner), cv2.LINE_8, SHIFT)

    def polygon(
        self, points: Points, colour: Colour, owner: int = 0, *, glow: bool = False
    ) -> None:
        """Fills one loop given in scene units; what glows is not dimmed by the scene's light."""
        r, g, b = colour if glow else self.lit(colour)
        cv2.fillPoly(self.pixels, [self.fixed(points)], (r, g, b, owner), cv2.LINE_8, SHIFT)

    def box(
        self, x0: float, y0: float, x1: float, y1: float, colour: Colour, *, glow: bool = False
    ) -> None:
        """Fills an upright rectangle given in scene units; nobody owns it."""
        n = self.side
        a, b, c, d = (min(max(round(v * n), 0), n) for v in (x0, y0, x1, y1))
        if c > a and d > b:
            r, g, blue = colour if glow else self.lit(colour)
            cv2.rectangle(self.pixels, (a, b), (c - 1, d - 1), (r, g, blue, 0), -1)

    def gradient(self, y0: float, y1: float, top: Colour, bottom: Colour) -> None:
        """Fills rows from y0 to y1 with a vertical gradient that ignores the scene's light."""
        n = self.side
        a, b = round(max(y0, 0.0) * n), round(min(y1, 1.0) * n)
        if b <= a:
            return
        t = np.linspace(0, 1, b - a)[:, None]
        rows = np.zeros((b - a, 4), np.uint8)
        rows[:, :3] = np.rint(np.array(top) * (1 - t) + np.array(bottom) * t)
        # One 32-bit word a pixel: several times quicker than three bytes.
        self.pixels.view(np.uint32)[a:b, :, 0] = rows.view(np.uint32)

    def picture(self, image: Image) -> None:
        """Covers the whole canvas with an RGB picture, lit by the scene's light."""
        large = cv2.resize(image, (self.side, self.side), interpolation=cv2.INTER_LINEAR)
        if self.light != (1.0, 1.0, 1.0):
            large = cv2.multiply(large, (*self.light, 1.0))
        cv2.mixChannels([large], [self.pixels], [0, 0, 1, 1, 2, 2])

    def cover(self, points: Points) -> tuple[tuple[int, int, int, int], Image]:
        """The pixel bounds x0, y0, x1, y1 of a loop and which of them it covers (255 or 0)."""
        corners = self.fixed(points)
        height, width = self.pixels.shape[:2]
        low, high = (corners.min(axis=0) >> SHIFT) - 1, (corners.max(axis=0) >> SHIFT) + 2
        x0, y0 = max(int(low[0]), 0), max(int(low[1]), 0)
        x1, y1 = min(int(high[0]), width), min(int(high[1]), height)
        inside: Image = np.zeros((max(y1 - y0, 0), max(x1 - x0, 0)), np.uint8)
        if inside.size:
            shifted = corners - np.array([x0, y0], np.int32) * (1 << SHIFT)
            cv2.fillPoly(inside, [shifted], 255, cv2.LINE_8, SHIFT)
        return (x0, y0, x1, y1), inside

    def darken(self, points: Points, factor: float) -> None:
        """Multiplies the colours inside a loop; owners stay."""
        (x0, y0, x1, y1), inside = self.cover(points)
        if inside.size:
            patch = self.pixels[y0:y1, x0:x1]
            patch[:] = cv2.copyTo(
                cv2.multiply(patch, (factor, factor, factor, 1.0)), inside, patch.copy()
            )

    def lighten(self, points: Points, amount: float) -> None:
        """Mixes the colours inside a loop with white; owners stay."""
        (x0, y0, x1, y1), inside = self.cover(points)
        if inside.size:
            patch = self.pixels[y0:y1, x0:x1]
            white = np.full_like(patch, 255)
            white[:, :, 3] = patch[:, :, 3]
            bright = cv2.addWeighted(patch, 1 - amount, white, amount, 0)
            patch[:] = cv2.copyTo(bright, inside, patch.copy())

    def finish(self) -> tuple[Image, Image]:
        """The picture (HWC uint8, RGB) and each pixel's owner (HW uint8)."""
        height, width = (side // self.times for side in self.pixels.shape[:2])
        small = cv2.resize(self.pixels, (width, height), interpolation=cv2.INTER_AREA)
        middle = self.times // 2
        owner = self.pixels[middle :: self.times, middle :: self.times, 3]
        return np.ascontiguousarray(small[:, :, :3]), np.ascontiguousarray(owner)
