"""Whether a picture is of the kind a model was trained on, judged by cheap statistics.

A model folder may hold ``domain.json``; a model without one takes any picture. It knows no model.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from tools.editing import DomainVerdict
from tools.operation import Rgb

FILE = "domain.json"
SIDE = 128
"""Pictures are judged at this size, so that a scan of a drawing is one at any resolution."""
ALMOST = 1
"""Levels by which neighbours of a flat area may differ: gradients and compression are let be."""
STEP = 30
"""Levels by which neighbours differ across the outline of something drawn."""
OUTLINED = 0.6
"""Share of a flat patch's surroundings that must lie at such a step."""
PATCH = (10, 1500)
"""Pixels of a flat patch, at least and at most."""
FEWEST = 3
"""Patches below which they may be a sign or a lettering in a photograph."""
CLIPPED = (24, 250)
"""Levels at which photographs are flat too, since they go no further: highest channel of what is
black, lowest of what is white."""
DRAWN = {"kind": "drawings of the built-in drawn world", "min_flatness": 0.6, "min_patches": 0.012}
"""What is written for models of the drawn world. On 150 of its scenes the median flatness is 0.82
and one in thirteen, in snow, on paper or on a photograph, lies below; of 16 photographs one, out of
focus, lies above. Of 27 scenes below, outlined patches cover enough in 25; of 17 photographs in
one, a wall of bricks, where the others have none; a printed page reaches 0.010."""


def flatness(image: Rgb) -> float:
    """Return the share of pixels much like their right neighbour, in [0, 1], of HWC uint8 RGB.

    Drawings are mostly flat; in photographs noise and texture leave few such neighbours.
    """
    small = miniature(image)
    if small.shape[1] < 2:
        return 1.0
    apart = np.abs(np.diff(small.astype(np.int16), axis=1)).max(axis=-1)
    return float((apart <= ALMOST).mean())


def outlined_patches(image: Rgb) -> float:
    """Return the share of HWC uint8 RGB, in [0, 1], that flat patches with an outline cover.

    Drawn things have them whatever they stand on: on a photograph, on sand, in snow. 0 where
    there are fewer than ``FEWEST``.
    """
    small = miniature(image).astype(np.int16)
    height, width = small.shape[:2]
    if min(height, width) < 3:
        return 0.0
    across = np.pad(np.abs(np.diff(small, axis=1)).max(axis=-1), ((0, 0), (0, 1)))
    down = np.pad(np.abs(np.diff(small, axis=0)).max(axis=-1), ((0, 1), (0, 0)))
    step = np.maximum(across, down)
    both = np.maximum(step, np.maximum(np.roll(across, 1, axis=1), np.roll(down, 1, axis=0)))
    flat = (step <= 2 * ALMOST) & (small.max(-1) > CLIPPED[0]) & (small.min(-1) < CLIPPED[1])
    count, numbered, stats, _ = cv2.connectedComponentsWithStats(
        flat.astype(np.uint8), connectivity=4
    )
    covered = found = 0
    for number in range(1, count):
        x, y, w, h, area = (int(value) for value in stats[number])
        # What is cut off by the frame may be a sky or a wall.
        cut = x == 0 or y == 0 or x + w >= width - 1 or y + h >= height - 1
        if cut or not PATCH[0] <= area <= PATCH[1]:
            continue
        here = (slice(y - 1, y + h + 1), slice(x - 1, x + w + 1))
        patch = (numbered[here] == number).astype(np.uint8)
        around = (cv2.dilate(patch, np.ones((3, 3), np.uint8)) > 0) & (patch == 0)
        if (both[here][around] >= STEP).mean() >= OUTLINED:
            covered, found = covered + area, found + 1
    return covered / (height * width) if found >= FEWEST else 0.0


def miniature(image: Rgb) -> Rgb:
    """The picture at the size at which it is judged, HWC uint8 RGB; it is judged the same."""
    height, width = image.shape[:2]
    scale = min(SIDE / max(height, width), 1.0)
    size = (max(round(width * scale), 1), max(round(height * scale), 1))
    small = cv2.resize(np.ascontiguousarray(image), size, interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8)


def write_drawn(folder: Path, ops: Sequence[str] | None = None) -> None:
    """Say in a model's folder that it knows the drawn world only.

    Args:
        folder: The model's folder.
        ops: The ops of a plan that the model makes well; None for all.
    """
    limits = DRAWN if ops is None else DRAWN | {"ops": list(ops)}
    (folder / FILE).write_text(json.dumps(limits, indent=1) + "\n", encoding="utf-8")


def makes(folder: Path, op: str) -> bool:
    """Whether a model makes an op of a plan well; one whose folder does not say makes all."""
    path = folder / FILE
    ops = json.loads(path.read_text(encoding="utf-8")).get("ops") if path.is_file() else None
    return ops is None or op in ops


def judge(folder: Path, image: Rgb) -> DomainVerdict:
    """Judge a picture by the model folder's ``domain.json``.

    The file holds ``kind``, words for what the model knows, ``min_flatness`` and, where it is not
    to be refused for a background that is not flat, ``min_patches`` (``outlined_patches``).
    """
    path = folder / FILE
    if not path.is_file():
        return DomainVerdict(inside=True)
    limits = json.loads(path.read_text(encoding="utf-8"))
    small = miniature(np.asarray(image))  # once: of a large picture this is what takes time
    found, least = flatness(small), float(limits["min_flatness"])
    if found >= least:
        return DomainVerdict(inside=True, confidence=min(1.0, found))
    if "min_patches" in limits:
        covered = outlined_patches(small)
        if covered >= float(limits["min_patches"]):
            return DomainVerdict(inside=True, confidence=least)
    return DomainVerdict(
        inside=False,
        confidence=min(1.0, (least - found) / max(least, 1e-6)),
        reason=f"the model knows {limits['kind']} only, and this picture is not one",
    )
