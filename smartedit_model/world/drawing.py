"""Turns the text of a drawing into polygons.

A drawing is lines of `part shape numbers… paint`, in units where the object stands on y = 0, is
about 100 high and is centred on x = 0; y points up. A part with a leading `+` is drawn a second
time mirrored in x; a line that begins with `?N` belongs to variant N alone. Shapes:

- `e cx cy rx ry [turn]`: an ellipse, turned by degrees
- `r x0 y0 x1 y1 [radius]`: a rectangle with rounded corners
- `p x y x y …`: a polygon with straight sides; `s x y x y …`: a smooth closed curve
- `l width x y x y …`: a smooth line with round ends; `z width …`: the same with straight pieces
- `o cx cy rx ry width`: a ring
- `h cx cy rx ry from to`: a slice of an ellipse between two angles, closed by the chord

It knows nothing of colours or pixels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from smartedit_model.world.errors import WorldDataError

Points = np.ndarray[Any, np.dtype[np.float64]]
ARC = 32  # points of a whole ellipse: smooth at 512 px, cheap at 128 px


@dataclass(frozen=True)
class Shape:
    """One painted outline.

    Attributes:
        part: what it belongs to, as `wing`.
        loops: slices of the drawing's points; a second loop is a hole.
        paint: a paint token.
        outer: whether it reaches the silhouette, so that its rim can be seen.
    """

    part: str
    loops: tuple[tuple[int, int], ...]
    paint: str
    outer: bool = True


@dataclass(frozen=True, eq=False)
class Drawing:
    """One variant of a kind: its points (N, 2) float, y up, and the shapes in painting order."""

    points: Points
    shapes: tuple[Shape, ...]
    box: tuple[float, float, float, float]  # x0, y0, x1, y1


def ellipse(cx: float, cy: float, rx: float, ry: float, turn: float = 0.0) -> Points:
    """The outline of an ellipse."""
    t = np.linspace(0, 2 * math.pi, ARC, endpoint=False)
    x, y = rx * np.cos(t), ry * np.sin(t)
    c, s = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    return np.stack([cx + c * x - s * y, cy + s * x + c * y], axis=1)


def rectangle(x0: float, y0: float, x1: float, y1: float, radius: float = 0.0) -> Points:
    """The outline of a rectangle with rounded corners."""
    if radius <= 0:
        return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], float)
    radius = min(radius, abs(x1 - x0) / 2, abs(y1 - y0) / 2)
    t = np.linspace(0, math.pi / 2, 6)
    corner = radius * np.stack([np.cos(t), np.sin(t)], axis=1)
    top, bottom, right, left = max(y0, y1), min(y0, y1), max(x0, x1), min(x0, x1)
    return np.concatenate(
        [
            corner * (1, 1) + (right - radius, top - radius),
            corner[::-1] * (-1, 1) + (left + radius, top - radius),
            corner * (-1, -1) + (left + radius, bottom + radius),
            corner[::-1] * (1, -1) + (right - radius, bottom + radius),
        ]
    )


def smooth(points: Points, *, closed: bool, pieces: int = 6) -> Points:
    """A Catmull-Rom curve through the points."""
    if closed:
        p0, p1, p2, p3 = (np.roll(points, k, axis=0) for k in (1, 0, -1, -2))
    else:
        ends = np.concatenate([points[:1], points, points[-1:]])
        p0, p1, p2, p3 = ends[:-3], ends[1:-2], ends[2:-1], ends[3:]
    t = np.linspace(0, 1, pieces, endpoint=False)[None, :, None]
    a, b, c, d = p0[:, None], p1[:, None], p2[:, None], p3[:, None]
    curve: Points = 0.5 * (
        2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
    )
    flat: Points = curve.reshape(-1, 2)
    return flat if closed else np.concatenate([flat, points[-1:]])


def stroke(line: Points, width: float) -> Points:
    """The outline of a line of the given width with round ends."""
    step = np.gradient(line, axis=0)
    length = np.maximum(np.hypot(step[:, 0], step[:, 1]), 1e-9)[:, None]
    normal = np.stack([-step[:, 1], step[:, 0]], axis=1) / length * (width / 2)
    t = np.linspace(-math.pi / 2, math.pi / 2, 7)[1:-1, None]

    def cap(at: Points, side: Points) -> Points:
        forward = np.array([side[1], -side[0]])
        bow: Points = at + np.cos(t) * forward - np.sin(t) * side
        return bow

    head, tail = cap(line[-1], normal[-1]), cap(line[0], -normal[0])
    return np.concatenate([line + normal, head, (line - normal)[::-1], tail])


def _loops(shape: str, n: list[float]) -> list[Points]:
    if shape == "e":
        return [ellipse(*n)]
    if shape == "r":
        return [rectangle(*n)]
    if shape == "o":
        cx, cy, rx, ry, width = n
        return [
            ellipse(cx, cy, rx + width / 2, ry + width / 2),
            ellipse(cx, cy, rx - width / 2, ry - width / 2),
        ]
    if shape == "h":
        cx, cy, rx, ry, start, stop = n
        t = np.radians(np.linspace(start, stop, max(4, int(ARC * abs(stop - start) / 360))))
        return [np.stack([cx + rx * np.cos(t), cy + ry * np.sin(t)], axis=1)]
    if shape in ("l", "z"):
        line = np.array(n[1:], float).reshape(-1, 2)
        if shape == "l" and len(line) > 2:
            line = smooth(line, closed=False)
        return [stroke(line, n[0])]
    points = np.array(n, float).reshape(-1, 2)
    return [smooth(points, closed=True) if shape == "s" else points]


def _parse(line: str) -> tuple[int | None, str, bool, list[Points], str]:
    words = line.split()
    variant = None
    if words[0].startswith("?"):
        variant = int(words.pop(0)[1:])
    part, shape, *numbers, paint = words
    if shape not in "erpslzoh" or len(shape) != 1:
        raise ValueError(f"shape {shape!r}; one of e r p s l z o h would be right")
    return (
        variant,
        part.lstrip("+"),
        part[0] == "+",
        _loops(shape, [float(v) for v in numbers]),
        paint,
    )


def parse(name: str, text: str) -> tuple[Drawing, ...]:
    """The variants of a drawing.

    Raises:
        WorldDataError: a line cannot be read; the message holds the kind and the line.
    """
    lines = []
    for raw in text.strip().splitlines():
        line = raw.split("#")[0].strip()
        if not line:
            continue
        try:
            lines.append(_parse(line))
        except (ValueError, TypeError, IndexError) as error:
            raise WorldDataError(
                f"the drawing of {name!r} has a bad line {line!r}: {error}"
            ) from None
    count = max((v for v, *_ in lines if v is not None), default=1)
    return tuple(_variant(lines, v) for v in range(1, count + 1))


def _variant(lines: list[tuple[int | None, str, bool, list[Points], str]], v: int) -> Drawing:
    points: list[Points] = []
    shapes = []
    at = 0
    for wanted, part, twice, loops, paint in lines:
        if wanted is not None and wanted != v:
            continue
        for mirrored in (False, True) if twice else (False,):
            spans = []
            for loop in loops:
                points.append(loop * [-1, 1] if mirrored else loop)
                spans.append((at, at + len(loop)))
                at += len(loop)
            shapes.append(Shape(part, tuple(spans), paint))
    every = np.concatenate(points)
    low, high = every.min(axis=0), every.max(axis=0)
    marked = _mark_outer(every, shapes)
    return Drawing(every, marked, (low[0], low[1], high[0], high[1]))


def _mark_outer(points: Points, shapes: list[Shape]) -> tuple[Shape, ...]:
    """Notes which shapes reach the silhouette; the others need no rim."""
    side = 128
    low, high = points.min(axis=0), points.max(axis=0)
    scaled = (points - low) * ((side - 13) / (high - low).max()) + 6
    corners = np.rint(scaled * 16).astype(np.int32)
    masks = []
    for shape in shapes:
        mask = np.zeros((side, side), np.uint8)
        cv2.fillPoly(mask, [corners[a:b] for a, b in shape.loops], 1, cv2.LINE_8, 4)
        masks.append(mask)
    whole = np.max(masks, axis=0)
    wider = [cv2.dilate(mask, np.ones((3, 3), np.uint8)) for mask in masks]
    return tuple(
        replace(shape, outer=bool((mask > whole).any()))
        for shape, mask in zip(shapes, wider, strict=True)
    )
