"""How two pictures compare, and how sharp one is: PSNR, SSIM, CIEDE2000, sharpness.

Numbers for verification and benchmarks; thresholds belong to whoever uses them.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from tools.cielab import lab_of
from tools.errors import BadArguments
from tools.masks import box_of, check_mask
from tools.operation import HardMask, Rgb, SoftMask

MOST_PIXELS = 2_000_000
"""Slow measures look at no more pixels than this, evenly spread."""
SSIM_WINDOW = 7


def psnr(a: Rgb, b: Rgb, mask: HardMask | None = None) -> float:
    """Peak signal-to-noise ratio in dB, over the mask if given; infinite where identical.

    Raises:
        BadArguments: sizes differ or the mask is empty.
    """
    _check(a, b, mask)
    total = count = 0
    for y in range(0, len(a), 256):
        squares = cv2.absdiff(a[y : y + 256], b[y : y + 256]).astype(np.uint32) ** 2
        if mask is not None:
            squares = squares[mask[y : y + 256]]
        total += int(squares.sum(dtype=np.int64))
        count += squares.size
    return math.inf if total == 0 else 10 * math.log10(255.0**2 * count / total)


def ssim(a: Rgb, b: Rgb, mask: HardMask | None = None) -> float:
    """Structural similarity of the luminance, [-1, 1], its map averaged over the mask if given.

    Raises:
        BadArguments: sizes differ, the mask is empty, or the picture is below 7x7.
    """
    # It and its SciPy take half a second to import, and most who import this compare otherwise.
    from skimage.metrics import structural_similarity

    _check(a, b, mask)
    if min(a.shape[:2]) < SSIM_WINDOW:
        raise BadArguments(f"SSIM needs at least 7x7 pixels, not {a.shape[1]}x{a.shape[0]}")
    first, second = (cv2.cvtColor(p, cv2.COLOR_RGB2GRAY) for p in (a, b))
    if mask is None:
        return float(structural_similarity(first, second, data_range=255, win_size=SSIM_WINDOW))
    box = box_of(mask)
    y0, y1, x0, x1 = _around(box or (0, 0, 1, 1), mask.shape)
    _, similar = structural_similarity(
        first[y0:y1, x0:x1], second[y0:y1, x0:x1], data_range=255, win_size=SSIM_WINDOW, full=True
    )
    return float(similar[mask[y0:y1, x0:x1]].mean())


def delta_e(a: Rgb, b: Rgb, mask: HardMask | None = None) -> float:
    """Mean CIEDE2000 colour difference (about 1 is just visible side by side), over the mask.

    Large pictures are sampled on an even grid.

    Raises:
        BadArguments: sizes differ or the mask is empty.
    """
    from skimage.color import deltaE_ciede2000  # as above

    _check(a, b, mask)
    chosen = np.ones(a.shape[:2], dtype=np.bool_) if mask is None else mask
    places = np.flatnonzero(chosen)
    places = places[:: max(len(places) // MOST_PIXELS, 1)]
    first, second = (_lab(p.reshape(-1, 3)[places]) for p in (a, b))
    return float(np.mean(deltaE_ciede2000(first, second)))


def difference_map(a: Rgb, b: Rgb) -> SoftMask:
    """CIE76 colour difference of every pixel, HW float32 from 0: quick, and coarser than CIEDE2000.

    Raises:
        BadArguments: sizes differ.
    """
    _check(a, b, None)
    first, second = lab_of(a), lab_of(b)
    apart: SoftMask = np.sqrt(((first - second) ** 2).sum(axis=2))
    return apart


def mean_lab(rgb: Rgb, mask: HardMask | None = None) -> tuple[float, float, float]:
    """Mean Lab colour over the mask: L in [0, 100], a and b signed.

    Raises:
        BadArguments: the mask is empty.
    """
    _check(rgb, rgb, mask)
    pixels = rgb.reshape(-1, 3) if mask is None else rgb[mask]
    mean = _lab(pixels[:: max(len(pixels) // MOST_PIXELS, 1)]).mean(axis=0)
    return float(mean[0]), float(mean[1]), float(mean[2])


def sharpness(rgb: Rgb, mask: HardMask | None = None) -> float:
    """Variance of the Laplacian of the luminance over the mask: higher is sharper, 0 is flat.

    Comparable only between versions of one picture at one size.

    Raises:
        BadArguments: the mask is empty.
    """
    _check(rgb, rgb, mask)
    x0, y0, x1, y1 = (0, 0, rgb.shape[1], rgb.shape[0])
    if mask is not None:
        x0, y0, x1, y1 = box_of(mask) or (x0, y0, x1, y1)
    grey = cv2.cvtColor(np.ascontiguousarray(rgb[y0:y1, x0:x1]), cv2.COLOR_RGB2GRAY)
    edges = cv2.Laplacian(grey, cv2.CV_32F)
    inside = edges if mask is None else edges[mask[y0:y1, x0:x1]]
    return float(inside.var(dtype=np.float64))


def _lab(pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> SoftMask:
    row = pixels.reshape(1, -1, 3).astype(np.float32) / np.float32(255)
    out: SoftMask = cv2.cvtColor(row, cv2.COLOR_RGB2LAB)[0]
    return out


def _around(box: tuple[int, int, int, int], shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """Rows and columns of a box with room for the SSIM window, shifted to stay inside."""
    x0, y0, x1, y1 = box
    out = []
    for low, high, size in ((y0, y1, shape[0]), (x0, x1, shape[1])):
        start = max(min(low - SSIM_WINDOW, size - 2 * SSIM_WINDOW), 0)
        out += [start, min(max(high + SSIM_WINDOW, start + 2 * SSIM_WINDOW), size)]
    return out[0], out[1], out[2], out[3]


def _check(a: Rgb, b: Rgb, mask: HardMask | None) -> None:
    if a.shape != b.shape:
        raise BadArguments(f"pictures of {a.shape} and {b.shape} cannot be compared")
    if mask is not None:
        check_mask(mask, (a.shape[0], a.shape[1]))
        if not mask.any():
            raise BadArguments("an empty mask has nothing to compare")
