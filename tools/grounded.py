"""What a phrase was found to be: one mask made of the chosen candidates, with its doubts told.

Joins, inverts and takes away regions that were found and chosen elsewhere. Looks for nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from tools import masks
from tools.errors import GroundingFailed
from tools.grounding import Region, Scene
from tools.operation import HardMask, SoftMask
from tools.selection import Measured
from tools.target import Target
from tools.wording import noun


@dataclass(frozen=True)
class Grounding:
    """What a phrase points at in a picture.

    Attributes:
        mask: HW bool, native.
        soft: HW float32 [0, 1], native, with its natural edge.
        confidence: [0, 1], how often such an answer is right.
        source: which grounder answered, and from what.
        candidates: everything it found of that kind, best first.
        chosen: those the mask is made of.
        ambiguous: candidates that fit about as well as the chosen one (it included); empty = clear.
        explanation: one line for the report.
    """

    mask: HardMask
    soft: SoftMask
    confidence: float
    source: str
    candidates: tuple[Region, ...] = ()
    chosen: tuple[Region, ...] = ()
    ambiguous: tuple[Region, ...] = ()
    explanation: str = ""

    @property
    def box(self) -> tuple[int, int, int, int] | None:
        """XYXY half-open around the mask."""
        return masks.box_of(self.mask)


@dataclass
class Doubts:
    """What was assumed on the way; joined into the explanation.

    Attributes:
        factor: what is left of the confidence.
        notes: what was assumed, for people.
        ambiguous: candidates that fit about as well as the chosen one (it included).
    """

    factor: float = 1.0
    notes: list[str] = field(default_factory=list)
    ambiguous: tuple[Region, ...] = ()


def alone(target: Target, found: Region) -> Grounding:
    """The answer that is one region, without any doubt about which."""
    return Grounding(
        mask=found.mask,
        soft=_edged(found),
        confidence=found.confidence,
        source=found.source,
        candidates=(found,),
        chosen=(found,),
        explanation=f"{found.label or target.phrase} (from {found.source})",
    )


def combined(
    scene: Scene,
    target: Target,
    candidates: Sequence[Region],
    chosen: Sequence[Measured],
    doubts: Doubts,
) -> Grounding:
    """The answer that is made of the chosen candidates, of which there is at least one."""
    shape = (scene.image.shape[0], scene.image.shape[1])
    regions = [m.region for m in chosen]
    mask = regions[0].mask if len(regions) == 1 else masks.union((r.mask for r in regions), shape)
    soft: SoftMask | None = None
    for region in regions:
        edge = _edged(region)
        soft = edge if soft is None else np.maximum(soft, edge)
    confidence = min(r.confidence for r in regions) * doubts.factor
    name = regions[0].label or target.phrase
    if len(regions) > 1:
        name = f"{len(regions)} × {noun(target) or target.phrase}"
    notes = "; ".join([name, *doubts.notes])
    return Grounding(
        mask=mask,
        soft=_soft(mask) if soft is None else soft,
        confidence=round(min(max(confidence, 0.0), 1.0), 3),
        source=regions[0].source,
        candidates=tuple(candidates),
        chosen=tuple(regions),
        ambiguous=doubts.ambiguous,
        explanation=f"{notes} (from {regions[0].source})",
    )


def everything_but(kept: Grounding) -> Grounding:
    """The rest of the picture."""
    return Grounding(
        mask=~kept.mask,
        soft=(1 - kept.soft).astype(np.float32),
        confidence=kept.confidence,
        source=kept.source,
        candidates=kept.candidates,
        chosen=kept.chosen,
        ambiguous=kept.ambiguous,
        explanation=f"everything but {kept.explanation}",
    )


def without(target: Target, result: Grounding, excluded: Target, left_out: Grounding) -> Grounding:
    """The answer without another; the other's pixels get weight exactly zero.

    Raises:
        GroundingFailed: nothing is left.
    """
    mask = result.mask & ~left_out.mask
    if not mask.any():
        raise GroundingFailed(f"nothing is left of {target.phrase!r} without {excluded.phrase!r}")
    return Grounding(
        mask=mask,
        soft=masks.protect(np.minimum(result.soft, 1 - left_out.soft), left_out.mask),
        confidence=min(result.confidence, left_out.confidence),
        source=result.source,
        candidates=result.candidates,
        chosen=result.chosen,
        ambiguous=result.ambiguous,
        explanation=f"{result.explanation}, but not {left_out.explanation}",
    )


def _edged(region: Region) -> SoftMask:
    """The region with its own edge, else feathered."""
    return region.soft if region.soft is not None else _soft(region.mask)


def _soft(mask: HardMask) -> SoftMask:
    return masks.feather(mask, masks.pixels(0.0015, (mask.shape[0], mask.shape[1])))
