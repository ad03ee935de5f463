"""What things in the sky look like: moon, rainbow, lightning, fireworks, birds, shooting stars.

Each is drawn alone, by a seed, as the light that it adds and the light that it takes. It knows no
picture (``tools.sky_things``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.clouds import Plane, fractal
from tools.fields import blurred, smoothstep
from tools.light import Light

FADED = 4e-4
"""Light that no screen shows, so that a glow ends somewhere."""
SUBPIXELS = 4
"""Binary digits of a fraction of a pixel, as OpenCV draws lines."""


@dataclass(frozen=True)
class Spot:
    """Where there is room in a sky.

    Attributes:
        x, y: its middle, pixels.
        room: distance to the nearest thing that is no sky, pixels.
        top, bottom: rows between which the sky is open there.
    """

    x: float
    y: float
    room: float
    top: float
    bottom: float

    def scaled(self, scale: float) -> Spot:
        """The same place in a picture of another size."""
        return Spot(*(scale * value for value in astuple(self)))


@dataclass(frozen=True)
class Drawn:
    """A thing, at a size of its own (``DRAWN_AT``).

    Attributes:
        shine: HWC float32, linear light that it adds.
        cover: HW float32 [0, 1], how much of the sky's own light it takes; None = nothing.
    """

    shine: Light
    cover: Plane | None = None


def _places(height: int, width: int) -> tuple[Plane, Plane]:
    x = np.arange(width, dtype=np.float32)[None] + np.float32(0.5)
    y = np.arange(height, dtype=np.float32)[:, None] + np.float32(0.5)
    return x, y


def _moon(height: int, width: int, spot: Spot, seed: int, *, crescent: bool = False) -> Drawn:
    """A disc with seas and its glow; a crescent is lit from the right."""
    x, y = _places(height, width)
    radius = float(np.clip(0.045 * max(height, width), 3, max(0.6 * spot.room, 3)))
    dx, dy = (x - np.float32(spot.x)) / radius, (y - np.float32(spot.y)) / radius
    apart = np.sqrt(dx * dx + dy * dy)
    disc = 1 - smoothstep(1 - 1.2 / radius, 1 + 1.2 / radius, apart)
    seas = fractal(256, seed + 5, 1.5)
    u = np.clip((dx + 1) * 127, 0, 255).astype(np.float32)
    v = np.clip((dy + 1) * 127, 0, 255).astype(np.float32)
    u, v = (np.ascontiguousarray(np.broadcast_to(p, apart.shape)) for p in (u, v))
    dark = cv2.remap(seas, u, v, cv2.INTER_LINEAR)
    face = np.float32(0.85) - np.float32(0.30) * smoothstep(0.1, 1.3, dark)
    lit = disc * face
    if crescent:
        away = np.sqrt((dx + np.float32(0.55)) ** 2 + (dy + np.float32(0.12)) ** 2)
        lit = lit * smoothstep(0.98, 1.10, away)
    glow = np.exp(-np.maximum(apart - 1, 0) / np.float32(0.9)) * (1 - disc)
    glow = glow * np.float32(0.05 if crescent else 0.11)
    glow = np.maximum(glow - np.float32(FADED), 0)
    tint = np.array([1.0, 0.97, 0.90], dtype=np.float32)
    return Drawn(np.asarray((lit + glow)[..., None] * tint, dtype=np.float32), cover=disc * lit)


def _crescent(height: int, width: int, spot: Spot, seed: int) -> Drawn:
    return _moon(height, width, spot, seed, crescent=True)


def _rainbow(height: int, width: int, spot: Spot, seed: int) -> Drawn:
    """A bow about a point below the horizon, red outside, the sky within it a little brighter."""
    del seed
    x, y = _places(height, width)
    foot = max(spot.bottom, 0.4 * height)
    radius = np.float32(min(0.55 * width, 1.05 * foot))
    middle_y = np.float32(foot + 0.12 * radius)
    middle_x = np.float32(0.5 * width + 0.35 * (spot.x - 0.5 * width))
    r = np.sqrt((x - middle_x) ** 2 + (y - middle_y) ** 2) / radius
    # Angles of the primary bow run from 40.6 degrees (violet) to 42.4 (red); drawn twice as wide.
    place = (r - np.float32(0.92)) / np.float32(0.08)
    inside = smoothstep(-0.15, 0.1, place) * (1 - smoothstep(0.9, 1.15, place))
    bands = [(0.86, 0.20), (0.52, 0.20), (0.20, 0.20)]  # red, green, blue
    colour = np.stack(
        [np.exp(-(((place - np.float32(m)) / np.float32(w)) ** 2)) for m, w in bands], axis=-1
    )
    violet = np.exp(-(((place - np.float32(0.02)) / np.float32(0.12)) ** 2))
    colour[..., 0] += np.float32(0.4) * violet
    inner = np.float32(0.05) * smoothstep(0.2, 0.9, r) * (1 - smoothstep(0.9, 0.94, r))
    shine = np.float32(0.55) * inside[..., None] * colour + inner[..., None]
    # Its feet fade into the haze.
    fade = 1 - smoothstep(0.82, 1.0, y / np.float32(foot))
    shine = shine * fade[..., None]
    cover = np.float32(0.35) * inside * fade
    return Drawn(np.asarray(shine, dtype=np.float32), cover)


def _lines(height: int, width: int, parts: list[tuple[NDArray[np.float64], float]]) -> Plane:
    """Polylines with their widths in pixels, HW float32 [0, 1], antialiased."""
    plane = np.zeros((height, width), np.uint8)
    for points, wide in parts:
        at = np.rint(points * 2**SUBPIXELS).astype(np.int32)[:, None]
        full = max(1, round(wide))
        strength = 255 if wide >= 1 else max(round(255 * wide), 40)
        layer = np.zeros_like(plane) if strength < 255 else plane
        cv2.polylines(layer, [at], False, strength, full, cv2.LINE_AA, SUBPIXELS)
        plane = np.maximum(plane, layer)
    return plane.astype(np.float32) / np.float32(255)


def _bolt(
    rng: np.random.Generator, start: NDArray[np.float64], end: NDArray[np.float64], rough: float
) -> NDArray[np.float64]:
    """A jagged way between two points, by displaced midpoints."""
    points = np.stack([start, end])
    for _ in range(7):
        middle = (points[:-1] + points[1:]) / 2
        along = points[1:] - points[:-1]
        across = np.stack([-along[:, 1], along[:, 0]], axis=1)
        middle = middle + across * rng.normal(0, rough, (len(middle), 1))
        joined = np.empty((len(points) + len(middle), 2))
        joined[0::2], joined[1::2] = points, middle
        points = joined
    return points


def _glowing(core: Plane, reach: float, much: float) -> Plane:
    """A core with the light around it."""
    height, width = core.shape
    scale = min(1.0, 700 / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(core, size, interpolation=cv2.INTER_AREA)
    halo = sum(
        weight * blurred(np.asarray(small), far * scale)
        for far, weight in ((reach * 0.25, 2.0), (reach, 6.0), (reach * 3, 10.0))
    )
    wide = cv2.resize(np.asarray(halo, np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    out = core + np.float32(much) * wide
    return np.asarray(np.maximum(out - np.float32(FADED), 0), dtype=np.float32)


def _lightning(height: int, width: int, spot: Spot, seed: int) -> Drawn:
    """A bolt from the top of the sky to its foot, with branches."""
    rng = np.random.Generator(np.random.PCG64([seed, 47]))
    unit = max(height, width) / 1000
    start = np.array([spot.x + rng.normal(0, 0.05) * width, spot.top - 4 * unit])
    end = np.array([spot.x + rng.normal(0, 0.06) * width, spot.bottom])
    trunk = _bolt(rng, start, end, 0.16)
    parts = [(trunk, 2.6 * unit)]
    for at in rng.choice(np.arange(12, 100), 5, replace=False):
        way = (end - start) * rng.uniform(0.15, 0.4)
        turn = rng.choice([-1, 1]) * rng.uniform(0.4, 0.9)
        turned = np.array(
            [
                way[0] * np.cos(turn) - way[1] * np.sin(turn),
                way[0] * np.sin(turn) + way[1] * np.cos(turn),
            ]
        )
        parts.append((_bolt(rng, trunk[at], trunk[at] + turned, 0.18), 1.2 * unit))
    core = _lines(height, width, parts)
    tint = np.array([0.80, 0.84, 1.0], dtype=np.float32)
    shine = np.minimum(_glowing(core, 9 * unit, 0.30), 1.2)
    return Drawn(np.asarray(shine[..., None] * tint, dtype=np.float32))


def _fireworks(height: int, width: int, spot: Spot, seed: int) -> Drawn:
    """Bursts of falling sparks in three colours about the widest place."""
    rng = np.random.Generator(np.random.PCG64([seed, 53]))
    unit = max(height, width) / 1000
    hues = np.array([[1.0, 0.72, 0.30], [0.95, 0.25, 0.35], [0.35, 0.75, 1.0], [0.45, 1.0, 0.5]])
    out = np.zeros((height, width, 3), dtype=np.float32)
    reach = np.clip(0.75 * spot.room, 20 * unit, 0.16 * max(height, width))
    for burst in range(3):
        shift = np.array([0.0, 0.0]) if burst == 0 else rng.uniform(-1.3, 1.3, 2) * [1.6, 0.6]
        middle = np.array([spot.x, spot.y]) + shift * reach
        middle[1] = max(middle[1], 0.25 * reach)
        size = reach * (1.0 if burst == 0 else rng.uniform(0.45, 0.8))
        parts = []
        for _ in range(70):
            way, far = rng.uniform(0, 2 * np.pi), size * np.sqrt(rng.uniform(0.25, 1))
            t = np.linspace(0.45, 1, 9)[:, None]
            path = middle + far * t * np.array([np.cos(way), np.sin(way)])
            path[:, 1] += 0.22 * size * t[:, 0] ** 2
            parts.append((path, rng.uniform(0.9, 1.8) * unit))
        sparks = np.minimum(_glowing(_lines(height, width, parts), 6 * unit, 0.16), 1.3)
        out += sparks[..., None] * hues[(seed + burst) % len(hues)].astype(np.float32)
    return Drawn(np.minimum(out, np.float32(1.6)))


def _birds(height: int, width: int, spot: Spot, seed: int) -> Drawn:
    """A loose flock, each bird two bent wings."""
    rng = np.random.Generator(np.random.PCG64([seed, 59]))
    unit = max(height, width) / 1000
    parts = []
    spread = float(np.clip(spot.room, 40 * unit, 0.18 * max(height, width)))
    for _ in range(int(rng.integers(8, 14))):
        at = np.array([spot.x, spot.y]) + rng.normal(0, 0.42, 2) * spread * [1.3, 0.6]
        at[1] = max(at[1], 8 * unit)
        wing, lift = rng.uniform(7, 16) * unit, rng.uniform(0.25, 0.7)
        t = np.linspace(-1, 1, 15)
        bow = -lift * np.sin(np.pi * np.abs(t)) + 0.25 * lift * np.abs(t)
        lean = rng.normal(0, 0.18)
        path = np.stack([t * wing, bow * wing * 0.8 + lean * t * wing], axis=1) + at
        parts.append((path, max(1.6 * unit, 1.0)))
    dark = _lines(height, width, parts)
    return Drawn(np.zeros((height, width, 3), np.float32), cover=np.float32(0.92) * dark)


def _shooting_stars(height: int, width: int, spot: Spot, seed: int) -> Drawn:
    """A few trails that grow brighter to their heads, all the same way."""
    rng = np.random.Generator(np.random.PCG64([seed, 61]))
    unit = max(height, width) / 1000
    way = np.array([np.cos(0.5), np.sin(0.5)]) * rng.choice([-1, 1], 1)[0]
    way[1] = abs(way[1])
    core = np.zeros((height, width), dtype=np.float32)
    for number in range(3):
        shift = rng.normal(0, 0.6, 2) * spot.room if number else np.zeros(2)
        head = np.array([spot.x, spot.y]) + shift * [1.6, 0.5]
        long = rng.uniform(0.10, 0.2) * width * (1.0 if number == 0 else 0.6)
        for piece in range(12):
            ends = np.array([[piece], [piece + 1]]) / 12
            path = head - way * long * (1 - ends)
            line = _lines(height, width, [(path, 1.8 * unit)])
            core = np.maximum(core, line * np.float32(((piece + 1) / 12) ** 2))
    tint = np.array([0.95, 0.97, 1.0], dtype=np.float32)
    shine = np.minimum(_glowing(core, 5 * unit, 0.12), 1.1)
    return Drawn(np.asarray(shine[..., None] * tint, dtype=np.float32))


SHAPES: dict[str, Callable[[int, int, Spot, int], Drawn]] = {
    "moon": _moon,
    "crescent moon": _crescent,
    "rainbow": _rainbow,
    "lightning": _lightning,
    "fireworks": _fireworks,
    "birds": _birds,
    "shooting stars": _shooting_stars,
}
"""Kind -> what draws it: (height, width, where, seed)."""
