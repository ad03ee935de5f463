"""The cascade: from a parsed phrase to one mask, with what was doubtful about it.

Grounders propose candidates; this resolves order, superlatives, relations, quantity and exclusions
over them. What the user marked comes first. A phrase that nothing can find raises
``GroundingFailed`` rather than pointing at something else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from tools import masks
from tools.errors import GroundingFailed
from tools.ground_colours import ColourGrounder
from tools.ground_hints import MARKS, HintGrounder
from tools.ground_people import PERSON, PeopleGrounder
from tools.ground_places import PlaceGrounder, place_within
from tools.ground_scenery import SceneryGrounder
from tools.ground_subject import SubjectGrounder
from tools.ground_tones import ToneGrounder
from tools.grounding import Grounder, Region, Scene
from tools.operation import HardMask, SoftMask
from tools.refining import refined
from tools.selection import Measured, holds, measure, overlap, pick_ordinal, pick_superlative
from tools.target import Target
from tools.taught import translated, with_example
from tools.wording import POINTING, noun, wants_all

OFFLINE = (
    "the whole image and its halves, corners or border, people, faces, eyes, mouths, skin, hair, "
    "the sky, clouds, grass and plants, the main subject, the foreground, the background, "
    'shadows, highlights, and things named by a colour ("the red jacket")'
)
"""What can be found without any model, in words."""
PARTS_OF_PICTURES = (PlaceGrounder.name, SceneryGrounder.name, SubjectGrounder.name)
"""Grounders of what is no thing in the picture; a reader of things is not asked for those."""
NO_THINGS = (*PARTS_OF_PICTURES, ToneGrounder.name)
"""Grounders of what a detector of things is not asked for: the above, and "the shadows"."""
MARGIN = 0.15
"""Candidates whose confidence is within this of the best one are as likely to be meant."""
KNOWN = 0.35
"""Confidence from which a thing found away from the user's mark is what the words mean, so that the
mark is about something else."""
UNCHECKED = 0.6
"""What is left of the confidence where a relation could not be checked."""


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
class _Doubts:
    """What was assumed on the way; joined into the explanation."""

    factor: float = 1.0
    notes: list[str] = field(default_factory=list)
    ambiguous: tuple[Region, ...] = ()


@cache
def default_grounders() -> tuple[Grounder, ...]:
    """Every grounder that needs no weights, in the order they are asked."""
    return (
        HintGrounder(),
        PlaceGrounder(),
        PeopleGrounder(),
        SceneryGrounder(),
        SubjectGrounder(),
        ToneGrounder(),
        ColourGrounder(),
    )


def ground(
    scene: Scene,
    target: Target,
    grounders: Sequence[Grounder] | None = None,
    *,
    said: str = "",
) -> Grounding:
    """Find what a phrase points at.

    Args:
        scene: the picture, what the user marked, taught words.
        target: the parsed phrase.
        grounders: asked in order; the first that finds something answers.
        said: the sentence that the phrase comes from, where it speaks of nothing else ("").

    Raises:
        GroundingFailed: nothing can find it, or there are fewer of it than asked for.
    """
    asked = _cascade(scene, target) if grounders is None else tuple(grounders)
    asked = with_example(scene, target, asked)
    target = translated(target, scene.glossary)
    if _for_reader(scene, target, asked):
        read = _read(scene, target, said)
        if read is not None:
            return read
        # It may miss what is there; only what looks for things by itself may still find it.
        asked = tuple(scene.detectors)
        if not asked:
            raise GroundingFailed(_absent(target))
    if target.quantity == "all_but" and _means_everything(target):
        return _everything_but(scene, target, asked)
    candidates, doubts = _candidates(scene, target, asked)
    if all(region.source in MARKS for region in candidates) and not _speaks_of_mark(target):
        chosen = measure(candidates)  # which of several the words would mean is settled
        if not chosen:
            raise GroundingFailed(_why_not(target, True))
    else:
        chosen = _choose(scene, target, candidates, asked, doubts)
    result = _combine(scene, target, candidates, chosen, doubts)
    if target.exclude is not None:
        result = _without(scene, target, result, asked)
    return result


def _cascade(scene: Scene, target: Target) -> tuple[Grounder, ...]:
    """The user's marks, then detectors where the phrase names a thing, then what needs no weights.

    Places, parts of pictures and tones ("the left half", "the sky", "the shadows") are no things.
    """
    offline = default_grounders()
    if not scene.detectors or any(g.name in NO_THINGS and g.claims(target) for g in offline):
        return offline
    marks = tuple(g for g in offline if g.name == HintGrounder.name)
    rest = tuple(g for g in offline if g.name != HintGrounder.name)
    return (*marks, *scene.detectors, *rest)


def _for_reader(scene: Scene, target: Target, asked: Sequence[Grounder]) -> bool:
    """Whether the phrase is for the reader, rather than a mark, a place or a part of pictures."""
    if scene.reader is None or scene.hints.given or not scene.reader.claims(target):
        return False
    return not any(g.name in PARTS_OF_PICTURES and g.claims(target) for g in asked)


def _absent(target: Target) -> str:
    return (
        f"there is no {target.phrase.removeprefix('the ')!r} in this picture: mark what you mean "
        "with --box, --point or --mask"
    )


def _read(scene: Scene, target: Target, said: str) -> Grounding | None:
    found = None if scene.reader is None else scene.reader.read(scene, target, said)
    if found is None or not found.mask.any():
        return None
    found = refined(scene, found)
    soft = found.soft if found.soft is not None else _soft(found.mask)
    return Grounding(
        mask=found.mask,
        soft=soft,
        confidence=found.confidence,
        source=found.source,
        candidates=(found,),
        chosen=(found,),
        explanation=f"{found.label or target.phrase} (from {found.source})",
    )


def _means_everything(target: Target) -> bool:
    if target.is_whole_image or not target.category:
        return True
    return noun(target) in POINTING | {"everything", "all", "rest"}


def _everything_but(scene: Scene, target: Target, asked: Sequence[Grounder]) -> Grounding:
    if target.exclude is None:
        raise GroundingFailed(f"{target.phrase!r} leaves something out, but not what; name it")
    kept = ground(scene, target.exclude, asked)
    soft = (1 - kept.soft).astype(np.float32)
    return Grounding(
        mask=~kept.mask,
        soft=soft,
        confidence=kept.confidence,
        source=kept.source,
        candidates=kept.candidates,
        chosen=kept.chosen,
        ambiguous=kept.ambiguous,
        explanation=f"everything but {kept.explanation}",
    )


def _candidates(
    scene: Scene, target: Target, asked: Sequence[Grounder]
) -> tuple[list[Region], _Doubts]:
    """The first grounder's answer, checked against what the user marked."""
    claiming = [g for g in asked if g.claims(target)]
    marked: list[Region] = []
    searched = False
    for grounder in claiming:
        if grounder.name == HintGrounder.name:
            if scene.hints.given:
                marked = grounder.ground(scene, target)
            continue
        searched = True
        found = grounder.ground(scene, target)
        if found:
            return _marked_or_found(marked, found)
    if marked:
        return marked, _Doubts()
    raise GroundingFailed(_why_not(target, searched))


