"""Makes edits of a scene with the exact target picture: the description is edited and drawn anew.

Whatever an edit does not concern is drawn by the same steps, so its pixels are the same in source
and target except where a shadow, a reflection or what hides what truly changes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from smartedit_model.world.canvas import Image
from smartedit_model.world.catalogue import kind
from smartedit_model.world.errors import ImpossibleEditError, UnknownNameError
from smartedit_model.world.palette import colour_names, rgb
from smartedit_model.world.query import Query, resolve
from smartedit_model.world.render import REFLECTED
from smartedit_model.world.scene import Mask, Scene, draw_scene
from smartedit_model.world.spec import (
    BACKDROPS,
    OPS,
    OUTDOOR,
    STYLES,
    TIMES,
    WEATHERS,
    Mirrored,
    ObjectSpec,
    SceneSpec,
)

WHOLE = {"background": BACKDROPS, "weather": WEATHERS, "time": TIMES, "style": STYLES}


@dataclass(frozen=True)
class EditSpec:
    """What an edit does.

    Attributes:
        op: one of `OPS`.
        target: what it acts on; None for `add` and the ops on the whole picture.
        value: a kind (`replace`, `add`), a colour (`recolor`, `segment`), `bigger` or `smaller`
            (`resize`), `left` or `right` (`move`), or the new backdrop, weather, time or style.
        added: the whole object that `add` puts in; its kind is `value`.
        colour: colour of the replacement; None keeps the old one.
        amount: factor of `resize`, distance of `move` in scene units; None for the usual.
    """

    op: str
    target: Query | None = None
    value: str = ""
    added: ObjectSpec | None = None
    colour: str | None = None
    amount: float | None = None


@dataclass(frozen=True, eq=False)
class EditSample:
    """One edit, made.

    Attributes:
        source, target: HWC uint8, RGB; equal when `valid` is False.
        mask: HW bool, True where the target may differ from the source.
        instruction, answer: what is asked for and what is said; empty unless given.
        category: the referring category, one of `refer.CATEGORIES`, or the op for whole pictures.
        op: one of `OPS`.
        referred: owners the instruction speaks of: uids, or 128 + uid for reflections.
        valid: whether there was something to edit.
        region: HW bool, the visible pixels of `referred` in the source.
        scene, edited: the scene before and after.
        templates: the wordings used, before their slots were filled.
        spec: what was asked of `make_edit`.
    """

    source: Image
    target: Image
    mask: Mask
    instruction: str
    category: str
    op: str
    answer: str
    referred: tuple[int, ...]
    valid: bool
    region: Mask
    scene: Scene
    edited: Scene
    templates: tuple[str, ...] = ()
    spec: EditSpec | None = None


def make_edit(
    scene: Scene,
    spec: EditSpec,
    *,
    instruction: str = "",
    answer: str = "",
    category: str = "plain",
    templates: tuple[str, ...] = (),
) -> EditSample:
    """Makes an edit; a target that is not in the scene changes nothing.

    Raises:
        UnknownNameError: an op or value that the world does not know.
        ImpossibleEditError: several objects fit a target that means one, or there is no room.
    """
    _check(spec)
    owners: tuple[int, ...] = ()
    if spec.target is not None:
        owners = resolve(spec.target, scene.spec)
        if len(owners) > 1 and not spec.target.several:
            raise ImpossibleEditError(
                f"{len(owners)} objects fit {spec.target}; one would be right"
            )
    valid = spec.target is None or bool(owners)
    edited = scene
    region = scene.mask(*owners)
    if valid and spec.op == "segment":
        marked = scene.image.copy()
        marked[region] = np.rint(rgb(spec.value)).astype(np.uint8)
        edited = Scene(scene.spec, marked, scene.owner)
    elif valid:
        edited = draw_scene(edit_spec(scene.spec, spec, owners), scene.size)
    return EditSample(
        source=scene.image,
        target=edited.image,
        mask=changed(scene, edited, owners, spec) if valid else np.zeros_like(region),
        instruction=instruction,
        category=category,
        op=spec.op,
        answer=answer,
        referred=owners,
        valid=valid,
        region=region,
        scene=scene,
        edited=edited,
        templates=templates,
        spec=spec,
    )


def _check(spec: EditSpec) -> None:
    if spec.op not in OPS:
        raise UnknownNameError("edit", spec.op, OPS)
    if spec.op in WHOLE and spec.value not in WHOLE[spec.op]:
        raise UnknownNameError(spec.op, spec.value, WHOLE[spec.op])
    if spec.op in ("recolor", "segment") and spec.value not in colour_names():
        raise UnknownNameError("colour", spec.value, colour_names())
    if spec.op in ("replace", "add"):
        kind(spec.value)
    if (spec.op == "add") != (spec.added is not None):
        raise ImpossibleEditError("an object to add is right for `add`, and for no other edit")
    if (spec.op in WHOLE or spec.op == "add") != (spec.target is None):
        raise ImpossibleEditError(f"`{spec.op}` with target {spec.target}; see EditSpec.target")


def changed(before: Scene, after: Scene, owners: tuple[int, ...], spec: EditSpec) -> Mask:
    """HW bool: every pixel that differs, and the whole of what was and is edited, a pixel wider."""
    if spec.op in WHOLE:
        return np.ones_like(before.owner, dtype=bool)
    differs = (before.image != after.image).any(axis=2)
    if spec.op == "segment":
        return np.asarray(differs | before.mask(*owners))
    touched = set(owners)
    if spec.added is not None:
        touched.add(spec.added.uid)
    solid = differs | before.mask(*touched) | after.mask(*touched)
    return np.asarray(cv2.dilate(solid.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0)


def edit_spec(scene: SceneSpec, spec: EditSpec, owners: tuple[int, ...]) -> SceneSpec:
    """The description after the edit."""
    if spec.op == "background":
        weather = scene.weather if spec.value in OUTDOOR else "clear"
        return replace(scene, backdrop=spec.value, weather=weather)
    if spec.op in WHOLE:
        return replace(scene, **{spec.op: spec.value})  # type: ignore[arg-type]
    if spec.added is not None:
        return scene.put(spec.added)
    reflected = [owner - REFLECTED for owner in owners if owner >= REFLECTED]
    solid = [owner for owner in owners if owner < REFLECTED]
    for uid in reflected:
        scene = _edit_reflection(scene, spec, uid)
    if spec.op == "remove":
        _standing_free(scene, solid, spec.op)
        return scene.without(frozenset(solid))
    return scene.put(*(_edited(scene, scene.get(uid), spec) for uid in solid))


def _standing_free(scene: SceneSpec, uids: list[int], op: str) -> None:
    for item in scene.objects:
        if item.on in uids and item.uid not in uids:
            raise ImpossibleEditError(
                f"`{op}` would leave {item.kind} {item.uid} standing on nothing; edit both"
            )


def _edit_reflection(scene: SceneSpec, spec: EditSpec, uid: int) -> SceneSpec:
    if spec.op not in ("remove", "replace", "recolor"):
        raise ImpossibleEditError(
            f"`{spec.op}` of a reflection; remove, replace or recolor is right"
        )
    glasses = []
    for glass in scene.objects:
        if any(shown.uid == uid for shown in glass.shows):
            shows = tuple(
                _reflected(shown, spec) if shown.uid == uid else shown for shown in glass.shows
            )
            glasses.append(replace(glass, shows=shows))
    return scene.put(*glasses)


def _reflected(shown: Mirrored, spec: EditSpec) -> Mirrored:
    if spec.op == "remove":
        return replace(shown, hidden=True)
    if spec.op == "recolor":
        return replace(shown, colour=spec.value)
    return replace(shown, kind=spec.value, colour=spec.colour)


def _edited(scene: SceneSpec, item: ObjectSpec, spec: EditSpec) -> ObjectSpec:
    if spec.op == "recolor":
        return replace(item, colour=spec.value)
    _standing_free(scene, [item.uid], spec.op)
    if spec.op == "replace":
        return _inside(_replaced(item, spec), spec.op)
    if spec.op == "resize":
        usual = 1.4 if spec.value == "bigger" else 0.66
        return _inside(replace(item, scale=item.scale * (spec.amount or usual)), spec.op)
    if spec.op == "move":
        way = -1.0 if spec.value == "left" else 1.0
        return _inside(replace(item, x=item.x + way * (spec.amount or 0.2)), spec.op)
    raise UnknownNameError("edit", spec.op, OPS)


def _replaced(item: ObjectSpec, spec: EditSpec) -> ObjectSpec:
    """Another kind with its foot in the same place, about as large as the old one."""
    old = item.box
    new = replace(item, kind=spec.value, colour=spec.colour or item.colour)
    width, height = new.box[2] - new.box[0], new.box[3] - new.box[1]
    fit = min(
        1.25 * (old[2] - old[0]) / width,
        1.25 * (old[3] - old[1]) / height,
        ((old[2] - old[0]) * (old[3] - old[1]) / (width * height)) ** 0.5,
    )
    new = replace(new, scale=new.scale * fit)
    middle = (old[0] + old[2]) / 2 - (new.box[0] + new.box[2]) / 2
    new = replace(new, x=new.x + middle)
    # Near the edge of the picture a wider thing stands a little further in.
    over = max(0.01 - new.box[0], 0.0) - max(new.box[2] - 0.99, 0.0)
    return replace(new, x=new.x + over)


def _inside(item: ObjectSpec, op: str) -> ObjectSpec:
    x0, y0, x1, y1 = item.box
    if x0 < -0.01 or x1 > 1.01 or y0 < -0.03 or y1 > 1.02:
        raise ImpossibleEditError(
            f"`{op}` puts {item.kind} {item.uid} at {x0:.2f}, {y0:.2f}, {x1:.2f}, {y1:.2f};"
            " inside 0 to 1 would be right"
        )
    return item
