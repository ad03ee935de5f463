"""What speaks for an edit of a drawing, op by op, as numbers that are higher for better edits.

Every function gets the claim's parts as it was resolved (``Case``) and the recogniser; none knows
the editor, the exact scene or a threshold.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from smartedit_model.drawings import measures as m
from smartedit_model.drawings.things import Thing
from smartedit_model.evaluation.crops import Box, box_of_mask, overlap
from smartedit_model.evaluation.judge_eye import Eye
from smartedit_model.evaluation.sight import NOTHING, UNCLEAR, Sight
from tools.operation import HardMask, Rgb

Numbers = dict[str, float]
BEHIND = 0.2
"""Overlap of boxes from which another thing may be seen in the place of a removed one."""

COVERED = 0.5
"""Share of a thing under the target or the new thing, from which it is no bystander."""


@dataclass(frozen=True, eq=False)
class Case:
    """An edit to be judged, at the recogniser's size.

    Attributes:
        before, after: HWC uint8 RGB, one size.
        allowed: HW bool, where it was allowed to act.
        targets: mask of each thing that was meant.
        others: everything else that stands in the picture.
        kind: what the target was taken for; "" for the whole picture.
        value: what it should have become, in the world's names.
        colour: the new thing's, or "".
        where: ``left``, ``right`` or ``middle``, for what was added; "" for near the target.
    """

    before: Rgb
    after: Rgb
    allowed: HardMask
    targets: tuple[HardMask, ...]
    others: tuple[Thing, ...]
    kind: str = ""
    value: str = ""
    colour: str = ""
    where: str = ""

    @property
    def target(self) -> HardMask:
        """All that was meant."""
        out = np.zeros(self.before.shape[:2], dtype=np.bool_)
        for mask in self.targets:
            out |= mask
        return out


def _aim(case: Case, region: HardMask) -> Numbers:
    """Whether the change lies where it should, and what else it hit."""
    change = m.changed(case.before, case.after)
    own = m.grown(case.target | region)
    free = ~own
    hits = [
        m.share(change & free, other.mask & free)
        for other in case.others
        if m.share(own, other.mask) < COVERED
    ]
    spoilt = max(hits, default=0.0)
    return {
        "on_target": m.share(m.grown(region), change) if change.any() else 0.0,
        "others_kept": 1 - spoilt,
        "calm": 1 - m.noise(case.before, case.after),
        "small_spill": 1 - min(float(np.count_nonzero(change & free)) / max(
            float(np.count_nonzero(region)), 1.0), 1.0),
    }  # fmt: skip


def _box(mask: HardMask) -> Box:
    return box_of_mask(mask) or (0.0, 0.0, 1.0, 1.0)


def _worst(rows: list[Numbers]) -> Numbers:
    """The lowest of each number."""
    return {name: min(row[name] for row in rows) for name in rows[0]}


def _kept(kind: str, old: Sight, new: Sight) -> float:
    """Share of its chance that a name has kept, at most 1."""
    was = old.chance("kind", kind)
    return min(new.chance("kind", kind) / was, 1.0) if was > 0.02 else 0.5


def removed(case: Case, eye: Eye) -> Numbers:
    """Nothing, or what stood behind, is seen at each place, and no trace shines through."""
    places = [_box(mask) for mask in case.targets]
    rows = []
    for mask, place, sight, old in zip(
        case.targets, places, eye.look(case.after, places), eye.look(case.before, places),
        strict=True,
    ):  # fmt: skip
        kinds = {other.kind for other in case.others if overlap(_box(other.mask), place) >= BEHIND}
        behind = sum(sight.chance("kind", kind) for kind in kinds - {old.name("kind")})
        rows.append(
            {
                "gone": min(sight.chance("kind", NOTHING) + behind, 1.0),
                "not_unclear": 1 - sight.chance("kind", UNCLEAR),
                "not_old": 1 - sight.chance("kind", old.name("kind")),
                "no_ghost": 1 - m.left_of_old(case.before, case.after, mask),
                "no_trace": 1 - m.trace_of_old(case.before, case.after, mask),
                "covered": m.share(m.changed(case.before, case.after), mask),
                "smooth": _smooth(case, mask),
            }
        )
    return _worst(rows) | _aim(case, case.target)


def _smooth(case: Case, mask: HardMask) -> float:
    """How much calmer the place is than the thing was: garbage is not."""
    old, new = (_detail(picture, mask) for picture in (case.before, case.after))
    return float(np.clip(1 - new / max(old, 1e-3), -1, 1) + 1) / 2


def _detail(picture: Rgb, mask: HardMask) -> float:
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    return float(np.abs(cv2.Laplacian(grey, cv2.CV_32F))[mask].mean()) if mask.any() else 0.0


def replaced(case: Case, eye: Eye) -> Numbers:
    """The new thing is seen where each old one was."""
    change = m.changed(case.before, case.after)
    rows = []
    for mask in case.targets:
        near = _near(change, mask)
        places = [_box(mask), _box(mask | near), _box(near) if near.any() else _box(mask)]
        old = eye.look(case.before, places[:1])[0]
        seen = eye.look(case.after, places)
        best = max(seen, key=lambda sight: sight.chance("kind", case.value))
        colour = best.chance("colour", case.colour) if case.colour else 1.0
        rows.append(
            {
                "new": best.chance("kind", case.value),
                "new_is_first": float(best.name("kind") == case.value),
                "colour": colour,
                "not_old": 1 - min(sight.chance("kind", old.name("kind")) for sight in seen),
                "not_unclear": 1 - min(sight.chance("kind", UNCLEAR) for sight in seen),
                "no_ghost": 1 - m.left_of_old(case.before, case.after, mask),
                "no_trace": 1 - m.trace_of_old(case.before, case.after, mask),
                "strength": m.strength(case.before, case.after, mask),
            }
        )
    return _worst(rows) | _aim(case, case.target | _near(change, case.target))


def _near(change: HardMask, mask: HardMask) -> HardMask:
    """The change that is connected with a thing's place."""
    count, numbered = cv2.connectedComponents((change | mask).astype(np.uint8), connectivity=8)
    kept = [i for i in range(1, count) if (mask & (numbered == i)).any()]
    return np.asarray(np.isin(numbered, kept) & change)


