"""A smooth map of colours that gives one picture the colour distribution of another.

Linear optimal transport between Gaussians (Monge-Kantorovich; Pitié and Kokaram 2007) first, then
a few sliced steps (Rabin et al. 2011) for what two Gaussians cannot say, spread over a coarse grid
of colours so that neighbouring colours stay neighbours. Gains are bounded, so that a flat picture
is not torn apart into noise and bands.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools import oklab
from tools.style_statistics import WEIGHTS, Colours

MOST_GAIN = 2.5
"""How many times the spread of colours may grow along a direction, lest noise and bands show."""
LEAST_GAIN = 0.4
"""What is left of it at least, lest the picture drown in a flat style."""
NOISE = 1e-4
"""Variance below which a direction holds no colours, only noise."""
ROUNDS = 8
GRID = (17, 17, 17)
LOW = np.array([-0.02, -0.35, -0.35])
HIGH = np.array([1.02, 0.35, 0.35])
SMOOTH = 1.3
"""Standard deviation, in cells of the grid, over which neighbouring colours move together."""
FARTHEST = np.array([0.22, 0.08, 0.08])
"""The most that the sliced steps may move a colour beyond the linear map."""

EXTREME = 0.01
"""Share of a picture's colours that lie beyond what is taken for its lightest and its darkest."""
ONE_TONE = 0.006
"""How far from one tone a lightness colours of that tone alone may be, on average, in Oklab."""
TONES = 24
"""Lightnesses that a style's one tone is looked up at."""

_GREYS = np.stack([np.linspace(0, 1, 257), np.zeros(257), np.zeros(257)], axis=1)

ColourMap = Callable[[NDArray[Any]], Colours]
"""(N, 3) Oklab -> the same."""
Tone = Callable[[NDArray[Any]], Colours]


def colour_map(content: Colours, style: Colours) -> ColourMap:
    """The map that moves the colours of ``content`` to those of ``style``.

    Args:
        content: (N, 3) Oklab, at least 16.
        style: (M, 3) Oklab, at least 16.

    Returns:
        A map whose neighbours stay neighbours; the identity where both are the same.
    """
    toned = _toned(content, style)
    linear = toned(_linear(content, style))
    field = _field(linear(content), style)
    # What the linear map leaves may not turn light and dark around; then less of it is better.
    for share in (1.0, 0.5, 0.25):
        part = field * share
        if (np.diff(_moved(linear(_GREYS), part)[:, 0]) >= 0).all():
            return toned(_within(lambda lab, part=part: _moved(linear(lab), part), content, style))  # type: ignore[misc]
    return _within(linear, content, style)


def _within(mapped: ColourMap, content: Colours, style: Colours) -> ColourMap:
    """The map with its lights and darks rolled off towards the style's own, not cut off at white.

    Stretched to a style of more contrast, a picture of a few bright things on dark ground would
    have those far above white, and lose all that is drawn in them.
    """
    lights = mapped(content)[:, 0]
    middle = float(np.median(lights))
    ends = []
    for share in (1 - EXTREME, EXTREME):
        reach = float(np.quantile(lights, share)) - middle
        room = float(np.quantile(style[:, 0], share)) - middle
        # An end within the style's, or with no room to roll off in, is left as it is.
        over = abs(reach) > abs(room) + 0.005 and room * reach > 0 and abs(room) > 0.02
        ends.append(1 / abs(room) - 1 / abs(reach) if over else 0.0)
    if ends == [0.0, 0.0]:
        return mapped

    def apply(lab: NDArray[Any]) -> Colours:
        moved = mapped(lab)
        off = moved[:, 0] - middle
        bend = np.where(off > 0, ends[0], ends[1])
        moved[:, 0] = middle + off / (1 + np.abs(off) * bend)
        return moved

    return apply


def _linear(content: Colours, style: Colours) -> ColourMap:
    """Monge-Kantorovich: the symmetric map between two Gaussians that moves colours least."""
    a, b = content * WEIGHTS, style * WEIGHTS
    mean_a, mean_b = a.mean(axis=0), b.mean(axis=0)
    floor = NOISE * np.eye(3)
    spread_a, spread_b = np.cov(a.T) + floor, np.cov(b.T) + floor
    root = _power(spread_a, 0.5)
    inverse = _power(spread_a, -0.5)
    middle = _power(root @ spread_b @ root, 0.5)
    gains, axes = np.linalg.eigh(inverse @ middle @ inverse)
    matrix = (axes * np.clip(gains, LEAST_GAIN, MOST_GAIN)) @ axes.T

    def apply(lab: NDArray[Any]) -> Colours:
        return np.asarray(((lab * WEIGHTS - mean_a) @ matrix.T + mean_b) / WEIGHTS)

    return apply


