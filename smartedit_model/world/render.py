"""Draws a scene's description: backdrop, shadows, objects in order of depth, reflections, light.

Everything is computed from the description alone, so two descriptions that differ in one object
give pictures that differ only there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np

from smartedit_model.world.backdrops import light_of, paint_backdrop, view_colours
from smartedit_model.world.canvas import SHIFT, Canvas, Image
from smartedit_model.world.catalogue import kind
from smartedit_model.world.drawing import Drawing, Points, ellipse
from smartedit_model.world.mood import apply_mood
from smartedit_model.world.palette import RIM_STEPS, Colour, instance_paints, paint, shade
from smartedit_model.world.spec import FLAT, ObjectSpec, SceneSpec

REFLECTED = 128  # owners above this are reflections of the object with the lower number
GLASS_FLOOR = 0.72  # share of a glass's height above the floor that it shows
UNIT_CIRCLE = ellipse(0, 0, 1, 1)


@dataclass(frozen=True, eq=False)
class Render:
    """A drawn scene: `image` HWC uint8 RGB, `owner` HW uint8 (0 backdrop, uid, 128 + uid)."""

    image: Image
    owner: Image


def render(spec: SceneSpec, size: int) -> Render:
    """Draws a scene at `size` x `size` pixels."""
    canvas = Canvas(size, light_of(spec))
    paint_backdrop(canvas, spec)
    flat = spec.backdrop in FLAT
    order = drawing_order(spec)
    for item in order:
        if not item.on and item.entry.place == "ground" and not flat:
            draw_shadow(canvas, item)
    for item in order:
        if item.on:
            draw_shadow(canvas, item)
        draw_object(canvas, item, item.uid)
        if item.shows or item.entry.role != "object":
            draw_glass(canvas, item, spec)
    image, owner = canvas.finish()
    round_off(image, owner, order, size)
    return Render(apply_mood(image, spec), owner)


def drawing_order(spec: SceneSpec) -> list[ObjectSpec]:
    """The objects from the farthest to the nearest; what stands on another comes right after it."""
    depth = {item.uid: item.y for item in spec.objects}

    def key(item: ObjectSpec) -> tuple[float, float, int]:
        base = depth.get(item.on, item.y)
        wall = -1.0 if item.entry.place == "wall" else 0.0
        return (base + wall, 1.0 if item.on else 0.0, item.uid)

    return sorted(spec.objects, key=key)


def place(item: ObjectSpec, drawing: Drawing) -> Points:
    """The drawing's points (N, 2) as this object has them, in scene units."""
    unit = item.unit
    x, y = drawing.points[:, 0], drawing.points[:, 1]
    side = -unit * item.wide if item.flip else unit * item.wide
    x = x * (1.0 + item.taper * (0.5 - y * 0.01)) * side + y * (item.lean * unit)
    y = y * unit
    if item.turn:
        c, s = math.cos(math.radians(item.turn)), math.sin(math.radians(item.turn))
        x, y = c * x - s * y, s * x + c * y
    return np.stack([item.x + x, item.y - y], axis=1)


@lru_cache(maxsize=4096)
def _colours(key: str, variant: int, colour: str, paint_seed: int) -> tuple[list[Colour], Colour]:
    own = instance_paints(colour, paint_seed)
    found = [paint(shape.paint, own) for shape in kind(key).variants[variant].shapes]
    return found, shade(own["main"], RIM_STEPS)


def draw_object(canvas: Canvas, item: ObjectSpec, owner: int) -> None:
    """Draws one object with a thin dark rim, so that it stands out from what is behind it."""
    drawing, variant = item.drawing, item.variant % len(item.entry.variants)
    corners = canvas.fixed(place(item, drawing))
    colours, rim = _colours(item.kind, variant, item.colour, item.paint_seed)
    loops = [[corners[a:b] for a, b in shape.loops] for shape in drawing.shapes]
    width = rim_width(item, canvas.side)
    rims = [shape[0] for shape, entry in zip(loops, drawing.shapes, strict=True) if entry.outer]
    r, g, b = canvas.lit(rim)
    cv2.polylines(canvas.pixels, rims, True, (r, g, b, owner), width, cv2.LINE_8, SHIFT)
    for parts, colour in zip(loops, colours, strict=True):
        canvas.fill(parts, colour, owner)


def rim_width(item: ObjectSpec, side: float) -> int:
    """Pixels of an object's rim on a picture of a side."""
    return max(1, round(0.0085 * side * (0.7 + 0.3 * item.scale)))


def shadow_of(item: ObjectSpec) -> tuple[float, float, float, float]:
    """Centre and radii of an object's contact shadow, in scene units."""
    x0, _, x1, _ = item.box
    return shadow_under(x0, x1, item.y)


def shadow_under(x0: float, x1: float, foot: float) -> tuple[float, float, float, float]:
    """Centre and radii of the contact shadow of what stands there, in scene units."""
    half = (x1 - x0) / 2
    return ((x0 + x1) / 2 + 0.12 * half, foot - 0.002, 1.02 * half, min(0.19 * half, 0.03))


SHADOW = ((1.16, 0.95), (1.02, 0.94), (0.88, 0.94), (0.72, 0.93))
"""A shadow's rings, from the outermost: by how much larger, and how much darker each leaves it."""


def draw_shadow(canvas: Canvas, item: ObjectSpec) -> None:
    """Darkens what lies under an object's foot."""
    shade_under(canvas, *shadow_of(item))


def shade_under(canvas: Canvas, cx: float, cy: float, rx: float, ry: float) -> None:
    """Darkens an ellipse of the ground, softly."""
    for grow, factor in SHADOW:
        canvas.darken(UNIT_CIRCLE * [rx * grow, ry * grow] + [cx, cy], factor)


