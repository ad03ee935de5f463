"""Another time of day or weather for a drawing, in the world's manner and from the picture alone.

Colours are multiplied by the ratio of the world's lights, the sky is painted anew behind what
stands before it, windows of houses are lit, snow lies on the ground, and weather falls over all.
It neither looks nor judges: what is there it is told (``Surroundings``).
"""

from __future__ import annotations

import random
from dataclasses import dataclass

import cv2
import numpy as np

from smartedit_model.drawings.rims import Floats, rim_of
from smartedit_model.drawings.skies import Sky, air, cloud_colour, sky_of, veiled
from smartedit_model.drawings.snowed import snowed
from smartedit_model.drawings.surroundings import Surroundings, unit_of
from smartedit_model.world.backdrops import (
    CIRCLE,
    CLOUDS,
    LAMP,
    LIGHTS,
    MOON,
    PANE,
    PUFFS,
    SKIES,
    STAR,
    STARS,
    SUNS,
)
from smartedit_model.world.canvas import Canvas
from smartedit_model.world.mood import (
    FLAKE_COLOUR,
    STREAK,
    STREAK_SHARE,
    WEATHER,
)
from smartedit_model.world.palette import Colour
from smartedit_model.world.spec import OUTDOOR
from tools.operation import HardMask, Rgb

PANES = (0.016, 0.048, 0.022, 0.064)
"""Width and height of a window of a drawn house, at least and at most, in scene units."""
SAME = 14.0
"""Levels within which a pixel has a window's colour."""
BURNING = 0.5
"""Share of the windows behind which a lamp burns by night."""
SURE_FLAKE = 6.0
"""Levels within which a pixel is a snowflake: snow on the ground is darker."""


@dataclass(frozen=True, eq=False)
class Light:
    """How every colour changes that is not the sky's: times a factor, plus a row's veil.

    Attributes:
        factor: 3 float32.
        lift: H x 1 x 3 float32.
    """

    factor: Floats
    lift: Floats

    def of(self, image: Floats) -> Floats:
        """HWC, lit."""
        return np.asarray(image * self.factor + self.lift, np.float32)


def relit(image: Rgb, around: Surroundings, time: str, draw: random.Random) -> Rgb:
    """The picture at another time of day, under the weather that it has.

    Args:
        image: HWC uint8 RGB.
        around: what is seen in it.
        time: of ``spec.TIMES``.
        draw: where the sun, the stars and new clouds stand, and which windows are lit.
    """
    sky = _sky(image, around)
    old = around.time if sky is None else sky.time
    if old == time:
        return image.copy()
    return _rounded(_lit(image, around, sky, old, time, around.weather == "clear", draw))


def weathered(image: Rgb, around: Surroundings, weather: str, draw: random.Random) -> Rgb:
    """The picture in rain, snow or fog, with grey clouds before the sun.

    Args:
        image: HWC uint8 RGB.
        around: what is seen in it.
        weather: of ``mood.WEATHER``.
        draw: where it falls.
    """
    sky = _sky(image, around)
    made = image
    if sky is not None:
        if sky.time != "night" and around.weather == "clear":
            made = _rounded(_lit(image, around, sky, sky.time, sky.time, False, draw))
        if weather == "snow" and around.weather != "snow":
            made = snowed(made, around, round(sky.horizon), sky.time)
    return WEATHER[weather](made, draw)


def _sky(image: Rgb, around: Surroundings) -> Sky | None:
    outside = around.backdrop in (*OUTDOOR, "") and around.style == "none"
    return sky_of(image, around.time, around.weather) if outside else None


def _rounded(image: Floats) -> Rgb:
    return np.asarray(np.clip(np.rint(image), 0, 255), dtype=np.uint8)


def _lit(
    image: Rgb,
    around: Surroundings,
    sky: Sky | None,
    old: str,
    new: str,
    clear: bool,
    draw: random.Random,
) -> Floats:
    before = image.astype(np.float32)
    light = light_between(old, new, around.weather, image.shape[0])
    out = light.of(before)
    if around.weather == "snow":
        flakes = np.linalg.norm(before - np.array(FLAKE_COLOUR, np.float32), axis=2) < SURE_FLAKE
        out[flakes] = before[flakes]
    if around.backdrop in ("street", "") and "night" in (old, new) and old != new:
        _light_windows(before, out, light, around.weather, old, new, draw)
    if sky is not None:
        painted = _painted_sky(sky, new, around.weather, image.shape, clear, draw)
        _fill(before, out, sky.region, painted, light)
    return out


def light_between(old: str, new: str, weather: str, height: int) -> Light:
    """From one time to another: what a veil adds is not lit."""
    factor = np.array(LIGHTS[new], np.float32) / np.array(LIGHTS[old], np.float32)
    over = air(weather, height)
    lift: Floats = (over.share * over.veil * (1 - factor)).astype(np.float32)
    return Light(factor.astype(np.float32), lift)


