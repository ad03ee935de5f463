"""What the judge is trained on: crops of the drawn world with what they show.

Every scene gives its things, places where nothing stands, failed edits and its look as a whole.
Scenes are of one split and any view can be made anew from its number. It knows no network.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from smartedit_model.evaluation import judge_flaws as flaws
from smartedit_model.evaluation.crops import (
    LOOKED_AT,
    WHOLE,
    Box,
    Image,
    Mask,
    box_of_mask,
    cut,
    moved,
    overlap,
)
from smartedit_model.evaluation.sight import NOTHING, UNCLEAR, answers
from smartedit_model.world.layout import FOCI, fitting, lay_out
from smartedit_model.world.render import REFLECTED, shown_in
from smartedit_model.world.scene import Scene, draw_scene
from smartedit_model.world.spec import OUTDOOR, STYLES, TIMES, WEATHERS, ObjectSpec, SceneSpec
from smartedit_model.world.splits import SEEDS, Rules, rules_of

IGNORED = -1
COLOURLESS = ("sketch", "sepia", "gray", "neon")
"""Styles under which a thing's colour cannot be told."""
LEAST_SEEN = 0.45
"""Share of a thing's silhouette that must be seen for it to be shown as that thing."""
LEAST_AREA = 0.0022
"""Share of the picture that a thing must cover."""


@dataclass(frozen=True, eq=False)
class View:
    """A crop (64, 64, 4) uint8 and the number of the right answer of each head, or `IGNORED`."""

    crop: Image
    labels: tuple[int, ...]


@dataclass(frozen=True)
class Thing:
    """Something that is seen well enough to be named."""

    owner: int
    kind: str
    colour: str
    box: Box


def label(**told: str) -> tuple[int, ...]:
    """The answers of all heads, by their order, of those that are told."""
    return tuple(_numbers(head)[told[head]] if head in told else IGNORED for head in answers())


@cache
def _numbers(head: str) -> dict[str, int]:
    return {name: number for number, name in enumerate(answers()[head])}


def things(scene: Scene) -> list[Thing]:
    """What a person could name in a scene: objects and reflections that are seen well enough."""
    found = [(item.uid, item) for item in scene.spec.objects]
    for glass in scene.spec.objects:
        if glass.entry.role == "mirror":
            found += [(REFLECTED + shown.uid, shown) for shown in shown_in(glass, scene.spec)]
    least = LEAST_AREA * scene.size**2
    seen = []
    for owner, item in found:
        mask = scene.mask(owner)
        area = int(mask.sum())
        box = box_of_mask(mask)
        if box is None or area < least or area < LEAST_SEEN * item.area * scene.size**2:
            continue
        seen.append(Thing(owner, item.kind, item.colour, box))
    return seen


def boxes(scene: Scene) -> list[Box]:
    """The bounds of everything that is seen at all."""
    owners = [int(owner) for owner in np.unique(scene.owner) if owner]
    found = [box_of_mask(scene.mask(owner)) for owner in owners]
    return [box for box in found if box is not None]


def views(split: str, number: int, seed: int = 0) -> Iterator[View]:
    """The views of one scene of a split."""
    draw = random.Random(f"judge/{split}/{seed}/{number}")
    rules = rules_of(split)
    low, high = SEEDS[split]
    spec = lay_out(draw.randrange(low, high), draw.choice((None, *FOCI)), rules)
    scene = draw_scene(_with_look(spec, draw), LOOKED_AT)
    yield from _look(scene, draw)
    yield from _named(scene, draw)
    yield from _empty(scene, draw)
    yield from _edited(scene, draw, rules)


def _with_look(spec: SceneSpec, draw: random.Random) -> SceneSpec:
    if spec.backdrop in OUTDOOR and draw.random() < 0.3:
        spec = replace(spec, time=draw.choice(TIMES))
    if spec.backdrop in OUTDOOR and draw.random() < 0.3:
        spec = replace(spec, weather=draw.choice(WEATHERS))
    if draw.random() < 0.2:
        spec = replace(spec, style=draw.choice(STYLES))
    return spec


def _look(scene: Scene, draw: random.Random) -> Iterator[View]:
    """The whole picture; and, now and then, one that is half of another look."""
    spec = scene.spec
    told = {"background": spec.backdrop, "style": spec.style}
    if spec.style == "none":
        told |= {"weather": spec.weather, "time": spec.time}
    yield View(cut(_maybe_degraded(scene.image, draw), WHOLE), label(**told))
    if draw.random() < 0.3 and spec.style == "none":
        changes = [("style", draw.choice([s for s in STYLES if s != "none"]))]
        if spec.backdrop in OUTDOOR:
            changes.append(("time", draw.choice([t for t in TIMES if t != spec.time])))
            changes.append(("weather", draw.choice([w for w in WEATHERS if w != spec.weather])))
        head, value = draw.choice(changes)
        other = draw_scene(replace(spec, **{head: value}), scene.size)  # type: ignore[arg-type]
        share = draw.choice((draw.uniform(0.35, 0.6), draw.uniform(0.0, 0.12), 1.0))
        name = value if share == 1.0 else getattr(spec, head) if share < 0.2 else UNCLEAR
        mixed = flaws.blended(scene.image, other.image, share)
        yield View(cut(_maybe_degraded(mixed, draw), WHOLE), label(**{head: str(name)}))


