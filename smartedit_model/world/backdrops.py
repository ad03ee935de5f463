"""Paints what is behind objects: rooms, streets, fields, shelves, tables, patterns, photographs.

Everything follows from the scene's `look` number and its light; it knows nothing of objects.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache

import cv2
import numpy as np
from skimage import data

from smartedit_model.world.canvas import Canvas, Image
from smartedit_model.world.drawing import Points, ellipse, smooth
from smartedit_model.world.palette import Colour, shade
from smartedit_model.world.spec import SceneSpec

WALLS = (
    (236, 222, 200), (206, 224, 220), (222, 214, 232), (242, 214, 204), (212, 222, 236),
    (226, 230, 204), (244, 232, 206), (200, 214, 206),
)  # fmt: skip
FLOORS = ((198, 158, 118), (172, 140, 112), (214, 196, 170), (164, 168, 176), (186, 150, 132))
GRASS = ((150, 196, 110), (128, 184, 112), (174, 202, 116), (142, 190, 132))
SKIES: dict[str, tuple[Colour, Colour]] = {
    "day": ((134, 196, 238), (222, 240, 246)),
    "sunset": ((112, 92, 158), (255, 182, 118)),
    "night": ((18, 24, 58), (54, 66, 116)),
}
LIGHTS: dict[str, Colour] = {
    "day": (1.0, 1.0, 1.0),
    "sunset": (1.0, 0.82, 0.72),
    "night": (0.5, 0.56, 0.76),
}
SUNS: dict[str, Colour] = {"day": (255, 226, 120), "sunset": (255, 214, 130)}
MOON: Colour = (252, 244, 206)
STAR: Colour = (250, 246, 220)
STARS, CLOUDS = 34, 3
"""How many of each a square picture has."""
CLOUD, GREY_CLOUD = (252, 254, 255), (206, 212, 220)
PUFFS = ((0.0, 0.0, 0.05), (0.06, -0.02, 0.06), (0.13, 0.0, 0.045))
"""Of each cloud: x and y from its place, and size."""
PANE: Colour = (226, 240, 246)
LAMP: Colour = (255, 222, 132)
"""Windows of houses: their glass, and what burns behind it by night."""
SNOW: tuple[Colour, Colour] = ((232, 238, 246), (250, 252, 255))
"""Snow on the ground, far and near."""
# Photographs that scikit-image ships and that are free of copyright, with the crops that suit.
PHOTOS = ("brick", "grass", "gravel", "coffee", "rocket", "hubble_deep_field", "chelsea")
CIRCLE: Points = ellipse(0, 0, 1, 1)


def light_of(spec: SceneSpec) -> Colour:
    """The factors on red, green and blue at the scene's time of day."""
    return LIGHTS[spec.time]


def view_colours(spec: SceneSpec, role: str) -> tuple[Colour, Colour, Colour]:
    """What a glass shows besides objects: top, bottom and floor colour, light included."""
    if role == "window":
        top, bottom = SKIES[spec.time]
        return top, bottom, _times(GRASS[0], light_of(spec))
    top, bottom = (188, 214, 226), (222, 236, 240)
    light = light_of(spec)
    return _times(top, light), _times(bottom, light), _times((170, 184, 190), light)


def _times(colour: Colour, light: Colour) -> Colour:
    return (colour[0] * light[0], colour[1] * light[1], colour[2] * light[2])


def paint_backdrop(canvas: Canvas, spec: SceneSpec) -> None:
    """Paints the scene's backdrop over the whole canvas."""
    draw = random.Random(spec.look)
    PAINTERS[spec.backdrop](canvas, spec, draw)


def _disc(
    canvas: Canvas, x: float, y: float, rx: float, ry: float, colour: Colour, **k: bool
) -> None:
    canvas.polygon(CIRCLE * [rx, ry] + [x, y], colour, **k)


def _quad(canvas: Canvas, corners: list[tuple[float, float]], colour: Colour) -> None:
    canvas.polygon(np.array(corners, float), colour)


