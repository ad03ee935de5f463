"""Decides what is in a scene and where: from a seed to a scene's description.

Nothing here depends on a picture's size. It knows nothing of pixels.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from functools import cache

from smartedit_model.world.backdrops import shelf_levels
from smartedit_model.world.catalogue import kind, kinds
from smartedit_model.world.errors import UnknownNameError, WorldDataError
from smartedit_model.world.palette import colour_names
from smartedit_model.world.spec import (
    BACKDROPS,
    FLAT,
    OUTDOOR,
    Box,
    Mirrored,
    ObjectSpec,
    SceneSpec,
)
from smartedit_model.world.splits import Rules, held_colours_of, kinds_with_held_colours

FOCI = (
    "plain", "left_right", "size", "mirror", "colour", "multiple", "reasoning", "negation",
    "relation",
)  # fmt: skip
FREE = Rules()
CROWD = {1: 1.25, 2: 1.12, 3: 1.0, 4: 0.9, 5: 0.82, 6: 0.76}
ROOMY = ("room", "street", "field", "beach", "texture", "photo")
SUPPORTS = ("table", "sofa", "chair", "bookcase", "piano", "bed")


@cache
def fitting(backdrop: str) -> tuple[str, ...]:
    """The kinds that may stand before a backdrop."""
    found = []
    for key, entry in kinds().items():
        indoors = backdrop in ("shelf", "table")
        if entry.role != "object" or (indoors and not (entry.small and entry.place == "ground")):
            continue
        if backdrop == "room" and (entry.place == "air" or key in ("traffic_light", "mailbox")):
            continue
        found.append(key)
    return tuple(found)


@dataclass
class Layout:
    """A scene while it is being laid out."""

    draw: random.Random
    rules: Rules
    backdrop: str
    horizon: float
    items: list[ObjectSpec] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)

    @property
    def kinds(self) -> set[str]:
        """The kinds that are in the scene already."""
        return {item.kind for item in self.items}

    def pick_kind(self, among: tuple[str, ...]) -> str:
        """A kind that may join the scene and is not in it yet."""
        present = self.kinds
        for _ in range(40):
            key = self.draw.choice(among)
            if key not in present and self.rules.kind_ok(key, present):
                return key
        left = [k for k in among if k not in present and self.rules.kind_ok(k, present)]
        return left[0] if left else among[0]

    def pick_colour(self, key: str, avoid: set[str]) -> str:
        """A colour for a kind: usually one that it has in life, sometimes any."""
        usual = kind(key).colours
        for _ in range(40):
            likely = self.draw.random() < 0.62
            colour = self.draw.choice(usual if likely else colour_names())
            if colour not in avoid and self.rules.colour_ok(key, colour):
                return colour
        return next(c for c in colour_names() if c not in avoid and self.rules.colour_ok(key, c))

    def make(self, key: str, colour: str, scale: float) -> ObjectSpec:
        """An object with its own shape, not yet placed."""
        draw = self.draw
        entry = kind(key)
        still = entry.role != "object" or entry.top is not None or entry.group == "vehicle"
        return ObjectSpec(
            uid=len(self.items) + 1,
            kind=key,
            colour=colour,
            x=0.5,
            y=0.9,
            scale=scale,
            flip=draw.random() < 0.5,
            wide=draw.uniform(0.9, 1.12),
            taper=0.0 if still else draw.uniform(-0.09, 0.09),
            lean=0.0 if still else draw.uniform(-0.06, 0.06),
            variant=draw.randrange(12),
            turn=0.0 if still else draw.uniform(-4, 4),
            paint_seed=draw.randrange(1 << 16),
        )

    def depth(self, y: float) -> float:
        """How large things look that stand at a height of the picture."""
        if self.backdrop in ("shelf", *FLAT):
            return 0.95
        return 0.76 + 0.4 * (y - self.horizon) / (1.0 - self.horizon)

    def spot(self, item: ObjectSpec) -> tuple[float, float]:
        """A height for an object's foot, and its depth factor."""
        draw = self.draw
        if self.backdrop == "shelf":
            return draw.choice(shelf_levels(self.horizon)), 0.95
        if self.backdrop in FLAT:
            return draw.uniform(0.36, 0.97), 0.95
        if item.entry.place == "air":
            return draw.uniform(0.3, max(0.34, self.horizon)), 0.9
        low = self.horizon + (0.14 if self.backdrop == "street" else 0.07)
        y = draw.uniform(low, 0.955)
        return y, self.depth(y)

    def place(self, item: ObjectSpec, *, loose: float = 0.16, tries: int = 60) -> ObjectSpec | None:
        """Puts an object where it hides little of the others; None when there is no room."""
        for attempt in range(tries):
            y, depth = self.spot(item)
            shrink = 1.0 if attempt < tries // 2 else 0.86
            moved = _moved(item, 0.5, y, item.scale * depth * shrink)
            x0, y0, x1, _ = moved.box
            if y0 < 0.015 or x1 - x0 > 0.92:
                continue
            low, high = 0.5 - x0 + 0.02, 0.98 - (x1 - 0.5)
            moved = _moved(moved, self.draw.uniform(low, high), y, moved.scale)
            if self.free(moved.box, loose):
                return self.add(moved)
        return None

    def free(self, box: Box, loose: float) -> bool:
        """Whether a box overlaps no other by more than a share of the smaller one."""
        x0, y0, x1, y1 = box
        area = (x1 - x0) * (y1 - y0)
        for a, b, c, d in self.boxes:
            width, height = min(x1, c) - max(x0, a), min(y1, d) - max(y0, b)
            if width > 0 and height > 0:
                smaller = min(area, (c - a) * (d - b))
                if width * height > loose * smaller:
                    return False
                middle = (x0 + x1) / 2 - (a + c) / 2
                if abs(middle) < 0.05:
                    return False
        return True

    def add(self, item: ObjectSpec) -> ObjectSpec:
        """Takes an object into the scene."""
        self.items.append(item)
        self.boxes.append(item.box)
        return item

    def put_on(self, item: ObjectSpec, support: ObjectSpec) -> ObjectSpec | None:
        """Stands an object on another's surface; None when it does not fit."""
        top = support.entry.top
        if top is None:
            return None
        wide = support.unit * support.wide
        # A mirrored piece of furniture has its surface mirrored too.
        left, right = (-top[1], -top[0]) if support.flip else (top[0], top[1])
        low, high = support.x + left * wide, support.x + right * wide
        x = self.draw.uniform(low + 0.02, high - 0.02) if high - low > 0.05 else (low + high) / 2
        y = support.y - top[2] * support.unit
        moved = _moved(item, x, y, item.scale * 0.72)
        moved = _with(moved, on=support.uid)
        x0, y0, x1, _ = moved.box
        others = [b for i, b in zip(self.items, self.boxes, strict=True) if i.uid != support.uid]
        probe = Layout(self.draw, self.rules, self.backdrop, self.horizon, [], others)
        if y0 < 0.01 or x0 < 0.01 or x1 > 0.99 or not probe.free(moved.box, 0.12):
            return None
        return self.add(moved)


