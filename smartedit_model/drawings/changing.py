"""The ``Editor`` that changes what stands in drawings: takes things away, gives them other colours.

It reads a step's typed wish and the target's outline, never its words. What it cannot tell well
enough it declines, and the photographic tools do it instead.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from smartedit_model.drawings import CHANGES_EDITOR
from smartedit_model.drawings.clearing import cleared
from smartedit_model.drawings.editing import DrawingEditor, declined
from smartedit_model.drawings.naming import colour_of, kinds_meant
from smartedit_model.drawings.recolouring import painting
from smartedit_model.drawings.replacing import parts
from smartedit_model.drawings.surroundings import Standing, Surroundings
from smartedit_model.world.catalogue import kinds
from smartedit_model.world.palette import Colour, rgb
from tools.colour_names import names_colour, rgb_of
from tools.editing import DomainVerdict, EditOutcome, EditRequest, Wish
from tools.inpaint import MOST
from tools.masks import area_share, iou
from tools.operation import HardMask, Rgb, ToolContext
from tools.wording import wants_all

OPS = frozenset({"remove", "recolor"})
IS = 0.4
"""Overlap from which what is seen there is the thing."""
SURE = 0.6
"""Chance from which a thing is what the eye calls it; below, any drawing may be the thing's."""


class DrawnChanges(DrawingEditor):
    """Changes what stands in drawings; see ``DrawingEditor`` for its arguments."""

    name = CHANGES_EDITOR
    version = "1"
    ops = OPS
    takes = "changes what stands in drawings"

    def suits(self, wish: Wish, image: Rgb) -> DomainVerdict:
        """Whether it does what is wished, and whether the picture is a drawing."""
        if wish.op not in OPS or wish.target.is_whole_image:
            return DomainVerdict(False, reason=f"{self.name}: it removes and recolours things")
        if wish.op == "recolor" and not names_colour(_colour(wish)):
            return DomainVerdict(False, reason=f"{self.name}: {_colour(wish)!r} is no colour")
        return self.domain(image)

    def edit(self, request: EditRequest) -> EditOutcome:
        """Change.

        Raises:
            BadArguments: there are no options.
            Cancelled: the caller said stop.
        """
        self._begin(request)
        wish = request.wish
        if wish is None or wish.op not in OPS or wish.target.is_whole_image:
            return declined(request, f"{self.name} was not told what to change")
        thing = request.thing if request.thing is not None else request.mask
        if thing is None or not thing.any():
            return declined(request, f"{self.name} was not told where the thing is")
        around = self._look(request.image)
        request.progress(0.5)
        things = parts(thing, around) if wants_all(wish.target) else [thing]
        make = _without if wish.op == "remove" else _in_colour
        image, fault = make(request, wish, things, around)
        if fault:
            return declined(request, f"{self.name}: {fault}")
        request.progress(1.0)
        return EditOutcome(
            image,
            notes=("changed as the drawn world draws it",),
            settings={"light": around.time, "weather": around.weather, "style": around.style},
            drawn=np.asarray((image != request.image).any(axis=2)),
        )


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
        image = found.with_main(image, colour)
    if request.mask is not None:
        image = np.where(request.mask[:, :, None], image, request.image)
    return image, ""


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


def _colour(wish: Wish) -> str:
    return str(wish.params.get("colour", ""))


def _rgb(name: str) -> Colour:
    """The world's own colour of a name, or what everybody calls so."""
    own = colour_of(name)
    if own:
        return rgb(own)
    red, green, blue = rgb_of(name)
    return (float(red), float(green), float(blue))
