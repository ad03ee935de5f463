"""Filling a hole with patches from around it: coarse to fine, deterministic.

Each pixel of the hole is voted for by the patches that overlap it, each matched to the most similar
patch of what is known (Wexler's completion with a PatchMatch search). Works on small pictures;
``tools.inpaint`` carries the answer to native resolution.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from tools.compositing import membrane
from tools.operation import HardMask, SoftMask

RADIUS = 3
SIDE = 2 * RADIUS + 1
BRUTE = 15_000_000
"""Most pairs of patches that are all compared; above, matches are refined from the level below."""
COARSEST = 2.5
"""The pyramid goes down until the hole's largest inscribed radius is this many pixels."""

Ints = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


@dataclass(frozen=True)
class Filled:
    """A filled picture and where each pixel came from.

    Attributes:
        image: HWC float32, the hole filled.
        source: HW2 int64 (y, x), the pixel each hole pixel's own patch matched; itself outside.
    """

    image: SoftMask
    source: Ints


def fill(
    image: SoftMask,
    hole: HardMask,
    seed: int,
    tick: Callable[[float], None] = lambda _fraction: None,
) -> Filled | None:
    """Fill a hole from its surroundings; None where there is too little to copy from.

    Args:
        image: HWC float32 RGB [0, 255]; what is in the hole does not matter.
        hole: HW bool.
        seed: of the random search.
        tick: told a fraction in [0, 1]; may raise to cancel.
    """
    pyramid = _pyramid(image, hole)
    rng = np.random.default_rng(seed)
    state: Filled | None = None
    for number, (picture, gap) in enumerate(reversed(pyramid)):
        state = _level(picture, gap, state, rng, rounds=6 if number == 0 else 3)
        if state is None:
            return None
        tick((number + 1) / len(pyramid))
    return state