def _moved(item: ObjectSpec, x: float, y: float, scale: float) -> ObjectSpec:
    return _with(item, x=x, y=y, scale=scale)


def _with(item: ObjectSpec, **changes: object) -> ObjectSpec:
    # `dataclasses.replace` runs the constructor's checks at several times the cost.
    copy = object.__new__(ObjectSpec)
    copy.__dict__.update(item.__dict__)
    copy.__dict__.pop("box", None)
    copy.__dict__.update(changes)
    return copy


def lay_out(seed: int, focus: str | None = None, rules: Rules = FREE) -> SceneSpec:
    """The description of the scene of a seed.

    Args:
        seed: any whole number; the same seed, focus and rules give the same scene.
        focus: one of `FOCI`, what the scene should be good to speak of; None for any.
        rules: what the scene may hold.
    """
    if focus is not None and focus not in FOCI:
        raise UnknownNameError("focus", focus, FOCI)
    for attempt in range(200):
        spec = _attempt(seed, attempt, focus, rules)
        if spec is not None and rules.scene_ok(spec):
            return spec
    raise WorldDataError(
        f"no scene with focus {focus!r} within {rules} in 200 tries; the held-out combinations"
        " of splits.py would have to be fewer"
    )


def _attempt(seed: int, attempt: int, focus: str | None, rules: Rules) -> SceneSpec | None:
    draw = random.Random(f"{seed}/{attempt}")
    focus = focus or draw.choice(FOCI)
    if focus == "mirror":
        backdrop = "room"
    else:
        backdrop = draw.choices(BACKDROPS, (3, 2, 3, 2, 2, 2, 1.5, 1.5))[0]
    horizon = draw.uniform(0.42, 0.56)
    layout = Layout(draw, rules, backdrop, horizon)
    if focus == "mirror":
        _mirror(layout)
    first = len(layout.items)
    same = {"left_right": (2, 4), "size": (2, 3), "colour": (2, 3), "multiple": (2, 3),
            "negation": (2, 3)}.get(focus)  # fmt: skip
    if focus == "relation" and draw.random() < 0.4:
        same = (2, 3)  # "the cup to the left of the dog" needs two cups
    if same:
        _repeated(layout, focus, draw.randint(*same))
        if len(layout.items) - first < 2:
            return None
    total = draw.randint(3, 5) if same else draw.randint(3, 6)
    if focus == "mirror":
        total = draw.randint(3, 4)
    crowd = CROWD[max(total, 3)]
    if backdrop == "room" and focus not in ("mirror",) and draw.random() < 0.3:
        _window(layout)
    if backdrop == "room" and (focus == "relation" or draw.random() < 0.35):
        _furnished(layout, crowd)
    _others(layout, total, crowd)
    if len(layout.items) < 2:
        return None
    weather = "clear"
    time = "day"
    # By night red and brown are hard to tell apart: not where the point is colour.
    if draw.random() < 0.16 and focus not in ("colour", "negation"):
        time = draw.choice(("sunset", "night")) if backdrop in (*OUTDOOR, "room") else "day"
    if backdrop in OUTDOOR and draw.random() < 0.1:
        weather = draw.choice(("rain", "snow", "fog"))
    look = draw.randrange(1 << 30)
    return SceneSpec(seed, backdrop, look, horizon, tuple(layout.items), weather, time)


