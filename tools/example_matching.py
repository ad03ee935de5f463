"""Finding a thing that looks like an example: by its features where it has any, else as a whole.

Local features with a consensus on one turn, scale and shift find what has texture, however it is
turned; comparing the whole example at many sizes finds what is plain. Either way the thing found
must agree with the example pixel by pixel and in colour. Knows no words (``tools.taught``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.operation import HardMask, Rgb

FEATURE_SIDE = 1280
"""Longer side at which features are sought."""
WHOLE_SIDE = 420
"""Longer side at which the whole example is compared."""
SMALLEST = 22
"""Pixels of the example's longer side below which a comparison says nothing."""
STEP = 1.18
"""Ratio of neighbouring sizes."""
INLIERS = 9
RATIO = 0.75
"""A feature is matched where its best match is this much nearer than its second."""
ALIKE = 0.62
"""Correlation from which two pictures are of one thing."""
WHOLE_ALIKE = 0.8
"""The same where only the whole agrees: plain things are alike by chance more often."""
FAR = 14.0
"""Mean difference of the colour axes in Lab from which two things are of different colours."""
MOST_FOUND = 6

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    """A thing as it looks.

    Attributes:
        rgb: HWC uint8, a crop around it.
        mask: HW bool, which pixels are it.
    """

    rgb: Rgb
    mask: HardMask


@dataclass(frozen=True)
class Found:
    """A place that looks like the example.

    Attributes:
        mask: HW bool of the picture's size.
        score: correlation with the example, up to 1.
        by: "features" or "the whole".
    """

    mask: HardMask
    score: float
    by: str


def find_like(picture: Rgb, example: Example) -> list[Found]:
    """Places in a picture that look like the example, best first; empty where none does.

    Args:
        picture: HWC uint8.
        example: at any size.
    """
    found = _by_features(picture, example)
    if found:
        return found
    return _as_whole(picture, example)


def _reduced(rgb: Rgb, side: int) -> tuple[Rgb, float]:
    scale = min(1.0, side / max(rgb.shape[:2]))
    if scale == 1.0:
        return rgb, 1.0
    small = cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8), scale


def _by_features(picture: Rgb, example: Example) -> list[Found]:
    small, scale = _reduced(picture, FEATURE_SIDE)
    sift = cv2.SIFT.create(nfeatures=6000)
    inside = example.mask.astype(np.uint8) * 255
    keys, words = sift.detectAndCompute(cv2.cvtColor(example.rgb, cv2.COLOR_RGB2GRAY), inside)
    if words is None or len(keys) < INLIERS:
        return []
    places, there = sift.detectAndCompute(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), None)
    if there is None or len(places) < INLIERS:
        return []
    pairs = cv2.BFMatcher().knnMatch(words, there, k=2)
    good = [p[0] for p in pairs if len(p) == 2 and p[0].distance < RATIO * p[1].distance]
    if len(good) < INLIERS:
        return []
    here = np.array([keys[m.queryIdx].pt for m in good], dtype=np.float64)
    to = np.array([places[m.trainIdx].pt for m in good], dtype=np.float64)
    matrix, kept = cv2.estimateAffinePartial2D(here, to, ransacReprojThreshold=4.0, maxIters=4000)
    if matrix is None or int(kept.sum()) < INLIERS:
        return []
    score = _agreement(small, example, matrix)
    if score < ALIKE:
        return []
    return [Found(_placed(example, matrix / scale, picture.shape), score, "features")]


def _placed(example: Example, matrix: Matrix, shape: tuple[int, ...]) -> HardMask:
    """The example's mask where it was found."""
    size = (shape[1], shape[0])
    warped = cv2.warpAffine(example.mask.astype(np.uint8) * 255, matrix, size)
    return np.asarray(warped >= 128, dtype=np.bool_)


