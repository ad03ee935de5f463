"""Many poses of a drawing at once: the numbers of each alone."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from smartedit_model.drawings.laying import lay
from smartedit_model.drawings.surroundings import Bounds
from smartedit_model.world.render import place
from smartedit_model.world.spec import ObjectSpec


def alone(item: ObjectSpec, bounds: Bounds) -> ObjectSpec:
    """One pose, fitted by placing it again and again."""
    drawing = item.drawing
    x0, y0, x1, y1 = bounds
    for _ in range(2):
        points = place(item, drawing)
        broad, tall = points.max(axis=0) - points.min(axis=0)
        tall, broad = (y1 - y0) / float(tall), (x1 - x0) / float(broad)
        item = replace(item, scale=item.scale * tall, wide=item.wide * broad / tall)
    low = place(item, drawing).min(axis=0)
    return replace(item, x=item.x + x0 - float(low[0]), y=item.y + y0 - float(low[1]))


@pytest.mark.parametrize("key", ["car", "owl", "guitar"])
def test_poses_laid_together_are_those_laid_alone(key: str) -> None:
    """Bit for bit: sizes, places and every point, mirrored, leaning and turned too."""
    items = [
        ObjectSpec(1, key, "red", 0.3, 0.2, 1.3, flip, 0.9, taper, lean, turn=turn)
        for flip, taper, lean, turn in product(
            (False, True), (-0.06, 0.0), (0.0, 0.045), (0.0, 3.0)
        )
    ]
    bounds = [(0.1, 0.2 + 0.01 * i, 0.45, 0.7) for i in range(len(items))]
    laid = lay(items, bounds)
    for i, (item, within) in enumerate(zip(items, bounds, strict=True)):
        expected = alone(item, within)
        assert laid.item(i) == expected
        assert np.array_equal(laid.points[i], place(expected, expected.drawing))


def test_what_is_laid_fills_its_bounds() -> None:
    """As far as two rounds of fitting come."""
    bounds = (0.2, 0.3, 0.6, 0.9)
    item = ObjectSpec(1, "car", "red", 0, 0, taper=0.06, lean=0.045, turn=3.0)
    points = lay([item], [bounds]).points[0]
    found = (*points.min(axis=0), *points.max(axis=0))
    assert found == pytest.approx(bounds, abs=1e-3)
