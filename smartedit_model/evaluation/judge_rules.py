"""What must be true after an edit, op by op.

Every rule gets the sample, the result (HWC uint8 RGB) and the eye, and gives its checks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from smartedit_model.evaluation.crops import Box, Image, box_of_mask, moved, overlap
from smartedit_model.evaluation.judge_eye import Eye
from smartedit_model.evaluation.judge_traces import (
    Tracer,
    changed_boxes,
    changed_share,
    colour_left,
    marked_overlap,
    share_missing,
    shines_through,
    way_gone,
)
from smartedit_model.evaluation.judging import Check
from smartedit_model.evaluation.sight import NOTHING, Sight
from smartedit_model.world.edits import EditSample
from smartedit_model.world.palette import colour_names
from smartedit_model.world.render import REFLECTED, shown_in
from smartedit_model.world.scene import Scene
from smartedit_model.world.spec import ObjectSpec

Rule = Callable[[EditSample, Image, Eye], list[Check]]

BIGGER, SMALLER = 1.12, 0.8
"""Factors of area from which a thing is bigger or smaller; the world's are 1.96 and 0.44."""
MOVED = 0.4
"""Share of the exact way from which a thing has moved."""
GHOST = 0.3
"""Share of a removed thing's fine detail that may be left: exact targets leave under 0.1, with few
exceptions, half-blended edits 0.5."""
GHOST_IN_PLACE = 0.45
"""The same of a thing that is resized, whose new detail lies over its old."""
SAME_COLOUR = 12.0
"""Distance in Lab below which a thing's usual colour is the right one, whatever it is called."""
KEPT_DETAIL, KEPT_COLOUR = 0.25, 18.0
"""Least share of fine detail, most distance in Lab, of a thing that is still what it was."""
RECOLOURED = 0.62
"""Share of the way between two colours from which a thing has the new one."""
MISSING = 0.15
"""Share (of energy) of a new look that may be missing where the eye calls it otherwise."""
MARKED_WELL = 0.6
"""Intersection over union of marked and meant pixels."""
LEFT_ALONE = 0.008
"""Largest connected change, as a share of the picture, of a picture that is left alone."""
SHARES_A_PLACE = 0.2
"""Overlap of boxes from which another thing may be seen in the place of a removed one."""
NEAR = 0.3
"""How far, in pictures, an added thing may stand from the exact place."""


def removed(sample: EditSample, result: Image, eye: Eye) -> list[Check]:
    """Where each thing was, there is nothing now, or what stood behind it."""
    places = [_place(sample.scene, owner) for owner in sample.referred]
    seen = eye.look(result, places)
    neighbours = _seen_things(sample.edited)
    checks = []
    for owner, place, sight in zip(sample.referred, places, seen, strict=True):
        old = _item(sample.scene, owner).kind
        right = {NOTHING}
        for kind, box in neighbours:
            if overlap(box, place) >= (0.5 if kind == old else SHARES_A_PLACE):
                right.add(kind)
        gone = sight.name("kind") in right
        checks.append(Check(f"the {old} is gone", gone, sight.told("kind")))
        checks.append(_no_ghost(sample, result, owner))
    return checks


def replaced(sample: EditSample, result: Image, eye: Eye) -> list[Check]:
    """Each place shows the new kind, in the new place's extent or the old one's."""
    checks = []
    for owner in sample.referred:
        new = _item(sample.edited, owner)
        places = [_place(sample.edited, owner), _place(sample.scene, owner)]
        sight = _likeliest(eye.look(result, places), new.kind)
        there = sight.may_be("kind", new.kind)
        checks.append(Check(f"there is a {new.kind}", there, sight.told("kind")))
        checks.append(_no_ghost(sample, result, owner))
        if there and _is_named(sample, new):
            checks.append(_coloured(new, sight))
    return checks


