"""Draws one thing of the world into a finished picture, at the picture's own resolution.

Its edges are smooth over what is there, its shadow darkens what is there, and it is drawn in the
light, weather and style of the picture. It decides neither what nor where.
"""

from __future__ import annotations

import random
from dataclasses import replace

import cv2
import numpy as np

from smartedit_model.drawings.standing import Placed
from smartedit_model.drawings.surroundings import Surroundings, unit_of
from smartedit_model.world.backdrops import LIGHTS
from smartedit_model.world.canvas import Canvas
from smartedit_model.world.mood import apply_mood, blocky
from smartedit_model.world.render import draw_glass, draw_object, draw_shadow, place, round_off
from smartedit_model.world.spec import ObjectSpec, SceneSpec
from tools.masks import dilate
from tools.operation import HardMask, Rgb, SoftMask

Window = tuple[int, int, int, int]
OWN = 1
"""The number of the thing on the canvas."""
ROOM = 0.03
"""Room around a thing for its rim and shadow, in scene units."""
OUTLINE = 0.012
"""Width of a sticker's white edge, in scene units."""
WHITE = 250
PLAIN = 200
"""Grey that a style is worked out on, so that nothing of the picture gets into the thing."""


def painted(image: Rgb, placed: Placed, around: Surroundings, *, sticker: bool = False) -> Rgb:
    """The picture with a thing in it; every pixel that is not drawn on is as it was.

    Args:
        image: HWC uint8 RGB.
        placed: the thing and its place.
        around: the light, weather and style of the picture.
        sticker: with a white edge, in its own plain colours.
    """
    item = replace(placed.item, uid=OWN, on=0, shows=())
    unit = unit_of(image.shape)
    x0, y0, x1, y1 = window = _window(item, image.shape)
    look = Surroundings() if sticker else around
    canvas = Canvas.over(image, window, unit, LIGHTS[look.time])
    if placed.shadow:
        draw_shadow(canvas, item)
    ground, _ = canvas.finish()
    _draw(canvas, item, look)
    made, owner = canvas.finish()
    round_off(made, owner, [item], unit, (x0, y0))
    if sticker:
        made = _edged(ground, made, _coverage(canvas), max(round(OUTLINE * unit), 1))
    if look.weather != "clear" or look.style != "none":
        made = _in_mood(image, window, ground, item, look)
    out = image.copy()
    part = out[y0:y1, x0:x1]
    part[:] = made
    if placed.behind is not None:
        _put_back(part, image[y0:y1, x0:x1], placed.behind[y0:y1, x0:x1])
    return out


def _window(item: ObjectSpec, shape: tuple[int, ...]) -> Window:
    """The part of the picture, XYXY pixels, that a thing and its shadow can reach."""
    unit = unit_of(shape)
    points = place(item, item.drawing)
    low, high = points.min(axis=0), points.max(axis=0)
    shade = 0.2 * (high[0] - low[0])
    bounds = (low[0] - ROOM - shade, low[1] - ROOM, high[0] + ROOM + shade, high[1] + ROOM + 0.01)
    limits = (shape[1], shape[0], shape[1], shape[0])
    x0, y0, x1, y1 = (
        min(max(round(value * unit), 0), limit) for value, limit in zip(bounds, limits, strict=True)
    )
    return x0, y0, max(x1, x0 + 1), max(y1, y0 + 1)


def _draw(canvas: Canvas, item: ObjectSpec, look: Surroundings) -> None:
    draw_object(canvas, item, OWN)
    if item.entry.role != "object":
        spec = SceneSpec(0, "room", 0, 0.5, (item,), time=look.time)
        draw_glass(canvas, item, spec)


def _coverage(canvas: Canvas) -> SoftMask:
    """HW float32 [0, 1]: how much of each pixel the thing covers."""
    times = canvas.times
    own = (canvas.pixels[:, :, 3] == OWN).astype(np.float32)
    height, width = own.shape[0] // times, own.shape[1] // times
    found: SoftMask = cv2.resize(own, (width, height), interpolation=cv2.INTER_AREA)
    return found


def _edged(ground: Rgb, made: Rgb, cover: SoftMask, width: int) -> Rgb:
    """The thing with a white edge around it, as a sticker has."""
    wide = dilate(np.asarray(cover > 0.5), width)
    soft = cv2.GaussianBlur(wide.astype(np.float32), (0, 0), 0.6)[:, :, None]
    white = ground * (1 - soft) + np.float32(WHITE) * soft
    inner = cover[:, :, None]
    # ``made`` holds the thing over the ground; at its rim the ground's share becomes white.
    whole = made.astype(np.float32) + (1 - inner) * (white - ground)
    return np.asarray(np.clip(np.rint(whole), 0, 255), dtype=np.uint8)


def _in_mood(image: Rgb, window: Window, ground: Rgb, item: ObjectSpec, look: Surroundings) -> Rgb:
    """The window with the thing under the picture's weather and in its style.

    The ground has them already, so they are worked out on a plain sheet of the picture's size.
    """
    x0, y0, x1, y1 = window
    unit = unit_of(image.shape)
    sheet = np.full_like(image, PLAIN)
    canvas = Canvas.over(sheet, window, unit, LIGHTS[look.time])
    _draw(canvas, item, look)
    drawn, owner = canvas.finish()
    round_off(drawn, owner, [item], unit, (x0, y0))
    sheet[y0:y1, x0:x1] = drawn
    spec = SceneSpec(0, "field", item.paint_seed, 0.5, (), look.weather, look.time, look.style)
    moody = apply_mood(sheet, spec)[y0:y1, x0:x1]
    cover = _coverage(canvas)
    if look.style == "pixel":
        cover = _blocks(cover, window, image.shape)
    share = cover[:, :, None]
    mixed = ground * (1 - share) + moody * share
    return np.asarray(np.clip(np.rint(mixed), 0, 255), dtype=np.uint8)


def _blocks(cover: SoftMask, window: Window, shape: tuple[int, ...]) -> SoftMask:
    """What is covered, in whole blocks of pixel art."""
    x0, y0, x1, y1 = window
    sheet = np.zeros(shape[:2], np.float32)
    sheet[y0:y1, x0:x1] = cover
    whole = blocky(sheet) >= 0.5
    return np.asarray(whole[y0:y1, x0:x1], dtype=np.float32)


def _put_back(part: Rgb, before: Rgb, mask: HardMask) -> None:
    """Let what stands nearer stay before the thing, with a soft rim."""
    soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 0.7)[:, :, None]
    mixed = part * (1 - soft) + before * soft
    part[:] = np.asarray(np.clip(np.rint(mixed), 0, 255), dtype=np.uint8)


def variation(seed: int, number: int) -> random.Random:
    """The randomness of one thing of a step."""
    return random.Random(f"drawn/{seed}/{number}")
