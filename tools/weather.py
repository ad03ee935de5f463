"""Weather over a scene: fog, rain, snow, storm.

Air follows the scattering model I t + A (1 - t) with t = exp(-density * distance) (Koschmieder).
Drops refract the light around them, so streaks take the colour of their surroundings and hardly
show before a bright sky. All in linear light.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field as Argument

from tools.fields import Field, blurred, shrink, smoothstep
from tools.film import vignette_gain
from tools.glow import mean_luminance
from tools.light import luminance, to_display_dithered, to_light
from tools.operation import Rgb, Tool, ToolArgs, ToolContext, ToolResult
from tools.precipitation import Falling, cloud_noise, rain_plane, snow_plane
from tools.skies import clouded_over
from tools.sky_estimate import distance_field, sky_field
from tools.strips import map_strips

Light = NDArray[np.float32]


CLOUDED = 0.85
"""How far rain and snow hide a blue sky."""


def _overcast(context: ToolContext, strength: float) -> Rgb:
    """The picture under the grey sky that rain and snow fall from, where it had a blue one."""
    share = CLOUDED * min(strength, 1.0)
    return clouded_over(context.image, "overcast", share, context.seed, frozenset({"blue sky"}))


def _small_light(image: Rgb) -> Light:
    return to_light(shrink(image, 800))


def _light_around(small: Light) -> Light:
    """The light that each place gets from what is near it, which is all there is in the dark."""
    return blurred(small, max(small.shape[:2]) * 0.08)


def air_light(small: Light, daylight: float = 1.0) -> NDArray[np.float32]:
    """Colour of lit air, linear RGB: a share of the scene's brightest parts, slightly blue.

    By day (``daylight`` 1) even a dark view has some; at night air is hardly brighter than what
    stands in it.
    """
    bright = float(np.percentile(luminance(small), 92))
    level = np.float32(np.clip(0.12 * daylight + 0.75 * bright, 0.01, 0.78))
    return level * np.array([0.965, 0.995, 1.04], dtype=np.float32)


class FogArgs(ToolArgs):
    """Arguments of ``fog``."""

    strength: float = Argument(default=1.0, ge=0, le=2, description="0 does nothing, 2 is dense")


def fog(args: FogArgs, context: ToolContext) -> ToolResult:
    """Fog that thickens with distance."""
    if args.strength == 0:
        return ToolResult(context.image.copy())
    image = context.image
    small = _small_light(image)
    day = np.float32(_daylight(image))
    lit = air_light(small, float(day) ** 2)
    # By day the sky lights all air alike; in the dark it has the light of what is near.
    around = _light_around(small) * np.float32(1.1)
    height, width = image.shape[:2]
    dark = (np.float32(0.5) * lit + around) / np.float32(1.5)
    air = Field((lit * day + dark * (1 - day)).astype(np.float32), height, width)
    distance = distance_field(image, sky_field(image)).small
    drift = 1 + 0.22 * cloud_noise(distance.shape[0], distance.shape[1], context.seed)
    thickness = np.maximum(distance, 0) ** 1.4 * np.clip(drift, 0.4, 1.6)
    clear = Field(np.exp(-1.8 * args.strength * thickness).astype(np.float32), *image.shape[:2])

    def work(block: Rgb, top: int) -> Rgb:
        t = clear.rows(top, block.shape[0])[..., None]
        veil = air.rows(top, block.shape[0])
        return to_display_dithered(to_light(block) * t + veil * (1 - t), top)

    return ToolResult(map_strips(context, work))


def _ground_seen(sky: Field) -> np.float32:
    """How likely ground lies at the bottom, [0, 1]: under a sky, but hardly in a close-up.

    A table or a person mirrored in themselves would look like a fault of the picture.
    """
    return np.float32(smoothstep(0.02, 0.08, sky.small.mean(keepdims=True)).item())


def _haze(image: Rgb, density: float, sky: Field) -> Field:
    distance = distance_field(image, sky).small
    return Field(np.exp(-density * distance).astype(np.float32), *image.shape[:2])


def _mirrors(small: Light) -> NDArray[np.float32]:
    """How well each place mirrors when wet, HW, [0, 1]: streets and water do, leaves do not.

    Told by how much the tones change over a short way: what is rough sends light everywhere.
    """
    tones = np.log2(luminance(small) + np.float32(0.02))
    near = max(1.0, max(tones.shape) * 0.012)
    mean = blurred(tones, near)
    rough = np.sqrt(np.maximum(blurred(tones * tones, near) - mean * mean, 0))
    # Spread well beyond the rough places: a calm spot among leaves is a leaf.
    spread = blurred(smoothstep(0.25, 0.6, rough), 3 * near)
    smooth = (1 - smoothstep(0.1, 0.5, spread)).astype(np.float32)
    # Ground goes on to the sides; what is smooth by itself is a helmet, a wall, a shadow.
    wide = cv2.GaussianBlur(smooth, (0, 0), sigmaX=0.15 * smooth.shape[1], sigmaY=near)
    mirrors: NDArray[np.float32] = smooth * smoothstep(0.6, 0.95, wide.reshape(smooth.shape))
    return mirrors


def _sheen(small: Light, strength: float, height: int, width: int) -> Field:
    """Light mirrored by wet ground, HWC: what stands above it, upside down and drawn out."""
    rows = small.shape[0]
    horizon = max(1, int(rows * 0.62))
    mirrored = np.zeros_like(small)
    take = np.clip(2 * horizon - np.arange(horizon, rows), 0, rows - 1)
    mirrored[horizon:] = small[take]
    drawn = cv2.GaussianBlur(
        mirrored, (0, 0), sigmaX=max(0.6, rows / 260), sigmaY=max(1.0, rows / 22)
    ).reshape(mirrored.shape)
    where = (np.arange(rows, dtype=np.float32) / rows)[:, None, None]
    ground = smoothstep(0.62, 0.95, where) * _mirrors(small)[..., None]
    # Ripples break the reflection into short horizontal glints.
    return Field((drawn * ground * np.float32(0.34 * strength)).astype(np.float32), height, width)


def _rainy(
    context: ToolContext, falling: Falling, sky: Field, strength: float, dimming: float, haze: float
) -> Rgb:
    """What rain and storm share: dim, cool, hazy, wet, streaked."""
    image = context.image
    height, width = image.shape[:2]
    small = _small_light(image)
    day = np.float32(_daylight(image))
    air = air_light(small, float(day)) * np.float32(2.0 ** (-dimming))
    clear = _haze(image, haze * strength, sky)
    ground_seen = _ground_seen(sky)
    sheen = _sheen(small, min(1.0, strength) * float(ground_seen), height, width)
    surround = blurred(small, max(small.shape[:2]) * 0.05)
    # Drops shine a little before the darkest things, less where there is less light.
    shine = np.float32(0.11) * day
    lit = Field(surround * np.float32(1.25) + shine, height, width)
    gain = np.float32(2.0 ** (-dimming))
    tone = np.array([0.93, 1.0, 1.075], dtype=np.float32) ** np.float32(min(strength, 1.5))
    grey = np.float32(min(0.6, 0.3 * strength))
    wet = np.float32(0.22 * min(1.0, strength)) * ground_seen

    def work(block: Rgb, top: int) -> Rgb:
        rows = block.shape[0]
        light = to_light(block) * gain
        level = luminance(light)[..., None]
        light = (light + (level - light) * grey) * tone
        down = (np.arange(top, top + rows, dtype=np.float32) + 0.5) / height
        ground = smoothstep(0.55, 1.0, down)[:, None, None]
        # Water fills a rough surface's pores and less light comes back out.
        light = light * (1 - wet * ground)
        reflected = sheen.rows(top, rows) * gain
        light = light + np.maximum(reflected - 0.25 * light, 0)
        t = clear.rows(top, rows)[..., None]
        light = light * t + air * (1 - t)
        cover = falling.rows(top, rows)[..., None]
        light = light + cover * (lit.rows(top, rows) * gain - light * np.float32(0.6))
        return to_display_dithered(light, top)

    return map_strips(context, work)


def _daylight(image: Rgb) -> float:
    """How much light clouds can still take, (0, 1]: a night is hardly darker in the rain."""
    seen = np.array(mean_luminance(image), dtype=np.float32)
    return 0.2 + 0.8 * float(smoothstep(0.01, 0.1, seen))


class RainArgs(ToolArgs):
    """Arguments of ``rain``."""

    strength: float = Argument(default=1.0, ge=0, le=2, description="0 does nothing, 2 is pouring")
    wind: float = Argument(
        default=10.0, ge=-60, le=60, description="degrees from the vertical; above 0 to the right"
    )


def rain(args: RainArgs, context: ToolContext) -> ToolResult:
    """Rain: streaks at several depths, dim cool light, haze and, under a sky, wet ground."""
    if args.strength == 0:
        return ToolResult(context.image.copy())
    height, width = context.image.shape[:2]
    falling = rain_plane(height, width, args.strength, args.wind, context.seed)
    dimming = 0.42 * min(args.strength, 1.5) * _daylight(context.image)
    sky = sky_field(context.image)
    clouded = replace(context, image=_overcast(context, args.strength))
    return ToolResult(_rainy(clouded, falling, sky, args.strength, dimming, 0.27))


class SnowArgs(ToolArgs):
    """Arguments of ``snow``."""

    strength: float = Argument(default=1.0, ge=0, le=2, description="0 does nothing, 2 is heavy")
    cover: float = Argument(
        default=0.35, ge=0, le=1, description="snow lying on ledges and on the ground"
    )


def snow(args: SnowArgs, context: ToolContext) -> ToolResult:
    """Falling snow, a cool light, and some of it lying."""
    if args.strength == 0:
        return ToolResult(context.image.copy())
    image = _overcast(context, args.strength)
    height, width = image.shape[:2]
    small = _small_light(image)
    seen = float(np.percentile(luminance(_small_light(context.image)), 95))
    bright = np.float32(np.clip(seen, 0.08, 0.9))
    white = np.array([0.90, 0.95, 1.0], dtype=np.float32) * np.minimum(bright * np.float32(1.25), 1)
    # In the dark falling snow has the light that is there, and does not shine.
    day = np.float32(_daylight(image))
    around = _light_around(small) * np.float32(1.2)
    air = Field(white * np.float32(0.8) * day + around * (1 - day), height, width)
    clear = _haze(image, 0.45 * args.strength, sky_field(image))
    falling = snow_plane(height, width, args.strength, context.seed)
    lying = _lying_snow(small, args.cover * min(args.strength, 1.0), context.seed, height, width)
    tone = np.array([0.95, 1.0, 1.06], dtype=np.float32) ** np.float32(min(args.strength, 1.5))
    grey = np.float32(min(0.6, 0.32 * args.strength))

    def work(block: Rgb, top: int) -> Rgb:
        rows = block.shape[0]
        light = to_light(block)
        level = luminance(light)[..., None]
        light = (light + (level - light) * grey) * tone
        on = lying.rows(top, rows)[..., None]
        # Lying snow keeps some of the shading of what it lies on.
        shade = np.clip(np.float32(0.62) + np.sqrt(np.maximum(level, 0)) * np.float32(0.6), 0, 1.05)
        light = light * (1 - on) + white * shade * on
        t = clear.rows(top, rows)[..., None]
        light = light * t + air.rows(top, rows) * (1 - t)
        cover = falling.rows(top, rows)[..., None]
        return to_display_dithered(light + cover * (white - light), top)

    return ToolResult(map_strips(replace(context, image=image), work))


def _lying_snow(small: Light, cover: float, seed: int, height: int, width: int) -> Field:
    """Where snow lies: just under edges that look up, and in patches towards the bottom."""
    level = np.sqrt(luminance(small))
    rows, columns = level.shape
    if cover == 0 or min(rows, columns) < 16:
        return Field(np.zeros_like(level), height, width)
    soft = blurred(level, max(0.8, rows / 400))
    reach = max(1, rows // 160)
    # An edge that looks up is lit from the sky above it: bright above, darker below.
    above = np.roll(soft, reach, axis=0)
    above[:reach] = soft[:reach]
    edge = smoothstep(0.08, 0.25, above - soft)
    ledge = blurred(np.roll(edge, reach, axis=0), rows / 350)
    noise = cloud_noise(rows, columns, seed)
    down = (np.arange(rows, dtype=np.float32) / rows)[:, None]
    patches = smoothstep(0.35, 1.1, down * 1.15 + 0.22 * noise + 0.25 * level)
    total = np.clip(1.1 * ledge + 0.75 * patches, 0, 1) * np.float32(cover)
    return Field(total.astype(np.float32), height, width)


class StormArgs(ToolArgs):
    """Arguments of ``storm``."""

    strength: float = Argument(default=1.0, ge=0, le=2, description="0 does nothing")
    wind: float = Argument(
        default=24.0, ge=-60, le=60, description="degrees from the vertical; above 0 to the right"
    )


def storm(args: StormArgs, context: ToolContext) -> ToolResult:
    """A storm: heavy slanted rain under a dark, torn sky."""
    if args.strength == 0:
        return ToolResult(context.image.copy())
    s, seed = args.strength, context.seed
    image = clouded_over(context.image, "stormy", s, seed, frozenset({"blue sky", "overcast sky"}))
    height, width = image.shape[:2]
    falling = rain_plane(height, width, 1.35 * s, args.wind, seed)
    daylight = _daylight(context.image)
    dimming = 0.75 * min(s, 1.5) * daylight
    sky = sky_field(context.image)
    clouded = replace(context, image=image)
    rained = _rainy(clouded, falling, sky, min(2.0, 1.2 * s), dimming, 0.33)

    def work(block: Rgb, top: int) -> Rgb:
        gain = vignette_gain(height, width, top, block.shape[0], 0.35 * min(s, 1.5), 0.25)
        return to_display_dithered(to_light(block) * gain[..., None], top)

    finished = ToolContext(rained, cancelled=context.cancelled, progress=context.progress)
    return ToolResult(map_strips(finished, work))


TOOLS = (
    Tool("fog", 2, "Fog that thickens with distance", FogArgs, fog),
    Tool("rain", 5, "Rain with wind, haze and, under a sky, wet ground", RainArgs, rain),
    Tool("snow", 3, "Falling snow, and some lying", SnowArgs, snow),
    Tool("storm", 5, "Heavy rain under a dark sky", StormArgs, storm),
)
