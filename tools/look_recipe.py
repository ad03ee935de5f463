"""A look's recipe: the amounts of a few grading primitives, and steps that go before them.

Pure data with bounds. Applying a recipe is in ``tools.looks``, naming one in ``tools.lookbook``.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Hue = Annotated[float, Field(ge=-360, le=720)]
Depth = Annotated[float, Field(ge=0, le=0.2)]
Unit = Annotated[float, Field(ge=0, le=1)]
Tone = tuple[Hue, Depth]
"""(hue in degrees, strength) in Oklab."""
Points = Annotated[tuple[tuple[Unit, Unit], ...], Field(min_length=2, max_length=16)]
"""A curve on one channel: (from, to) pairs of display values."""


class Recipe(BaseModel):
    """The grade of a look, applied in one pass; the fields are explained in ``looks.yaml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    exposure: float = Field(default=0, ge=-3, le=3)
    warmth: float = Field(default=0, ge=-1, le=1)
    tint: float = Field(default=0, ge=-1, le=1)
    mono: Literal["none", "yellow", "orange", "red", "green", "blue"] | None = None
    contrast: float = Field(default=0, ge=-1, le=1)
    lift: float = Field(default=0, ge=-2, le=2)
    fade: float = Field(default=0, ge=0, le=0.3)
    dull: float = Field(default=0, ge=0, le=0.3)
    saturation: float = Field(default=1, ge=0, le=2)
    vibrance: float = Field(default=0, ge=-1, le=1)
    shadows: Tone | None = None
    highlights: Tone | None = None
    red: Points | None = None
    green: Points | None = None
    blue: Points | None = None
    silver: float = Field(default=0, ge=0, le=1)
    glow: float = Field(default=0, ge=0, le=1)
    neon: float = Field(default=0, ge=0, le=1)
    vignette: float = Field(default=0, ge=0, le=1)
    grain: float = Field(default=0, ge=0, le=1)
    grain_size: float = Field(default=1, ge=0.5, le=4)

    @model_validator(mode="after")
    def _curves_rise(self) -> Self:
        for name in ("red", "green", "blue"):
            points = getattr(self, name) or ()
            places = [point[0] for point in points]
            if any(b <= a for a, b in pairwise(places)):
                raise ValueError(f"the points of {name} must go from left to right")
        return self

    def amounts(self) -> dict[str, Any]:
        """What differs from doing nothing, as plain JSON values."""
        return {
            name: _plain(getattr(self, name))
            for name, field in Recipe.model_fields.items()
            if getattr(self, name) != field.default
        }


class LookStep(BaseModel):
    """A step of the plan that a look asks for, on the whole picture."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    op: Literal["adjust", "sharpen", "blur", "relight", "weather"]
    params: dict[Annotated[str, Field(max_length=40)], float | bool | str] = Field(max_length=8)


def told(amounts: dict[str, Any]) -> str:
    """Amounts in words: "exposure -0.8, contrast +0.45, shadows 268° 0.075"."""
    return ", ".join(_word(name, value) for name, value in amounts.items())


def _word(name: str, value: Any) -> str:
    if name in ("shadows", "highlights"):
        return f"{name} {value[0]:g}° {value[1]:g}"
    if name in ("red", "green", "blue"):
        return f"{name} curve of {len(value)} points"
    if name in ("saturation", "grain_size"):
        return f"{name.replace('_', ' ')} ×{value:g}"
    if name == "mono":
        return "black and white" + ("" if value == "none" else f" through a {value} filter")
    return f"{name} {value:+g}"


def _plain(value: Any) -> Any:
    return [_plain(item) for item in value] if isinstance(value, tuple) else value
