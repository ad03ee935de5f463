"""Sharpen: unsharp masking of luma, held back where it would draw halos."""

from __future__ import annotations

import cv2
import numpy as np
from pydantic import Field

from tools.fields import blurred
from tools.light import luma, rounded
from tools.operation import Rgb, Tool, ToolArgs, ToolContext, ToolResult
from tools.strips import map_strips

_OVERSHOOT = 0.25
"""Share of the local range by which an edge may exceed its neighbourhood."""


class SharpenArgs(ToolArgs):
    """Arguments of ``sharpen``."""

    strength: float = Field(default=0.5, ge=0, le=1, description="0 does nothing")
    radius: float | None = Field(
        default=None, ge=0.3, le=20, description="pixels; left out, it suits the picture's size"
    )


def sharpen(args: SharpenArgs, context: ToolContext) -> ToolResult:
    """Strengthen fine detail in luma; colour noise and hue stay as they are."""
    if args.strength == 0:
        return ToolResult(context.image.copy())
    radius = args.radius or max(0.8, max(context.image.shape[:2]) / 4000)
    amount = np.float32(2.4 * args.strength)
    reach = 2 * int(np.ceil(radius)) + 1
    window = np.ones((reach, reach), dtype=np.uint8)

    def work(block: Rgb, _top: int) -> Rgb:
        level = luma(block)
        detail = level - blurred(level, radius)
        # Coring: differences of a code or two are noise, not detail.
        detail = detail * (detail * detail / (detail * detail + np.float32(3.0)))
        high = cv2.dilate(level, window).reshape(level.shape)
        low = cv2.erode(level, window).reshape(level.shape)
        slack = (high - low) * np.float32(_OVERSHOOT * args.strength)
        sharp = np.clip(level + amount * detail, low - slack, high + slack)
        moved = block.astype(np.float32) + (sharp - level)[..., None].astype(np.float32)
        return rounded(moved)

    return ToolResult(map_strips(context, work, halo=int(np.ceil(4 * radius)) + reach + 1))


TOOLS = (Tool("sharpen", 1, "Crisper detail without halos", SharpenArgs, sharpen),)
