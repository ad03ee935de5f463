"""Blending a candidate into its parent inside a mask, and measuring what changed where.

The promise of every step rests here: where the mask is zero the result is the parent, bit for bit.
It works in row strips, so that a 50-megapixel picture needs little memory beyond the result.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from tools.errors import BadArguments
from tools.masks import box_of, check_mask
from tools.metrics import difference_map
from tools.operation import HardMask, Rgb, SoftMask

STRIP = 256
VISIBLE = 2.3
"""Lab distance that a careful observer just notices."""
VISIBLE_LEVELS = 2
"""8-bit levels a channel may move before a change outside the mask counts (JPEG-like noise)."""


@dataclass(frozen=True)
class Leakage:
    """How much a candidate changed outside the mask, before compositing undoes it.

    Attributes:
        share: share of the pixels outside that moved by more than ``VISIBLE_LEVELS`` in a channel.
        magnitude: mean absolute change outside, in 8-bit levels.
    """

    share: float
    magnitude: float


@dataclass(frozen=True)
class Effect:
    """How much changed inside the mask.

    Attributes:
        delta_e: mean Lab distance (CIE76) over the mask.
        share: share of the mask that changed visibly.
    """

    delta_e: float
    share: float


def composite(parent: Rgb, candidate: Rgb, mask: SoftMask | HardMask) -> Rgb:
    """Blend a candidate into its parent.

    Args:
        parent: HWC uint8 RGB.
        candidate: HWC uint8 RGB of the same size.
        mask: HW; 0 gives the parent's pixel and 1 the candidate's, both bit-identical.

    Raises:
        BadArguments: sizes or types differ, or the mask leaves [0, 1].
    """
    _check(parent, candidate, mask)
    out = parent.copy()
    box = box_of(mask)
    if box is None:
        return out
    x0, _, x1, _ = box
    for y0, y1 in _strips(box[1], box[3]):
        part = mask[y0:y1, x0:x1]
        if not part.any():
            continue
        old, new = parent[y0:y1, x0:x1], candidate[y0:y1, x0:x1]
        if part.dtype == np.bool_:
            out[y0:y1, x0:x1] = np.where(part[..., None], new, old)
            continue
        # 8-bit differences are exact in float32, so weights 0 and 1 reproduce their pixel exactly.
        blend = new.astype(np.float32) - old
        blend *= part[..., None]
        blend += old
        out[y0:y1, x0:x1] = np.floor(blend + np.float32(0.5))
    return out


def unchanged_outside(parent: Rgb, child: Rgb, mask: SoftMask | HardMask) -> bool:
    """True where every pixel with mask == 0 is bit-identical; exact, no sampling."""
    _check(parent, child, mask)
    for y0, y1 in _strips(0, parent.shape[0]):
        old, new = parent[y0:y1], child[y0:y1]
        if np.array_equal(old, new):
            continue
        if (differing(old, new) & (mask[y0:y1] == 0)).any():
            return False
    return True


def differing(a: Rgb, b: Rgb) -> HardMask:
    """HW bool, True where any channel of two HWC uint8 pictures of one size differs.

    Channel by channel, since reducing over the short last axis is several times slower, and in
    strips that stay in the processor's cache.
    """
    out = np.empty(a.shape[:2], dtype=np.bool_)
    for y0, y1 in _strips(0, a.shape[0], 32):
        bits = a[y0:y1] ^ b[y0:y1]
        np.not_equal(bits[..., 0] | bits[..., 1] | bits[..., 2], 0, out=out[y0:y1])
    return out


def leakage(parent: Rgb, candidate: Rgb, mask: SoftMask | HardMask) -> Leakage:
    """What a candidate changed where it should not have; zeros where the mask covers everything."""
    _check(parent, candidate, mask)
    count = moved = total = 0
    for y0, y1 in _strips(0, parent.shape[0]):
        outside = (~mask[y0:y1].astype(np.bool_)).view(np.uint8)
        count += cv2.countNonZero(outside)
        change = cv2.absdiff(parent[y0:y1], candidate[y0:y1])
        change = cv2.bitwise_and(change, change, mask=outside)
        total += int(sum(cv2.sumElems(change)))
        first, second, third = cv2.split(change)
        most = cv2.max(cv2.max(first, second), third)
        moved += cv2.countNonZero((most > VISIBLE_LEVELS).view(np.uint8))
    if count == 0:
        return Leakage(0.0, 0.0)
    return Leakage(moved / count, total / (3 * count))


def effect(parent: Rgb, child: Rgb, mask: SoftMask | HardMask) -> Effect:
    """How strongly a step shows inside its mask (weight above one half); zeros for an empty one."""
    _check(parent, child, mask)
    count = 0
    total = shown = 0.0
    box = box_of(mask)
    if box is None:
        return Effect(0.0, 0.0)
    x0, _, x1, _ = box
    for y0, y1 in _strips(box[1], box[3]):
        inside = np.asarray(mask[y0:y1, x0:x1] > 0.5)
        here = int(np.count_nonzero(inside))
        if not here:
            continue
        count += here
        distance = difference_map(parent[y0:y1, x0:x1], child[y0:y1, x0:x1])[inside]
        total += float(distance.sum(dtype=np.float64))
        shown += float(np.count_nonzero(distance > VISIBLE))
    return Effect(total / count, shown / count) if count else Effect(0.0, 0.0)


def match_seam(parent: Rgb, candidate: Rgb, mask: HardMask) -> Rgb:
    """Remove a step in colour at the mask's edge by bending the candidate smoothly inside it.

    What separates parent and candidate just outside the mask is spread through the mask as a smooth
    membrane and added to the candidate: the gradient-domain ("Poisson") paste. Outside the mask the
    result is the parent, bit for bit.
    """
    _check(parent, candidate, mask)
    box = box_of(mask)
    if box is None:
        return parent.copy()
    margin = 8
    height, width = mask.shape
    x0, y0 = max(box[0] - margin, 0), max(box[1] - margin, 0)
    x1, y1 = min(box[2] + margin, width), min(box[3] + margin, height)
    part = mask[y0:y1, x0:x1]
    out = parent.copy()
    if part.all():
        out[y0:y1, x0:x1] = candidate[y0:y1, x0:x1]
        return out
    old, new = parent[y0:y1, x0:x1].astype(np.float32), candidate[y0:y1, x0:x1].astype(np.float32)
    bent = new + membrane(old - new, ~part)
    out[y0:y1, x0:x1][part] = np.rint(np.clip(bent[part], 0, 255)).astype(np.uint8)
    return out


def membrane(values: SoftMask, known: HardMask) -> SoftMask:
    """Fill the unknown smoothly from the known (pull-push over a pyramid, then relaxation).

    Args:
        values: HWC float32.
        known: HW bool, where ``values`` hold; at least one pixel.
    """
    weight = known.astype(np.float32)
    height, width = known.shape
    if known.all():
        return values
    if min(height, width) <= 2:
        mean = (values * weight[..., None]).sum((0, 1)) / max(float(weight.sum()), 1.0)
        return np.where(known[..., None], values, mean).astype(np.float32)
    size = ((width + 1) // 2, (height + 1) // 2)
    small_weight = cv2.resize(weight, size, interpolation=cv2.INTER_AREA)
    small = cv2.resize(values * weight[..., None], size, interpolation=cv2.INTER_AREA)
    small = small / np.maximum(small_weight, 1e-6)[..., None]
    coarse = membrane(small.astype(np.float32), np.asarray(small_weight > 0, dtype=np.bool_))
    filled = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    inside = ~known
    out: SoftMask = np.where(inside[..., None], filled, values).astype(np.float32)
    for _ in range(4):
        out[inside] = cv2.blur(out, (3, 3))[inside]
    return out


def _strips(start: int, stop: int, rows: int = STRIP) -> Iterator[tuple[int, int]]:
    for y in range(start, stop, rows):
        yield y, min(y + rows, stop)


def _check(a: Rgb, b: Rgb, mask: SoftMask | HardMask) -> None:
    for name, picture in (("parent", a), ("candidate", b)):
        if picture.ndim != 3 or picture.shape[2] != 3 or picture.dtype != np.uint8:
            raise BadArguments(
                f"the {name} must be HWC uint8 RGB, not {picture.shape} {picture.dtype}"
            )
    if a.shape != b.shape:
        raise BadArguments(f"the candidate is {b.shape[:2]} but its parent is {a.shape[:2]} (H, W)")
    check_mask(mask, (a.shape[0], a.shape[1]))