def one_tone(colours: Colours) -> Tone | None:
    """The colour that each lightness has in a black and white or sepia picture; else None.

    Returns:
        (N,) lightness -> (N, 2) Oklab a and b.
    """
    light = colours[:, 0]
    levels = np.quantile(light, np.linspace(0, 1, TONES + 1))
    bins = np.clip(np.searchsorted(levels, light, side="right") - 1, 0, TONES - 1)
    counts = np.bincount(bins, minlength=TONES)
    kept = counts > 0
    at, a, b = (
        np.bincount(bins, colours[:, c], minlength=TONES)[kept] / counts[kept] for c in range(3)
    )

    def tone(lightness: NDArray[Any]) -> Colours:
        return np.stack([np.interp(lightness, at, a), np.interp(lightness, at, b)], axis=1)

    return tone if _strays(colours, tone) <= ONE_TONE else None


def _strays(colours: Colours, tone: Tone) -> float:
    """How far colours are from the tone of their lightness, on average."""
    return float(np.hypot(*(colours[:, 1:] - tone(colours[:, 0])).T).mean())


def _toned(content: Colours, style: Colours) -> Callable[[ColourMap], ColourMap]:
    """What makes a map lead into a style's one tone, where it has one.

    Bounded gains would leave a share of every colour, which is no black and white.
    """
    tone = one_tone(style)
    if tone is None:
        return lambda mapped: mapped
    own = _strays(content, tone) <= ONE_TONE  # then what little it strays from the tone stays

    def wrap(mapped: ColourMap) -> ColourMap:
        def apply(lab: NDArray[Any]) -> Colours:
            moved = mapped(lab)
            moved[:, 1:] = tone(moved[:, 0])
            if own:
                moved[:, 1:] += lab[:, 1:] - tone(lab[:, 0])
            return moved

        return apply

    return wrap


def _power(matrix: Colours, exponent: float) -> Colours:
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray((vectors * np.maximum(values, 1e-12) ** exponent) @ vectors.T)


def _field(content: Colours, style: Colours) -> Colours:
    """What the linear map leaves: (17, 17, 17, 3) moves on a grid of colours."""
    moving = content * WEIGHTS
    wanted = style * WEIGHTS
    levels = (np.arange(257) + 0.5) / 257
    rng = np.random.default_rng(20)
    for _ in range(ROUNDS):
        basis = np.linalg.qr(rng.standard_normal((3, 3)))[0]
        for axis in basis.T:
            here, there = moving @ axis, wanted @ axis
            old, new = np.quantile(here, levels), np.quantile(there, levels)
            old += np.arange(257) * 1e-9  # ties would leave the step undefined
            moving = moving + np.outer(np.interp(here, old, new - old), axis) * 0.5
    return _spread(content, (moving / WEIGHTS - content).clip(-FARTHEST, FARTHEST))


def _spread(colours: Colours, moves: Colours) -> Colours:
    """Moves of single colours as a smooth field over the grid; zero far from any colour."""
    from scipy.ndimage import gaussian_filter  # long to import, and asked for only here

    cells = _cells(colours)
    index = np.ravel_multi_index(np.rint(cells).astype(np.intp).T, GRID)
    total = int(np.prod(GRID))
    weight = np.bincount(index, minlength=total).astype(np.float64).reshape(GRID)
    weight = gaussian_filter(weight, SMOOTH, mode="nearest")
    # A cell that hardly any colour fell into does not move on the word of one.
    sure = weight + 2e-4 * len(colours)
    field = np.empty((*GRID, 3))
    for channel in range(3):
        sums = np.bincount(index, moves[:, channel], minlength=total).reshape(GRID)
        field[..., channel] = gaussian_filter(sums, SMOOTH, mode="nearest") / sure
    return field


def _cells(lab: NDArray[Any]) -> Colours:
    return np.asarray(((lab - LOW) / (HIGH - LOW)).clip(0, 1) * (np.array(GRID) - 1))


def _moved(lab: Colours, field: Colours) -> Colours:
    cells = _cells(lab).T
    from scipy.ndimage import map_coordinates  # as above

    moves = [map_coordinates(field[..., c], cells, order=1, mode="nearest") for c in range(3)]
    return np.asarray(lab + np.stack(moves, axis=-1), dtype=np.float64)


def in_display(mapped: ColourMap) -> Callable[[NDArray[Any]], Colours]:
    """The map on (N, 3) display RGB in [0, 1]; colours it leaves alone come back exactly."""

    def apply(display: NDArray[Any]) -> Colours:
        lab = oklab.from_display(display)
        moved = oklab.to_display(mapped(lab))
        return np.asarray(display + (moved - oklab.to_display(lab)), dtype=np.float64)

    return apply
