"""Marks of the drawn world's styles that can be measured, on the pictures before and after.

The recogniser knows pixel art, posters and watercolours badly; what makes them can be counted. Who
made a picture is not asked. Pictures are HWC uint8 RGB of one size.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from smartedit_model.drawings.rims import Floats
from smartedit_model.world.mood import blocky
from tools.blocks import still_lines
from tools.operation import Rgb

STILL, BLOCKY = 1, 0.6
"""Levels by which neighbouring rows differ within a block at most; share of the borders between
rows and columns that lie within blocks."""
LEVELS, NEARLY_ALL = 8, 0.97
"""How many values a channel of a poster has at most, but for a few pixels."""
ALIKE = 0.85
"""Correlation of light before and after from which the forms are still there."""
OF_EDGES = {"sketch": 0.25, "neon": 0.45}
"""The same of light and edges, for styles that draw with lines."""
WASHED, PALE = (0.55, 0.92), 0.6
"""How much of the contrast between areas thin paint leaves; and pencil leaves at most."""


def style_mark(style: str, before: Rgb, after: Rgb) -> dict[str, float]:
    """``mark``: 1 where what makes a style is there, else 0; nothing where it cannot be counted.

    Args:
        style: of the world.
        before: HWC uint8 RGB.
        after: the same size.
    """
    return {"mark": float(MARKS[style](before, after))} if style in MARKS else {}


def _pixel(before: Rgb, after: Rgb) -> bool:
    blocks = still_lines(after, within=STILL)
    made = blocks >= BLOCKY and blocks > still_lines(before, within=STILL) + 0.05
    return made and _alike(blocky(_grey(before)), _grey(after)) >= ALIKE


def _poster(before: Rgb, after: Rgb) -> bool:
    return _levels(after) <= LEVELS < _levels(before) and _kept(before, after)


def _levels(image: Rgb) -> int:
    """How many values nearly all of a channel has, of the channel that has most."""
    most = 0
    for channel in range(3):
        counts = np.sort(np.bincount(image[:, :, channel].ravel(), minlength=256))[::-1]
        share = np.cumsum(counts) / counts.sum()
        most = max(most, int(np.searchsorted(share, NEARLY_ALL)) + 1)
    return most


def _watercolour(before: Rgb, after: Rgb) -> bool:
    """Thin paint lets the paper through, and has no fine detail."""
    slope, paper = _through(before, after)
    finer = _fine(after) / max(_fine(before), 0.1)
    washed = WASHED[0] <= slope <= WASHED[1] and paper >= 20 and finer <= 0.85
    coloured = _chroma(after) >= 0.5 * _chroma(before)
    return washed and coloured and _kept(before, after)


def _sketch(before: Rgb, after: Rgb) -> bool:
    """Lines without colour on light paper, where the forms are."""
    paper = _chroma(after) <= 4 and _through(before, after)[0] <= PALE
    return paper and _alike(_edges(before), 255 - _grey(after)) >= OF_EDGES["sketch"]


def _neon(before: Rgb, after: Rgb) -> bool:
    """The dark, with light where the edges are."""
    old, new = _grey(before), _grey(after)
    dark = bool(new.mean() <= 0.75 * old.mean() and np.median(new) <= 90)
    return dark and _alike(_edges(before), new) >= OF_EDGES["neon"]


def _kept(before: Rgb, after: Rgb) -> bool:
    return _alike(_grey(before), _grey(after)) >= ALIKE


def _grey(image: Rgb) -> Floats:
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.float32)


def _chroma(image: Rgb) -> float:
    return float((image.max(axis=2).astype(np.int16) - image.min(axis=2)).mean())


def _through(before: Rgb, after: Rgb) -> tuple[float, float]:
    """The light of areas after, as a line over that before: its slope, and its start at black."""
    wide = 0.04 * min(before.shape[:2])
    old, new = (cv2.GaussianBlur(_grey(image), (0, 0), wide).ravel() for image in (before, after))
    if float(old.std()) < 1.0:
        return 1.0, 0.0
    slope, start = np.polyfit(old, new, 1)
    return float(slope), float(start)


def _fine(image: Rgb) -> float:
    grey = _grey(image)
    wide = max(0.012 * min(grey.shape), 1.0)
    return float(np.abs(grey - cv2.GaussianBlur(grey, (0, 0), wide)).mean())


def _edges(image: Rgb) -> Floats:
    wide = max(3, round(0.02 * min(image.shape[:2])) | 1)
    found = cv2.morphologyEx(_grey(image), cv2.MORPH_GRADIENT, np.ones((wide, wide), np.uint8))
    return np.asarray(found, np.float32)


def _alike(first: Floats, second: Floats) -> float:
    """Correlation; 0 where either is plain."""
    if min(float(first.std()), float(second.std())) < 1e-3:
        return 0.0
    return float(np.corrcoef(first.ravel(), second.ravel())[0, 1])


MARKS: dict[str, Callable[[Rgb, Rgb], bool]] = {
    "pixel": _pixel,
    "poster": _poster,
    "watercolour": _watercolour,
    "sketch": _sketch,
    "neon": _neon,
}
