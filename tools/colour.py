"""Global colour: saturation, vibrance, temperature, hue, black and white, sepia.

Recolouring an object is in ``tools.recolor``; named looks are in ``tools.looks``.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from tools import oklab
from tools.colour_table import apply_colour_function
from tools.fields import smoothstep
from tools.light import decode_values, encode_values
from tools.operation import Tool, ToolArgs, ToolContext, ToolResult
from tools.white_balance import adaptation, relit

Colours = NDArray[np.float64]


def saturated(display: NDArray[Any], factor: float) -> Colours:
    """Scale chroma of display RGB in Oklab; lightness and hue stay."""
    lab = oklab.from_display(display)
    lab[..., 1:] *= factor
    return oklab.to_display(lab)


def vibrant(display: NDArray[Any], amount: float) -> Colours:
    """Raise the chroma of dull colours most, of skin least."""
    lab = oklab.from_display(display)
    chroma, hue = oklab.chroma(lab), oklab.hue(lab)
    dull = np.clip(1 - chroma / 0.26, 0, 1)
    # Skin of every tone lies within about 20 degrees of hue 50 degrees, at moderate chroma.
    skin = np.exp(-(((np.rad2deg(hue) - 50) / 20) ** 2)) * smoothstep(0.02, 0.05, chroma)
    factor = 1 + amount * (1.1 * dull) * (1 - 0.75 * skin)
    lab[..., 1:] *= np.maximum(factor, 0)[..., None]
    return oklab.to_display(lab)


def warmed(display: NDArray[Any], warmth: float, tint: float) -> Colours:
    """Change the colour of the light on display RGB."""
    return encode_values(relit(decode_values(display), adaptation(warmth, tint)))


def grey(display: NDArray[Any], weights: tuple[float, float, float]) -> Colours:
    """Grey from a weighted sum of linear light, as film behind a filter sees it."""
    mix = np.asarray(weights) / sum(weights)
    light = np.clip(decode_values(display) @ mix, 0, 1)
    return np.repeat(encode_values(light)[..., None], 3, axis=-1)


def toned(display: NDArray[Any], degrees: float, chroma: float) -> Colours:
    """One hue over the picture's lightness, strongest in midtones: sepia, cyanotype, selenium."""
    lab = oklab.from_display(display)
    lightness = lab[..., 0]
    depth = chroma * np.clip(4 * lightness * (1 - lightness), 0, 1) ** 0.7
    angle = np.deg2rad(degrees)
    done = np.stack([lightness, depth * np.cos(angle), depth * np.sin(angle)], axis=-1)
    return oklab.to_display(done)


class SaturationArgs(ToolArgs):
    """Arguments of ``saturation``."""

    amount: float = Field(default=0.25, ge=-1, le=1, description="-1 is grey, 1 doubles chroma")


def saturation(args: SaturationArgs, context: ToolContext) -> ToolResult:
    """Scale the chroma of every colour."""
    if args.amount == 0:
        return ToolResult(context.image.copy())
    return ToolResult(apply_colour_function(context, lambda c: saturated(c, 1 + args.amount)))


class VibranceArgs(ToolArgs):
    """Arguments of ``vibrance``."""

    amount: float = Field(default=0.35, ge=-1, le=1, description="acts on dull colours, not skin")


def vibrance(args: VibranceArgs, context: ToolContext) -> ToolResult:
    """Raise dull colours, protect skin and what is vivid already."""
    if args.amount == 0:
        return ToolResult(context.image.copy())
    return ToolResult(apply_colour_function(context, lambda c: vibrant(c, args.amount)))


class TemperatureArgs(ToolArgs):
    """Arguments of ``temperature``."""

    amount: float = Field(default=0.25, ge=-1, le=1, description="above 0 warmer, below cooler")
    tint: float = Field(default=0.0, ge=-1, le=1, description="above 0 magenta, below green")


def temperature(args: TemperatureArgs, context: ToolContext) -> ToolResult:
    """Change the colour of the light; luminance stays."""
    if args.amount == 0 and args.tint == 0:
        return ToolResult(context.image.copy())
    return ToolResult(apply_colour_function(context, lambda c: warmed(c, args.amount, args.tint)))


class HueArgs(ToolArgs):
    """Arguments of ``hue``."""

    degrees: float = Field(default=30.0, ge=-180, le=180, description="turn of the colour wheel")


def hue(args: HueArgs, context: ToolContext) -> ToolResult:
    """Turn every hue; lightness stays."""
    if args.degrees == 0:
        return ToolResult(context.image.copy())

    def turn(display: Colours) -> Colours:
        return oklab.to_display(oklab.rotated(oklab.from_display(display), args.degrees))

    return ToolResult(apply_colour_function(context, turn))


FILTERS: dict[str, tuple[float, float, float]] = {
    "none": (0.2126, 0.7152, 0.0722),
    "yellow": (0.40, 0.58, 0.02),
    "orange": (0.60, 0.42, -0.02),
    "red": (0.95, 0.15, -0.10),
    "green": (0.10, 0.85, 0.05),
    "blue": (0.05, 0.25, 0.70),
}
"""Glass filters in front of black-and-white film, as weights of linear R, G, B."""


class BlackAndWhiteArgs(ToolArgs):
    """Arguments of ``black_and_white``."""

    filter: Literal["none", "yellow", "orange", "red", "green", "blue"] = Field(
        default="none", description="glass in front of the lens: red darkens blue skies"
    )
    mix: tuple[float, float, float] | None = Field(
        default=None, description="weights of linear red, green, blue instead of a filter"
    )
    strength: float = Field(default=1.0, ge=0, le=1, description="0 keeps the colours")


def black_and_white(args: BlackAndWhiteArgs, context: ToolContext) -> ToolResult:
    """Turn grey through a channel mixer."""
    weights = FILTERS[args.filter]
    if args.mix is not None and sum(args.mix) > 0.01:
        weights = args.mix
    return ToolResult(apply_colour_function(context, lambda c: grey(c, weights), args.strength))


class SepiaArgs(ToolArgs):
    """Arguments of ``sepia``."""

    strength: float = Field(default=1.0, ge=0, le=1, description="0 keeps the colours")


def sepia(args: SepiaArgs, context: ToolContext) -> ToolResult:
    """Tone brown as an old silver print; lightness stays."""
    return ToolResult(
        apply_colour_function(context, lambda c: toned(c, 72.0, 0.058), args.strength)
    )


TOOLS = (
    Tool("saturation", 1, "More or less colour at the same lightness", SaturationArgs, saturation),
    Tool("vibrance", 1, "Livelier dull colours; skin is protected", VibranceArgs, vibrance),
    Tool("temperature", 1, "Warmer or cooler light, and its tint", TemperatureArgs, temperature),
    Tool("hue", 1, "Turn every hue by degrees", HueArgs, hue),
    Tool(
        "black_and_white",
        1,
        "Black and white through a filter or a channel mixer",
        BlackAndWhiteArgs,
        black_and_white,
    ),
    Tool("sepia", 1, "Brown-toned print", SepiaArgs, sepia),
)
