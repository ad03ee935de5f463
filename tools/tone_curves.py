"""Tone curves that keep hue: applied to the largest and smallest channel, the middle follows.

The method of the DNG reference (Adobe ``RefBaselineRGBTone``): a curve on each channel alone turns
orange highlights yellow and deep blue shadows purple; scaling by luminance alone makes them
garish. Moving the extremes and keeping the middle channel's relative place keeps the hue exactly
and lets saturation follow contrast as it does on film.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.light import LINEAR, channels, rounded, to_display
from tools.operation import Rgb, ToolContext
from tools.strips import map_strips

_CODES = np.arange(256, dtype=np.float32)


def hue_kept(
    block: Rgb, axis: NDArray[np.float32], curve: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Apply ``curve`` so that hue, measured on ``axis``, stays.

    Args:
        block: HWC uint8.
        axis: what each of the 256 codes means (the code itself, or its linear light).
        curve: what it becomes, in the same units.

    Returns:
        HWC float32 in the units of ``axis``.
    """
    planes = channels(block)
    high = cv2.max(cv2.max(planes[0], planes[1]), planes[2])
    low = cv2.min(cv2.min(planes[0], planes[1]), planes[2])
    shape = block.shape[:2]

    def look_up(table: NDArray[np.float32], codes: Any) -> NDArray[np.float32]:
        return np.asarray(cv2.LUT(codes, table), dtype=np.float32).reshape(shape)

    old_low, new_low = look_up(axis, low), look_up(curve, low)
    span = look_up(axis, high) - old_low
    stretch = (look_up(curve, high) - new_low) / np.maximum(span, np.float32(1e-9))
    moved = [(look_up(axis, plane) - old_low) * stretch + new_low for plane in planes]
    return np.asarray(cv2.merge(moved), dtype=np.float32).reshape(block.shape)


def apply_display_curve(context: ToolContext, curve: NDArray[Any]) -> Rgb:
    """Apply a curve over display codes, keeping hue. ``curve``: 256 values in [0, 255]."""
    table = np.asarray(curve, dtype=np.float32)
    return map_strips(context, lambda block, _top: rounded(hue_kept(block, _CODES, table)))


def apply_light_curve(context: ToolContext, curve: NDArray[Any]) -> Rgb:
    """Apply a curve over linear light, keeping hue. ``curve``: what each code's light becomes."""
    table = np.asarray(curve, dtype=np.float32)
    return map_strips(context, lambda block, _top: to_display(hue_kept(block, LINEAR, table)))


def apply_channel_tables(context: ToolContext, tables: NDArray[Any]) -> Rgb:
    """Apply one table a channel, 256x3 values in [0, 255]; for levels and channel curves."""
    table = rounded(np.asarray(tables, dtype=np.float32)).reshape(1, 256, 3)

    def work(block: Rgb, _top: int) -> Rgb:
        return np.asarray(cv2.LUT(block, table), dtype=np.uint8).reshape(block.shape)

    return map_strips(context, work)


def lift(values: NDArray[Any], strength: float) -> NDArray[np.float64]:
    """Move midtones up (strength > 0) or down; black and white stay (Schlick's bias).

    Args:
        values: in [0, 1].
        strength: log2 of the slope at black.
    """
    slope = 2.0**strength
    return np.asarray(slope * values / ((slope - 1) * values + 1), dtype=np.float64)


def s_curve(values: NDArray[Any], strength: float, pivot: float = 0.46) -> NDArray[np.float64]:
    """Contrast about ``pivot`` with a toe and a shoulder; black, pivot and white stay.

    Args:
        values: in [0, 1], display.
        strength: log2 of the slope at the pivot; negative flattens.
        pivot: display value of an 18% grey card.
    """
    slope = 2.0**strength
    x = np.asarray(values, dtype=np.float64)
    below = np.clip(x / pivot, 0, 1)
    above = np.clip((1 - x) / (1 - pivot), 0, 1)
    toe: NDArray[np.float64] = pivot * below / (slope - (slope - 1) * below)
    shoulder = 1 - (1 - pivot) * above / (slope - (slope - 1) * above)
    curve: NDArray[np.float64] = np.where(x < pivot, toe, shoulder)
    return curve
