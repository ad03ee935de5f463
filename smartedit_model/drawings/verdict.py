"""From evidence to a verdict: one small logistic regression an op, fitted on labelled edits.

The numbers stand in ``weights/verifier/verifier.json``; ``fitting`` makes them on the validation
split. It sees no pictures.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from smartedit_model.errors import WeightsError

Floats = np.ndarray[Any, np.dtype[np.float64]]
FILE = "verifier.json"
SAYS = {
    "gone": "it is still there, or something else is",
    "not_old": "what was there is still seen",
    "not_unclear": "nothing clear is seen there",
    "no_ghost": "what was there shines through",
    "no_trace": "what was there shines through",
    "covered": "hardly anything changed there",
    "strength": "hardly anything changed",
    "calm": "noise stands there",
    "smooth": "the place is full of detail that should not be there",
    "on_target": "something else was changed",
    "others_kept": "another thing was changed too",
    "small_spill": "more was changed than was asked for",
    "new": "what was asked for is not seen",
    "new_is_first": "what was asked for is not seen",
    "colour": "it has not the colour that was asked for",
    "colour_is_first": "it has not the colour that was asked for",
    "colour_was_another": "it had the colour before",
    "nearest": "it has not the colour that was asked for",
    "gone_to": "it has not the colour that was asked for",
    "close": "it has not the colour that was asked for",
    "kind_kept": "it is no longer what it was",
    "detail_kept": "it is no longer what it was",
    "was_empty": "something stood there before",
    "solid": "what is new there is not whole",
    "place": "it stands in another place",
    "there": "it is not found in its new place or size",
    "better": "it is not found in its new place or size",
    "vacated": "it is still where it was",
    "things_kept": "things in the picture are no longer what they were",
    "worst_kept": "a thing in the picture is no longer what it was",
    "shapes_kept": "a thing in the picture is no longer what it was",
    "shapes_even": "a thing in the picture is no longer what it was",
    "none_unclear": "a thing in the picture has become unclear",
    "mark": "it has not what marks that style",
}
"""What it means for people where a number speaks against an edit."""

FAINT = frozenset({"no_trace", "no_ghost", "not_old", "covered", "strength", "gone_to"})
"""Numbers that speak against an edit of which too little shows."""
TRACE = 0.65
"""``no_trace`` below which the old thing shines through. Of 120 half-blended edits of validation
scenes that replace, remove, resize or move a thing all lie below, of 360 good ones none, with masks
that are exact and with masks 3 pixels too wide."""


CALM = 0.5
"""``calm`` below which what is new is noise: halfway between the drawn and the noisy."""


def noisy(numbers: Mapping[str, float]) -> bool:
    """Whether noise stands where something should."""
    return numbers.get("calm", 1.0) < CALM


def haunted(numbers: Mapping[str, float]) -> bool:
    """Whether the old thing shines through, however well the rest looks.

    A regression weighs numbers against each other, and a half-blended new thing is seen as well as
    a whole one; this one settles it.
    """
    return numbers.get("no_trace", 1.0) < TRACE


OFF_COLOUR = 0.1
"""``colour`` below which a thing has not the colour that was named, whatever else it is. Of 255
good replacements, additions and recolourings of the fit's samples 6 lie below, none of which
passed; of 28 recolourings in another colour all."""


def off_colour(numbers: Mapping[str, float]) -> bool:
    """Whether the colour that was named is surely not seen."""
    return numbers.get("colour", 1.0) < OFF_COLOUR


MARKED = 0.5
"""``mark`` from which a style has what makes it. Of 34 validation scenes made over in each style,
blurred, noisy, or as the photographic tools do it, only the tools' own posters and pixel art (and
one watercolour) have one that they should not; of the right ones, sketches lack it most (5 of
34)."""


def drawn_so(numbers: Mapping[str, float]) -> bool:
    """Whether a style has what makes it, however little the recogniser knows that style."""
    return numbers.get("mark", 0.0) >= MARKED


def unlike(numbers: Mapping[str, float]) -> bool:
    """Whether a style surely lacks what makes it."""
    return numbers.get("mark", 1.0) < MARKED


def odds(numbers: Floats) -> Floats:
    """Numbers in [0, 1] as log odds, as chances add up: between 0.01 and 0.1 lies a world."""
    inside = 0.02 + 0.96 * np.clip(numbers, 0, 1)
    return np.asarray(np.log(inside / (1 - inside)))


def widened(numbers: Mapping[str, float]) -> dict[str, float]:
    """The evidence with its weakest parts as numbers of their own: an edit is as good as these."""
    ordered = sorted(numbers.values())
    return {**numbers, "weakest": ordered[0], "second_weakest": ordered[min(1, len(ordered) - 1)]}


class OpFit(BaseModel):
    """A fitted op.

    Attributes:
        names: of the numbers, in order.
        mean, scale: for standardising them.
        slope, offset: of the regression.
        least: trust from which an edit passes.
        fails: trust below which it has failed; in between nobody can tell.
        edits: how many labelled edits it was fitted on.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    names: tuple[str, ...]
    mean: tuple[float, ...]
    scale: tuple[float, ...]
    slope: tuple[float, ...]
    offset: float
    least: float
    fails: float
    edits: int

    def trust(self, numbers: Mapping[str, float]) -> float:
        """How likely an edit with this evidence is right, [0, 1]."""
        return float(1 / (1 + np.exp(-(self.offset + self._parts(numbers).sum()))))

    def against(self, numbers: Mapping[str, float]) -> str:
        """The number that speaks most against it; ``SAYS`` has it in words."""
        parts = dict(zip(self.names, self._parts(numbers), strict=True))
        return min(numbers, key=lambda name: parts.get(name, 0.0))

    def _parts(self, numbers: Mapping[str, float]) -> Floats:
        # A fit of before a number was measured does not know it, not even as the weakest.
        wide = widened({name: value for name, value in numbers.items() if name in self.names})
        values = odds(np.array([wide[name] for name in self.names]))
        return np.asarray(
            (values - np.array(self.mean)) / np.array(self.scale) * np.array(self.slope)
        )


class Fit(BaseModel):
    """Every fitted op, and what it was fitted on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    made_on: str
    ops: dict[str, OpFit]


@cache
def shipped_fit() -> Fit:
    """The fit that comes with the package.

    Raises:
        WeightsError: it is missing or damaged.
    """
    file = resources.files("smartedit_model.weights").joinpath("verifier", FILE)
    try:
        return Fit.model_validate_json(file.read_text("utf-8"))
    except (OSError, ValidationError, UnicodeDecodeError) as error:
        raise WeightsError(f"{file} is missing or damaged; install the package again") from error
