"""The outline of a drawing of the catalogue at its place in a picture, without other things."""

from __future__ import annotations

import cv2
import numpy as np

from smartedit_model.drawings.explaining import Explanation
from smartedit_model.drawings.laying import lay
from smartedit_model.drawings.surroundings import unit_of
from smartedit_model.world.catalogue import kind
from smartedit_model.world.spec import ObjectSpec
from tools.operation import HardMask

TIMES = 4
"""How much finer than the picture it is laid out."""


def silhouette(drawn: Explanation, shape: tuple[int, ...]) -> HardMask:
    """HW bool: the pixels that a drawing covers by half, its thin rim included.

    Args:
        drawn: the drawing and its bounds in pixels.
        shape: of the picture, height and width.
    """
    unit = unit_of(shape)
    colour = kind(drawn.kind).colours[0]
    item = ObjectSpec(1, drawn.kind, colour, 0, 0, flip=drawn.flip, variant=drawn.variant)
    x0, y0, x1, y1 = drawn.box
    points = lay([item], [(x0 / unit, y0 / unit, x1 / unit, y1 / unit)]).points[0] * unit
    sheet = np.zeros((shape[0] * TIMES, shape[1] * TIMES), np.uint8)
    corners = np.rint((points * TIMES - 0.5) * 16).astype(np.int32)
    for one in item.drawing.shapes:
        loops = [corners[a:b] for a, b in one.loops]
        cv2.fillPoly(sheet, loops, 1, cv2.LINE_8, 4)
        if one.outer:
            cv2.polylines(sheet, loops[:1], True, 1, TIMES, cv2.LINE_8, 4)
    size = (shape[1], shape[0])
    return np.asarray(
        cv2.resize(sheet.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.5
    )
