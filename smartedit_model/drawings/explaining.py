"""Which drawing of the catalogue explains what a mask shows: analysis by synthesis.

Every drawing is laid over the mask's bounds in the paints that fit the picture best, and what it
does not tell of the picture is its error. It knows no phrases and no edits.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from smartedit_model.drawings.sheet import SIDE, Floats, Numbers, Sheet, covers, moments, sheet
from smartedit_model.world.palette import DRAWN_ANEW, Colour, paint_choices
from tools.masks import box_of, iou
from tools.operation import HardMask

LIKELY = 16
"""How many drawings, those with the likeliest outlines, have their paints fitted."""
WEIGHED = 40
"""How many drawings are laid over a mask's middle and spread."""
SETTLED = 4
"""How many drawings are moved about until they fit."""
STEPS = (0.12, 0.06, 0.03)
"""Shares of its width and height by which the bounds of a drawing are moved."""
CAP = 50.0
"""Levels of error that no cell exceeds: more is only said to be something else."""
OFF = 2.0
"""Levels of error that it counts for where a cell is found beside its place."""
SLIM = 8.0
"""Levels of error that it counts for to be e times slimmer or broader than the drawing."""
SAME = 0.97
"""Overlap from which a mask with fewer specks is not worth another look."""
BEYOND = 30.0
"""The same for what of the mask lies beyond a drawing's bounds: masks have specks."""
BESIDE = ((0, 0), (0, 1), (0, -1), (1, 0), (-1, 0))
"""Where else what a cell shows may be found: rows down, columns across."""
ROUNDS = 2
"""How often each step is tried at most."""
MOVES = np.concatenate([np.eye(4), -np.eye(4)]).astype(np.float32)
"""Every side of the bounds, out and in."""
BULK = 0.5
"""Share of a mask that is left of it without its specks."""


@dataclass(frozen=True, eq=False)
class Explanation:
    """A drawing laid over a patch.

    Attributes:
        kind, variant, flip: which drawing, and whether it is mirrored.
        error: mean difference from the picture in levels, for its shape as well; in [0, 60] about.
        main: its main paint as it fits best, without light and weather.
        box: its bounds x0, y0, x1, y1 in pixels.
    """

    kind: str
    variant: int
    flip: bool
    error: float
    main: Colour
    box: tuple[float, float, float, float]


def explanations(bare: Floats, mask: HardMask, hints: Collection[str] = ()) -> list[Explanation]:
    """The best explanation of each likely kind, the best first; none for an empty mask.

    Args:
        bare: HWC float32 RGB, the picture without its light and weather, [0, 255] about.
        mask: HW bool, the thing, roughly.
        hints: keys of kinds that it may well be, whatever its outline.
    """
    starts = [start for bulk in bulks(mask) for start in _starts(bulk, hints)]
    if not starts:
        return []
    numbers, boxes = (np.array(part) for part in zip(*starts, strict=True))
    first = _Patch(bare, mask).tried(numbers, boxes).best(LIKELY)
    likely = first.taking(np.arange(min(SETTLED, len(first.numbers)))).settled()
    best = {one.kind: one for one in first.told()} | {one.kind: one for one in likely.told()}
    return sorted(best.values(), key=lambda one: one.error)


def untold(bare: Floats, mask: HardMask, drawn: Explanation, where: HardMask) -> float:
    """Mean difference in levels, [0, ``CAP``], between picture and drawing in a part of a thing.

    Where something else stands before a thing, its drawing does not tell what is seen.

    Args:
        bare: HWC float32 RGB, the picture without its light and weather.
        mask: HW bool, the thing, to which the drawing's paints are fitted.
        drawn: its drawing.
        where: HW bool, the part.
    """
    box = np.array(drawn.box, np.float32)
    number = np.array([sheet().names.index((drawn.kind, drawn.variant, drawn.flip))])
    picture, own = _Patch(bare, mask & ~where).flat(box)
    _, part = _Patch(bare, where).flat(box)
    some = sheet().of(number)
    paints, _ = _fitted(some, picture[None], own[None])
    cover = covers()[number[0]]
    off = _off(some, cover[None], paints, picture[None], BESIDE[:1])[0]  # (P,)
    seen = (part * cover).sum()
    cell = float(np.prod(box[2:] - box[:2])) / SIDE**2
    whole = max(float(np.count_nonzero(where)) / cell, 1e-3)
    inside = (off * part * cover).sum()
    return float((inside + CAP * max(whole - seen, 0)) / whole)


