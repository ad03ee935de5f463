"""A drawn scene: its picture, every object's exact visible mask, attributes and scene graph."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from smartedit_model.world.canvas import Image
from smartedit_model.world.layout import FREE, lay_out
from smartedit_model.world.relations import Relation, middle, relations
from smartedit_model.world.render import REFLECTED, render
from smartedit_model.world.spec import ObjectSpec, SceneSpec
from smartedit_model.world.splits import Rules

Mask = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True, eq=False)
class SceneObject:
    """One object as it is seen.

    Attributes:
        uid: its number in the scene.
        kind, name, group, colour: what it is.
        size_rank: 1 for the largest of the scene.
        position: one of `left`, `middle`, `right`.
        box: its bounds x0, y0, x1, y1 in scene units, hidden parts included.
        parts: parts that can be spoken of.
        on: uid of what it stands on, or 0.
        mask: HW bool, True where it is seen.
        reflection: HW bool, True where a mirror shows it.
    """

    uid: int
    kind: str
    name: str
    group: str
    colour: str
    size_rank: int
    position: str
    box: tuple[float, float, float, float]
    parts: tuple[str, ...]
    on: int
    mask: Mask
    reflection: Mask


@dataclass(frozen=True, eq=False)
class Scene:
    """A drawn scene.

    Attributes:
        spec: what it was drawn from.
        image: HWC uint8, RGB, [0, 255].
        owner: HW uint8: 0 backdrop, an object's uid, or 128 + uid for its reflection.
    """

    spec: SceneSpec
    image: Image
    owner: Image

    @property
    def size(self) -> int:
        """Side of the picture in pixels."""
        return int(self.image.shape[0])

    def mask(self, *owners: int) -> Mask:
        """HW bool: True where any of the objects (or reflections, 128 + uid) is seen."""
        table = np.zeros(256, bool)
        table[list(owners)] = True
        return table[self.owner]

    @cached_property
    def objects(self) -> tuple[SceneObject, ...]:
        """Every object with its attributes and mask, by uid."""
        by_area = sorted(self.spec.objects, key=lambda item: -item.area)
        ranks = {item.uid: rank for rank, item in enumerate(by_area, 1)}
        return tuple(self._object(item, ranks[item.uid]) for item in self.spec.objects)

    def _object(self, item: ObjectSpec, rank: int) -> SceneObject:
        entry, at = item.entry, middle(item)
        return SceneObject(
            uid=item.uid,
            kind=item.kind,
            name=entry.name,
            group=entry.group,
            colour=item.colour,
            size_rank=rank,
            position="left" if at < 0.38 else "right" if at > 0.62 else "middle",
            box=item.box,
            parts=entry.parts,
            on=item.on,
            mask=self.mask(item.uid),
            reflection=self.mask(REFLECTED + item.uid),
        )

    @cached_property
    def graph(self) -> tuple[Relation, ...]:
        """Every relation that clearly holds between two objects."""
        return relations(self.spec)


def draw_scene(spec: SceneSpec, size: int) -> Scene:
    """Draws a description."""
    drawn = render(spec, size)
    return Scene(spec, drawn.image, drawn.owner)


def make_scene(seed: int, size: int = 128, focus: str | None = None, rules: Rules = FREE) -> Scene:
    """The scene of a seed: the same at every size and in every process.

    Args:
        seed: any whole number.
        size: side of the picture in pixels, 32 to 2048.
        focus: one of `layout.FOCI`, what the scene should be good to speak of; None for any.
        rules: what the scene may hold; `rules_of(split)` for a split.
    """
    return draw_scene(lay_out(seed, focus, rules), size)
