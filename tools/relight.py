"""Relight: another time of day, from night to golden hour.

Each light is a recipe: how bright the scene should be, how far rods take over from cones
(Purkinje shift), the colour of the light, the sky's two colours, and what becomes of lamps. Every
part scales with the strength, so half a night is a dusk and not a double exposure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field as Argument

from tools.fields import Field, blurred, shrink, shrink_plane, smoothstep
from tools.film import vignette_gain
from tools.glow import mean_luminance, screened, spread_light
from tools.grounding import Scene
from tools.light import LINEAR, LUMINANCE, luminance, roll_off, to_display_dithered, to_light
from tools.low_sun import lit_and_shaded, low_sun
from tools.operation import Rgb, Tool, ToolArgs, ToolContext, ToolResult
from tools.sky import find_sky
from tools.sky_estimate import covered_sky, sky_field, sky_luminance
from tools.sky_matte import SkyMatte, sky_matte
from tools.strips import map_strips
from tools.white_balance import adaptation

Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Light:
    """A time of day.

    Attributes:
        key: log-average luminance to reach.
        direction: -1 only darkens, 1 only brightens, 0 both.
        rods: [0, 1] share of colourless, bluish night vision.
        warmth: of the light, as in ``white_balance.adaptation``.
        tint: of the light.
        contrast: exponent on linear light; above 1 deepens shadows.
        saturation: factor on colour.
        sky: how far the sky takes the colours below.
        top: linear RGB of the sky overhead.
        horizon: linear RGB of the sky at its lower end.
        haze: linear RGB of light spread over the scene from the sun at the horizon.
        shade: warmth of what the sun does not reach; None = the light's own.
        lift: how much brighter the sun makes what it reaches, and darker what it does not.
        most: factor by which the whole gets at most brighter or darker.
        vignette: amount.
        lamps: [0, 1] how far lamps and lit windows stay lit.
    """

    key: float
    direction: int = 0
    rods: float = 0.0
    warmth: float = 0.0
    tint: float = 0.0
    contrast: float = 1.0
    saturation: float = 1.0
    sky: float = 0.0
    top: Colour = (0.0, 0.0, 0.0)
    horizon: Colour = (0.0, 0.0, 0.0)
    haze: Colour = (0.0, 0.0, 0.0)
    shade: float | None = None
    lift: float = 0.0
    most: float = 40.0
    vignette: float = 0.0
    lamps: float = 0.0


LIGHTS: dict[str, Light] = {
    "night": Light(
        key=0.038, direction=-1, rods=0.5, warmth=-0.35, contrast=1.05, sky=0.92,
        top=(0.004, 0.008, 0.026), horizon=(0.018, 0.030, 0.072), vignette=0.3, lamps=1.0,
    ),
    "dusk": Light(
        key=0.07, direction=-1, rods=0.3, warmth=-0.25, tint=0.12, contrast=1.05, sky=0.85,
        top=(0.020, 0.032, 0.095), horizon=(0.28, 0.13, 0.12), haze=(0.05, 0.02, 0.02),
        vignette=0.25, lamps=0.9,
    ),
    "blue hour": Light(
        key=0.085, direction=-1, rods=0.3, warmth=-0.55, contrast=1.03, sky=0.8,
        top=(0.022, 0.055, 0.18), horizon=(0.12, 0.17, 0.32), vignette=0.2, lamps=1.0,
    ),
    "sunset": Light(
        key=0.17, direction=-1, warmth=0.85, tint=0.12, contrast=1.06, saturation=1.15, sky=0.9,
        top=(0.11, 0.10, 0.24), horizon=(1.0, 0.42, 0.12), haze=(0.26, 0.085, 0.015),
        shade=0.1, lift=0.16, vignette=0.2, lamps=0.4,
    ),
    "sunrise": Light(
        key=0.15, direction=-1, warmth=0.5, tint=0.14, contrast=1.0, saturation=1.04, sky=0.85,
        top=(0.25, 0.28, 0.45), horizon=(1.0, 0.58, 0.36), haze=(0.15, 0.075, 0.05),
        vignette=0.12, lamps=0.3,
    ),
    "golden hour": Light(
        key=0.19, warmth=0.85, tint=0.04, contrast=1.1, saturation=1.12, sky=0.72,
        top=(0.26, 0.40, 0.66), horizon=(1.0, 0.66, 0.27), haze=(0.26, 0.125, 0.03),
        shade=0.12, lift=0.2, most=1.5, vignette=0.15, lamps=0.2,
    ),
    "overcast": Light(
        key=0.16, direction=-1, warmth=-0.12, contrast=0.86, saturation=0.68, sky=0.85,
        top=(0.40, 0.42, 0.45), horizon=(0.66, 0.68, 0.70),
    ),
    "day": Light(
        key=0.20, direction=1, warmth=0.06, contrast=0.97, saturation=1.06, sky=0.35,
        top=(0.16, 0.34, 0.72), horizon=(0.55, 0.70, 0.90),
    ),
}  # fmt: skip

_ROD_COLOUR = np.array([0.62, 0.92, 1.75], dtype=np.float32)
_ROD_WEIGHTS = np.array([[0.06, 0.54, 0.40]], dtype=np.float32)
"""Rods see blue-green and hardly any red: linear-light weights near CIE V'(lambda)."""


