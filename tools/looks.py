"""Apply a named look: one colour table for the grade, then light and film in one pass of strips."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field as Argument
from pydantic import model_validator

from tools import oklab
from tools.colour import FILTERS, grey, saturated, vibrant, warmed
from tools.colour_table import apply_colour_function
from tools.errors import BadArguments
from tools.fields import smoothstep
from tools.film import add_grain, grain_plane, vignette_gain
from tools.glow import bloom_field, mean_luminance, screened
from tools.light import (
    decode_values,
    encode_values,
    roll_off,
    rounded,
    to_display_dithered,
    to_light,
)
from tools.look_recipe import Recipe
from tools.lookbook import look_name, looks
from tools.neon import neon_lit, neon_wash
from tools.operation import Rgb, Tool, ToolArgs, ToolContext, ToolResult
from tools.strips import map_strips
from tools.tone import curve_through
from tools.tone_curves import lift, s_curve

Colours = NDArray[np.float64]


def _curved(display: Colours, curve: Any) -> Colours:
    """Apply a curve to the extremes of (N, 3) display RGB, so that hue stays."""
    low, high = display.min(axis=1, keepdims=True), display.max(axis=1, keepdims=True)
    new_low, new_high = curve(low), curve(high)
    place = (display - low) / np.maximum(high - low, 1e-9)
    return np.asarray(new_low + (new_high - new_low) * place, dtype=np.float64)


def _split_toned(display: Colours, look: Recipe, s: float) -> Colours:
    lab = oklab.from_display(display)
    level = lab[..., 0]
    for tone, weight in (
        (look.shadows, 1 - smoothstep(0.1, 0.72, level)),
        (look.highlights, smoothstep(0.38, 0.95, level)),
    ):
        if tone is not None:
            angle = np.deg2rad(tone[0])
            # Pure black and white take no colour, as on film.
            depth = tone[1] * s * weight * smoothstep(0.0, 0.16, level)
            depth = depth * (1 - 0.8 * smoothstep(0.93, 1.0, level))
            lab[..., 1] += depth * np.cos(angle)
            lab[..., 2] += depth * np.sin(angle)
    return oklab.to_display(lab)


def graded(display: Colours, look: Recipe, s: float = 1.0) -> Colours:
    """The colour part of a look on (N, 3) display RGB in [0, 1], every amount scaled by ``s``."""
    colours = np.asarray(display, dtype=np.float64)
    if look.exposure:
        gain = 2.0 ** (look.exposure * s)
        light = decode_values(colours) * gain
        colours = encode_values(roll_off(light, max(gain, 1.0)))
    if look.warmth or look.tint:
        colours = warmed(colours, look.warmth * s, look.tint * s)
    if look.mono is not None:
        colours = colours + (grey(colours, FILTERS[look.mono]) - colours) * min(1.0, s)
    if look.silver:
        layer = _curved(grey(colours, FILTERS["none"]), lambda v: s_curve(v, 0.4))
        colours = colours + (layer - colours) * min(1.0, look.silver * s)
    if look.contrast:
        colours = _curved(colours, lambda v: s_curve(v, 1.25 * look.contrast * s))
    if look.lift:
        colours = _curved(colours, lambda v: lift(v, look.lift * s))
    for channel, points in enumerate((look.red, look.green, look.blue)):
        if points is not None:
            axis = np.arange(256) / 255
            bent = np.interp(colours[:, channel], axis, curve_through(points))
            colours[:, channel] += (bent - colours[:, channel]) * s
    colours = np.clip(colours, 0, 1)
    if look.saturation != 1:
        colours = saturated(colours, max(0.0, 1 + (look.saturation - 1) * s))
    if look.vibrance:
        colours = vibrant(colours, look.vibrance * s)
    if look.fade or look.dull:
        black, white = min(0.4, look.fade * s), 1 - min(0.4, look.dull * s)
        # A soft toe: raised blacks that still separate.
        colours = black + colours * (white - black) + black * 0.35 * (1 - colours) ** 3 * colours
    if look.shadows or look.highlights:
        colours = _split_toned(np.clip(colours, 0, 1), look, s)
    return np.clip(colours, 0, 1)


class LookArgs(ToolArgs):
    """Arguments of ``look``."""

    name: str = Argument(
        default="cinematic", min_length=1, max_length=60, description="a name in the look-book"
    )
    strength: float = Argument(default=1.0, ge=0, le=2, description="0 does nothing")
    letterbox: bool = Argument(default=False, description="black bars to 2.39:1, as in a cinema")
    recipe: Recipe | None = Argument(
        default=None, description="the amounts, instead of those the look-book has for the name"
    )

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.recipe is None:
            try:
                made = looks()[look_name(self.name)]
            except BadArguments as error:
                raise ValueError(str(error)) from error
            if not made.amounts():
                raise ValueError(
                    f"the look {self.name!r} is made of steps of a plan: {made.in_words()}"
                )
        return self


def look(args: LookArgs, context: ToolContext) -> ToolResult:
    """Give the picture a named look."""
    if args.strength == 0:
        return ToolResult(context.image.copy())
    name = args.name if args.recipe is not None else look_name(args.name)
    recipe, s = _suited(args.recipe or looks()[name], context.image), args.strength
    image = apply_colour_function(context, lambda c: graded(c, recipe, s))
    if recipe.glow or recipe.neon or recipe.vignette or recipe.grain:
        after = ToolContext(
            image, seed=context.seed, cancelled=context.cancelled, progress=context.progress
        )
        image = _with_light_and_film(recipe, s, after)
    if args.letterbox:
        bars(image)
    return ToolResult(image, facts={"look": name})


def _suited(recipe: Recipe, image: Rgb) -> Recipe:
    """A darkening look made gentler for a picture that is dark already, as a colourist would."""
    if recipe.exposure >= 0:
        return recipe
    room = float(np.clip((mean_luminance(image) - 0.015) / 0.06, 0, 1))
    return recipe.model_copy(
        update={
            "exposure": recipe.exposure * room,
            "contrast": recipe.contrast * (0.35 + 0.65 * room),
        }
    )


def _with_light_and_film(recipe: Recipe, s: float, context: ToolContext) -> Rgb:
    height, width = context.image.shape[:2]
    bloom = bloom_field(context.image, 0.62) if recipe.glow else None
    colour, shine = neon_wash(context.image) if recipe.neon else (None, None)
    plane = grain_plane(height, width, recipe.grain_size, context.seed) if recipe.grain else None

    def work(block: Rgb, top: int) -> Rgb:
        rows = block.shape[0]
        done = block
        if recipe.glow or recipe.neon or recipe.vignette:
            light = to_light(block)
            if colour is not None and shine is not None:
                share = min(1.0, recipe.neon * s)
                light = neon_lit(light, colour.rows(top, rows), shine.rows(top, rows), share)
            if bloom is not None:
                light = screened(light, bloom.rows(top, rows) * np.float32(1.1 * recipe.glow * s))
            if recipe.vignette:
                amount = recipe.vignette * s
                light = light * vignette_gain(height, width, top, rows, amount, 0.3)[..., None]
            done = to_display_dithered(light, top)
        if plane is not None:
            colourful = 0.0 if recipe.mono is not None else 0.25
            amount = min(1.0, recipe.grain * s)
            done = rounded(add_grain(done.astype(np.float32), plane, top, amount, colourful))
        return done

    return map_strips(context, work)


def bars(image: Rgb, aspect: float = 2.39) -> None:
    """Paint black bars over a picture's top and bottom, in place, down to an aspect ratio."""
    height, width = image.shape[:2]
    bar = max(0, round((height - width / aspect) / 2))
    if bar and 2 * bar < height:
        image[:bar] = 0
        image[height - bar :] = 0


TOOLS = (Tool("look", 1, "A named look: cinematic, noir, vintage, cyberpunk…", LookArgs, look),)
