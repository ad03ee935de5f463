"""Display values and linear light: the sRGB transfer, luminance, highlight roll-off.

Pure array functions; knows no tool. Curve: IEC 61966-2-1. Luminance weights: ITU-R BT.709.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.operation import Rgb

Light = NDArray[np.float32]
"""HWC float32, RGB with the sRGB primaries, linear light, 1 = display white."""
Plane = NDArray[np.float32]
"""HW float32."""

LUMINANCE = np.array([[0.2126, 0.7152, 0.0722]], dtype=np.float32)
"""Weights of linear R, G, B in luminance Y."""
LUMA = np.array([[0.299, 0.587, 0.114]], dtype=np.float32)
"""Weights of display R, G, B in luma Y' (ITU-R BT.601)."""


def decode_values(values: NDArray[Any]) -> NDArray[np.float64]:
    """Display values in [0, 1] -> linear light in [0, 1]."""
    display = np.asarray(values, dtype=np.float64)
    return np.where(
        display <= 0.04045, display / 12.92, np.power((np.maximum(display, 0) + 0.055) / 1.055, 2.4)
    )


def encode_values(values: NDArray[Any]) -> NDArray[np.float64]:
    """Linear light in [0, 1] -> display values in [0, 1]; clips what lies outside."""
    light = np.clip(np.asarray(values, dtype=np.float64), 0.0, 1.0)
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * np.power(light, 1 / 2.4) - 0.055)


LINEAR: NDArray[np.float32] = decode_values(np.arange(256) / 255).astype(np.float32)
"""Linear light of each of the 256 display codes."""
_CODES: NDArray[np.float32] = (255 * encode_values(np.arange(65536) / 65535)).astype(np.float32)
_ROUNDED: NDArray[np.uint8] = np.floor(_CODES + 0.5).astype(np.uint8)
# Between 0.06 and 0.94, so that a value which is a whole code but for table error stays that code.
_DITHER: NDArray[np.float32] = (
    np.random.Generator(np.random.PCG64(7)).uniform(0.06, 0.94, (256, 256)).astype(np.float32)
)


def to_light(image: Rgb) -> Light:
    """HWC uint8 display -> HWC float32 linear light, exact."""
    return np.asarray(cv2.LUT(image, LINEAR), dtype=np.float32).reshape(image.shape)


def _index(light: Light) -> NDArray[np.uint16]:
    scaled = light * np.float32(65535) + np.float32(0.5)
    indices: NDArray[np.uint16] = np.clip(scaled, 0, 65535, out=scaled).astype(np.uint16)
    return indices


def to_display(light: Light) -> Rgb:
    """HWC linear light -> HWC uint8 display, rounded to nearest; clips to [0, 1]."""
    return np.asarray(cv2.LUT(_index(light), _ROUNDED), dtype=np.uint8).reshape(light.shape)


def to_display_dithered(light: Light, top: int) -> Rgb:
    """Like ``to_display``, with a fixed dither, for smooth fields that would show bands.

    Args:
        light: HWC linear light of a strip.
        top: the strip's first row in the picture, so that strips join without a seam.
    """
    codes = np.asarray(cv2.LUT(_index(light), _CODES), dtype=np.float32).reshape(light.shape)
    return dithered(codes, top)


def dithered(codes: NDArray[np.float32], top: int) -> Rgb:
    """HWC float32 display values in [0, 255] -> uint8 by a fixed dither that has no bias."""
    height, width = codes.shape[:2]
    tile = np.take(_DITHER, np.arange(top, top + height) % 256, axis=0)
    noise = np.tile(tile, (1, -(-width // 256)))[:, :width]
    done: Rgb = np.clip(codes + noise[..., None], 0, 255).astype(np.uint8)
    return done


def rounded(codes: NDArray[np.float32]) -> Rgb:
    """Float32 display values in [0, 255] -> uint8, rounded to nearest."""
    done: Rgb = np.clip(codes + np.float32(0.5), 0, 255).astype(np.uint8)
    return done


def luminance(light: Light) -> Plane:
    """HWC linear light -> HW luminance."""
    return np.asarray(cv2.transform(light, LUMINANCE), dtype=np.float32).reshape(light.shape[:2])


def luma(image: NDArray[Any]) -> Plane:
    """HWC display of any type -> HW float32 luma in the same range."""
    values = image.astype(np.float32)
    return np.asarray(cv2.transform(values, LUMA), dtype=np.float32).reshape(image.shape[:2])


def channels(block: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """HWC -> its three planes, contiguous."""
    red, green, blue = cv2.split(block)
    shape = block.shape[:2]
    return red.reshape(shape), green.reshape(shape), blue.reshape(shape)


def roll_off(light: NDArray[Any], peak: Any, start: float = 0.55) -> NDArray[np.float32]:
    """Compress [start, peak] into [start, 1], smoothly: a film shoulder.

    Extended Reinhard (Reinhard et al. 2002, eq. 4) on the part above ``start``: slope 1 there, and
    ``peak`` lands exactly on 1. Where ``peak`` <= 1 there is nothing to compress.

    Args:
        light: linear light, any shape.
        peak: the brightest value that can occur, a number or an array that broadcasts.
        start: what lies below stays as it is.
    """
    span = np.float32(1 - start)
    limit = np.maximum((np.asarray(peak, dtype=np.float32) - np.float32(start)) / span, 1)
    above = np.maximum((light - np.float32(start)) / span, 0)
    compressed = above * (1 + above / (limit * limit)) / (1 + above)
    rolled: NDArray[np.float32] = np.minimum(light, np.float32(start)) + compressed * span
    return rolled
