"""What the judge looks at: square crops around a box, with the box as a fourth channel.

Boxes are x0, y0, x1, y1 in units of the picture's side, so they are the same at every size.
It knows no model.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

Image = np.ndarray[Any, np.dtype[np.uint8]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]
Box = tuple[float, float, float, float]

SIDE = 64
"""Side of a crop in pixels."""
LOOKED_AT = 128
"""Pictures are brought to this side before they are cut, as in training."""
CONTEXT = 1.5
"""Side of a crop as a factor of its box's longer side."""
WHOLE: Box = (0.0, 0.0, 1.0, 1.0)


def box_of_mask(mask: Mask) -> Box | None:
    """The bounds of an HW bool mask in units of its sides; None where it is empty."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not rows.size:
        return None
    height, width = mask.shape
    return (
        float(columns[0] / width),
        float(rows[0] / height),
        float((columns[-1] + 1) / width),
        float((rows[-1] + 1) / height),
    )


def overlap(a: Box, b: Box) -> float:
    """Intersection over union of two boxes, in [0, 1]."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    both = width * height
    return both / (area(a) + area(b) - both)


def area(box: Box) -> float:
    """The area of a box in picture sides squared."""
    return (box[2] - box[0]) * (box[3] - box[1])


def moved(box: Box, dx: float, dy: float, wide: float = 1.0, high: float = 1.0) -> Box:
    """A box shifted by shares of its own sides and stretched about its middle."""
    x0, y0, x1, y1 = box
    w, h = x1 - x0, y1 - y0
    cx, cy = (x0 + x1) / 2 + dx * w, (y0 + y1) / 2 + dy * h
    return (cx - w * wide / 2, cy - h * high / 2, cx + w * wide / 2, cy + h * high / 2)


def looked_at(image: Image) -> Image:
    """A picture, HWC uint8 RGB, at the size that crops are cut from."""
    if image.shape[:2] == (LOOKED_AT, LOOKED_AT):
        return image
    shrinks = image.shape[0] >= LOOKED_AT
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    done: Image = cv2.resize(image, (LOOKED_AT, LOOKED_AT), interpolation=method)
    return done


def cut(image: Image, box: Box) -> Image:
    """The crop around a box of a picture (HWC uint8 RGB): (64, 64, 4) uint8, RGB and the box.

    `WHOLE` gives the whole picture. What lies outside the picture repeats its border.
    """
    height, width = image.shape[:2]
    x0, y0, x1, y1 = box[0] * width, box[1] * height, box[2] * width, box[3] * height
    context = 1.0 if box == WHOLE else CONTEXT
    side = max(round(max(x1 - x0, y1 - y0) * context), 12)
    left, top = round((x0 + x1 - side) / 2), round((y0 + y1 - side) / 2)
    # The part of the crop that lies in the picture is never empty, or there is nothing to repeat.
    a, b = min(max(left, 0), width - 1), min(max(top, 0), height - 1)
    c, d = max(min(left + side, width), a + 1), max(min(top + side, height), b + 1)
    inside = image[b:d, a:c]
    pads = (max(b - top, 0), max(top + side - d, 0), max(a - left, 0), max(left + side - c, 0))
    if any(pads):
        inside = cv2.copyMakeBorder(inside, *pads, cv2.BORDER_REPLICATE)
    method = cv2.INTER_AREA if side > SIDE else cv2.INTER_LINEAR
    crop = np.zeros((SIDE, SIDE, 4), np.uint8)
    crop[:, :, :3] = cv2.resize(np.ascontiguousarray(inside), (SIDE, SIDE), interpolation=method)
    scale = SIDE / side
    p, q = max(round((x0 - left) * scale), 0), max(round((y0 - top) * scale), 0)
    r, s = round((x1 - left) * scale), round((y1 - top) * scale)
    crop[q:s, p:r, 3] = 255
    return crop
