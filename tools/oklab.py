"""Oklab, the perceptual space the colour tools work in, and fitting colours into sRGB.

Matrices: Björn Ottosson, "A perceptual color space for image processing" (2020). Arrays are
(..., 3) float; linear RGB has the sRGB primaries, 1 = display white. L in [0, 1]; a, b about
[-0.4, 0.4].
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.light import decode_values, encode_values

Colours = NDArray[np.float64]
"""(..., 3) float64."""

_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_FROM_CONES = np.linalg.inv(_TO_CONES)
_FROM_LAB = np.linalg.inv(_TO_LAB)


def _times(colours: NDArray[Any], matrix: NDArray[np.float64]) -> Colours:
    """Apply a 3x3 matrix to (..., 3); OpenCV is several times faster at this than BLAS."""
    flat = np.ascontiguousarray(colours, dtype=np.float64).reshape(-1, 1, 3)
    done = cv2.transform(flat, matrix)
    return np.asarray(done, dtype=np.float64).reshape(np.shape(colours))


def from_light(light: NDArray[Any]) -> Colours:
    """Linear RGB -> Oklab."""
    return _times(np.cbrt(_times(light, _TO_CONES)), _TO_LAB)


def to_light(lab: NDArray[Any]) -> Colours:
    """Oklab -> linear RGB, which may lie outside [0, 1]."""
    cones = _times(lab, _FROM_LAB)
    return _times(cones * cones * cones, _FROM_CONES)


def from_display(display: NDArray[Any]) -> Colours:
    """Display RGB in [0, 1] -> Oklab."""
    return from_light(decode_values(display))


def to_display(lab: NDArray[Any]) -> Colours:
    """Oklab -> display RGB in [0, 1]; colours outside sRGB lose chroma, never hue."""
    return encode_values(to_light(fit(lab)))


def fit(lab: NDArray[Any]) -> Colours:
    """Reduce chroma, at the same lightness and hue, until a colour fits into sRGB."""
    flat: Colours = np.array(lab, dtype=np.float64).reshape(-1, 3)
    flat[:, 0] = np.clip(flat[:, 0], 0, 1)
    outside = np.flatnonzero(~_inside(flat))
    if outside.size:
        colours = flat[outside]
        low, high = np.zeros(outside.size), np.ones(outside.size)
        for _ in range(11):  # to 1/2000 of the chroma, below one code
            middle = (low + high) / 2
            fits = _inside(colours * np.stack([np.ones_like(middle), middle, middle], axis=1))
            low, high = np.where(fits, middle, low), np.where(fits, high, middle)
        flat[outside, 1:] = colours[:, 1:] * low[:, None]
    return flat.reshape(np.shape(lab))


def _inside(flat: Colours) -> NDArray[np.bool_]:
    light = to_light(flat)
    slack = 2e-4
    ok: NDArray[np.bool_] = (light.min(axis=1) >= -slack) & (light.max(axis=1) <= 1 + slack)
    return ok


def chroma(lab: NDArray[Any]) -> NDArray[np.float64]:
    """Distance from grey."""
    return np.asarray(np.hypot(lab[..., 1], lab[..., 2]), dtype=np.float64)


def hue(lab: NDArray[Any]) -> NDArray[np.float64]:
    """Hue angle in radians, (-pi, pi]; skin lies about 0.8, sky about -1.9."""
    return np.asarray(np.arctan2(lab[..., 2], lab[..., 1]), dtype=np.float64)


def rotated(lab: NDArray[Any], degrees: float) -> Colours:
    """Turn the hue of every colour."""
    angle = np.deg2rad(degrees)
    turned = np.array(lab, dtype=np.float64)
    turned[..., 1] = lab[..., 1] * np.cos(angle) - lab[..., 2] * np.sin(angle)
    turned[..., 2] = lab[..., 1] * np.sin(angle) + lab[..., 2] * np.cos(angle)
    return turned
