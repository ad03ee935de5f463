"""Snow on the ground of a drawing: under what stands there, shadows included.

The ground is what has its row's usual colour, or that colour in shadow, below the horizon.
"""

from __future__ import annotations

import cv2
import numpy as np

from smartedit_model.drawings.rims import Floats, rim_of
from smartedit_model.drawings.skies import veiled
from smartedit_model.drawings.surroundings import Surroundings, unit_of
from smartedit_model.world.backdrops import LIGHTS, SNOW
from tools.masks import dilate
from tools.operation import HardMask, Rgb

OFF = 10.0
"""Levels off the ground's colour, shaded or not, by which ground may be."""
SHADED = (0.7, 1.06)
"""How dark a shadow is at its core, and how much brighter than usual ground may be."""
FREE = 0.1
"""Share of a row that must be free of things, for its usual colour to be the ground's."""
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
    things = np.zeros(image.shape[:2], np.bool_)
    for thing in around.things:
        things |= thing.mask
    things = things[first:]
    usual = _usual(before, dilate(things, max(round(0.02 * unit_of(image.shape)), 1)))
    if usual is None:
        return image
    shade = (before * usual).sum(axis=2) / np.maximum((usual * usual).sum(axis=2), 1.0)
    off = np.linalg.norm(before - shade[:, :, None] * usual, axis=2)
    ground = (off < OFF) & (shade > SHADED[0]) & (shade < SHADED[1]) & ~things
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
    """H x 1 x 3: the usual colour of each row's free pixels; of full rows, their neighbours'."""
    free = (~things).mean(axis=1) > FREE
    rows = np.nonzero(free)[0]
    if len(rows) < 2:
        return None
    seen = np.array([np.median(image[row][~things[row]], axis=0) for row in rows])
    every = np.arange(len(image))
    filled = [np.interp(every, rows, seen[:, channel]) for channel in range(3)]
    return np.stack(filled, axis=1)[:, None].astype(np.float32)


def _large(mask: HardMask, least: float) -> HardMask:
    _, numbered, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    kept = stats[:, cv2.CC_STAT_AREA] >= least
    kept[0] = False
    return np.asarray(kept[numbered])
