"""Global tone: exposure, brightness, contrast, gamma, levels and curves.

Tools that look at the neighbourhood of a pixel (highlights and shadows, clarity) live in
``tools.local_tone``.
"""

from __future__ import annotations

import itertools
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator
from scipy.interpolate import PchipInterpolator

from tools.light import LINEAR, roll_off
from tools.operation import Tool, ToolArgs, ToolContext, ToolResult
from tools.tone_curves import (
    apply_channel_tables,
    apply_display_curve,
    apply_light_curve,
    lift,
    s_curve,
)

_DISPLAY = np.arange(256) / 255


class ExposureArgs(ToolArgs):
    """Arguments of ``exposure``."""

    stops: float = Field(
        default=0.5, ge=-5, le=5, description="exposure value: +1 doubles the light, -1 halves it"
    )


def exposure(args: ExposureArgs, context: ToolContext) -> ToolResult:
    """Scale linear light by 2^stops; what would clip rolls off softly towards white."""
    if args.stops == 0:
        return ToolResult(context.image.copy())
    gain = 2.0**args.stops
    # A longer exposure needs an earlier shoulder to keep some tones apart below white.
    start = 0.55 if args.stops <= 1 else max(0.25, 0.55 - 0.12 * (args.stops - 1))
    return ToolResult(apply_light_curve(context, roll_off(LINEAR * gain, gain, start)))


class BrightnessArgs(ToolArgs):
    """Arguments of ``brightness``."""

    amount: float = Field(
        default=0.25, ge=-1, le=1, description="lifts (or lowers) midtones; black and white stay"
    )


def brightness(args: BrightnessArgs, context: ToolContext) -> ToolResult:
    """Lift or lower the midtones."""
    if args.amount == 0:
        return ToolResult(context.image.copy())
    return ToolResult(apply_display_curve(context, 255 * lift(_DISPLAY, 2.0 * args.amount)))


class ContrastArgs(ToolArgs):
    """Arguments of ``contrast``."""

    amount: float = Field(default=0.25, ge=-1, le=1, description="below 0 flattens")
    pivot: float = Field(
        default=0.46, ge=0.1, le=0.9, description="display value that stays as bright as it is"
    )


def contrast(args: ContrastArgs, context: ToolContext) -> ToolResult:
    """S-curve about a pivot, with a filmic toe and shoulder."""
    if args.amount == 0:
        return ToolResult(context.image.copy())
    curve = s_curve(_DISPLAY, 1.25 * args.amount, args.pivot)
    if args.amount < 0:
        # A flat picture has no pure black or white either: draw the ends in.
        curve = args.pivot + (curve - args.pivot) * (1 + 0.35 * args.amount)
    return ToolResult(apply_display_curve(context, 255 * curve))


class GammaArgs(ToolArgs):
    """Arguments of ``gamma``."""

    gamma: float = Field(
        default=1.2, ge=0.1, le=10, description="display value ^ (1/gamma): above 1 lifts midtones"
    )


def gamma(args: GammaArgs, context: ToolContext) -> ToolResult:
    """Power curve over display values."""
    if args.gamma == 1:
        return ToolResult(context.image.copy())
    return ToolResult(apply_display_curve(context, 255 * _DISPLAY ** (1 / args.gamma)))


class LevelsArgs(ToolArgs):
    """Arguments of ``levels``; the five sliders of the classic dialogue."""

    black: float = Field(default=0.02, ge=0, le=0.99, description="input that becomes the darkest")
    white: float = Field(default=0.98, ge=0.01, le=1, description="input that becomes brightest")
    gamma: float = Field(default=1.0, ge=0.1, le=10, description="above 1 lifts midtones")
    out_black: float = Field(default=0.0, ge=0, le=1, description="darkest output")
    out_white: float = Field(default=1.0, ge=0, le=1, description="brightest output")
    channel: Literal["rgb", "red", "green", "blue"] = Field(
        default="rgb", description="channel it acts on"
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.white <= self.black:
            raise ValueError(f"white ({self.white}) must be above black ({self.black})")
        return self


def levels(args: LevelsArgs, context: ToolContext) -> ToolResult:
    """Black point, white point and midtone gamma."""
    inner = np.clip((_DISPLAY - args.black) / (args.white - args.black), 0, 1)
    curve = args.out_black + (args.out_white - args.out_black) * inner ** (1 / args.gamma)
    return ToolResult(apply_channel_tables(context, 255 * _on(args.channel, curve)))


_APART = 1e-4
"""Least distance of two inputs of a curve."""


class CurvesArgs(ToolArgs):
    """Arguments of ``curves``."""

    points: tuple[tuple[float, float], ...] = Field(
        default=((0.0, 0.0), (0.25, 0.2), (0.75, 0.8), (1.0, 1.0)),
        min_length=2,
        max_length=32,
        description="(input, output) display values in [0, 1], inputs rising",
    )
    channel: Literal["rgb", "red", "green", "blue"] = Field(
        default="rgb", description="rgb keeps hue; a single channel tints"
    )

    @model_validator(mode="after")
    def _sound(self) -> Self:
        inputs = [x for x, _ in self.points]
        if any(b - a < _APART for a, b in itertools.pairwise(inputs)):
            raise ValueError(
                f"the inputs of the points must rise by {_APART} or more; got {inputs}"
            )
        if any(not 0 <= value <= 1 for point in self.points for value in point):
            raise ValueError("every value of the points must lie in [0, 1]")
        return self


def curve_through(
    points: tuple[tuple[float, float], ...],
) -> NDArray[np.float64]:
    """256 outputs in [0, 1] of a monotone cubic through the points (Fritsch and Carlson 1980).

    Unlike a plain cubic it never overshoots between two points; flat outside the first and last.
    """
    inputs = np.array([x for x, _ in points])
    # Slopes are divided by each other, so no difference may be next to nothing.
    outputs = np.round([y for _, y in points], 9)
    where = np.clip(_DISPLAY, inputs[0], inputs[-1])
    return np.clip(np.asarray(PchipInterpolator(inputs, outputs)(where), dtype=np.float64), 0, 1)


def curves(args: CurvesArgs, context: ToolContext) -> ToolResult:
    """Free tone curve through points."""
    curve = curve_through(args.points)
    if args.channel == "rgb":
        return ToolResult(apply_display_curve(context, 255 * curve))
    return ToolResult(apply_channel_tables(context, 255 * _on(args.channel, curve)))


def _on(channel: str, curve: NDArray[np.float64]) -> NDArray[np.float64]:
    """256x3: the curve on the named channel (or all), the identity on the others."""
    names = ("red", "green", "blue")
    return np.stack([curve if channel in ("rgb", name) else _DISPLAY for name in names], axis=1)


TOOLS = (
    Tool(
        "exposure",
        1,
        "Brighten or darken as a longer or shorter exposure would",
        ExposureArgs,
        exposure,
    ),
    Tool(
        "brightness", 1, "Lift or lower midtones; black and white stay", BrightnessArgs, brightness
    ),
    Tool(
        "contrast",
        1,
        "More or less contrast about middle grey, without hue shifts",
        ContrastArgs,
        contrast,
    ),
    Tool("gamma", 1, "Power curve on the midtones", GammaArgs, gamma),
    Tool("levels", 1, "Black point, white point and midtone gamma", LevelsArgs, levels),
    Tool("curves", 1, "Tone curve through points, on all channels or one", CurvesArgs, curves),
)