def _first_of(layout: Layout, among: tuple[str, ...]) -> tuple[str, str]:
    """A kind and colour; in test scenes, often a combination that train never shows."""
    if layout.rules.held_scenes and layout.draw.random() < 0.75:
        held = [key for key in among if key in set(kinds_with_held_colours())]
        if held:
            key = layout.draw.choice(held)
            return key, layout.draw.choice(held_colours_of(key))
    key = layout.pick_kind(among)
    return key, layout.pick_colour(key, set())


def _repeated(layout: Layout, focus: str, count: int) -> None:
    """Several objects of one kind that differ in what the focus speaks of."""
    draw = layout.draw
    key, colour = _first_of(layout, fitting(layout.backdrop))
    same_look = focus in ("left_right", "size") and draw.random() < 0.5
    crowd = CROWD[count + 1] * (0.92 if kind(key).scale > 0.4 else 1.0)
    sizes = [1.0] * count
    if focus == "size":
        sizes = [1.25, 0.72] if count == 2 else [1.3, 0.9, 0.6]
        draw.shuffle(sizes)
    used = {colour}
    base = layout.make(key, colour, 1.0)
    for i in range(count):
        item = layout.make(key, colour, crowd * sizes[i] * draw.uniform(0.95, 1.05))
        if i and not (same_look or (focus == "multiple" and draw.random() < 0.5)):
            tint = layout.pick_colour(key, used)
            used.add(tint)
            item = _with(item, colour=tint)
        if same_look:
            item = _with(item, paint_seed=base.paint_seed, variant=base.variant)
        layout.place(item, loose=0.1)


def _others(layout: Layout, total: int, crowd: float) -> None:
    for _ in range(total - len(layout.items)):
        among = fitting(layout.backdrop)
        if not layout.items:
            key, colour = _first_of(layout, among)
        else:
            key = layout.pick_kind(among)
            colour = layout.pick_colour(key, set())
        layout.place(layout.make(key, colour, crowd * layout.draw.uniform(0.88, 1.12)))


def _furnished(layout: Layout, crowd: float) -> None:
    """A piece of furniture with one or two small things on it."""
    draw = layout.draw
    key = layout.pick_kind(SUPPORTS)
    item = layout.make(key, layout.pick_colour(key, set()), crowd * draw.uniform(1.0, 1.15))
    support = layout.place(item)
    if support is None:
        return
    small = tuple(k for k in fitting("table") if kinds()[k].scale <= 0.3)
    for _ in range(draw.randint(1, 2)):
        key = layout.pick_kind(small)
        layout.put_on(layout.make(key, layout.pick_colour(key, set()), crowd), support)


def _mirror(layout: Layout) -> None:
    """A mirror on the floor, and something beside it that it shows."""
    draw = layout.draw
    mirror = layout.make("mirror", layout.pick_colour("mirror", set()), draw.uniform(0.86, 1.0))
    x, y = draw.uniform(0.3, 0.7), layout.horizon + draw.uniform(0.05, 0.1)
    mirror = layout.add(_with(mirror, x=x, y=y, wide=draw.uniform(1.25, 1.5), flip=False))
    among = tuple(k for k in fitting("room") if kinds()[k].top is None)
    key, colour = _first_of(layout, among)
    if not layout.rules.kind_ok(key, {"mirror"}):
        key = layout.pick_kind(among)
        colour = layout.pick_colour(key, set())
    item = layout.make(key, colour, draw.uniform(0.8, 0.95))
    x0, _, x1, _ = item.box
    width, half = x1 - x0, (mirror.box[2] - mirror.box[0]) / 2
    side = 1 if x < 0.5 else -1
    at = x + side * (half + 0.36 * width)
    foot = min(y + draw.uniform(0.1, 0.22), 0.95)
    item = _with(item, x=min(max(at, width / 2 + 0.01), 0.99 - width / 2), y=foot, turn=0.0)
    layout.add(item)
    layout.items[0] = _with(mirror, shows=(Mirrored(item.uid),))


def _window(layout: Layout) -> None:
    draw = layout.draw
    window = layout.make("window", layout.pick_colour("window", set()), draw.uniform(0.75, 1.0))
    y = layout.horizon - draw.uniform(0.05, 0.1)
    window = _with(window, x=draw.uniform(0.22, 0.78), y=y, wide=1.0, flip=False)
    # Things may stand before a window: only its upper half is kept free.
    layout.items.append(window)
    x0, y0, x1, y1 = window.box
    layout.boxes.append((x0, y0, x1, y0 + 0.5 * (y1 - y0)))
