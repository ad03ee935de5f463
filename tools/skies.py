"""Another sky: clear, with clouds, stormy, starry and more, drawn where the old one was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from pydantic import Field as Argument

from tools.clouds import CloudLayer, Plane, Weave, fractal
from tools.compositing import composite
from tools.errors import BadArguments
from tools.fields import Field, smoothstep
from tools.grounding import Scene
from tools.light import Light, luminance, to_display_dithered, to_light
from tools.operation import Rgb, SoftMask, Tool, ToolArgs, ToolContext, ToolResult
from tools.sky import find_sky
from tools.sky_matte import SkyMatte, sky_matte
from tools.stars import milky_way, scattered
from tools.strips import map_strips

Colour = tuple[float, float, float]
SkyKind = Literal[
    "clear", "cloudy", "overcast", "dramatic", "stormy", "sunset", "starry", "northern lights"
]
"""The skies there are."""


@dataclass(frozen=True)
class Sky:
    """What a sky is made of.

    Attributes:
        top: linear RGB overhead.
        low: linear RGB at the horizon, into which distant clouds fade.
        lit: linear RGB of cloud that the light reaches.
        shade: linear RGB of cloud that it does not.
        weave: of the clouds; None = there are none.
        fall: exponent of the way from the horizon's colour to that overhead.
        by_day: it has the light of the picture, so that it is dark over a dark one.
        stars: there are stars.
        curtains: there are northern lights.
    """

    top: Colour
    low: Colour
    lit: Colour = (1.0, 1.0, 1.0)
    shade: Colour = (0.5, 0.5, 0.5)
    weave: Weave | None = None
    fall: float = 1.7
    by_day: bool = True
    stars: bool = False
    curtains: bool = False


SKIES: dict[str, Sky] = {
    "clear": Sky(top=(0.10, 0.26, 0.62), low=(0.50, 0.67, 0.86)),
    "cloudy": Sky(
        top=(0.10, 0.26, 0.62), low=(0.52, 0.68, 0.86), lit=(1.0, 0.98, 0.95),
        shade=(0.46, 0.52, 0.62), weave=Weave(bare=-0.05, soft=1.1, scale=0.16, dense=1.5),
    ),
    "overcast": Sky(
        top=(0.36, 0.39, 0.43), low=(0.64, 0.66, 0.68), lit=(0.68, 0.70, 0.72),
        shade=(0.27, 0.30, 0.34), weave=Weave(bare=-1.6, soft=2.2, scale=0.12, dense=1.0),
    ),
    "dramatic": Sky(
        top=(0.08, 0.14, 0.27), low=(0.60, 0.58, 0.56), lit=(0.95, 0.89, 0.80),
        shade=(0.045, 0.055, 0.08), weave=Weave(bare=-0.55, soft=1.3, scale=0.13, dense=1.6),
    ),
    "stormy": Sky(
        top=(0.06, 0.075, 0.10), low=(0.28, 0.31, 0.34), lit=(0.40, 0.42, 0.45),
        shade=(0.03, 0.04, 0.055), weave=Weave(bare=-1.1, soft=1.6, scale=0.13, dense=1.4),
    ),
    "sunset": Sky(
        top=(0.055, 0.075, 0.20), low=(1.0, 0.42, 0.12), lit=(1.0, 0.42, 0.20),
        shade=(0.10, 0.055, 0.10), weave=Weave(bare=-0.1, soft=1.3, scale=0.13, dense=1.5),
        fall=1.5, by_day=False,
    ),
    "starry": Sky(
        top=(0.0025, 0.0045, 0.014), low=(0.016, 0.028, 0.060), by_day=False, stars=True,
    ),
    "northern lights": Sky(
        top=(0.003, 0.006, 0.016), low=(0.012, 0.030, 0.045), by_day=False, stars=True,
        curtains=True,
    ),
}  # fmt: skip

LOWEST = 0.5
"""Share of the picture's height above which no horizon is taken to lie: roofs hide it."""
FAINTEST = 1 / 255
"""Share of sky from which a pixel is drawn anew, as a mixture with what stands before it."""
CLOUDED = 0.09
"""Relief of a sky (``SkyMatte.relief``) from which it has clouds that can be made to stand out."""
DARK = 0.06
"""Luminance of a sky below which stars can be seen in it."""


class SkyArgs(ToolArgs):
    """Arguments of ``sky``."""

    kind: SkyKind = Argument(default="cloudy", description="what is drawn in its place")
    onto: bool = Argument(
        default=False,
        description="in the sky that is there: clouds and stars (which need a dark one) come into "
        "it, and one with clouds of its own is made dramatic",
    )


