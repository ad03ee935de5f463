"""Parts of the tonal range: shadows, highlights, midtones, dark and bright areas."""

from __future__ import annotations

import cv2
import numpy as np

from tools.grounding import Region, Scene
from tools.operation import SoftMask
from tools.target import Target
from tools.wording import noun, words
from tools.working import working

SHADOWS = frozenset({"shadow", "shade", "darkness", "black"})
HIGHLIGHTS = frozenset({"highlight", "white"})
MIDTONES = frozenset({"midtone", "mid-tone"})
AREAS = frozenset({"area", "part", "region", "spot", "patch", "pixel"})
DARK = frozenset({"dark", "darker", "darkest", "shadowy", "underexposed"})
BRIGHT = frozenset({"bright", "brighter", "brightest", "light", "overexposed", "blown"})
CONFIDENCE = 0.9


class ToneGrounder:
    """Tonal ranges of this picture, relative to its own darkest and lightest tones.

    A tone is all a photographer means by "the shadows"; the shadow that a thing casts is not told
    from a dark thing.
    """

    name = "tones"

    def claims(self, target: Target) -> bool:
        """Shadows, highlights, midtones, or dark and bright areas."""
        return _kind(target) != ""

    def ground(self, scene: Scene, target: Target) -> list[Region]:
        """One region with a smooth transition, so that tools leave no contour."""
        kind = _kind(target)
        work = working(scene, 1024)
        light = _lightness(work.rgb)
        low, high = (float(v) for v in np.quantile(light, [0.01, 0.99]))
        if high - low < 0.04:
            return []  # one flat tone has neither shadows nor highlights
        native = (_lightness(scene.image) - low) / (high - low)
        soft = _weights(native, kind)
        hard = np.asarray(soft > 0.5, dtype=np.bool_)
        return [Region(hard, CONFIDENCE, "tone", f"the {kind}", soft)] if hard.any() else []


def _kind(target: Target) -> str:
    head = noun(target)
    spoken = {*words(target.phrase), *target.attributes, target.superlative}
    if head in SHADOWS or (head in AREAS and spoken & DARK):
        return "shadows" if head not in ("black",) or "blacks" in spoken else ""
    if head in HIGHLIGHTS or (head in AREAS and spoken & BRIGHT):
        return "highlights" if head not in ("white",) or "whites" in spoken else ""
    return "midtones" if head in MIDTONES else ""


def _lightness(rgb: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> SoftMask:
    lab = cv2.cvtColor(np.ascontiguousarray(rgb), cv2.COLOR_RGB2LAB)
    out: SoftMask = cv2.GaussianBlur(lab[..., 0], (0, 0), 1.0).astype(np.float32) / np.float32(255)
    return out


def _weights(light: SoftMask, kind: str) -> SoftMask:
    """Smooth weights over the stretched lightness: the lower or upper third, or between."""
    if kind == "shadows":
        weight = _ramp(light, 0.45, 0.20)
    elif kind == "highlights":
        weight = _ramp(light, 0.60, 0.85)
    else:
        weight = np.minimum(_ramp(light, 0.15, 0.35), _ramp(light, 0.90, 0.70))
    return np.asarray(weight, dtype=np.float32)


def _ramp(light: SoftMask, zero: float, one: float) -> SoftMask:
    t = np.clip((light - np.float32(zero)) / np.float32(one - zero), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), dtype=np.float32)
