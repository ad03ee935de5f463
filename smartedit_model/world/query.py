"""What an expression means: a structured query, and the objects of a scene that it picks.

Only clear cases are picked: sizes that are nearly equal, or places that nearly coincide, pick
nothing, so a query that picks an object is one that a person would agree with. It knows no words.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from smartedit_model.world.catalogue import members
from smartedit_model.world.facts import fact
from smartedit_model.world.relations import holds, middle
from smartedit_model.world.render import REFLECTED, shown_in
from smartedit_model.world.spec import ObjectSpec, SceneSpec

CLEARLY_LARGER = 1.3  # ratio of areas
CLEARLY_APART = 0.06  # difference of x, as a share of the picture


@dataclass(frozen=True)
class Query:
    """A referring expression's meaning; every field narrows what it picks.

    Attributes:
        kind, group, colour: what the object is.
        not_kind, not_colour: what it is not.
        fact: id of a fact that it fits.
        relation, other: it stands in the relation to the one object that `other` picks.
        side, ordinal: it is the ordinal-th from the `left` or `right`; 0 with side `middle`.
        size: it is the `largest` or `smallest`.
        mirror: `inside` picks the reflection, `outside` the object that a mirror shows.
        but: what these pick is left out (or, with `also`, what is picked too).
        also: a second query whose objects are picked too.
        several: whether more than one object may be meant.
    """

    kind: str | None = None
    group: str | None = None
    colour: str | None = None
    not_kind: str | None = None
    not_colour: str | None = None
    fact: str | None = None
    relation: str | None = None
    other: Query | None = None
    side: str | None = None
    ordinal: int = 0
    size: str | None = None
    mirror: str | None = None
    but: Query | None = None
    also: Query | None = None
    several: bool = False


def resolve(query: Query, spec: SceneSpec) -> tuple[int, ...]:
    """The owners that a query picks: uids, or 128 + uid for reflections; empty when none.

    A query for one object that fits several picks them all: the caller sees that it is ambiguous.
    """
    if query.mirror == "inside":
        return _reflected(query, spec)
    pool = [item for item in spec.objects if _matches(item, query)]
    if query.mirror == "outside":
        shown = {m.uid for glass in _mirrors(spec) for m in glass.shows if not m.hidden}
        pool = [item for item in pool if item.uid in shown]
    if query.relation and query.other:
        others = resolve(query.other, spec)
        if len(others) != 1 or others[0] >= REFLECTED:
            return ()
        anchor = spec.get(others[0])
        pool = [i for i in pool if i.uid != anchor.uid and holds(query.relation, i, anchor)]
    if query.side:
        pool = _from_side(pool, query.side, query.ordinal)
    if query.size:
        pool = _by_size(pool, query.size)
    picked = [item.uid for item in pool]
    if query.but:
        left_out = set(resolve(query.but, spec))
        picked = [uid for uid in picked if uid not in left_out]
    if query.also:
        more = resolve(query.also, spec)
        picked = [*picked, *(m for m in more if m not in picked)] if picked and more else []
    return tuple(picked)


def _matches(item: ObjectSpec, query: Query) -> bool:
    entry = item.entry
    if query.kind is None and entry.role != "object":
        return False
    return (
        (query.kind is None or item.kind == query.kind)
        and (query.group is None or item.kind in members(query.group))
        and (query.colour is None or item.colour == query.colour)
        and item.kind != query.not_kind
        and item.colour != query.not_colour
        and (query.fact is None or item.kind in fact(query.fact).fits)
    )


def _mirrors(spec: SceneSpec) -> list[ObjectSpec]:
    return [item for item in spec.objects if item.entry.role == "mirror"]


def _reflected(query: Query, spec: SceneSpec) -> tuple[int, ...]:
    return tuple(
        REFLECTED + image.uid
        for glass in _mirrors(spec)
        for image in shown_in(glass, spec)
        if (query.kind is None or image.kind == query.kind)
        and (query.colour is None or image.colour == query.colour)
    )


def _from_side(pool: list[ObjectSpec], side: str, ordinal: int) -> list[ObjectSpec]:
    ordered = sorted(pool, key=middle, reverse=side == "right")
    at = [middle(item) for item in ordered]
    if len(ordered) < 2 or any(abs(b - a) < CLEARLY_APART for a, b in pairwise(at)):
        return []
    if side == "middle":
        return [ordered[1]] if len(ordered) == 3 else []
    return [ordered[ordinal - 1]] if 1 <= ordinal <= len(ordered) else []


def _by_size(pool: list[ObjectSpec], size: str) -> list[ObjectSpec]:
    ordered = sorted(pool, key=lambda item: item.area, reverse=size == "largest")
    if len(ordered) < 2:
        return []
    first, second = ordered[0].area, ordered[1].area
    ratio = first / second if size == "largest" else second / first
    return [ordered[0]] if ratio >= CLEARLY_LARGER else []
