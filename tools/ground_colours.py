"""Things named by a colour: "the red car", "the blue thing".

The colour is looked for; the noun cannot be checked, and the answer says so. Each connected region
of the colour is a candidate.
"""

from __future__ import annotations

import cv2
import numpy as np

from tools.cielab import lab_of
from tools.grabcut import cut
from tools.grounding import Region, Scene
from tools.masks import components, dilate
from tools.operation import HardMask, SoftMask
from tools.target import Target
from tools.wording import noun, words
from tools.working import upsample, working

LOOK = 512
LEAST = 0.002
"""The smallest share of the picture that is still a thing rather than a speck."""
GAP = 0.03
"""How far apart, as a share of the diagonal, pieces of one thing may lie."""
PIECE = 0.3
"""A piece this much smaller than its neighbour is a part of it."""
LARGE = 0.08
"""A thing this large in the picture is likely to be crossed by something in front of it."""
SHIFT, SHADE, TOUCHING = 6.0, 0.5, 0.01
"""In the shade a colour turns by so many degrees and keeps so much of its lightness; shaded parts
lie this near, as a share of the diagonal, to what is seen of the thing."""
WITHIN = 0.8
"""So much of a shaded part lies between parts of the thing (in its convex hull)."""
DEEP_WITHIN = 0.4
"""The same of parts that are all but black, and of a purer colour than what merely lies beside."""
BLACK, DEEP = 2.5, 15.0
"""Lightness below which noise has any hue, and that of deep shade."""
MOST = 12
"""More regions than this of one colour are texture, not things."""
THINGS = frozenset({"thing", "object", "item", "part", "area", "region", "one", "spot", "patch"})

Range = tuple[float, float, float, float, float, float]
HUES: dict[str, tuple[Range, ...]] = {
    # Lab hue angle from and to (degrees), least and most chroma, least and most lightness.
    "red": ((5, 45, 32, 150, 12, 70),),
    "orange": ((42, 76, 38, 150, 40, 85),),
    "yellow": ((74, 112, 35, 150, 50, 100),),
    "gold": ((65, 100, 25, 110, 35, 90),),
    "green": ((112, 178, 14, 150, 8, 95),),
    "turquoise": ((170, 225, 12, 100, 30, 95),),
    "cyan": ((185, 235, 15, 100, 40, 100),),
    "blue": ((225, 305, 14, 140, 8, 85),),
    "purple": ((300, 345, 15, 140, 8, 75),),
    "pink": ((-30, 25, 12, 80, 55, 95),),
    "brown": ((30, 85, 10, 50, 12, 55),),
    "beige": ((55, 105, 6, 28, 65, 93),),
    "white": ((-360, 360, 0, 10, 85, 100),),
    "grey": ((-360, 360, 0, 8, 25, 80),),
    "black": ((-360, 360, 0, 14, 0, 18),),
}
SAME = {
    "gray": "grey", "silver": "grey", "golden": "gold", "violet": "purple", "magenta": "pink",
    "teal": "turquoise", "crimson": "red", "scarlet": "red", "maroon": "red", "navy": "blue",
    "azure": "blue", "tan": "beige", "cream": "beige", "lime": "green", "olive": "green",
}  # fmt: skip
PLAIN = frozenset({"white", "grey", "black", "brown", "beige"})
"""Colours that half of all things have; alone they say little."""


class ColourGrounder:
    """Connected regions of a named colour."""

    name = "colours"

    def claims(self, target: Target) -> bool:
        """A phrase with a colour word in front of a noun."""
        return colour_of(target) is not None

    def ground(self, scene: Scene, target: Target) -> list[Region]:
        """Regions of the colour, the likeliest thing first."""
        colour = colour_of(target)
        if colour is None:
            return []
        key = f"colour:{colour}"
        if key not in scene.found:
            scene.found[key] = _regions(scene, colour)
        head = noun(target)
        checked = head in THINGS or head in (colour, "")
        out = []
        for mask, soft, likely in scene.found[key]:
            label = f"{'an' if colour == 'orange' else 'a'} {colour} region"
            if not checked:
                label += f"; nothing here can tell whether it is a {head}"
            sure = likely * (1.0 if checked else 0.7)
            out.append(Region(mask, round(sure, 3), "colour", label, soft))
        return out