def _named(scene: Scene, draw: random.Random) -> Iterator[View]:
    seen = things(scene)
    for thing in draw.sample(seen, min(len(seen), 5)):
        image = _maybe_degraded(scene.image, draw)
        told = {"kind": thing.kind, "colour": thing.colour}
        if draw.random() < 0.12:
            image = flaws.recoloured(image, draw)
            del told["colour"]
        elif scene.spec.style in COLOURLESS:
            del told["colour"]
        yield View(cut(image, _jittered(thing.box, draw)), label(**told))


def _empty(scene: Scene, draw: random.Random) -> Iterator[View]:
    """A place where no thing of that extent stands, though there may be parts of things."""
    taken = boxes(scene)
    for _ in range(12):
        wide, high = draw.uniform(0.1, 0.5), draw.uniform(0.1, 0.5)
        x, y = draw.uniform(0, 1 - wide), draw.uniform(0, 1 - high)
        box = (x, y, x + wide, y + high)
        if _free(box, taken, 0.22):
            yield View(cut(_maybe_degraded(scene.image, draw), box), label(kind=NOTHING))
            return


def _free(box: Box, taken: list[Box], most: float) -> bool:
    return all(overlap(box, other) < most for other in taken)


def _edited(scene: Scene, draw: random.Random, rules: Rules) -> Iterator[View]:
    """One thing taken away: cleanly, with a smear, in part; or turned into something unclear."""
    standing = {item.on for item in scene.spec.objects}
    pool = [thing for thing in things(scene) if thing.owner not in standing]
    if not pool:
        return
    thing = draw.choice(pool)
    mask = scene.mask(thing.owner)
    without = draw_scene(_without(scene.spec, thing.owner), scene.size)
    box = _jittered(thing.box, draw)
    if _free(thing.box, boxes(without), 0.3):
        clean = without.image
        if draw.random() < 0.35:
            clean = flaws.smeared(scene.image, mask, draw)
        elif draw.random() < 0.25:
            clean = flaws.blended(clean, scene.image, draw.uniform(0.02, 0.1))
        yield View(cut(_maybe_degraded(clean, draw), box), label(kind=NOTHING))
    if draw.random() < 0.75:
        spoilt = _spoilt(scene, without, thing, mask, draw, rules)
        yield View(cut(_maybe_degraded(spoilt, draw), box), label(kind=UNCLEAR))
    if draw.random() < 0.2:
        faint = flaws.blended(scene.image, without.image, draw.uniform(0.02, 0.14))
        told = label(kind=thing.kind)
        yield View(cut(_maybe_degraded(faint, draw), box), told)


def _without(spec: SceneSpec, owner: int) -> SceneSpec:
    if owner < REFLECTED:
        return spec.without(frozenset([owner]))
    glasses = [
        replace(
            glass,
            shows=tuple(
                replace(shown, hidden=True) if shown.uid == owner - REFLECTED else shown
                for shown in glass.shows
            ),
        )
        for glass in spec.objects
        if glass.shows
    ]
    return spec.put(*glasses)


def _spoilt(
    scene: Scene, without: Scene, thing: Thing, mask: Mask, draw: random.Random, rules: Rules
) -> Image:
    way = draw.randrange(4)
    if way == 0:
        return flaws.blended(scene.image, without.image, draw.uniform(0.35, 0.68))
    if way == 1:
        return flaws.halved(scene.image, without.image, mask, draw)
    other = _other(scene.spec, thing.owner, draw, rules) if way == 2 else None
    if other is not None:
        mixed = draw_scene(scene.spec.put(other), scene.size)
        return flaws.blended(scene.image, mixed.image, draw.uniform(0.35, 0.65))
    return flaws.blob(scene.image, mask, draw)


def _other(spec: SceneSpec, owner: int, draw: random.Random, rules: Rules) -> ObjectSpec | None:
    """The same thing as another kind, about as tall; None where the rules do not let it be."""
    if owner >= REFLECTED or spec.get(owner).entry.role != "object":
        return None
    item = spec.get(owner)
    others = {other.kind for other in spec.objects}
    key = draw.choice(fitting(spec.backdrop))
    if key in others or not (rules.kind_ok(key, others) and rules.colour_ok(key, item.colour)):
        return None
    new = replace(item, kind=key, scale=1.0)
    return replace(new, scale=(item.box[3] - item.box[1]) / (new.box[3] - new.box[1]))


def _maybe_degraded(image: Image, draw: random.Random) -> Image:
    return flaws.degraded(image, draw) if draw.random() < 0.6 else image


def _jittered(box: Box, draw: random.Random) -> Box:
    return moved(
        box,
        draw.uniform(-0.1, 0.1),
        draw.uniform(-0.1, 0.1),
        draw.uniform(0.87, 1.18),
        draw.uniform(0.87, 1.18),
    )