def draw_sky(args: SkyArgs, context: ToolContext) -> ToolResult:
    """Draw another sky within the mask.

    Raises:
        BadArguments: there is no mask, or nothing in it.
        Cancelled: the caller asked to stop.
    """
    mask = context.mask
    if mask is None:
        raise BadArguments("sky needs a mask: mark the sky, or name it in the step")
    if not (mask > 0.5).any():
        raise BadArguments("the mask of the sky is empty")
    image = context.image
    sky, old = SKIES[args.kind], sky_matte(image, mask)
    if args.onto and args.kind == "dramatic" and old.relief(image) > CLOUDED:
        return _deepened(context, old)
    onto = args.onto and (args.kind == "cloudy" or (sky.stars and old.luminance < DARK))
    drawn = _Drawn(sky, context, max(1.02 * old.lowest(), LOWEST), _gain(sky, old.luminance))

    def work(block: Rgb, top: int) -> Rgb:
        rows = block.shape[0]
        if not old.shares(top, rows).any():
            return block.copy()
        light, was = to_light(block), old.colour.rows(top, rows)
        stays = was + (light - was) * old.whole(top, rows) if onto else None
        new = drawn.rows(top, rows, stays)
        return to_display_dithered(old.mixed(light, top, new, was), top)

    anew = args.onto and not onto and args.kind != "dramatic"
    notes = () if not anew else (f"the whole sky is drawn anew, as a {args.kind} one",)
    made = map_strips(context, work)
    return ToolResult(made, region=_drawn_in(mask), notes=notes, facts={"sky": args.kind})


def _drawn_in(mask: SoftMask) -> SoftMask:
    return np.asarray(mask >= FAINTEST, dtype=np.float32)


def _deepened(context: ToolContext, old: SkyMatte) -> ToolResult:
    """A sky whose own clouds stand out more against a darker one."""

    def work(block: Rgb, top: int) -> Rgb:
        rows = block.shape[0]
        if not old.shares(top, rows).any():
            return block.copy()
        light, was = to_light(block), old.colour.rows(top, rows)
        level = luminance(was)[..., None]
        ratio = luminance(light)[..., None] / np.maximum(level, np.float32(1e-3))
        ratio = 1 + (np.clip(ratio, 0.3, 1.8) - 1) * old.whole(top, rows)
        new = np.minimum(np.float32(0.6) * (was + (light - was) * old.whole(top, rows)), 1)
        new = np.minimum(new * ratio ** np.float32(0.9), 1)
        return to_display_dithered(old.mixed(light, top, new, was), top)

    notes = ("the sky's own clouds are made to stand out",)
    made = map_strips(context, work)
    return ToolResult(made, region=_drawn_in(old.share), notes=notes, facts={"sky": "dramatic"})


def clouded_over(image: Rgb, kind: SkyKind, share: float, seed: int, over: frozenset[str]) -> Rgb:
    """The picture under another sky, for weather that brings its own.

    Args:
        image: HWC uint8 RGB.
        kind: of the sky.
        share: of it in what is seen, [0, 1]; the rest is the old one's.
        seed: which clouds.
        over: the skies it comes over ("blue sky"; see ``tools.sky``); others stay.

    Returns:
        HWC uint8 RGB; the picture itself where there is no such sky in it.
    """
    found = [sky for sky in find_sky(Scene(image)) if sky.label in over and sky.soft is not None]
    if not found or found[0].soft is None or share <= 0:
        return image
    made = draw_sky(SkyArgs(kind=kind), ToolContext(image, found[0].soft, None, seed))
    region = found[0].soft if made.region is None else made.region
    return composite(image, made.image, np.asarray(region * np.float32(min(share, 1.0))))


def _gain(sky: Sky, seen: float) -> np.float32:
    """How bright the sky is, [0.02, 1]: by day as the old one, but never brighter than its own."""
    if not sky.by_day:
        return np.float32(1)
    own = float(luminance(np.array([[sky.top, sky.low]], dtype=np.float32)).mean())
    return np.float32(np.clip(1.6 * seen / own, 0.02, 1.0))


