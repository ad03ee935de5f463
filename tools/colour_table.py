"""Any colour-to-colour function as a 65-point cube table, applied by Pillow's compiled filter.

A function of the pixel's colour alone (saturation, recolouring, a whole film look) is evaluated
275,000 times for the table instead of once a pixel, in whatever costly space suits it, and chains
of such functions cost one pass. Smooth functions come out within half a code.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from tools.errors import Cancelled
from tools.operation import Rgb, ToolContext
from tools.strips import map_strips

SIZE = 65
"""Points a side; the most that Pillow takes."""

DIRECT = 1 << 16
"""Pictures of up to this many pixels are evaluated directly: cheaper than the table, and exact."""

ColourFunction = Callable[[NDArray[np.float64]], NDArray[Any]]
"""(N, 3) display RGB in [0, 1] -> the same."""


@cache
def _grid() -> NDArray[np.float64]:
    """(65^3, 3) display RGB, red changing fastest, as Pillow and .cube files order it."""
    axis = np.linspace(0, 1, SIZE)
    blue, green, red = np.meshgrid(axis, axis, axis, indexing="ij")
    grid: NDArray[np.float64] = np.stack([red, green, blue], axis=-1).reshape(-1, 3)
    grid.flags.writeable = False
    return grid


def apply_colour_function(
    context: ToolContext, function: ColourFunction, strength: float = 1.0
) -> Rgb:
    """Apply a function of colour to every pixel.

    Args:
        context: the picture.
        function: smooth; evaluated on the table's points only.
        strength: 0 leaves the picture as it is, bit for bit.
    """
    if strength == 0:
        return context.image.copy()
    if context.image.shape[0] * context.image.shape[1] <= DIRECT:
        if context.cancelled():
            raise Cancelled("stopped as asked; nothing was changed")
        display = context.image.reshape(-1, 3) / 255.0
        done = np.asarray(function(display), dtype=np.float64)
        mixed = display + (done - display) * strength
        small: Rgb = np.floor(np.clip(mixed, 0, 1) * 255 + 0.5).astype(np.uint8)
        return small.reshape(context.image.shape)
    grid = _grid()
    values = grid + (np.asarray(function(grid), dtype=np.float64) - grid) * strength
    return apply_table(context, values, SIZE)


def table_of(function: ColourFunction) -> NDArray[np.float32]:
    """A function of colour as a flat cube table of ``SIZE`` points a side, clipped to [0, 1]."""
    return np.clip(np.asarray(function(_grid()), dtype=np.float32), 0, 1).reshape(-1)


def apply_table(context: ToolContext, values: NDArray[Any], size: int) -> Rgb:
    """Apply a cube table by trilinear interpolation.

    Args:
        context: the picture.
        values: (size^3, 3) display RGB, clipped to [0, 1], red changing fastest.
        size: points a side, 2 to 65.
    """
    flat = np.clip(np.asarray(values, dtype=np.float32), 0, 1).reshape(-1)
    table = ImageFilter.Color3DLUT(size, flat)

    def work(block: Rgb, _top: int) -> Rgb:
        picture = Image.fromarray(np.ascontiguousarray(block)).filter(table)
        return np.asarray(picture, dtype=np.uint8)

    return map_strips(context, work)
