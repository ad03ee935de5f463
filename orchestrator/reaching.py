"""The mask of a thing that a model has given another outline, size or place.

A step is found by what stands there now; a fox in the dog's place has other ears, a bigger cup a
wider rim, and what was moved stands elsewhere. Blending inside the old outline alone would cut
them off. So the mask is widened to what is seen to be new, within where such a thing can be:
around the old one, or on its way. What a model redrew elsewhere is still taken back. Reads the two
pictures; judges nothing.
"""

from __future__ import annotations

import numpy as np

from orchestrator.narrowing import WIDE, new_patches, soft_around
from orchestrator.plan import Step
from tools.masks import box_of, dilate, pixels
from tools.operation import HardMask, Rgb, SoftMask

ROOM = {"replace": 0.4, "remove": 0.15, "resize": 0.15, "move": 0.25, "add": 1.0}
"""How far around the old box an op's change may reach, as a share of the box's sides: a removed
thing had a shadow, what is added beside something may be as large as that. A new thing without a
place is ``orchestrator.narrowing``'s."""
RIM = {"recolor": 0.008}
"""How far past the outline an op's change may reach, as a share of the diagonal: what keeps its
outline has soft edges of its own colour, which a mark often leaves out. Ops that are in neither
table stay in the outline that was found."""
HELD = 0.1
"""Share of a new patch that must lie in the old mask, or share of the mask that it covers, from
which it is the thing that stood there, in its new outline."""
LEAST_MOVED, MOST_MOVED = 0.3, 3.0
"""Size of what was moved, against the mask it left."""


def reached(
    parent: Rgb, made: Rgb, mask: SoftMask | None, step: Step, preserved: SoftMask | None
) -> SoftMask | None:
    """The mask, widened to where the thing now stands; as it was where that cannot be told.

    Args:
        parent: HWC uint8.
        made: the same size.
        mask: HW float32 [0, 1]; None = everywhere.
        step: what was asked.
        preserved: HW float32 [0, 1], what no step may touch.
    """
    hard = None if mask is None else np.asarray(mask > 0.5)
    box = None if hard is None else box_of(hard)
    here = step.op in ROOM or step.op in RIM
    if mask is None or hard is None or box is None or not here or hard.mean() >= WIDE:
        return mask
    patches = new_patches(parent, made)
    if sum(float(patch.mean()) for patch in patches) >= WIDE:
        return mask  # the whole picture is new; nothing can be told from that
    zone = _rim(step, hard) if step.op in RIM else _zone(step, box, hard.shape)
    if step.op == "move":
        new = _moved(patches, hard, zone)
    else:
        new = [patch & zone for patch in patches if _here(patch, hard)]
    if not new:
        return mask
    seen = np.logical_or.reduce(new)
    soft = np.maximum(mask, soft_around(seen) * zone)
    return soft if preserved is None else np.minimum(soft, 1 - preserved)


def _rim(step: Step, hard: HardMask) -> HardMask:
    return dilate(hard, pixels(RIM[step.op], hard.shape))


def _here(patch: HardMask, hard: HardMask) -> bool:
    both = np.count_nonzero(patch & hard)
    smaller = min(np.count_nonzero(patch), np.count_nonzero(hard))
    return bool(both >= HELD * smaller)


def _moved(patches: list[HardMask], hard: HardMask, zone: HardMask) -> list[HardMask]:
    """Where the thing went: the largest new patch beyond its old place, if it left that."""
    if not any((patch & hard).any() for patch in patches):
        return []
    left = float(np.count_nonzero(hard))
    beyond = [patch & zone & ~hard for patch in patches]
    fitting = [p for p in beyond if LEAST_MOVED * left <= np.count_nonzero(p) <= MOST_MOVED * left]
    return [max(fitting, key=np.count_nonzero)] if fitting else []


def _zone(step: Step, box: tuple[int, int, int, int], shape: tuple[int, ...]) -> HardMask:
    """HW bool: where the thing can stand afterwards."""
    x0, y0, x1, y1 = box
    room = ROOM[step.op]
    factor = step.params.get("factor")
    if step.op == "resize" and isinstance(factor, int | float):
        room += max(float(factor) - 1, 0.0)  # one side may stay where it is
    across, down = round(room * (x1 - x0)), round(room * (y1 - y0))
    low, high = x0 - across, x1 + across
    top, foot = y0 - down, y1 + down
    if step.op == "move":
        low, high, top, foot = _way(step, (low, top, high, foot), shape)
    zone = np.zeros(shape, dtype=np.bool_)
    zone[max(top, 0) : max(foot, 0), max(low, 0) : max(high, 0)] = True
    return zone


def _way(
    step: Step, box: tuple[int, int, int, int], shape: tuple[int, ...]
) -> tuple[int, int, int, int]:
    """The box extended to the picture's edge where the thing was sent: left, right, top, foot."""
    x0, y0, x1, y1 = box
    height, width = shape[0], shape[1]
    match step.params.get("direction", "to"):
        case "left":
            return 0, x1, y0, y1
        case "right":
            return x0, width, y0, y1
        case "up":
            return x0, x1, 0, y1
        case "down":
            return x0, x1, y0, height
    return 0, width, 0, height
