"""Which of the candidates a phrase means, and what was assumed where it leaves that open.

Applies order, superlatives, relations and quantity to regions that were found elsewhere; how two
regions compare is known to ``selection``. What a relation is to is found by the caller's cascade.
"""

from __future__ import annotations

from collections.abc import Callable

from tools.errors import GroundingFailed
from tools.ground_clothes import is_worn_by_somebody, wearers
from tools.ground_places import place_within
from tools.ground_subject import BACKGROUND
from tools.grounded import Doubts, Grounding
from tools.grounding import Region, Scene
from tools.operation import HardMask
from tools.selection import (
    Measured,
    holds,
    measure,
    overlap,
    pick_most,
    pick_ordinal,
    pick_side,
    pick_superlative,
)
from tools.target import RelationKind, Target
from tools.wording import how_many, is_group, noun, wants_all

MARGIN = 0.15
"""Candidates whose confidence is within this of the best one are as likely to be meant."""
HALF = 0.5
"""What lies in the background lies in it by more than this share."""
UNCHECKED = 0.6
"""What is left of the confidence where a relation could not be checked."""

Find = Callable[[Target], Grounding]
"""Finds another thing of the same picture; raises ``GroundingFailed`` where there is none."""


def choose(
    scene: Scene, target: Target, found: list[Measured], find: Find, doubts: Doubts
) -> list[Measured]:
    """The candidates a phrase means, at least one.

    Args:
        scene: the picture.
        target: the parsed phrase.
        found: the candidates, at least one.
        find: finds what the phrase's relation is to.
        doubts: told what was assumed.

    Raises:
        GroundingFailed: none of them stands as the phrase says, or there are too few.
    """
    if target.relation is not None and not target.relation.anchor.is_whole_image:
        found = _related(scene, target, found, find, doubts)
    count = how_many(target)
    alone = len(found) == 1 and count == 1
    if alone and target.ordinal is not None and target.ordinal.index in (1, -1):
        return found  # "the left dog" of one dog is that dog
    if target.ordinal is not None and is_group(target):
        return pick_side(found, target.ordinal)
    if target.ordinal is not None:
        return pick_ordinal(found, target.ordinal, target.phrase, count)
    if count > 1:
        return pick_most(found, target.superlative, scene.image, count)
    if target.superlative and len(found) > 1:
        best, close = pick_superlative(found, target.superlative, scene.image)
        if close:
            doubts.ambiguous = tuple(m.region for m in close)
            doubts.factor *= 0.7
            doubts.notes.append(f"{len(close)} are about equally {target.superlative!r}")
        return [best]
    if wants_all(target) or len(found) == 1:
        _tell_of_others(scene, target, found, doubts)
        return found
    return [_most_likely(target, found, doubts)]


def _tell_of_others(scene: Scene, target: Target, found: list[Measured], doubts: Doubts) -> None:
    """Say so where what everybody wears was meant, and was found of some."""
    if not all(is_worn_by_somebody(m.region) for m in found):
        return
    others = wearers(scene) - len(found)
    if wants_all(target if target.relation is None else target.relation.anchor) and others > 0:
        people = "1 other person" if others == 1 else f"{others} other people"
        doubts.notes.append(f"of {people} it was not found")


def _most_likely(target: Target, found: list[Measured], doubts: Doubts) -> Measured:
    """One of several with nothing said to tell them apart: the likeliest, then the largest."""
    top = max(m.region.confidence for m in found)
    rivals = [m for m in found if m.region.confidence >= top - MARGIN]
    best = max(rivals, key=lambda m: m.area)
    if len(rivals) > 1:
        doubts.ambiguous = tuple(m.region for m in rivals)
        doubts.factor /= len(rivals)
        doubts.notes.append(
            f"{len(rivals)} fit {target.phrase!r}; took the largest: say which one "
            '("the left one", "the biggest") or mark it'
        )
    return best


def _related(
    scene: Scene, target: Target, found: list[Measured], find: Find, doubts: Doubts
) -> list[Measured]:
    """Candidates that stand to the anchor as the phrase says."""
    relation = target.relation
    if relation is None:
        return found
    said = f"{relation.kind.replace('_', ' ')} {relation.anchor.phrase}"
    try:
        anchor = find(relation.anchor)
    except GroundingFailed:
        doubts.factor *= UNCHECKED
        doubts.notes.append(f"could not check {said!r}: the other thing was not found")
        return found
    stands = measure([Region(anchor.mask, anchor.confidence, anchor.source)])
    if not stands:
        return found
    if all(m.region.source == "place" for m in found):  # "the left half of the sky"
        part = place_within(target, anchor.mask)
        if not part.any():  # such as a corner of the box around something round
            raise GroundingFailed(
                f"{relation.anchor.phrase!r} does not reach into {target.phrase!r}: "
                "mark it with --box, --point or --mask"
            )
        return measure([Region(part, anchor.confidence, anchor.source, target.phrase)])
    # A background lies all around, so that a thing's middle tells nothing.
    around = relation.kind == "in" and noun(relation.anchor) in BACKGROUND
    # What people wear lies in their outlines; in the box around one may be a neighbour's.
    worn = all(is_worn_by_somebody(m.region) for m in found)
    within = around or (worn and relation.kind == "part_of")
    verdicts = [
        (m, overlap(m, stands[0]) > HALF if within else holds(relation.kind, m, stands[0]))
        for m in found
    ]
    if any(verdict is None for _, verdict in verdicts):
        doubts.factor *= UNCHECKED
        doubts.notes.append(f"cannot judge {said!r} from a flat picture")
        return found
    kept = [m for m, verdict in verdicts if verdict]
    if not kept and _are_whole(scene, found):
        kept = [m for m in found if _belongs(relation.kind, m, stands[0])]
    elif not kept and not worn and relation.kind in ("in", "on", "part_of", "at"):
        kept = _clipped(found, anchor.mask)
    if not kept:
        raise GroundingFailed(
            f"found {len(found)} for {target.phrase!r} but none {said}: "
            "mark it with --box, --point or --mask"
        )
    doubts.factor *= max(anchor.confidence, 0.3)
    doubts.notes.append(f"{said} (from {anchor.source})")
    return kept


def _are_whole(scene: Scene, found: list[Measured]) -> bool:
    """Whether the candidates are things that a detector saw, of which a piece is no such thing."""
    names = {eye.name for eye in scene.detectors}
    return all(m.region.source.partition(",")[0] in names for m in found)


def _belongs(kind: RelationKind, thing: Measured, anchor: Measured) -> bool:
    """Whether a whole thing belongs to another: the dog's bowl, the man in the red coat."""
    if kind == "part_of":
        return bool(holds("near", thing, anchor))
    return kind == "in" and bool(holds("wearing", thing, anchor))


def _clipped(found: list[Measured], anchor: HardMask) -> list[Measured]:
    """The parts of candidates inside the anchor ("the shadows in the background")."""
    parts = [
        Region(m.region.mask & anchor, m.region.confidence, m.region.source, m.region.label)
        for m in found
    ]
    return measure(parts)
