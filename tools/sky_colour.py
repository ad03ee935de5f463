"""A sky in another colour: its clouds, its light and the haze above the horizon stay.

Paint on a wall is one colour; a sky never is. It is deepest overhead, pale towards the horizon and
in its clouds, and hardly ever as dark as the thing that lends the colour its name. So hue comes
from the colour, light mostly from the sky that is there, and how strong the colour is from both.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter
from pydantic import Field as Argument

from tools import colour_names, oklab
from tools.colour_table import SIZE, table_of
from tools.errors import BadArguments
from tools.fields import Field, smoothstep
from tools.light import decode_values, encode_values, to_display_dithered, to_light
from tools.operation import Rgb, SoftMask, Tool, ToolArgs, ToolContext, ToolResult
from tools.recolor import aimed_at
from tools.sky_matte import SURE, SkyMatte, sky_matte
from tools.strips import map_strips

FAINTEST = 1 / 255
"""Share of sky from which a pixel is changed."""
OVERHEAD, LOW = 1.05, 0.6
"""Share of the colour's chroma overhead, and at the horizon, where there is more air before it."""
FALL = 0.05
"""How much darker than its mean a sky is overhead, and lighter at the horizon, in Oklab."""
PALE = 0.55
"""How much of the colour the whitest clouds lack."""
CLOUD = 0.14
"""So much lighter than the sky a cloud is white, where nothing is blue to tell it by."""
ROOM = 0.97
"""Lightness that nothing of a coloured sky exceeds."""


class SkyColourArgs(ToolArgs):
    """Arguments of ``sky_colour``."""

    colour: colour_names.ColourName = Argument(
        default="pink",
        min_length=1,
        max_length=60,
        description='a colour name ("purple", "pale green") or "#rrggbb"',
    )
    depth: float = Argument(default=1.0, gt=0, le=2, description="below 1 paler, above 1 deeper")
    likeness: float = Argument(
        default=0.65, ge=0, le=1, description="0 keeps the sky's own light, 1 takes the colour's"
    )


@dataclass(frozen=True)
class _Air:
    """What a sky is like, in Oklab: its median lightness, and the chroma of its bluest parts."""

    lightness: float
    chroma: float


def _air_of(matte: SkyMatte, image: Rgb) -> _Air:
    step = max(1, max(image.shape[:2]) // 500)
    inside = matte.share[::step, ::step] > SURE
    pixels = image[::step, ::step][inside]
    if not pixels.size:
        touched = matte.share >= 0.5 * float(matte.share.max())
        pixels = image[touched]
    lab = oklab.from_display(pixels / 255)
    return _Air(float(np.median(lab[:, 0])), float(np.quantile(oklab.chroma(lab), 0.8)))


def _tinted(
    display: NDArray[np.float64], air: _Air, target: NDArray[np.float64], level: float, up: float
) -> NDArray[np.float64]:
    """Display RGB of a sky's colours in the new one, (N, 3) in [0, 1].

    Args:
        display: (N, 3) in [0, 1].
        air: of the old sky.
        target: Oklab of the new colour.
        level: lightness that the old sky's median gets.
        up: height in the sky, 0 at the horizon and 1 overhead.
    """
    lab = oklab.from_display(display)
    above = lab[:, 0] - air.lightness
    light = level + above + FALL * (1 - 2 * up)
    # Rolls off where a lighter sky would have no room for its clouds.
    knee = min(level + FALL, ROOM - 0.05)
    over = np.maximum(light - knee, 0)
    light = np.minimum(light, knee) + (ROOM - knee) * (1 - np.exp(-over / (ROOM - knee)))
    hued = float(smoothstep(0.03, 0.07, np.array(air.chroma)))
    white = hued * np.clip(1 - oklab.chroma(lab) / max(air.chroma, 1e-3), 0, 1)
    white = np.maximum(white, (1 - 0.5 * hued) * smoothstep(0, CLOUD, above))
    strong = (LOW + (OVERHEAD - LOW) * up) * (1 - PALE * white)
    # What is darker than the colour holds less of it, as any shade does.
    strong = strong * np.clip(light / max(float(target[0]), 0.2), 0, 1)
    return oklab.to_display(np.stack([light, target[1] * strong, target[2] * strong], axis=-1))


def sky_colour(args: SkyColourArgs, context: ToolContext) -> ToolResult:
    """Give the sky within the mask another colour.

    Raises:
        BadArguments: there is no mask, or nothing in it.
        Cancelled: the caller asked to stop.
    """
    mask, image = context.mask, context.image
    if mask is None or not (mask > 0.5).any():
        raise BadArguments("sky_colour needs the place of the sky: mark it, or name it in the step")
    matte = sky_matte(image, mask)
    air = _air_of(matte, image)
    target, rgb = aimed_at(args.colour, args.depth, air.lightness)
    level = air.lightness + (float(target[0]) - air.lightness) * args.likeness
    tables = [
        ImageFilter.Color3DLUT(
            SIZE, table_of(partial(_tinted, air=air, target=target, level=level, up=up))
        )
        for up in (0.0, 1.0)
    ]
    height = image.shape[0]
    horizon = max(matte.lowest(), 1 / height)
    around = _around(matte, air, target, level, horizon)

    def work(block: Rgb, top: int) -> Rgb:
        rows = block.shape[0]
        if not matte.shares(top, rows).any():
            return block.copy()
        low, high = (
            to_light(np.asarray(Image.fromarray(block).filter(table), dtype=np.uint8))
            for table in tables
        )
        where = (np.arange(top, top + rows, dtype=np.float32) + np.float32(0.5)) / height
        up = np.clip(1 - where / horizon, 0, 1).astype(np.float32)[:, None, None]
        new = low + (high - low) * up
        light, was = to_light(block), matte.colour.rows(top, rows)
        edged = light + matte.held(light, top, was) * (around.rows(top, rows) - was)
        return to_display_dithered(edged + (new - edged) * matte.whole(top, rows), top)

    region: SoftMask = np.asarray(mask >= FAINTEST, dtype=np.float32)
    made = map_strips(context, work)
    return ToolResult(made, region=region, facts={"target_rgb": list(rgb)})


def _around(
    matte: SkyMatte, air: _Air, target: NDArray[np.float64], level: float, horizon: float
) -> Field:
    """The new sky's own colour around each place, linear RGB: what edges are mixed with."""
    small = matte.colour.small
    height = small.shape[0]
    display = encode_values(small).reshape(-1, 3)
    low, high = (
        decode_values(_tinted(display, air, target, level, up)).reshape(small.shape)
        for up in (0.0, 1.0)
    )
    where = (np.arange(height) + 0.5) / height
    up = np.clip(1 - where / horizon, 0, 1)[:, None, None]
    mixed = np.asarray(low + (high - low) * up, dtype=np.float32)
    return Field(mixed, matte.colour.height, matte.colour.width)


TOOLS = (
    Tool("sky_colour", 1, "Another colour for the sky, clouds kept", SkyColourArgs, sky_colour),
)
