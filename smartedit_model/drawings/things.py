"""Every thing that can be told apart in a drawing: its mask, and what the recogniser calls it.

A grid of clicks proposes masks; drawings that explain them name them, or else the recogniser does.
It knows no phrases and no edits.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from smartedit_model.drawings.proposing import Proposal, Proposer, overlaps, proposals
from smartedit_model.drawings.recognising import named, recognised
from smartedit_model.drawings.surroundings import with_look
from smartedit_model.evaluation.crops import box_of_mask
from smartedit_model.evaluation.sight import NOTHING, UNCLEAR, Sight, answers
from smartedit_model.world.catalogue import kinds
from tools.grounding import Scene
from tools.masks import box_of
from tools.operation import HardMask, Rgb

if TYPE_CHECKING:
    from smartedit_model.evaluation.judge_eye import Eye

THINGS = "drawn things"
"""Under this name they are kept in a scene."""
SEEN_AT = 128
"""Pictures are looked at with this longer side, as in training."""
PART = 0.8
"""Share of a mask inside another that makes it a part of it."""
NAMED = 0.25
"""Chance that a mask shows something, below which it is taken for backdrop."""


INSIDE = 0.7
"""Share of a thing within a glass's bounds, from which it is a reflection."""


@dataclass(frozen=True, eq=False)
class Thing:
    """Something that stands in a drawing.

    Attributes:
        mask: HW bool, native.
        sight: what the recogniser makes of it.
        claimed: the segmenter's own opinion of the mask, [0, 1]; 1 where the chance of a drawing
            holds it already.
    """

    mask: HardMask
    sight: Sight
    claimed: float

    @property
    def kind(self) -> str:
        """The likeliest kind that is something."""
        return likeliest(self.sight)[0]

    @property
    def chance(self) -> float:
        """Chance of that kind."""
        return likeliest(self.sight)[1]

    @property
    def words(self) -> str:
        """Its colour and name."""
        return f"{self.sight.name('colour')} {kinds()[self.kind].name}"

    def stands_in(self, glass: Thing) -> bool:
        """Whether it lies within the bounds of a mirror or window, so that it is a reflection."""
        x0, y0, x1, y1 = box_of(glass.mask) or (0, 0, 0, 0)
        within = int(np.count_nonzero(self.mask[y0:y1, x0:x1]))
        return within > INSIDE * int(np.count_nonzero(self.mask))


def likeliest(sight: Sight) -> tuple[str, float]:
    """The likeliest kind but nothing and unclear, with its chance."""
    names = answers()["kind"]
    chances = sight.chances["kind"]
    real = [i for i, name in enumerate(names) if name not in (NOTHING, UNCLEAR)]
    best = max(real, key=lambda i: float(chances[i]))
    return names[best], float(chances[best])


def something(sight: Sight) -> float:
    """Chance that a place shows a thing at all."""
    return 1 - sight.chance("kind", NOTHING) - sight.chance("kind", UNCLEAR)


def things_in(scene: Scene, proposer: Proposer, eye: Eye) -> list[Thing]:
    """What stands in a drawing, the surest first; kept in the scene's cache."""
    if THINGS not in scene.found:
        scene.found[THINGS] = _look(scene, proposer, eye)
    found: list[Thing] = scene.found[THINGS]
    return found


def _look(scene: Scene, proposer: Proposer, eye: Eye) -> list[Thing]:
    small = _reduced(scene.image)
    found, glimpses = proposed(small, proposer, eye)
    known = recognised(small, found, glimpses, with_look((), eye.look_at_all(small)))
    sights = eye.look(small, [_box(one.mask) for one in known])
    kept = [
        Thing(one.mask, named(sight, one), 1.0) for one, sight in zip(known, sights, strict=True)
    ] or by_looks(small, eye, found, glimpses)
    return grown(kept, scene.image.shape)


def proposed(small: Rgb, proposer: Proposer, eye: Eye) -> tuple[list[Proposal], list[Sight]]:
    """Masks that may be things, the ones most is expected of first, and what each looks like.

    Args:
        small: HWC uint8 RGB, as large as pictures are looked at.
        proposer: gives masks for clicks.
        eye: takes one glance at each.
    """
    found = proposals(small, proposer)
    return found, eye.look(small, [_box(one.mask) for one in found], 1)


def by_looks(small: Rgb, eye: Eye, found: list[Proposal], glimpses: list[Sight]) -> list[Thing]:
    """What the recogniser alone takes for things, where no drawing explains any of them."""
    # One glance tells backdrop from things; only those that stay are looked at with care.
    likely = [
        (one.claimed * something(sight), one.mask, one.claimed)
        for one, sight in zip(found, glimpses, strict=True)
        if something(sight) >= NAMED and not one.closer
    ]
    likely.sort(key=lambda one: -one[0])
    whole = [likely[i] for i in _whole([mask for _, mask, _ in likely])]
    sights = eye.look(small, [_box(mask) for _, mask, _ in whole])
    return [
        Thing(mask, sight, claimed)
        for (_, mask, claimed), sight in zip(whole, sights, strict=True)
        if something(sight) >= NAMED
    ]


def _reduced(image: Rgb) -> Rgb:
    scale = SEEN_AT / max(image.shape[:2])
    if scale >= 1:
        return image
    size = (max(round(image.shape[1] * scale), 1), max(round(image.shape[0] * scale), 1))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA))


def grown(things: list[Thing], shape: tuple[int, ...]) -> list[Thing]:
    """Things with masks as large as a picture, HW or HWC; the same where they are already."""
    size = (shape[1], shape[0])
    if all(thing.mask.shape == shape[:2] for thing in things):
        return things
    soft = [
        cv2.resize(thing.mask.astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
        for thing in things
    ]
    return [
        replace(thing, mask=np.asarray(mask > 0.5))
        for thing, mask in zip(things, soft, strict=True)
    ]


def _box(mask: HardMask) -> tuple[float, float, float, float]:
    return box_of_mask(mask) or (0.0, 0.0, 1.0, 1.0)


def _whole(masks: list[HardMask]) -> list[int]:
    """Numbers of the masks that are neither parts of earlier ones nor heaps of them."""
    both, area = overlaps(masks)
    kept: list[int] = []
    for i in range(len(masks)):
        most = np.minimum(area[i], area[kept])
        if not (both[i, kept] > PART * most).any():
            kept.append(i)
    return kept
