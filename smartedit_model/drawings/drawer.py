"""The ``Editor`` that draws: things of the drawn world put into drawings, without any model.

It reads a step's typed wish, never its words; what the catalogue has no drawing of it declines.
Where a thing is replaced, the old one is taken away as ``remove_object`` does it. It sees a picture
through the eyes it is given, and judges nothing that it made.
"""

from __future__ import annotations

import numpy as np

from smartedit_model.drawings import THINGS_EDITOR
from smartedit_model.drawings.clearing import cleared
from smartedit_model.drawings.editing import DrawingEditor, outcome
from smartedit_model.drawings.painting import painted, variation
from smartedit_model.drawings.placing import Placer
from smartedit_model.drawings.replacing import instead, parts, things_of
from smartedit_model.drawings.standing import Placed, new_item
from smartedit_model.drawings.surroundings import Surroundings
from smartedit_model.drawings.wanted import Wanted, wanted
from smartedit_model.errors import NotDrawnError
from smartedit_model.world.catalogue import kind
from tools.editing import DomainVerdict, EditOutcome, EditRequest, Wish
from tools.errors import BadArguments
from tools.inpaint import MOST
from tools.masks import area_share
from tools.operation import Rgb, ToolContext
from tools.wording import wants_all

WORDS = {"add": "what", "replace": "new"}
"""Op -> the parameter that names the new thing."""


class DrawnThings(DrawingEditor):
    """Draws things of the drawn world; see ``DrawingEditor`` for its arguments."""

    name = THINGS_EDITOR
    version = "1"
    ops = frozenset(WORDS)
    takes = "draws into drawings"

    def suits(self, wish: Wish, image: Rgb) -> DomainVerdict:
        """Whether it can draw what is wished, and whether that belongs into the picture."""
        refusal = self._refusal(wish)
        if not refusal and wish.op == "add" and _asked(wish).sticker:
            return DomainVerdict(True)
        found = super().suits(wish, image)
        if found.inside or refusal:
            return found
        ask = f"'add a sticker of {_said(wish)}' puts one on a photograph"
        return DomainVerdict(False, found.confidence, f"{found.reason} ({ask})")

    def _refusal(self, wish: Wish | None) -> str:
        if wish is None or wish.op not in WORDS:
            return f"{self.name} was not told what to draw"
        try:
            _asked(wish)
        except NotDrawnError as error:
            return f"{self.name}: {error}"
        return ""

    def _made(self, request: EditRequest, wish: Wish) -> EditOutcome:
        asked = _asked(wish)
        drawing = self.domain(request.image).inside
        around = self._look(request.image) if drawing else Surroundings()
        make = _replace if wish.op == "replace" else _add
        image, told = make(request, wish, asked, around)
        return outcome(
            request,
            image,
            f"drawn from the catalogue: {', '.join(told)}",
            {"drawn": told, "light": around.time, "weather": around.weather,
             "style": around.style},
        )  # fmt: skip


def _add(
    request: EditRequest, wish: Wish, asked: Wanted, around: Surroundings
) -> tuple[Rgb, list[str]]:
    image, told = request.image, []
    for number in range(asked.count):
        draw = variation(request.seed, number)
        item = new_item(draw.choice(asked.kinds), asked.colour, draw)
        placer = Placer(
            image,
            around,
            target=wish.target,
            where=str(wish.params.get("where", "")),
            thing=request.thing,
            allowed=request.mask,
        )
        placed = placer.place(item, asked.size, draw, sticker=asked.sticker)
        image = painted(image, placed, around, sticker=asked.sticker)
        around = around.joined_by(np.asarray((image != request.image).any(axis=2)), item.kind)
        told.append(_called(placed))
        request.progress((number + 1) / (asked.count + 1))
    return image, told


def _replace(
    request: EditRequest, wish: Wish, asked: Wanted, around: Surroundings
) -> tuple[Rgb, list[str]]:
    """Take the old away, then draw the new from the farthest to the nearest.

    Raises:
        BadArguments: the old covers so much that nothing is left to fill its place from.
    """
    whole = np.ones(request.image.shape[:2], dtype=np.bool_)
    hole = whole if request.mask is None else request.mask
    if area_share(hole) > MOST:
        raise BadArguments(f"what is to be replaced covers more than {MOST:.0%} of the picture")
    thing = hole if request.thing is None else request.thing
    several = asked.count > 1
    olds = parts(thing, around) if several else things_of(thing, wish.target, around)
    placed = []
    for number, old in enumerate(olds):
        draw = variation(request.seed, number)
        item = new_item(draw.choice(asked.kinds), asked.colour, draw)
        placed.append(instead(item, old, wish.target, around, asked.size))
    context = ToolContext(request.image, seed=request.seed, cancelled=request.cancelled)
    shaded = any(one.shadow for one in placed)
    image = cleared(request.image, hole, olds, around, context, shaded=shaded)
    request.progress(0.5)
    for one in sorted(placed, key=lambda one: one.item.y):
        image = painted(image, one, around, sticker=asked.sticker)
    return image, [_called(one) for one in placed]


def _asked(wish: Wish) -> Wanted:
    """What is to be drawn; of a new thing of no named colour in a drawing's, its usual one."""
    asked = wanted(str(wish.params.get(WORDS[wish.op], "")))
    if wish.op == "replace" and asked.count > 1 and not wants_all(wish.target):
        raise NotDrawnError(f"{_said(wish)!r} is several things in the place of one")
    return asked


def _said(wish: Wish) -> str:
    return str(wish.params.get(WORDS[wish.op], "")).strip()


def _called(placed: Placed) -> str:
    return f"{placed.item.colour} {kind(placed.item.kind).name}"