def _sky(canvas: Canvas, spec: SceneSpec, draw: random.Random) -> None:
    top, bottom = SKIES[spec.time]
    canvas.gradient(0, spec.horizon + 0.01, top, bottom)
    x, y = draw.uniform(0.12, 0.88), draw.uniform(0.08, 0.2)
    clouds = [(draw.uniform(-0.05, 1.0), draw.uniform(0.05, 0.24)) for _ in range(CLOUDS)]
    stars = [
        (draw.random(), draw.random() * spec.horizon * 0.9, draw.random()) for _ in range(STARS)
    ]
    if spec.time == "night":
        for sx, sy, s in stars:
            _disc(canvas, sx, sy, 0.002 + 0.003 * s, 0.002 + 0.003 * s, STAR, glow=True)
        _disc(canvas, x, y, 0.055, 0.055, MOON, glow=True)
        _disc(canvas, x + 0.024, y - 0.012, 0.046, 0.046, SKIES["night"][0], glow=True)
        return
    sun = SUNS[spec.time]
    if spec.time == "sunset":
        y = spec.horizon - 0.05
    if spec.weather == "clear":
        _disc(canvas, x, y, 0.06, 0.06, sun, glow=True)
    tint = CLOUD if spec.weather == "clear" else GREY_CLOUD
    for cx, cy in clouds:
        for dx, dy, r in PUFFS:
            _disc(canvas, cx + dx, cy + dy, r * 1.2, r * 0.62, tint)


def _room(canvas: Canvas, spec: SceneSpec, draw: random.Random) -> None:
    wall, floor = draw.choice(WALLS), draw.choice(FLOORS)
    h = spec.horizon
    canvas.gradient(0, h, _times(shade(wall, 1), canvas.light), canvas.lit(wall))
    pattern = draw.randrange(3)
    if pattern == 1:
        for i in range(9):
            canvas.box(i / 9, 0, i / 9 + 0.055, h, shade(wall, 1))
    elif pattern == 2:
        canvas.box(0, h * 0.62, 1, h, (wall[0] * 0.94, wall[1] * 0.94, wall[2] * 0.95))
        canvas.box(0, h * 0.61, 1, h * 0.63, shade(wall, 2))
    left = draw.uniform(0.06, 0.7)
    if draw.random() < 0.6:
        width, height = draw.uniform(0.12, 0.2), draw.uniform(0.12, 0.2)
        top = draw.uniform(0.05, 0.12)
        frame = draw.choice(((150, 112, 82), (250, 246, 238), (96, 100, 112)))
        canvas.box(left, top, left + width, top + height, frame)
        m = 0.014
        canvas.box(left + m, top + m, left + width - m, top + height - m, (246, 240, 226))
        inner = draw.choice(((150, 190, 180), (232, 176, 150), (160, 176, 208)))
        canvas.box(left + 2 * m, top + 2 * m, left + width - 2 * m, top + height - 2 * m, inner)
        a, b = left + 2 * m, top + height - 2 * m
        hill = [(a, b), (a + width * 0.3, b - height * 0.4), (a + width * 0.55, b - height * 0.1)]
        _quad(canvas, [*hill, (left + width - 2 * m, b)], shade(inner, -1))
    canvas.gradient(h, 1, canvas.lit(shade(floor, -1)), canvas.lit(shade(floor, 1)))
    if draw.random() < 0.6:
        line = canvas.lit(shade(floor, -1))
        y, step = h, 0.028
        while y < 1:
            canvas.box(0, y, 1, y + 0.004, line, glow=True)
            y, step = y + step, step * 1.28
    canvas.box(0, h - 0.03, 1, h, shade(wall, 2))
    canvas.box(0, h, 1, h + 0.006, shade(floor, -2))
    if draw.random() < 0.5:
        tint = draw.choice(((214, 150, 140), (150, 176, 190), (196, 188, 140), (178, 160, 196)))
        y = (h + 1) / 2 + 0.03
        _disc(canvas, 0.5, y, 0.42, (1 - h) * 0.38, shade(tint, -1))
        _disc(canvas, 0.5, y, 0.39, (1 - h) * 0.34, tint)
        _disc(canvas, 0.5, y, 0.33, (1 - h) * 0.27, shade(tint, 1))


def _street(canvas: Canvas, spec: SceneSpec, draw: random.Random) -> None:
    _sky(canvas, spec, draw)
    h, x = spec.horizon, -0.05
    night = spec.time == "night"
    while x < 1:
        width, height = draw.uniform(0.14, 0.26), draw.uniform(0.16, 0.36)
        front: Colour = draw.choice(
            ((214, 170, 146), (190, 200, 206), (226, 204, 160), (176, 160, 170), (200, 182, 190))
        )
        top = max(h - height, 0.02)
        canvas.box(x, top, x + width, h, front)
        canvas.box(x - 0.008, top, x + width + 0.008, top + 0.022, shade(front, -1))
        y = top + 0.05
        while y < h - 0.06:
            for i in range(int(width / 0.06)):
                lit = draw.random() < 0.5
                colour = LAMP if night and lit else PANE
                wx = x + 0.022 + i * 0.06
                canvas.box(wx, y, wx + 0.03, y + 0.042, colour, glow=night and lit)
            y += 0.078
        x += width + draw.uniform(0.0, 0.03)
    canvas.box(0, h - 0.004, 1, h + 0.11, (204, 200, 196))
    for i in range(7):
        dx = i / 6
        _quad(canvas, [(dx, h), (dx + 0.006, h), (dx * 1.2 - 0.1, h + 0.11),
                       (dx * 1.2 - 0.106, h + 0.11)], (184, 180, 178))  # fmt: skip
    canvas.box(0, h + 0.11, 1, h + 0.13, (164, 160, 160))
    canvas.gradient(h + 0.13, 1, canvas.lit((126, 128, 138)), canvas.lit((148, 150, 158)))
    y = (h + 1.13) / 2
    for i in range(4):
        sx = 0.04 + i * 0.27
        _quad(canvas, [(sx, y), (sx + 0.13, y), (sx + 0.12, y + 0.018), (sx - 0.01, y + 0.018)],
              (238, 232, 214))  # fmt: skip
    _snowed(canvas, spec, h)


