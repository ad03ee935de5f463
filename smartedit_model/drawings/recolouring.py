"""Gives things of a drawing another colour as their world does: their main paint alone.

Wheels, eyes and labels have paints of their own and keep them. The thing's drawing says which
pixels show its main paint; where it is not the drawing's, nothing is changed. Colours are measured
in the picture, so light and weather stay in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from smartedit_model.drawings.posing import RIM, Pose, paint_shares, poses
from smartedit_model.drawings.skies import Air, air
from smartedit_model.drawings.surroundings import Surroundings
from smartedit_model.world.backdrops import LIGHTS
from smartedit_model.world.palette import (
    RIM_STEPS,
    Colour,
    colour_names,
    instance_paints,
    paint,
    shade,
    unshaded,
)
from tools.masks import dilate
from tools.operation import HardMask, Rgb

Floats = np.ndarray[Any, np.dtype[np.float32]]
COVERS = 0.72
"""Overlap of a drawing's outline with the thing's, from which it may be its drawing."""
EXPLAINED = 11.0
"""Mean error, in levels, up to which the drawing's paints tell the picture's colours: of 60 things
their own drawings stay below 9, those of other kinds above."""
BETTER = 0.5
"""The same against the error of a guess that nothing stands there."""
CORE, LEAST = 0.9, 3
"""Share of a pixel that is one paint, and how many such pixels, for it to be measured there."""
NEARLY = 45.0
"""Levels by which a paint may be seen lighter or darker than it is."""
REACH = 2
"""How far, in pixels at 128, the drawing may be off somewhere."""
FINE = 4
"""Places that are tried to each side within that reach."""
BARED = 8.0
"""Levels of error that it counts for where a pixel of the thing is taken for what lies behind, or
the other way round."""
OFF = 1.5
"""Levels of error that a pixel's distance from its place in the drawing counts for."""


def painting(
    image: Rgb, outlines: Iterable[HardMask], keys: Iterable[str], around: Surroundings
) -> Painting | None:
    """How a thing is painted, or None where none of the drawings explains it.

    Args:
        image: HWC uint8 RGB.
        outlines: HW bool each, what may be the thing.
        keys: of the kinds that it may be.
        around: the light and the weather; under a style of drawing nothing can be told.
    """
    if around.style != "none":
        return None
    names = tuple(keys)
    apart: list[HardMask] = []
    for mask in outlines:
        if not any(np.array_equal(mask, other) for other in apart):
            apart.append(mask)
    found = [
        fit
        for mask in apart
        for pose in poses(mask, names)
        if pose.overlap >= COVERS and (fit := _fit(image, mask, pose, around)) is not None
    ]
    best = min(found, key=lambda fit: fit.error, default=None)
    if best is None or best.error > min(EXPLAINED, BETTER * best.unexplained):
        return None
    return best


@dataclass(frozen=True, eq=False)
class Painting:
    """A drawing's paints over a thing, where each pixel was found in it.

    Attributes:
        window: XYXY.
        tokens: of the paints.
        shares: (N, h, w) of each pixel.
        main: the main paint, as it is without light and weather.
        light: factors on red, green, blue.
        clear: (h, w, 1), the share of a colour that the weather leaves.
        level: (h, w, 1), how bright the pixel is against its paints.
        error: mean error in levels over the thing.
        unexplained: the same if only what lies around it were there.
    """

    window: tuple[int, int, int, int]
    tokens: list[str]
    shares: Floats
    main: Colour
    light: Colour
    clear: Floats
    level: Floats
    error: float
    unexplained: float

    def with_main(self, image: Rgb, colour: Colour) -> Rgb:
        """The picture with another main paint."""
        x0, y0, x1, y1 = self.window
        change = np.zeros((*self.shares.shape[1:], 3), np.float32)
        for token, share in zip(self.tokens, self.shares, strict=True):
            if not _is_main(token):
                continue
            old, new = _toned(token, self.main), _toned(token, colour)
            change += share[:, :, None] * (np.array(new) - old) * np.array(self.light)
        out = image.copy()
        part = image[y0:y1, x0:x1] + change * self.clear * self.level
        out[y0:y1, x0:x1] = np.clip(np.rint(part), 0, 255)
        return out


def _is_main(token: str) -> bool:
    return token == RIM or token.rstrip("+-") == "main"


def _toned(token: str, main: Colour, others: Mapping[str, Colour] | None = None) -> Colour:
    """A token's colour, where the main paint is another; ``others`` are those not the world's."""
    return (
        shade(main, RIM_STEPS) if token == RIM else paint(token, {**(others or {}), "main": main})
    )


