"""What marks a drawn or painted style, measured on the pictures before and after.

Whoever made the picture is not asked. A style is told by marks that the photograph, a blurred or
grainy one and the other styles lack; it says nothing of whether the drawing is a good one.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.blocks import still_lines
from tools.fields import blurred, shrink
from tools.light import luma
from tools.operation import HardMask, Rgb, SoftMask

REDUCED = 1000
"""Longest side for everything that is a matter of strokes."""
_COMMON = 12
"""How many of the commonest colours are counted."""
_FEWEST = 400
"""Pixels below which nothing can be said."""
_SHORTEST = 240
"""Longer side below which strokes are too few pixels wide to be told apart."""

Plane = NDArray[np.float32]


@dataclass(frozen=True)
class Marks:
    """A picture after a step, beside the one before.

    Attributes:
        edges: correlation of the coarse edges before and after, [-1, 1].
        detail: correlation of the fine detail before and after, [-1, 1].
        fineness: fine detail after, in codes of 255.
        finer: fine detail after over that before.
        drawn_out: how much the fine detail runs one way at each place, [0, 1].
        chroma: mean of the largest less the smallest channel after, [0, 255].
        lightness: mean luma after, [0, 255].
        lifted: how far the darker half has gone on its way to white, [0, 1]; below 0 if darker.
        flat: share of places without any detail after, less the share before.
        ink: share of places that are nearly black after and were not before.
        few: share of pixels that have one of the dozen commonest colours.
        blocks: share of the lines between rows and columns across which nothing changes.
    """

    edges: float
    detail: float
    fineness: float
    finer: float
    drawn_out: float
    chroma: float
    lightness: float
    lifted: float
    flat: float
    ink: float
    few: float
    blocks: float


@dataclass(frozen=True)
class Demand:
    """A mark that a style must have.

    Attributes:
        mark: field of ``Marks``.
        least: smallest value that will do.
        most: largest value that will do.
        fault: what to say of a picture that lacks it.
    """

    mark: str
    fault: str
    least: float = -np.inf
    most: float = np.inf


_KEPT = Demand("edges", "the forms of the picture are lost", least=0.6)
_NOT_BLOCKS = Demand("blocks", "it is made of blocks", most=0.3)
_OWN_DETAIL = "the photograph's own detail is still there"

DEMANDS: dict[str, tuple[Demand, ...]] = {
    "sketch": (
        Demand("chroma", "it has colours", most=4),
        Demand("lightness", "there is little of the paper to be seen", least=130),
        Demand("fineness", "there are hardly any lines", least=6),
        Demand("detail", _OWN_DETAIL, most=0.9),
        Demand("edges", "the lines are not where the forms are", least=0.25),
        Demand("few", "it is flat areas, not lines", most=0.8),
        _NOT_BLOCKS,
    ),
    "watercolour": (
        Demand("lifted", "the shadows are not thin paint", least=0.08),
        Demand("detail", _OWN_DETAIL, most=0.55),
        Demand("drawn_out", "it has strokes, which washes have not", most=0.5),
        Demand("flat", "the grain of the paper is missing", most=-0.02),
        Demand("few", "it is of a few flat colours", most=0.8),
        _KEPT,
        _NOT_BLOCKS,
    ),
    "oil_painting": (
        Demand("drawn_out", "there are no strokes", least=0.58),
        Demand("detail", _OWN_DETAIL, most=0.75),
        Demand("flat", "there are no marks of a brush", most=-0.02),
        Demand("fineness", "there are no marks of a brush", least=2),
        Demand("lifted", "the shadows are pale, as oil is not", most=0.12),
        Demand("few", "it is of a few flat colours", most=0.8),
        _KEPT,
        _NOT_BLOCKS,
    ),
    "poster": (
        Demand("few", "it has more than a few colours", least=0.92),
        _KEPT,
        _NOT_BLOCKS,
    ),
    "pixel_art": (
        Demand("blocks", "it is not made of blocks", least=0.4),
        _KEPT,
    ),
    "cartoon": (
        Demand("flat", "the areas are not flat", least=0.03),
        Demand("finer", "there are no lines", least=1.02),
        Demand("few", "it is of a few inks only, as a poster is", most=0.92),
        _KEPT,
        _NOT_BLOCKS,
    ),
}
"""What each style must have. The limits lie between what the tools' own pictures of photographs
have and what the photographs, blurred or grainy ones and the other styles have."""


def fault_of(style: str, found: Marks) -> Demand | None:
    """The first demand of a style that a picture does not meet; None where it meets them all."""
    for demand in DEMANDS[style]:
        if not demand.least <= getattr(found, demand.mark) <= demand.most:
            return demand
    return None


def marks(before: Rgb, after: Rgb, mask: SoftMask | None) -> Marks | None:
    """Measure inside a mask; None where there is too little of it.

    Args:
        before: HWC uint8.
        after: HWC uint8 of the same size.
        mask: HW float32 [0, 1] where the step acted; None = everywhere.
    """
    inside = np.ones(before.shape[:2], dtype=np.bool_) if mask is None else mask > 0.99
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    if np.count_nonzero(inside) < _FEWEST:
        return None
    window = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    before, after, inside = before[window], after[window], inside[window]
    if max(inside.shape) < _SHORTEST:
        return None
    old, new = shrink(before, REDUCED), shrink(after, REDUCED)
    size = (old.shape[1], old.shape[0])
    small = cv2.resize(inside.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
    if np.count_nonzero(small) < _FEWEST:
        return None
    first, second = luma(old), luma(new)
    step = max(1.0, max(size) / 1000)
    fine_old, fine_new = first - blurred(first, 1.5 * step), second - blurred(second, 1.5 * step)
    dark = small & (first <= np.median(first[small]))
    own = new[small].astype(np.int16)
    return Marks(
        edges=_alike(_slope(first, 3 * step)[small], _slope(second, 3 * step)[small]),
        detail=_alike(fine_old[small], fine_new[small]),
        fineness=float(np.abs(fine_new[small]).mean()),
        finer=float(
            np.abs(fine_new[small]).mean() / max(float(np.abs(fine_old[small]).mean()), 0.1)
        ),
        drawn_out=_drawn_out(fine_new, 4 * step, small),
        chroma=float((own.max(axis=1) - own.min(axis=1)).mean()),
        lightness=float(second[small].mean()),
        lifted=float((second[dark] - first[dark]).mean() / max(255 - first[dark].mean(), 1)),
        flat=float((_slope(second, 0)[small] < 2).mean() - (_slope(first, 0)[small] < 2).mean()),
        ink=float(((second[small] < 40) & (first[small] > 55)).mean()),
        few=_few(after[inside]),
        blocks=still_lines(after, inside),
    )


def _slope(grey: Plane, sigma: float) -> Plane:
    soft = blurred(grey, sigma)
    across = np.asarray(cv2.Sobel(soft, cv2.CV_32F, 1, 0, scale=0.125))
    down = np.asarray(cv2.Sobel(soft, cv2.CV_32F, 0, 1, scale=0.125))
    return np.asarray(np.hypot(across, down), dtype=np.float32).reshape(grey.shape)


def _alike(first: Plane, second: Plane) -> float:
    """Correlation; 0 where either is constant."""
    a, b = first - first.mean(), second - second.mean()
    size = float(np.sqrt(float((a * a).mean()) * float((b * b).mean())))
    return float((a * b).mean()) / size if size > 1e-6 else 0.0


def _drawn_out(fine: Plane, sigma: float, inside: HardMask) -> float:
    """Coherence of the structure tensor of the fine detail, weighted by its strength."""
    across = np.asarray(cv2.Sobel(fine, cv2.CV_32F, 1, 0)).reshape(fine.shape)
    down = np.asarray(cv2.Sobel(fine, cv2.CV_32F, 0, 1)).reshape(fine.shape)
    # Strong edges run one way in every picture: what is asked is the texture between them.
    size = np.hypot(across, down)
    across, down = across / np.sqrt(size + 1), down / np.sqrt(size + 1)
    xx, xy, yy = (blurred(p, sigma) for p in (across * across, across * down, down * down))
    whole = (xx + yy)[inside]
    if float(whole.mean()) < 1e-3:
        return 0.0
    return float(np.hypot(xx - yy, 2 * xy)[inside].sum() / whole.sum())


def _few(colours: NDArray[np.uint8]) -> float:
    """Share of (N, 3) colours that are among the commonest."""
    sample = colours[:: max(1, len(colours) // 200_000)].astype(np.uint32)
    codes = (sample[:, 0] << 16) | (sample[:, 1] << 8) | sample[:, 2]
    counts = np.unique(codes, return_counts=True)[1]
    return float(np.sort(counts)[-_COMMON:].sum() / len(codes))