def _field(canvas: Canvas, spec: SceneSpec, draw: random.Random) -> None:
    _sky(canvas, spec, draw)
    h = spec.horizon
    grass = draw.choice(GRASS)
    for lift, colour in ((0.13, (148, 184, 178)), (0.07, shade(grass, -1))):
        tops = [(x / 5, h - lift * draw.uniform(0.3, 1.0)) for x in range(-1, 7)]
        line = smooth(np.array(tops), closed=False)
        canvas.polygon(np.concatenate([line, [[1.3, h + 0.02], [-0.3, h + 0.02]]]), colour)
    for _ in range(draw.randrange(3, 7)):
        x, s = draw.random(), draw.uniform(0.6, 1.1)
        canvas.box(x - 0.006 * s, h - 0.04 * s, x + 0.006 * s, h + 0.005, (126, 96, 74))
        _disc(canvas, x, h - 0.07 * s, 0.034 * s, 0.048 * s, (96, 150, 100))
        _disc(canvas, x - 0.008, h - 0.08 * s, 0.02 * s, 0.03 * s, (112, 166, 110))
    canvas.gradient(h, 1, canvas.lit(shade(grass, 1)), canvas.lit(shade(grass, -1)))
    if draw.random() < 0.4:
        for i in range(9):
            canvas.box(i / 8 - 0.009, h - 0.05, i / 8 + 0.009, h + 0.03, (244, 240, 230))
        canvas.box(0, h - 0.035, 1, h - 0.022, (234, 230, 220))
        canvas.box(0, h - 0.004, 1, h + 0.009, (234, 230, 220))
    for _ in range(26):
        x, y = draw.random(), draw.uniform(h + 0.04, 0.99)
        s = 0.5 + (y - h)
        dark = shade(grass, -2)
        _quad(canvas, [(x, y), (x + 0.007 * s, y - 0.03 * s), (x + 0.01 * s, y)], dark)
        _quad(canvas, [(x + 0.01 * s, y), (x + 0.02 * s, y - 0.022 * s), (x + 0.018 * s, y)], dark)
    _snowed(canvas, spec, h)


def _beach(canvas: Canvas, spec: SceneSpec, draw: random.Random) -> None:
    _sky(canvas, spec, draw)
    h = spec.horizon
    sea: Colour = draw.choice(((74, 158, 196), (84, 176, 186), (92, 148, 200)))
    canvas.gradient(h - 0.1, h + 0.03, canvas.lit(sea), canvas.lit(shade(sea, 1)))
    for _ in range(10):
        x, y = draw.random(), draw.uniform(h - 0.09, h - 0.005)
        canvas.box(x, y, x + draw.uniform(0.03, 0.1), y + 0.005, shade(sea, 2))
    shore = smooth(
        np.array([(x / 4, h + draw.uniform(-0.01, 0.025)) for x in range(-1, 6)]), closed=False
    )
    canvas.polygon(np.concatenate([shore - [0, 0.014], [[1.5, 1], [-0.5, 1]]]), (246, 250, 250))
    canvas.polygon(np.concatenate([shore, [[1.5, 1.1], [-0.5, 1.1]]]), (240, 216, 166))
    for _ in range(22):
        x, y = draw.random(), draw.uniform(h + 0.05, 0.99)
        _disc(canvas, x, y, 0.006, 0.003, (214, 186, 136))
    _snowed(canvas, spec, h)


def _snowed(canvas: Canvas, spec: SceneSpec, h: float) -> None:
    """Lays snow on the ground, if it snows."""
    if spec.weather == "snow":
        canvas.gradient(h, 1, canvas.lit(SNOW[0]), canvas.lit(SNOW[1]))


