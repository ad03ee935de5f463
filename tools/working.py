"""A scene at working size, and the way back: edge-aware upsampling of a small matte.

Detectors look at a reduced copy; the mattes they find are carried to native resolution by a guided
filter whose coefficients are fitted small and applied large (the "fast guided filter"), so that the
edge follows the native picture and a 12-megapixel mask costs a fraction of a second.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from tools.grounding import Box, Scene
from tools.masks import box_of, pad_box
from tools.operation import HardMask, Rgb, SoftMask

TILE = 256


@dataclass(frozen=True)
class Work:
    """A reduced copy.

    Attributes:
        rgb: HWC uint8 RGB, its longer side at most the limit asked for.
        scale: small size / native size.
    """

    rgb: Rgb
    scale: float

    @property
    def shape(self) -> tuple[int, int]:
        """(height, width) of the reduced copy."""
        return self.rgb.shape[0], self.rgb.shape[1]

    def native_box(self, box: Box, shape: tuple[int, int]) -> Box:
        """A box of the reduced copy in native pixels."""
        x0, y0, x1, y1 = (value / self.scale for value in box)
        return (
            max(int(x0), 0),
            max(int(y0), 0),
            min(round(x1), shape[1]),
            min(round(y1), shape[0]),
        )


def working(scene: Scene, limit: int = 1024) -> Work:
    """The scene's picture reduced to a longer side of at most ``limit`` pixels (cached)."""
    key = f"work:{limit}"
    if key not in scene.found:
        height, width = scene.image.shape[:2]
        scale = min(1.0, limit / max(height, width))
        if scale == 1.0:
            small = scene.image
        else:
            size = (max(round(width * scale), 1), max(round(height * scale), 1))
            source = scene.image
            if limit < 1024 and scale < 0.5:  # a reduced copy is as good a source, and quicker
                source = working(scene, 1024).rgb
            small = np.asarray(cv2.resize(source, size, interpolation=cv2.INTER_AREA))
        scene.found[key] = Work(small, scale)
    work: Work = scene.found[key]
    return work