def _agreement(picture: Rgb, example: Example, matrix: Matrix) -> float:
    """Correlation of the example, put in its place, with what is there; -1 for other colours."""
    size = (picture.shape[1], picture.shape[0])
    mask = cv2.warpAffine(example.mask.astype(np.uint8) * 255, matrix, size) >= 128
    if np.count_nonzero(mask) < SMALLEST**2 // 4:
        return -1.0
    moved = cv2.warpAffine(example.rgb, matrix, size, flags=cv2.INTER_LINEAR)
    return _correlation(moved[mask], picture[mask])


def _correlation(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> float:
    """Of (N, 3) colours: structure in Lab lightness, and -1 where the colours are others."""
    first, second = (
        cv2.cvtColor((c[None] / np.float32(255)).astype(np.float32), cv2.COLOR_RGB2LAB)[0]
        for c in (a, b)
    )
    if float(np.hypot(*(first - second)[:, 1:].mean(axis=0))) > FAR:
        return -1.0
    x, y = (c[:, 0] - c[:, 0].mean() for c in (first, second))
    spread = float(np.sqrt((x**2).sum() * (y**2).sum()))
    return float((x * y).sum() / spread) if spread > 1e-6 else -1.0


def _as_whole(picture: Rgb, example: Example) -> list[Found]:
    small, scale = _reduced(picture, WHOLE_SIDE)
    height, width = example.mask.shape
    limit = 0.95 * min(small.shape[0] / height, small.shape[1] / width)
    candidates: list[tuple[float, Matrix, tuple[int, int, int, int]]] = []
    size = SMALLEST / max(height, width)
    while size <= limit:
        candidates += _at_size(small, example, size)
        size *= STEP
    found: list[Found] = []
    taken: list[tuple[int, int, int, int]] = []
    for _, matrix, box in sorted(candidates, key=lambda c: -c[0]):
        if len(found) >= MOST_FOUND or any(_overlap(box, other) > 0.3 for other in taken):
            continue
        score = _agreement(small, example, matrix)
        if score >= WHOLE_ALIKE:
            taken.append(box)
            found.append(Found(_placed(example, matrix / scale, picture.shape), score, "the whole"))
    return sorted(found, key=lambda place: -place.score)


def _at_size(
    small: Rgb, example: Example, size: float
) -> list[tuple[float, Matrix, tuple[int, int, int, int]]]:
    """The best places of the example at one size."""
    height, width = example.mask.shape
    shape = (max(4, round(width * size)), max(4, round(height * size)))
    tried = cv2.resize(example.rgb, shape, interpolation=cv2.INTER_AREA)
    inside = cv2.resize(example.mask.astype(np.uint8) * 255, shape, interpolation=cv2.INTER_AREA)
    weight = np.repeat((inside >= 128).astype(np.float32)[..., None], 3, axis=2)
    if weight.sum() < 3 * SMALLEST:
        return []
    map_ = cv2.matchTemplate(
        small.astype(np.float32), tried.astype(np.float32), cv2.TM_CCOEFF_NORMED, mask=weight
    )
    scores: NDArray[Any] = np.where(np.isfinite(map_), map_, -1.0)
    found = []
    for _ in range(MOST_FOUND):
        y, x = np.unravel_index(int(scores.argmax()), scores.shape)
        best = float(scores[y, x])
        if best < WHOLE_ALIKE - 0.15:
            break
        wide, high = shape[0] / width, shape[1] / height
        matrix = np.array([[wide, 0.0, float(x)], [0.0, high, float(y)]])
        found.append((best, matrix, (int(x), int(y), int(x) + shape[0], int(y) + shape[1])))
        y0, x0 = max(0, y - shape[1] // 2), max(0, x - shape[0] // 2)
        scores[y0 : y + shape[1] // 2 + 1, x0 : x + shape[0] // 2 + 1] = -1.0
    return found


def _overlap(a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> float:
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    least = min((c[2] - c[0]) * (c[3] - c[1]) for c in (a, b))
    return width * height / least
