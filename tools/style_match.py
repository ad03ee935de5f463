"""``match_style``: give a picture the colours and tones of another, at native resolution.

The other picture is the asset "style", a file the user handed over. Faces' skin keeps most of its
own colour and some of its light; what the mask leaves out is not touched, and does not count
towards the statistics.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from tools.cielab import lab_of
from tools.colour_table import apply_table
from tools.errors import BadArguments, GroundingFailed
from tools.film import add_grain, grain_plane
from tools.grounders import ground
from tools.grounding import Scene
from tools.light import rounded
from tools.operation import Rgb, SoftMask, Tool, ToolArgs, ToolContext, ToolResult
from tools.pictures import load_picture
from tools.strips import map_strips
from tools.style_statistics import FEWEST, Colours, distance, sampled, statistics
from tools.style_transfer import colour_map, in_display, one_tone
from tools.target import Target

ASSET = "style"
"""Name of the file a step needs."""
SKIN = (
    Target(phrase="the faces", category="face", quantity="all"),
    Target(phrase="the skin", category="skin", quantity="all"),
)
SIZE = 33
"""Points a side of the table; the map is smooth, so more would only cost time."""
_DIFFERENCES = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], dtype=np.float32)
LIGHT = 5
"""Power of the share of skin's own colour that its own lightness is kept by."""
LONGEST = 1024
"""Side at which the style's grain is measured."""


class StyleArgs(ToolArgs):
    """Arguments of ``match_style``; the picture itself is the asset "style"."""

    strength: float = Field(default=1.0, ge=0, le=1, description="0 does nothing")
    tone: float = Field(default=1.0, ge=0, le=1, description="share of its light and contrast")
    skin: float = Field(
        default=0.7, ge=0, le=1, description="how much skin keeps its own; 1 leaves it untouched"
    )
    grain: float = Field(default=0.0, ge=0, le=1, description="share of its grain that is added")


def match_style(args: StyleArgs, context: ToolContext) -> ToolResult:
    """Take over the style picture's colours, tones and, if wanted, grain.

    Raises:
        BadArguments: no style picture was handed over, or the mask holds too few pixels.
        PictureError: the style picture cannot be read.
    """
    given = context.assets.get(ASSET)
    if given is None:
        raise BadArguments(
            "taking over a style needs a picture to take it from: hand it over with "
            "--style-image FILE"
        )
    style, digest = _style(Path(given))
    facts = {"style": statistics(style).to_json(), "sha256": digest}
    if args.strength == 0:
        return ToolResult(context.image.copy(), facts=facts)
    # Skin of its own colour in a black and white photo would be a painted one.
    skin = _skin(context) if args.skin > 0 and one_tone(style) is None else None
    content = sampled(context.image, _counted(context.mask, skin))
    if len(content) < FEWEST:
        content = sampled(context.image, context.mask)
    if len(content) < FEWEST:
        raise BadArguments("there are too few pixels to give a style to; name a larger region")
    table = _table(content, style, args)
    styled = apply_table(context, table, SIZE)
    if args.grain > 0:
        styled = _with_grain(styled, context, _grain(Path(given)) * args.grain * args.strength)
    notes: tuple[str, ...] = ()
    if skin is not None:
        styled = _kept_skin(context, styled, skin, args.skin)
        notes = (f"skin keeps {args.skin:.0%} of its own colour",)
    fell = distance(statistics(content), statistics(style))
    return ToolResult(styled, notes=notes, facts=facts | {"apart_before": round(fell, 2)})


def _table(content: Colours, style: Colours, args: StyleArgs) -> NDArray[np.float64]:
    """The whole map as a cube table, red changing fastest."""
    mapped = colour_map(content, style)

    def partly(lab: NDArray[np.float64]) -> Colours:
        moved = mapped(lab)
        moved[:, 0] = lab[:, 0] + (moved[:, 0] - lab[:, 0]) * args.tone
        return np.asarray(lab + (moved - lab) * args.strength)

    axis = np.linspace(0, 1, SIZE)
    blue, green, red = np.meshgrid(axis, axis, axis, indexing="ij")
    grid = np.stack([red, green, blue], axis=-1).reshape(-1, 3)
    return in_display(partly)(grid)