def glass_box(item: ObjectSpec) -> tuple[float, float, float, float]:
    """The bounds of an object's glass in scene units."""
    x0, y0, x1, y1 = item.entry.glass or (0, 0, 0, 0)
    unit, wide = item.unit, item.unit * item.wide
    return (item.x + x0 * wide, item.y - y1 * unit, item.x + x1 * wide, item.y - y0 * unit)


def reflection(glass: ObjectSpec, shown: ObjectSpec) -> ObjectSpec:
    """The object as the glass shows it: flipped, smaller, nearer to the glass's middle."""
    x0, y0, x1, y1 = glass_box(glass)
    a, b, c, d = shown.box
    fit = min(0.86 * (x1 - x0) / max(c - a, 1e-6), 0.62 * (y1 - y0) / max(d - b, 1e-6), 0.8)
    middle = (x0 + x1) / 2
    side = 0.06 * (x1 - x0) * (1 if shown.x > middle else -1)
    return replace(
        shown,
        x=middle + side + fit * ((a + c) / 2 - shown.x),
        y=y1 - 0.1 * (y1 - y0),
        scale=shown.scale * fit,
        flip=not shown.flip,
        turn=-shown.turn,
        lean=-shown.lean,
        on=0,
    )


def shown_in(glass: ObjectSpec, spec: SceneSpec) -> list[ObjectSpec]:
    """What a glass shows, placed inside it."""
    found = []
    for entry in glass.shows:
        if entry.hidden:
            continue
        item = spec.get(entry.uid)
        if entry.kind is not None:
            other = kind(entry.kind)
            grow = item.entry.scale / other.scale
            item = replace(item, kind=entry.kind, scale=item.scale * min(max(grow, 0.7), 1.4))
        if entry.colour is not None:
            item = replace(item, colour=entry.colour)
        found.append(reflection(glass, item))
    return found


def draw_glass(canvas: Canvas, item: ObjectSpec, spec: SceneSpec) -> None:
    """Fills an object's glass with what it shows, clipped to the glass and to what hides it."""
    drawing = item.drawing
    outline = next(shape for shape in drawing.shapes if shape.part == "glass")
    start, stop = outline.loops[0]
    pane = place(item, drawing)[start:stop]
    box, inside = canvas.cover(pane)
    if not inside.size:
        return
    view = canvas.piece(box)
    top, bottom, floor = view_colours(spec, item.entry.role)
    x0, y0, x1, y1 = glass_box(item)
    rows = view.pixels.shape[0]
    t = np.linspace(0, 1, rows)[:, None]
    sky = np.array(top) * (1 - t) + np.array(bottom) * t
    view.pixels[:, :, :3] = np.rint(sky).astype(np.uint8)[:, None]
    view.pixels[round(GLASS_FLOOR * rows) :, :, :3] = np.rint(floor)
    view.pixels[:, :, 3] = item.uid
    clear = view.pixels.copy()
    for shown in shown_in(item, spec):
        draw_object(view, shown, REFLECTED + shown.uid)
    if item.entry.role == "window":
        # A pane shows what is outside, and only a ghost of what is inside.
        view.pixels = cv2.addWeighted(view.pixels, 0.3, clear, 0.7, 0)
        view.pixels[:, :, 3] = item.uid
    width, height = x1 - x0, y1 - y0
    for left, right in ((0.12, 0.3), (0.36, 0.42)):
        band = [[left + 0.3, 0], [right + 0.3, 0], [right - 0.1, 1], [left - 0.1, 1]]
        view.lighten(np.array(band) * [width, height] + [x0, y0], 0.16)
    a, b, c, d = box
    target = canvas.pixels[b:d, a:c]
    target[:] = cv2.copyTo(view.pixels, inside, target.copy())
    if item.entry.role == "window":
        middle = (x0 + x1) / 2
        colour = instance_paints(item.colour, item.paint_seed)["main"]
        bar = 0.02 * height
        for bounds in (
            (middle - bar, y0, middle + bar, y1),
            (x0, y0 + 0.45 * height - bar, x1, y0 + 0.45 * height + bar),
        ):
            p, q, r, s = bounds
            canvas.polygon(np.array([[p, q], [r, q], [r, s], [p, s]]), colour, item.uid)


def round_off(
    image: Image,
    owner: Image,
    order: list[ObjectSpec],
    unit: int,
    corner: tuple[int, int] = (0, 0),
) -> None:
    """Lightens each object's upper left and darkens its lower right, as a soft light would.

    Args:
        image: HWC uint8 RGB, changed in place: a picture, or a part of one.
        owner: HW uint8, whose each pixel is.
        order: the objects.
        unit: pixels of one scene unit.
        corner: x and y in the whole picture of the part's first pixel.
    """
    height, width = owner.shape
    slope = np.zeros((3, 256), np.float32)
    slope[0] = 1.0
    for item in order:
        x0, y0, x1, y1 = item.box
        across = -0.07 / max((x1 - x0) / 2, 1e-3)
        down = -0.1 / max((y1 - y0) / 2, 1e-3)
        slope[:, item.uid] = (1.01 - across * (x0 + x1) / 2 - down * (y0 + y1) / 2, across, down)
    base, across_map, down_map = (np.take(row, owner) for row in slope)
    across_map *= ((np.arange(width, dtype=np.float32) + (corner[0] + 0.5)) / unit)[None, :]
    down_map *= ((np.arange(height, dtype=np.float32) + (corner[1] + 0.5)) / unit)[:, None]
    base += across_map
    base += down_map
    cv2.multiply(image, cv2.merge([base] * 3), image, 1.0, cv2.CV_8U)
