"""Finds expressions that pick exactly what they mean in a given scene, by category.

Every proposal is checked by resolving its query in the scene; what is ambiguous or unclear is
dropped. The wordings follow the rules of a split.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from smartedit_model.world.catalogue import kind, kinds, members
from smartedit_model.world.errors import UnknownNameError
from smartedit_model.world.facts import facts
from smartedit_model.world.layout import FREE
from smartedit_model.world.palette import colour_names
from smartedit_model.world.query import Query, resolve
from smartedit_model.world.spec import ObjectSpec, SceneSpec
from smartedit_model.world.splits import Rules, held_colour
from smartedit_model.world.wordings import choose, choose_fact, table

CATEGORIES = (
    "left_right", "size", "mirror", "colour", "multiple", "reasoning", "plain", "negation",
    "relation", "none",
)  # fmt: skip
Slots = dict[str, str]
Proposal = tuple[str, Query, Slots]


@dataclass(frozen=True)
class Reference:
    """An expression and what it picks.

    Attributes:
        text: the words, as "the second cup from the left".
        query: their meaning.
        category: one of `CATEGORIES`.
        form: which form of wording, or `fact`.
        template: the wording before its slots were filled; a fact's own words.
        owners: what it picks, uids or 128 + uid for reflections; empty in category `none`.
    """

    text: str
    query: Query
    category: str
    form: str
    template: str
    owners: tuple[int, ...]


def references(
    spec: SceneSpec, category: str, draw: random.Random, rules: Rules = FREE
) -> list[Reference]:
    """Every expression of a category that is clear in the scene, each in one drawn wording."""
    if category not in CATEGORIES:
        raise UnknownNameError("category", category, CATEGORIES)
    found = []
    for form, query, slots in PROPOSERS[category](spec):
        if rules.held_scenes is False and _names_held_out(query):
            continue
        owners = resolve(query, spec)
        wanted = not owners if category == "none" else len(owners) >= 1
        enough = query.several or len(owners) <= 1
        if wanted and enough and (category == "none" or len(owners) > 1 or not query.several):
            found.append(_worded(form, query, slots, category, owners, draw, rules))
    return found


def _names_held_out(query: Query) -> bool:
    """Whether the words alone, as of a thing that is not there, would name what is held out."""
    return any(
        held_colour(key, colour)
        for key in (query.kind,)
        for colour in (query.colour, query.not_colour)
        if key is not None and colour is not None
    )


def _worded(
    form: str,
    query: Query,
    slots: Slots,
    category: str,
    owners: tuple[int, ...],
    draw: random.Random,
    rules: Rules,
) -> Reference:
    if form == "fact":
        template = choose_fact(query.fact or "", rules, draw)
        return Reference(template, query, category, form, template, owners)
    template = choose("targets", form, rules, draw)
    return Reference(template.format(**slots), query, category, form, template, owners)


def _names(key: str, **more: str) -> Slots:
    entry = kind(key)
    return {"kind": entry.name, "kinds": entry.plural, **more}


def _things(spec: SceneSpec) -> list[ObjectSpec]:
    return [item for item in spec.objects if item.entry.role == "object"]


def _counts(spec: SceneSpec) -> Counter[str]:
    return Counter(item.kind for item in _things(spec))


def _unique(spec: SceneSpec) -> list[str]:
    return [key for key, count in _counts(spec).items() if count == 1]


def _repeated(spec: SceneSpec) -> list[tuple[str, int]]:
    return [(key, count) for key, count in _counts(spec).items() if count > 1]


def _speaks_of_any(spec: SceneSpec) -> bool:
    """Whether "the largest object" is to be spoken of: in a third of the scenes without glass.

    In all, it would crowd out the comparisons within one kind.
    """
    return spec.look % 3 == 0 and all(item.entry.role == "object" for item in spec.objects)


def _mirrored(spec: SceneSpec) -> set[int]:
    return {
        shown.uid
        for glass in spec.objects
        if glass.entry.role == "mirror"
        for shown in glass.shows
        if not shown.hidden
    }


def _plain(spec: SceneSpec) -> Iterator[Proposal]:
    shown = {spec.get(uid).kind for uid in _mirrored(spec)}
    for key in _unique(spec):
        # With a reflection in the picture, "the cat" may mean either.
        if key not in shown:
            yield "plain", Query(kind=key), _names(key)


def _left_right(spec: SceneSpec) -> Iterator[Proposal]:
    ordinals: list[str] = load_ordinals()
    for key, count in _repeated(spec):
        for side in ("left", "right"):
            yield "extreme", Query(kind=key, side=side, ordinal=1), _names(key, side=side)
            for n in range(2, count + 1) if count > 2 else ():
                query = Query(kind=key, side=side, ordinal=n)
                names = _names(key, side=side, ordinal=ordinals[n - 1], number=str(n))
                yield "ordinal", query, names
        if count == 3:
            yield "middle", Query(kind=key, side="middle"), _names(key)
    if _speaks_of_any(spec):
        for side in ("left", "right"):
            yield "extreme_any", Query(side=side, ordinal=1), {"side": side}


def load_ordinals() -> list[str]:
    """The words for first, second and so on."""
    found: list[str] = list(table("ordinals"))
    return found


SIZES = {
    "largest": {"size2": "bigger", "size3": "biggest", "size4": "greater"},
    "smallest": {"size2": "smaller", "size3": "smallest", "size4": "lesser"},
}


def _size(spec: SceneSpec) -> Iterator[Proposal]:
    for size, words in SIZES.items():
        for key, count in _repeated(spec):
            form = "bigger" if count == 2 else "largest"
            yield form, Query(kind=key, size=size), _names(key, **words)
        if _speaks_of_any(spec):
            yield "largest_any", Query(size=size), dict(words)


def _mirror(spec: SceneSpec) -> Iterator[Proposal]:
    for uid in _mirrored(spec):
        key = spec.get(uid).kind
        if _counts(spec)[key] == 1:
            yield "inside", Query(kind=key, mirror="inside"), _names(key)
            yield "outside", Query(kind=key, mirror="outside"), _names(key)


def _colour(spec: SceneSpec) -> Iterator[Proposal]:
    shown = {spec.get(uid).kind for uid in _mirrored(spec)}
    for item in _things(spec):
        if item.kind in shown:
            continue
        query = Query(kind=item.kind, colour=item.colour)
        if _counts(spec)[item.kind] > 1:
            yield "colour", query, _names(item.kind, colour=item.colour)
        usual = [other for other in spec.objects if other.colour == item.colour]
        if len(usual) == 1 and not shown:
            yield "colour_any", Query(colour=item.colour), {"colour": item.colour}


def _multiple(spec: SceneSpec) -> Iterator[Proposal]:
    things = _things(spec)
    if _mirrored(spec):
        return
    for key, count in _repeated(spec):
        yield "all", Query(kind=key, several=True), _names(key)
        for item in things:
            if item.kind == key and count > 2:
                but = Query(kind=key, colour=item.colour)
                if len(resolve(but, spec)) == 1:
                    query = Query(kind=key, but=but, several=True)
                    yield "all_but_one", query, _names(key, colour=item.colour)
    for colour in {item.colour: None for item in things}:
        yield "all_colour", Query(colour=colour, several=True), {"colour": colour}
    for group, (one, many) in table("groups").items():
        query = Query(group=group, several=True)
        yield "all_group", query, {"group": one, "groups": many}
    unique = _unique(spec)
    if len(things) == len(spec.objects):
        for key in unique:
            yield "all_but", Query(but=Query(kind=key), several=True), _names(key)
    for i, key in enumerate(unique):
        for other in unique[i + 1 :]:
            query = Query(kind=key, also=Query(kind=other), several=True)
            yield "pair", query, _names(key, kind2=kind(other).name)


def _reasoning(spec: SceneSpec) -> Iterator[Proposal]:
    shown = {spec.get(uid).kind for uid in _mirrored(spec)}
    present = {item.kind for item in spec.objects}
    for key, entry in facts().items():
        hits = entry.fits & present
        # A mirror or window counts too: what tells who is fairest must not be in sight unasked.
        if len(hits) == 1 and not hits & shown:
            (only,) = hits
            role = kind(only).role
            yield "fact", Query(kind=None if role == "object" else only, fact=key), {}


def _negation(spec: SceneSpec) -> Iterator[Proposal]:
    if _mirrored(spec):
        return
    for key, count in _repeated(spec):
        for item in _things(spec):
            if item.kind == key and count == 2:
                query = Query(kind=key, not_colour=item.colour)
                yield "not_colour", query, _names(key, colour=item.colour)
    for group, (one, _) in table("groups").items():
        inside = [item.kind for item in _things(spec) if item.kind in members(group)]
        if len(inside) == 2 and inside[0] != inside[1]:
            for key in inside:
                yield "not_kind", Query(group=group, not_kind=key), _names(key, group=one)


def _relation(spec: SceneSpec) -> Iterator[Proposal]:
    shown = {spec.get(uid).kind for uid in _mirrored(spec)}
    unique = [
        item.kind
        for item in spec.objects
        if sum(other.kind == item.kind for other in spec.objects) == 1 and item.kind not in shown
    ]
    for other in unique:
        anchor = Query(kind=other)
        for name, form in (("next_to", "thing_next_to"), ("on", "thing_on")):
            yield form, Query(relation=name, other=anchor), {"other": kind(other).name}
        for key, _ in _repeated(spec):
            for name in ("left_of", "right_of"):
                query = Query(kind=key, relation=name, other=anchor)
                yield name, query, _names(key, other=kind(other).name)
        for key in _counts(spec):
            if key == other or key in shown:
                continue
            for name in ("next_to", "on", "in_front_of"):
                query = Query(kind=key, relation=name, other=anchor)
                yield name, query, _names(key, other=kind(other).name)


def _none(spec: SceneSpec) -> Iterator[Proposal]:
    """Expressions that speak of something that is not there."""
    draw = random.Random(spec.look ^ 0x5EED)
    present = {item.kind for item in spec.objects}
    absent = [key for key in kinds() if key not in present]
    for key in draw.sample(absent, 4):
        yield "plain", Query(kind=key), _names(key)
    for key, count in _counts(spec).items():
        colours = {item.colour for item in spec.objects if item.kind == key}
        other = draw.choice([colour for colour in colour_names() if colour not in colours])
        yield "colour", Query(kind=key, colour=other), _names(key, colour=other)
        if 2 <= count < 5:
            side = draw.choice(("left", "right"))
            names = _names(key, side=side, ordinal=load_ordinals()[count], number=str(count + 1))
            yield "ordinal", Query(kind=key, side=side, ordinal=count + 1), names
    if not _mirrored(spec):
        key = draw.choice(sorted(present))
        yield "inside", Query(kind=key, mirror="inside"), _names(key)
    far = [key for key, entry in facts().items() if not entry.fits & present]
    for key in draw.sample(far, 4):
        yield "fact", Query(fact=key), {}


PROPOSERS = {
    "plain": _plain,
    "left_right": _left_right,
    "size": _size,
    "mirror": _mirror,
    "colour": _colour,
    "multiple": _multiple,
    "reasoning": _reasoning,
    "negation": _negation,
    "relation": _relation,
    "none": _none,
}
