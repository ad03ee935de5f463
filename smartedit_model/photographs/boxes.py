"""A picture to the input of the detector of things, and its output to scored boxes.

Pure arithmetic on arrays; it knows neither the network nor what its classes are called.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from smartedit_model.detectors.boxes import clipped
from smartedit_model.evaluation.crops import overlap
from smartedit_model.photographs.session import Floats
from tools.grounding import Box
from tools.operation import Rgb

STRIDE = 32
"""The network takes pictures whose sides are multiples of this."""
GREY = 114
"""What it was taught that pictures are padded with."""
FAINT = 0.1
"""Scores below which a box is nothing."""
PART = 0.7
"""What lies by this share of it in a thing of its kind is a part of that."""
SAME = 0.6
"""Two boxes that overlap by more than this are of one thing."""


@dataclass(frozen=True)
class Boxes:
    """What a network sees in a picture.

    Attributes:
        corners: (N, 4) float32, x0, y0, x1, y1 in native pixels; may lie outside.
        scores: (N, K) float32, [0, 1], of each kind; not calibrated.
    """

    corners: Floats
    scores: Floats


@dataclass(frozen=True)
class Seen:
    """One thing.

    Attributes:
        box: XYXY half-open native pixels, in the picture, not empty.
        score: [0, 1].
        kind: index of the kind that the network takes it for.
    """

    box: Box
    score: float
    kind: int


def prepared(image: Rgb, side: int) -> tuple[Floats, float]:
    """A batch of one, NCHW float32 RGB in [0, 1], and by how much the picture was scaled.

    Args:
        image: HWC uint8 RGB.
        side: of the longer side of the input, in pixels.
    """
    height, width = image.shape[:2]
    scale = side / max(height, width)
    size = (max(round(width * scale), 1), max(round(height * scale), 1))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(np.ascontiguousarray(image), size, interpolation=how)
    padded = np.full((_up(size[1]), _up(size[0]), 3), GREY, dtype=np.uint8)
    padded[: size[1], : size[0]] = small
    return padded.transpose(2, 0, 1)[None].astype(np.float32) / np.float32(255), scale


def _up(pixels: int) -> int:
    return -(-pixels // STRIDE) * STRIDE


def decoded(output: Floats, scale: float, kinds: int) -> Boxes:
    """The network's answer as boxes of native pixels; the faintest are left out.

    Args:
        output: (1, 4 + K, N): centre, width and height in input pixels, then scores.
        scale: by which the picture was scaled.
        kinds: K.

    Raises:
        ValueError: the answer has another shape.
    """
    if output.ndim != 3 or output.shape[:2] != (1, 4 + kinds):
        raise ValueError(f"answers of shape {output.shape}, not (1, {4 + kinds}, boxes)")
    rows = output[0].T
    rows = rows[rows[:, 4:].max(axis=1, initial=0.0) >= FAINT]
    middle, half = rows[:, :2], rows[:, 2:4] / 2
    corners = np.concatenate([middle - half, middle + half], axis=1) / np.float32(scale)
    return Boxes(corners.astype(np.float32), np.clip(rows[:, 4:], 0, 1).astype(np.float32))


def together(first: Boxes, second: Boxes) -> Boxes:
    """What two looks at one picture have seen."""
    return Boxes(
        np.concatenate([first.corners, second.corners]),
        np.concatenate([first.scores, second.scores]),
    )


def of_kinds(
    boxes: Boxes,
    wanted: NDArray[np.bool_],
    taken_for: NDArray[np.bool_],
    least: float,
    shape: tuple[int, int],
    most: int,
) -> tuple[Seen, ...]:
    """Things of some kinds, best first, each once.

    Args:
        boxes: what was seen.
        wanted: (K,) the kinds whose scores count.
        taken_for: (K,) a box counts only where its likeliest kind is one of these: a dog that is a
            little like a cat is no cat.
        least: the score from which a box counts.
        shape: (height, width) of the picture.
        most: no more than so many.
    """
    scores = np.where(wanted[None], boxes.scores, 0).max(axis=1, initial=0.0)
    likeliest = boxes.scores.argmax(axis=1) if len(scores) else np.zeros(0, dtype=np.int64)
    keep = np.flatnonzero((scores >= least) & taken_for[likeliest])
    corners, scores, likeliest = boxes.corners[keep], scores[keep], likeliest[keep]
    sizes = np.concatenate([corners[:, :2], corners[:, 2:] - corners[:, :2]], axis=1)
    best = cv2.dnn.NMSBoxes(sizes.tolist(), scores.tolist(), least, SAME) if len(keep) else ()
    out = []
    for at in np.asarray(best, dtype=np.int64).ravel()[:most]:
        box = clipped(corners[at].tolist(), shape)
        if box is not None:
            out.append(Seen(box, float(scores[at]), int(likeliest[at])))
    return tuple(sorted(out, key=lambda seen: -seen.score))


def with_smaller(sure: Sequence[Seen], closer: Sequence[Seen]) -> tuple[Seen, ...]:
    """Things of one look and what a closer one sees besides, best first.

    A closer look takes parts of large things, such as half a truck, for things.
    """
    kept = [
        one
        for one in closer
        if not any(
            _inside(one.box, known.box) or overlap(one.box, known.box) > SAME for known in sure
        )
    ]
    return tuple(sorted((*sure, *kept), key=lambda seen: -seen.score))


def _inside(box: Box, other: Box) -> bool:
    width = min(box[2], other[2]) - max(box[0], other[0])
    height = min(box[3], other[3]) - max(box[1], other[1])
    area = (box[2] - box[0]) * (box[3] - box[1])
    return max(width, 0) * max(height, 0) > PART * area
