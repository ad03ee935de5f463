"""What each op promised, tested on the pixels: one check an op, by independent measurement.

A check sees the pictures before and after and the mask; it never asks the tool or model that made
the edit. ``passed`` is None where nothing on this machine can tell; such a step ends unverified.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from orchestrator.drawing_styles import drawing_style
from orchestrator.evidence import Change, structure
from orchestrator.plan import Step
from orchestrator.seams import seam
from orchestrator.sighting import new_thing
from orchestrator.style_marks import fault_of, marks
from tools.colour_names import is_colour, names_colour, rgb_of
from tools.errors import GroundingFailed
from tools.grounders import ground
from tools.grounding import Scene
from tools.masks import iou
from tools.metrics import difference_map
from tools.operation import Geometry, Rgb, SoftMask
from tools.style_statistics import Statistics, distance, sampled, statistics


@dataclass(frozen=True)
class Check:
    """The outcome of one check.

    Attributes:
        name: what was tested ("brighter", "no longer found").
        passed: True, False, or None where it cannot be told.
        measured: the numbers it rests on.
        reason: one line, for people.
        remedy: what a retry could change: ``stronger``, ``wider`` or nothing.
    """

    name: str
    passed: bool | None
    measured: dict[str, float] = field(default_factory=dict)
    reason: str = ""
    remedy: Literal["", "stronger", "wider"] = ""


@dataclass(frozen=True)
class Evidence:
    """Everything a check may look at.

    Attributes:
        step: what was asked.
        params: its params as given (a tool's arguments for ``executor: tool:``).
        before: the parent's scene.
        after: the child's scene.
        mask: HW float32 where it was allowed to change; None = everywhere.
        change: statistics inside the mask; None where sizes differ or the mask is empty.
        geometry: how pixels were moved, for geometry tools.
        facts: what the tool measured (boxes to look in).
    """

    step: Step
    params: Mapping[str, Any]
    before: Scene
    after: Scene
    mask: SoftMask | None
    change: Change | None
    geometry: Geometry | None
    facts: Mapping[str, Any]


ALIKE = 1.0
"""Colours no farther apart than this are one style (hundredths of Oklab lightness)."""
LEAST_NEARER = 0.2
"""Share of the distance to an example that taking over its style must close at full strength."""

COLOURED, HARDLY_COLOURED = 0.5, 0.35
"""Share that must have a colour, and below which it surely has not."""
UNSEEN, OWN_COLOUR = 0.5, 0.9
"""Mean change inside the mask below which nothing was recoloured; share that must have the colour
for that to be right, since it was of that colour before."""
RECOLOURED, PART_RECOLOURED = 8.0, 0.08
"""Difference in Lab from which a pixel was recoloured; least share of a place where any was."""
FLAT = 0.999
"""Share of a marked place that must be of exactly one colour."""
SEAMED, SURELY_SEAMED = 0.35, 0.5
"""Shares of the border of a filled region that show an edge; exact fills stay below 0.3."""

Checker = Callable[[Evidence], Check]


def _moved(name: str, before: float, after: float, sign: float, least: float) -> Check:
    """A measured value moved by at least ``least`` in the direction of ``sign``."""
    moved = after - before
    numbers = {"before": round(before, 3), "after": round(after, 3)}
    if moved * sign >= least:
        return Check(name, True, numbers)
    reason = f"expected {name}: {before:.2f} became {after:.2f}"
    return Check(name, False, numbers, reason, "stronger")


def _adjusted(evidence: Evidence) -> Check:
    change, params = evidence.change, evidence.params
    if change is None:
        return _no_statistics()
    if "property" not in params:  # a tool's own arguments: only that it shows can be tested
        return _visible(evidence)
    amount = float(params["amount"])
    sign, old, new = np.sign(amount), change.before, change.after
    more = amount > 0
    match params["property"]:
        case "brightness" | "exposure" | "gamma":
            name = "brighter" if more else "darker"
            return _moved(name, old.lightness, new.lightness, sign, 0.4)
        case "contrast":
            return _moved(
                "more contrast" if more else "less contrast", old.spread, new.spread, sign, 0.2
            )
        case "saturation" | "vibrance":
            name = "more colourful" if more else "less colourful"
            if old.chroma < 2.0:  # a grey picture has no colour to strengthen
                return Check(
                    name,
                    None,
                    {"chroma": round(old.chroma, 2)},
                    "there is hardly any colour to change",
                )
            return _moved(name, old.chroma, new.chroma, sign, 0.2)
        case "temperature":
            return _moved("warmer" if more else "cooler", old.b, new.b, sign, 0.3)
        case "tint":
            return _moved("more magenta" if more else "more green", old.a, new.a, sign, 0.3)
        case "hue":
            turned = abs(change.hue) > 1.0
            reason = "" if turned else "the hues did not turn"
            return Check(
                "hue turned", turned, {"degrees": round(change.hue, 1)}, reason, "stronger"
            )
        case "highlights":
            return _moved(
                "highlights " + ("up" if more else "down"), old.bright, new.bright, sign, 0.2
            )
        case "shadows":
            return _moved("shadows " + ("up" if more else "down"), old.dark, new.dark, sign, 0.2)
        case "clarity":
            return _moved(
                "crisper" if more else "softer", old.detail, new.detail, sign, old.detail * 0.01
            )
        case "noise":
            return _moved(
                "noisier" if more else "cleaner", old.detail, new.detail, sign, old.detail * 0.01
            )
    return _visible(evidence)


def _visible(evidence: Evidence) -> Check:
    change = evidence.change
    if change is None:
        return _no_statistics()
    numbers = {"delta_e": round(change.delta_e, 3), "share": round(change.share, 4)}
    if change.delta_e >= 0.5:
        return Check("changed visibly", True, numbers)
    return Check("changed visibly", False, numbers, "hardly anything changed", "stronger")


def _graded(evidence: Evidence) -> Check:
    """A look must show; a style taken over must have brought the colours nearer to the example."""
    if "style" not in evidence.facts:
        return _visible(evidence)
    wanted = Statistics.from_json(evidence.facts["style"])
    apart = [
        distance(statistics(sampled(scene.image, evidence.mask)), wanted)
        for scene in (evidence.before, evidence.after)
    ]
    numbers = {"apart_before": round(apart[0], 2), "apart_after": round(apart[1], 2)}
    if apart[0] < ALIKE:
        return Check("like the example", True, numbers, "the picture was like the example before")
    fell = 1 - apart[1] / apart[0]
    numbers["nearer"] = round(fell, 3)
    least = LEAST_NEARER * float(evidence.params.get("strength", 1.0))
    if fell >= least:
        return Check("nearer to the example", True, numbers)
    return Check("nearer to the example", False, numbers, f"only {fell:.0%} nearer to the example")


def _blurred(evidence: Evidence) -> Check:
    if evidence.change is None:
        return _no_statistics()
    before, after = evidence.change.before, evidence.change.after
    fine = _moved("less fine detail", before.detail, after.detail, -1, before.detail * 0.05)
    if fine.passed:
        return fine
    old = structure(evidence.before.image, evidence.mask)
    new = structure(evidence.after.image, evidence.mask)
    return _moved("less structure", old, new, -1, old * 0.03)


def _sharpened(evidence: Evidence) -> Check:
    if evidence.change is None:
        return _no_statistics()
    old, new = evidence.change.before.detail, evidence.change.after.detail
    return _moved("more fine detail", old, new, 1, old * 0.02)


def _coloured(evidence: Evidence) -> Check:
    """The place has the colour; or what was recoloured of it has: wheels and leaves may stay."""
    change = evidence.change
    wanted = str(evidence.params.get("colour", ""))
    if change is None or evidence.mask is None or not wanted:
        return _visible(evidence)
    if evidence.params.get("flat") and names_colour(wanted):
        return _marked(evidence, wanted)
    if not names_colour(wanted):
        seen = _visible(evidence)
        reason = f"nobody here knows what colour {wanted!r} is"
        return Check(f"is {wanted}", None, seen.measured, reason) if seen.passed else seen
    inside = evidence.mask > 0.9
    if not inside.any():
        inside = evidence.mask > 0
    share = is_colour(evidence.after.image[inside], wanted).share
    numbers = {"share": round(share, 3), "delta_e": round(change.delta_e, 2)}
    recoloured = inside & (difference_map(evidence.before.image, evidence.after.image) > RECOLOURED)
    if recoloured.sum() >= PART_RECOLOURED * inside.sum():
        numbers["of_recoloured"] = round(
            is_colour(evidence.after.image[recoloured], wanted).share, 3
        )
        share = max(share, numbers["of_recoloured"])
    if change.delta_e < UNSEEN and share < OWN_COLOUR:
        return Check(f"is {wanted}", False, numbers, "hardly anything changed", "stronger")
    if share >= COLOURED:
        return Check(f"is {wanted}", True, numbers)
    reason = f"only {share:.0%} of it is {wanted}"
    if share >= HARDLY_COLOURED:
        return Check(f"is {wanted}", None, numbers, reason)
    return Check(f"is {wanted}", False, numbers, reason, "stronger")


def _marked(evidence: Evidence, wanted: str) -> Check:
    """The place is one flat colour, to the pixel."""
    inside = np.asarray(evidence.mask == 1.0)
    exact = (evidence.after.image == np.array(rgb_of(wanted), np.uint8)).all(axis=2)
    share = float(exact[inside].mean()) if inside.any() else 0.0
    numbers = {"share": round(share, 4)}
    if share >= FLAT:
        return Check(f"is marked in {wanted}", True, numbers)
    return Check(f"is marked in {wanted}", False, numbers, f"only {share:.0%} of it is {wanted}")


def _gone(evidence: Evidence) -> Check:
    """Look for the thing again with the grounders; a marked region is judged by its content."""
    change = evidence.change
    if change is None or evidence.mask is None:
        return _no_statistics()
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


def _reshaped(evidence: Evidence) -> Check:
    """Geometry: every kept pixel must be where the mapping says, bit for bit if it is exact."""
    geometry = evidence.geometry
    if geometry is None:
        return _visible(evidence)
    before, after = evidence.before.image, evidence.after.image
    ratio = {"width": float(after.shape[1]), "height": float(after.shape[0])}
    wanted = evidence.params.get("aspect")
    if isinstance(wanted, int | float) and not isinstance(wanted, bool):
        off = abs(after.shape[1] / after.shape[0] / wanted - 1)
        if off > 2 / min(after.shape[:2]) + 0.005:
            return Check("the right shape", False, ratio, f"it is not {wanted:.3g} : 1")
    for side, length in (("width", after.shape[1]), ("height", after.shape[0])):
        asked = evidence.params.get(side)
        if isinstance(asked, int) and asked != length:
            return Check("the right size", False, ratio, f"its {side} is {length}, not {asked}")
    if not geometry.exact:
        return Check("reshaped", True, ratio)
    same = _matches(before, after, geometry)
    return Check("kept pixels identical", same, ratio, "" if same else "kept pixels changed")


def _matches(before: Rgb, after: Rgb, geometry: Geometry) -> bool:
    """Whether every pixel that maps into the parent equals the parent's."""
    matrix = np.asarray(geometry.matrix, dtype=np.float64)
    height, width = after.shape[:2]
    columns = np.arange(width)
    for y in range(height):  # a row at a time keeps 50 megapixels within little memory
        source = matrix @ np.stack([columns, np.full(width, y), np.ones(width)])
        x, row = np.rint(source[0]).astype(np.intp), np.rint(source[1]).astype(np.intp)
        valid = (x >= 0) & (x < before.shape[1]) & (row >= 0) & (row < before.shape[0])
        if not np.array_equal(after[y, valid], before[row[valid], x[valid]]):
            return False
    return True


def _weathered(evidence: Evidence) -> Check:
    change = evidence.change
    if change is None:
        return _no_statistics()
    match evidence.params.get("kind"):
        case "fog":
            return _moved("hazier", change.before.spread, change.after.spread, -1, 0.5)
        case "snow":
            return _moved("whiter", change.before.lightness, change.after.lightness, 1, 0.2)
        case "rain" | "storm":
            return _visible(evidence)
    return Check("weather", None, {}, "nothing here can tell whether the weather is right")


def _relit(evidence: Evidence) -> Check:
    change = evidence.change
    if change is None:
        return _no_statistics()
    old, new = change.before, change.after
    match evidence.params.get("to"):
        case "night" | "dusk" | "blue hour":
            return _moved("darker", old.lightness, new.lightness, -1, 2.0)
        case "sunset" | "sunrise" | "golden hour":
            return _moved("warmer", old.b, new.b, 1, 1.0)
        case "day":
            return _moved("brighter", old.lightness, new.lightness, 1, 1.0)
        case "overcast":
            return _moved("less colourful", old.chroma, new.chroma, -1, 0.3)
    return _visible(evidence)


def _lettered(evidence: Evidence) -> Check:
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


def _by_a_model(evidence: Evidence) -> Check:
    """Semantic edits: other content must stand there; whether the right one a detector may tell."""
    change = evidence.change
    if change is None:
        return _no_statistics()
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


def _restyled(evidence: Evidence) -> Check:
    """What a tool drew must have the marks of the style that was asked for."""
    drawn = evidence.facts.get("drawn_as")
    if drawn is None:
        return _by_a_model(evidence)
    seen = _visible(evidence)
    if seen.passed is not True:
        return seen
    style = drawing_style(str(evidence.params.get("style", ""))) or str(drawn)
    name = f"has the marks of {style.replace('_', ' ')}"
    found = marks(evidence.before.image, evidence.after.image, evidence.mask)
    if found is None:
        return Check(name, None, seen.measured, "it is too small a place to tell")
    lacking = fault_of(style, found)
    numbers = {key: round(value, 3) for key, value in vars(found).items()}
    return Check(name, lacking is None, numbers, "" if lacking is None else lacking.fault)


def _no_statistics() -> Check:
    return Check("measurable", None, {}, "there was nothing to measure")


CHECKERS: dict[str, Checker] = {
    "adjust": _adjusted,
    "blur": _blurred,
    "sharpen": _sharpened,
    "recolor": _coloured,
    "remove": _gone,
    "crop": _reshaped,
    "rotate": _reshaped,
    "flip": _reshaped,
    "resize": _reshaped,
    "weather": _weathered,
    "relight": _relit,
    "grade": _graded,
    "text": _lettered,
    "move": _visible,
    "background": _visible,
    "replace": _by_a_model,
    "add": _by_a_model,
    "restyle": _restyled,
}
"""The check each op must pass."""
