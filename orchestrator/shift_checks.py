"""Whether a place has more or less of a colour than before, and is still what it was.

Measured in CIE Lab, on the pixels before and after; the tool that makes it works in another space
and is not asked. That nothing changed outside is verified of every step.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from orchestrator.checking import Check, Evidence
from tools.cielab import lab_of
from tools.colour_names import rgb_of
from tools.operation import Rgb

LEAST = 0.6
"""Least mean way towards a colour or away from it, at strength 1, in Lab; a third of what the
faintest of the photographs tried shows."""
GREY = 8.0
"""Lab chroma of a colour name that has no hue."""
SAME_LIGHT, SPREAD = 0.9, 0.6
"""Least correlation of lightness before and after, and least share of its spread that is left:
a place painted over in one colour has neither."""
PLAIN = 2.0
"""Spread of lightness below which there is no texture to keep."""
MOST = 200_000
"""Pixels that are looked at."""

Values = NDArray[np.float64]


def shifted(evidence: Evidence, wanted: str) -> Check:
    """The place went towards the colour or away from it, as the step says, and kept its texture."""
    before, after = evidence.before.image, evidence.after.image
    sign = 1 if evidence.params["shift"] == "towards" else -1
    name = f"{'more' if sign > 0 else 'less'} {wanted}"
    if before.shape != after.shape:
        return Check(name, None, {}, "the picture has another size")
    inside = _looked_at(evidence)
    old, new = _colours(before, inside), _colours(after, inside)
    goal = _colours(np.array([[rgb_of(wanted)]], np.uint8), np.ones((1, 1), np.bool_))[0]
    went = _way(old, new, goal)
    numbers = {"towards_it": round(went, 2)}
    least = LEAST * min(float(evidence.params.get("strength", 1.0)), 1.0)
    if went * sign < least:
        reason = f"it has hardly {'more' if sign > 0 else 'less'} {wanted} than before"
        return Check(name, False, numbers, reason, "stronger")
    if old[:, 0].std() >= PLAIN:
        numbers["same_light"] = round(_alike(old[:, 0], new[:, 0]), 3)
        numbers["spread_left"] = round(float(new[:, 0].std() / old[:, 0].std()), 3)
        if numbers["same_light"] < SAME_LIGHT or numbers["spread_left"] < SPREAD:
            return Check(name, False, numbers, "it was painted over: its light and shade are lost")
    return Check(name, True, numbers)


def _looked_at(evidence: Evidence) -> NDArray[np.bool_]:
    if evidence.mask is None:
        return np.ones(evidence.before.image.shape[:2], np.bool_)
    inside = np.asarray(evidence.mask > 0.5)
    return inside if inside.any() else np.asarray(evidence.mask > 0)


def _colours(image: Rgb, inside: NDArray[np.bool_]) -> Values:
    """(N, 3) Lab of pixels inside, the same of every picture of a size."""
    pixels = image[inside]
    pixels = pixels[:: max(1, -(-len(pixels) // MOST))]
    return np.asarray(lab_of(pixels[None])[0], dtype=np.float64)


def _way(old: Values, new: Values, goal: Values) -> float:
    """Mean way towards a colour: to its hue; where it has none, to its light or to grey."""
    hue = np.hypot(goal[1], goal[2])
    if hue >= GREY:
        moved = (new[:, 1:] - old[:, 1:]).mean(axis=0)
        return float(moved @ goal[1:] / hue)
    faded = float((np.hypot(*old[:, 1:].T) - np.hypot(*new[:, 1:].T)).mean())
    light = float(np.sign(goal[0] - old[:, 0].mean()) * (new[:, 0] - old[:, 0]).mean())
    return max(faded, light, key=abs)


def _alike(one: Values, two: Values) -> float:
    """Correlation; 0 where one of them is all the same."""
    return float(np.corrcoef(one, two)[0, 1]) if two.std() > 0 else 0.0