def _shelf(canvas: Canvas, spec: SceneSpec, draw: random.Random) -> None:
    wall = draw.choice(WALLS)
    wood: Colour = draw.choice(((176, 128, 86), (236, 230, 220), (132, 100, 78), (150, 156, 166)))
    canvas.gradient(0, 1, canvas.lit(shade(wall, 1)), canvas.lit(wall))
    canvas.box(0, 0, 0.03, 1, shade(wood, -1))
    canvas.box(0.97, 0, 1, 1, shade(wood, -1))
    for y in shelf_levels(spec.horizon):
        canvas.box(0, y + 0.045, 1, y + 0.075, (wall[0] * 0.88, wall[1] * 0.88, wall[2] * 0.9))
        canvas.box(0, y - 0.022, 1, y + 0.01, shade(wood, 1))
        canvas.box(0, y + 0.01, 1, y + 0.046, wood)


def shelf_levels(horizon: float) -> tuple[float, float]:
    """The heights at which things stand on the two boards of a shelf."""
    return (horizon - 0.04, 0.93)


def _table(canvas: Canvas, spec: SceneSpec, draw: random.Random) -> None:
    wall = draw.choice(WALLS)
    wood: Colour = draw.choice(((190, 138, 92), (222, 190, 150), (150, 110, 84), (226, 222, 216)))
    h = spec.horizon
    canvas.gradient(0, h, canvas.lit(shade(wall, 1)), canvas.lit(wall))
    pattern = draw.randrange(3)
    if pattern == 1:
        for i in range(6):
            canvas.box(0, i * h / 6, 1, i * h / 6 + 0.004, shade(wall, -1))
            for j in range(6):
                x = j / 5 - (0.1 if i % 2 else 0)
                canvas.box(x, i * h / 6, x + 0.004, (i + 1) * h / 6, shade(wall, -1))
    canvas.gradient(h, 0.965, canvas.lit(shade(wood, -1)), canvas.lit(shade(wood, 1)))
    canvas.box(0, 0.965, 1, 1, shade(wood, -2))
    if draw.random() < 0.5:
        cloth = draw.choice(((214, 90, 90), (90, 140, 190), (110, 160, 120), (240, 236, 226)))
        _quad(
            canvas,
            [(0.16, h + 0.03), (0.84, h + 0.03), (0.98, 0.94), (0.02, 0.94)],
            shade(cloth, 2),
        )
        _quad(
            canvas, [(0.2, h + 0.06), (0.8, h + 0.06), (0.92, 0.91), (0.08, 0.91)], shade(cloth, 3)
        )


def _texture(canvas: Canvas, spec: SceneSpec, draw: random.Random) -> None:
    base = draw.choice(WALLS)
    other = shade(base, 1 if draw.random() < 0.5 else -1)
    other = ((base[0] + other[0]) / 2, (base[1] + other[1]) / 2, (base[2] + other[2]) / 2)
    canvas.box(0, 0, 1, 1, base)
    pattern, n = draw.randrange(4), draw.randrange(5, 9)
    for i in range(-n, n):
        a, w = i / n, 0.5 / n
        if pattern == 0:
            _quad(canvas, [(a, 0), (a + w, 0), (a + w + 1, 1), (a + 1, 1)], other)
        elif i >= 0 and pattern == 1:
            canvas.box(a, 0, a + w, 1, other)
        elif i >= 0:
            for j in range(n):
                y = j / n + w
                x = a + (w if j % 2 else 0)
                if pattern == 2:
                    _disc(canvas, x, y, w * 0.42, w * 0.42, other)
                else:
                    _quad(canvas, [(x, y - w), (x + w, y), (x, y + w), (x - w, y)], other)


@cache
def _photo(name: str) -> Image:
    """A photograph, HWC uint8 RGB, softened so that drawn objects stand out from it."""
    image = np.asarray(getattr(data, name)())
    if image.ndim == 2:
        image = np.stack([image] * 3, axis=2)
    image = cv2.GaussianBlur(np.ascontiguousarray(image[:, :, :3]), (0, 0), 2.0)
    done: Image = cv2.addWeighted(image, 0.66, np.full_like(image, (222, 220, 214)), 0.34, 0)
    return done


def _photograph(canvas: Canvas, spec: SceneSpec, draw: random.Random) -> None:
    image = _photo(draw.choice(PHOTOS))
    height, width = image.shape[:2]
    side = int(min(height, width) * draw.uniform(0.45, 0.95))
    top, left = int(draw.random() * (height - side)), int(draw.random() * (width - side))
    canvas.picture(image[top : top + side, left : left + side])


PAINTERS: dict[str, Callable[[Canvas, SceneSpec, random.Random], None]] = {
    "room": _room,
    "street": _street,
    "field": _field,
    "beach": _beach,
    "shelf": _shelf,
    "table": _table,
    "texture": _texture,
    "photo": _photograph,
}
