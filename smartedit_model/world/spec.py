"""The description of a scene: everything that a picture is drawn from, in scene units.

Scene units run from 0 to 1 over the picture's side, x to the right and y down, so a description is
the same at every resolution. It knows nothing of pixels.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from smartedit_model.world.catalogue import Kind, kind
from smartedit_model.world.drawing import Drawing

Box = tuple[float, float, float, float]
BACKDROPS = ("room", "street", "field", "beach", "shelf", "table", "texture", "photo")
OUTDOOR = ("street", "field", "beach")
FLAT = ("texture", "photo")
"""Backdrops before which things float, and cast no shadow."""
OPS = (
    "remove", "replace", "recolor", "add", "resize", "move", "background", "weather", "time",
    "style", "segment",
)  # fmt: skip
"""What an edit does. The columns of shipped weights are in this order."""
PLAN_OPS = {"style": "restyle", "time": "relight"}
"""The world's ops that a plan calls otherwise."""
WEATHERS = ("clear", "rain", "snow", "fog")
TIMES = ("day", "sunset", "night")
STYLES = ("none", "sketch", "sepia", "gray", "poster", "pixel", "watercolour", "neon")


@dataclass(frozen=True)
class Mirrored:
    """How an object shows in a glass, where that differs from the object itself."""

    uid: int
    kind: str | None = None
    colour: str | None = None
    hidden: bool = False


@dataclass(frozen=True)
class ObjectSpec:
    """One object of a scene.

    Attributes:
        uid: its number in the scene, from 1; edits keep it.
        kind: key of its kind.
        colour: name of its main colour.
        x: scene x of its foot's middle.
        y: scene y of its foot; in the air or on a wall, of its lowest point.
        scale: factor on the kind's own scale, depth included.
        flip: whether it is mirrored.
        wide, taper, lean: its own shape: stretch in x, narrowing upwards, shear.
        variant: which of the kind's drawings, modulo their number.
        turn: rotation in degrees about its foot.
        paint_seed: decides its tone, skin, hair and accent.
        on: uid of what it stands on, or 0.
        shows: what its glass shows, if it is a mirror or window.
    """

    uid: int
    kind: str
    colour: str
    x: float
    y: float
    scale: float = 1.0
    flip: bool = False
    wide: float = 1.0
    taper: float = 0.0
    lean: float = 0.0
    variant: int = 0
    turn: float = 0.0
    paint_seed: int = 0
    on: int = 0
    shows: tuple[Mirrored, ...] = ()

    @property
    def entry(self) -> Kind:
        """Its kind."""
        return kind(self.kind)

    @property
    def drawing(self) -> Drawing:
        """The variant of its kind that it shows."""
        variants = self.entry.variants
        return variants[self.variant % len(variants)]

    @property
    def unit(self) -> float:
        """Scene units of one drawing unit."""
        return self.entry.scale * self.scale / 100.0

    @cached_property
    def box(self) -> Box:
        """Its bounds x0, y0, x1, y1 in scene units, turn and lean left out."""
        x0, y0, x1, y1 = self.drawing.box
        if self.flip:
            x0, x1 = -x1, -x0
        unit = self.unit
        wide = unit * self.wide
        return (self.x + x0 * wide, self.y - y1 * unit, self.x + x1 * wide, self.y - y0 * unit)

    @property
    def area(self) -> float:
        """The area of its whole silhouette in scene units squared, about."""
        x0, y0, x1, y1 = self.box
        return (x1 - x0) * (y1 - y0) * self.entry.fill


@dataclass(frozen=True)
class SceneSpec:
    """A whole scene; objects come in no special order, depth follows from y.

    Attributes:
        seed: what it was made from; it drives details of the backdrop.
        backdrop: one of `BACKDROPS`.
        look: a number that decides the backdrop's colours and furnishing.
        horizon: scene y where wall meets floor, or land meets sky.
        objects: its objects.
        weather, time, style: the picture's general look.
    """

    seed: int
    backdrop: str
    look: int
    horizon: float
    objects: tuple[ObjectSpec, ...]
    weather: str = "clear"
    time: str = "day"
    style: str = "none"

    def get(self, uid: int) -> ObjectSpec:
        """The object of a number."""
        return next(item for item in self.objects if item.uid == uid)

    def without(self, uids: frozenset[int]) -> SceneSpec:
        """The scene without some objects; glasses no longer show them."""
        kept = tuple(
            replace(item, shows=tuple(m for m in item.shows if m.uid not in uids))
            if item.shows
            else item
            for item in self.objects
            if item.uid not in uids
        )
        return replace(self, objects=kept)

    def put(self, *items: ObjectSpec) -> SceneSpec:
        """The scene with objects of the same numbers put in place of the old, or added."""
        new = {item.uid: item for item in items}
        kept = [new.pop(item.uid, item) for item in self.objects]
        return replace(self, objects=(*kept, *new.values()))