def _starts(bulk: HardMask, hints: Collection[str]) -> list[tuple[int, Floats]]:
    """Drawings that may explain a piece of a mask, with the bounds that they would have.

    They get the piece's bounds, and besides its middle and spread: thin parts are easily missed.
    """
    box = box_of(bulk)
    if box is None:
        return []
    drawings = sheet()
    patch = _Patch(np.zeros((*bulk.shape, 3), np.float32), bulk)
    hinted = np.array([name[0] in hints for name in drawings.names])
    count = len(drawings.names)
    found: list[tuple[int, Floats]] = []
    tight = np.tile(np.array(box, np.float32), (count, 1))
    # Where each has other bounds only the least distorted are looked at more closely.
    for boxes, most in ((tight, count), (_spread_alike(bulk), WEIGHED)):
        slim = _slim(drawings, boxes)
        some = np.union1d(np.argsort(slim, kind="stable")[:most], np.flatnonzero(hinted))
        views, at = np.unique(boxes[some], axis=0, return_inverse=True)
        own = np.stack([patch.gridded(view)[..., 3] for view in views])[at.reshape(-1)]
        cell = np.prod(boxes[some, 2:] - boxes[some, :2], axis=1) / SIDE**2
        area = np.count_nonzero(bulk) / cell
        cover = covers()[some]
        both = (cover * own.reshape(len(some), -1)).sum(axis=1)
        alike = both / np.maximum(cover.sum(axis=1) + area - both, 1)
        order = some[np.argsort(slim[some] * SLIM / CAP - alike, kind="stable")]
        taken = [*order[:LIKELY], *(i for i in order[LIKELY:] if hinted[i])]
        found += [(int(i), boxes[i]) for i in taken]
    return found


def _slim(drawings: Sheet, boxes: Floats) -> Floats:
    """(N,) how much slimmer or broader bounds (N, 4) are than drawings, as a logarithm."""
    size = np.maximum(boxes[:, 2:] - boxes[:, :2], 1)
    return np.asarray(np.abs(drawings.aspect - np.log(size[:, 0] / size[:, 1])))


def _spread_alike(bulk: HardMask) -> Floats:
    """(T, 4): bounds that give each drawing a mask's middle and spread."""
    rows, columns = np.nonzero(bulk)
    at = np.array([columns.mean(), rows.mean()]) + 0.5
    spread = np.maximum(np.array([columns.std(), rows.std()]), 0.5)
    middles, spreads = moments()
    size = spread / spreads
    low = at - middles * size
    return np.asarray(np.concatenate([low, low + size], axis=1), dtype=np.float32)


def bulks(mask: HardMask) -> list[HardMask]:
    """What of a mask may be the thing: its largest piece, with near ones, without what it ties."""
    whole, square = mask.astype(np.uint8), np.ones((3, 3), np.uint8)
    pieces = _largest(whole)
    joined = _largest(cv2.morphologyEx(whole, cv2.MORPH_CLOSE, square))
    core = _largest(cv2.morphologyEx(whole, cv2.MORPH_OPEN, square)).astype(np.uint8)
    untied = np.asarray((cv2.dilate(core, square) & whole) > 0)
    found: list[HardMask] = []
    for bulk in (pieces, joined, untied):
        enough = bulk.sum() >= BULK * whole.sum()
        if enough and all(iou(bulk, other) < SAME for other in found):
            found.append(bulk)
    return found or [pieces]


def _largest(mask: np.ndarray[Any, np.dtype[np.uint8]]) -> HardMask:
    count, numbered, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    if count < 2:
        return np.zeros(mask.shape, np.bool_)
    return np.asarray(numbered == 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax()))


