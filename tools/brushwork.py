"""What drawn and painted styles share: a working copy, flat areas, the way of strokes, noise.

Strokes belong to a picture's size and not to its pixels: everything here is made on a working copy
of one size, so that a picture of 12 megapixels is drawn like one of half a megapixel. Knows no
style.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field as Argument

from tools.errors import Cancelled
from tools.fields import blurred, shrink
from tools.light import luma, rounded
from tools.operation import Rgb, ToolArgs, ToolContext, ToolResult
from tools.strips import map_strips

Plane = NDArray[np.float32]
"""HW float32."""
Colours = NDArray[np.float32]
"""HWC float32, display RGB in [0, 1]."""
Way = tuple[Plane, Plane]
"""(x, y) parts of a unit vector at every pixel."""


class StyleArgs(ToolArgs):
    """What the arguments of every style hold."""

    strength: float = Argument(default=1.0, ge=0, le=1, description="0 does nothing")


LONG_SIDE = 1000
"""Of the working copy: fine enough for a face, small enough for a second or two of work."""
_SECTORS = 8


def working_copy(context: ToolContext, long_side: int = LONG_SIDE) -> Colours:
    """The picture at the size strokes are made at; small pictures are doubled at most.

    Raises:
        Cancelled: the caller asked to stop.
    """
    if context.cancelled():
        raise Cancelled("stopped as asked; nothing was changed")
    height, width = context.image.shape[:2]
    wanted = min(long_side, 2 * max(height, width))
    small = shrink(context.image, wanted)
    if wanted > max(height, width):
        scale = wanted / max(height, width)
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        small = np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
        small = small.reshape(size[1], size[0], 3)
    return small.astype(np.float32) / np.float32(255)


def unit(plane: NDArray[np.float32]) -> float:
    """Pixels of a working copy in a thousandth of its long side: the measure of every stroke."""
    return float(max(plane.shape[:2])) / 1000


def more_colourful(colours: Colours, factor: float) -> Colours:
    """Colours farther from their own grey by a factor, clipped to [0, 1]."""
    grey = luma(colours)[..., None]
    return np.asarray(np.clip(grey + (colours - grey) * np.float32(factor), 0, 1), np.float32)


def kuwahara(colours: Colours, radius: float) -> Colours:
    """Flat patches with crisp borders, as a loaded brush leaves them.

    The generalised Kuwahara filter (Papari et al. 2007): of eight sectors around a pixel, those
    count whose colours agree with one another.
    """
    reach = max(1, int(np.ceil(radius)))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1].astype(np.float32)
    near = np.exp(-(x * x + y * y) / (2 * (radius / 1.8) ** 2)) * (np.hypot(x, y) <= reach + 0.5)
    angle = np.arctan2(y, x)
    total = np.zeros_like(colours)
    weights = np.zeros(colours.shape[:2], dtype=np.float32)
    squares = colours * colours
    for sector in range(_SECTORS):
        toward = np.clip(np.cos(angle - 2 * np.pi * sector / _SECTORS), 0, 1) ** 5
        toward[reach, reach] = 1 / _SECTORS
        kernel = (near * toward / (near * toward).sum()).astype(np.float32)
        mean = _filtered(colours, kernel)
        spread = np.maximum(_filtered(squares, kernel) - mean * mean, 0).sum(axis=-1)
        weight = 1 / (1 + (spread * np.float32(255.0**2)) ** 4)
        total += mean * weight[..., None]
        weights += weight
    return np.asarray(total / weights[..., None], dtype=np.float32)


def _filtered(planes: Colours, kernel: Plane) -> Colours:
    done = cv2.filter2D(planes, cv2.CV_32F, kernel, borderType=cv2.BORDER_REFLECT_101)
    return np.asarray(done, dtype=np.float32).reshape(planes.shape)


def stroke_way(grey: Plane, smooth: float) -> Way:
    """The way strokes run: along edges, and between them as the nearest edges do.

    Args:
        grey: HW float32 [0, 1].
        smooth: standard deviation over which edges are asked, in pixels.
    """
    soft = blurred(grey, max(0.8, smooth / 4))
    across = np.asarray(cv2.Sobel(soft, cv2.CV_32F, 1, 0), dtype=np.float32).reshape(grey.shape)
    down = np.asarray(cv2.Sobel(soft, cv2.CV_32F, 0, 1), dtype=np.float32).reshape(grey.shape)
    parts = np.stack([across * across, across * down, down * down], axis=-1)
    # Far edges speak where there are none near; a slant of the hand where there are none at all.
    tensor = blurred(parts, smooth) + np.float32(0.05) * blurred(parts, 6 * smooth)
    xx, xy, yy = tensor[..., 0] + 1e-5, tensor[..., 1] + 1e-5, tensor[..., 2] + 1e-5
    angle = 0.5 * np.arctan2(2 * xy, xx - yy) + np.pi / 2
    return np.cos(angle).astype(np.float32), np.sin(angle).astype(np.float32)


def along(planes: NDArray[np.float32], way: Way, reach: int) -> NDArray[np.float32]:
    """Mean along the strokes, ``reach`` pixels to either side (line integral convolution)."""
    height, width = way[0].shape
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    total, count = planes.copy(), 1.0
    for sign in (1, -1):
        x, y = columns.copy(), rows.copy()
        dx, dy = sign * way[0], sign * way[1]
        for step in range(1, reach + 1):
            x, y = x + dx, y + dy
            weight = 0.5 + 0.5 * np.cos(np.pi * step / (reach + 1))
            total += np.float32(weight) * _at(planes, x, y)
            count += weight
            new_x, new_y = _at(way[0], x, y), _at(way[1], x, y)
            turn = np.where(new_x * dx + new_y * dy < 0, np.float32(-1), np.float32(1))
            dx, dy = new_x * turn, new_y * turn
    return np.asarray(total / np.float32(count), dtype=np.float32)


def _at(planes: NDArray[np.float32], x: Plane, y: Plane) -> NDArray[np.float32]:
    done = cv2.remap(planes, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(done, dtype=np.float32).reshape(planes.shape)


def warped(planes: NDArray[np.float32], dx: Plane, dy: Plane) -> NDArray[np.float32]:
    """Planes read at displaced places: the wobble of a hand."""
    rows, columns = np.mgrid[: dx.shape[0], : dx.shape[1]].astype(np.float32)
    return _at(planes, columns + dx, rows + dy)


def noise(shape: tuple[int, ...], sigma: float, seed: int) -> Plane:
    """Smooth noise of unit variance: HW float32, the same for the same seed and size."""
    rng = np.random.Generator(np.random.SFC64(seed))
    return normal(blurred(rng.standard_normal(shape[:2], dtype=np.float32), sigma))


def normal(plane: Plane) -> Plane:
    """A plane brought to mean 0 and variance 1; a flat one to 0."""
    spread = float(plane.std())
    if spread < 1e-6:
        return np.zeros_like(plane)
    return np.asarray((plane - plane.mean()) / np.float32(spread), dtype=np.float32)


def finished(
    context: ToolContext,
    style: str,
    strength: float,
    drawn: Callable[[Rgb, int], NDArray[np.float32]],
    *,
    halo: int = 0,
) -> ToolResult:
    """The picture in its own size, drawn strip by strip and mixed in by the strength.

    Args:
        context: gives the picture.
        style: told to whoever verifies the result.
        strength: 1 is the drawing alone.
        drawn: (strip HWC uint8, its first row) -> HWC float32 display values in [0, 255].
        halo: rows of neighbourhood that ``drawn`` needs.
    """

    def work(block: Rgb, top: int) -> Rgb:
        made = drawn(block, top)
        if strength < 1:
            photo = block.astype(np.float32)
            made = photo + (made - photo) * np.float32(strength)
        return rounded(made)

    return ToolResult(map_strips(context, work, halo=halo), facts={"drawn_as": style})
