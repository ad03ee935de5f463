"""The cascade: from a parsed phrase to one mask, by asking grounders in their order.

What the user marked comes first. A phrase that nothing can find raises ``GroundingFailed`` rather
than pointing at something else. Which of several candidates is meant is known to ``choosing``, what
becomes of them to ``grounded``.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from tools.choosing import choose
from tools.errors import GroundingFailed
from tools.ground_clothes import ClothesGrounder
from tools.ground_colours import ColourGrounder
from tools.ground_hints import MARKS, HintGrounder
from tools.ground_people import PERSON, PeopleGrounder
from tools.ground_places import PlaceGrounder
from tools.ground_scenery import SceneryGrounder
from tools.ground_subject import BACKGROUND, SUBJECT, SubjectGrounder
from tools.ground_tones import ToneGrounder
from tools.grounded import Doubts, Grounding, alone, combined, everything_but, without
from tools.grounding import Grounder, Region, Scene
from tools.outlines import knows_photographs
from tools.refining import refined
from tools.selection import measure, overlap
from tools.target import Target
from tools.taught import translated, with_example
from tools.wording import POINTING, how_many, is_group, noun

OFFLINE = (
    "people, faces, hair, sky, clouds, plants, the main subject, the background, shadows, "
    'highlights, halves, corners, or a colour ("the red jacket")'
)
"""The most useful of what can be found without any model, in words."""
PARTS_OF_PICTURES = (PlaceGrounder.name, SceneryGrounder.name, SubjectGrounder.name)
"""Grounders of what is no thing in the picture; a reader of things is not asked for those."""
NO_THINGS = (*PARTS_OF_PICTURES, ToneGrounder.name)
"""Grounders of what a detector of things is not asked for: the above, and "the shadows"."""
KNOWN = 0.35
"""Confidence from which a thing found away from the user's mark is what the words mean, so that the
mark is about something else."""


@cache
def default_grounders() -> tuple[Grounder, ...]:
    """Every grounder that needs no weights, in the order they are asked."""
    return (
        HintGrounder(),
        PlaceGrounder(),
        PeopleGrounder(),
        ClothesGrounder(),
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
    spoken, target = target, translated(target, scene.glossary)
    if target != spoken:
        said = ""  # the sentence has a word that only its teacher knows
    if _for_reader(scene, target, asked):
        # A reader points at one thing or at all of them; it does not count.
        counts = (how_many(target) > 1 or is_group(target)) and bool(scene.detectors)
        read = None if counts else _read(scene, target, said)
        if read is not None:
            return read
        # It may miss what is there; only what looks for things by itself may still find it.
        asked = tuple(scene.detectors)
        if not asked:
            raise GroundingFailed(_absent(target))
    # Of a place or the background no detector is asked; of what it is told apart by, one may be.
    others = None if grounders is None and scene.reader is None else asked
    if target.quantity == "all_but" and _means_everything(target):
        if target.exclude is None:
            raise GroundingFailed(f"{target.phrase!r} leaves something out, but not what; name it")
        return everything_but(ground(scene, target.exclude, others))
    candidates, doubts = _candidates(scene, target, asked)
    chosen = measure(candidates)
    if not chosen:
        raise GroundingFailed(_why_not(scene, target, True))
    # Of what was marked, which of several the words would mean is settled.
    if _speaks_of_mark(target) or any(region.source not in MARKS for region in candidates):
        chosen = choose(scene, target, chosen, lambda anchor: ground(scene, anchor, others), doubts)
    result = combined(scene, target, candidates, chosen, doubts)
    if target.exclude is not None:
        result = without(target, result, target.exclude, ground(scene, target.exclude, others))
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
    return alone(target, refined(scene, found))


def _means_everything(target: Target) -> bool:
    if target.is_whole_image or not target.category:
        return True
    return noun(target) in POINTING | {"everything", "all", "rest"}


def _candidates(
    scene: Scene, target: Target, asked: Sequence[Grounder]
) -> tuple[list[Region], Doubts]:
    """The first grounder's answer, checked against what the user marked."""
    claiming = [g for g in asked if g.claims(target)]
    marked: list[Region] = []
    searched = False
    for grounder in claiming:
        if grounder.name == HintGrounder.name:
            if scene.hints.given:
                marked = grounder.ground(scene, target)
            continue
        # Clothes are looked for by clicks, which say nothing without a segmenter that knows them.
        searched |= grounder.name != ClothesGrounder.name or knows_photographs(scene)
        found = grounder.ground(scene, target)
        if found:
            return _marked_or_found(marked, found)
    if marked:
        return marked, Doubts()
    raise GroundingFailed(_why_not(scene, target, searched))


def _speaks_of_mark(target: Target) -> bool:
    """Whether the mark is what the target stands in a relation to ("the cup left of this")."""
    relation = target.relation
    return relation is not None and noun(relation.anchor) in POINTING


def _marked_or_found(marked: list[Region], found: list[Region]) -> tuple[list[Region], Doubts]:
    """A mark on or near a found thing means the mark; one elsewhere is about something else."""
    if not marked:
        return found, Doubts()
    if all(region.confidence < KNOWN for region in found):
        return marked, Doubts()  # a guess, such as a colour whose noun nobody can check
    mark = measure(marked)
    touching = any(overlap(m, f) > 0.2 or overlap(f, m) > 0.5 for m in mark for f in measure(found))
    if touching:
        return marked, Doubts()
    return found, Doubts(notes=["what you marked lies elsewhere and was not used for it"])


def _why_not(scene: Scene, target: Target, searched: bool) -> str:
    what = noun(target)
    mark = "mark it with --box, --point or --mask"
    if what in POINTING:
        return f"{target.phrase!r} names nothing by itself: {mark}, or say what it is"
    if searched:
        by_faces = what in PERSON and not any(eye.claims(target) for eye in scene.detectors)
        how = " (people are found by their faces)" if by_faces else ""
        if what in SUBJECT | BACKGROUND:
            how = " (nothing in it stands out clearly)"
        return f"looked for {target.phrase!r} and found none in this picture{how}: {mark}"
    seers = "" if scene.detectors else " (docs/photographs.md: packages that find 80 kinds)"
    return (
        f"nothing here can find {what!r}: {mark}, give a --detector{seers}, "
        f"or name what can be found without: {OFFLINE}"
    )
