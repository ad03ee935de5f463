"""The world's colours: what each name looks like, and lighter and darker shades of it.

Colours are RGB triples of floats in [0, 255]. It knows nothing of shapes.
"""

from __future__ import annotations

import random
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import yaml

from smartedit_model.world.errors import UnknownNameError

Colour = tuple[float, float, float]


@cache
def load_data(name: str) -> Any:
    """The parsed YAML file `name` of the world's data folder."""
    text = resources.files("smartedit_model.world.data").joinpath(name).read_text("utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@cache
def colour_names() -> tuple[str, ...]:
    """The colours that expressions speak of."""
    return tuple(load_data("palette.yaml")["named"])


@cache
def rgb(name: str) -> Colour:
    """The plain colour of a name."""
    named = load_data("palette.yaml")["named"]
    if name not in named:
        raise UnknownNameError("colour", name, named)
    red, green, blue = named[name]
    return (float(red), float(green), float(blue))


@cache
def fixed_paints() -> dict[str, Colour]:
    """The paints that are the same in every drawing, by their bases."""
    raw = load_data("palette.yaml")["paints"] | load_data("palette.yaml")["named"]
    return {name: (float(c[0]), float(c[1]), float(c[2])) for name, c in raw.items()}


DRAWN_ANEW = ("skin", "hair", "accent")
"""Bases of the paints that each thing has its own of, besides its main one."""


@cache
def paint_choices(name: str) -> tuple[Colour, ...]:
    """What a paint of ``DRAWN_ANEW`` may be."""
    return tuple((float(c[0]), float(c[1]), float(c[2])) for c in load_data("palette.yaml")[name])


LIGHTER, DARKER, BLUER = 0.74, 0.8, 3.0
"""What each step lighter leaves of the way to white, and each step darker of the light; and the
blue that this adds: shadows lean to it, as they do outdoors, and a plain darkening looks dirty."""
RIM_STEPS = -3
"""The shade of the main paint that outlines have."""


def shade(colour: Colour, steps: int) -> Colour:
    """A colour `steps` lighter (positive) or darker (negative); it never leaves [0, 255]."""
    r, g, b = colour
    if steps > 0:
        k = 1.0 - LIGHTER**steps
        return (r + (255 - r) * k, g + (255 - g) * k, b + (255 - b) * k)
    k = DARKER**-steps
    return (r * k, g * k, min(b * k + BLUER * -steps, 255.0))


def linear_shade(steps: int) -> tuple[float, Colour]:
    """Factor and offset by which ``shade`` makes one colour of another, short of its limits."""
    if steps > 0:
        k = LIGHTER**steps
        return k, (255 * (1 - k), 255 * (1 - k), 255 * (1 - k))
    return DARKER**-steps, (0.0, 0.0, BLUER * -steps)


def unshaded(colour: Any, steps: int) -> Any:
    """The colour, an array of three, that `shade` makes this one of; it may leave [0, 255]."""
    factor, offset = linear_shade(steps)
    return (colour - np.array(offset)) / factor


def toned(name: str, tone: float, warmth: float) -> Colour:
    """A colour of the given name that is its own: tone and warmth are in [-1, 1].

    The variation is small enough that the name stays clear.
    """
    r, g, b = rgb(name)
    k = 1.0 + 0.07 * tone
    w = 7.0 * warmth
    return (_clip(r * k + w), _clip(g * k), _clip(b * k - w))


def _clip(value: float) -> float:
    return min(max(value, 0.0), 255.0)


def instance_paints(colour: str, seed: int) -> dict[str, Colour]:
    """The paints of one object: `main` of the named colour, its own skin, hair and accent."""
    draw = random.Random(seed)
    main = toned(colour, draw.uniform(-1, 1), draw.uniform(-1, 1))
    paints = {"main": main}
    for name in DRAWN_ANEW:
        paints[name] = draw.choice(paint_choices(name))
    return paints


def split_token(token: str) -> tuple[str, int]:
    """A paint token as its base and its steps: `wood+` is ("wood", 1), `main--` ("main", -2)."""
    base = token.rstrip("+-")
    suffix = token[len(base) :]
    return base, len(suffix) if suffix[:1] == "+" else -len(suffix)


def paint(token: str, own: dict[str, Colour]) -> Colour:
    """The colour of a drawing's paint token, as `main--`, `wood+` or `ink`."""
    base, steps = split_token(token)
    colour = own.get(base)
    if colour is None:
        colour = fixed_paints().get(base)
        if colour is None:
            raise UnknownNameError("paint", base, [*own, *fixed_paints()])
    return shade(colour, steps) if steps else colour