def recoloured(case: Case, eye: Eye) -> Numbers:
    """Each thing has the colour, measured in Lab, and is still what it was."""
    rows = []
    for mask in case.targets:
        place = [_box(mask)]
        old, new = eye.look(case.before, place)[0], eye.look(case.after, place)[0]
        rows.append(
            {
                "colour": new.chance("colour", case.value),
                "colour_is_first": float(new.name("colour") == case.value),
                "colour_was_another": 1 - old.chance("colour", case.value),
                "kind_kept": _kept(old.name("kind"), old, new),
                "not_unclear": 1 - new.chance("kind", UNCLEAR),
                "detail_kept": m.left_of_old(case.before, case.after, mask),
                **m.colouring(case.before, case.after, mask, case.value),
                "covered": m.share(m.changed(case.before, case.after), mask),
            }
        )
    return _worst(rows) | _aim(case, case.target)


def added(case: Case, eye: Eye) -> Numbers:
    """The new thing is seen where the picture changed, and was not there before."""
    change = m.changed(case.before, case.after)
    new = _largest(cv2.morphologyEx(change.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5))) > 0)
    place = _box(new)
    old, now = eye.look(case.before, [place])[0], eye.look(case.after, [place])[0]
    middle = (place[0] + place[2]) / 2
    part = "left" if middle < 0.4 else "right" if middle > 0.6 else "middle"
    beside = min((_gap(place, _box(mask)) for mask in case.targets), default=0.0)
    right_place = float(part == case.where) if case.where else float(np.exp(-beside / 0.15))
    return {
        "new": now.chance("kind", case.value),
        "new_is_first": float(now.name("kind") == case.value),
        "colour": now.chance("colour", case.colour) if case.colour else 1.0,
        "not_unclear": 1 - now.chance("kind", UNCLEAR),
        "was_empty": old.chance("kind", NOTHING),
        "strength": m.strength(case.before, case.after, new),
        "solid": m.share(change, new),
        "place": right_place,
    } | _aim(case, new)


