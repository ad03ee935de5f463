"""A drift measurement as a picture: which turn touched what last, and how often pixels changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from tools.contact_sheet import contact_sheet
from tools.operation import Rgb

if TYPE_CHECKING:
    from orchestrator.drift import Drift

COLOURS = np.array(
    [
        (230, 60, 50), (40, 130, 240), (60, 180, 75), (245, 170, 30), (150, 70, 200),
        (30, 190, 190), (240, 100, 170), (150, 110, 60),
    ],
    dtype=np.uint8,
)  # fmt: skip
"""Colours of the turns, in order, then again."""
NAMES = ("red", "blue", "green", "orange", "violet", "teal", "pink", "brown")


def heat_map(image: Rgb, drift: Drift) -> Rgb:
    """The shown picture, the same coloured by the last turn, and how often pixels changed.

    Args:
        image: HWC uint8 RGB, the picture shown.
        drift: its measurement.

    Returns:
        HWC uint8 RGB: three pictures side by side with captions.
    """
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    pale: Rgb = np.dstack([grey // 2 + 110] * 3).astype(np.uint8)
    by_turn = pale.copy()
    edited = drift.last > 0
    paint = COLOURS[(drift.last[edited].astype(np.int64) - 1) % len(COLOURS)]
    by_turn[edited] = (by_turn[edited] * 0.45 + paint * 0.55).astype(np.uint8)
    most = max(int(drift.often.max()), 1)
    level = (drift.often.astype(np.float32) * (255 / most)).astype(np.uint8)
    heat = cv2.cvtColor(cv2.applyColorMap(level, cv2.COLORMAP_INFERNO), cv2.COLOR_BGR2RGB)
    often = pale.copy()
    often[edited] = (often[edited] * 0.3 + heat[edited] * 0.7).astype(np.uint8)
    seen = [turn for turn in drift.turns if turn.shown > 0]
    legend = "; ".join(
        f"{turn.number} {NAMES[(turn.number - 1) % len(NAMES)]} {turn.shown:.0%}"
        for turn in seen[:12]
    )
    more = f" and {len(seen) - 12} more" if len(seen) > 12 else ""
    return contact_sheet(
        [
            (image, f"now; {drift.untouched:.1%} is the original, bit for bit"),
            (by_turn, f"last touched by turn: {legend or 'none'}{more}; grey = never"),
            (often, f"how often a pixel was changed: dark once, bright {most} times; grey never"),
        ],
        columns=3,
    )
