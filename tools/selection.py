"""Which of several candidates a phrase means: order, superlatives, relations.

Pure geometry and brightness over regions that were already found. It finds nothing itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from tools.errors import GroundingFailed
from tools.grounding import Box, Region
from tools.masks import box_of, centre_of
from tools.operation import Rgb
from tools.target import Ordinal, RelationKind

CLOSE_CALL = 0.10
"""Two candidates whose measures differ by less than this share are a close call."""


@dataclass(frozen=True)
class Measured:
    """A region with the numbers that comparisons need: box, area and centre in pixels."""

    region: Region
    box: Box
    area: int
    centre: tuple[float, float]

    @property
    def width(self) -> int:
        """Width of the box."""
        return self.box[2] - self.box[0]

    @property
    def height(self) -> int:
        """Height of the box."""
        return self.box[3] - self.box[1]


def measure(regions: list[Region]) -> list[Measured]:
    """Measure regions, dropping empty ones."""
    out = []
    for region in regions:
        box = box_of(region.mask)
        if box is None:
            continue
        x0, y0, x1, y1 = box
        part = np.ascontiguousarray(region.mask[y0:y1, x0:x1])
        x, y = centre_of(part)
        out.append(Measured(region, box, int(np.count_nonzero(part)), (x + x0, y + y0)))
    return out


def pick_ordinal(
    found: list[Measured], ordinal: Ordinal, what: str, count: int = 1
) -> list[Measured]:
    """The candidate at a place in a row; index 0 is the middle one, -1 the last.

    Args:
        found: the row, in any order.
        ordinal: the place.
        what: the phrase, for the error.
        count: how many are meant, from that place on; of the last, that many last ones.

    Raises:
        GroundingFailed: the row is shorter than that.
    """
    row = sorted(found, key=_FROM[ordinal.side])
    if ordinal.index == 0:
        first = (len(row) - count) // 2
    elif ordinal.index > 0:
        first = ordinal.index - 1
    else:
        first = len(row) + ordinal.index - count + 1
    if not 0 <= first <= len(row) - count:
        wanted = f"number {ordinal.index}" if count == 1 else str(count)
        raise GroundingFailed(
            f"asked for {wanted} from the {ordinal.side} of {what!r}, "
            f"but {len(row)} {'was' if len(row) == 1 else 'were'} found"
        )
    return row[first : first + count]


def pick_side(found: list[Measured], ordinal: Ordinal) -> list[Measured]:
    """The candidates that stand on a side, at least one.

    Those in that half of the picture; where none is, and of front and back, those on that side of
    the middle between the outermost two. In the middle (index 0): those in the middle third, else
    the middle one of the row.
    """
    side = ordinal.side
    if ordinal.index == 0:
        width = found[0].region.mask.shape[1]
        inner = [m for m in found if width / 3 <= m.centre[0] <= 2 * width / 3]
        return inner or pick_ordinal(found, ordinal, "")
    place = _FROM[side]
    values = [place(m) for m in found]
    kept: list[Measured] = []
    if side in ("left", "right", "top", "bottom"):
        height, width = found[0].region.mask.shape
        half = (width if side in ("left", "right") else height) / 2
        border = half if side in ("left", "top") else -half
        kept = [m for m, value in zip(found, values, strict=True) if value < border]
    if kept:
        return kept
    middle = (min(values) + max(values)) / 2
    return [m for m, value in zip(found, values, strict=True) if value <= middle]


def nearness(m: Measured) -> float:
    """Larger for what is nearer the camera: big things that stand low in the picture."""
    return float(m.area**0.5 + m.box[3])


_FROM: dict[str, Callable[[Measured], float]] = {
    "left": lambda m: m.centre[0],
    "right": lambda m: -m.centre[0],
    "top": lambda m: m.centre[1],
    "bottom": lambda m: -m.centre[1],
    "front": lambda m: -nearness(m),
    "back": nearness,
}
"""Side -> how far from it a candidate stands."""

_STEMS: dict[str, tuple[str, int]] = {
    "big": ("area", 1), "large": ("area", 1), "great": ("area", 1), "main": ("area", 1),
    "small": ("area", -1), "tini": ("area", -1), "little": ("area", -1),
    "tall": ("height", 1), "short": ("height", -1),
    "wide": ("width", 1), "broad": ("width", 1), "narrow": ("width", -1), "thin": ("width", -1),
    "near": ("near", 1), "close": ("near", 1), "front": ("near", 1), "foremost": ("near", 1),
    "far": ("near", -1), "further": ("near", -1), "distant": ("near", -1), "hind": ("near", -1),
    "left": ("x", -1), "right": ("x", 1), "top": ("y", -1), "high": ("y", -1), "upper": ("y", -1),
    "bottom": ("y", 1), "low": ("y", 1),
    "bright": ("light", 1), "light": ("light", 1), "pale": ("light", 1),
    "dark": ("light", -1), "dim": ("light", -1),
    "colo": ("chroma", 1), "vivid": ("chroma", 1), "sharp": ("detail", 1), "blurr": ("detail", -1),
    "central": ("middle", -1), "middle": ("middle", -1),
}  # fmt: skip


def superlative_measure(word: str) -> tuple[str, int] | None:
    """What "biggest", "smaller", "nearest"… compare, and whether more is meant (1) or less (-1)."""
    lowered = word.lower().removeprefix("most ").removeprefix("least ").strip()
    sign = -1 if word.lower().startswith("least ") else 1
    for stem, (kind, direction) in _STEMS.items():
        if lowered.startswith(stem):
            return kind, direction * sign
    return None


def pick_superlative(
    found: list[Measured], word: str, image: Rgb
) -> tuple[Measured, tuple[Measured, ...]]:
    """The extreme candidate, and those too close to it to be sure (itself included; or none).

    Raises:
        GroundingFailed: the word compares something that cannot be measured.
    """
    kind, scores, order = _ranked(found, word, image)
    span = _span(kind, image, scores)
    near = [i for i in order if scores[order[0]] - scores[i] < CLOSE_CALL * span]
    return found[order[0]], tuple(found[i] for i in near) if len(near) > 1 else ()


def pick_most(found: list[Measured], word: str, image: Rgb, count: int) -> list[Measured]:
    """So many of the most extreme candidates ("the two biggest").

    Raises:
        GroundingFailed: there are fewer, or the word compares something that cannot be measured.
    """
    if len(found) < count:
        were = "was" if len(found) == 1 else "were"
        raise GroundingFailed(f"asked for the {count} {word!r}, but {len(found)} {were} found")
    _, _, order = _ranked(found, word, image)
    return [found[i] for i in order[:count]]


def _ranked(
    found: list[Measured], word: str, image: Rgb
) -> tuple[str, np.ndarray[tuple[int, ...], np.dtype[np.float64]], list[int]]:
    """What a superlative measures, each candidate's score, and their places, the best first."""
    measured = superlative_measure(word)
    if measured is None:
        raise GroundingFailed(
            f"cannot tell which is the {word!r}: size, height, width, nearness, position, "
            "brightness, colour and sharpness can be compared; or mark it with --box or --point"
        )
    kind, sign = measured
    scores = np.array([_score(m, kind, image) for m in found], dtype=np.float64) * sign
    return kind, scores, [int(i) for i in np.argsort(-scores, kind="stable")]


