"""The segmenter that needs no weights: GrabCut on a reduced crop, then the native edge.

It separates by colour statistics alone, so a thing that looks like its surroundings comes out
ragged; it says so with a low confidence.
"""

from __future__ import annotations

import cv2
import numpy as np

from tools.grounding import Box, Region, Scene
from tools.masks import box_of, check_prompts, dilate, erode, pad_box
from tools.operation import HardMask, Rgb, SoftMask
from tools.working import upsample

LIMIT = 400
"""Longer side of what GrabCut sees: its time grows faster than the picture."""
ROUNDS = 4


class GrabCutSegmenter:
    """Points, a box or a rough mask to a mask, by colour statistics and edges."""

    name = "grabcut"

    def segment(
        self,
        scene: Scene,
        *,
        points: tuple[tuple[int, int, bool], ...] = (),
        box: Box | None = None,
        mask: HardMask | None = None,
    ) -> list[Region]:
        """One candidate, or none where nothing separates.

        A box bounds the result; a mask is where to start from; points are certain.

        Raises:
            BadArguments: nothing was given, or it lies outside the picture.
        """
        shape = (scene.image.shape[0], scene.image.shape[1])
        bounds = check_prompts(shape, points, box, mask)
        window = _window(shape, bounds, mask)
        x0, y0, x1, y1 = window
        crop = scene.image[y0:y1, x0:x1]
        scale = min(1.0, LIMIT / max(crop.shape[:2]))
        size = (max(round(crop.shape[1] * scale), 8), max(round(crop.shape[0] * scale), 8))
        small = np.asarray(cv2.resize(crop, size, interpolation=cv2.INTER_AREA))
        labels = _labels(size, window, points, box, mask)
        sure, confidence = cut(small, labels)
        if not sure.any():
            return []
        soft: SoftMask = np.zeros(shape, dtype=np.float32)
        soft[y0:y1, x0:x1] = upsample(crop, small, sure.astype(np.float32), radius=3)
        if bounds is not None:
            soft = _within(soft, bounds)
        hard = np.asarray(soft > 0.5, dtype=np.bool_)
        if not hard.any():
            return []
        return [Region(hard, confidence, self.name, "cut out by its colours", soft)]


def cut(
    small: Rgb,
    labels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]],
    rounds: int = ROUNDS,
    specks: float = 0.06,
) -> tuple[HardMask, float]:
    """Run GrabCut from labels (cv2.GC_*); the mask and how well the two sides separate.

    Parts and holes below ``specks``, a share of the largest, are taken for noise.

    Where one side has no pixel to learn from, the probable foreground is returned as it is.
    """
    probable = (labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)
    if probable.all() or not probable.any():
        return np.asarray(probable, dtype=np.bool_), 0.2
    # GrabCut seeds its clusters from OpenCV's global generator.
    cv2.setRNGSeed(7)
    out, _, _ = cv2.grabCut(
        np.ascontiguousarray(small[..., ::-1]),
        labels.copy(),
        None,
        np.zeros((1, 65)),
        np.zeros((1, 65)),
        rounds,
        cv2.GC_INIT_WITH_MASK,
    )
    mask = np.asarray((out == cv2.GC_FGD) | (out == cv2.GC_PR_FGD), dtype=np.bool_)
    mask = tidy(mask, specks)
    return mask, _separation(small, mask)


def tidy(mask: HardMask, share: float = 0.06) -> HardMask:
    """Drop specks and fill pinholes smaller than a share of the largest part."""
    out = mask.copy()
    for value in (True, False):
        count, labels, stats, _ = cv2.connectedComponentsWithStats(
            np.asarray(out == value, dtype=np.uint8), connectivity=4
        )
        if count < 2:
            continue
        areas = stats[1:, cv2.CC_STAT_AREA]
        limit = share * float(out.sum() if value else min(out.sum(), areas.max()))
        small = np.flatnonzero(areas < limit) + 1
        if small.size:
            out[np.isin(labels, small)] = not value
    return out


def _separation(small: Rgb, mask: HardMask) -> float:
    """Contrast across the mask's edge against contrast within: [0.3, 0.75]."""
    ring_in = mask & ~erode(mask, 4)
    ring_out = dilate(mask, 4) & ~mask
    if not ring_in.any() or not ring_out.any():
        return 0.3
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB).astype(np.float32)
    inner, outer = lab[ring_in], lab[ring_out]
    step = float(np.linalg.norm(inner.mean(0) - outer.mean(0)))
    spread = float(np.sqrt(inner.var(0).sum() + outer.var(0).sum())) + 5
    return float(np.clip(0.3 + 0.3 * step / spread, 0.3, 0.75))


def _window(shape: tuple[int, int], bounds: Box | None, mask: HardMask | None) -> Box:
    """The part of the picture worth looking at: what was marked and as much again around it."""
    around = box_of(mask) if bounds is None and mask is not None else bounds
    if around is None:
        return (0, 0, shape[1], shape[0])
    margin = max(around[2] - around[0], around[3] - around[1]) // 2 + 4
    return pad_box(around, margin, shape)


def _labels(
    size: tuple[int, int],
    window: Box,
    points: tuple[tuple[int, int, bool], ...],
    box: Box | None,
    mask: HardMask | None,
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    width, height = size
    x0, y0, x1, y1 = window
    fx, fy = width / (x1 - x0), height / (y1 - y0)
    labels = np.full((height, width), cv2.GC_PR_BGD, dtype=np.uint8)
    if box is not None:
        left, top = max(round((box[0] - x0) * fx), 0), max(round((box[1] - y0) * fy), 0)
        right, bottom = round((box[2] - x0) * fx), round((box[3] - y0) * fy)
        labels[:] = cv2.GC_BGD
        labels[top : max(bottom, top + 1), left : max(right, left + 1)] = cv2.GC_PR_FGD
    if mask is not None:
        part = mask[y0:y1, x0:x1].view(np.uint8)
        small = cv2.resize(part * 255, (width, height), interpolation=cv2.INTER_AREA) > 127
        reach = max(3, round(0.03 * max(width, height)))
        labels[small] = cv2.GC_PR_FGD
        labels[erode(small, 2 * reach)] = cv2.GC_FGD
        if box is None:
            labels[~dilate(small, 2 * reach)] = cv2.GC_BGD
    if points:
        clicked = [((x - x0) * fx, (y - y0) * fy, sign) for x, y, sign in points]
        _mark_points(labels, clicked, spread=box is None and mask is None)
    return labels


def _mark_points(
    labels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]],
    clicked: list[tuple[float, float, bool]],
    *,
    spread: bool,
) -> None:
    """Mark clicks as certain; without box or mask, what lies near one is probably it."""
    height, width = labels.shape
    for x, y, positive in sorted(clicked, key=lambda point: not point[2]):
        centre = (round(x), round(y))
        if spread and positive:
            cv2.circle(labels, centre, max(width, height) // 6, cv2.GC_PR_FGD, -1)
    if spread:
        edge = max(2, min(width, height) // 100)
        labels[:edge] = labels[-edge:] = cv2.GC_BGD
        labels[:, :edge] = labels[:, -edge:] = cv2.GC_BGD
    for x, y, positive in clicked:
        sure = cv2.GC_FGD if positive else cv2.GC_BGD
        cv2.circle(labels, (round(x), round(y)), max(2, max(width, height) // 80), sure, -1)


def _within(soft: SoftMask, box: Box) -> SoftMask:
    x0, y0, x1, y1 = box
    out: SoftMask = np.zeros_like(soft)
    out[y0:y1, x0:x1] = soft[y0:y1, x0:x1]
    return out
