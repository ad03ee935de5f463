"""Thinks of an edit for a scene: a reference, an op that suits it, and the words for both."""

from __future__ import annotations

import random
from dataclasses import replace

from smartedit_model.world.catalogue import kind
from smartedit_model.world.edits import WHOLE, EditSample, EditSpec, edit_spec, make_edit
from smartedit_model.world.errors import ImpossibleEditError
from smartedit_model.world.layout import FREE, Layout, fitting
from smartedit_model.world.palette import colour_names
from smartedit_model.world.refer import Reference, references
from smartedit_model.world.relations import holds
from smartedit_model.world.render import REFLECTED
from smartedit_model.world.scene import Scene
from smartedit_model.world.spec import OPS, OUTDOOR, ObjectSpec, SceneSpec
from smartedit_model.world.splits import Rules, held_colour
from smartedit_model.world.wordings import choose, table, with_article

Words = dict[str, str]
TARGETED = ("remove", "replace", "recolor", "resize", "move", "segment")
TRIES = 24


def propose(
    scene: Scene,
    category: str,
    draw: random.Random,
    rules: Rules = FREE,
    ops: tuple[str, ...] = OPS,
) -> EditSample | None:
    """An edit of a scene, or None when the scene offers none of the kind.

    Args:
        scene: what is edited.
        category: one of `refer.CATEGORIES`, or `add`, `background`, `weather`, `time`, `style`.
        draw: decides between the possibilities.
        rules: what the wordings and the edited scene may hold.
        ops: the ops to choose from.
    """
    if category == "add":
        return _add(scene, draw, rules)
    if category in WHOLE:
        return _whole(scene, category, draw, rules)
    found = references(scene.spec, category, draw, rules)
    if rules.held_scenes:
        # The test is of new combinations: most of its targets should be one.
        new = [reference for reference in found if _is_new(scene.spec, reference)]
        found = new if new and draw.random() < 0.75 else found
    allowed = [op for op in TARGETED if op in ops]
    for _ in range(TRIES if found and allowed else 0):
        # By form first, or the many facts and pairs would crowd out the rest.
        form = draw.choice(sorted({reference.form for reference in found}))
        reference = draw.choice([r for r in found if r.form == form])
        made = _targeted(scene, reference, draw.choice(allowed), draw, rules)
        if made is not None:
            return made
    return None


def instruction(
    scene: SceneSpec, reference: Reference, op: str, draw: random.Random, rules: Rules = FREE
) -> str | None:
    """An instruction about what a reference picks, by description alone; None if it cannot be.

    Args:
        scene: what is spoken of.
        reference: to what is edited.
        op: one of `TARGETED`.
        draw: decides between the possibilities.
        rules: what the wordings and the edited scene may hold.
    """
    planned = _planned(scene, reference, op, draw, rules)
    if planned is None:
        return None
    spec, words = planned
    template = choose("instructions", _form(spec), rules, draw)
    return template.format(t=reference.text, **words)


def _planned(
    scene: SceneSpec, reference: Reference, op: str, draw: random.Random, rules: Rules
) -> tuple[EditSpec, Words] | None:
    """An edit of what a reference picks, with words for it; None if it cannot be made."""
    spec, words = _fill(scene, reference, op, draw, rules)
    if spec is None or not _allowed(scene, spec, reference.owners, rules):
        return None
    return spec, words


def _form(spec: EditSpec) -> str:
    """The form of wording that asks for an edit."""
    return spec.value if spec.op == "resize" else spec.op


def _is_new(spec: SceneSpec, reference: Reference) -> bool:
    """Whether a reference picks something in a colour that train never shows."""
    items = [spec.get(owner % REFLECTED) for owner in reference.owners]
    return any(held_colour(item.kind, item.colour) for item in items)


def _targeted(
    scene: Scene, reference: Reference, op: str, draw: random.Random, rules: Rules
) -> EditSample | None:
    planned = _planned(scene.spec, reference, op, draw, rules)
    if planned is None or not all(
        scene.mask(owner).sum() >= 0.002 * scene.size**2 for owner in reference.owners
    ):
        return None
    spec, words = planned
    form = _form(spec)
    template = choose("instructions", form, rules, draw)
    words = {"t": reference.text, **words}
    answer = table("answers")[form if reference.owners else "none"].format(**words)
    return make_edit(
        scene,
        spec,
        instruction=template.format(**words),
        answer=answer,
        category=reference.category,
        templates=(template, reference.template),
    )


def _allowed(scene: SceneSpec, spec: EditSpec, owners: tuple[int, ...], rules: Rules) -> bool:
    """Whether the edit can be made and, outside the test split, holds nothing held out."""
    if not owners and spec.target is not None:
        return True
    try:
        after = edit_spec(scene, spec, owners) if spec.op != "segment" else scene
    except ImpossibleEditError:
        return False
    return rules.held_scenes is not False or rules.scene_ok(after)


