"""Recolour an object: another paint, the same light on it.

The object's own lightness distribution (inside the mask) says what its paint's lightness is; that
level moves to the new colour's and shading, folds and gloss move with it. Works from white, black,
grey and saturated objects alike. All arithmetic in Oklab.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from tools import colour_names, oklab
from tools.colour_table import apply_colour_function
from tools.fields import smoothstep
from tools.operation import Rgb, Tool, ToolArgs, ToolContext, ToolResult

_STEEPEST = 1.5
"""Most by which texture may be strengthened when a dark object becomes light."""

GREY = 0.03
"""Oklab chroma below which a paint has no hue worth speaking of."""
_UNPAINTED = (0.5, 0.75)
"""Share of the paint's chroma that is missing, from which a pixel is taken to be partly, and to be
wholly, something else than the paint."""
_SAME_HUE, _TINTED = (0.75, 0.92), (0.012, 0.025)
"""Cosine of two hues that are alike, and chroma from which a pale paint has a hue."""
_BRIGHT_PART, _GAPS = 0.85, (1.25, 1.6)
"""Of leaves and fur half is gaps and shade, so that the median is no paint: the lightness of this
share is, where it is so many times the median (from hardly to wholly)."""


@dataclass(frozen=True)
class Paint:
    """What an object is painted with: Oklab lightness and chroma of its typical pixel.

    Attributes:
        lightness: in [0, 1].
        chroma: from 0 for grey.
        leafy: how surely it is a texture of lit bits over dark gaps, in [0, 1].
        tint: its Oklab a and b, from which pale things have a hue, too.
    """

    lightness: float
    chroma: float
    leafy: float = 0.0
    tint: tuple[float, float] = (0.0, 0.0)


def pixels_of(context: ToolContext) -> Rgb:
    """(N, 3) pixels inside the mask, a sample of them where there are many; all without a mask."""
    height, width = context.image.shape[:2]
    step = max(1, max(height, width) // 600)
    pixels = context.image[::step, ::step].reshape(-1, 3)
    if context.mask is not None:
        inside = context.mask[::step, ::step].reshape(-1) > 0.5
        if not inside.any():
            # Thinner than the sampling step, or a very soft mask: take every pixel it touches.
            everywhere = context.mask > min(0.5, 0.5 * float(context.mask.max(initial=0)))
            pixels, inside = context.image[everywhere], np.ones(int(everywhere.sum()), dtype=bool)
        pixels = pixels[inside]
    return pixels


def paint_of(context: ToolContext) -> Paint:
    """Measure the object inside the mask (everything where there is none)."""
    pixels = pixels_of(context)
    if pixels.shape[0] == 0:
        return Paint(0.5, 0.0)
    lab = oklab.from_display(pixels / 255.0)
    chroma = oklab.chroma(lab)
    typical, bright = np.quantile(lab[:, 0], (0.5, _BRIGHT_PART))
    dull, lit = (float(np.median(some)) for some in (chroma, chroma[lab[:, 0] >= bright]))
    leafy = float(smoothstep(*_GAPS, bright / max(float(typical), 0.01))) * _coloured(lit)
    lightness = float(typical + (bright - typical) * leafy)
    tint = (float(np.median(lab[:, 1])), float(np.median(lab[:, 2])))
    return Paint(float(np.clip(lightness, 0.06, 0.97)), dull + (lit - dull) * leafy, leafy, tint)


def _coloured(chroma: float) -> float:
    """How surely a paint has a hue, in [0, 1]."""
    return float(smoothstep(0.04, 0.1, np.array(chroma)))


def repainted(
    display: NDArray[np.float64], old: Paint, target: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Display RGB of the object in its new paint.

    Args:
        display: (N, 3) in [0, 1].
        old: the paint it has.
        target: Oklab of the paint it gets.
    """
    lab = oklab.from_display(display)
    # Pure white and black paint leave no room for shading; real paint is neither.
    level = float(np.clip(target[0], 0.2, 0.94))
    # Black things hold no shading in their darkest parts, only noise: lift those with the rest.
    black = 1 - float(smoothstep(0.12, 0.45, np.array(old.lightness)))
    lifted = 0.4 * max(0.0, level - old.lightness) * black
    start = old.lightness + lifted
    bend = min(1.0, _STEEPEST * start / level)
    slope = bend * level / start
    # Below the paint's level light falls off as a power (bend 1 = the same ratio, as physics has
    # it); above, it rises with the same slope and rolls off towards white.
    below = level * ((np.minimum(lab[:, 0], old.lightness) + lifted) / start) ** bend
    headroom = 1.02 - level
    above = np.maximum(lab[:, 0] - old.lightness, 0) * slope * (1 - 0.6 * old.leafy)
    lightness = below + headroom * (1 - np.exp(-above / headroom))
    amount = np.minimum(lightness / level, 1.0)
    # On coloured things, gloss and white print are where the colour is missing: keep it missing.
    coloured = _coloured(old.chroma)
    own = np.clip(oklab.chroma(lab) / max(old.chroma, 1e-3), 0, 1)
    bright = smoothstep(old.lightness, min(1.0, old.lightness + 0.25), lab[:, 0])
    # Leaves pale in the sun are leaves.
    bare = coloured * (1 - own) * np.maximum(bright, 0.35) * (1 - 0.8 * old.leafy)
    amount = amount * (1 - bare)
    # White print and gloss have none of the paint, so a darker paint does not make them grey.
    unpainted = coloured * smoothstep(*_UNPAINTED, 1 - own) * bright * (1 - old.leafy)
    # Ink and outlines: shade takes colour and light away alike, ink has none of the paint's hue.
    share = oklab.chroma(lab) / np.maximum(lab[:, 0], 0.02)
    hued = share / max(old.chroma / old.lightness, 1e-3)
    dark = 1 - smoothstep(0.5 * old.lightness, 0.8 * old.lightness, lab[:, 0])
    ink = coloured * smoothstep(*_UNPAINTED, 1 - np.clip(hued, 0, 1)) * dark
    # On white and light grey things, black parts and coloured parts are no shade of the paint.
    pale = (1 - coloured) * float(smoothstep(0.5, 0.7, np.array(old.lightness)))
    black_part = 1 - smoothstep(0.3 * old.lightness, 0.5 * old.lightness, lab[:, 0])
    hued_part = smoothstep(0.05, 0.09, oklab.chroma(lab)) * (1 - _shaded(lab, old))
    ink = np.maximum(ink, pale * np.maximum(black_part, hued_part))
    lightness = lightness + (lab[:, 0] - lightness) * unpainted
    new = np.stack([lightness, target[1] * amount, target[2] * amount], axis=-1)
    return oklab.to_display(new + (lab - new) * ink[:, None])


