"""Where each step of a plan would act, on the picture as it is now: found before anything changes.

What a person is shown and asked is made of this. Nothing found here binds the run, which finds
each target again in the picture it has come to, except what a person chose or marked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from orchestrator.plan import EditPlan, Step
from orchestrator.promises import Promise, make_promises, protected
from orchestrator.questions import ALL, KeptPlace, Option, StepPlace, masks_of
from orchestrator.regions import EDGE, Pin, StepRegion, marked_alone, region_for, said_of
from orchestrator.workspace import Workspace
from tools.errors import BadArguments, GroundingFailed
from tools.grounded import Grounding
from tools.grounders import ground
from tools.grounding import Box, Region, Scene, UserHints
from tools.masks import area_share, box_of, feather, pixels, through
from tools.operation import Geometry
from tools.target import Target
from tools.wording import words

MOST_OPTIONS = 9
"""More candidates than a person wants to choose from; the most likely ones are shown."""


@dataclass(frozen=True)
class Preview:
    """Where the steps would act, and where what must stay is."""

    places: tuple[StepPlace, ...]
    kept: tuple[KeptPlace, ...]

    @property
    def masks(self) -> tuple[str, ...]:
        """Ids of every mask named, which must be kept as long as the question waits."""
        return masks_of(self.places, self.kept)


def _unknown(_step: Step) -> Pin | None:
    """Where nothing was done before."""


def preview(
    plan: EditPlan,
    space: Workspace,
    image_id: str,
    *,
    choices: Mapping[str, str] | None = None,
    boxes: Mapping[str, Box] | None = None,
    known: Callable[[Step], Pin | None] = _unknown,
) -> Preview:
    """Find where each step would act.

    Args:
        plan: to be shown.
        space: where pictures and masks are.
        image_id: the picture as it is now.
        choices: step id -> the option a person chose; its mask is shown then.
        boxes: step id -> box a person drew around the step's target.
        known: where a step's target is from what was done before, where that is known.
    """
    scene = space.scene(image_id)
    promises = [Promise.model_validate(item) for item in make_promises(plan, space, image_id)]
    places: list[StepPlace] = []
    asked: dict[Target, str] = {}
    for step in plan.steps:
        shield = protected(promises, step, space)
        if shield.broken:
            places.append(StepPlace(step=step.id, found="missing", note=shield.broken))
            continue
        box = (boxes or {}).get(step.id)
        pin = None if box or scene.hints.given else known(step)
        place = _place(step, plan, _boxed(scene, box), shield.soft, space, pin)
        if place.options and step.target in asked:
            place = place.model_copy(update={"options": (), "like": asked[step.target]})
        elif place.options:
            asked[step.target] = step.id
        places.append(place)
    chosen = _with_choices(plan, places, choices or {}, scene, space, promises)
    kept = tuple(KeptPlace(phrase=p.phrase, mask_id=p.mask_id) for p in promises)
    return Preview(chosen, kept)


def pin_of(place: StepPlace, label: str, space: Workspace) -> dict[str, str]:
    """The masks of a choice, by id (``hard``, ``soft``); all candidates for "*"."""
    meant = [option for option in place.options if label in (option.label, ALL)]
    if len(meant) == 1:
        return {"hard": meant[0].hard, "soft": meant[0].soft}
    hard = np.maximum.reduce([_mask(space, option.hard) for option in meant])
    soft = np.maximum.reduce([_mask(space, option.soft) for option in meant])
    return {"hard": space.keep_mask(hard) or "", "soft": space.keep_mask(soft) or ""}


def read_pin(pin: Mapping[str, str] | None, space: Workspace) -> Pin | None:
    """The masks of a pin."""
    if pin is None:
        return None
    return Pin(np.asarray(_mask(space, pin["hard"]) > 0), _mask(space, pin["soft"]))


def move_pin(
    pin: Mapping[str, str], geometry: Geometry, space: Workspace, shape: tuple[int, int]
) -> dict[str, str]:
    """Carry a choice over to a picture that a geometry tool made, of (height, width) ``shape``."""
    hard = through(np.asarray(_mask(space, pin["hard"]) > 0), geometry, shape)
    edge = pixels(EDGE, shape)
    soft = feather(hard, edge) if hard.any() else hard.astype(np.float32)
    kept = space.keep_mask(hard.astype(np.float32)) or ""
    return {"hard": kept, "soft": space.keep_mask(soft) or ""}


def boxed_pin(step: Step, box: Box, space: Workspace, image_id: str) -> dict[str, str]:
    """The masks of what a person drew a box around.

    Raises:
        GroundingFailed: nothing can be found there.
    """
    found = ground(_boxed(space.scene(image_id), box), _bare(step.target))
    hard = space.keep_mask(found.mask.astype(np.float32)) or ""
    return {"hard": hard, "soft": space.keep_mask(found.soft) or ""}


def _mask(space: Workspace, mask_id: str) -> np.ndarray:
    mask = space.mask(mask_id)
    if mask is None:
        raise BadArguments("a choice names no mask")
    return mask


def _boxed(scene: Scene, box: Box | None) -> Scene:
    if box is None:
        return scene
    return replace(scene, hints=UserHints(box=box), found=dict(scene.found))


def _place(
    step: Step,
    plan: EditPlan,
    scene: Scene,
    shield: np.ndarray | None,
    space: Workspace,
    pin: Pin | None,
) -> StepPlace:
    try:
        marked = marked_alone(step, plan, scene)
        region = region_for(step, scene, shield, pin, marked=marked, said=said_of(step, plan))
    except GroundingFailed as error:
        maker = _maker(step, plan)
        if maker:
            return StepPlace(step=step.id, found="later", note=f"what {maker} makes")
        return StepPlace(step=step.id, found="missing", note=str(error))
    if pin is not None and region.soft is not None:
        return _region_place(step, region, space)
    if region.soft is None or region.grounding is None:
        return StepPlace(step=step.id, found="everywhere", source=region.source)
    options: tuple[Option, ...] = ()
    found = region.grounding
    if found is not None and step.target.quantity == "one" and not scene.hints.given:
        options = _options(step.target, found, scene, space)
    return _region_place(step, region, space, options)


def _region_place(
    step: Step, region: StepRegion, space: Workspace, options: tuple[Option, ...] = ()
) -> StepPlace:
    return StepPlace(
        step=step.id,
        found="region",
        mask_id=space.keep_mask(region.soft),
        area=round(region.area, 6),
        source=region.source,
        note="; ".join(region.notes),
        options=options,
    )


def _maker(step: Step, plan: EditPlan) -> str:
    """The step before it that puts what it is about into the picture."""
    about = set(words(f"{step.target.category} {step.target.phrase}"))
    for other in plan.steps:
        if other.id == step.id:
            return ""
        new = str(other.params.get("new") or other.params.get("what") or "")
        if other.op in ("add", "replace", "background") and set(words(new)) & about - {"the", "a"}:
            return other.id
    return ""


class _Only:
    """A grounder that knows one candidate, so that its edges come out as they otherwise would."""

    name = "choice"

    def __init__(self, region: Region) -> None:
        self._region = region

    def claims(self, target: Target) -> bool:
        """Any phrase: which candidate is meant has been said."""
        del target
        return True

    def ground(self, scene: Scene, target: Target) -> list[Region]:
        """The candidate."""
        del scene, target
        return [self._region]


def _bare(target: Target) -> Target:
    """The target without what tells one candidate from another."""
    return Target(phrase=target.phrase, category=target.category)


def _options(
    target: Target, found: Grounding, scene: Scene, space: Workspace
) -> tuple[Option, ...]:
    """The candidates that fit as well as the chosen one, from left to right."""
    rivals = [(region, box_of(region.mask)) for region in found.ambiguous[:MOST_OPTIONS]]
    boxed = [(region, box) for region, box in rivals if box is not None]
    if len(boxed) < 2:
        return ()
    boxed.sort(key=lambda pair: (pair[1][0] + pair[1][2], pair[1][1]))
    made: list[Option] = []
    for number, (region, box) in enumerate(boxed):
        one = ground(scene, _bare(target), (_Only(region),))
        soft, hard = one.soft, one.mask
        if target.exclude is not None:
            spared = ground(scene, target.exclude)
            soft, hard = np.minimum(soft, 1 - spared.soft), hard & ~spared.mask
        area = area_share(soft)
        made.append(
            Option(
                label="abcdefghi"[number],
                where=f"{_where(box, [b for _, b in boxed], scene)}, {area:.1%} of the picture",
                box=box,
                area=round(area, 6),
                hard=space.keep_mask(hard.astype(np.float32)) or "",
                soft=space.keep_mask(soft) or "",
            )
        )
    return tuple(made)


def _where(box: Box, boxes: list[Box], scene: Scene) -> str:
    """Where a candidate is among the others, in words."""
    height, width = scene.image.shape[:2]
    across = sorted((b[0] + b[2]) / 2 for b in boxes)
    down = sorted((b[1] + b[3]) / 2 for b in boxes)
    sideways = (across[-1] - across[0]) / width >= (down[-1] - down[0]) / height
    place = ((box[0] + box[2]) / 2) if sideways else ((box[1] + box[3]) / 2)
    row = across if sideways else down
    first, last = ("left", "right") if sideways else ("top", "bottom")
    if place == row[0]:
        return first
    if place == row[-1]:
        return last
    return "middle" if len(row) == 3 else f"number {row.index(place) + 1} from the {first}"


def _with_choices(
    plan: EditPlan,
    places: list[StepPlace],
    choices: Mapping[str, str],
    scene: Scene,
    space: Workspace,
    promises: list[Promise],
) -> tuple[StepPlace, ...]:
    """The masks of what was chosen in the place of what the rule would take."""
    by_id = {place.step: place for place in places}
    out: list[StepPlace] = []
    for place in places:
        asked = by_id.get(place.like, place)
        label = choices.get(asked.step)
        if label is None or not asked.options:
            out.append(place)
            continue
        step = plan.step(place.step)
        pin = read_pin(pin_of(asked, label, space), space)
        try:
            region = region_for(step, scene, protected(promises, step, space).soft, pin)
        except GroundingFailed as error:
            missing = {"found": "missing", "note": str(error), "mask_id": None}
            out.append(place.model_copy(update=missing))
            continue
        chosen = _region_place(step, region, space, place.options)
        out.append(chosen.model_copy(update={"like": place.like}))
    return tuple(out)