def _largest(mask: HardMask) -> HardMask:
    count, numbered, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    if count < 2:
        return np.zeros_like(mask)
    return np.asarray(numbered == 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax()))


def _gap(a: Box, b: Box) -> float:
    across = max(b[0] - a[2], a[0] - b[2], 0.0)
    down = max(b[1] - a[3], a[1] - b[3], 0.0)
    return float(np.hypot(across, down))


def shifted(case: Case, eye: Eye) -> Numbers:
    """The thing itself stands further to the side, and no longer where it was."""
    rows, whole = [], case.target
    for mask in case.targets:
        found = m.Fitting(case.before, case.after, mask).moved(case.value)
        now = m.placed(mask, found.pop("amount"), 1.0)
        rows.append(_still(case, eye, mask, now) | found)
        whole = whole | now
    return _worst(rows) | _aim(case, whole)


def resized(case: Case, eye: Eye) -> Numbers:
    """The thing itself stands there at another size, and nothing of its old outline is left."""
    rows, whole = [], case.target
    for mask in case.targets:
        found = m.Fitting(case.before, case.after, mask).sized(case.value)
        now = m.placed(mask, 0, found.pop("factor"))
        rows.append(_still(case, eye, mask, now) | found)
        whole = whole | now
    return _worst(rows) | _aim(case, whole)


def _still(case: Case, eye: Eye, mask: HardMask, now: HardMask) -> Numbers:
    old = eye.look(case.before, [_box(mask)])[0]
    new = eye.look(case.after, [_box(now)])[0]
    return {
        "kind_kept": _kept(old.name("kind"), old, new),
        "not_unclear": 1 - new.chance("kind", UNCLEAR),
        "vacated": 1 - m.vacated(case.before, case.after, mask, now),
        "no_ghost": 1 - m.left_of_old(case.before, case.after, mask),
        "no_trace": 1 - m.trace_of_old(case.before, case.after, mask),
    }


def _whole(head: str) -> Callable[[Case, Eye], Numbers]:
    def looks(case: Case, eye: Eye) -> Numbers:
        old, new = eye.look_at_all(case.before), eye.look_at_all(case.after)
        places = [_box(thing.mask) for thing in case.others]
        seen = eye.look(case.after, places)
        kept = [
            _kept(thing.kind, thing.sight, sight)
            for thing, sight in zip(case.others, seen, strict=True)
        ]
        unclear = [sight.chance("kind", UNCLEAR) for sight in seen]
        shapes = [m.same_shape(case.before, case.after, thing.mask) for thing in case.others]
        usual = float(np.median(shapes)) if shapes else 1.0
        everywhere = np.ones(case.before.shape[:2], dtype=np.bool_)
        backdrop = everywhere.copy()
        for thing in case.others:
            backdrop &= ~thing.mask
        was = old.name(head)
        return {
            "new": new.chance(head, case.value),
            "new_is_first": float(new.name(head) == case.value),
            "not_old": 1 - new.chance(head, was) if was != case.value else 0.0,
            "not_unclear": 1 - new.chance(head, UNCLEAR),
            "things_kept": float(np.mean(kept)) if kept else 1.0,
            "worst_kept": min(kept, default=1.0),
            "none_unclear": 1 - max(unclear, default=0.0),
            "shapes_kept": min(shapes, default=1.0),
            "shapes_even": 1 - max(usual - min(shapes, default=1.0), 0.0),
            "strength": m.strength(case.before, case.after, everywhere),
            "no_ghost": 1 - m.left_of_old(case.before, case.after, backdrop),
        }

    return looks


EVIDENCE: dict[str, Callable[[Case, Eye], Numbers]] = {
    "remove": removed,
    "replace": replaced,
    "recolor": recoloured,
    "add": added,
    "move": shifted,
    "resize": resized,
    "background": _whole("background"),
    "weather": _whole("weather"),
    "relight": _whole("time"),
    "restyle": _whole("style"),
}
"""Evidence by a plan's op."""
