"""How a thing of a drawing was drawn: which variant, which way round, and how much it leans.

A kind's drawings are laid over the thing's outline in all their poses, and the one that covers it
best is taken; then every pixel is told which paints of the drawing it shows. It changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import product
from typing import Any

import cv2
import numpy as np

from smartedit_model.drawings.laying import Laid, lay
from smartedit_model.drawings.surroundings import Bounds
from smartedit_model.world.catalogue import kind
from smartedit_model.world.drawing import Drawing
from smartedit_model.world.render import place, rim_width
from smartedit_model.world.spec import ObjectSpec
from tools.masks import box_of, components, pad_box
from tools.operation import HardMask

Points = np.ndarray[Any, np.dtype[np.float64]]
Shares = np.ndarray[Any, np.dtype[np.float32]]
Window = tuple[int, int, int, int]
TAPERS, LEANS, TURNS = (-0.06, 0.0, 0.06), (-0.045, 0.0, 0.045), (-3.0, 0.0, 3.0)
"""Poses that are tried, over the range that the world draws things in."""
FITTED_AT = 56
"""Longer side, in pixels, at which outlines are laid over each other."""
LIKELY = 8
"""How many drawings, standing straight, are tried in every pose."""
RIM = "rim"
"""The token of the thin dark outline, which is a shade of the main paint."""
TIMES = 4
"""How much finer than the picture the paints are laid out, so that shares have soft edges."""
ROOM = 3
"""Pixels around the outline's box."""


@dataclass(frozen=True, eq=False)
class Pose:
    """A drawing laid over a thing.

    Attributes:
        item: the thing as the world would describe it, in scene units of the picture.
        overlap: IoU of its outline with the thing's, [0, 1].
    """

    item: ObjectSpec
    overlap: float


def poses(mask: HardMask, keys: Iterable[str], most: int = 6) -> list[Pose]:
    """The poses of some kinds that cover an outline best, the best first.

    Args:
        mask: HW bool, the thing; specks beside it do not count.
        keys: of the kinds that it may be.
        most: how many are returned.
    """
    outline = _outline(mask)
    if outline is None:
        return []
    upright = [_over(outline, plain) for key in keys for plain in _plain_items(key)]
    found = []
    for start in _best([one for laid in upright for one in laid], LIKELY):
        posed = [
            replace(start.item, taper=taper, lean=lean, turn=turn)
            for taper, lean, turn in product(TAPERS, LEANS, TURNS)
        ]
        found += _over(outline, posed)
    settled = [_settled(pose, outline) for pose in _best(found, most)]
    return sorted(settled, key=lambda pose: -pose.overlap)


@dataclass(frozen=True, eq=False)
class _Tried:
    """One of some laid poses, by its number, and its overlap."""

    laid: Laid
    number: int
    overlap: float


def _over(outline: _Outline, items: list[ObjectSpec]) -> list[_Tried]:
    """Some poses of one drawing, laid over an outline."""
    laid = lay(items, [outline.bounds] * len(items))
    drawing = items[0].drawing
    return [
        _Tried(laid, i, outline.covered_by(points, drawing)) for i, points in enumerate(laid.points)
    ]


def _best(tried: list[_Tried], most: int) -> list[Pose]:
    found = sorted(tried, key=lambda one: -one.overlap)[:most]
    return [Pose(one.laid.item(one.number), one.overlap) for one in found]


@cache
def _plain_items(key: str) -> list[list[ObjectSpec]]:
    """A kind's drawings, each both ways round, standing straight."""
    return [
        [
            ObjectSpec(1, key, kind(key).colours[0], 0, 0, flip=flip, variant=variant)
            for flip in (False, True)
        ]
        for variant in range(len(kind(key).variants))
    ]


def _settled(pose: Pose, outline: _Outline) -> Pose:
    """The pose with its bounds moved a little wherever that covers the outline better."""
    item, overlap, bounds = pose.item, pose.overlap, outline.bounds
    step = 0.5 / outline.unit
    for _ in range(3):
        before = overlap
        moves = list(product(range(4), (-step, step)))
        while moves:  # all at once, until one is taken; the rest begins from there
            trials = [_moved(bounds, side, way) for side, way in moves]
            laid = lay([item] * len(trials), trials)
            moves_left = moves
            moves = []
            for i, points in enumerate(laid.points):
                covered = outline.covered_by(points, item.drawing)
                if covered > overlap:
                    item, overlap, bounds = laid.item(i), covered, trials[i]
                    moves = moves_left[i + 1 :]
                    break
        if overlap == before:
            break
    return Pose(item, overlap)