_LAMP_COLOUR = (1.0, 0.74, 0.42)


class RelightArgs(ToolArgs):
    """Arguments of ``relight``."""

    to: Literal[
        "night", "day", "sunset", "sunrise", "dusk", "golden hour", "blue hour", "overcast"
    ] = Argument(default="night", description="time of day or light")
    strength: float = Argument(default=1.0, ge=0, le=2, description="0 does nothing, 1 is plain")


def lamp_fields(image: Rgb, sky: Field) -> tuple[Field, Field]:
    """Lamps and lit windows: small, bright, standing out, not sky.

    Returns:
        How far each place is a lamp, HW [0, 1], and the lamps' spread light, HWC linear.
    """
    small = shrink(image, 900)
    light = to_light(small)
    peak = np.ascontiguousarray(light.max(axis=-1))
    reach = max(3, max(peak.shape) // 28) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    opened = cv2.morphologyEx(peak, cv2.MORPH_OPEN, kernel).reshape(peak.shape)
    # A lamp stands out from surroundings that are not bright themselves, and is warm or clipped.
    around = blurred(peak, max(1.0, max(peak.shape) / 40))
    stands_out = smoothstep(0.3, 0.62, peak - np.maximum(opened, around))
    stands_out = stands_out * smoothstep(0.25, 0.5, luminance(light))  # red paint is no lamp
    warm = smoothstep(0.0, 0.35, (light[..., 0] - light[..., 2]) / np.maximum(peak, 1e-3))
    clipped = smoothstep(0.84, 0.98, peak) * smoothstep(-0.1, 0.02, light[..., 0] - light[..., 2])
    weight = stands_out * np.maximum(0.8 * warm, clipped)
    above = cv2.resize(sky.small, (peak.shape[1], peak.shape[0])).reshape(peak.shape)
    weight = weight * (1 - above)
    spread = spread_light(light * weight[..., None] * np.array(_LAMP_COLOUR, dtype=np.float32))
    size = (max(1, spread.shape[1] // 2), max(1, spread.shape[0] // 2))
    smaller = cv2.resize(spread, size, interpolation=cv2.INTER_AREA)
    height, width = image.shape[:2]
    return Field(weight.astype(np.float32), height, width), Field(
        smaller.reshape(size[1], size[0], 3), height, width
    )


def _colour_matrix(recipe: Light, s: float, warmth: float) -> NDArray[np.float32]:
    """Saturation, night vision and a light's colour in one matrix on linear RGB."""
    colourful = recipe.saturation**s
    rods = min(0.95, recipe.rods * s)
    saturate = colourful * np.eye(3) + (1 - colourful) * np.ones((3, 1)) * LUMINANCE
    see = (1 - rods) * np.eye(3) + rods * _ROD_COLOUR[:, None] * _ROD_WEIGHTS
    matrix = adaptation(warmth * s, recipe.tint * s) @ see @ saturate
    return np.asarray(matrix, dtype=np.float32)


def relight(args: RelightArgs, context: ToolContext) -> ToolResult:
    """Change the time of day."""
    if args.strength == 0:
        return ToolResult(context.image.copy())
    image, recipe, s = context.image, LIGHTS[args.to], args.strength
    height, width = image.shape[:2]
    matte = _matte(image)
    sky = sky_field(image) if matte is None else _as_field(matte)
    needed = recipe.key / mean_luminance(image)
    if (recipe.direction < 0 and needed > 1) or (recipe.direction > 0 and needed < 1):
        needed = 1.0
    gain = float(np.clip(needed, 1 / recipe.most, min(recipe.most, 6.0)) ** s)
    exposed = roll_off(LINEAR ** np.float32(recipe.contrast**s) * np.float32(gain), max(gain, 1.0))
    table = np.asarray(exposed, dtype=np.float32)
    lit = _colour_matrix(recipe, s, recipe.warmth)
    shaded = lit if recipe.shade is None else _colour_matrix(recipe, s, recipe.shade)

    def toned(light: NDArray[np.float32]) -> NDArray[np.float32]:
        if recipe.shade is None:
            return np.asarray(cv2.transform(light, lit), dtype=np.float32).reshape(light.shape)
        return lit_and_shaded(light, lit, shaded, recipe.lift * min(s, 1.5))

    lamps, bloom = lamp_fields(image, sky) if recipe.lamps else (None, None)
    has_sky = bool(sky.small.any())
    around = sky_luminance(image, sky) if matte is None else None
    bottom = _sky_bottom(sky) if matte is None else matte.lowest()
    top_colour = np.asarray(recipe.top, dtype=np.float32)
    low_colour = np.asarray(recipe.horizon, dtype=np.float32)
    # Air shines no brighter than what is lit beside it.
    shown = min(1.0, 1.3 * mean_luminance(image) * gain / recipe.key)
    haze = np.asarray(recipe.haze, dtype=np.float32) * np.float32(min(s, 1.5) * shown)
    sun = low_sun(image, bottom) if haze.any() else None
    sky_share = np.float32(min(1.0, recipe.sky * s))
    lit_sky = None
    if matte is not None:
        seen = roll_off(
            matte.colour.small ** np.float32(recipe.contrast**s) * np.float32(gain), max(gain, 1.0)
        )
        lit_sky = Field(toned(np.asarray(seen, dtype=np.float32)), height, width)

    def work(block: Rgb, top: int) -> Rgb:
        rows = block.shape[0]
        light = np.asarray(cv2.LUT(block, table), dtype=np.float32).reshape(block.shape)
        light = toned(light)
        before = to_light(block)
        where = (np.arange(top, top + rows, dtype=np.float32) + 0.5) / height
        if has_sky:
            down = np.clip(where / bottom, 0, 1)[:, None, None] ** np.float32(1.6)
            clear = top_colour * (1 - down) + low_colour * down
            if around is not None:
                near = around.rows(top, rows)
                new = clear * _clouds(before, near)
                share = sky.rows(top, rows)
                covered = covered_sky(share, luminance(before), near)[..., None] * sky_share
                light = light + (new - light) * covered
            elif matte is not None and lit_sky is not None and matte.shares(top, rows).any():
                near, whole = luminance(matte.colour.rows(top, rows)), matte.whole(top, rows)
                new = clear * (1 + (_clouds(before, near) - 1) * whole)
                old = lit_sky.rows(top, rows)
                edged = matte.mixed(light, top, old + (new - old) * sky_share, old)
                inner = light + (new - light) * sky_share
                light = edged + (inner - edged) * whole
        added: NDArray[np.float32] | None = None
        if sun is not None:
            added = sun.glow(height, width, top, rows) * haze
        if lamps is not None and bloom is not None:
            burning = lamps.rows(top, rows)[..., None] * np.float32(recipe.lamps * min(s, 1.0))
            light = np.maximum(light, before * burning)
            shine = bloom.rows(top, rows) * np.float32(1.1 * recipe.lamps * s)
            added = shine if added is None else added + shine
        if added is not None:
            light = screened(light, added)
        if recipe.vignette:
            amount = recipe.vignette * min(s, 1.5)
            light = light * vignette_gain(height, width, top, rows, amount, 0.3)[..., None]
        return to_display_dithered(light, top)

    facts = {"sky_share": round(float(sky.small.mean()), 3), "lit_as": args.to}
    return ToolResult(map_strips(context, work), facts=facts)


def _clouds(light: NDArray[np.float32], around: NDArray[np.float32]) -> NDArray[np.float32]:
    """How much brighter or darker a sky's parts are than the sky around them, HW1."""
    ratio = luminance(light) / np.maximum(around, np.float32(1e-3))
    return np.asarray(np.clip(ratio, 0.35, 1.6)[..., None], dtype=np.float32)


def _matte(image: Rgb) -> SkyMatte | None:
    """The sky as grounders find it, with its edges; None where they are not sure of one."""
    found = find_sky(Scene(image))
    if not found or found[0].soft is None:
        return None
    return sky_matte(image, found[0].soft)


def _as_field(matte: SkyMatte) -> Field:
    height, width = matte.colour.small.shape[:2]
    return Field(shrink_plane(matte.share, height, width), *matte.share.shape)


def _sky_bottom(sky: Field) -> float:
    """Where the sky ends, as a share of the height; 0.45 where there is none."""
    rows: NDArray[np.float32] = sky.small.mean(axis=1)
    lines = np.flatnonzero(rows > 0.15)
    return float((lines[-1] + 1) / rows.size) if lines.size else 0.45


TOOLS = (Tool("relight", 4, "Another time of day: night, sunset, overcast…", RelightArgs, relight),)