@lru_cache(maxsize=4)
def _loaded(path: str, _size: int, _changed: int) -> tuple[Colours, str]:
    picture = load_picture(path)
    colours = sampled(picture.rgb, None if picture.alpha is None else _seen(picture.alpha))
    if len(colours) < FEWEST:
        raise BadArguments(f"the style picture {path} has too few pixels to have a style")
    return colours, hashlib.sha256(Path(path).read_bytes()).hexdigest()


def _style(path: Path) -> tuple[Colours, str]:
    """The colours of the style picture, read once however many pictures take it over."""
    try:
        status = path.stat()
    except OSError as error:
        raise BadArguments(f"the style picture {path} cannot be read: {error.strerror}") from error
    return _loaded(str(path), status.st_size, status.st_mtime_ns)


def _seen(alpha: NDArray[np.uint8]) -> SoftMask:
    return alpha.astype(np.float32) / np.float32(255)


def _skin(context: ToolContext) -> SoftMask | None:
    """HW float32 where faces and other skin are; None where no face was found."""
    scene = Scene(context.image)
    found: SoftMask | None = None
    for target in SKIN:
        try:
            soft = ground(scene, target).soft
        except GroundingFailed:
            continue
        found = soft if found is None else np.maximum(found, soft)
    return found


def _counted(mask: SoftMask | None, skin: SoftMask | None) -> SoftMask | None:
    """Which pixels count: those that may change and are no skin."""
    if skin is None:
        return mask
    rest = np.float32(1) - skin
    return rest if mask is None else np.minimum(mask, rest)


def _kept_skin(context: ToolContext, styled: Rgb, skin: SoftMask, share: float) -> Rgb:
    """Mix the skin's own colour back in, and less of its light; at full share bit for bit.

    Light falls on a face as on all around it: one that kept the day under a night would look
    cut out. So a high power of the share is kept of its lightness, and its colour is as strong as
    that light lets it be.
    """
    hue, light = skin * np.float32(share), skin * np.float32(share**LIGHT)

    def work(block: Rgb, top: int) -> Rgb:
        rows = slice(top, top + block.shape[0])
        made = styled[rows]
        own, new = (lab_of(part) for part in (block, made))
        new[..., :1] += (own[..., :1] - new[..., :1]) * light[rows, :, None]
        lit = np.minimum(new[..., :1] / np.maximum(own[..., :1], np.float32(1)), 1)
        new[..., 1:] += (own[..., 1:] * lit - new[..., 1:]) * hue[rows, :, None]
        mixed = cv2.cvtColor(new, cv2.COLOR_LAB2RGB) * np.float32(255)
        # To Lab and back is not exact, so what is all one or all the other is not sent through it.
        mixed = np.where(hue[rows, :, None] > 0, mixed, made)
        return rounded(np.where(light[rows, :, None] < 1, mixed, block))

    return map_strips(context, work)


def _grain(path: Path) -> float:
    """How grainy the style picture is, as the amount of ``grain``; [0, 1]."""
    rgb = load_picture(path).rgb
    side = min(LONGEST, *rgb.shape[:2])  # the middle at full size; shrinking removes grain
    y, x = (rgb.shape[0] - side) // 2, (rgb.shape[1] - side) // 2
    grey = cv2.cvtColor(rgb[y : y + side, x : x + side], cv2.COLOR_RGB2GRAY)
    # Second differences both ways cancel slopes and edges (Immerkaer 1996); the median of what is
    # left is the noise of the flat parts.
    left = cv2.filter2D(grey, cv2.CV_32F, _DIFFERENCES)
    sigma = float(np.median(np.abs(left))) / 0.6745 / 6
    return float(np.clip(sigma / 20, 0, 1))


def _with_grain(styled: Rgb, context: ToolContext, amount: float) -> Rgb:
    if amount < 0.01:
        return styled
    plane = grain_plane(styled.shape[0], styled.shape[1], 1.0, context.seed)
    after = ToolContext(
        styled, seed=context.seed, cancelled=context.cancelled, progress=context.progress
    )
    return map_strips(
        after,
        lambda block, top: rounded(add_grain(block.astype(np.float32), plane, top, amount, 0.25)),
    )


TOOLS = (
    Tool("match_style", 3, "Colours and tones of a picture handed over", StyleArgs, match_style),
)
