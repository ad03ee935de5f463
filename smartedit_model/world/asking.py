"""Questions about a scene that one or a few words answer; each is checked to be clear."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from smartedit_model.world.canvas import Image
from smartedit_model.world.catalogue import kind, kinds
from smartedit_model.world.layout import FREE
from smartedit_model.world.query import CLEARLY_LARGER, Query, resolve
from smartedit_model.world.refer import references
from smartedit_model.world.relations import holds
from smartedit_model.world.render import REFLECTED
from smartedit_model.world.scene import Scene
from smartedit_model.world.spec import OUTDOOR, SceneSpec
from smartedit_model.world.splits import Rules
from smartedit_model.world.wordings import article, choose, table

Raw = tuple[str, dict[str, str], str, str]


@dataclass(frozen=True, eq=False)
class Question:
    """One question about a scene.

    Attributes:
        image: HWC uint8, RGB.
        text, answer: the question and its short answer.
        form: which form of question, as `count`.
        templates: the wordings used, before their slots were filled.
        scene: what it asks about.
    """

    image: Image
    text: str
    answer: str
    form: str
    templates: tuple[str, ...]
    scene: Scene


def questions(scene: Scene, draw: random.Random, rules: Rules = FREE) -> list[Question]:
    """Every question that is clear in the scene, each in one drawn wording."""
    found = []
    for form, slots, answer, inner in _raw(scene.spec, draw, rules):
        template = choose("questions", form, rules, draw)
        text = template.format(**slots)
        used = (template, inner) if inner else (template,)
        found.append(Question(scene.image, text, answer, form, used, scene))
    return found


def _raw(spec: SceneSpec, draw: random.Random, rules: Rules) -> Iterator[Raw]:
    things = [item for item in spec.objects if item.entry.role == "object"]
    counts = {key: sum(i.kind == key for i in spec.objects) for key in {i.kind for i in things}}
    for key in sorted(counts):
        entry = kind(key)
        yield "count", {"kinds": entry.plural}, table("numbers")[counts[key]], ""
        yield "exists", {"a": article(entry.name)}, "yes", ""
    absent = draw.choice([key for key in kinds() if key not in {i.kind for i in spec.objects}])
    yield "count", {"kinds": kind(absent).plural}, table("numbers")[0], ""
    yield "exists", {"a": article(kind(absent).name)}, "no", ""
    for category in ("plain", "left_right", "size", "relation"):
        for reference in references(spec, category, draw, rules):
            item = spec.get(reference.owners[0] % REFLECTED)
            yield "colour", {"t": reference.text}, item.colour, reference.template
    yield from _relations(spec, sorted(key for key in counts if counts[key] == 1))
    for reference in references(spec, "reasoning", draw, rules):
        item = spec.get(reference.owners[0])
        yield "fact", {"t": reference.text}, item.entry.name, reference.template
    yield "place", {}, table("place_names")[spec.backdrop], ""
    if spec.backdrop in OUTDOOR:
        yield "time", {}, spec.time, ""
    for glass in spec.objects:
        shown = [m for m in glass.shows if not m.hidden]
        if glass.entry.role == "mirror" and len(shown) == 1:
            key = shown[0].kind or spec.get(shown[0].uid).kind
            yield "mirror", {}, article(kind(key).name), ""


def _relations(spec: SceneSpec, unique: list[str]) -> Iterator[Raw]:
    by_kind = {item.kind: item for item in spec.objects}
    for key in unique:
        for form, name in (("what_on", "on"), ("what_next_to", "next_to")):
            picked = resolve(Query(relation=name, other=Query(kind=key)), spec)
            if len(picked) == 1:
                answer = article(spec.get(picked[0]).entry.name)
                yield form, {"other": kind(key).name}, answer, ""
    for first, second in combinations(unique, 2):
        a, b = by_kind[first], by_kind[second]
        slots = {"kind": a.entry.name, "kind2": b.entry.name}
        if max(a.area, b.area) >= 1.2 * CLEARLY_LARGER * min(a.area, b.area):
            larger = a if a.area > b.area else b
            yield "larger", slots, f"the {larger.entry.name}", ""
        for name, side in (("left_of", "left"), ("right_of", "right")):
            if holds(name, a, b):
                yield "side", slots, side, ""
