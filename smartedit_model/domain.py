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
DRAWN = {"kind": "drawings of the built-in drawn world", "min_flatness": 0.6}
"""What is written for models of the drawn world. On 150 of its scenes the median is 0.82 and one in
thirteen, in snow, on paper or on a photograph, lies below; of 16 photographs one, out of focus,
lies above."""


def flatness(image: Rgb) -> float:
    """Return the share of pixels much like their right neighbour, in [0, 1], of HWC uint8 RGB.

    Drawings are mostly flat; in photographs noise and texture leave few such neighbours.
    """
    height, width = image.shape[:2]
    scale = min(SIDE / max(height, width), 1.0)
    size = (max(round(width * scale), 1), max(round(height * scale), 1))
    small = cv2.resize(np.ascontiguousarray(image), size, interpolation=cv2.INTER_AREA)
    if size[0] < 2:
        return 1.0
    apart = np.abs(np.diff(small.astype(np.int16), axis=1)).max(axis=-1)
    return float((apart <= ALMOST).mean())


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

    The file holds ``kind``, words for what the model knows, and ``min_flatness``.
    """
    path = folder / FILE
    if not path.is_file():
        return DomainVerdict(inside=True)
    limits = json.loads(path.read_text(encoding="utf-8"))
    found, least = flatness(np.asarray(image)), float(limits["min_flatness"])
    if found >= least:
        return DomainVerdict(inside=True, confidence=min(1.0, found))
    return DomainVerdict(
        inside=False,
        confidence=min(1.0, (least - found) / max(least, 1e-6)),
        reason=f"the model knows {limits['kind']} only, and this picture is not one",
    )
