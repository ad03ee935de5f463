"""Neon light: magenta and cyan signs out of frame, and bright things that glow in their colours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import Field as Argument

from tools.fields import Field, shrink, smoothstep
from tools.glow import screened, spread_light
from tools.light import luminance, to_display_dithered, to_light
from tools.operation import Rgb, Tool, ToolArgs, ToolContext, ToolResult
from tools.strips import map_strips

_MAGENTA = np.array([1.0, 0.10, 0.62], dtype=np.float32)
_CYAN = np.array([0.05, 0.72, 1.0], dtype=np.float32)


def neon_wash(image: Rgb) -> tuple[Field, Field]:
    """Light of imagined neon signs on a scene.

    Returns:
        The colour that falls on each place (a factor on its light, HWC), and the glow around what
        is bright, tinted by its side of the picture (HWC linear).
    """
    height, width = image.shape[:2]
    small = to_light(shrink(image, 480))
    rows, columns = small.shape[:2]
    x = np.linspace(0, 1, columns, dtype=np.float32)[None, :, None]
    y = np.linspace(0, 1, rows, dtype=np.float32)[:, None, None]
    # A slanted boundary looks less like a filter than a vertical one.
    side = smoothstep(0.12, 0.88, x + 0.22 * (y - 0.5))
    colour = _MAGENTA * (1 - side) + _CYAN * side
    level = luminance(small)[..., None]
    bright = smoothstep(0.25, 0.85, level)
    glow = spread_light((level * bright * colour).astype(np.float32), 1.2)
    return Field(colour.astype(np.float32), height, width), Field(glow, height, width)


def neon_lit(
    light: NDArray[np.float32],
    colour: NDArray[np.float32],
    glow: NDArray[np.float32],
    amount: float,
) -> NDArray[np.float32]:
    """Linear light of a strip under neon signs."""
    level = luminance(light)[..., None]
    share = np.float32(0.62 * amount)
    # Signs light what is mid-bright most; blacks stay black and whites stay readable.
    weight = share * (1 - np.float32(0.55) * smoothstep(0.35, 1.0, level))
    lit = light * (1 - weight) + level * (colour * np.float32(1.75)) * weight
    return screened(np.minimum(lit, 1), glow * np.float32(0.85 * amount))


class NeonArgs(ToolArgs):
    """Arguments of ``neon``."""

    amount: float = Argument(default=0.6, ge=0, le=1, description="0 does nothing")


def neon(args: NeonArgs, context: ToolContext) -> ToolResult:
    """Bathe the scene in magenta and cyan neon light."""
    if args.amount == 0:
        return ToolResult(context.image.copy())
    colour, glow = neon_wash(context.image)

    def work(block: Rgb, top: int) -> Rgb:
        rows = block.shape[0]
        lit = neon_lit(to_light(block), colour.rows(top, rows), glow.rows(top, rows), args.amount)
        return to_display_dithered(lit, top)

    return ToolResult(map_strips(context, work))


TOOLS = (Tool("neon", 1, "Magenta and cyan neon light, with glow", NeonArgs, neon),)