def recoloured(sample: EditSample, result: Image, eye: Eye) -> list[Check]:
    """Each thing has the new colour and is still what it was."""
    places = [_place(sample.edited, owner) for owner in sample.referred]
    was, now = eye.look(sample.source, places), eye.look(result, places)
    checks = []
    for owner, old, sight in zip(sample.referred, was, now, strict=True):
        new = _item(sample.edited, owner)
        mask = sample.scene.mask(owner)
        told = _coloured(new, sight)
        left = colour_left(sample.source, result, sample.target, mask)
        checks.append(replace(told, passed=told.passed or left <= SAME_COLOUR))
        way = way_gone(sample.source, result, sample.target, mask)
        if way is not None:
            checks.append(Check("the colour is new", way >= RECOLOURED, f"{way:.2f} of the way"))
        if old.name("kind") == new.kind:
            same = sight.keeps("kind", new.kind, old)
            checks.append(Check(f"it is still a {new.kind}", same, sight.told("kind")))
    return checks


def added(sample: EditSample, result: Image, eye: Eye) -> list[Check]:
    """The new thing stands about where it was asked for, and was not there before."""
    known = {item.uid for item in sample.scene.spec.objects}
    new = next(item for item in sample.edited.spec.objects if item.uid not in known)
    exact = _place(sample.edited, new.uid)
    places = [exact, *changed_boxes(sample.source, result)]
    places += [moved(box, 0, -0.04, 1.0, 0.92) for box in places[1:]]  # without its shadow
    near = [box for box in places if abs(box[0] + box[2] - exact[0] - exact[2]) <= 2 * NEAR]
    sight = _likeliest(eye.look(result, near), new.kind)
    there = sight.name("kind") == new.kind
    checks = [Check(f"there is a {new.kind}", there, sight.told("kind"))]
    return [*checks, _coloured(new, sight)] if there else checks


def resized(sample: EditSample, result: Image, eye: Eye) -> list[Check]:
    """Each thing's trace has grown or shrunk, and it is still what it was."""
    checks = []
    for owner in sample.referred:
        item, after = sample.scene.spec.get(owner), sample.edited.spec.get(owner)
        grows = after.scale > item.scale
        what = f"the {item.kind} is {'bigger' if grows else 'smaller'}"
        tracer = Tracer(sample.scene, sample.edited, owner)
        old, new = tracer.in_source(), tracer.in_result(result)
        if old is None or new is None:
            checks.append(Check(what, False, "no trace of it"))
            continue
        ratio = new.area / old.area
        right = ratio >= BIGGER if grows else ratio <= SMALLER
        checks.append(Check(what, right, f"{ratio:.2f} times the area"))
        checks.append(_no_ghost(sample, result, owner, GHOST_IN_PLACE))
        checks.append(_still(sample, result, eye, owner, new.box))
    return checks


def shifted(sample: EditSample, result: Image, eye: Eye) -> list[Check]:
    """Each thing's trace has gone the right way, and is still what it was."""
    checks = []
    for owner in sample.referred:
        item, after = sample.scene.spec.get(owner), sample.edited.spec.get(owner)
        way = after.x - item.x
        what = f"the {item.kind} has moved to the {'right' if way > 0 else 'left'}"
        tracer = Tracer(sample.scene, sample.edited, owner)
        old, new = tracer.in_source(), tracer.in_result(result)
        if old is None or new is None:
            checks.append(Check(what, False, "no trace of it"))
            continue
        gone = (new.x - old.x) / way
        checks.append(Check(what, gone >= MOVED, f"{gone:.2f} of the way"))
        checks.append(_no_ghost(sample, result, owner))
        checks.append(_still(sample, result, eye, owner, new.box))
        place, exact = _place(sample.scene, owner), _place(sample.edited, owner)
        if overlap(place, exact) < SHARES_A_PLACE:
            sight = eye.look(result, [place])[0]
            left = sight.name("kind") != item.kind
            checks.append(Check(f"no {item.kind} where it was", left, sight.told("kind")))
    return checks


def marks(sample: EditSample, result: Image, _eye: Eye) -> list[Check]:
    """The meant pixels, and few others, have the colour asked for."""
    # The marked picture is flat there: its own pixels tell the colour that was asked for.
    asked = np.median(sample.target[sample.region], axis=0)
    colour = min(colour_names(), key=lambda name: _far(name, asked))
    share = marked_overlap(sample.source, result, colour, sample.region)
    return [Check(f"marked in {colour}", share >= MARKED_WELL, f"overlap {share:.2f}")]


