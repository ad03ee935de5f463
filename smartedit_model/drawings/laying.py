"""Lays a drawing over bounds in many poses at once.

The numbers are those of placing each pose alone (``smartedit_model.world.render.place``), bit for
bit; a test holds that. It knows no pictures and judges no pose.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from smartedit_model.drawings.surroundings import Bounds
from smartedit_model.world.spec import ObjectSpec

Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, eq=False)
class Laid:
    """Poses of one drawing, each as large as its bounds, and there.

    Attributes:
        items: K, as they were before.
        scale, wide, x, y: (K,), what each has now in their place.
        points: (K, N, 2), the drawing's points in scene units.
    """

    items: Sequence[ObjectSpec]
    scale: Floats
    wide: Floats
    x: Floats
    y: Floats
    points: Floats

    def item(self, k: int) -> ObjectSpec:
        """One of them."""
        return replace(
            self.items[k],
            scale=float(self.scale[k]),
            wide=float(self.wide[k]),
            x=float(self.x[k]),
            y=float(self.y[k]),
        )


def lay(items: Sequence[ObjectSpec], bounds: Sequence[Bounds]) -> Laid:
    """Fit poses of one drawing into bounds.

    Args:
        items: at least one, all of the same drawing; scale, width and place are only where the
            fitting begins.
        bounds: x0, y0, x1, y1 of each in scene units.
    """
    x0, y0, x1, y1 = np.asarray(bounds, dtype=np.float64).T  # (K,) each
    poses = _Poses(items)
    scale, wide, x, y = (
        np.array([getattr(item, name) for item in items], dtype=np.float64)
        for name in ("scale", "wide", "x", "y")
    )
    for _ in range(2):  # a turn mixes width and height, so the first fit is not quite right
        across, up = poses.points(scale, wide)
        tall = (y1 - y0) / np.maximum((y - up.min(axis=1)) - (y - up.max(axis=1)), 1e-6)
        broad = (x1 - x0) / np.maximum((x + across.max(axis=1)) - (x + across.min(axis=1)), 1e-6)
        scale, wide = scale * tall, wide * broad / tall
    across, up = poses.points(scale, wide)
    x, y = x + x0 - (x + across.min(axis=1)), y + y0 - (y - up.max(axis=1))
    points = np.stack([x[:, None] + across, y[:, None] - up], axis=2)
    return Laid(items, scale, wide, x, y, points)


class _Poses:
    """What of some poses does not depend on how large they are.

    Args:
        items: K, all of the same drawing.
    """

    def __init__(self, items: Sequence[ObjectSpec]) -> None:
        x, self._up = items[0].drawing.points.T  # (N,) each
        self._of_unit = items[0].entry.scale
        self._mirrored = _column([item.flip for item in items])
        self._lean = _column([item.lean for item in items])
        taper = _column([item.taper for item in items])
        self._across = x * (1.0 + taper * (0.5 - self._up * 0.01))  # (K, N)
        turns = [math.radians(item.turn) for item in items]
        self._cos = _column([math.cos(turn) for turn in turns])
        self._sin = _column([math.sin(turn) for turn in turns])

    def points(self, scale: Floats, wide: Floats) -> tuple[Floats, Floats]:
        """(K, N) to the right and up of the foot, in scene units."""
        unit = (self._of_unit * scale / 100.0)[:, None]
        side = np.where(self._mirrored, -unit, unit) * wide[:, None]
        across, up = self._across * side + self._up * (self._lean * unit), self._up * unit
        return (
            self._cos * across - self._sin * up,
            self._sin * across + self._cos * up,
        )


def _column(values: Sequence[float | bool]) -> Any:
    return np.array(values)[:, None]
