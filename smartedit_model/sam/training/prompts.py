"""Prompts a person or a grounder might give for a known mask: boxes, clicks, rough masks.

Pure NumPy on exact masks; it knows no model. Coordinates are pixels of the mask.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from tools.masks import box_of

Mask = np.ndarray[Any, np.dtype[np.bool_]]
Floats = np.ndarray[Any, np.dtype[np.float32]]
SURE = 8.0
"""Logit of a rough mask where it is certain."""


def centre_click(mask: Mask) -> Floats:
    """The (x, y) farthest from the mask's edge, (2,) float32: where a careful person clicks."""
    padded = np.pad(mask.astype(np.uint8), 1)
    depth = cv2.distanceTransform(padded, cv2.DIST_L2, 3)[1:-1, 1:-1]
    y, x = np.unravel_index(int(np.argmax(depth)), mask.shape)
    return np.array([x, y], dtype=np.float32)


def click_in(mask: Mask, random: np.random.Generator) -> Floats:
    """A click anywhere inside, (2,) float32; half of them where the mask is widest."""
    if random.random() < 0.5:
        return centre_click(mask)
    rows, columns = np.nonzero(mask)
    chosen = int(random.integers(len(rows)))
    return np.array([columns[chosen], rows[chosen]], dtype=np.float32)


def click_outside(mask: Mask, random: np.random.Generator) -> Floats:
    """A click beside the thing, (2,) float32: within its box's surroundings, not on it."""
    x0, y0, x1, y1 = box_of(mask) or (0, 0, mask.shape[1], mask.shape[0])
    margin = max(4, (x1 - x0 + y1 - y0) // 4)
    top, left = max(y0 - margin, 0), max(x0 - margin, 0)
    near = ~mask[top : y1 + margin, left : x1 + margin]
    rows, columns = np.nonzero(near)
    if not len(rows):
        return np.array([0, 0], dtype=np.float32)
    chosen = int(random.integers(len(rows)))
    return np.array([columns[chosen] + left, rows[chosen] + top], dtype=np.float32)


def loose_box(mask: Mask, random: np.random.Generator) -> Floats:
    """The mask's XYXY box, (4,) float32; often drawn a little off, as people do."""
    box = np.array(box_of(mask) or (0, 0, 1, 1), dtype=np.float32)
    if random.random() < 0.4:
        return box
    sides = np.array([box[2] - box[0], box[3] - box[1]] * 2, dtype=np.float32)
    off = np.clip(random.normal(0, 0.06, 4), -0.15, 0.15).astype(np.float32) * sides
    moved = box + off
    height, width = mask.shape
    moved = np.clip(moved, 0, np.array([width, height, width, height], dtype=np.float32))
    if moved[2] - moved[0] < 2 or moved[3] - moved[1] < 2:
        return box
    return np.asarray(moved, dtype=np.float32)


def rough_mask(mask: Mask, random: np.random.Generator) -> Mask:
    """A mask that is nearly right: swollen, shrunk, shifted or lacking a side."""
    out = mask.astype(np.uint8)
    reach = int(random.integers(1, 4))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    kind = random.integers(4)
    if kind == 0:
        out = cv2.dilate(out, kernel)
    elif kind == 1:
        out = cv2.erode(out, kernel)
    elif kind == 2:
        shift = random.integers(-4, 5, 2)
        matrix = np.array([[1, 0, shift[0]], [0, 1, shift[1]]], dtype=np.float32)
        out = cv2.warpAffine(out, matrix, (mask.shape[1], mask.shape[0]))
    else:
        x0, y0, x1, y1 = box_of(mask) or (0, 0, 1, 1)
        cut = random.uniform(0.15, 0.4)
        if random.random() < 0.5:
            out[:, int(x1 - cut * (x1 - x0)) :] = 0
        else:
            out[int(y1 - cut * (y1 - y0)) :] = 0
    return np.asarray(out > 0) if out.any() else mask


def mask_logits(mask: Mask, side: int, inner: tuple[int, int]) -> Floats:
    """A mask as the model takes it: logits, (side, side) float32.

    Args:
        mask: HW bool in the picture's pixels.
        side: the model's mask side.
        inner: height and width the picture takes of that side; the rest is padding.
    """
    height, width = inner
    small = cv2.resize(mask.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA)
    out = np.full((side, side), -SURE, dtype=np.float32)
    out[:height, :width] = (2 * small - 1) * SURE
    return out