def look_rule(sample: EditSample, result: Image, eye: Eye) -> Check:
    """The whole picture has the new look."""
    spec = sample.edited.spec
    wanted = str(spec.backdrop if sample.op == "background" else getattr(spec, sample.op))
    sight = eye.look_at_all(result)
    right = sight.name(sample.op) == wanted
    if not right:  # what the eye calls otherwise may yet be as the exact target is
        right = share_missing(sample.source, result, sample.target) <= MISSING
    return Check(f"the {sample.op} is {wanted}", right, sight.told(sample.op))


def left_alone(sample: EditSample, result: Image) -> Check:
    """Nothing was changed that anyone would see."""
    share = changed_share(sample.source, result)
    return Check("nothing is changed", share <= LEFT_ALONE, f"{share:.1%} of the picture changed")


RULES: dict[str, Rule] = {
    "remove": removed,
    "replace": replaced,
    "recolor": recoloured,
    "add": added,
    "resize": resized,
    "move": shifted,
    "segment": marks,
}


def _far(name: str, colour: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
    from smartedit_model.world.palette import rgb

    return float(np.abs(np.array(rgb(name)) - colour).sum())


def _item(scene: Scene, owner: int) -> ObjectSpec:
    """The object of an owner, or its reflection as the mirror shows it."""
    if owner < REFLECTED:
        return scene.spec.get(owner)
    for glass in scene.spec.objects:
        for shown in shown_in(glass, scene.spec):
            if glass.entry.role == "mirror" and shown.uid == owner - REFLECTED:
                return shown
    return scene.spec.get(owner - REFLECTED)


def _place(scene: Scene, owner: int) -> Box:
    """Where an owner is seen; where it would be, if it is hidden."""
    seen = box_of_mask(scene.mask(owner))
    return seen if seen is not None else _item(scene, owner).box


def _seen_things(scene: Scene) -> list[tuple[str, Box]]:
    found = []
    for number in np.unique(scene.owner):
        box = box_of_mask(scene.mask(int(number)))
        if number and box is not None:
            found.append((_item(scene, int(number)).kind, box))
    return found


def _likeliest(seen: list[Sight], kind: str) -> Sight:
    return max(seen, key=lambda sight: sight.chance("kind", kind))


def _coloured(item: ObjectSpec, sight: Sight) -> Check:
    right = sight.may_be("colour", item.colour)
    return Check(f"the {item.kind} is {item.colour}", right, sight.told("colour"))


def _is_named(sample: EditSample, item: ObjectSpec) -> bool:
    """Whether the instruction says the colour of what comes in."""
    return f"{item.colour} {item.entry.name}" in sample.instruction


def _still(sample: EditSample, result: Image, eye: Eye, owner: int, box: Box) -> Check:
    kind = sample.edited.spec.get(owner).kind
    was = eye.look(sample.source, [_place(sample.scene, owner)])[0]
    now = _likeliest(eye.look(result, [box, _place(sample.edited, owner)]), kind)
    same = was.name("kind") != kind or now.keeps("kind", kind, was)
    return Check(f"it is still a {kind}", same, now.told("kind"))


def same_traces(sample: EditSample, result: Image, owner: int, what: str) -> Check:
    """Something that the eye cannot name has kept its detail and its colour."""
    mask = sample.scene.mask(owner) & sample.edited.mask(owner)
    detail = shines_through(sample.source, result, mask) if mask.any() else 1.0
    far = colour_left(sample.source, result, sample.source, mask)
    kept = detail >= KEPT_DETAIL and far <= KEPT_COLOUR
    return Check(what, kept, f"{detail:.2f} of its detail, colour {far:.0f} off")


def _no_ghost(sample: EditSample, result: Image, owner: int, most: float = GHOST) -> Check:
    """Nothing of what was there is seen through what is there now."""
    share = shines_through(sample.source, result, sample.scene.mask(owner))
    what = f"no {_item(sample.scene, owner).kind} shines through"
    return Check(what, share <= most, f"{share:.2f} of its detail")
