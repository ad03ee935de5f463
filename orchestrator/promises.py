"""Promises about what stays: found once at the start, then kept by every step's mask.

A promise is ``exact`` (no pixel may change) or about ``identity`` (light, weather and looks may
fall on it, nothing else may touch it). It finds nothing itself (``tools.grounders``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

from orchestrator.ops import SCENE_OPS
from orchestrator.plan import EditPlan, Step
from orchestrator.regions import preserved_mask
from orchestrator.workspace import Workspace
from tools.errors import GroundingFailed
from tools.masks import dilate, through
from tools.operation import Geometry, SoftMask


class Promise(BaseModel):
    """One thing that stays.

    Attributes:
        phrase: the words of the instruction.
        level: see ``orchestrator.plan.Preserve``.
        mask_id: where it is in the current picture; None where it could not be found.
        reason: why it could not.
    """

    model_config = ConfigDict(frozen=True)

    phrase: str
    level: Literal["exact", "identity"]
    mask_id: str | None = None
    reason: str = ""

    def report(
        self, space: Workspace, same: np.ndarray | None, *, moved: bool = False
    ) -> dict[str, Any]:
        """Whether it was kept: True, False, or None where that cannot be told from pixels.

        Args:
            space: where masks are.
            same: HW bool, pixels identical to the start; None = all of them.
            moved: the picture changed size, so pixels cannot be compared in place.
        """
        kept: bool | None = None
        reason = self.reason
        mask = space.mask(self.mask_id)
        if mask is not None and self.level == "identity":
            # Every other kind of step was kept out of its mask.
            kept, reason = True, "only light, weather and looks fell on it"
        if mask is not None and self.level == "exact" and not moved:
            kept = bool(same is None or same[mask >= 1].all())
        return {"phrase": self.phrase, "level": self.level, "kept": kept, "reason": reason}


@dataclass(frozen=True)
class Shield:
    """What a step may not touch.

    Attributes:
        soft: HW float32 [0, 1]; None = nothing is protected.
        notes: promises that could not be turned into a mask.
        broken: why the step cannot be done without breaking a promise; "" where it can.
    """

    soft: SoftMask | None = None
    notes: tuple[str, ...] = ()
    broken: str = ""


def make_promises(plan: EditPlan, space: Workspace, image_id: str) -> list[dict[str, Any]]:
    """Find everything the plan promises to preserve; JSON of ``Promise``."""
    made = []
    for constraint in plan.preserved():
        phrase = constraint.target.phrase
        try:
            mask_id = space.keep_mask(preserved_mask(constraint.target, space.scene(image_id)))
            promise = Promise(phrase=phrase, level=constraint.level, mask_id=mask_id)
        except GroundingFailed as error:
            promise = Promise(phrase=phrase, level=constraint.level, reason=str(error))
        made.append(promise.model_dump(mode="json"))
    return made


def binds(level: str, step: Step) -> bool:
    """Whether a promise of a level forbids a step anything: the frame may move, light may fall."""
    if step.op == "crop" or step.turns_frame:
        return False
    return not (level == "identity" and step.op in SCENE_OPS)


def protected(promises: list[Promise], step: Step, space: Workspace) -> Shield:
    """What the promises forbid one step."""
    soft: SoftMask | None = None
    notes: list[str] = []
    for promise in promises:
        if not binds(promise.level, step):
            continue
        if promise.mask_id is None:
            everywhere = step.scope == "global" or step.target.is_whole_image
            if everywhere and promise.level == "exact":
                return Shield(
                    broken=f"{promise.phrase!r} was promised to stay, but it could not be found "
                    f"to protect it: {promise.reason}"
                )
            notes.append(f"could not find {promise.phrase!r} to protect it")
            continue
        mask = space.mask(promise.mask_id)
        if mask is not None:
            soft = mask if soft is None else np.maximum(soft, mask)
    return Shield(soft, tuple(notes))


def keep_through(
    promises: list[dict[str, Any]], geometry: Geometry, space: Workspace, image_id: str
) -> list[dict[str, Any]]:
    """Carry the masks over to a picture made by a geometry tool."""
    moved = []
    rgb, _ = space.picture(image_id)
    for item in promises:
        promise = Promise.model_validate(item)
        mask = space.mask(promise.mask_id)
        if mask is not None:
            hard = dilate(through(np.asarray(mask > 0), geometry, rgb.shape[:2]), 1)
            mask_id = space.keep_mask(hard.astype(np.float32))
            promise = promise.model_copy(update={"mask_id": mask_id})
        moved.append(promise.model_dump(mode="json"))
    return moved
