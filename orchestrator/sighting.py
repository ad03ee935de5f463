"""Whether a detector sees a new thing where a step was to put it.

The detector is not the editor, so what it sees is evidence of its own. Its scores are not
calibrated: it can confirm, and its silence proves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tools.grounding import Grounder, Region, Scene
from tools.masks import iou
from tools.operation import SoftMask
from tools.wording import called, plain, words

SURE = 0.6
"""Score from which a sighting confirms; as for other promises (``orchestrator.success``)."""
HERE = 0.5
"""Share of a thing that must lie where the step was allowed to act."""
SAME = 0.5
"""Overlap with something seen there before, from which it is not new."""
COMPOUND = frozenset(
    {
        *("with", "without", "in", "on", "at", "of", "by", "under", "over", "near", "behind"),
        *("beside", "like", "wearing", "holding", "and", "or", "several", "some", "many", "few"),
        *("pair", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    }
)
"""Words that make a phrase more than one thing and its looks, of which a detector knows nothing."""


@dataclass(frozen=True)
class NewThing:
    """What a detector makes of the claim that something new is there.

    Attributes:
        by: its name.
        phrase: what it was asked.
        score: of the surest new one in its place, [0, 1]; 0 where it sees none.
    """

    by: str
    phrase: str
    score: float

    @property
    def confirmed(self) -> bool:
        """Whether that is enough."""
        return self.score >= SURE


def new_thing(wanted: str, before: Scene, after: Scene, mask: SoftMask | None) -> NewThing | None:
    """What the first detector that is asked sees; None where there is none, or it cannot be asked.

    Args:
        wanted: the new thing in words ("a red cup").
        before: the parent's scene.
        after: the child's scene, of the same size.
        mask: HW float32 where the step was allowed to act; None = everywhere.

    Raises:
        GroundingFailed: the detector's weights cannot be used.
    """
    target = plain(wanted)
    if not target.category or COMPOUND & set(words(wanted)):
        return None
    for eye in _eyes(after):
        if eye.claims(target):
            there = eye.ground(before, target)
            found = [r for r in eye.ground(after, target) if _is_new(r, there, mask)]
            score = max((region.confidence for region in found), default=0.0)
            return NewThing(eye.name, called(target), score)
    return None


def _eyes(scene: Scene) -> list[Grounder]:
    """The detectors, without the witness, which testifies for itself."""
    witness: object = scene.witness
    return [eye for eye in scene.detectors if eye is not witness]


def _is_new(region: Region, there: list[Region], mask: SoftMask | None) -> bool:
    within = 1.0 if mask is None else float(np.mean(mask[region.mask] > 0.5))
    return within >= HERE and all(iou(region.mask, old.mask) < SAME for old in there)
