"""The mask of a new thing, once it is seen where the model put it.

"Add a cat" without a place may act everywhere, but only the cat is wanted: what the model redrew
elsewhere is taken back. Reads the two pictures; judges nothing.
"""

from __future__ import annotations

import cv2
import numpy as np

from tools.masks import area_share, components, dilate, feather, pixels
from tools.metrics import difference_map
from tools.operation import HardMask, Rgb, SoftMask

WIDE = 0.5
"""Share of the picture from which a mask says too little about where a new thing stands."""
SEEN = 8.0
"""Smoothed distance in Lab from which a change belongs to something new."""
SMOOTH = 0.008
"""Standard deviation of the smoothing, as a share of the diagonal: single pixels say nothing."""
SHIFTED = 40.0
"""Levels that a model may shift a channel by, all over, beyond which the picture is another."""
BESIDE_LARGEST = 0.2
"""Size of a further patch, against the largest, from which it belongs to the new thing too."""
REACH = 0.012
"""How far around the patches the mask reaches, as a share of the diagonal: shadows, soft edges."""


def narrowed(parent: Rgb, made: Rgb, mask: SoftMask | None) -> SoftMask | None:
    """The mask, narrowed to where something new stands; as it was where that cannot be told.

    Args:
        parent: HWC uint8.
        made: the same size.
        mask: HW float32 [0, 1]; None = everywhere.
    """
    if mask is not None and area_share(mask) < WIDE:
        return mask
    patches = new_patches(parent, made)
    if not patches:
        return mask
    largest = max(int(patch.sum()) for patch in patches)
    seen = np.zeros(parent.shape[:2], dtype=np.bool_)
    for patch in patches:
        if int(patch.sum()) >= BESIDE_LARGEST * largest:
            seen |= patch
    if seen.mean() >= WIDE:  # the whole picture is new; nothing can be told from that
        return mask
    soft = soft_around(seen)
    return soft if mask is None else np.minimum(soft, mask)


def new_patches(parent: Rgb, made: Rgb) -> list[HardMask]:
    """Connected parts, HW bool, where two pictures of one size visibly differ, largest first.

    Where nearly everything differs, a model may only have shifted the tone of the whole; then what
    differs beside that is looked for.
    """
    seen = _differing(parent, made)
    shift = np.median(made.astype(np.int16) - parent, axis=(0, 1))
    if seen.mean() >= WIDE and np.abs(shift).max() <= SHIFTED:
        steady = np.clip(np.rint(made - shift), 0, 255).astype(np.uint8)
        beside = _differing(parent, steady)
        seen = beside if beside.mean() < WIDE else seen
    return components(seen)


def _differing(parent: Rgb, made: Rgb) -> HardMask:
    apart = difference_map(parent, made)
    deviation = max(SMOOTH * float(np.hypot(*apart.shape)), 0.6)
    return np.asarray(cv2.GaussianBlur(apart, (0, 0), deviation) > SEEN)


def soft_around(seen: HardMask) -> SoftMask:
    """What is seen to be new, HW bool, with its shadow and soft edge: HW float32 [0, 1]."""
    reach = max(pixels(REACH, seen.shape), 1)
    return feather(dilate(seen, reach), reach, "outside")