def _moved(bounds: Bounds, side: int, way: float) -> Bounds:
    moved = list(bounds)
    moved[side] += way
    return (moved[0], moved[1], moved[2], moved[3])


@dataclass(frozen=True, eq=False)
class _Outline:
    """What drawings are laid over.

    Attributes:
        mask: HW bool, the cut with some room, at the size of fitting.
        corner: scene x and y of its first pixel.
        scale: its pixels of one scene unit.
        bounds: the thing's, in scene units.
        unit: the picture's pixels of one scene unit.
    """

    mask: HardMask
    corner: tuple[float, float]
    scale: float
    bounds: Bounds
    unit: float

    @cached_property
    def area(self) -> int:
        """Its pixels."""
        return int(np.count_nonzero(self.mask))

    def covered_by(self, points: Points, drawing: Drawing) -> float:
        """IoU with the silhouette of a drawing whose points are (N, 2) in scene units."""
        corners = (points - self.corner) * self.scale - 0.5
        fixed = np.rint(corners * 16).astype(np.int32)
        sheet = np.zeros(self.mask.shape, np.uint8)
        for shape in drawing.shapes:
            cv2.fillPoly(sheet, [fixed[a:b] for a, b in shape.loops], 1, cv2.LINE_8, 4)
        both = int(np.count_nonzero(sheet.view(np.bool_) & self.mask))
        return both / max(int(np.count_nonzero(sheet)) + self.area - both, 1)


def _outline(mask: HardMask) -> _Outline | None:
    """The largest piece of a mask, smoothed a little, where there is any."""
    pieces = components(mask)
    if not pieces:
        return None
    calm = cv2.morphologyEx(pieces[0].astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    box = box_of(calm > 0) or box_of(pieces[0]) or (0, 0, 1, 1)
    x0, y0, x1, y1 = pad_box(box, ROOM, (mask.shape[0], mask.shape[1]))
    cut = pieces[0][y0:y1, x0:x1]
    zoom = FITTED_AT / max(cut.shape)
    size = (max(round(cut.shape[1] * zoom), 2), max(round(cut.shape[0] * zoom), 2))
    small = cv2.resize(cut.astype(np.float32), size, interpolation=cv2.INTER_LINEAR) > 0.5
    unit = float(min(mask.shape))
    bounds = (box[0] / unit, box[1] / unit, box[2] / unit, box[3] / unit)
    return _Outline(small, (x0 / unit, y0 / unit), unit * zoom, bounds, unit)


def paint_shares(pose: Pose, shape: tuple[int, ...]) -> tuple[Window, list[str], Shares]:
    """Which paints of a drawing each pixel shows.

    Args:
        pose: the drawing, laid over the thing.
        shape: (H, W) of the picture.

    Returns:
        the window XYXY, the paints' tokens, and (N, h, w) float32 shares of each pixel; what is
        missing to 1 is what lies around the thing.
    """
    item, drawing = pose.item, pose.item.drawing
    unit = float(min(shape[:2]))
    points = place(item, drawing) * unit
    low, high = points.min(axis=0), points.max(axis=0)
    box = (int(low[0]), int(low[1]), int(np.ceil(high[0])), int(np.ceil(high[1])))
    x0, y0, x1, y1 = window = pad_box(box, ROOM, (shape[0], shape[1]))
    height, width = y1 - y0, x1 - x0
    sheet = np.full((height * TIMES, width * TIMES), 255, np.uint8)
    corners = np.rint((points - (x0, y0)) * TIMES * 16 - 8).astype(np.int32)
    tokens = [RIM, *dict.fromkeys(one.paint for one in drawing.shapes)]
    rims = [corners[slice(*one.loops[0])] for one in drawing.shapes if one.outer]
    cv2.polylines(sheet, rims, True, 0, rim_width(item, unit * TIMES), cv2.LINE_8, 4)
    for one in drawing.shapes:
        loops = [corners[a:b] for a, b in one.loops]
        cv2.fillPoly(sheet, loops, tokens.index(one.paint), cv2.LINE_8, 4)
    shares = [
        cv2.resize((sheet == i).astype(np.float32), (width, height), interpolation=cv2.INTER_AREA)
        for i in range(len(tokens))
    ]
    return window, tokens, np.stack(shares)