def colour_of(target: Target) -> str | None:
    """The colour word of a phrase, in its common spelling."""
    named = words(target.category)
    head = named[-1] if len(named) > 1 else ""  # ice cream is not cream
    for word in (*target.attributes, *words(target.phrase)):
        if word.lower() == head:
            continue
        name = SAME.get(word.lower(), word.lower())
        if name in HUES:
            return name
    return None


def in_colour(lab: SoftMask, colour: str) -> HardMask:
    """Where a Lab picture (float32) has a named colour."""
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    hue = np.degrees(np.arctan2(lab[..., 2], lab[..., 1])) % 360
    out = np.zeros(lab.shape[:2], dtype=np.bool_)
    for start, stop, least, most, dark, bright in HUES[colour]:
        around = (hue - start) % 360 <= min(stop - start, 360)
        if stop - start >= 360:
            around = np.ones_like(around)
        light = lab[..., 0]
        out |= around & (chroma >= least) & (chroma <= most) & (light >= dark) & (light <= bright)
    return out


def _regions(scene: Scene, colour: str) -> list[tuple[HardMask, SoftMask | None, float]]:
    work = working(scene, LOOK)
    smooth = cv2.bilateralFilter(work.rgb, 5, 30, 3)
    lab = lab_of(smooth)
    seen = in_colour(lab, colour).astype(np.uint8)
    seen = cv2.morphologyEx(seen, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    size = max(round(0.012 * max(work.shape)), 2) * 2 + 1
    joined = cv2.morphologyEx(seen, cv2.MORPH_CLOSE, np.ones((size, size), np.uint8))
    parts = _near(components(np.asarray(joined > 0, dtype=np.bool_), LEAST))
    if not parts or len(parts) > MOST:
        parts = parts[:MOST]
    dark, deep = _in_shade(lab, colour), _in_deep_shade(lab, colour)
    out = []
    for part in parts:
        shaded = _shaded(part, dark, WITHIN) | _shaded(part, deep, DEEP_WITHIN)
        refined = _refined(work.rgb, part | shaded, np.asarray(seen > 0, dtype=np.bool_) | shaded)
        if refined is None:
            continue
        soft = upsample(scene.image, work.rgb, refined.astype(np.float32), radius=3)
        hard = np.asarray(soft > 0.5, dtype=np.bool_)
        if hard.any():
            likely = _likely(refined, np.asarray(seen > 0, dtype=np.bool_), colour)
            out.append((hard, soft if len(parts) <= 3 else None, likely))
    return sorted(out, key=lambda found: -found[2])


def _in_shade(lab: SoftMask, colour: str) -> HardMask:
    """Where a Lab picture may have a named colour in the shade: darker, the hue a little turned."""
    if colour in PLAIN:
        return np.zeros(lab.shape[:2], dtype=np.bool_)
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    hue = np.degrees(np.arctan2(lab[..., 2], lab[..., 1])) % 360
    out = np.zeros(lab.shape[:2], dtype=np.bool_)
    for start, stop, least, _, dark, bright in HUES[colour]:
        around = (hue - start + SHIFT) % 360 <= stop - start + 2 * SHIFT
        light = lab[..., 0]
        out |= around & (chroma >= least) & (light >= SHADE * dark) & (light <= bright)
    return out


def _in_deep_shade(lab: SoftMask, colour: str) -> HardMask:
    """Where a Lab picture is all but black and of a pure named colour.

    Light that fades leaves the hue, and chroma in proportion to lightness. Nothing is said of
    colours that are light by nature: yellow in the dark is brown, and so is much else.
    """
    if colour in PLAIN:
        return np.zeros(lab.shape[:2], dtype=np.bool_)
    light, chroma = lab[..., 0], np.hypot(lab[..., 1], lab[..., 2])
    hue = np.degrees(np.arctan2(lab[..., 2], lab[..., 1])) % 360
    out = np.zeros(lab.shape[:2], dtype=np.bool_)
    for start, stop, least, _, dark, _ in HUES[colour]:
        if dark > DEEP:
            continue
        around = (hue - start + SHIFT) % 360 <= stop - start + 2 * SHIFT
        pure = chroma * dark >= least * light
        out |= around & pure & (light >= BLACK) & (light < DEEP)
    return out


def _shaded(part: HardMask, dark: HardMask, within: float) -> HardMask:
    """The shaded parts of a thing: beside what is seen of it, and between its parts.

    What merely lies beside it in a like colour, as a wooden table does, is outside its hull.

    Args:
        part: what is seen of it.
        dark: where its colour may lie in the shade.
        within: share of a shaded part that must lie in the hull of what is seen.
    """
    corners = cv2.convexHull(np.argwhere(part)[:, ::-1].astype(np.int32))
    hull = cv2.fillConvexPoly(np.zeros(part.shape, np.uint8), corners, 1) > 0
    beside = dilate(part, max(round(TOUCHING * float(np.hypot(*part.shape))), 1))
    out = np.zeros(part.shape, dtype=np.bool_)
    for piece in components(dark & ~part, LEAST):
        if (piece & beside).any() and (piece & hull).sum() >= within * piece.sum():
            out |= piece
    return out


def _near(parts: list[HardMask]) -> list[HardMask]:
    """Join pieces that a strap, a post or a seam parts: they are one thing, not several.

    Only a large piece draws others to it: two cups side by side stay two.
    """
    joined: list[HardMask] = []
    for part in parts:  # largest first
        reach = round(GAP * float(np.hypot(*part.shape)))
        for index, thing in enumerate(joined):
            if part.sum() < thing.sum() and (dilate(thing, reach) & part).any():
                like = part.sum() / thing.sum()
                if like < PIECE or thing.mean() > LARGE:
                    joined[index] = thing | part
                    break
        else:
            joined.append(part)
    return joined


def _refined(
    rgb: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], part: HardMask, seen: HardMask
) -> HardMask | None:
    """Let GrabCut settle the edge near the region, and drop it where little of the colour stays."""
    ys, xs = np.nonzero(part)
    pad = 12
    y0, y1 = max(ys.min() - pad, 0), ys.max() + pad + 1
    x0, x1 = max(xs.min() - pad, 0), xs.max() + pad + 1
    inside, colour = part[y0:y1, x0:x1], seen[y0:y1, x0:x1]
    labels = np.full(inside.shape, cv2.GC_BGD, dtype=np.uint8)
    near = cv2.dilate(inside.view(np.uint8), np.ones((7, 7), np.uint8)) > 0
    labels[near] = cv2.GC_PR_BGD
    labels[inside] = cv2.GC_PR_FGD
    labels[inside & colour] = cv2.GC_FGD
    mask, _ = cut(np.ascontiguousarray(rgb[y0:y1, x0:x1]), labels, rounds=2)
    if not mask.any():
        return None
    out = np.zeros(part.shape, dtype=np.bool_)
    out[y0:y1, x0:x1] = mask
    return out


def _likely(mask: HardMask, seen: HardMask, colour: str) -> float:
    """How likely a region is a thing of that colour: pure, large enough, whole, off the frame."""
    purity = float(seen[mask].mean())
    share = float(mask.mean())
    hull = cv2.convexHull(np.argwhere(mask).astype(np.int32))
    solid = float(mask.sum()) / max(float(cv2.contourArea(hull)), 1.0)
    frame = np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]]).mean()
    size = min(share / 0.01, 1.0)
    sure = 0.75 * purity * (0.4 + 0.6 * size) * (0.5 + 0.5 * min(solid, 1.0)) * (1 - 0.5 * frame)
    return float(sure * (0.6 if colour in PLAIN else 1.0))