class _Drawn:
    """A sky over one picture, drawn row by row."""

    def __init__(self, sky: Sky, context: ToolContext, horizon: float, gain: np.float32) -> None:
        self._sky, self._gain, self._horizon = sky, gain, horizon
        self._height, self._width = context.image.shape[:2]
        size, seed = (self._height, self._width), context.seed
        self._clouds = CloudLayer(sky.weave, seed, *size, horizon) if sky.weave else None
        self._stars = scattered(*size, seed) if sky.stars else None
        self._band: Field | None = None
        if sky.stars and not sky.curtains:
            self._band = Field(milky_way(*self._small(), seed), *size)
        self._curtains: Field | None = None
        if sky.curtains:
            self._curtains = Field(curtains(*self._small(), seed, horizon), *size)

    def _small(self) -> tuple[int, int]:
        scale = min(1.0, 900 / max(self._height, self._width))
        return max(2, round(self._height * scale)), max(2, round(self._width * scale))

    def rows(self, top: int, count: int, onto: Light | None) -> Light:
        """Linear RGB of rows ``top`` to ``top + count``, count x width x 3.

        Args:
            top: the first row.
            count: how many.
            onto: the same rows of a sky that stays behind clouds and stars; None = a new one.
        """
        sky = self._sky
        y = (np.arange(top, top + count, dtype=np.float32) + np.float32(0.5)) / self._height
        above = np.clip((self._horizon - y) / self._horizon, 0, 1)
        up = np.repeat(above[:, None], self._width, axis=1)
        down = ((1 - up) ** np.float32(sky.fall))[..., None]
        out = onto if onto is not None else self._gradient(down)
        low = onto if onto is not None else self._gradient(np.ones((1, 1, 1), np.float32))
        tint = np.float32(1) if onto is None else _warmth(onto)
        if self._clouds is not None:
            out = self._clouded(
                self._clouds.rows(top, count), out, up, low, np.asarray(self._gain * tint)
            )
        if self._band is not None:
            glow = self._band.rows(top, count)[..., None]
            out = out + glow * np.array([0.060, 0.060, 0.080], dtype=np.float32) * (1 - down)
        if self._stars is not None:
            seen = smoothstep(0.02, 0.3, up)[..., None]  # air takes those near the horizon
            out = out + self._stars.rows(top, count, self._width) * seen
        if self._curtains is not None:
            out = out + self._curtains.rows(top, count)
        return np.asarray(out, dtype=np.float32)

    def _gradient(self, down: Light) -> Light:
        low, high = (np.asarray(c, dtype=np.float32) for c in (self._sky.low, self._sky.top))
        return np.asarray(self._gain * (high + (low - high) * down), dtype=np.float32)

    def _clouded(
        self,
        clouds: tuple[Plane, Plane, Plane],
        clear: Light,
        up: Plane,
        low: Light,
        light: Light,
    ) -> Light:
        sky, (cover, reached, thick) = self._sky, clouds
        lit, shade = (light * np.asarray(c, dtype=np.float32) for c in (sky.lit, sky.shade))
        cloud = shade + (lit - shade) * reached[..., None]
        # Light passes through thin edges whatever stands before them.
        cloud = cloud + (lit - cloud) * (np.float32(0.6) * np.exp(-3 * thick))[..., None]
        # Air between lies before far clouds, near the horizon.
        far = np.float32(0.25) + np.float32(0.75) * smoothstep(0, 0.35, up)[..., None]
        cloud = low + (cloud - low) * far
        there = (cover * smoothstep(-0.02, 0.22, up))[..., None]
        return np.asarray(clear + (cloud - clear) * there, dtype=np.float32)


def _warmth(colour: Light) -> Light:
    """What low light makes of white clouds, HWC: the colour of a warm sky, not of a blue one."""
    most = np.maximum(colour.max(axis=-1, keepdims=True), np.float32(1e-4))
    warm = np.clip((colour[..., :1] - colour[..., 2:]) / most, 0, 1)
    return np.asarray(1 + (colour / most - 1) * warm, dtype=np.float32)


def curtains(rows: int, columns: int, seed: int, horizon: float) -> Light:
    """Northern lights, rows x columns x 3 linear RGB: folds of green that end in violet above."""
    rng = np.random.Generator(np.random.PCG64([seed, 37]))
    side = 1 << int(np.ceil(np.log2(max(columns, rows, 2))))
    line = fractal(side, seed + 41, 2.2)
    fine = fractal(side, seed + 43, 1.1)
    y = (np.arange(rows, dtype=np.float32)[:, None] + np.float32(0.5)) / rows / np.float32(horizon)
    out = np.zeros((rows, columns, 3), dtype=np.float32)
    green = np.array([0.05, 0.62, 0.25], dtype=np.float32)
    violet = np.array([0.26, 0.06, 0.42], dtype=np.float32)
    for fold in range(3):
        foot = np.float32(rng.uniform(0.55, 0.85)) + np.float32(0.10) * line[fold * 7, :columns]
        tall = np.float32(rng.uniform(0.30, 0.55))
        rays = np.clip(0.55 + 0.32 * fine[fold * 11 + 3, :columns], 0.05, 1.3)
        strong = np.clip(0.6 + 0.45 * line[fold * 13 + 5, :columns], 0, 1.3)
        above = (foot[None] - y) / tall
        # A sharp lower edge, a long fade upwards (the green and red lines of oxygen).
        shape = smoothstep(-0.05, 0.04, above) * np.exp(-np.maximum(above, 0) * np.float32(2.4))
        tint = green + (violet - green) * smoothstep(0.25, 1.1, above)[..., None]
        out += (shape * rays[None] * strong[None])[..., None] * tint * np.float32(0.75)
    return np.asarray(cv2.GaussianBlur(out, (0, 0), max(rows / 500, 0.6)), dtype=np.float32)


TOOLS = (Tool("sky", 1, "Another sky: clear, cloudy, stormy, starry…", SkyArgs, draw_sky),)