def _shaded(lab: NDArray[np.float64], old: Paint) -> NDArray[np.float64]:
    """How surely each pixel is of a pale paint's own hue, as in the folds of pink cloth, in [0, 1].

    Args:
        lab: (N, 3) Oklab.
        old: the paint.
    """
    tinted = float(np.hypot(*old.tint))
    along = lab[:, 1] * old.tint[0] + lab[:, 2] * old.tint[1]
    alike = along / np.maximum(oklab.chroma(lab) * tinted, 1e-6)
    sure = smoothstep(*_SAME_HUE, alike).astype(np.float64)
    return sure * float(smoothstep(*_TINTED, np.array(tinted)))


def tempered(
    old: NDArray[np.float64], new: NDArray[np.float64], depth: float
) -> NDArray[np.float64]:
    """A paler or deeper paint than was asked for, in Oklab.

    Its hue stays: less blue is a greyer blue, not half the red that was there before. A paint
    without a hue comes nearer to, or goes farther from, how light the thing was.

    Args:
        old: (3,) the paint there was.
        new: (3,) the paint asked for.
        depth: 1 = as asked, less is paler, more deeper.
    """
    hueless = float(np.hypot(new[1], new[2])) < GREY
    share = depth if hueless else 1.0
    lightness = float(np.clip(old[0] + (new[0] - old[0]) * share, 0, 1))
    return np.array([lightness, new[1] * depth, new[2] * depth])


def aimed_at(
    colour: str, depth: float, lightness: float
) -> tuple[NDArray[np.float64], tuple[int, int, int]]:
    """Oklab and sRGB bytes of the paint that is asked for.

    Args:
        colour: its name.
        depth: as of ``tempered``.
        lightness: of what there was.
    """
    rgb = colour_names.rgb_of(colour)
    target = oklab.from_display(np.asarray(rgb) / 255)
    if depth == 1:
        return target, rgb
    target = tempered(np.array([lightness, 0.0, 0.0]), target, depth)
    return target, colour_names.bytes_of(target)


class RecolorArgs(ToolArgs):
    """Arguments of ``recolor``."""

    colour: colour_names.ColourName = Field(
        default="red",
        min_length=1,
        max_length=60,
        description='a colour name ("navy blue", "dark green") or "#rrggbb"',
    )
    strength: float = Field(default=1.0, ge=0, le=1, description="0 keeps the old colour")
    depth: float = Field(default=1.0, gt=0, le=2, description="below 1 paler, above 1 deeper")


def recolor(args: RecolorArgs, context: ToolContext) -> ToolResult:
    """Give what the mask covers another colour, keeping shading and texture."""
    if args.strength == 0:
        return ToolResult(context.image.copy())
    paint = paint_of(context)
    target, rgb = aimed_at(args.colour, args.depth, paint.lightness)
    image = apply_colour_function(context, lambda c: repainted(c, paint, target), args.strength)
    return ToolResult(image, facts={"target_rgb": list(rgb)})


TOOLS = (Tool("recolor", 4, "Another colour for an object, shading kept", RecolorArgs, recolor),)