def _span(
    kind: str, image: Rgb, scores: np.ndarray[tuple[int, ...], np.dtype[np.float64]]
) -> float:
    if kind in ("x", "y"):
        return 0.2 * float(image.shape[1] if kind == "x" else image.shape[0])
    return max(float(np.abs(scores).max()), 1e-9)


def _score(m: Measured, kind: str, image: Rgb) -> float:
    x0, y0, x1, y1 = m.box
    if kind in ("area", "width", "height"):
        return float({"area": m.area, "width": m.width, "height": m.height}[kind])
    if kind == "near":
        return nearness(m)
    if kind in ("x", "y"):
        return m.centre[0] if kind == "x" else m.centre[1]
    if kind == "middle":
        return float(np.hypot(m.centre[0] - image.shape[1] / 2, m.centre[1] - image.shape[0] / 2))
    step = max(1, int(np.sqrt(m.area) / 300))
    part = np.ascontiguousarray(image[y0:y1:step, x0:x1:step])
    inside = m.region.mask[y0:y1:step, x0:x1:step]
    lab = cv2.cvtColor(part, cv2.COLOR_RGB2LAB).astype(np.float32)
    if kind == "light":
        return float(lab[..., 0][inside].mean()) if inside.any() else 0.0
    if kind == "chroma":
        chroma = np.hypot(lab[..., 1] - 128, lab[..., 2] - 128)
        return float(chroma[inside].mean()) if inside.any() else 0.0
    edges = np.abs(cv2.Laplacian(lab[..., 0], cv2.CV_32F))
    return float(edges[inside].mean()) if inside.any() else 0.0


def holds(kind: RelationKind, thing: Measured, anchor: Measured) -> bool | None:
    """Whether a relation holds between two regions; None where a picture's plane cannot tell."""
    tx, ty = thing.centre
    ax, ay = anchor.centre
    x0, y0, x1, y1 = anchor.box
    inside = x0 <= tx < x1 and y0 <= ty < y1
    over = thing.box[0] < x1 and thing.box[2] > x0
    gap = max(
        max(x0 - thing.box[2], thing.box[0] - x1, 0), max(y0 - thing.box[3], thing.box[1] - y1, 0)
    )
    reach = 0.5 * max(anchor.width, anchor.height, thing.width, thing.height)
    if kind in ("left_of", "right_of"):
        return tx < ax - 0.1 * anchor.width if kind == "left_of" else tx > ax + 0.1 * anchor.width
    if kind in ("above", "below", "under"):
        return ty < ay and thing.box[1] < y0 if kind == "above" else ty > ay and thing.box[3] > y1
    if kind in ("in", "part_of", "at"):
        return inside or overlap(thing, anchor) > 0.5
    if kind == "on":
        stands = over and ty < ay and thing.box[3] >= y0 - 0.1 * thing.height
        return stands or overlap(thing, anchor) > 0.5
    if kind in ("near", "next_to"):
        return gap < reach and not same(thing, anchor)
    if kind in ("wearing", "holding", "with"):
        return overlap(anchor, thing) > 0.3
    if kind == "without":
        return not overlap(anchor, thing) > 0.3
    if kind in ("behind", "in_front_of"):
        if same(thing, anchor):
            return False
        farther = nearness(thing) < nearness(anchor)
        return farther if kind == "behind" else not farther
    return None


def overlap(thing: Measured, other: Measured) -> float:
    """Share of the first region that lies in the second."""
    x0, y0, x1, y1 = thing.box
    both = thing.region.mask[y0:y1, x0:x1] & other.region.mask[y0:y1, x0:x1]
    return int(np.count_nonzero(both)) / max(thing.area, 1)


def same(a: Measured, b: Measured) -> bool:
    """True where two regions are the same thing."""
    share = overlap(a, b)
    both = share * a.area
    return both / max(a.area + b.area - both, 1) > 0.5
