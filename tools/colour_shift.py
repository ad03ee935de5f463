"""More or less of a colour than there is: greener grass, a bluer sky, a face that is less red.

No new paint (that is ``tools.recolor``): every pixel goes some way from the colour it has. What is
of about that hue gains chroma and turns towards it, grey gains a little, other hues are tinged;
light and texture stay. All arithmetic in Oklab.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from tools import colour_names, oklab
from tools.colour_table import apply_colour_function
from tools.fields import smoothstep
from tools.operation import Tool, ToolArgs, ToolContext, ToolResult
from tools.recolor import GREY, pixels_of

Colours = NDArray[np.float64]
Values = NDArray[np.float64]

_OF_THE_HUE = (75.0, 25.0)
"""Degrees off a hue from which a pixel is hardly, and is wholly, of that hue."""
_TURNED = (95.0, 45.0)
"""Degrees off from which a hue is not, and is fully, turned towards the other: what stands across
the circle would pass through every colour between."""
_HUED = (0.012, 0.045)
"""Chroma from which a pixel hardly, and surely, has a hue."""
_OWN_SHADE = 15.0
"""Degrees by which a place's own shade may differ from what the name stands for: a sky is a blue
nearer to cyan than paint is, and grass a yellower green."""
_VIVID, _STRAY = (0.1, 0.16), (10.0, 28.0)
"""Chroma, and degrees off, from which a pixel in a place that is of the hue is hardly, and is
surely, a thing of another colour, such as a flower in the grass."""
_SOME, _MOST = (0.03, 0.2), (0.35, 0.65)
"""Share of a place that is clearly, and that is if only faintly, of the hue, from which the place
hardly and surely is: a red motorcycle has black tyres, a white car bluish windows."""
_CLEAR = (0.06, 0.12)
"""Chroma from which a pixel hardly, and surely, is clearly of a hue."""
_TURN, _GAIN = 1.1, 1.7
"""Share of the way to the hue, and gain of chroma of what is of that hue, at amount 1."""
_ON_GREY, _ON_OTHERS = 0.07, 0.2
"""Chroma added at amount 1: where the place is of the hue, and where it is of another."""
_FULL = 0.12
"""Chroma of a colour from which all of that is added; pale colours tinge less."""
_LIGHT, _LIGHT_OF_GREY = 0.4, 1.0
"""Power with which the place's light goes towards the colour's at amount 1."""
_STEEPEST = 1.25
"""Most by which it does."""
_PURE = (28.0, 6.0)
"""Degrees off a hue from which a colour is hardly, and is wholly, made of it: red is, skin is only
partly."""
_LESS, _LESS_OF_PARTLY = 1.1, 0.45
"""Share of chroma that amount 1 takes from what is made of a hue, and from what is partly."""
_DEEP = (0.07, 0.15)
"""Chroma from which half, and from which all of that is taken: skin would be grey."""
_TURN_AWAY = 30.0
"""Degrees by which amount 1 turns what is partly of a hue, farther from it."""
_KNEE = 0.75
"""Share of the chroma that a lightness and hue can have in sRGB, from which it is approached
rather than reached, so that no plain patches come of what is vivid."""


@dataclass(frozen=True)
class Place:
    """What a place is like before.

    Attributes:
        lightness: median, Oklab.
        hued: how surely it is a thing of the colour's hue, in [0, 1].
        hue: the colour's, as this place has it; radians.
        paler: what is added to it for light grey pixels, of which a tint is to be; radians.
        side: 1 where it lies at greater hue angles than the colour's name, -1 at smaller ones.
    """

    lightness: float
    hued: float
    hue: float
    paler: float = 0.0
    side: float = 1.0


class ColourShiftArgs(ToolArgs):
    """Arguments of ``colour_shift``."""

    colour: colour_names.ColourName = Field(
        default="green",
        min_length=1,
        max_length=60,
        description='a colour name ("turquoise", "dark red") or "#rrggbb"',
    )
    amount: float = Field(
        default=0.25, ge=-1, le=1, description="above 0 towards the colour, below 0 away from it"
    )


def colour_shift(args: ColourShiftArgs, context: ToolContext) -> ToolResult:
    """Move what the mask covers some way towards a colour, or away from it."""
    if args.amount == 0:
        return ToolResult(context.image.copy())
    goal = oklab.from_display(np.asarray(colour_names.rgb_of(args.colour)) / 255)
    place = _place_of(context, goal, _paler(args.colour, goal), args.amount)
    image = apply_colour_function(context, lambda c: shifted(c, place, goal, args.amount))
    return ToolResult(image)


def _paler(colour: str, goal: Colours) -> float:
    """Radians from a colour's hue to that of its light shade: light blue is nearer to cyan."""
    light = f"light {colour}"
    if not colour_names.names_colour(light) or float(oklab.chroma(goal)) < GREY:
        return 0.0
    lab = oklab.from_display(np.array([colour_names.rgb_of(light)]) / 255)
    return float(np.deg2rad(-_off(lab, float(oklab.hue(goal)))[0]))


