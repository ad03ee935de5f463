"""Whether a drawn sky is the sky that was asked for: told by its light, colours and relief.

Measured anew in the picture; what the tool says it drew is not asked.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from orchestrator.checking import Check, Evidence, visible
from orchestrator.sky_words import sky_named
from tools.fields import shrink, shrink_plane
from tools.operation import Rgb, SoftMask

LOOK = 600
"""Long side of the copy that is measured; a star is still a point of it."""
SURELY = 0.9
"""Share of sky from which a pixel is measured: none of what stands before it."""


@dataclass(frozen=True)
class SkyLook:
    """How a sky looks, in CIE Lab (D65).

    Attributes:
        light: median L*.
        chroma: median of sqrt(a*^2 + b*^2).
        blue: share that is blue (b* below -8).
        warm: mean b* of its lower half.
        green: share that is green (a* below -15).
        relief: standard deviation of L*, less each row's mean: clouds, not the fall towards the
            horizon.
        points: share that is far lighter (25 of L*) than all that is around it.
    """

    light: float
    chroma: float
    blue: float
    warm: float
    green: float
    relief: float
    points: float


def sky_look(image: Rgb, mask: SoftMask) -> SkyLook | None:
    """Measure a sky; None where too little of it is seen.

    Args:
        image: HWC uint8 RGB.
        mask: HW float32 [0, 1].
    """
    small = shrink(image, LOOK).astype(np.float32) / np.float32(255)
    height, width = small.shape[:2]
    inside = shrink_plane(mask, height, width) >= SURELY
    if inside.sum() < 64:
        return None
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB)
    light, a, b = (lab[..., i] for i in range(3))
    many = inside.sum(axis=1)
    means = np.where(inside, light, 0).sum(axis=1) / np.maximum(many, 1)
    # A median of a neighbourhood loses points and keeps clouds.
    soft = cv2.medianBlur(np.clip(light, 0, 100).astype(np.uint8), 7).astype(np.float32)
    rows = np.nonzero(many)[0]
    low = inside.copy()
    low[: int(np.average(rows, weights=many[rows]))] = False
    return SkyLook(
        light=float(np.median(light[inside])),
        chroma=float(np.median(np.hypot(a, b)[inside])),
        blue=float((b[inside] < -8).mean()),
        warm=float(b[low].mean()) if low.any() else float(b[inside].mean()),
        green=float((a[inside] < -15).mean()),
        relief=float((soft - means[:, None])[inside].std()),
        points=float((light - soft > 25)[inside].mean()),
    )


def _faults(kind: str, now: SkyLook, before: SkyLook) -> list[str]:
    """What a sky lacks to be of a kind, in words."""
    dark = now.light <= 25
    tests: dict[str, list[tuple[bool, str]]] = {
        "clear": [
            (now.blue >= 0.6, "it is not blue"),
            (now.relief <= 4, "there are clouds in it"),
        ],
        "cloudy": [(now.relief >= 3, "no clouds can be seen in it")],
        "overcast": [
            (now.chroma <= 10, "it is not grey"),
            (now.light <= max(before.light, 85), "it is no darker than before"),
        ],
        "dramatic": [(now.relief >= 4, "it has hardly any relief")],
        "stormy": [
            (now.relief >= 2.5, "no clouds can be seen in it"),
            (now.light <= min(60, before.light), "it is not dark"),
        ],
        "sunset": [(now.warm >= max(10, min(before.warm, 30)), "it is not warm")],
        "starry": [(dark, "it is not dark"), (now.points >= 2e-4, "no stars can be seen in it")],
        "northern lights": [
            (now.light <= 45, "it is not dark"),
            (now.green >= 0.04, "nothing in it shines green"),
        ],
    }
    return [fault for passed, fault in tests[kind] if not passed]


def sky_drawn(evidence: Evidence) -> Check:
    """The region is now a sky of the kind that the step's words ask for."""
    key = {"replace": "new", "add": "what", "restyle": "style"}.get(evidence.step.op, "kind")
    kind = sky_named(str(evidence.params.get(key, "")))
    seen = visible(evidence)
    if seen.passed is not True or not kind or evidence.mask is None:
        return seen
    looks = [sky_look(scene.image, evidence.mask) for scene in (evidence.before, evidence.after)]
    before, now = looks
    if before is None or now is None:
        return Check(f"is a {kind} sky", None, seen.measured, "too little of it is seen to tell")
    numbers = {name: round(value, 4) for name, value in vars(now).items()}
    faults = _faults(kind, now, before)
    name = "shows northern lights" if kind == "northern lights" else f"is a {kind} sky"
    return Check(name, not faults, numbers, "; ".join(faults))
