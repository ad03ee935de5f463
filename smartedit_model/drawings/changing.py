"""The ``Editor`` that changes what stands in drawings: removes, recolours, moves and turns it.

It reads a step's typed wish and the target's outline, never its words. What it cannot tell well
enough it declines, and the photographic tools do it instead.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from smartedit_model.drawings import CHANGES_EDITOR
from smartedit_model.drawings.clearing import cleared
from smartedit_model.drawings.editing import DrawingEditor, declined, outcome
from smartedit_model.drawings.moving import (
    displaced,
    enlarged,
    mirrored_there,
    shifted,
    turned_there,
)
from smartedit_model.drawings.naming import colour_of, kinds_meant
from smartedit_model.drawings.recolouring import painting
from smartedit_model.drawings.replacing import things_of
from smartedit_model.drawings.surroundings import SURE, Standing, Surroundings, unit_of
from smartedit_model.world.catalogue import kinds
from smartedit_model.world.palette import Colour, rgb
from tools import oklab
from tools.colour_names import bytes_of, names_colour, rgb_of
from tools.editing import EditOutcome, EditRequest, Wish
from tools.inpaint import MOST
from tools.masks import area_share, iou
from tools.operation import HardMask, Rgb, ToolContext
from tools.recolor import tempered

WAYS = {"left": (-1.0, 0.0), "right": (1.0, 0.0), "up": (0.0, -1.0), "down": (0.0, 1.0)}
"""Direction of a move -> to the right, and down."""
USUAL = 0.1
"""Share of the picture's side that a thing is moved by where nobody said."""
IS = 0.4
"""Overlap from which what is seen there is the thing."""


def _without(
    request: EditRequest, wish: Wish, things: list[HardMask], around: Surroundings
) -> tuple[Rgb, str]:
    """The things and their shadows gone, or why they cannot be taken away."""
    image = request.image
    hole = np.logical_or.reduce(things) if request.mask is None else request.mask
    if area_share(hole) > MOST:
        return image, f"what is to go covers more than {MOST:.0%} of the picture"
    context = ToolContext(image, seed=request.seed, cancelled=request.cancelled)
    return cleared(image, hole, things, around, context, shaded=not around.flat), ""


def _in_colour(
    request: EditRequest, wish: Wish, things: list[HardMask], around: Surroundings
) -> tuple[Rgb, str]:
    """The things in another colour, or why that cannot be told."""
    image = request.image
    colour = _rgb(_colour(wish))
    for thing in things:
        standing = _standing(thing, around)
        outlines = [thing] if standing is None else [standing.mask, thing]
        found = painting(image, outlines, _kinds(standing, wish), around)
        if found is None:
            return request.image, "how it is painted cannot be told"
        image = found.with_main(image, _tempered(found.main, colour, wish))
    if request.mask is not None:
        image = np.where(request.mask[:, :, None], image, request.image)
    return image, ""


def _elsewhere(
    request: EditRequest, wish: Wish, things: list[HardMask], around: Surroundings
) -> tuple[Rgb, str]:
    """The things larger, smaller, turned or elsewhere, or why they cannot be."""
    image = request.image
    if area_share(np.logical_or.reduce(things)) > MOST:
        return image, f"what is to change covers more than {MOST:.0%} of the picture"
    seen = [_standing(thing, around) for thing in things]
    hung = [one is not None and kinds()[one.kind].place != "ground" for one in seen]
    if wish.op == "resize":
        factor = float(wish.params["factor"])
        shifts = [
            enlarged(thing, factor, middle=high) for thing, high in zip(things, hung, strict=True)
        ]
    elif wish.op == "flip":
        shifts = [mirrored_there(thing, str(wish.params["axis"])) for thing in things]
    elif wish.op == "rotate":
        shifts = [turned_there(thing, float(wish.params["degrees"])) for thing in things]
    else:
        across, down = WAYS[str(wish.params["direction"])]
        amount = float(wish.params.get("amount") or USUAL)
        shifts = [displaced(thing, across * amount, down * amount) for thing in things]
    width, height = (side / unit_of(image.shape) for side in image.shape[1::-1])
    for shift in shifts:
        x0, y0, x1, y1 = shift.landing
        if x1 <= 0 or y1 <= 0 or x0 >= width or y0 >= height:
            return image, "it would be out of the picture"
    shaded = not (around.flat or all(hung))
    context = ToolContext(image, seed=request.seed, cancelled=request.cancelled)
    return shifted(image, shifts, around, context, shaded=shaded), ""