def _place_of(context: ToolContext, goal: Colours, paler: float, amount: float) -> Place:
    pixels, named = pixels_of(context), float(oklab.hue(goal))
    if not pixels.shape[0]:
        return Place(0.5, 0.0, named, paler)
    lab = oklab.from_display(pixels / 255)
    lightness = float(np.clip(np.median(lab[:, 0]), 0.1, 0.97))
    own = _of_the_hue(lab, named)
    clear = own * smoothstep(*_CLEAR, oklab.chroma(lab))
    hued = max(float(smoothstep(*_SOME, clear.mean())), float(smoothstep(*_MOST, own.mean())))
    a, b = (lab[:, 1:] * own[:, None]).mean(axis=0)
    off = float(_off(np.array([[0.0, a, b]]), named)[0])
    side = -1.0 if off > 0 else 1.0
    if amount < 0:
        return Place(lightness, hued, named, 0.0, side)
    shade = float(np.clip(off, -_OWN_SHADE, _OWN_SHADE)) * hued
    return Place(lightness, hued, named - float(np.deg2rad(shade)), paler * (1 - hued), side)


def shifted(display: Colours, place: Place, goal: Colours, amount: float) -> Colours:
    """Display RGB moved towards a colour, or away from it.

    Args:
        display: (N, 3) in [0, 1].
        place: what all of it is like.
        goal: (3,) Oklab of the colour.
        amount: in [-1, 1].
    """
    lab = oklab.from_display(display)
    if float(oklab.chroma(goal)) < GREY:
        return oklab.to_display(_greyer(lab, place, goal, amount))
    if amount < 0:
        return oklab.to_display(_less(lab, place, -amount))
    return oklab.to_display(_within_reach(lab, _more(lab, place, goal, amount)))


def _more(lab: Colours, place: Place, goal: Colours, amount: float) -> Colours:
    full, chroma = float(oklab.chroma(goal)), oklab.chroma(lab)
    own, off = _of_the_hue(lab, place.hue), _off(lab, place.hue)
    lightness = _lit(lab[:, 0], place.lightness, float(goal[0]), _LIGHT * amount)
    # White clouds in a sky and grey stones in grass keep their light.
    kept = place.hued * (1 - own)
    lightness += (lab[:, 0] - lightness) * kept
    stray = smoothstep(*_VIVID, chroma) * smoothstep(*_STRAY, np.abs(off)) * place.hued
    share = min(_TURN * amount, 0.8) * _ramp(np.abs(off), _TURNED) * (1 - stray)
    turned = oklab.hue(lab) + np.deg2rad(off) * share * smoothstep(*_HUED, chroma)
    room = np.clip(1 - chroma / max(1.5 * full, 0.2), 0, 1)
    stronger = chroma * (1 + _GAIN * amount * own * room)
    most = _ON_OTHERS + (_ON_GREY - _ON_OTHERS) * place.hued
    lit = smoothstep(0.08, 0.5, lab[:, 0]) * (1 - 0.6 * smoothstep(0.88, 1.0, lab[:, 0]))
    # Twice as much would be paint.
    added = most * amount * (1 - 0.4 * amount) * min(full / _FULL, 1.0) * lit
    tint = place.hue + place.paler * smoothstep(0.5, 0.85, lab[:, 0])
    return np.stack(
        [
            lightness,
            stronger * np.cos(turned) + added * np.cos(tint),
            stronger * np.sin(turned) + added * np.sin(tint),
        ],
        axis=-1,
    )


