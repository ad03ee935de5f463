"""A quick estimate of the sky and of distance, for light and weather; not for selecting things.

The sky is what touches the top edge, is smooth, and is blue or very bright. Distance grows with
height in the frame and with the dark channel (He, Sun and Tang 2009). Both are soft priors.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.fields import Field, blurred, shrink, smoothstep
from tools.light import luma, luminance, to_light
from tools.operation import Rgb


def _follow_edges(guide: NDArray[np.float32], plane: NDArray[np.float32]) -> NDArray[np.float32]:
    radius = max(2, max(plane.shape) // 60)
    done = cv2.ximgproc.guidedFilter(guide, np.ascontiguousarray(plane), radius, 1e-3)
    refined: NDArray[np.float32] = np.clip(np.asarray(done, dtype=np.float32), 0, 1)
    return refined.reshape(plane.shape)


def sky_field(image: Rgb) -> Field:
    """How far each place is sky, HW [0, 1]; all 0 where there is no likely sky."""
    small = shrink(image, 800)
    level = luma(small) / np.float32(255)
    height, width = level.shape
    empty = Field(np.zeros_like(level), *image.shape[:2])
    if min(height, width) < 16:
        return empty
    colour = small.astype(np.float32) / np.float32(255)
    # Leaves in the shade may be blue-green; no sky has more green than blue.
    blue = smoothstep(0.02, 0.12, colour[..., 2] - colour[..., 0]) * smoothstep(
        -0.03, 0.0, colour[..., 2] - colour[..., 1]
    )
    bright = smoothstep(0.68, 0.86, level) * smoothstep(
        -0.06, -0.01, colour[..., 2] - colour[..., 0]
    )
    edges = blurred(np.abs(cv2.Laplacian(level, cv2.CV_32F, ksize=3)).reshape(level.shape), 2.0)
    smooth = 1 - smoothstep(0.03, 0.12, edges)
    likely = (np.maximum(blue, bright) * smooth > 0.5).astype(np.uint8)
    likely = cv2.morphologyEx(likely, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    _count, labels = cv2.connectedComponents(likely)
    top = labels[: max(1, height // 40)]
    seen = np.bincount(top[top > 0].ravel(), minlength=1)
    kept = np.flatnonzero(seen > 0.08 * top.size)
    kept = kept[kept > 0]
    found = np.isin(labels, kept)
    if found.mean() < 0.03 or top[np.isin(top, kept)].size < 0.3 * top.size:
        return empty
    # Thin things before the sky (masts, wires) are covered too; ``covered_sky`` cuts them out
    # again pixel by pixel, finer than this copy could.
    reach = max(3, max(height, width) // 40) | 1
    closed = cv2.morphologyEx(
        found.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8)
    )
    # The edge measure above keeps a margin to what stands before the sky; give it back.
    wide = cv2.dilate(closed, np.ones((11, 11), np.uint8)).astype(np.float32)
    return Field(_follow_edges(level, wide.reshape(level.shape)), *image.shape[:2])


def sky_luminance(image: Rgb, sky: Field) -> Field:
    """Luminance of the sky around each place, HW, ignoring what stands before it."""
    values = luminance(to_light(shrink(image, 800)))
    if values.shape != sky.small.shape:
        return Field(np.ones_like(sky.small), sky.height, sky.width)
    weight = sky.small * sky.small + np.float32(1e-4)
    reach = max(values.shape) / 30
    around = blurred(values * weight, reach) / blurred(weight, reach)
    return Field(np.maximum(around, np.float32(0.01)), sky.height, sky.width)


def covered_sky(
    share: NDArray[np.float32], light_level: NDArray[np.float32], around: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Sky share of pixels at full resolution: what is much darker than its sky stands before it."""
    ratio = light_level / around
    return share * smoothstep(0.28, 0.62, ratio)


def distance_field(image: Rgb, sky: Field) -> Field:
    """Relative distance, HW [0, 1]: 0 near, 1 at the horizon or beyond."""
    small = shrink(image, 800)
    level = luma(small) / np.float32(255)
    height, width = level.shape
    up = np.linspace(1, 0, height, dtype=np.float32)[:, None] * np.ones((1, width), np.float32)
    reach = max(3, max(height, width) // 50) | 1
    dark = cv2.erode(small.min(axis=-1), np.ones((reach, reach), np.uint8))
    hazy = dark.reshape(level.shape).astype(np.float32) / np.float32(255)
    near = 0.15 + 0.6 * smoothstep(0.0, 0.75, up) + 0.35 * hazy
    mask = sky.small if sky.small.shape == level.shape else np.zeros_like(level)
    distance = np.maximum(np.clip(near, 0, 1), mask)
    refined = _follow_edges(level, distance) if min(height, width) >= 16 else distance
    return Field(blurred(refined, 1.0), *image.shape[:2])
