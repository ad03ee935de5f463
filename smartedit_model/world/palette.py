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
def _paints() -> dict[str, Colour]:
    raw = load_data("palette.yaml")["paints"] | load_data("palette.yaml")["named"]
    return {name: (float(c[0]), float(c[1]), float(c[2])) for name, c in raw.items()}


@cache
def _choices(name: str) -> tuple[Colour, ...]:
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


def unshaded(colour: Any, steps: int) -> Any:
    """The colour, an array of three, that `shade` makes this one of; it may leave [0, 255]."""
    if steps > 0:
        k = 1.0 - LIGHTER**steps
        return (colour - 255 * k) / (1 - k)
    return (colour - np.array([0.0, 0.0, BLUER]) * -steps) / DARKER**-steps


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
    for name in ("skin", "hair", "accent"):
        paints[name] = draw.choice(_choices(name))
    return paints


def paint(token: str, own: dict[str, Colour]) -> Colour:
    """The colour of a drawing's paint token, as `main--`, `wood+` or `ink`."""
    base = token.rstrip("+-")
    suffix = token[len(base) :]
    steps = len(suffix) if suffix[:1] == "+" else -len(suffix)
    colour = own.get(base)
    if colour is None:
        fixed = _paints()
        if base not in fixed:
            raise UnknownNameError("paint", base, [*own, *fixed])
        colour = fixed[base]
    return shade(colour, steps) if steps else colour