def _speaks_of_mark(target: Target) -> bool:
    """Whether the mark is what the target stands in a relation to ("the cup left of this")."""
    relation = target.relation
    return relation is not None and noun(relation.anchor) in POINTING


def _marked_or_found(marked: list[Region], found: list[Region]) -> tuple[list[Region], _Doubts]:
    """A mark on or near a found thing means the mark; one elsewhere is about something else."""
    if not marked:
        return found, _Doubts()
    if all(region.confidence < KNOWN for region in found):
        return marked, _Doubts()  # a guess, such as a colour whose noun nobody can check
    mark = measure(marked)
    touching = any(overlap(m, f) > 0.2 or overlap(f, m) > 0.5 for m in mark for f in measure(found))
    if touching:
        return marked, _Doubts()
    return found, _Doubts(notes=["what you marked lies elsewhere and was not used for it"])


def _why_not(target: Target, searched: bool) -> str:
    what = noun(target)
    mark = "mark it with --box, --point or --mask"
    if what in POINTING:
        return f"{target.phrase!r} names nothing by itself: {mark}, or say what it is"
    if searched:
        how = " (people are found by their faces)" if what in PERSON else ""
        return f"looked for {target.phrase!r} and found none in this picture{how}: {mark}"
    return (
        f"nothing here can find {what!r} without a detector model (--detector): {mark}, "
        f"or name what can be found offline: {OFFLINE}"
    )


