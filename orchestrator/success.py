"""The plan's own success items, tested beside what every op must pass.

Items that the op's check already settles are not tested twice. As there, ``passed`` is None where
nothing on this machine can tell.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from orchestrator.checks import Check, Evidence
from orchestrator.evidence import measure
from orchestrator.plan import Absent, Changed, Colour, Present, Success, Unchanged
from tools.colour_names import is_colour, names_colour
from tools.compositing import unchanged_outside
from tools.errors import GroundingFailed
from tools.grounders import ground
from tools.grounding import Scene
from tools.operation import HardMask
from tools.target import Target

SURE = 0.6
"""Confidence from which a grounder's finding counts as evidence that something is there."""
OVERLAP = 0.2
"""Share of a found thing that must lie in the region it should be in."""
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
    return own and evidence.step.op in SETTLED.get(type(item), ())


def _find(scene: Scene, target: Target) -> HardMask | None:
    try:
        return ground(scene, target).mask
    except GroundingFailed:
        return None


def _absent(item: Absent, evidence: Evidence) -> Check:
    phrase = item.target.phrase
    if _find(evidence.after, item.target) is None:
        was_there = _find(evidence.before, item.target) is not None
        reason = "" if was_there else f"nothing here could find {phrase!r} before either"
        return Check(f"{phrase} is gone", True if was_there else None, {}, reason)
    return Check(f"{phrase} is gone", False, {}, f"{phrase!r} is still found", "wider")


def _present(item: Present, evidence: Evidence) -> Check:
    name = f"{item.phrase} is there"
    inside = None if evidence.mask is None else np.asarray(evidence.mask > 0.5)
    if names_colour(item.phrase) and inside is not None and inside.any():
        share = is_colour(evidence.after.image[inside], item.phrase).share
        passed = share >= 0.5
        reason = "" if passed else f"only {share:.0%} of it is {item.phrase}"
        return Check(name, passed, {"share": round(share, 3)}, reason)
    try:
        found = ground(evidence.after, Target(phrase=item.phrase, category=item.phrase))
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
