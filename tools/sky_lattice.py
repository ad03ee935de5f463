"""What stands before a clear sky and is too fine for the copy that the sky is found on.

A clear sky's colour changes smoothly with place, so it can be foretold between the bars of a tower
and beyond it, from the sky around: what has the colour foretold is sky, and what is thin, sharp
and of another colour stands before it. Skies with clouds are left as they were found.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.cielab import lab_of
from tools.fields import blurred, shrink, shrink_plane, smoothstep
from tools.operation import HardMask, Rgb, SoftMask

FITTED = 300
"""Long side of the copy that the colours are fitted on."""
LOOK = 1600
"""Long side of the copy on which bars and gaps are looked for."""
ROUNDS = 4
"""Fits, each without what the last one could not foretell."""
EVEN = 4.5
"""Distance in Lab within which nearly all of a clear sky lies from the colour foretold."""
SAME = 3.5
"""The same of a single pixel that is sky, where the picture has no noise to speak of."""
OTHER = 2.2
"""So many times that, a pixel is surely none."""
NOISY = 9.0
"""More than this much noise hides what is thin."""
REACH = 0.012
"""How far apart the gaps of one lattice lie, and how thick its bars are, as a share of the long
side."""
BETWEEN = 5
"""So many times that far apart they may lie where the noise hides some of them."""
ASIDE = 0.2
"""A sky reaches as low as it does within so much of the picture's width."""
HUED = 14.0
"""Chroma from which a sky's colour is its own: white walls look like a white sky."""
GAP = 2e-4
"""Share of the picture up to which a gap may lie in a sky without a hue."""
AROUND = 0.02
"""How far the sky's own colour tells of that beside it, as a share of the long side."""
LOOKS = 3
"""How often the gaps are looked for, each time with the colours of those found before."""
TILE = 256


