"""The ``Editor`` that gives drawings another time of day or weather, as their world draws them.

It reads a step's typed wish, never its words, and makes nights, sunsets, days, rain, snow and fog;
everything else it leaves to others. What stands in a picture is kept, pixel by pixel under light.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from smartedit_model import domain
from smartedit_model.drawings.lighting import relit, weathered
from smartedit_model.drawings.surroundings import Surroundings
from smartedit_model.registry import DRAWN_MOODS
from smartedit_model.sam.small import is_here
from smartedit_model.world.mood import WEATHER
from smartedit_model.world.spec import TIMES
from tools.editing import Availability, DomainVerdict, EditOutcome, EditRequest, Wish
from tools.errors import BadArguments, Cancelled
from tools.operation import Rgb

NAME = DRAWN_MOODS
VERSION = "1"
MOODS: dict[str, tuple[str, tuple[str, ...]]] = {
    "relight": ("to", TIMES),
    "weather": ("kind", tuple(WEATHER)),
}
"""Op -> the parameter that says which mood, and those that are drawn."""


class DrawnMoods:
    """Redraws the light and the weather of drawings.

    Args:
        folder: of the small SAM, whose ``domain.json`` says which pictures are drawings.
        look: tells what is seen in a drawing, HWC uint8 RGB.
    """

    name = NAME

    def __init__(self, folder: Path, look: Callable[[Rgb], Surroundings]) -> None:
        self._folder, self._look = folder, look

    @property
    def version(self) -> str:
        """Of the code; there is nothing else."""
        return VERSION

    def availability(self) -> Availability:
        """Whether the eyes it sees drawings with are there."""
        if is_here(self._folder):
            return Availability(True)
        return Availability(False, f"there is no small SAM in {self._folder}")

    def supports(self, op: str) -> bool:
        """Whether the op is about light or weather."""
        return op in MOODS

    def domain(self, image: Rgb) -> DomainVerdict:
        """Whether the picture is a drawing."""
        found = domain.judge(self._folder, image)
        if found.inside:
            return found
        reason = f"{NAME} redraws drawings, and this is none"
        return DomainVerdict(False, found.confidence, reason)

    def suits(self, wish: Wish, image: Rgb) -> DomainVerdict:
        """Whether it draws what is wished, and whether the picture is a drawing."""
        if not _mood(wish):
            return DomainVerdict(False, reason=f"{NAME}: it makes {_known()} only")
        return self.domain(image)

    def edit(self, request: EditRequest) -> EditOutcome:
        """Redraw.

        Raises:
            BadArguments: there are no options.
            Cancelled: the caller said stop.
        """
        if request.options:
            raise BadArguments(f"{NAME} has no option {next(iter(request.options))!r}; it has none")
        if request.cancelled():
            raise Cancelled("stopped before anything was drawn")
        wish = request.wish
        mood = "" if wish is None else _mood(wish)
        if wish is None or not mood:
            return _declined(request, f"{NAME}: it makes {_known()} only")
        around = self._look(request.image)
        request.progress(0.5)
        draw = random.Random(f"mood/{request.seed}")
        strength = float(wish.params.get("strength", 1.0))
        make = relit if wish.op == "relight" else weathered
        image = _by(request.image, make(request.image, around, mood, draw), strength)
        if strength > 1 and wish.op == "weather":  # heavier: the same once more, by its share
            image = _by(image, WEATHER[mood](image, draw), strength - 1)
        if not (image != request.image).any():
            return _declined(request, f"{NAME}: it is {mood} already")
        request.progress(1.0)
        return EditOutcome(
            image,
            notes=(f"drawn as the drawn world has it: {mood}",),
            settings={"mood": mood, "strength": strength, "seen": _seen(around)},
        )


def _mood(wish: Wish) -> str:
    """The mood that is wished, if it is one that is drawn; else empty."""
    name, known = MOODS.get(wish.op, ("", ()))
    asked = str(wish.params.get(name, ""))
    return asked if asked in known else ""


def _known() -> str:
    return ", ".join(mood for _, moods in MOODS.values() for mood in moods)


def _seen(around: Surroundings) -> dict[str, str]:
    return {"light": around.time, "weather": around.weather, "style": around.style,
            "place": around.backdrop}  # fmt: skip


def _by(before: Rgb, after: Rgb, strength: float) -> Rgb:
    """The change by a share of it; no more than all of it."""
    if strength >= 1:
        return after
    return np.asarray(cv2.addWeighted(after, strength, before, 1 - strength, 0), dtype=np.uint8)


def _declined(request: EditRequest, reason: str) -> EditOutcome:
    request.progress(1.0)
    return EditOutcome(request.image.copy(), notes=(reason,), declined=True)
