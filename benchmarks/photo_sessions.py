"""Ten-turn sessions on photographs with tool steps: a turn marks a place and says what to do.

Every turn has a place of its own, so each promise can be tested at the end against the original.
The photographs are those shipped with scikit-image.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np
import skimage.data

from orchestrator.attempts import Candidate
from orchestrator.plan import Step
from orchestrator.verification import verify
from tools.grounding import Box, Scene, UserHints
from tools.operation import Rgb, SoftMask

WISHES = (
    "make this darker", "make this a lot brighter", "make this warmer", "make this cooler",
    "blur this", "make this black and white", "sharpen this", "add more contrast here",
    "make this more colourful", "make this sepia", "add grain here", "remove this",
    "recolour this red", "recolour this blue", "add fog here",
)  # fmt: skip
PHOTOS = ("astronaut", "coffee", "chelsea", "rocket", "motorcycle")
"""Colour photographs of the package itself; nothing is downloaded."""
COLUMNS, ROWS = 4, 3
"""Places of a photograph; ten turns use ten of the twelve."""


@dataclass(frozen=True)
class Wish:
    """One turn: what is said, and the box that is marked (XYXY half-open)."""

    words: str
    box: Box


@cache
def photograph(name: str, longest: int) -> Rgb:
    """A photograph of the package, HWC uint8, no side longer than ``longest``."""
    if name == "motorcycle":
        rgb = skimage.data.stereo_motorcycle()[0]
    else:
        rgb = getattr(skimage.data, name)()
    rgb = np.ascontiguousarray(rgb[..., :3])
    scale = min(longest / max(rgb.shape[:2]), 1.0)
    size = (round(rgb.shape[1] * scale), round(rgb.shape[0] * scale))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def wishes(draw: random.Random, shape: tuple[int, ...], turns: int) -> list[Wish]:
    """So many turns, at most twelve, each in a cell of its own."""
    height, width = shape[:2]
    cells = [(column, row) for column in range(COLUMNS) for row in range(ROWS)]
    draw.shuffle(cells)
    made = []
    for column, row in cells[:turns]:
        x0, y0 = column * width // COLUMNS, row * height // ROWS
        x1, y1 = (column + 1) * width // COLUMNS, (row + 1) * height // ROWS
        # A margin keeps the soft edges of neighbours apart.
        left, right = (draw.randint(3, max((x1 - x0) // 4, 3)) for _ in range(2))
        top, bottom = (draw.randint(3, max((y1 - y0) // 4, 3)) for _ in range(2))
        box = (x0 + left, y0 + top, x1 - right, y1 - bottom)
        made.append(Wish(draw.choice(WISHES), box))
    return made


def holds(step: Step, wish: Wish, mask: SoftMask, original: Rgb, now: Rgb, facts: Any) -> bool:
    """Whether a turn's promise can be seen in a picture, against the original."""
    hints = UserHints(box=wish.box)
    before, after = Scene(original, hints=hints), Scene(now, hints=hints)
    candidate = Candidate(now, None, mask, facts=dict(facts or {}))
    # Other turns changed other places; only this one's is compared.
    outside = mask == 0
    alone = now.copy()
    alone[outside] = original[outside]
    after = Scene(alone, hints=hints)
    return bool(verify(step, before, after, candidate)["status"] == "done")