@dataclass(frozen=True, eq=False)
class _Tried:
    """Drawings laid over a patch.

    Attributes:
        patch: the patch.
        numbers: (N,) of the drawings.
        boxes: (N, 4), their bounds in pixels.
        errors: (N,) in levels.
        mains: (N, 3), their main paints.
    """

    patch: _Patch
    numbers: Numbers
    boxes: Floats
    errors: Floats
    mains: Floats

    def taking(self, some: Numbers) -> _Tried:
        """Some of them, by their places."""
        return _Tried(
            self.patch, self.numbers[some], self.boxes[some], self.errors[some], self.mains[some]
        )

    def best(self, most: int) -> _Tried:
        """The best of each kind, as many as asked for, the best first."""
        names, seen, some = sheet().names, set[str](), []
        for i in np.argsort(self.errors, kind="stable"):
            key = names[self.numbers[i]][0]
            if key not in seen:
                seen.add(key)
                some.append(int(i))
            if len(some) == most:
                break
        return self.taking(np.array(some, np.int64))

    def settled(self) -> _Tried:
        """The same with each one's bounds moved wherever that explains more."""
        now = self
        for step in STEPS:
            for _ in range(ROUNDS):
                size = now.boxes[:, 2:] - now.boxes[:, :2]  # (N, 2)
                moves = MOVES[None] * step * np.tile(size, 2)[:, None]  # (N, M, 4)
                boxes = (now.boxes[:, None] + moves).reshape(-1, 4)
                trial = now.patch.tried(np.repeat(now.numbers, len(MOVES)), boxes)
                errors = trial.errors.reshape(-1, len(MOVES))
                chosen = errors.argmin(axis=1)
                better = errors[np.arange(len(chosen)), chosen] < now.errors
                if not better.any():
                    break
                at = np.arange(len(chosen)) * len(MOVES) + chosen
                taken = trial.taking(at)
                now = _Tried(
                    now.patch,
                    now.numbers,
                    np.where(better[:, None], taken.boxes, now.boxes),
                    np.where(better, taken.errors, now.errors),
                    np.where(better[:, None], taken.mains, now.mains),
                )
        return now

    def told(self) -> list[Explanation]:
        """Each as an explanation."""
        found = []
        for number, box, error, main in zip(
            self.numbers, self.boxes, self.errors, self.mains, strict=True
        ):
            key, variant, flip = sheet().names[number]
            red, green, blue = (float(value) for value in main)
            x0, y0, x1, y1 = (float(value) for value in box)
            found.append(
                Explanation(key, variant, flip, float(error), (red, green, blue), (x0, y0, x1, y1))
            )
        return found


class _Patch:
    """A place of a picture that drawings are laid over.

    Args:
        bare: HWC float32 RGB.
        mask: HW bool.
    """

    def __init__(self, bare: Floats, mask: HardMask) -> None:
        self._pixels = cv2.merge([bare, mask.astype(np.float32)])  # HW4
        self._area = float(np.count_nonzero(mask))

    def tried(self, numbers: Numbers, boxes: Floats) -> _Tried:
        """Some drawings, by their numbers (N,), laid over bounds (N, 4)."""
        some = sheet().of(numbers)
        views, at = np.unique(boxes, axis=0, return_inverse=True)
        seen = np.stack([self.gridded(box) for box in views])[at.reshape(-1)]  # (N, S, S, 4)
        flat = seen.reshape(len(numbers), -1, 4)
        picture, own = flat[..., :3], flat[..., 3]
        paints, mains = _fitted(some, picture, own)
        cell = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1) / SIDE**2
        beyond = np.maximum(self._area / np.maximum(cell, 1e-3) - own.sum(axis=1), 0)
        errors = _errors(some, covers()[numbers], paints, picture, own, beyond)
        return _Tried(self, numbers, boxes, errors + SLIM * _slim(some, boxes), mains)

    def flat(self, box: Floats) -> tuple[Floats, Floats]:
        """What is seen in each cell of bounds, (P, 3), and the mask's share of it, (P,)."""
        cells = self.gridded(box).reshape(-1, 4)
        return cells[:, :3], cells[:, 3]

    def gridded(self, box: Floats) -> Floats:
        x0, y0, x1, y1 = box
        across, down = (x1 - x0) / SIDE, (y1 - y0) / SIDE
        placed = np.array([[across, 0, x0 + across / 2 - 0.5], [0, down, y0 + down / 2 - 0.5]])
        how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return np.asarray(cv2.warpAffine(self._pixels, placed, (SIDE, SIDE), flags=how))


