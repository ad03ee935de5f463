"""Numbers about two pictures of a drawing, without any network: what changed, shifted or stayed.

Pictures are HWC uint8 RGB of one size, masks HW bool. It knows no ops and no verdicts.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from smartedit_model.evaluation.judge_traces import distance, lab, shines_through
from smartedit_model.world.palette import colour_names, rgb
from tools.masks import box_of, dilate
from tools.operation import HardMask, Rgb

CHANGED = 12.0
"""Distance in Lab from which a pixel changed; above mild compression and blur."""
TOUCHED = 3.0
"""Distance in Lab from which a pixel is not quite what it was."""
STRONG = 60.0
"""Distance in Lab that counts as a full change."""
SHIFTS = tuple(range(6, 61, 2))
"""Distances that a thing may be moved by, in pixels of a picture of 128."""
FACTORS = tuple(round(1.12 + 0.06 * i, 2) for i in range(14))
"""Factors that a thing may be made bigger by; smaller by their inverse."""
NOISE = 240.0
"""Mean strength of the Laplacian in grey levels that counts as full noise. Even noise of all levels
has 163 to 186, what was drawn in 360 good edits of validation scenes at most 78."""
REACH = 2

Box = tuple[float, float, float, float]


def changed(before: Rgb, after: Rgb) -> HardMask:
    """Where two pictures differ visibly, specks left out."""
    differs = (distance(before, after) > CHANGED).astype(np.uint8)
    done = cv2.morphologyEx(differs, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    return np.asarray(done > 0)


def share(part: HardMask, of: HardMask) -> float:
    """Share of the pixels of ``of`` that are in ``part``; 0 where there are none."""
    return float(np.count_nonzero(part & of)) / max(float(np.count_nonzero(of)), 1.0)


def left_of_old(before: Rgb, after: Rgb, mask: HardMask) -> float:
    """How much of the old fine detail under a mask is still there, [0, 1]."""
    return float(np.clip(shines_through(before, after, mask), 0, 1)) if mask.any() else 0.0


def trace_of_old(before: Rgb, after: Rgb, mask: HardMask) -> float:
    """``left_of_old`` where anything changed at all: what was rightly let be is no trace."""
    return left_of_old(before, after, mask & (distance(before, after) > TOUCHED))


def noise(before: Rgb, after: Rgb) -> float:
    """How much what is new differs from pixel to pixel, as noise does, [0, 1]."""
    # Rims are left out: a thin line differs from its neighbours as noise does.
    new = cv2.erode(changed(before, after).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    if np.count_nonzero(new) < 9:
        return 0.0
    grey = cv2.cvtColor(after, cv2.COLOR_RGB2GRAY)
    return float(np.clip(np.abs(cv2.Laplacian(grey, cv2.CV_32F))[new].mean() / NOISE, 0, 1))


def same_shape(before: Rgb, after: Rgb, mask: HardMask) -> float:
    """Correlation of the fine detail under a mask, [0, 1]: light and colour may have changed."""
    fine = []
    for picture in (before, after):
        light = lab(picture)[:, :, 0]
        fine.append((light - cv2.GaussianBlur(light, (0, 0), 3.0))[mask])
    if not mask.any() or min(part.std() for part in fine) < 0.1:
        return 0.0
    return float(np.clip(np.corrcoef(*fine)[0, 1], 0, 1))


def strength(before: Rgb, after: Rgb, mask: HardMask) -> float:
    """How strongly the pixels under a mask changed, [0, 1]."""
    if not mask.any():
        return 0.0
    return float(np.clip(distance(before, after)[mask].mean() / STRONG, 0, 1))


def colouring(before: Rgb, after: Rgb, mask: HardMask, name: str) -> dict[str, float]:
    """How far the changed part of a thing has gone to a colour, in Lab.

    Returns:
        ``nearest``: share of the changed pixels whose nearest colour it is; ``gone_to``: share of
        the first distance that is closed; ``close``: how close the usual colour is to it now.
    """
    where = mask & (distance(before, after) > CHANGED / 2)
    if np.count_nonzero(where) < 9:
        return {"nearest": 0.0, "gone_to": 0.0, "close": 0.0}
    names = colour_names()
    table = np.array([_lab_of(other) for other in names], dtype=np.float32)
    # Names are told by hue and chroma more than by lightness, which shading changes.
    weight = np.array([0.6, 1.0, 1.0], dtype=np.float32)
    now, was = lab(after)[where] * weight, lab(before)[where] * weight
    far = np.linalg.norm(now[:, None] - (table * weight)[None], axis=2)
    index = names.index(name)
    old = float(np.linalg.norm(np.median(was, axis=0) - table[index] * weight))
    new = float(np.linalg.norm(np.median(now, axis=0) - table[index] * weight))
    return {
        "nearest": float((far.argmin(axis=1) == index).mean()),
        "gone_to": float(np.clip((old - new) / max(old, 1.0), 0, 1)),
        "close": float(np.exp(-new / 15)),
    }


def _lab_of(name: str) -> Any:
    plain = np.rint(rgb(name)).astype(np.uint8).reshape(1, 1, 3)
    return lab(plain)[0, 0]


class Fitting:
    """How well a picture shows a thing of another picture at another place or size.

    Args:
        before: where the thing is known.
        after: where it is looked for.
        mask: the thing.
    """

    def __init__(self, before: Rgb, after: Rgb, mask: HardMask) -> None:
        self._old, self._new, self._mask = lab(before), lab(after), mask

    def moved(self, way: str) -> dict[str, float]:
        """Look for it shifted aside.

        Returns:
            ``there``: how well it fits its best new place on the right side, 1 = exactly;
            ``better``: from 0.5, by how much that beats the wrong side and its old place;
            ``amount``: the best shift, in pixels.
        """
        sign = -1 if way == "left" else 1
        steps = sorted({max(round(step * self._mask.shape[1] / 128), 1) for step in SHIFTS})
        best, far = max((self._fit(sign * step, 1.0), step) for step in steps)
        wrong = max(self._fit(-sign * step, 1.0) for step in steps[::2])
        better = best - max(wrong, self._fit(0, 1.0))
        return {"there": best, "better": (1 + better) / 2, "amount": sign * far}

    def sized(self, way: str) -> dict[str, float]:
        """Look for it at another size, its foot in its place; ``factor``: the best size."""
        factors = FACTORS if way == "bigger" else tuple(1 / factor for factor in FACTORS)
        best, factor = max((self._fit(0, factor), factor) for factor in factors)
        wrong = max(self._fit(0, 1 / factor) for factor in factors[:9:2])
        better = best - max(wrong, self._fit(0, 1.0))
        return {"there": best, "better": (1 + better) / 2, "factor": factor}

    def _fit(self, dx: float, factor: float) -> float:
        """1 where the thing, moved and scaled, is what the new picture shows; else towards 0."""
        there = placed(self._mask, dx, factor)
        if np.count_nonzero(there) < 0.5 * factor**2 * np.count_nonzero(self._mask):
            return 0.0  # it would leave the picture
        made = _warped(self._old, self._mask, dx, factor)
        apart = np.linalg.norm(made[there] - self._new[there], axis=1)
        return float(np.exp(-apart.mean() / 12))


def vacated(before: Rgb, after: Rgb, mask: HardMask, taken: HardMask) -> float:
    """How much of what a thing no longer covers still shows it; 1 = all of its detail."""
    free = mask & ~dilate(taken, 1)
    if np.count_nonzero(free) < 9:
        return 0.0
    return left_of_old(before, after, free)


def placed(mask: HardMask, dx: float, factor: float) -> HardMask:
    """A thing's mask shifted by ``dx`` pixels and grown about its foot."""
    return np.asarray(_warped(mask.astype(np.uint8), mask, dx, factor) > 0)


def _warped(image: Any, mask: HardMask, dx: float, factor: float) -> Any:
    box = box_of(mask) or (0, 0, 1, 1)
    foot = ((box[0] + box[2]) / 2, float(box[3]))
    matrix = np.array(
        [[factor, 0, foot[0] * (1 - factor) + dx], [0, factor, foot[1] * (1 - factor)]],
        dtype=np.float32,
    )
    size = (mask.shape[1], mask.shape[0])
    way = cv2.INTER_NEAREST if image.ndim == 2 else cv2.INTER_LINEAR
    return cv2.warpAffine(image, matrix, size, flags=way, borderMode=cv2.BORDER_CONSTANT)


def grown(mask: HardMask) -> HardMask:
    """A mask with its drawn rim."""
    return dilate(mask, REACH)
