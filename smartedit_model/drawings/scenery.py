"""Another backdrop for a drawing, as the drawn world paints it, for a picture of any shape.

It paints what is behind things, not the things, and the shadows at their feet.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from smartedit_model.drawings.surroundings import Bounds, unit_of
from smartedit_model.world.backdrops import LIGHTS, paint_backdrop
from smartedit_model.world.canvas import LARGEST, SMALLEST, Canvas
from smartedit_model.world.render import SHADOW, shade_under, shadow_under
from smartedit_model.world.spec import SceneSpec
from tools.operation import Rgb


@dataclass(frozen=True)
class Scenery:
    """What is to be painted.

    Attributes:
        backdrop, time, weather: as in a ``SceneSpec``.
        look: a number that decides colours and furnishing.
        horizon: where the ground begins, as a share of the picture's height.
    """

    backdrop: str
    time: str
    weather: str
    look: int
    horizon: float


def painted_backdrop(asked: Scenery, shape: tuple[int, ...]) -> Rgb:
    """The backdrop alone, without the weather that falls over all.

    The world's pictures are square: of another shape, a part of a larger one is taken.

    Args:
        asked: what it shows.
        shape: height and width of the picture.
    """
    height, width = shape[0], shape[1]
    side = max(height, width)
    # So much of the square is above the picture, and to its left, that the horizon comes out right.
    top = round(min(max(0.49 * side - asked.horizon * height, 0), side - height))
    left = (side - width) // 2
    horizon = (asked.horizon * height + top) / side
    size = min(max(side, SMALLEST), LARGEST)
    canvas = Canvas(size, LIGHTS[asked.time])
    spec = SceneSpec(0, asked.backdrop, asked.look, horizon, (), asked.weather, asked.time)
    paint_backdrop(canvas, spec)
    square, _ = canvas.finish()
    if size != side:
        square = cv2.resize(square, (side, side), interpolation=cv2.INTER_CUBIC)
    return np.ascontiguousarray(square[top : top + height, left : left + width])


def with_shadows(ground: Rgb, feet: tuple[Bounds, ...], time: str) -> Rgb:
    """The ground with the shadows of what stands there, each given by its bounds."""
    out, unit = ground.copy(), unit_of(ground.shape)
    for x0, _, x1, foot in feet:
        cx, cy, rx, ry = shadow_under(x0, x1, foot)
        wide = SHADOW[0][0]
        reach = (cx - wide * rx, cy - wide * ry, cx + wide * rx, cy + wide * ry)
        a, b, c, d = (round(value * unit) for value in reach)
        a, b = max(a - 1, 0), max(b - 1, 0)
        c, d = min(c + 2, out.shape[1]), min(d + 2, out.shape[0])
        if c <= a or d <= b:
            continue
        canvas = Canvas.over(out, (a, b, c, d), unit, LIGHTS[time])
        shade_under(canvas, cx, cy, rx, ry)
        out[b:d, a:c], _ = canvas.finish()
    return out