def _pyramid(image: SoftMask, hole: HardMask) -> list[tuple[SoftMask, HardMask]]:
    out = [(image, hole)]
    while True:
        picture, gap = out[-1]
        depth = float(cv2.distanceTransform(gap.view(np.uint8), cv2.DIST_L2, 3).max())
        if depth <= COARSEST or min(gap.shape) < 8 * SIDE:
            return out
        size = ((gap.shape[1] + 1) // 2, (gap.shape[0] + 1) // 2)
        known = (~gap).astype(np.float32)
        weight = cv2.resize(known, size, interpolation=cv2.INTER_AREA)
        half = cv2.resize(picture * known[..., None], size, interpolation=cv2.INTER_AREA)
        half = half / np.maximum(weight, 1e-3)[..., None]
        smaller = np.asarray(weight < 0.6, dtype=np.bool_)
        out.append((half.astype(np.float32), smaller))


def _level(
    picture: SoftMask, gap: HardMask, below: Filled | None, rng: np.random.Generator, rounds: int
) -> Filled | None:
    height, width = gap.shape
    own = own_places(height, width)
    if not gap.any():
        return Filled(picture, own)
    touched = cv2.dilate(gap.view(np.uint8), np.ones((SIDE, SIDE), np.uint8)) > 0
    usable = ~touched
    usable[:RADIUS] = usable[-RADIUS:] = False
    usable[:, :RADIUS] = usable[:, -RADIUS:] = False
    if np.count_nonzero(usable) < 64:
        return None
    target = np.argwhere(touched)
    current = picture.copy()
    if below is None:
        current[gap] = membrane(picture, ~gap)[gap]
        source = _random_sources(usable, own, touched, rng)
    else:
        bigger = cv2.resize(below.image, (width, height), interpolation=cv2.INTER_CUBIC)
        current[gap] = bigger[gap]
        source = _lifted(below.source, own, usable, touched, rng)
    depth = cv2.distanceTransform(gap.view(np.uint8), cv2.DIST_L2, 5)
    trust = 1.3 ** -depth[target[:, 0], target[:, 1]]
    exact = len(target) * int(np.count_nonzero(usable)) <= BRUTE
    bank = _patches(picture)
    # At first the hole holds only a smear; comparing what is known alone keeps the smear from
    # choosing smooth places.
    seen = _patches(np.repeat((~gap).astype(np.float32)[..., None], picture.shape[2], axis=2))
    for number in range(rounds):
        wanted = _patches(current)[target[:, 0], target[:, 1]].reshape(len(target), -1)
        if exact:
            known = None
            if below is None and number == 0:
                known = seen[target[:, 0], target[:, 1]].reshape(len(target), -1)
            error = _nearest(bank, usable, target, wanted, source, known)
        else:
            error = _refine(bank, usable, target, wanted, source, rng)
        current = _vote(picture, current, gap, target, source, error, trust)
    return Filled(current, source)


def own_places(height: int, width: int) -> Ints:
    """Each pixel's own (y, x): HW2."""
    ys, xs = np.indices((height, width), dtype=np.int64)
    return np.dstack((ys, xs))


def _patches(picture: SoftMask) -> SoftMask:
    """Every pixel's patch, as (H, W, C, SIDE, SIDE) views on a padded copy."""
    padded = np.pad(picture, ((RADIUS, RADIUS), (RADIUS, RADIUS), (0, 0)), mode="edge")
    view: SoftMask = np.lib.stride_tricks.sliding_window_view(padded, (SIDE, SIDE), axis=(0, 1))
    return view


def _random_sources(
    usable: HardMask, own: Ints, touched: HardMask, rng: np.random.Generator
) -> Ints:
    choices = np.argwhere(usable)
    source = own.copy()
    source[touched] = choices[rng.integers(0, len(choices), int(np.count_nonzero(touched)))]
    return source


def _lifted(
    coarse: Ints, own: Ints, usable: HardMask, touched: HardMask, rng: np.random.Generator
) -> Ints:
    """Matches of the level below at this level's size; those that became unusable are redrawn."""
    height, width = usable.shape
    ys = np.minimum(np.arange(height) // 2, coarse.shape[0] - 1)
    xs = np.minimum(np.arange(width) // 2, coarse.shape[1] - 1)
    lifted = coarse[ys[:, None], xs[None]] * 2 + own % 2
    lifted[..., 0] = np.clip(lifted[..., 0], RADIUS, height - 1 - RADIUS)
    lifted[..., 1] = np.clip(lifted[..., 1], RADIUS, width - 1 - RADIUS)
    source = _random_sources(usable, own, touched, rng)
    good = touched & usable[lifted[..., 0], lifted[..., 1]]
    source[good] = lifted[good]
    return source


def _nearest(
    bank: SoftMask,
    usable: HardMask,
    target: Ints,
    wanted: SoftMask,
    source: Ints,
    seen: SoftMask | None = None,
) -> SoftMask:
    """The most similar patch of all, by comparing every pair, where ``seen`` is not zero."""
    places = np.argwhere(usable)
    known = bank[places[:, 0], places[:, 1]].reshape(len(places), -1)
    squares = known**2
    norm = squares.sum(axis=1)
    error = np.empty(len(target), dtype=np.float32)
    chunk = max(8_000_000 // len(places), 1)
    for start in range(0, len(target), chunk):
        part = wanted[start : start + chunk]
        if seen is None:
            apart = norm - 2 * (part @ known.T)
        else:
            weight = seen[start : start + chunk]
            part = part * weight
            apart = weight @ squares.T - 2 * (part @ known.T)
        best = apart.argmin(axis=1)
        rows = target[start : start + chunk]
        source[rows[:, 0], rows[:, 1]] = places[best]
        error[start : start + chunk] = apart[np.arange(len(part)), best] + (part**2).sum(axis=1)
    return np.maximum(error, 0)


def _refine(
    bank: SoftMask,
    usable: HardMask,
    target: Ints,
    wanted: SoftMask,
    source: Ints,
    rng: np.random.Generator,
) -> SoftMask:
    """PatchMatch: try the neighbours' matches and random places ever nearer to the present one."""
    height, width = usable.shape
    ty, tx = target[:, 0], target[:, 1]

    def distance(places: Ints, rows: Ints) -> SoftMask:
        patches = bank[places[:, 0], places[:, 1]].reshape(len(places), wanted.shape[1])
        return np.asarray(((patches - wanted[rows]) ** 2).sum(axis=1), dtype=np.float32)

    everyone = np.arange(len(target))
    best = source[ty, tx]
    error = distance(best, everyone)

    def offer(candidate: Ints) -> None:
        y = np.clip(candidate[:, 0], 0, height - 1)
        x = np.clip(candidate[:, 1], 0, width - 1)
        new = usable[y, x] & ((y != best[:, 0]) | (x != best[:, 1]))
        rows = np.flatnonzero(new)
        places = np.stack([y[rows], x[rows]], axis=1)
        apart = distance(places, rows)
        better = apart < error[rows]
        best[rows[better]] = places[better]
        error[rows[better]] = apart[better]
        source[ty, tx] = best

    for _ in range(2):
        for dy, dx in ((0, 1), (1, 0), (0, -1), (-1, 0)):
            y, x = np.clip(ty - dy, 0, height - 1), np.clip(tx - dx, 0, width - 1)
            offer(source[y, x] + (dy, dx))
        for reach in (max(height, width) // 4, 8, 2):
            offer(best + rng.integers(-reach, reach + 1, best.shape))
    return error


def _vote(
    picture: SoftMask,
    current: SoftMask,
    gap: HardMask,
    target: Ints,
    source: Ints,
    error: SoftMask,
    trust: SoftMask,
) -> SoftMask:
    """Blend the overlapping matched patches; the better and the nearer the rim, the heavier."""
    height, width = gap.shape
    spread = max(float(np.quantile(error, 0.75)), 1.0)
    weight = np.exp(-error / (2 * spread)) * trust
    total = np.full((height, width, 1), 1e-9)
    sums = np.zeros((height, width, picture.shape[2]))
    ty, tx = target[:, 0], target[:, 1]
    match = source[ty, tx]
    for dy in range(-RADIUS, RADIUS + 1):
        for dx in range(-RADIUS, RADIUS + 1):
            y, x = ty + dy, tx + dx
            ok = (y >= 0) & (y < height) & (x >= 0) & (x < width)
            y, x, w = y[ok], x[ok], weight[ok][:, None]
            # Within one shift no two targets meet, so plain indexing adds up correctly.
            sums[y, x] += w * picture[match[ok, 0] + dy, match[ok, 1] + dx]
            total[y, x] += w
    out = current.copy()
    out[gap] = (sums / total)[gap]
    return out
