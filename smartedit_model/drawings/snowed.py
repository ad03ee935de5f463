"""Snow on the ground of a drawing: under what stands there, shadows included.

The ground is what has its row's usual colour, or that colour in shadow, below the horizon.
"""

from __future__ import annotations

import cv2
import numpy as np

from smartedit_model.drawings.rims import Floats, rim_of
from smartedit_model.drawings.skies import veiled
from smartedit_model.drawings.surroundings import SURE, Surroundings, unit_of
from smartedit_model.world.backdrops import LIGHTS, SNOW
from tools.masks import dilate, union
from tools.operation import HardMask, Rgb

OFF = 10.0
"""Levels off the ground's colour, shaded or not, by which ground may be."""
SHADED = (0.7, 1.06)
"""How dark a shadow is at its core, and how much brighter than usual ground may be."""
FREE = 0.1
"""Share of a row that must be free of things, for its usual colour to be the ground's."""
NEXT = 12.0
"""Levels by which the ground may differ from the row below it."""
FOLLOWED, HALF = 0.06, 0.5
"""Share of a row that has such a colour, for it to be followed; share of the free pixels that must
have a new one."""
WIDE = 0.2
"""Share of the ground from which something must be surely a thing, to say where ground is not."""
MOSTLY = 0.35
"""Share of ground-coloured pixels from which what was taken for a thing is ground itself."""
SPECK = 0.002
"""Square scene units below which a patch of the ground's colour is part of something else."""


def snowed(image: Rgb, around: Surroundings, horizon: int, time: str) -> Rgb:
    """The picture with snow on its ground; unchanged where no ground is seen, or in fog.

    Args:
        image: HWC uint8 RGB.
        around: what stands in it, and its weather.
        horizon: row from which the ground begins.
        time: whose light falls on the snow.
    """
    height = image.shape[0]
    first = min(max(horizon, 0), height)
    if height - first < 4 or around.weather == "fog":
        return image
    before = image[first:].astype(np.float32)
    shape = (before.shape[0], before.shape[1])
    there = [(thing.mask[first:], thing.sure) for thing in around.things]
    masks = [mask for mask, _ in there if mask.any()]
    sure = [mask for mask, chance in there if chance >= SURE or mask.mean() < WIDE]
    usual = _usual(before, dilate(union(sure, shape), max(round(0.02 * unit_of(image.shape)), 1)))
    if usual is None:
        return image
    shade = (before * usual).sum(axis=2) / np.maximum((usual * usual).sum(axis=2), 1.0)
    off = np.linalg.norm(before - shade[:, :, None] * usual, axis=2)
    ground = (off < OFF) & (shade > SHADED[0]) & (shade < SHADED[1])
    ground &= ~union((mask for mask in masks if ground[mask].mean() < MOSTLY), shape)
    ground = _large(ground, SPECK * unit_of(image.shape) ** 2)
    down = np.linspace(0, 1, len(before), dtype=np.float32)[:, None, None]
    far, near = (np.array(colour, np.float32) * np.array(LIGHTS[time]) for colour in SNOW)
    snow = far * (1 - down) + near * down
    white = np.stack([veiled(tuple(row), around.weather) for row in snow[:, 0]])[:, None]
    covered = white * np.minimum(shade, 1)[:, :, None]
    out = before.copy()
    rim = rim_of(before, ground)
    out[ground] = covered[ground]
    if rim is not None:
        out[rim.at] += rim.share * (covered[rim.inside] - before[rim.inside])
    done = image.copy()
    done[first:] = np.clip(np.rint(out), 0, 255).astype(np.uint8)
    return done


def _usual(image: Floats, things: HardMask) -> Floats | None:
    """H x 1 x 3: the ground's colour in each row, followed upwards from the nearest row.

    Where a band ends, as a road does at its kerb, what most of the row's free pixels have is
    taken; a row full of things has the colour of the one below.
    """
    now: Floats | None = None
    found = np.zeros((len(image), 1, 3), np.float32)
    for row in range(len(image) - 1, -1, -1):
        pixels, free = image[row], image[row][~things[row]]
        if now is not None:
            like = pixels[np.linalg.norm(pixels - now, axis=1) < NEXT]
            if len(like) >= FOLLOWED * len(pixels):
                now = np.median(like, axis=0)
                found[row] = now
                continue
        if len(free) > FREE * len(pixels):
            most = np.median(free, axis=0)
            alike = np.linalg.norm(free - most, axis=1) < NEXT
            now = most if alike.mean() > HALF else now
        if now is not None:
            found[row] = now
        else:
            found[row] = -1  # nothing is known yet
    if now is None:
        return None
    unknown = found[:, 0, 0] < 0
    found[unknown] = found[np.nonzero(~unknown)[0][-1]]
    return found


def _large(mask: HardMask, least: float) -> HardMask:
    _, numbered, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    kept = stats[:, cv2.CC_STAT_AREA] >= least
    kept[0] = False
    return np.asarray(kept[numbered])
