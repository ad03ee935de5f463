"""What lens and film add: vignette and grain; also as parts of looks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from tools.fields import blurred
from tools.light import rounded, to_display_dithered, to_light
from tools.operation import Rgb, Tool, ToolArgs, ToolContext, ToolResult
from tools.strips import map_strips


def vignette_gain(
    height: int, width: int, top: int, rows: int, amount: float, midpoint: float
) -> NDArray[np.float32]:
    """Factor on linear light of some rows: 1 in the middle, falling as a lens does.

    cos^4 of an angle that grows from ``midpoint`` (share of the half diagonal) to the corners.
    """
    x = ((np.arange(width, dtype=np.float32) + 0.5) / width * 2 - 1) * np.float32(0.7071)
    y = ((np.arange(top, top + rows, dtype=np.float32) + 0.5) / height * 2 - 1) * np.float32(0.7071)
    # Between a circle and the frame's own ellipse, so that it suits wide pictures.
    aspect = float((width / height) ** 0.35)
    radius = np.hypot(x[None, :] * min(aspect, 1.0), y[:, None] / max(aspect, 1.0))
    reach = np.maximum(radius - np.float32(midpoint * 0.6), 0) / np.float32(1 - midpoint * 0.6)
    fall = 1 / (1 + np.float32(2.2 * abs(amount)) * reach * reach) ** 2
    return np.asarray(fall if amount >= 0 else 2 - fall, dtype=np.float32)


class VignetteArgs(ToolArgs):
    """Arguments of ``vignette``."""

    amount: float = Field(default=0.4, ge=-1, le=1, description="above 0 darkens the corners")
    midpoint: float = Field(default=0.35, ge=0, le=0.95, description="where it starts; 1 = corner")


def vignette(args: VignetteArgs, context: ToolContext) -> ToolResult:
    """Darken (or lighten) towards the corners, in linear light."""
    if args.amount == 0:
        return ToolResult(context.image.copy())
    height, width = context.image.shape[:2]

    def work(block: Rgb, top: int) -> Rgb:
        gain = vignette_gain(height, width, top, block.shape[0], args.amount, args.midpoint)
        return to_display_dithered(to_light(block) * gain[..., None], top)

    return ToolResult(map_strips(context, work))


def grain_plane(height: int, width: int, size: float, seed: int) -> NDArray[np.float32]:
    """Film grain of unit variance: HW float32, the same for the same seed and size.

    Args:
        height: of the picture.
        width: of the picture.
        size: 1 suits the picture's resolution, so that a print of it looks the same.
        seed: of the random numbers.
    """
    rng = np.random.Generator(np.random.SFC64(seed))
    plane = rng.standard_normal((height, width), dtype=np.float32)
    sigma = 0.45 * size * max(1.0, max(height, width) / 2200)
    soft = blurred(plane, sigma)
    spread = float(soft.std())
    return soft / np.float32(spread) if spread > 1e-6 else soft


def add_grain(
    codes: NDArray[np.float32], plane: NDArray[np.float32], top: int, amount: float, colour: float
) -> NDArray[np.float32]:
    """Grain on display values of a strip, in [0, 255]; strongest in the darker midtones.

    Colour grain reads the same plane at other places: independent there, and free.
    """
    rows = codes.shape[0]
    level = codes.mean(axis=-1) / np.float32(255)
    depth = np.sqrt(np.clip(level * (1 - level) * 4, 0, 1)) * (1.15 - 0.5 * level)
    depth *= np.float32(26 * amount)
    height, width = plane.shape
    wanted = np.arange(top, top + rows)
    grey = plane[wanted]
    result = np.empty_like(codes)
    for channel in range(3):
        noise = grey
        if colour > 0:
            shifted = plane[(wanted + (channel + 1) * height // 5) % height]
            other = np.roll(shifted, (channel + 1) * width // 4, axis=1)
            noise = grey * np.float32(1 - colour) + other * np.float32(colour)
        result[..., channel] = codes[..., channel] + depth * noise
    return result


class GrainArgs(ToolArgs):
    """Arguments of ``grain``."""

    amount: float = Field(default=0.35, ge=0, le=1, description="0 does nothing, 1 is pushed film")
    size: float = Field(default=1.0, ge=0.5, le=6, description="1 suits the resolution")
    colour: float = Field(default=0.3, ge=0, le=1, description="0 is black-and-white grain")


def grain(args: GrainArgs, context: ToolContext) -> ToolResult:
    """Film grain, strongest in darker midtones, none in black and white."""
    if args.amount == 0:
        return ToolResult(context.image.copy())
    height, width = context.image.shape[:2]
    plane = grain_plane(height, width, args.size, context.seed)

    def work(block: Rgb, top: int) -> Rgb:
        codes = add_grain(block.astype(np.float32), plane, top, args.amount, args.colour)
        return rounded(codes)

    return ToolResult(map_strips(context, work))


TOOLS = (
    Tool("vignette", 1, "Darker corners, as a lens gives", VignetteArgs, vignette),
    Tool("grain", 1, "Film grain, suited to the resolution", GrainArgs, grain),
)
