"""Where a step may act: its target's mask, less everything that was promised to stay.

Finding things in pictures is ``tools.grounders``'; this module decides what must be found and how
far the edge may reach.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from orchestrator.new_room import room_for
from orchestrator.plan import EditPlan, Step, Unchanged
from tools.errors import GroundingFailed
from tools.ground_clothes import is_worn_by_somebody
from tools.grounded import Grounding
from tools.grounders import ground
from tools.grounding import Scene, UserHints
from tools.masks import area_share, dilate, feather, pixels
from tools.operation import HardMask, SoftMask
from tools.target import Target
from tools.wording import POINTING, noun

EDGE = 0.002
"""Reach of a feathered edge, as a share of the diagonal: about 10 px at 12 megapixels."""
GROW: dict[str, float] = {
    "remove": 0.004, "replace": 0.01, "move": 0.004, "resize": 0.004, "flip": 0.004,
    "rotate": 0.004,
}  # fmt: skip
"""How far past its outline a thing is taken, so that no rim of it stays."""
BEHIND = frozenset({"sky"})
"""What lies behind all else: nothing new in it, or in its place, stands out over its edge."""
EMPTY = 1e-6
ROUGH = frozenset({"eye", "mouth", "lip", "tooth", "teeth", "iris", "eyebrow"})
"""What face proportions place but do not outline."""
TAKING_AWAY = frozenset({"remove", "move", "resize", "flip", "rotate"})
"""Ops that destroy what they act on, so that a bad guess costs the picture."""
SURE_ENOUGH = 0.25
"""Confidence below which nothing is taken away."""
TAKEN_AT_MOST = 0.98
"""Largest share of the picture that can be taken away: something must be left to fill from."""
CLICKED_AT_MOST = 0.2
"""Largest share of the picture a click may stand for when something is taken away."""
BESIDE = 0.2
"""Overlap below which a mark is not on a thing, but may touch it."""
BACKGROUND = Target(phrase="the background", category="background")
MARKED = Target(phrase="this")
"""What the user marked, whatever it is."""


@dataclass(frozen=True)
class StepRegion:
    """Where a step may act.

    Attributes:
        soft: HW float32 [0, 1]; None = everywhere.
        area: share of the picture.
        source: how it was found, for the report.
        confidence: [0, 1].
        notes: what the user should know (ambiguity, a guess).
        grounding: what the target was found as; None where nothing had to be found.
    """

    soft: SoftMask | None
    area: float = 1.0
    source: str = "the whole picture"
    confidence: float = 1.0
    notes: tuple[str, ...] = ()
    grounding: Grounding | None = None


@dataclass(frozen=True)
class Pin:
    """What a step's target is known to be; nothing has to be found then.

    Attributes:
        hard: HW bool, native.
        soft: HW float32 [0, 1], the same with its natural edge.
        source: who knows it.
    """

    hard: HardMask
    soft: SoftMask
    source: str = "your answer"


def _too_rough(target: Target) -> GroundingFailed:
    return GroundingFailed(
        f"only the rough place of {target.phrase!r} can be found, which is not good enough to "
        "colour it: mark it with --mask"
    )


def _acts_on_frame(step: Step) -> bool:
    """Whether a step acts on the frame itself, whatever its target."""
    return step.op == "text" or step.turns_frame


def means_last(step: Step, scene: Scene) -> bool:
    """Whether a step's target is nothing but "this", and nothing is marked.

    It is said of what was marked a turn before, so it means where that turn was made.
    """
    target = step.target
    bare = target.relation is None and target.exclude is None and not target.category
    return bare and target.phrase == MARKED.phrase and not scene.hints.given


def marked_alone(step: Step, plan: EditPlan, scene: Scene) -> bool:
    """Whether a mark on the picture can mean nothing but this step's target.

    It can where nothing else is named: no other step's thing, no promise's, no thing to leave out.
    What the target stands beside may be marked instead: if it is "this", or is found there.
    Otherwise a mark may be about any of them, and the words decide.
    """
    located = [
        one.id for one in plan.steps if not one.target.is_whole_image and not _acts_on_frame(one)
    ]
    target = step.target
    if located != [step.id] or target.exclude is not None or plan.constraints:
        return False
    return target.relation is None or not _is_marked(target.relation.anchor, scene)


def said_of(step: Step, plan: EditPlan) -> str:
    """The sentence that tells a step's target: the person's own, where it is about nothing else.

    None ("") where something new is asked for: what it stands at is not what the sentence is about.
    """
    if step.op == "add":
        return ""
    alone = len(plan.steps) == 1 and not plan.constraints and step.target.exclude is None
    return plan.instruction if alone else step.instruction


def _is_marked(anchor: Target, scene: Scene) -> bool:
    """Whether what the user marked is a thing, by its words alone; of "this" it is."""
    if noun(anchor) in POINTING:
        return True
    try:
        mark = ground(scene, MARKED).mask
        there = ground(replace(scene, hints=UserHints()), anchor).mask
    except GroundingFailed:
        return False  # nobody marks what the target stands beside and then describes the target
    both = np.count_nonzero(mark & there)
    return bool(both >= BESIDE * min(np.count_nonzero(mark), np.count_nonzero(there)))


def region_for(
    step: Step,
    scene: Scene,
    preserved: SoftMask | None,
    pin: Pin | None = None,
    *,
    marked: bool = False,
    said: str = "",
) -> StepRegion:
    """The region of a step.

    Args:
        step: what is to be done.
        scene: the current picture.
        preserved: HW float32, what no step may touch; None = nothing.
        pin: what a person said the target is.
        marked: what the user marked is the target, wherever it lies (``marked_alone``).
        said: the sentence about this target alone (``said_of``), for models that read sentences.

    Raises:
        GroundingFailed: the target cannot be found, or nothing of it may be touched.
    """
    target = BACKGROUND if step.op == "background" else step.target
    if _acts_on_frame(step):
        return _everything(preserved)
    if target.is_whole_image:
        if step.op == "crop" or not scene.hints.given:
            return _everything(preserved)
        target = MARKED  # "make it darker" with a region marked means that region
    elif marked and scene.hints.given:
        target = MARKED
    # Taking a colour away from around the teeth or the eyes hardly shows; giving one does.
    given = step.op == "recolor" and step.params.get("shift") != "away"
    if given and target.category in ROUGH and not scene.hints.given:
        raise _too_rough(target)
    if pin is None:
        found = ground(scene, target, said=said if target is step.target else "")
        _doubt(step, found, scene)
        if step.op == "recolor" and any(region.boxed for region in found.chosen):
            raise _too_rough(target)
    else:
        chosen = f"{target.phrase}, from {pin.source}"
        found = Grounding(pin.hard, pin.soft, 1.0, pin.source, explanation=chosen)
    # A mark where something named is to be added says where, not at what.
    beside = target is not MARKED or noun(step.target) in POINTING
    where = str(step.params.get("where", "")) if step.op == "add" and beside else ""
    soft = _with_edge(step, found.mask, found.soft, where)
    if preserved is not None:
        soft = np.minimum(soft, 1 - preserved)
    for item in step.success:
        if isinstance(item, Unchanged):
            soft = _spare(soft, item.target, scene)
    area = area_share(soft)
    if area < EMPTY:
        raise GroundingFailed(
            f"all of {target.phrase!r} lies within what must not be touched; "
            "drop that promise or name another target"
        )
    notes = () if not found.explanation else (f"acted on: {found.explanation}",)
    return StepRegion(soft, area, found.source, found.confidence, notes, found)


def preserved_mask(target: Target, scene: Scene) -> SoftMask:
    """What a promise protects, with a margin so that no soft edge eats into it.

    Raises:
        GroundingFailed: it cannot be found, so the promise cannot be kept by a mask.
    """
    mask = ground(scene, target).mask
    reach = pixels(EDGE, mask.shape)
    return feather(dilate(mask, reach), reach, "outside")


def _doubt(step: Step, found: Grounding, scene: Scene) -> None:
    """Refuse to take away what was only guessed.

    Raises:
        GroundingFailed: the guess is too weak, a click selected too much, or somebody wears it.
    """
    if step.op not in TAKING_AWAY:
        return
    if area_share(found.mask) > TAKEN_AT_MOST:
        raise GroundingFailed(
            f"{step.target.phrase!r} is the whole picture, with nothing around it to fill from: "
            "mark less with --box or --mask"
        )
    phrase, hints = step.target.phrase, scene.hints
    worn = step.target.quantity != "all_but" and any(map(is_worn_by_somebody, found.chosen))
    if worn:
        raise GroundingFailed(
            f"somebody wears {phrase!r}, and what it covers is not in the picture: without it "
            "there would be a hole in them; say what is to be there instead "
            '("replace it with a white shirt"), or mark it with --mask to fill its place'
        )
    if hints.points and hints.box is None and hints.mask is None:
        share = area_share(found.mask)
        if share > CLICKED_AT_MOST:
            raise GroundingFailed(
                f"the click selects {share:.0%} of the picture, too much to be {phrase!r}: "
                "mark it with --box or --mask, or add clicks that exclude (-x,y)"
            )
    elif not hints.given and found.confidence < SURE_ENOUGH:
        raise GroundingFailed(
            f"what {phrase!r} means is too uncertain to take it away "
            f"({found.confidence:.0%} sure): mark it with --box, --point or --mask"
        )


def _spare(soft: SoftMask, target: Target, scene: Scene) -> SoftMask:
    """Keep a soft edge from reaching into what the step itself must leave untouched.

    What cannot be found is left to verification, which then says that it could not tell.
    """
    try:
        return np.minimum(soft, 1 - preserved_mask(target, scene))
    except GroundingFailed:
        return soft


def _everything(preserved: SoftMask | None) -> StepRegion:
    if preserved is None:
        return StepRegion(None)
    soft = np.float32(1) - preserved
    return StepRegion(soft, area_share(soft), "the whole picture less what is preserved")


def _with_edge(step: Step, mask: np.ndarray, natural: SoftMask | None, where: str) -> SoftMask:
    if step.params.get("flat"):
        return mask.astype(np.float32)  # a mark shows which pixels are the thing's
    reach = pixels(EDGE, mask.shape)
    behind = step.target.category in BEHIND and step.op not in TAKING_AWAY
    if natural is not None and (behind or step.op not in {*GROW, "add"}):
        return natural
    if step.op == "add":
        return feather(room_for(mask, where), reach, "outside")
    extra = GROW.get(step.op, 0.0)
    if extra > 0:
        return feather(dilate(mask, pixels(extra, mask.shape)), reach, "outside")
    return feather(mask, reach)
