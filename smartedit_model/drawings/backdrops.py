"""The ``Editor`` that gives drawings another backdrop, as their world paints it.

It keeps what stands in a picture, pixel by pixel, paints what is behind it anew and draws the
shadows at its feet. It reads one parameter of a step, and declines backdrops its world has not.
"""

from __future__ import annotations

import random

import numpy as np

from smartedit_model.drawings import BACKDROPS_EDITOR
from smartedit_model.drawings.cutting import cut
from smartedit_model.drawings.editing import DrawingEditor, declined, outcome
from smartedit_model.drawings.feet import feet_of, horizon_over
from smartedit_model.drawings.lighting import light_between
from smartedit_model.drawings.places import Place, place_named
from smartedit_model.drawings.rims import rim_of
from smartedit_model.drawings.scenery import Scenery, painted_backdrop, with_shadows
from smartedit_model.drawings.skies import unveiled
from smartedit_model.drawings.surroundings import Surroundings
from smartedit_model.world.mood import STYLE, WEATHER, blocky
from smartedit_model.world.spec import FLAT, OUTDOOR
from tools.editing import EditOutcome, EditRequest, Wish
from tools.operation import HardMask, Rgb


class DrawnBackdrops(DrawingEditor):
    """Paints backdrops; see ``DrawingEditor`` for its arguments."""

    name = BACKDROPS_EDITOR
    version = "1"
    ops = frozenset({"background"})
    takes = "redraws drawings"

    def _refusal(self, wish: Wish | None) -> str:
        return f"{self.name} has no such backdrop" if _asked(wish) is None else ""

    def _made(self, request: EditRequest, wish: Wish) -> EditOutcome:
        place = _asked(wish)
        if place is None:
            return declined(request, self._refusal(wish))
        around = self._look(request.image)
        request.progress(0.5)
        image, asked = moved_to(request.image, around, place, request.seed)
        return outcome(
            request,
            image,
            f"painted as the drawn world has it: {asked.backdrop}",
            {"backdrop": asked.backdrop, "light": asked.time, "weather": asked.weather,
             "style": around.style},
        )  # fmt: skip


def moved_to(image: Rgb, around: Surroundings, place: Place, seed: int) -> tuple[Rgb, Scenery]:
    """The picture's things before another backdrop, and what that is.

    Args:
        image: HWC uint8 RGB.
        around: what is seen in it.
        place: what is asked for.
        seed: decides colours and furnishing.
    """
    draw = random.Random(f"backdrop/{seed}")
    parts = cut(image, around)
    old = parts.backdrop
    feet = () if place.backdrop in FLAT else feet_of(image.shape, parts.things, ~old)
    outside = place.backdrop in OUTDOOR
    weather = (place.weather or around.weather) if outside else "clear"
    asked = Scenery(
        place.backdrop,
        place.time or around.time,
        weather,
        draw.randrange(1 << 30),
        horizon_over(image, around, place.backdrop, feet),
    )
    new = with_shadows(painted_backdrop(asked, image.shape), feet, asked.time)
    kept = image if weather == around.weather else unveiled(image, around.weather)
    if asked.time != around.time:
        veil = weather if weather == around.weather else "clear"
        light = light_between(around.time, asked.time, veil, image.shape[0])
        kept = np.clip(np.rint(light.of(kept.astype(np.float32))), 0, 255).astype(np.uint8)
    falls = weather != "clear" and weather == around.weather
    if falls:  # on the things it falls already
        new = WEATHER[weather](new, draw)
    if around.style in STYLE:
        new = STYLE[around.style](new)
    made = _behind(image, kept, old, new, around.style)
    if weather != "clear" and not falls:
        made = WEATHER[weather](made, draw)
    return made, asked


def _behind(image: Rgb, kept: Rgb, old: HardMask, new: Rgb, style: str) -> Rgb:
    """What was kept of a picture before something new.

    Args:
        image: HWC uint8, as it was.
        kept: the same as it is kept, in another light perhaps.
        old: HW, what was backdrop in it.
        new: HWC uint8, what shall be.
        style: of the picture; blocks of pixel art stay whole.
    """
    if style == "pixel":
        old = np.asarray(blocky(old.astype(np.float32)) >= 0.5)
        return np.where(old[:, :, None], new, kept)
    out = kept.astype(np.float32)
    out[old] = new[old]
    rim = rim_of(image.astype(np.float32), old)
    if rim is not None:
        out[rim.at] += rim.share * (new[rim.at].astype(np.float32) - kept[rim.inside])
    return np.asarray(np.clip(np.rint(out), 0, 255), dtype=np.uint8)


def _asked(wish: Wish | None) -> Place | None:
    if wish is None or wish.op != "background":
        return None
    return place_named(str(wish.params.get("new", "")))
