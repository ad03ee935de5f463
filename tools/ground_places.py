"""The whole image and places in its frame: halves, thirds, corners, the border, the centre."""

from __future__ import annotations

import numpy as np

from tools.ground_people import PERSON
from tools.grounding import Region, Scene
from tools.masks import box_of, empty, feather, pixels
from tools.operation import HardMask
from tools.target import Target
from tools.wording import noun, words

SHARES = {
    "half": 1 / 2,
    "third": 1 / 3,
    "quarter": 1 / 4,
    "side": 1 / 3,
    "part": 1 / 3,
    "area": 1 / 3,
    "corner": 1 / 4,
    "edge": 1 / 10,
    "strip": 1 / 8,
    "margin": 1 / 10,
    "border": 1 / 16,
    "top": 1 / 3,
    "bottom": 1 / 3,
    "left": 1 / 3,
    "right": 1 / 3,
    "center": 1 / 2,
    "centre": 1 / 2,
    "middle": 1 / 3,
    "everything": 1.0,
    "all": 1.0,
}
"""How deep a place reaches into the picture."""
FADE = 0.05
"""How far a place's inner edge fades to each side, as a share of the diagonal."""
NAMED = frozenset({"half", "third", "quarter", "corner", "border", "edge", "strip", "margin"})
SIDES = {
    "left": "left",
    "right": "right",
    "top": "top",
    "upper": "top",
    "bottom": "bottom",
    "lower": "bottom",
}
MIDDLE = frozenset({"center", "centre", "middle", "central"})
WEARERS = frozenset({"her", "his", "my", "your", "our", "their"})
FRAME = frozenset({"border", "edge", "margin", "corner"})


class PlaceGrounder:
    """The picture itself and parts of its frame."""

    name = "places"

    def claims(self, target: Target) -> bool:
        """The whole image, or a place word with a side where it needs one."""
        if target.is_whole_image:
            return True
        head = noun(target)
        if head not in SHARES or is_worn(target):
            return False
        return head in FRAME | MIDDLE | SIDES.keys() | {"everything", "all"} or bool(_sides(target))

    def ground(self, scene: Scene, target: Target) -> list[Region]:
        """One region, exact by definition."""
        shape = (scene.image.shape[0], scene.image.shape[1])
        head = noun(target)
        if target.is_whole_image or head in ("everything", "all"):
            whole = np.ones(shape, dtype=np.bool_)
            return [Region(whole, 1.0, "picture", "the whole image", whole.astype(np.float32))]
        mask = _place(shape, head, _sides(target))
        # A place ends nowhere in particular: a hard line across the photo would be seen.
        soft = feather(mask, pixels(FADE, shape)) if head not in ("border", "margin") else None
        return [Region(mask, 1.0, "place", target.phrase, soft)]


def place_within(target: Target, thing: HardMask) -> HardMask:
    """The place's part of a thing: its halves are those of the box around it."""
    out = empty((thing.shape[0], thing.shape[1]))
    box = box_of(thing)
    if box is not None:
        x0, y0, x1, y1 = box
        part = _place((y1 - y0, x1 - x0), noun(target), _sides(target))
        out[y0:y1, x0:x1] = part & thing[y0:y1, x0:x1]
    return out


def is_worn(target: Target) -> bool:
    """Whether "top" is what somebody wears: it is somebody's, or of a colour or a cloth."""
    if noun(target) != "top":
        return False
    somebody = target.relation is not None and noun(target.relation.anchor) in PERSON
    theirs = not WEARERS.isdisjoint(words(target.phrase))
    return somebody or theirs or bool(set(target.attributes) - SIDES.keys())


def _sides(target: Target) -> frozenset[str]:
    spoken = [*words(target.phrase), *target.attributes, *words(target.category)]
    sides = {SIDES[word] for word in spoken if word in SIDES}
    if target.ordinal is not None and target.ordinal.side in SIDES:
        sides.add(target.ordinal.side)
    return frozenset(sides)


def _place(shape: tuple[int, int], head: str, sides: frozenset[str]) -> HardMask:
    height, width = shape
    share = SHARES[head]
    if head in MIDDLE:
        mask = empty(shape)
        inset = (1 - share) / 2
        top, left = round(height * inset), round(width * inset)
        mask[top : height - top, left : width - left] = True
        return mask
    deep_x, deep_y = max(round(width * share), 1), max(round(height * share), 1)
    if head in ("edge", "margin", "border"):  # as wide on each side
        deep_x = deep_y = max(round(min(height, width) * share), 1)
    bands = {
        "left": (slice(None), slice(0, deep_x)),
        "right": (slice(None), slice(width - deep_x, width)),
        "top": (slice(0, deep_y), slice(None)),
        "bottom": (slice(height - deep_y, height), slice(None)),
    }
    if head == "corner":
        columns = [side for side in ("left", "right") if side in sides] or ["left", "right"]
        rows = [side for side in ("top", "bottom") if side in sides] or ["top", "bottom"]
        mask = empty(shape)
        for row in rows:
            for column in columns:
                mask[bands[row][0], bands[column][1]] = True
        return mask
    chosen = sides or (frozenset(bands) if head in FRAME else sides)
    if len(chosen) == 2 and head not in FRAME:  # "the top left part": where both bands meet
        mask = np.ones(shape, dtype=np.bool_)
        for side in chosen:
            band = empty(shape)
            band[bands[side]] = True
            mask &= band
        return mask
    mask = empty(shape)
    for side in chosen:
        mask[bands[side]] = True
    return mask
