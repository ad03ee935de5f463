"""Every drawing of the catalogue on a small grid, stretched to its bounds.

They are laid over patches by ``smartedit_model.drawings.explaining``. It knows no pictures.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np

from smartedit_model.world.catalogue import kinds
from smartedit_model.world.palette import DRAWN_ANEW, fixed_paints, linear_shade, split_token
from smartedit_model.world.render import place
from smartedit_model.world.spec import ObjectSpec

Floats = np.ndarray[Any, np.dtype[np.float32]]
Numbers = np.ndarray[Any, np.dtype[np.int64]]
SIDE = 16
"""Cells along one side of the grid."""
TIMES = 4
"""How much finer drawings are laid out, so that a cell tells its shares of paints."""


@dataclass(frozen=True, eq=False)
class Sheet:
    """All drawings, T of them, on the grid of P cells, with K paints at most.

    Attributes:
        names: kind, variant and flip of each.
        shares: (T, K, P), of each cell that shows a paint.
        factor, offset: (T, K), (T, K, 3): a paint from its base.
        base: (T, K, 3), of paints that are always the same; 0 for others.
        main: (T, K), whether a paint is a shade of the main one.
        anew: (T, K), which of ``DRAWN_ANEW`` it is a shade of, from 1.
        aspect: (T,), logarithm of width by height.
    """

    names: tuple[tuple[str, int, bool], ...]
    shares: Floats
    factor: Floats
    offset: Floats
    base: Floats
    main: Floats
    anew: Numbers
    aspect: Floats

    def of(self, some: Numbers) -> Sheet:
        """Some of the drawings, by their numbers."""
        names = tuple(self.names[i] for i in some)
        return Sheet(
            names,
            self.shares[some],
            self.factor[some],
            self.offset[some],
            self.base[some],
            self.main[some],
            self.anew[some],
            self.aspect[some],
        )


@cache
def sheet() -> Sheet:
    """All of them, each variant both ways round."""
    items = [
        ObjectSpec(1, key, entry.colours[0], 0, 0, flip=flip, variant=variant)
        for key, entry in kinds().items()
        for variant in range(len(entry.variants))
        for flip in (False, True)
    ]
    tokens = [list(dict.fromkeys(one.paint for one in item.drawing.shapes)) for item in items]
    most = max(len(some) for some in tokens)
    shares = np.zeros((len(items), most, SIDE * SIDE), np.float32)
    factor = np.zeros((len(items), most), np.float32)
    offset, base = (np.zeros((len(items), most, 3), np.float32) for _ in range(2))
    main, anew = np.zeros_like(factor), np.zeros((len(items), most), np.int64)
    aspect = np.zeros(len(items), np.float32)
    for t, (item, names) in enumerate(zip(items, tokens, strict=True)):
        shares[t, : len(names)], aspect[t] = _laid_out(item, names)
        for k, token in enumerate(names):
            name, steps = split_token(token)
            factor[t, k], offset[t, k] = linear_shade(steps)
            main[t, k] = name == "main"
            anew[t, k] = DRAWN_ANEW.index(name) + 1 if name in DRAWN_ANEW else 0
            base[t, k] = fixed_paints().get(name, (0.0, 0.0, 0.0))
    named = tuple((item.kind, item.variant, item.flip) for item in items)
    return Sheet(named, shares, factor, offset, base, main, anew, aspect)


@cache
def covers() -> Floats:
    """(T, P): share of each cell that each drawing covers."""
    return np.asarray(sheet().shares.sum(axis=1))


def _laid_out(item: ObjectSpec, tokens: list[str]) -> tuple[Floats, float]:
    """(K, P) shares of a drawing's paints within its bounds, and its aspect."""
    points = place(item, item.drawing)
    low, high = points.min(axis=0), points.max(axis=0)
    fine = SIDE * TIMES
    corners = np.rint(((points - low) / (high - low) * fine - 0.5) * 16).astype(np.int32)
    sheet = np.full((fine, fine), 255, np.uint8)
    for one in item.drawing.shapes:
        loops = [corners[a:b] for a, b in one.loops]
        cv2.fillPoly(sheet, loops, tokens.index(one.paint), cv2.LINE_8, 4)
    shares = [
        cv2.resize((sheet == k).astype(np.float32), (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        for k in range(len(tokens))
    ]
    wide, high_ = high - low
    return np.stack(shares).reshape(len(tokens), -1), float(np.log(wide / high_))


@cache
def moments() -> tuple[Floats, Floats]:
    """(T, 2) middle and spread across and down of each drawing in its bounds."""
    cells = (np.arange(SIDE, dtype=np.float32) + 0.5) / SIDE
    cover = covers().reshape(-1, SIDE, SIDE)
    middles, spreads = [], []
    for axis in (1, 2):  # the sum over rows leaves what lies across
        along = cover.sum(axis=axis)
        along /= along.sum(axis=1, keepdims=True)
        middle = along @ cells
        middles.append(middle)
        spreads.append(np.sqrt(np.maximum(along @ cells**2 - middle**2, 1e-4)))
    return np.stack(middles, axis=1), np.stack(spreads, axis=1)