def _fitted(some: Sheet, seen: Floats, own: Floats) -> tuple[Floats, Floats]:
    """(N, K, 3) colour of each paint and (N, 3) main paint, that fit what is seen, (N, P, 3)."""
    sums = np.matmul(some.shares, np.concatenate([seen * own[..., None], own[..., None]], axis=2))
    total, weight = sums[..., :3], sums[..., 3:]
    scaled = (some.main * some.factor)[..., None]
    above = (scaled * (total - some.offset * weight)).sum(axis=1)
    mains = np.clip(above / np.maximum((scaled**2 * weight).sum(axis=1), 1e-3), 0, 255)
    base = np.where(some.main[..., None] > 0, mains[:, None], some.base)
    paints = some.factor[..., None] * base + some.offset
    mean = total / np.maximum(weight, 1e-3)
    for number, name in enumerate(DRAWN_ANEW, 1):
        at, of = np.nonzero(some.anew == number)
        choices = np.asarray(paint_choices(name), np.float32)  # (C, 3)
        shaded = some.factor[at, of, None, None] * choices + some.offset[at, of, None]
        off = np.abs(shaded - mean[at, of, None]).sum(axis=2)  # of each choice
        paints[at, of] = shaded[np.arange(len(at)), off.argmin(axis=1)]
    return paints.astype(np.float32), mains


def _errors(
    some: Sheet, cover: Floats, paints: Floats, seen: Floats, own: Floats, beyond: Floats
) -> Floats:
    """(N,) mean error in levels; what a cell shows may be found one beside its place."""
    off = _off(some, cover, paints, seen, BESIDE)
    inside = (off * cover).sum(axis=1)
    missed = CAP * np.maximum(own - cover, 0).sum(axis=1) + BEYOND * beyond
    whole = np.maximum(cover, own).sum(axis=1) + beyond
    return np.asarray((inside + missed) / np.maximum(whole, 1), dtype=np.float32)


def _off(
    some: Sheet, cover: Floats, paints: Floats, seen: Floats, beside: tuple[tuple[int, int], ...]
) -> Floats:
    """(N, P) levels, [0, ``CAP``], by which drawings in their paints differ from what is seen.

    They cover the shares ``cover`` (N, P) of the cells, which show ``seen`` (N, P, 3); that may be
    found in any of the places ``beside``, the first of which is a cell's own.
    """
    count = len(cover)
    told = np.matmul(paints.transpose(0, 2, 1), some.shares).reshape(count, 3, SIDE, SIDE)
    covered = cover.reshape(count, 1, SIDE, SIDE)
    picture = seen.transpose(0, 2, 1).reshape(count, 3, SIDE, SIDE)
    picture = np.pad(picture, ((0, 0), (0, 0), (1, 1), (1, 1)), mode="edge")
    least = np.full((count, SIDE, SIDE), CAP, np.float32)
    off, cost = np.empty_like(told), np.empty_like(least)
    for dy, dx in beside:
        there = picture[:, :, 1 + dy : 1 + dy + SIDE, 1 + dx : 1 + dx + SIDE]
        np.multiply(there, covered, out=off)
        np.subtract(told, off, out=off)
        np.abs(off, out=off)
        np.add(off[:, 0], off[:, 1], out=cost)
        cost += off[:, 2]
        cost /= 3
        if (dy, dx) != (0, 0):
            cost += OFF
        np.minimum(least, cost, out=least)
    return least.reshape(cover.shape)
