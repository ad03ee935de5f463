"""Whether a picture is of the kind a model was trained on, judged by cheap statistics.

A model folder may hold ``domain.json``; a model without one takes any picture. It knows no model.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from tools.editing import DomainVerdict
from tools.operation import Rgb

FILE = "domain.json"


def flatness(image: Rgb) -> float:
    """Return the share of pixels that equal their right neighbour, in [0, 1], of HWC uint8 RGB.

    Drawings are mostly flat; in photographs noise and texture leave few equal neighbours.
    """
    if image.shape[1] < 2:
        return 1.0
    same = (image[:, 1:] == image[:, :-1]).all(axis=-1)
    return float(same.mean())


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