def _fit(image: Rgb, mask: HardMask, pose: Pose, around: Surroundings) -> Painting | None:
    window, tokens, shares = paint_shares(pose, image.shape)
    x0, y0, x1, y1 = window
    seen = image[y0:y1, x0:x1].astype(np.float32)
    own = mask[y0:y1, x0:x1]
    over = air(around.weather, image.shape[0])
    over = Air(over.veil, over.share[y0:y1])
    light = LIGHTS[around.time]
    bare = over.without(seen) / np.array(light)
    cores = (shares >= CORE) & own
    main = _main_of(bare, cores, tokens)
    if main is None:
        return None
    colours = _colours(tokens, main, bare, cores)
    behind = _behind(bare, own)
    reach = max(round(REACH * min(image.shape[:2]) / 128), 1)
    shares, error = _found(bare, shares, colours, behind, own, reach)
    told = np.einsum("nhw,nc->hwc", shares, colours) + (1 - shares.sum(0))[..., None] * behind
    level = np.clip(bare.sum(2) / np.maximum(told.sum(2), 30), 0.7, 1.3)[..., None]
    nothing = float(np.abs(behind - bare).mean(axis=2)[own].mean())
    return Painting(window, tokens, shares, main, light, 1 - over.share, level, error, nothing)


def _main_of(bare: Floats, cores: HardMask, tokens: list[str]) -> Colour | None:
    """The main paint, from the pixels, (N, h, w), that are just it or a shade of it."""
    found, weights = [], []
    for token, core in zip(tokens, cores, strict=True):
        if token == RIM or not _is_main(token) or core.sum() < LEAST:
            continue
        steps = token.count("+") - token.count("-")
        found.append(unshaded(np.median(bare[core], axis=0), steps))
        weights.append(float(core.sum()) / (1 + abs(steps)))
    if not found:
        return None
    red, green, blue = np.clip(np.average(found, axis=0, weights=weights), 0, 255)
    return (float(red), float(green), float(blue))


def _colours(tokens: list[str], main: Colour, bare: Floats, cores: HardMask) -> Floats:
    """(N, 3): each paint's colour without light and weather, measured where it can be."""
    usual = instance_paints(colour_names()[0], 0)
    out = []
    for token, core in zip(tokens, cores, strict=True):
        found = np.array(_toned(token, main, usual))
        if core.sum() >= LEAST and not _is_main(token):
            seen = np.median(bare[core], axis=0)
            # Skin, hair and trimmings are each thing's own; other paints are nearly the same.
            free = token.rstrip("+-") in usual
            if free or np.abs(seen - found).max() <= NEARLY:
                found = seen
        out.append(found)
    return np.asarray(out, dtype=np.float32)


def _behind(bare: Floats, own: HardMask) -> Floats:
    """HWC: what lies around a thing, spread over it from its outline."""
    hole = dilate(own, 1).astype(np.uint8)
    picture = np.clip(bare, 0, 255).astype(np.uint8)
    return np.asarray(cv2.inpaint(picture, hole, 3, cv2.INPAINT_TELEA), dtype=np.float32)


def _found(
    bare: Floats,
    shares: Floats,
    colours: Floats,
    behind: Floats,
    own: HardMask,
    reach: int,
) -> tuple[Floats, float]:
    """The shares of each pixel from the place of the drawing that it looks like, near its own."""
    shown = np.einsum("nhw,nc->hwc", shares, colours)
    there = shares.sum(0)
    best = np.full(own.shape, np.inf, np.float32)
    error = np.zeros(own.shape, np.float32)
    places = np.indices(own.shape)  # (2, h, w): row, column
    source = places.copy()
    within = own.astype(np.float32)
    step = max(round(reach / FINE), 1)
    for dy in range(-reach, reach + 1, step):
        for dx in range(-reach, reach + 1, step):
            told = _shifted(shown, dy, dx)
            cover = _shifted(there, dy, dx)
            told += (1 - cover)[..., None] * behind
            off = np.abs(told - bare).mean(axis=2)
            cost = off + OFF * float(np.hypot(dy, dx)) * 2 / reach + BARED * np.abs(within - cover)
            nearer = cost < best
            np.copyto(best, cost, where=nearer)
            np.copyto(error, off, where=nearer)
            np.copyto(source, places - np.array((dy, dx))[:, None, None], where=nearer)
    ends = np.array(own.shape)[:, None, None]
    inside = ((source >= 0) & (source < ends)).all(axis=0)
    row, column = source.clip(0, ends - 1)
    taken = shares[:, row, column] * inside
    taken *= dilate(own, reach)
    return taken, float(error[own].mean())


def _shifted(values: Floats, dy: int, dx: int) -> Floats:
    """HW or HWC moved by some pixels; nothing of the thing comes in from beyond the window."""
    out = np.zeros_like(values)
    height, width = values.shape[:2]
    rows = slice(max(dy, 0), height + min(dy, 0)), slice(max(-dy, 0), height + min(-dy, 0))
    columns = slice(max(dx, 0), width + min(dx, 0)), slice(max(-dx, 0), width + min(-dx, 0))
    out[rows[0], columns[0]] = values[rows[1], columns[1]]
    return out
