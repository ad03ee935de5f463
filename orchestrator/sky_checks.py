"""Whether a drawn sky, or a thing in it, is what was asked for: by light, colours, relief, shape.

Measured anew in the picture; what the tool says it drew is not asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from orchestrator.checking import Check, Evidence, visible
from orchestrator.sky_words import sky_named, thing_named
from tools.cielab import lab_of
from tools.fields import shrink, shrink_plane
from tools.operation import HardMask, Rgb, SoftMask

LOOK = 600
"""Long side of the copy that is measured; a star is still a point of it."""
DUSK = 38.0
"""Lightness up to which a sky is dark whatever it was before."""
STARLIT = 30.0
"""Lightness up to which a sky shows stars: that of ``tools.skies.DARK`` (29.4), and theirs."""
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
    lab = lab_of(shrink(image, LOOK))
    inside = shrink_plane(mask, *lab.shape[:2]) >= SURELY
    if inside.sum() < 64:
        return None
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
    dark = now.light <= STARLIT
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
            (now.light <= max(min(60, before.light), DUSK), "it is not dark"),
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


SHOWS = 2.5
"""Distance in Lab from which a change of a sky can be seen."""


def thing_drawn(evidence: Evidence) -> Check:
    """What is new in the sky has the shape and colours of what the step's words ask for."""
    kind = thing_named(str(evidence.params.get("what", "")))
    seen = _change_of(evidence)
    if not kind or seen is None:
        return visible(evidence)
    fault = _SHAPES[kind](*seen)
    name = f"shows {kind}" if kind.endswith("s") else f"shows a {kind}"
    numbers = {"changed": float(round(float((np.abs(seen[0]).max(axis=2) > SHOWS).mean()), 5))}
    return Check(name, not fault, numbers, fault)


def _change_of(evidence: Evidence) -> tuple[SoftMask, HardMask] | None:
    """The change of a region, HWC float32 Lab, and where its sky is, HW bool; None if not alike."""
    if evidence.mask is None or evidence.before.image.shape != evidence.after.image.shape:
        return None
    labs = [lab_of(shrink(scene.image, THINGS_AT)) for scene in (evidence.before, evidence.after)]
    inside = shrink_plane(evidence.mask, *labs[0].shape[:2]) > 0.5
    change = np.where(inside[..., None], labs[1] - labs[0], 0).astype(np.float32)
    return change, np.asarray(inside)


THINGS_AT = 1200
"""Long side of the copy on which shapes are told: a bird is still one."""


def _blobs(mask: HardMask) -> list[np.ndarray]:
    """Outlines of its connected parts, the largest first."""
    found, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return sorted((np.asarray(c) for c in found), key=cv2.contourArea, reverse=True)


def _round(change: SoftMask, least: float) -> str:
    lighter = change[..., 0] > SHOWS / 2
    blobs = _blobs(lighter | (np.linalg.norm(change, axis=2) > SHOWS))
    if not blobs or cv2.contourArea(blobs[0]) < 12:
        return "it can hardly be seen against this sky"
    _, radius = cv2.minEnclosingCircle(blobs[0])
    if cv2.contourArea(blobs[0]) < least * np.pi * radius**2:
        return "nothing round is new in the sky"
    return ""


def _moon(change: SoftMask, _inside: HardMask) -> str:
    return _round(change, 0.5)


def _crescent(change: SoftMask, _inside: HardMask) -> str:
    return _round(change, 0.12)


def _rainbow(change: SoftMask, _inside: HardMask) -> str:
    redder, bluer = (change[..., 1] > 1.5).mean(), (change[..., 2] < -1.5).mean()
    greener = (change[..., 1] < -0.5).mean()
    if min(redder, bluer, greener) < 5e-4:
        return "its colours cannot be seen against this sky"
    return ""


def _lightning(change: SoftMask, inside: HardMask) -> str:
    light = change[..., 0]
    # The bolt itself is the brightest; its glow is as wide as a moon's.
    core = light > max(6.0, 0.6 * float(light.max()))
    struck = np.nonzero(core.any(axis=1))[0]
    rows = np.nonzero(inside.any(axis=1))[0]
    if not struck.size:
        return "it can hardly be seen against this sky"
    long = int(struck[-1] - struck[0]) + 1
    if long < 0.4 * (rows[-1] - rows[0]) or core.sum() > 0.3 * long * long:
        return "what is new is no bolt through the sky"
    return ""


def _sparks(change: SoftMask, _inside: HardMask) -> str:
    bright = (change[..., 0] > 8) | (np.linalg.norm(change[..., 1:], axis=2) > 12)
    return "" if bright.mean() > 5e-4 else "it can hardly be seen against this sky"


def _birds(change: SoftMask, _inside: HardMask) -> str:
    count = len(_blobs(change[..., 0] < -10))
    return "" if count >= 3 else f"{count} dark shapes are new in the sky, no flock"


def _trails(change: SoftMask, _inside: HardMask) -> str:
    for blob in _blobs(change[..., 0] > 8)[:3]:
        (_, _), (one, other), _ = cv2.minAreaRect(blob)
        if max(one, other) > 2.5 * min(one, other) and max(one, other) > 8:
            return ""
    return "no trail of light is new in the sky"


_SHAPES: dict[str, Callable[[SoftMask, HardMask], str]] = {
    "moon": _moon,
    "crescent moon": _crescent,
    "rainbow": _rainbow,
    "lightning": _lightning,
    "fireworks": _sparks,
    "birds": _birds,
    "shooting stars": _trails,
}
"""Thing -> what it lacks, in words."""