def reduced(mask: HardMask, work: Work) -> HardMask:
    """A native mask at working size."""
    height, width = work.shape
    small = cv2.resize(mask.view(np.uint8) * 255, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(small >= 128, dtype=np.bool_)


def upsample(
    image: Rgb,
    small: Rgb,
    matte: SoftMask,
    *,
    radius: int = 4,
    eps: float = 1e-4,
    contrast: float = 1.25,
) -> SoftMask:
    """Carry a small matte to native resolution along the picture's own edges.

    Args:
        image: HWC uint8 RGB, native.
        small: HWC uint8 RGB, the same picture reduced.
        matte: HW float32 [0, 1] at the reduced size.
        radius: of the fit, in reduced pixels; the edge may move about that far.
        eps: how much contrast counts as an edge (of squared intensity); larger is smoother.
        contrast: steepens the result about one half, so that flat areas reach exactly 0 and 1.
    """
    native = (image.shape[0], image.shape[1])
    out: SoftMask = np.zeros(native, dtype=np.float32)
    box = box_of(matte > 0.01)
    if box is None:
        return out
    x0, y0, x1, y1 = pad_box(box, 2 * radius + 2, matte.shape)
    guide: SoftMask = small[y0:y1, x0:x1].astype(np.float32) / np.float32(255)
    part = matte[y0:y1, x0:x1]
    slope, offset = _fit(guide, part, radius, eps)
    # Beyond the fit's reach of the matte's own edge the answer is known: keep it exact.
    kernel = np.ones((2 * radius + 1, 2 * radius + 1), np.uint8)
    sure = np.zeros((*part.shape, 2), dtype=np.float32)
    sure[..., 0] = cv2.dilate((part > 0.05).astype(np.uint8), kernel)
    sure[..., 1] = cv2.erode((part > 0.95).astype(np.uint8), kernel, borderValue=1)
    fields = np.dstack((slope, offset, sure)).astype(np.float32)
    scale = (native[1] / matte.shape[1], native[0] / matte.shape[0])
    left, right = round(x0 * scale[0]), min(round(x1 * scale[0]), native[1])
    top, bottom = round(y0 * scale[1]), min(round(y1 * scale[1]), native[0])
    for y in range(top, bottom, TILE):
        for x in range(left, right, TILE):
            here = (slice(y, min(y + TILE, bottom)), slice(x, min(x + TILE, right)))
            # Pixel centres of the tile in the fields' coordinates.
            at = ((x + 0.5) / scale[0] - 0.5 - x0, (y + 0.5) / scale[1] - 0.5 - y0)
            known = _known(sure, here, at, scale)
            if known is not None:
                out[here] = known
                continue
            grown = _grown(fields, here, at, scale)
            rgb = image[here].astype(np.float32)
            alpha = (grown[..., :3] * rgb).sum(axis=2) / np.float32(255) + grown[..., 3]
            alpha = np.clip((alpha - 0.5) * contrast + 0.5, 0, 1)
            alpha[grown[..., 4] <= 0.5] = 0
            alpha[grown[..., 5] > 0.5] = 1
            out[here] = alpha
    return out


def _known(
    sure: SoftMask,
    here: tuple[slice, slice],
    at: tuple[float, float],
    scale: tuple[float, float],
) -> float | None:
    """0 or 1 where a whole tile is certain, so that only the edge costs time."""
    height = (here[0].stop - here[0].start) / scale[1]
    width = (here[1].stop - here[1].start) / scale[0]
    rows = slice(max(int(at[1]) - 1, 0), int(at[1] + height) + 3)
    cols = slice(max(int(at[0]) - 1, 0), int(at[0] + width) + 3)
    part = sure[rows, cols]
    if part.size == 0 or part[..., 0].max() == 0:
        return 0.0
    return 1.0 if part[..., 1].min() == 1 else None


def _grown(
    fields: SoftMask,
    here: tuple[slice, slice],
    at: tuple[float, float],
    scale: tuple[float, float],
) -> SoftMask:
    """Linear interpolation of the fields at a tile's pixels."""
    size = (here[1].stop - here[1].start, here[0].stop - here[0].start)
    shift = np.array([[1 / scale[0], 0, at[0]], [0, 1 / scale[1], at[1]]])
    planes = [
        cv2.warpAffine(
            np.ascontiguousarray(fields[..., first : first + 3]),
            shift,
            size,
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        for first in (0, 3)
    ]
    return np.concatenate(planes, axis=2)


def _fit(guide: SoftMask, matte: SoftMask, radius: int, eps: float) -> tuple[SoftMask, SoftMask]:
    """Coefficients of the colour guided filter: matte ~ slope . rgb + offset, locally."""
    size = (2 * radius + 1, 2 * radius + 1)

    def mean(values: SoftMask) -> SoftMask:
        return np.asarray(cv2.blur(values, size, borderType=cv2.BORDER_REFLECT), dtype=np.float32)

    average, level = mean(guide), mean(matte)
    covary = mean(guide * matte[..., None]) - average * level[..., None]
    r, g, b = (guide[..., i] for i in range(3))
    mr, mg, mb = (average[..., i] for i in range(3))
    rr, gg, bb = (
        mean(r * r) - mr * mr + eps,
        mean(g * g) - mg * mg + eps,
        mean(b * b) - mb * mb + eps,
    )
    rg, rb, gb = mean(r * g) - mr * mg, mean(r * b) - mr * mb, mean(g * b) - mg * mb
    # Inverse of the symmetric 3x3 covariance by cofactors.
    c00, c01, c02 = gg * bb - gb * gb, gb * rb - rg * bb, rg * gb - gg * rb
    c11, c12, c22 = rr * bb - rb * rb, rb * rg - rr * gb, rr * gg - rg * rg
    det = rr * c00 + rg * c01 + rb * c02
    u, v, w = (covary[..., i] for i in range(3))
    slope = np.dstack(
        (c00 * u + c01 * v + c02 * w, c01 * u + c11 * v + c12 * w, c02 * u + c12 * v + c22 * w)
    )
    slope /= np.maximum(det, 1e-12)[..., None]
    offset = level - (slope * average).sum(axis=2)
    return mean(slope), mean(offset)
