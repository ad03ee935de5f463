"""What lies over a whole picture: rain, snow, fog, and styles of drawing.

Pictures are HWC uint8 RGB. Lengths are shares of the picture's shorter side, so a mood looks alike
at every resolution; a longer picture has more drops, flakes and blocks.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import cv2
import numpy as np

from smartedit_model.world.canvas import Image
from smartedit_model.world.drawing import ellipse
from smartedit_model.world.spec import SceneSpec

FLAKE = ellipse(0, 0, 1, 1)[::2]
VEILS: dict[str, tuple[tuple[int, int, int], float]] = {
    "rain": ((118, 134, 156), 0.34),
    "snow": ((226, 234, 246), 0.24),
}
"""Weather -> the colour that is mixed into everything, and its share."""
STREAK, FLAKE_COLOUR = (226, 238, 250), (253, 254, 255)
STREAK_SHARE = 0.72
FOG = (222, 226, 230)
BLOCKS = 32
"""Blocks along the shorter side of a picture in the style of pixel art."""


def apply_mood(image: Image, spec: SceneSpec) -> Image:
    """The picture under the scene's weather and in its style."""
    if spec.weather != "clear":
        image = WEATHER[spec.weather](image, random.Random(spec.look + 1))
    if spec.style != "none":
        image = STYLE[spec.style](image)
    return image


def _mix(image: Image, colour: tuple[int, int, int], amount: float) -> Image:
    plain = np.empty_like(image)
    plain[:] = colour
    done: Image = cv2.addWeighted(image, 1 - amount, plain, amount, 0)
    return done


def _sides(image: Image) -> tuple[int, float, float]:
    """Pixels of the shorter side, and how long both sides are by it: x, y."""
    height, width = image.shape[:2]
    unit = min(height, width)
    return unit, width / unit, height / unit


def _rain(image: Image, draw: random.Random) -> Image:
    unit, wide, high = _sides(image)
    image = _mix(image, *VEILS["rain"])
    streaks = image.copy()
    width = max(1, round(0.006 * unit))
    for _ in range(round(70 * wide * high)):
        x, y = draw.uniform(-0.05 * wide, 1.1 * wide), draw.uniform(-0.1 * high, 1.0 * high)
        length = draw.uniform(0.05, 0.11)
        start = (round(x * unit * 16), round(y * unit * 16))
        stop = (round((x - 0.28 * length) * unit * 16), round((y + length) * unit * 16))
        cv2.line(streaks, start, stop, STREAK, width, cv2.LINE_AA, 4)
    done: Image = cv2.addWeighted(streaks, STREAK_SHARE, image, 1 - STREAK_SHARE, 0)
    return done


def _snow(image: Image, draw: random.Random) -> Image:
    unit, wide, high = _sides(image)
    image = _mix(image, *VEILS["snow"])
    for _ in range(round(90 * wide * high)):
        x, y, r = draw.random() * wide, draw.random() * high, draw.uniform(0.006, 0.014)
        # A polygon: OpenCV's own small smoothed circles come out as crosses.
        flake = np.rint((FLAKE * r + (x, y)) * (unit * 16)).astype(np.int32)
        cv2.fillPoly(image, [flake], FLAKE_COLOUR, cv2.LINE_AA, 4)
    return image


def fog_share(down: np.ndarray) -> np.ndarray:
    """How much of a row is fog, by how far down it is in [0, 1], before any bank of it."""
    return 0.8 - 0.38 * down


def _fog(image: Image, draw: random.Random) -> Image:
    down, across = (np.linspace(0, 1, side, dtype=np.float32) for side in image.shape[:2])
    # Thick above, thin near the viewer's feet, with slow banks across.
    bank = 0.07 * np.sin(2 * np.pi * (across * draw.uniform(1.0, 2.0) + draw.random()))
    amount = np.clip(fog_share(down)[:, None] + bank[None, :], 0, 1)[:, :, None]
    done: Image = np.rint(image * (1 - amount) + np.array(FOG, np.float32) * amount).astype(
        np.uint8
    )
    return done


def _sketch(image: Image) -> Image:
    gray = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    blur = cv2.GaussianBlur(255 - gray, (0, 0), max(0.8, 0.012 * _sides(image)[0]))
    lines = cv2.divide(gray, 255 - blur, scale=250.0)
    tone = cv2.addWeighted(gray, 0.3, np.full_like(gray, 255), 0.7, 0)
    done: Image = cv2.cvtColor(cv2.min(lines, tone), cv2.COLOR_GRAY2RGB)
    return done


def _sepia(image: Image) -> Image:
    gray = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    done: Image = np.clip(
        gray[:, :, None] * np.array([1.07, 0.87, 0.62], np.float32) + 12, 0, 255
    ).astype(np.uint8)
    return done


def _gray(image: Image) -> Image:
    done: Image = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    return done


def _poster(image: Image) -> Image:
    levels = np.rint(np.rint(np.arange(256) / 51.0) * 51.0).astype(np.uint8)
    done: Image = cv2.LUT(image, levels)
    return done


def blocky(image: np.ndarray) -> np.ndarray:
    """A picture, or one channel of one, in blocks as of pixel art: each the mean of its place."""
    _, wide, high = _sides(image)
    blocks = (round(BLOCKS * wide), round(BLOCKS * high))
    small = cv2.resize(image, blocks, interpolation=cv2.INTER_AREA)
    size = (image.shape[1], image.shape[0])
    return np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_NEAREST))


def _pixel(image: Image) -> Image:
    return blocky(image)


def _watercolour(image: Image) -> Image:
    k = max(3, round(0.03 * _sides(image)[0])) | 1
    soft = cv2.medianBlur(image, min(k, 31))
    soft = cv2.addWeighted(soft, 0.78, np.full_like(soft, 255), 0.22, 0)
    gray = cv2.cvtColor(soft, cv2.COLOR_RGB2GRAY)
    edge = cv2.morphologyEx(gray, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    done: Image = cv2.subtract(soft, cv2.merge([edge // 3] * 3))
    return done


def _neon(image: Image) -> Image:
    unit = _sides(image)[0]
    k = max(3, round(0.012 * unit) | 1)
    edges = cv2.morphologyEx(image, cv2.MORPH_GRADIENT, np.ones((k, k), np.uint8))
    glow = cv2.GaussianBlur(edges, (0, 0), 0.02 * unit)
    dark = cv2.addWeighted(image, 0.14, np.full_like(image, (14, 8, 34)), 0.86, 0)
    done: Image = cv2.add(cv2.add(dark, edges), glow)
    return done


WEATHER: dict[str, Callable[[Image, random.Random], Image]] = {
    "rain": _rain,
    "snow": _snow,
    "fog": _fog,
}
STYLE: dict[str, Callable[[Image], Image]] = {
    "sketch": _sketch,
    "sepia": _sepia,
    "gray": _gray,
    "poster": _poster,
    "pixel": _pixel,
    "watercolour": _watercolour,
    "neon": _neon,
}