def _fill(
    scene: SceneSpec, reference: Reference, op: str, draw: random.Random, rules: Rules
) -> tuple[EditSpec | None, Words]:
    items = [scene.get(owner % REFLECTED) for owner in reference.owners]
    target = reference.query
    if op == "remove":
        return EditSpec("remove", target), {}
    if op in ("recolor", "segment"):
        had = {item.colour for item in items}
        colour = draw.choice([c for c in colour_names() if c not in had])
        return EditSpec(op, target, colour), {"colour": colour}
    if op == "resize":
        way = draw.choice(("bigger", "smaller"))
        return EditSpec(op, target, way), {}
    if op == "move":
        side = draw.choice(("left", "right"))
        amount = draw.uniform(0.16, 0.3)
        if not _room(scene, items, side, amount):
            return None, {}
        return EditSpec(op, target, side, amount=amount), {"side": side}
    if any(item.entry.role != "object" for item in items):
        return None, {}
    present = {item.kind for item in scene.objects}
    choices = [
        key
        for key in fitting(scene.backdrop)
        if key not in present
        and rules.kind_ok(key, present)
        and all(kind(key).place == item.entry.place for item in items)
        and (kind(key).small or not any(item.on for item in items))
    ]
    if not choices:
        return None, {}
    value = draw.choice(choices)
    colour = draw.choice([c for c in kind(value).colours if rules.colour_ok(value, c)] or [""])
    named = draw.random() < 0.4
    if not colour:
        return None, {}
    return (
        EditSpec(op, target, value, colour=colour),
        {"a": with_article(kind(value), colour if named else None)},
    )


def _room(scene: SceneSpec, items: list[ObjectSpec], side: str, amount: float) -> bool:
    """Whether things can move aside without covering others or leaving what they stand on."""
    if len(items) != 1 or items[0].on or items[0].entry.role != "object":
        return not items
    item = items[0]
    way = -amount if side == "left" else amount
    x0, y0, x1, y1 = item.box
    layout = Layout(random.Random(0), FREE, scene.backdrop, scene.horizon)
    layout.boxes = [other.box for other in scene.objects if other.uid != item.uid]
    return layout.free((x0 + way, y0, x1 + way, y1), 0.2)


def _add(scene: Scene, draw: random.Random, rules: Rules) -> EditSample | None:
    spec = scene.spec
    layout = Layout(draw, rules, spec.backdrop, spec.horizon)
    layout.items = list(spec.objects)
    layout.boxes = [item.box for item in spec.objects]
    key = layout.pick_kind(fitting(spec.backdrop))
    colour = layout.pick_colour(key, set())
    item = layout.make(key, colour, 0.85 * draw.uniform(0.9, 1.1))
    placed = layout.place(item)
    uid = max((item.uid for item in spec.objects), default=-1) + 1
    if placed is None:
        return None
    placed = replace(placed, uid=uid)
    edit = EditSpec("add", value=key, added=placed)
    if not _allowed(spec, edit, (), rules):
        return None
    where, template2 = _where(spec, placed, draw, rules)
    words = {"a": with_article(kind(key), colour), "where": where}
    template = choose("instructions", "add", rules, draw)
    return make_edit(
        scene,
        edit,
        instruction=template.format(**words),
        answer=table("answers")["add"].format(**words),
        category="add",
        templates=(template, template2),
    )


def _where(
    spec: SceneSpec, placed: ObjectSpec, draw: random.Random, rules: Rules
) -> tuple[str, str]:
    """Words for where a new object stands: beside something, or in a part of the picture."""
    after = spec.put(placed)
    near = [
        reference
        for reference in references(spec, "plain", draw, rules)
        if _beside(after, placed, reference)
    ]
    if near and draw.random() < 0.7:
        reference = draw.choice(near)
        return table("where")["next_to"].format(t=reference.text), reference.template
    x0, _, x1, _ = placed.box
    middle = (x0 + x1) / 2
    part = "left" if middle < 0.4 else "right" if middle > 0.6 else "middle"
    return table("where")[part], part


def _beside(after: SceneSpec, placed: ObjectSpec, reference: Reference) -> bool:
    return holds("next_to", placed, after.get(reference.owners[0]))


def _whole(scene: Scene, op: str, draw: random.Random, rules: Rules) -> EditSample | None:
    spec = scene.spec
    words: Words
    if op == "background":
        if spec.backdrop not in table("places") or any(
            i.entry.role != "object" for i in spec.objects
        ):
            return None
        value = draw.choice([p for p in table("places") if p != spec.backdrop])
        place, in_place = table("places")[value]
        words = {"place": place, "in_place": in_place}
    elif op == "weather":
        if spec.backdrop not in OUTDOOR:
            return None
        value = draw.choice([w for w in table("weather") if w != spec.weather])
        adjective, noun = table("weather")[value]
        words = {"weather": adjective, "noun": noun}
    elif op == "time":
        if spec.backdrop not in OUTDOOR:
            return None
        value = draw.choice([t for t in table("time") if t != spec.time])
        words = {"time": table("time")[value]}
    else:
        value = draw.choice([s for s in table("styles") if s != spec.style])
        words = {"style": table("styles")[value]}
    template = choose("instructions", op, rules, draw)
    return make_edit(
        scene,
        EditSpec(op, value=value),
        instruction=template.format(**words),
        answer=table("answers")[op].format(**words),
        category=op,
        templates=(template,),
    )