def _choose(
    scene: Scene,
    target: Target,
    candidates: list[Region],
    asked: Sequence[Grounder],
    doubts: _Doubts,
) -> list[Measured]:
    found = measure(candidates)
    if not found:
        raise GroundingFailed(_why_not(target, True))
    if target.relation is not None and not target.relation.anchor.is_whole_image:
        found = _related(scene, target, found, asked, doubts)
    if len(found) == 1 and target.ordinal is not None and target.ordinal.index in (1, -1):
        return found  # "the left dog" of one dog is that dog
    if target.ordinal is not None:
        return [pick_ordinal(found, target.ordinal, target.phrase)]
    if target.superlative and len(found) > 1:
        best, close = pick_superlative(found, target.superlative, scene.image)
        if close:
            doubts.ambiguous = tuple(m.region for m in close)
            doubts.factor *= 0.7
            doubts.notes.append(f"{len(close)} are about equally {target.superlative!r}")
        return [best]
    if wants_all(target) or len(found) == 1:
        return found
    return [_most_likely(target, found, doubts)]


def _most_likely(target: Target, found: list[Measured], doubts: _Doubts) -> Measured:
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
    scene: Scene,
    target: Target,
    found: list[Measured],
    asked: Sequence[Grounder],
    doubts: _Doubts,
) -> list[Measured]:
    """Candidates that stand to the anchor as the phrase says."""
    relation = target.relation
    if relation is None:
        return found
    said = f"{relation.kind.replace('_', ' ')} {relation.anchor.phrase}"
    try:
        anchor = ground(scene, relation.anchor, asked)
    except GroundingFailed:
        doubts.factor *= UNCHECKED
        doubts.notes.append(f"could not check {said!r}: the other thing was not found")
        return found
    stands = measure([Region(anchor.mask, anchor.confidence, anchor.source)])
    if not stands:
        return found
    if all(m.region.source == "place" for m in found):  # "the left half of the sky"
        part = place_within(target, anchor.mask)
        return measure([Region(part, anchor.confidence, anchor.source, target.phrase)])
    verdicts = [(m, holds(relation.kind, m, stands[0])) for m in found]
    if any(verdict is None for _, verdict in verdicts):
        doubts.factor *= UNCHECKED
        doubts.notes.append(f"cannot judge {said!r} from a flat picture")
        return found
    kept = [m for m, verdict in verdicts if verdict]
    if not kept and relation.kind in ("in", "on", "part_of", "at"):
        kept = _clipped(found, anchor.mask)
    if not kept:
        raise GroundingFailed(
            f"found {len(found)} for {target.phrase!r} but none {said}: "
            "mark it with --box, --point or --mask"
        )
    doubts.factor *= max(anchor.confidence, 0.3)
    doubts.notes.append(f"{said} (from {anchor.source})")
    return kept


def _clipped(found: list[Measured], anchor: HardMask) -> list[Measured]:
    """The parts of candidates inside the anchor ("the shadows in the background")."""
    parts = [
        Region(m.region.mask & anchor, m.region.confidence, m.region.source, m.region.label)
        for m in found
    ]
    return measure(parts)


def _combine(
    scene: Scene,
    target: Target,
    candidates: list[Region],
    chosen: list[Measured],
    doubts: _Doubts,
) -> Grounding:
    shape = (scene.image.shape[0], scene.image.shape[1])
    regions = [m.region for m in chosen]
    mask = regions[0].mask if len(regions) == 1 else masks.union((r.mask for r in regions), shape)
    soft: SoftMask | None = None
    for region in regions:
        edge = region.soft if region.soft is not None else _soft(region.mask)
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


def _soft(mask: HardMask) -> SoftMask:
    return masks.feather(mask, masks.pixels(0.0015, (mask.shape[0], mask.shape[1])))


def _without(
    scene: Scene, target: Target, result: Grounding, asked: Sequence[Grounder]
) -> Grounding:
    """Take the excluded thing out; its pixels get weight exactly zero."""
    if target.exclude is None:
        return result
    left_out = ground(scene, target.exclude, asked)
    mask = result.mask & ~left_out.mask
    if not mask.any():
        raise GroundingFailed(
            f"nothing is left of {target.phrase!r} without {target.exclude.phrase!r}"
        )
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