@dataclass(frozen=True)
class _Foretold:
    """A sky's colour at each place.

    Attributes:
        small: HWC float32 Lab, reduced.
    """

    small: SoftMask

    def apart(self, image: Rgb, here: tuple[slice, slice]) -> SoftMask:
        """How far the colours of a part of a picture lie from the sky's there, HW in Lab."""
        size = (here[1].stop - here[1].start, here[0].stop - here[0].start)
        down, across = (
            small / whole
            for small, whole in zip(self.small.shape[:2], image.shape[:2], strict=True)
        )
        at = [(here[1].start + 0.5) * across - 0.5, (here[0].start + 0.5) * down - 0.5]
        own = cv2.warpAffine(
            self.small,
            np.array([[across, 0, at[0]], [0, down, at[1]]]),
            size,
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        off = lab_of(image[here]) - own
        return np.asarray(np.sqrt(cv2.transform(off * off, np.ones((1, 3)))), dtype=np.float32)


def _foretell(image: Rgb, sky: HardMask) -> _Foretold | None:
    """Fit the sky's colours; None where it is not clear, or too little of it is seen."""
    small = shrink(image, FITTED)
    share = shrink_plane(sky.astype(np.float32), *small.shape[:2])
    sure = cv2.erode((share > 0.95).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    if sure.sum() < 400:
        return None
    y, x = (((np.arange(n) + 0.5) / n - 0.5).astype(np.float32) for n in share.shape)
    terms = np.stack(
        [y[:, None] ** i * x[None] ** j for i in range(4) for j in range(4 - i)], axis=-1
    )
    lab = lab_of(small)
    seen, colours = terms[sure], lab[sure]
    weight = np.ones(len(seen), dtype=np.bool_)
    for _ in range(ROUNDS):
        fitted = np.linalg.lstsq(seen[weight][::3], colours[weight][::3], rcond=None)[0]
        left = np.linalg.norm(colours - seen @ fitted, axis=1)
        weight = left < 3 * np.median(left) + 0.1
    if np.quantile(left, 0.95) > EVEN:
        return None
    cubic = (terms @ fitted).astype(np.float32)
    even = np.zeros((*share.shape, 1), dtype=np.float32)
    even[sure] = weight[:, None]
    spread = blurred(
        np.concatenate([(lab - cubic) * even, even], axis=2), AROUND * max(y.size, x.size)
    )
    return _Foretold(cubic + spread[..., :3] / (spread[..., 3:] + np.float32(0.02)))


def before_clear_sky(image: Rgb, soft: SoftMask) -> SoftMask:
    """A clear sky with its gaps in lattices, and without thin things that stand before it.

    Args:
        image: HWC uint8 RGB.
        soft: HW float32 [0, 1], the sky as it was found.
    """
    small = shrink(image, LOOK)
    hard = np.asarray(shrink_plane(soft, *small.shape[:2]) > 0.5, dtype=np.bool_)
    rows = np.nonzero(hard.any(axis=1))[0]
    if not rows.size:
        return soft
    lowest = int(rows[-1]) + 1
    told = _told(small, hard, lowest)
    if told is None:
        return soft
    foretold, found = told
    size = _reach(hard.shape)
    near = cv2.dilate(found.view(np.uint8), np.ones((size, size), np.uint8))
    wide = np.ones((BETWEEN * size, BETWEEN * size), np.uint8)
    near += cv2.morphologyEx(near, cv2.MORPH_CLOSE, wide)
    near[lowest:] = 0
    step = max(1, max(image.shape[:2]) // 300)
    few = np.ascontiguousarray(image[::step, ::step])  # not averaged, so as noisy as the picture
    apart = foretold.apart(few, (slice(0, few.shape[0]), slice(0, few.shape[1])))
    same = _same(apart[soft[::step, ::step] > 0.99])
    return soft if same is None else _shared(image, soft, foretold, near, same)


def _told(small: Rgb, hard: HardMask, lowest: int) -> tuple[_Foretold, HardMask] | None:
    """A sky's colours, and the bars and gaps in it; None where it is not clear, or has none."""
    gaps = np.zeros(hard.shape, dtype=np.bool_)
    here = (slice(0, lowest), slice(0, hard.shape[1]))
    apart: SoftMask = np.full(hard.shape, np.inf, dtype=np.float32)
    looks = 0
    while (foretold := _foretell(small, hard | gaps)) is not None:
        apart[here] = foretold.apart(small, here)
        same = _same(apart[hard][::31])
        if same is None:
            return None
        colour = np.median(foretold.small.reshape(-1, 3), axis=0)
        before, gaps = gaps, _gaps(apart < same, hard, colour)
        looks += 1
        if looks == LOOKS or gaps.sum() < before.sum() + 0.01 * hard.sum():
            found = gaps | _thin(apart > OTHER * same, hard)
            return (foretold, found) if found.any() else None
    return None


def _same(apart: NDArray[np.float32]) -> float | None:
    """Distance within which a pixel is sky, by the noise of a sky; None where that is too much."""
    noise = float(np.quantile(apart, 0.9)) if apart.size else np.inf
    return max(SAME, 1.5 * noise) if noise <= NOISY else None


def _shared(
    image: Rgb, soft: SoftMask, foretold: _Foretold, near: NDArray[np.uint8], same: float
) -> SoftMask:
    """The sky's share of each pixel, by colour alone where ``near`` (a reduced copy) is not 0.

    As a bar covers part of a pixel, so its colour lies between the sky's and the bar's; but where
    ``near`` is 1, bars and gaps are not so sure that a pixel would be both.
    """
    height, width = soft.shape
    wide = np.asarray(cv2.resize(near, (width, height), interpolation=cv2.INTER_NEAREST))
    reach = max(2, round(8e-4 * max(height, width)))
    kernel = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    out = soft.copy()
    for top in range(0, height, TILE):
        for left in range(0, width, TILE):
            tile = (slice(top, min(top + TILE, height)), slice(left, min(left + TILE, width)))
            if not wide[tile].any():
                continue
            y, x = max(top - reach, 0), max(left - reach, 0)
            around = (
                slice(y, min(tile[0].stop + reach, height)),
                slice(x, min(tile[1].stop + reach, width)),
            )
            apart = np.minimum(foretold.apart(image, around), 100)
            apart = _without_specks(apart, OTHER * same, reach)
            most = cv2.dilate(apart, kernel)
            share = 1 - smoothstep(0, 1, (apart - same) / np.maximum(most - same, OTHER * same))
            # Where nothing stands before what was found as sky, it is only noisy.
            share[(most < OTHER * same) & (soft[around] > 0.5)] = 1
            unmixed = 1 - smoothstep(same, OTHER * same, apart)
            share = np.where(wide[around] > 1, share, unmixed)
            share = share[top - y : tile[0].stop - y, left - x : tile[1].stop - x]
            out[tile] = np.where(wide[tile] > 0, share, soft[tile])
    return out


def _without_specks(apart: SoftMask, sure: float, reach: int) -> SoftMask:
    """A plane without the noise of single pixels: a bar is long, whichever way it goes.

    Straight pieces of it stay however faint they are; where it is above a level, any piece that is
    large enough does.
    """
    long = 2 * reach - 1
    level = np.zeros((long, long), np.uint8)
    level[reach - 1] = 1
    slope = np.eye(long, dtype=np.uint8)
    ways = (level, level.T.copy(), slope, slope[::-1].copy())
    straight = np.max([cv2.morphologyEx(apart, cv2.MORPH_OPEN, way) for way in ways], axis=0)
    strong = np.asarray(apart > sure, dtype=np.uint8)
    _, parts, stats, _ = cv2.connectedComponentsWithStats(strong, connectivity=8)
    large = stats[:, cv2.CC_STAT_AREA] >= 6 * reach
    large[0] = False
    near = cv2.dilate(large[parts].view(np.uint8), np.ones((3, 3), np.uint8)) > 0
    return np.where(near, apart, straight)


def _reach(shape: tuple[int, ...]) -> int:
    return max(round(REACH * max(shape[:2])), 3)


def _thin(other: HardMask, hard: HardMask) -> HardMask:
    """Thin parts of another colour within the sky that hang on to what is no sky."""
    size = _reach(other.shape)
    inside = other & hard
    thick = cv2.morphologyEx(inside.view(np.uint8), cv2.MORPH_OPEN, np.ones((size, size), np.uint8))
    thin = inside & (thick == 0)
    joined = cv2.dilate((thin | ~hard).view(np.uint8), np.ones((3, 3), np.uint8))
    _, parts = cv2.connectedComponents(joined, connectivity=8)
    held = np.unique(parts[~hard])
    kept = np.zeros(int(parts.max()) + 1, dtype=np.bool_)
    kept[held] = True
    kept[0] = False
    return np.asarray(thin & kept[parts], dtype=np.bool_)


def _gaps(like: HardMask, hard: HardMask, colour: NDArray[np.float32]) -> HardMask:
    """Places of the sky's own colour that are near it, and no lower than it reaches thereabouts."""
    height, width = hard.shape
    lowest = np.where(hard.any(axis=0), height - np.argmax(hard[::-1], axis=0), 0)
    side = 2 * round(ASIDE * width) + 1
    reaches = cv2.dilate(lowest.astype(np.float32)[None], np.ones((1, side), np.uint8))[0]
    like = like & ~hard & (np.arange(height)[:, None] < reaches[None])
    count, parts, stats, _ = cv2.connectedComponentsWithStats(like.view(np.uint8), connectivity=4)
    if count <= 1:
        return np.zeros(hard.shape, dtype=np.bool_)
    area = stats[:, cv2.CC_STAT_AREA]
    hued = bool(np.hypot(colour[1], colour[2]) >= HUED and colour[2] < 0)
    kept = (area >= 3) & (hued | (area <= max(GAP * hard.size, 4)))
    kept[0] = False
    size = _reach(hard.shape)
    joined = cv2.dilate((kept[parts] | hard).view(np.uint8), np.ones((size, size), np.uint8))
    _, groups = cv2.connectedComponents(joined, connectivity=8)
    with_sky = np.zeros(int(groups.max()) + 1, dtype=np.bool_)
    with_sky[np.unique(groups[hard])] = True
    return np.asarray(kept[parts] & with_sky[groups], dtype=np.bool_)
