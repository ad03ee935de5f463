"""How the objects of a scene stand to one another; only clear cases count."""

from __future__ import annotations

from dataclasses import dataclass

from smartedit_model.world.spec import ObjectSpec, SceneSpec

RELATIONS = ("left_of", "right_of", "on", "under", "next_to", "in_front_of", "behind", "in_mirror")
BESIDE = 0.05  # largest gap between neighbours
APART = 0.1  # smallest distance of middles that counts as left or right


@dataclass(frozen=True)
class Relation:
    """`subject` stands in relation `name` to `other`; both are uids."""

    name: str
    subject: int
    other: int


def middle(item: ObjectSpec) -> float:
    """The scene x of an object's middle."""
    x0, _, x1, _ = item.box
    return (x0 + x1) / 2


def holds(name: str, a: ObjectSpec, b: ObjectSpec) -> bool:
    """Whether `a` is clearly in the named relation to `b`."""
    if name == "left_of":
        return middle(a) < middle(b) - APART
    if name == "right_of":
        return middle(a) > middle(b) + APART
    if name == "on":
        return a.on == b.uid
    if name == "under":
        return b.on == a.uid
    if name == "next_to":
        return _next_to(a, b)
    if name == "in_front_of":
        return _overlap(a, b) and a.y > b.y + 0.05 and not a.on and not b.on
    if name == "behind":
        return holds("in_front_of", b, a)
    return any(shown.uid == a.uid and not shown.hidden for shown in b.shows)


def _overlap(a: ObjectSpec, b: ObjectSpec) -> bool:
    ax0, ay0, ax1, ay1 = a.box
    bx0, by0, bx1, by1 = b.box
    ground = a.entry.place == b.entry.place == "ground"
    return ground and min(ax1, bx1) - max(ax0, bx0) > 0.02 and min(ay1, by1) > max(ay0, by0)


def _next_to(a: ObjectSpec, b: ObjectSpec) -> bool:
    if a.on == b.uid or b.on == a.uid or (bool(a.on) != bool(b.on)):
        return False
    ax0, ay0, ax1, ay1 = a.box
    bx0, by0, bx1, by1 = b.box
    gap = max(ax0, bx0) - min(ax1, bx1)
    height = min(ay1, by1) - max(ay0, by0)
    return gap < BESIDE and height > 0.25 * min(ay1 - ay0, by1 - by0)


def relations(spec: SceneSpec) -> tuple[Relation, ...]:
    """Every relation that clearly holds in a scene."""
    return tuple(
        Relation(name, a.uid, b.uid)
        for a in spec.objects
        for b in spec.objects
        if a.uid != b.uid
        for name in RELATIONS
        if holds(name, a, b)
    )
