"""Moves pixels: matrices between output and parent, and resampling that respects transparency.

Matrices map output pixel centres to parent coordinates, pixel centres at whole numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.errors import BadArguments
from tools.opening import MAX_PIXELS
from tools.operation import Alpha, Geometry, Rgb

Planes = NDArray[Any]
Warp = Callable[[Planes], Planes]
"""Resamples HW or HWC uint8 or float32, keeping the dtype."""


def translation(x: float, y: float, *, exact: bool = True) -> Geometry:
    """Output (0, 0) shows the parent's (x, y)."""
    return Geometry(((1.0, 0.0, x), (0.0, 1.0, y), (0.0, 0.0, 1.0)), exact)


IDENTITY = translation(0.0, 0.0)
"""The picture where it was."""


def scaling(scale_x: float, scale_y: float, left: float = 0.0, top: float = 0.0) -> Geometry:
    """Output of pixels ``scale`` parent pixels wide and high, from the parent's edge (left, top).

    ``left`` and ``top`` are edges, not centres: 0 is the left edge of the first pixel.
    """
    return Geometry(
        (
            (scale_x, 0.0, left + 0.5 * scale_x - 0.5),
            (0.0, scale_y, top + 0.5 * scale_y - 0.5),
            (0.0, 0.0, 1.0),
        ),
        exact=False,
    )


def check_output(width: int, height: int) -> None:
    """Refuse to make a picture larger than can be loaded again.

    Raises:
        BadArguments: over the limit.
    """
    if width * height > MAX_PIXELS:
        raise BadArguments(
            f"{width} x {height} is {width * height / 1e6:.0f} million pixels;"
            f" the limit is {MAX_PIXELS / 1e6:.0f} million: ask for less"
        )


def resample(rgb: Rgb, alpha: Alpha | None, warp: Warp) -> tuple[Rgb, Alpha | None]:
    """Apply a warp to pixels and alpha.

    Where anything is transparent, colours are weighted by alpha, so that the invisible colour
    behind transparent pixels does not bleed into the visible edge.

    Args:
        rgb: HWC uint8.
        alpha: HW uint8 or None.
        warp: the resampling.
    """
    if alpha is None or int(alpha.min()) == 255:
        return warp(rgb), None if alpha is None else warp(alpha)
    share = alpha.astype(np.float32)
    moved = warp(share)
    out = warp(rgb)
    # Where all the kernel saw was opaque, the plain warp is right already.
    edge = (moved > 0.5) & (np.abs(moved - 255.0) > 0.5)
    for channel in range(3):  # one at a time: the wide copies are a third as large
        weighed = warp(rgb[..., channel] * (share / 255.0))
        colour = weighed[edge] * 255.0 / moved[edge]
        out[..., channel][edge] = np.clip(np.rint(colour), 0, 255)
    return out, np.clip(np.rint(moved), 0, 255).astype(np.uint8)
