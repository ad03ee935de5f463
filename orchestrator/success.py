"""The plan's own success items, tested beside what every op must pass.

Items that the op's check already settles are not tested twice. As there, ``passed`` is None where
nothing on this machine can tell.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from orchestrator.checking import Check, Evidence
from orchestrator.evidence import measure
from orchestrator.plan import Absent, Changed, Colour, Present, Success, Unchanged
from tools.colour_names import is_colour, names_colour
from tools.compositing import unchanged_outside
from tools.errors import GroundingFailed
from tools.grounders import ground
from tools.grounding import Scene, UserHints
from tools.masks import iou
from tools.operation import HardMask
from tools.target import Target
from tools.wording import ANYTHING, noun, words

SURE = 0.6
"""Confidence from which a grounder's finding counts as evidence that something is there."""
SAME_PLACE = 0.3
"""Overlap from which what is found now stands where the thing stood before."""
OVERLAP = 0.2
"""Share of a found thing that must lie in the region it should be in."""
SEEN_THROUGH = frozenset({"sky"})
"""What is there again whatever takes its place."""
SETTLED: dict[type[Success], frozenset[str]] = {
    Absent: frozenset({"remove"}),
    Colour: frozenset({"recolor"}),
    Present: frozenset({"replace", "add", "restyle", "text"}),
}
"""Which ops' own checks settle an item about their own target."""


def promised(evidence: Evidence) -> list[Check]:
    """Test the step's success items that its op's check leaves open."""
    return [
        _CHECKS[type(item)](item, evidence)
        for item in evidence.step.success
        if not _settled(item, evidence)
    ]


def _settled(item: Success, evidence: Evidence) -> bool:
    own = isinstance(item, Present) or item.target == evidence.step.target
    if isinstance(item, Changed):
        return own
    if isinstance(item, Absent) and own and evidence.step.op == "replace":
        # What was marked lies where the mark is, whatever stands there now; and a new thing is a
        # "thing" as much as the old one, often of its colour. A model that reads phrases points at
        # the likeliest thing whatever stands there. The op's check looks at the content.
        kind = noun(item.target)
        if kind in SEEN_THROUGH or kind in words(str(evidence.params.get("new", ""))):
            return True  # "another car" is a car, and where a sky was stands a sky
        watched = evidence.before.witness is not None
        return watched or evidence.before.hints.given or kind in ANYTHING
    return own and evidence.step.op in SETTLED.get(type(item), ())


def _by_words(scene: Scene) -> Scene:
    """The scene without the user's mark, which shows where something stood before the edit."""
    return replace(scene, hints=UserHints()) if scene.hints.given else scene


def _find(scene: Scene, target: Target) -> HardMask | None:
    try:
        return ground(scene, target).mask
    except GroundingFailed:
        return None


def _absent(item: Absent, evidence: Evidence) -> Check:
    """Whether words find it no more; of an op's own target, no more where it was."""
    phrase = item.target.phrase
    name = f"{phrase} is gone"
    was, now = _find(evidence.before, item.target), _find(_by_words(evidence.after), item.target)
    if now is None:
        reason = "" if was is not None else f"nothing here could find {phrase!r} before either"
        return Check(name, None if was is None else True, {}, reason)
    own = item.target == evidence.step.target
    # A person's sentence may have told it from its like where these words do not, so what the step
    # acted on says where it was.
    where = was if evidence.mask is None else np.asarray(evidence.mask > 0.5)
    if own and where is not None and where.shape == now.shape:
        overlap = iou(where, now)
        if overlap < SAME_PLACE:  # another of its kind, which was not spoken of
            return Check(name, True, {"iou": round(overlap, 3)})
    return Check(name, False, {}, f"{phrase!r} is still found", "wider")


def _present(item: Present, evidence: Evidence) -> Check:
    name = f"{item.phrase} is there"
    inside = None if evidence.mask is None else np.asarray(evidence.mask > 0.5)
    if names_colour(item.phrase) and inside is not None and inside.any():
        share = is_colour(evidence.after.image[inside], item.phrase).share
        passed = share >= 0.5
        reason = "" if passed else f"only {share:.0%} of it is {item.phrase}"
        return Check(name, passed, {"share": round(share, 3)}, reason)
    try:
        wanted = Target(phrase=item.phrase, category=item.phrase)
        found = ground(_by_words(evidence.after), wanted)
    except GroundingFailed:
        return Check(name, None, {}, f"nothing here can tell whether {item.phrase!r} is there")
    here = 1.0 if inside is None else float(inside[found.mask].mean()) if found.mask.any() else 0.0
    if found.confidence >= SURE and here >= OVERLAP:
        return Check(name, True, {"confidence": round(found.confidence, 2)})
    return Check(name, None, {}, f"nothing here can tell whether {item.phrase!r} is there")


def _colour(item: Colour, evidence: Evidence) -> Check:
    name = f"{item.target.phrase} is {item.name}"
    found = _find(evidence.before, item.target)
    if found is None or found.shape != evidence.after.image.shape[:2]:
        return Check(name, None, {}, f"{item.target.phrase!r} could not be found to measure it")
    share = is_colour(evidence.after.image[found], item.name).share
    passed = share >= 0.5
    reason = "" if passed else f"only {share:.0%} of it is {item.name}"
    return Check(name, passed, {"share": round(share, 3)}, reason, "" if passed else "stronger")


def _changed(item: Changed, evidence: Evidence) -> Check:
    name = f"{item.target.phrase} changed"
    found = _find(evidence.before, item.target)
    if found is None or evidence.before.image.shape != evidence.after.image.shape:
        return Check(name, None, {}, f"{item.target.phrase!r} could not be found to compare it")
    change = measure(evidence.before.image, evidence.after.image, found.astype(np.float32))
    shown = change is not None and change.delta_e >= 0.5
    reason = "" if shown else f"{item.target.phrase!r} hardly changed"
    return Check(name, shown, {}, reason, "" if shown else "stronger")


def _unchanged(item: Unchanged, evidence: Evidence) -> Check:
    name = f"{item.target.phrase} is untouched"
    found = _find(evidence.before, item.target)
    if found is None or evidence.before.image.shape != evidence.after.image.shape:
        return Check(name, None, {}, f"{item.target.phrase!r} could not be found to compare it")
    same = unchanged_outside(evidence.before.image, evidence.after.image, ~found)
    return Check(name, same, {}, "" if same else f"{item.target.phrase!r} changed")


_CHECKS: dict[type[Success], Callable[[Any, Evidence], Check]] = {
    Absent: _absent,
    Present: _present,
    Colour: _colour,
    Changed: _changed,
    Unchanged: _unchanged,
}