def _fill(before: Floats, out: Floats, region: HardMask, new: Floats, light: Light) -> None:
    """Puts new colours into a region, and their share into its rim."""
    rim = rim_of(before, region)
    out[region] = new[region]
    if rim is None:
        return
    was = before[rim.inside] * light.factor + light.lift[rim.at[0], 0]
    out[rim.at] += rim.share * (new[rim.inside] - was)


def _light_windows(
    before: Floats,
    out: Floats,
    light: Light,
    weather: str,
    old: str,
    new: str,
    draw: random.Random,
) -> None:
    """Lamps behind some windows of houses by night, and none by day."""
    unit = unit_of(before.shape)
    lit = LIGHTS[new if old == "night" else old]
    pane: Colour = (PANE[0] * lit[0], PANE[1] * lit[1], PANE[2] * lit[2])
    source: Colour = LAMP if old == "night" else pane
    target: Colour = pane if old == "night" else LAMP
    found = np.linalg.norm(before - veiled(source, weather), axis=2) < SAME
    count, numbered, stats, _ = cv2.connectedComponentsWithStats(
        found.astype(np.uint8), connectivity=4
    )
    least_w, most_w, least_h, most_h = (value * unit for value in PANES)
    chosen = np.zeros(count, np.bool_)
    for number in range(1, count):
        _, _, w, h, area = (int(value) for value in stats[number])
        upright = least_w <= w <= most_w and least_h <= h <= most_h and area >= 0.8 * w * h
        chosen[number] = upright and (old == "night" or draw.random() < BURNING)
    region = np.asarray(chosen[numbered])
    if region.any():
        glass = np.broadcast_to(veiled(target, weather), before.shape)
        _fill(before, out, region, np.asarray(glass), light)


def _painted_sky(
    sky: Sky, time: str, weather: str, shape: tuple[int, ...], clear: bool, draw: random.Random
) -> Floats:
    """A new sky of the picture's size, with the clouds and drops of the old."""
    height, width = shape[:2]
    top, bottom = (np.array(colour, np.float32) for colour in SKIES[time])
    down = np.clip(sky.down, 0, 1)[:, None, None]
    plain = _rounded(np.broadcast_to(top * (1 - down) + bottom * down, (height, width, 3)))
    canvas = Canvas.over(plain, (0, 0, width, height), unit_of(shape), (1.0, 1.0, 1.0))
    _heavens(canvas, sky, time, width, clear, draw)
    found = veiled(canvas.finish()[0].astype(np.float32), weather)
    if time != "night" and sky.time != "night":
        tint = veiled(cloud_colour(time, "clear" if clear else "rain"), weather)
        found += sky.clouds[:, :, None] * (tint - found)
    drops = np.array(STREAK if weather == "rain" else FLAKE_COLOUR, np.float32)
    found += (
        (STREAK_SHARE if weather == "rain" else 1.0) * sky.falling[:, :, None] * (drops - found)
    )
    return found


def _heavens(
    canvas: Canvas, sky: Sky, time: str, width: int, clear: bool, draw: random.Random
) -> None:
    """The moon and the stars, or the sun and, after a night without them, clouds."""
    unit = canvas.size
    horizon, wide = sky.horizon / unit, width / unit
    x, y = draw.uniform(0.12, 0.88) * wide, draw.uniform(0.08, 0.2)
    if sky.disc is not None:
        x, seen = sky.disc[0] / unit, sky.disc[1] / unit
        y = seen if sky.time != "sunset" else y

    def disc(x: float, y: float, rx: float, ry: float, colour: Colour) -> None:
        canvas.polygon(CIRCLE * [rx, ry] + [x, y], colour, glow=True)

    if time == "night":
        for _ in range(round(STARS * wide)):
            r = 0.002 + 0.003 * draw.random()
            disc(draw.random() * wide, draw.random() * horizon * 0.9, r, r, STAR)
        disc(x, y, 0.055, 0.055, MOON)
        disc(x + 0.024, y - 0.012, 0.046, 0.046, SKIES["night"][0])
        return
    if clear:
        disc(x, horizon - 0.05 if time == "sunset" else y, 0.06, 0.06, SUNS[time])
    if sky.time == "night":
        tint = cloud_colour(time, "clear" if clear else "rain")
        for _ in range(round(CLOUDS * wide)):
            cx, cy = draw.uniform(-0.05, 1.0) * wide, draw.uniform(0.05, 0.24)
            for dx, dy, r in PUFFS:
                disc(cx + dx, cy + dy, r * 1.2, r * 0.62, tint)
