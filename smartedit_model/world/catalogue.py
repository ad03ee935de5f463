"""The kinds of object of the world: their drawings, names, usual colours and places.

It knows nothing of pixels or scenes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np

from smartedit_model.world.drawing import Drawing, parse
from smartedit_model.world.errors import UnknownNameError, WorldDataError
from smartedit_model.world.palette import colour_names, load_data

FILES = ("animals", "food", "vehicles", "home", "play", "tools", "clothing", "people", "fixtures")
PLACES = ("ground", "air", "wall")
ROLES = ("object", "mirror", "window")


@dataclass(frozen=True, eq=False)
class Kind:
    """One kind of object.

    Attributes:
        key: the kind's key, as `ice_cream`.
        name: what a person calls it, as `ice cream`.
        plural: the same for several.
        group: its family, as `animal`; see `groups.yaml` for their names.
        scale: height of 100 drawing units as a fraction of the picture, in the front.
        colours: the colours it usually has, the likeliest first.
        place: `ground`, `air` or `wall`.
        small: whether it can stand on a piece of furniture.
        role: `mirror` and `window` reflect.
        top: x from, x to and y of a surface things can stand on, in drawing units.
        glass: x0, y0, x1, y1 of what reflects, in drawing units.
        parts: parts that can be spoken of.
        variants: its drawings.
        fill: share of its box that its silhouette covers, in [0, 1].
    """

    key: str
    name: str
    plural: str
    group: str
    scale: float
    colours: tuple[str, ...]
    place: str
    small: bool
    role: str
    top: tuple[float, float, float] | None
    glass: tuple[float, float, float, float] | None
    parts: tuple[str, ...]
    variants: tuple[Drawing, ...]
    fill: float


@cache
def kinds() -> dict[str, Kind]:
    """Every kind of the world by its key, in a fixed order."""
    found: dict[str, Kind] = {}
    for name in FILES:
        for key, entry in load_data(f"kinds_{name}.yaml").items():
            found[key] = _kind(key, entry)
    return found


def kind(key: str) -> Kind:
    """The kind of a key.

    Raises:
        UnknownNameError: there is none; the message lists them all.
    """
    found = kinds().get(key)
    if found is None:
        raise UnknownNameError("kind", key, kinds())
    return found


@cache
def members(group: str) -> tuple[str, ...]:
    """The kinds of a group; `food` holds fruit, vegetables and sweets too."""
    wanted = ("food", "fruit", "vegetable", "sweet") if group == "food" else (group,)
    return tuple(key for key, entry in kinds().items() if entry.group in wanted)


def _kind(key: str, entry: dict[str, Any]) -> Kind:
    place, role = entry.get("place", "ground"), entry.get("role", "object")
    if place not in PLACES or role not in ROLES:
        raise WorldDataError(
            f"kind {key!r}: place {place!r} of {PLACES} and role {role!r} of {ROLES} were expected"
        )
    for colour in entry["colours"]:
        if colour not in colour_names():
            raise WorldDataError(f"kind {key!r}: {colour!r} is not one of {colour_names()}")
    name = entry.get("name", key.replace("_", " "))
    variants = parse(key, entry["draw"])
    top, glass = entry.get("top"), entry.get("glass")
    return Kind(
        key=key,
        name=name,
        plural=entry.get("plural", name + "s"),
        group=entry["group"],
        scale=float(entry["scale"]),
        colours=tuple(entry["colours"]),
        place=place,
        small=bool(entry.get("small", False)),
        role=role,
        top=(float(top[0]), float(top[1]), float(top[2])) if top else None,
        glass=(float(glass[0]), float(glass[1]), float(glass[2]), float(glass[3]))
        if glass
        else None,
        parts=tuple(entry.get("parts", ())),
        variants=variants,
        fill=_fill(variants[0]),
    )


def _fill(drawing: Drawing) -> float:
    """The share of a drawing's box that its silhouette covers."""
    side = 64
    x0, y0, x1, y1 = drawing.box
    image = np.zeros((side, side), np.uint8)
    points = ((drawing.points - [x0, y0]) / [x1 - x0, y1 - y0] * (side - 1)).round()
    for shape in drawing.shapes:
        cv2.fillPoly(image, [points[a:b].astype(np.int32) for a, b in shape.loops], 1)
    return float(image.mean())