def _less(lab: Colours, place: Place, amount: float) -> Colours:
    """Paler the more a colour is made of the hue; what is partly turns to its other part, too.

    A face that is less red is not grey: it has its other part, the yellow, left.
    """
    off = _off(lab, place.hue)
    own = _ramp(np.abs(off), _OF_THE_HUE)
    pure = _ramp(np.abs(off), _PURE)
    loss = np.minimum((_LESS_OF_PARTLY + (_LESS - _LESS_OF_PARTLY) * pure) * amount, 0.95) * own
    # To the side on which the place lies: lips do not turn to blue where the face turns to yellow.
    beside = smoothstep(0.0, 25.0, -off * place.side) * own
    turned = oklab.hue(lab) + place.side * np.deg2rad(_TURN_AWAY * amount) * beside
    chroma = oklab.chroma(lab)
    chroma = chroma * (1 - loss * (0.5 + 0.5 * smoothstep(*_DEEP, chroma)))
    return np.stack([lab[:, 0], chroma * np.cos(turned), chroma * np.sin(turned)], axis=-1)


def _greyer(lab: Colours, place: Place, goal: Colours, amount: float) -> Colours:
    """Towards white, grey or black, or away from them: another chroma, and another light."""
    done = lab.copy()
    done[:, 1:] *= max(1 - 1.6 * amount, 0.05)
    light = float(np.clip(goal[0], 0.12, 1.0))
    done[:, 0] = _lit(lab[:, 0], place.lightness, light, _LIGHT_OF_GREY * amount)
    return done


def _lit(lightness: Values, own: float, goal: float, power: float) -> Values:
    """Lightness as many times as takes the place's own some way to the goal; white stays white."""
    times = float(np.clip((max(goal, 0.1) / own) ** power, 1 / _STEEPEST, _STEEPEST))
    if times < 1:
        return lightness * times
    done = lightness + lightness * (times - 1) * (1 - smoothstep(0.7, 1.0, lightness))
    return np.asarray(done, dtype=np.float64)


def _of_the_hue(lab: Colours, hue: float) -> Values:
    """How far each pixel is of a hue; grey is of none."""
    near = _ramp(np.abs(_off(lab, hue)), _OF_THE_HUE)
    return np.asarray(near * smoothstep(*_HUED, oklab.chroma(lab)), dtype=np.float64)


def _off(lab: Colours, hue: float) -> Values:
    """Degrees from each pixel's hue to another, in (-180, 180]."""
    apart = np.rad2deg(hue - oklab.hue(lab))
    return np.asarray((apart + 180) % 360 - 180, dtype=np.float64)


def _ramp(values: Values, ends: tuple[float, float]) -> Values:
    """0 from the first end on, 1 up to the second, which is the smaller."""
    return np.asarray(1 - smoothstep(ends[1], ends[0], values), dtype=np.float64)


def _within_reach(old: Colours, new: Colours) -> Colours:
    """Chroma that comes near the end of sRGB only slowly, and never below what it was."""
    chroma = oklab.chroma(new)
    widest = new.copy()
    widest[:, 1:] *= (0.4 / np.maximum(chroma, 1e-6))[:, None]
    most = oklab.chroma(oklab.fit(widest))
    knee = np.minimum(np.maximum(_KNEE * most, oklab.chroma(old)), most)
    left = np.maximum(most - knee, 1e-6)
    over = np.maximum(chroma - knee, 0)
    reached = np.minimum(chroma, knee) + left * (1 - np.exp(-over / left))
    done = new.copy()
    done[:, 1:] *= (reached / np.maximum(chroma, 1e-6))[:, None]
    return done


TOOLS = (
    Tool(
        "colour_shift", 1, "More or less of a colour than there is", ColourShiftArgs, colour_shift
    ),
)
