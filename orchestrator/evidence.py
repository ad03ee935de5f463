"""Measurements verification reasons with: looks before and after, inside a mask.

Statistics are taken on a regular sample of pixels, so that a 50-megapixel step is judged in
milliseconds; nothing here is used for the exact promise about untouched pixels. It judges nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from tools.cielab import lab_of
from tools.compositing import VISIBLE
from tools.operation import Rgb, SoftMask

SAMPLE = 120_000
"""Pixels looked at for statistics."""
TILE = 256
"""Side of the native-resolution windows used for fine detail."""


@dataclass(frozen=True)
class Look:
    """How a region looks, in CIE Lab (D65) and detail.

    Attributes:
        lightness: mean L*, [0, 100].
        dark: 10th percentile of L*.
        bright: 90th percentile of L*.
        spread: standard deviation of L*.
        chroma: mean of sqrt(a*^2 + b*^2).
        a: mean a* (green to magenta).
        b: mean b* (blue to yellow).
        detail: mean absolute Laplacian of lightness at native resolution.
    """

    lightness: float
    dark: float
    bright: float
    spread: float
    chroma: float
    a: float
    b: float
    detail: float


@dataclass(frozen=True)
class Change:
    """Before and after inside the mask.

    Attributes:
        before: how the region looked in the parent.
        after: how it looks now.
        delta_e: mean CIE76 distance of the sampled pixels.
        share: share of them that changed visibly.
        hue: mean signed hue turn in degrees, of pixels that have a hue.
        restructured: 1 - correlation of lightness: 0 where only tone changed, about 1 where other
            content stands there now.
    """

    before: Look
    after: Look
    delta_e: float
    share: float
    hue: float
    restructured: float


HAS_HUE = 8.0
REDUCED = 1024
"""Longest side for the measure of structure."""


def measure(parent: Rgb, child: Rgb, mask: SoftMask | None) -> Change | None:
    """Compare two pictures of one size inside a mask; None where the mask is (nearly) empty."""
    step = max(int(np.sqrt(parent.shape[0] * parent.shape[1] / SAMPLE)), 1)
    inside = None
    if mask is not None:
        rows, cols = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        if rows.size == 0:
            return None
        window = np.s_[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1]
        parent, child, mask = parent[window], child[window], mask[window]
        step = max(int(np.sqrt(mask.size / SAMPLE)), 1)
        inside = np.asarray(mask[::step, ::step] > 0.5)
        if not inside.any():
            inside = np.asarray(mask[::step, ::step] > 0)
        if not inside.any():
            return None
    old, new = lab_of(parent[::step, ::step]), lab_of(child[::step, ::step])
    if inside is None:
        inside = np.ones(old.shape[:2], dtype=np.bool_)
    first, second = old[inside], new[inside]
    distance = np.sqrt(((first - second) ** 2).sum(axis=1))
    return Change(
        _look(first, parent, mask),
        _look(second, child, mask),
        float(distance.mean()),
        float((distance > VISIBLE).mean()),
        _hue_turn(first, second),
        _restructured(first[:, 0], second[:, 0]),
    )


def structure(rgb: Rgb, mask: SoftMask | None) -> float:
    """Mean absolute Laplacian with the region reduced to about a thousand pixels.

    What is left to blur in a photo that is soft at native resolution.
    """
    if mask is not None and mask.any():
        rows, cols = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        window = np.s_[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1]
        rgb, mask = rgb[window], mask[window]
    scale = min(REDUCED / max(rgb.shape[:2]), 1.0)
    size = (max(round(rgb.shape[1] * scale), 1), max(round(rgb.shape[0] * scale), 1))
    # Skipping pixels costs little, and aliases before and after alike.
    step = max(int(1 / scale), 1)
    small = cv2.resize(np.ascontiguousarray(rgb[::step, ::step]), size, None, 0, 0, cv2.INTER_AREA)
    energy = np.abs(cv2.Laplacian(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), cv2.CV_32F))
    if mask is None:
        return float(energy.mean())
    inside = cv2.resize(np.ascontiguousarray(mask[::step, ::step]), size) > 0.5
    return float(energy[inside].mean()) if inside.any() else float(energy.mean())


def _look(
    lab: np.ndarray[tuple[int, ...], np.dtype[np.float32]], rgb: Rgb, mask: SoftMask | None
) -> Look:
    low, high = np.percentile(lab[:, 0], [10, 90])
    return Look(
        float(lab[:, 0].mean()),
        float(low),
        float(high),
        float(lab[:, 0].std()),
        float(np.hypot(lab[:, 1], lab[:, 2]).mean()),
        float(lab[:, 1].mean()),
        float(lab[:, 2].mean()),
        _detail(rgb, mask),
    )


def _detail(rgb: Rgb, mask: SoftMask | None) -> float:
    """Mean absolute Laplacian over a few native windows (sampling would destroy fine detail)."""
    height, width = rgb.shape[:2]
    total = count = 0.0
    for y in _starts(height):
        for x in _starts(width):
            window = np.s_[y : y + TILE, x : x + TILE]
            grey = cv2.cvtColor(np.ascontiguousarray(rgb[window]), cv2.COLOR_RGB2GRAY)
            energy = np.abs(cv2.Laplacian(grey, cv2.CV_32F))
            inside = None if mask is None else mask[window] > 0.5
            if inside is None:
                total, count = total + float(energy.sum()), count + energy.size
            elif inside.any():
                total, count = total + float(energy[inside].sum()), count + int(inside.sum())
    return total / count if count else 0.0


def _starts(length: int) -> list[int]:
    if length <= 2 * TILE:
        return list(range(0, length, TILE))
    return [0, (length - TILE) // 2, length - TILE]


def _hue_turn(
    first: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
    second: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
) -> float:
    coloured = (np.hypot(first[:, 1], first[:, 2]) > HAS_HUE) & (
        np.hypot(second[:, 1], second[:, 2]) > HAS_HUE
    )
    if not coloured.any():
        return 0.0
    before = np.arctan2(first[coloured, 2], first[coloured, 1])
    after = np.arctan2(second[coloured, 2], second[coloured, 1])
    turn = np.angle(np.exp(1j * (after - before)))
    return float(np.degrees(turn.mean()))


def _restructured(
    first: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
    second: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
) -> float:
    if first.std() < 1e-3 or second.std() < 1e-3:
        return 0.0 if abs(float(first.std() - second.std())) < 1.0 else 1.0
    return float(1 - np.corrcoef(first, second)[0, 1])
