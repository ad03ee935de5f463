"""The kinds of change a step can be, and what each needs to know.

Pure data with validation, as the plan that is made of it (``orchestrator.plan``).
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tools.look_recipe import Recipe
from tools.places import Place

Op = Literal[
    "replace",
    "remove",
    "add",
    "recolor",
    "resize",
    "move",
    "restyle",
    "relight",
    "weather",
    "background",
    "adjust",
    "blur",
    "sharpen",
    "text",
    "crop",
    "rotate",
    "flip",
    "grade",
]
SCENE_OPS = frozenset({"adjust", "grade", "relight", "weather", "sharpen", "blur"})
"""What may fall on a thing without making it another."""
FRAME_OPS = frozenset({"crop", "rotate", "flip"})
"""What moves pixels without changing them, or the frame around them."""


class ClosedModel(BaseModel):
    """A part of a plan: never changed, and without fields that are not listed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


# What each op needs to know, where the executor is `auto` or an editor. With `executor: tool:NAME`
# the params are that tool's own arguments instead.


class ReplaceParams(ClosedModel):
    """``replace``: put something else where the target is."""

    new: str = Field(min_length=1, max_length=500, description='"a white fox"')


class RemoveParams(ClosedModel):
    """``remove``: fill the target with what is likely behind it."""


class AddParams(ClosedModel):
    """``add``: something new. The step's target is where (the anchor), or the whole image."""

    what: str = Field(min_length=1, max_length=500)
    where: str = Field(default="", max_length=500, description='the words: "in the window"')


class RecolorParams(ClosedModel):
    """``recolor``: another colour, keeping shading; only more or less of it with ``shift``."""

    colour: str = Field(min_length=1, max_length=60, description='a colour name or "#rrggbb"')
    strength: float = Field(
        default=1.0,
        gt=0,
        le=2,
        description="below 1 paler, above 1 deeper; of a shift 0.4 is a bit, 2 much",
    )
    flat: bool = Field(default=False, description="one flat colour that marks the target")
    shift: Literal["towards", "away"] | None = Field(
        default=None,
        description='"towards": more of the colour ("bluer", "more blue"), "away": less of it;'
        " null paints the target in it",
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.flat and self.shift is not None:
            raise ValueError(
                "'flat' marks the target and 'shift' leaves it its own colours: give one"
            )
        return self


class ResizeParams(ClosedModel):
    """``resize``: an object by a factor, or the whole image to a size."""

    factor: float | None = Field(default=None, gt=0, le=20)
    width: int | None = Field(default=None, ge=1, le=65_500)
    height: int | None = Field(default=None, ge=1, le=65_500)


class MoveParams(ClosedModel):
    """``move``: an object to another place."""

    direction: Literal["left", "right", "up", "down", "to"] = "to"
    amount: float | None = Field(default=None, gt=0, le=1, description="share of the picture")
    to: str = Field(default="", max_length=500)


class RestyleParams(ClosedModel):
    """``restyle``: redraw in a style ("watercolour"); most but a few known ones need an editor."""

    style: str = Field(min_length=1, max_length=500)
    strength: float = Field(
        default=1.0, gt=0, le=1, description="share of a pencil, watercolour, oil or cartoon style"
    )


class RelightParams(ClosedModel):
    """``relight``: another time of day or light."""

    to: Literal["night", "day", "sunset", "sunrise", "dusk", "golden hour", "blue hour", "overcast"]
    strength: float = Field(default=1.0, gt=0, le=2)


class WeatherParams(ClosedModel):
    """``weather``: rain, snow or fog over the scene; ``clear`` needs an editor."""

    kind: Literal["rain", "snow", "fog", "storm", "clear"]
    strength: float = Field(default=1.0, gt=0, le=2)


class BackgroundParams(ClosedModel):
    """``background``: replace what lies behind the subject by a described scene or a colour."""

    new: str = Field(min_length=1, max_length=500)


class AdjustParams(ClosedModel):
    """``adjust``: one photographic property by a signed amount; 0.25 is "some", 1 the maximum."""

    property: Literal[
        "brightness", "exposure", "contrast", "saturation", "vibrance", "temperature", "tint",
        "hue", "highlights", "shadows", "gamma", "clarity", "noise",
    ]  # fmt: skip
    amount: float = Field(ge=-1, le=1, description="noise: negative removes, positive adds")


class BlurParams(ClosedModel):
    """``blur``: the target; strength 0.5 is a clear blur."""

    kind: Literal["gaussian", "lens"] = "gaussian"
    strength: float = Field(default=0.5, gt=0, le=1)


class SharpenParams(ClosedModel):
    """``sharpen``: the target."""

    strength: float = Field(default=0.5, gt=0, le=1)


class TextParams(ClosedModel):
    """``text``: write words on the picture, verbatim."""

    text: str = Field(min_length=1, max_length=500)
    place: Place = "bottom"
    colour: str = Field(default="", max_length=60)
    size: float | None = Field(default=None, gt=0, le=1, description="share of picture height")


class CropParams(ClosedModel):
    """``crop``: to an aspect ratio (width / height), to a share of each side, or to the target."""

    aspect: float | None = Field(default=None, gt=0.02, lt=50)
    keep: float | None = Field(default=None, gt=0, le=1, description="share of each side kept")


class RotateParams(ClosedModel):
    """``rotate``: clockwise degrees, or ``straighten`` a tilted horizon."""

    degrees: float = Field(default=0.0, ge=-360, le=360)
    straighten: bool = False


class FlipParams(ClosedModel):
    """``flip``: mirror left-right (horizontal) or top-bottom (vertical)."""

    axis: Literal["horizontal", "vertical"]


class GradeParams(ClosedModel):
    """``grade``: a named look over the picture."""

    look: str = Field(min_length=1, max_length=60, description="a name in the look-book")
    strength: float = Field(default=1.0, gt=0, le=2)
    recipe: Recipe | None = Field(default=None, description="amounts, instead of the look-book's")


PARAMS: dict[str, type[ClosedModel]] = {
    "replace": ReplaceParams,
    "remove": RemoveParams,
    "add": AddParams,
    "recolor": RecolorParams,
    "resize": ResizeParams,
    "move": MoveParams,
    "restyle": RestyleParams,
    "relight": RelightParams,
    "weather": WeatherParams,
    "background": BackgroundParams,
    "adjust": AdjustParams,
    "blur": BlurParams,
    "sharpen": SharpenParams,
    "text": TextParams,
    "crop": CropParams,
    "rotate": RotateParams,
    "flip": FlipParams,
    "grade": GradeParams,
}
"""The parameter model of each op."""