_MAKERS = {
    "remove": _without, "recolor": _in_colour, "resize": _elsewhere, "move": _elsewhere,
    "flip": _elsewhere, "rotate": _elsewhere,
}  # fmt: skip
_AXES = ("horizontal", "vertical")


def _fault(wish: Wish | None) -> str:
    """Why a wish is not for this editor; empty where it is."""
    if wish is None:
        return "it was not told what to change"
    if wish.op not in _MAKERS or wish.target.is_whole_image:
        return "it removes, recolours, resizes, moves, mirrors and turns things"
    if wish.op == "recolor" and not names_colour(_colour(wish)):
        return f"{_colour(wish)!r} is no colour"
    if wish.op == "resize" and not isinstance(wish.params.get("factor"), int | float):
        return "it was not told how large"
    if wish.op == "move" and wish.params.get("direction") not in WAYS:
        return f"it moves things {', '.join(WAYS)}"
    if wish.op == "flip" and wish.params.get("axis") not in _AXES:
        return f"it mirrors things {', '.join(_AXES)}"
    if wish.op == "rotate" and not wish.params.get("degrees"):
        return "it was not told how far to turn it"
    return ""


def _standing(thing: HardMask, around: Surroundings) -> Standing | None:
    """What is seen where a thing is."""
    found = [(iou(thing, other.mask), other) for other in around.things]
    overlap, best = max(found, key=lambda one: one[0], default=(0.0, None))
    return best if overlap >= IS else None


def _kinds(standing: Standing | None, wish: Wish) -> Iterable[str]:
    """The kinds that a thing may be: what is surely seen, or the words call it; else any."""
    if standing is not None and standing.sure >= SURE:
        return (standing.kind,)
    meant = kinds_meant(wish.target)
    return meant if len(meant) == 1 else kinds()


def _tempered(old: Colour, new: Colour, wish: Wish) -> Colour:
    """The paint that was asked for, paler or deeper where the wish says so."""
    depth = float(wish.params.get("strength", 1.0))
    if depth == 1:
        return new
    was, wanted = (oklab.from_display(np.asarray(one) / 255) for one in (old, new))
    red, green, blue = bytes_of(tempered(was, wanted, depth))
    return (float(red), float(green), float(blue))


def _colour(wish: Wish) -> str:
    return str(wish.params.get("colour", ""))


def _rgb(name: str) -> Colour:
    """The world's own colour of a name, or what everybody calls so."""
    own = colour_of(name)
    if own:
        return rgb(own)
    red, green, blue = rgb_of(name)
    return (float(red), float(green), float(blue))


class DrawnChanges(DrawingEditor):
    """Changes what stands in drawings; see ``DrawingEditor`` for its arguments."""

    name = CHANGES_EDITOR
    version = "1"
    ops = frozenset(_MAKERS)
    takes = "changes what stands in drawings"

    def _refusal(self, wish: Wish | None) -> str:
        fault = _fault(wish)
        return f"{self.name}: {fault}" if fault else ""

    def _made(self, request: EditRequest, wish: Wish) -> EditOutcome:
        thing = request.thing if request.thing is not None else request.mask
        if thing is None or not thing.any():
            return declined(request, f"{self.name} was not told where the thing is")
        around = self._look(request.image)
        request.progress(0.5)
        things = things_of(thing, wish.target, around)
        image, fault = _MAKERS[wish.op](request, wish, things, around)
        if fault:
            return declined(request, f"{self.name}: {fault}")
        return outcome(
            request,
            image,
            "changed as the drawn world draws it",
            {"light": around.time, "weather": around.weather, "style": around.style},
        )
