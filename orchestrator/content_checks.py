"""Whether what stands in a place is what should: gone without a trace, written, drawn, another.

Looks for things with the grounders and asks a detector, where there is one, for new ones; a thing
that nobody here can recognise is left undecided.
"""

from __future__ import annotations

import numpy as np

from orchestrator.checking import Check, Checker, Evidence, no_statistics, visible
from orchestrator.drawing_styles import drawing_style
from orchestrator.seams import seam
from orchestrator.sighting import new_thing
from orchestrator.sky_checks import sky_drawn, thing_drawn
from orchestrator.style_marks import fault_of, marks
from orchestrator.tone_checks import relit
from tools.errors import GroundingFailed
from tools.grounders import ground
from tools.masks import iou
from tools.operation import Rgb

SEAMED, SURELY_SEAMED = 0.35, 0.5
"""Shares of the border of a filled region that show an edge; exact fills stay below 0.3."""


def gone(evidence: Evidence) -> Check:
    """Look for the thing again with the grounders; a marked region is judged by its content."""
    change = evidence.change
    if change is None or evidence.mask is None:
        return no_statistics()
    numbers = {"restructured": round(change.restructured, 3), "delta_e": round(change.delta_e, 2)}
    if change.delta_e < 2.0 and change.restructured < 0.05:
        return Check("no longer there", False, numbers, "what stood there is still there", "wider")
    if evidence.before.hints.given:
        return Check("the marked content is gone", True, numbers)
    try:
        found = ground(evidence.after, evidence.step.target)
    except GroundingFailed:
        return Check("no longer found", True, numbers)
    overlap = iou(found.mask, np.asarray(evidence.mask > 0.5))
    numbers["iou"] = round(overlap, 3)
    if overlap < 0.3:
        return Check("no longer found there", True, numbers)
    reason = f"{evidence.step.target.phrase!r} is still found where it was"
    return Check("no longer found", False, numbers, reason, "wider")


def joined(evidence: Evidence) -> Check | None:
    """Whether what stands in the place of a thing taken away joins on to its surroundings.

    None where nothing was taken away, or too little to tell.
    """
    if evidence.step.op != "remove" or evidence.mask is None or evidence.change is None:
        return None
    seen = seam(evidence.after.image, np.asarray(evidence.mask > 0.5))
    if seen is None:
        return None
    numbers = {"edged": round(seen.edged, 3), "step": round(seen.step, 2)}
    if seen.edged < SEAMED:
        return Check("joins its surroundings", True, numbers)
    sure = seen.edged >= SURELY_SEAMED
    reason = f"an edge shows along {seen.edged:.0%} of where it stood"
    return Check(
        "joins its surroundings", False if sure else None, numbers, reason, "wider" if sure else ""
    )


def lettered(evidence: Evidence) -> Check:
    """Something readable now stands in the box: strong edges that were not there before."""
    box = evidence.facts.get("box")
    if box is None:
        return Check("text is there", False, {}, "the tool did not say where it wrote")
    x0, y0, x1, y1 = (int(value) for value in box)
    before = evidence.before.image[y0:y1, x0:x1].astype(np.int16)
    after = evidence.after.image[y0:y1, x0:x1].astype(np.int16)
    if before.size == 0 or before.shape != after.shape:
        return Check("text is there", False, {}, "the text lies outside the picture")
    share = float((np.abs(after - before).max(axis=2) > 24).mean())
    if share >= 0.01:
        return Check("text is there", True, {"share": round(share, 4)})
    return Check("text is there", False, {"share": round(share, 4)}, "no letters can be seen")


BY_A_TOOL: dict[str, Checker] = {"lit_as": relit, "sky": sky_drawn, "sky_thing": thing_drawn}
"""What a tool told of a sky that it lit, drew, or put something in -> what can judge that."""


def by_a_model(evidence: Evidence) -> Check:
    """Semantic edits: other content must stand there; whether the right one a detector may tell."""
    change = evidence.change
    if change is None:
        return no_statistics()
    for fact, check in BY_A_TOOL.items():
        if fact in evidence.facts:
            return check(evidence)
    numbers = {"delta_e": round(change.delta_e, 2), "restructured": round(change.restructured, 3)}
    if change.delta_e < 1.0:
        return Check("changed visibly", False, numbers, "the model changed hardly anything")
    reason = "the region changed, but nothing on this machine can tell whether into what was asked"
    key = {"replace": "new", "add": "what"}.get(evidence.step.op, "")
    wanted = str(evidence.params.get(key, ""))
    try:
        told = new_thing(wanted, evidence.before, evidence.after, evidence.mask)
    except GroundingFailed as error:
        return Check("is what was asked", None, numbers, f"it cannot be looked for: {error}")
    if told is None:
        return Check("is what was asked", None, numbers, reason)
    numbers["score"] = round(told.score, 3)
    if told.confirmed:
        return Check(f"{told.by} sees {told.phrase!r} there", True, numbers)
    reason = f"the region changed, but {told.by} is not sure to see {told.phrase!r} there"
    return Check("is what was asked", None, numbers, reason)


def _unmixed(evidence: Evidence, strength: float) -> Rgb:
    """The drawing alone, of a picture into which it was mixed by a share (HWC uint8, RGB)."""
    if strength >= 1:
        return evidence.after.image
    before = evidence.before.image.astype(np.float32)
    drawn = before + (evidence.after.image.astype(np.float32) - before) / np.float32(strength)
    return np.clip(np.rint(drawn), 0, 255).astype(np.uint8)


def restyled(evidence: Evidence) -> Check:
    """What a tool drew must have the marks of the style that was asked for."""
    drawn = evidence.facts.get("drawn_as")
    if drawn is None:
        return by_a_model(evidence)
    seen = visible(evidence)
    if seen.passed is not True:
        return seen
    style = drawing_style(str(evidence.params.get("style", ""))) or str(drawn)
    name = f"has the marks of {style.replace('_', ' ')}"
    drawing = _unmixed(evidence, float(evidence.params.get("strength", 1.0)))
    found = marks(evidence.before.image, drawing, evidence.mask)
    if found is None:
        return Check(name, None, seen.measured, "it is too small a place to tell")
    lacking = fault_of(style, found)
    numbers = {key: round(value, 3) for key, value in vars(found).items()}
    return Check(name, lacking is None, numbers, "" if lacking is None else lacking.fault)
