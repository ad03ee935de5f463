"""The ``Editor`` that gives drawings another time of day, weather or style, as their world does.

It makes nights, sunsets, days, rain, snow, fog and the styles that the world has; everything else
it leaves to others. What stands in a picture is kept, pixel by pixel under light.
"""

from __future__ import annotations

import random

import cv2
import numpy as np

from smartedit_model.drawings import MOODS_EDITOR
from smartedit_model.drawings.editing import DrawingEditor, declined
from smartedit_model.drawings.lighting import relit, weathered
from smartedit_model.drawings.naming import look_named
from smartedit_model.drawings.surroundings import Surroundings
from smartedit_model.world.mood import STYLE, WEATHER
from smartedit_model.world.spec import TIMES
from tools.editing import EditOutcome, EditRequest, Wish
from tools.operation import Rgb

MOODS: dict[str, tuple[str, tuple[str, ...]]] = {
    "relight": ("to", TIMES),
    "weather": ("kind", tuple(WEATHER)),
    "restyle": ("style", tuple(STYLE)),
    "grade": ("look", tuple(STYLE)),
}
"""Op -> the parameter that says which mood, and those that are drawn."""
STYLED = ("restyle", "grade")
"""Ops whose parameter has it in words."""


class DrawnMoods(DrawingEditor):
    """Redraws light, weather and style of drawings; see ``DrawingEditor`` for its arguments."""

    name = MOODS_EDITOR
    version = "2"
    ops = frozenset(MOODS)
    takes = "redraws drawings"

    def _refusal(self, wish: Wish | None) -> str:
        known = wish is not None and bool(_mood(wish))
        return "" if known else f"{self.name}: it makes {_known()} only"

    def _made(self, request: EditRequest, wish: Wish) -> EditOutcome:
        mood = _mood(wish)
        strength = float(wish.params.get("strength", 1.0))
        if wish.op in STYLED:
            image = _by(request.image, STYLE[mood](request.image), strength)
            return self._told(request, image, mood, strength, {})
        around = self._look(request.image)
        request.progress(0.5)
        draw = random.Random(f"mood/{request.seed}")
        make = relit if wish.op == "relight" else weathered
        image = _by(request.image, make(request.image, around, mood, draw), strength)
        if strength > 1 and wish.op == "weather":  # heavier: the same once more, by its share
            image = _by(image, WEATHER[mood](image, draw), strength - 1)
        return self._told(request, image, mood, strength, _seen(around))

    def _told(
        self, request: EditRequest, image: Rgb, mood: str, strength: float, seen: dict[str, str]
    ) -> EditOutcome:
        if not (image != request.image).any():
            return declined(request, f"{self.name}: it is {mood} already")
        request.progress(1.0)
        return EditOutcome(
            image,
            notes=(f"drawn as the drawn world has it: {mood}",),
            settings={"mood": mood, "strength": strength, "seen": seen},
        )


def _mood(wish: Wish) -> str:
    """The mood that is wished, if it is one that is drawn; else empty."""
    name, known = MOODS.get(wish.op, ("", ()))
    asked = str(wish.params.get(name, ""))
    if wish.op in STYLED:
        asked = look_named("restyle", asked)
    return asked if asked in known else ""


def _known() -> str:
    return ", ".join(dict.fromkeys(mood for _, moods in MOODS.values() for mood in moods))


def _seen(around: Surroundings) -> dict[str, str]:
    return {"light": around.time, "weather": around.weather, "style": around.style,
            "place": around.backdrop}  # fmt: skip


def _by(before: Rgb, after: Rgb, strength: float) -> Rgb:
    """The change by a share of it; no more than all of it."""
    if strength >= 1:
        return after
    return np.asarray(cv2.addWeighted(after, strength, before, 1 - strength, 0), dtype=np.uint8)
