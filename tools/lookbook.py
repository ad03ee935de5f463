"""The look-book: named looks as data, found by name or alias.

Loads ``looks.yaml`` beside this module. Applying a look is in ``tools.looks``.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field
from rapidfuzz import fuzz, process

from tools.errors import BadArguments

Tone = tuple[float, float]
"""(hue in degrees, strength) in Oklab."""
Points = tuple[tuple[float, float], ...]


class Look(BaseModel):
    """One recipe; the fields are explained at the head of ``looks.yaml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    aliases: tuple[str, ...] = ()
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


@cache
def looks() -> dict[str, Look]:
    """Every look by its name."""
    text = files("tools").joinpath("looks.yaml").read_text(encoding="utf-8")
    return {name: Look.model_validate(recipe) for name, recipe in yaml.safe_load(text).items()}


@cache
def _by_any_name() -> dict[str, str]:
    known: dict[str, str] = {}
    for name, look in looks().items():
        for alias in (name, *look.aliases):
            known.setdefault(_key(alias), name)
    return known


def _key(text: str) -> str:
    words = re.sub(r"[-_\s]+", " ", text.strip().lower())
    return re.sub(r"^(a|an|the) ", "", re.sub(r" (look|style|vibe|feel|mood|grade)$", "", words))


def look_name(text: str) -> str:
    """The name of the look that a name or alias means.

    Raises:
        BadArguments: no such look; lists the nearest ones.
    """
    known = _by_any_name()
    found = known.get(_key(text))
    if found is not None:
        return found
    near = process.extract(_key(text), known.keys(), scorer=fuzz.WRatio, limit=8)
    nearest = list(dict.fromkeys(known[match[0]] for match in near))[:4]
    raise BadArguments(f"there is no look {text!r}; the nearest are: {', '.join(nearest)}")
