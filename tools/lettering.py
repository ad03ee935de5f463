"""Writes on the picture: caption and watermark.

Fonts are ``tools.fonts``, line breaking ``tools.typesetting``, blending ``tools.stamps``. Each tool
reports exactly which pixels it touched.
"""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from pydantic import Field, model_validator

from tools.errors import BadArguments
from tools.fonts import asset_path, check_drawable, face_for
from tools.light import LINEAR, LUMINANCE
from tools.masks import box_of
from tools.operation import Rgb, Tool, ToolArgs, ToolContext, ToolResult
from tools.pictures import load_picture
from tools.places import SHARES, Place, named_colour
from tools.stamps import Canvas, Stamp, layered
from tools.typesetting import Block, fit_text

Coverage = NDArray[np.float32]
"""HW float32 [0, 1]."""
Colour = tuple[int, int, int]
Box = tuple[int, int, int, int]

_WHITE, _BLACK = (255, 255, 255), (0, 0, 0)
_READABLE = 4.5
"""Contrast ratio that WCAG asks of text."""
_BUSY = 0.16
"""Standard deviation of luma above which a background swallows thin strokes."""


class CaptionArgs(ToolArgs):
    """What to write, where and how."""

    text: str = Field(min_length=1, max_length=500, description="verbatim; line breaks are kept")
    place: Place = "bottom"
    colour: str = Field(default="", max_length=60, description='"" = white or black by contrast')
    size: float | None = Field(
        default=None, gt=0, le=1, description="letter height, share of picture height"
    )
    style: Literal["auto", "shadow", "outline", "band", "plain"] = Field(
        default="auto", description="what sets the letters off; band is a translucent strip"
    )
    weight: Literal["regular", "bold"] = "bold"
    margin: float = Field(default=0.04, ge=0, le=0.3, description="share of the shorter side")
    font: str = Field(
        default="", max_length=60, description='asset name; "" = the asset "font" or the shipped'
    )

    @model_validator(mode="after")
    def _has_ink(self) -> CaptionArgs:
        if not self.text.strip():
            raise ValueError("the text is blank; give something to write")
        return self


def usual_size(width: int, height: int) -> float:
    """How high letters are where nobody says, as a share of the picture's height."""
    return 0.062 * min(1.0, width / height * 1.1)


def caption(args: CaptionArgs, ctx: ToolContext) -> ToolResult:
    """Write a text over the picture, broken into lines and made smaller where it must be."""
    frame = _frame(ctx)
    width, height = frame[2] - frame[0], frame[3] - frame[1]
    face = face_for(ctx, args.font, args.weight)
    check_drawable(face, args.text)
    margin = round(args.margin * min(width, height))
    share = args.size if args.size is not None else usual_size(width, height)
    # Beside the middle of a picture a text may fill half of it, elsewhere nearly all.
    most = 0.5 if args.place in ("left", "right") else 1.0
    block = fit_text(
        args.text,
        face,
        round(share * height),
        max(1, round((width - 2 * margin) * most * 0.96)),
        max(1, height - 2 * margin),
    )
    align = {0.0: "left", 0.5: "center", 1.0: "right"}[SHARES[args.place][0]]
    ink, inset = _ink(block, align)
    left, top = _corner(frame, (ink.shape[1] - 2 * inset, ink.shape[0] - 2 * inset), args.place,
                        margin)  # fmt: skip
    box = (left, top, left + ink.shape[1] - 2 * inset, top + ink.shape[0] - 2 * inset)
    under = _under(ctx.image, box)
    colour = named_colour(args.colour) if args.colour else _clearer(_mean(under))
    other = _clearer(colour)
    style = args.style
    if style == "auto":
        busy = float(under.astype(np.float32).mean(axis=2).std()) / 255 > _BUSY
        style = "outline" if busy or _contrast(colour, _mean(under)) < _READABLE else "shadow"
    canvas = Canvas(ctx)
    if style == "band":
        strip, at = _band(frame, box, block.pixels, args.place)
        canvas.lay(layered([(strip, other)]), *at)
    stamp = _dressed(ink, colour, other, style, block)
    canvas.lay(stamp, left - inset, top - inset)
    notes = ("made smaller to fit",) if block.shrunk else ()
    return canvas.result(
        notes,
        {
            "box": list(box),
            "text": args.text,
            "lines": list(block.lines),
            "pixels": block.pixels,
            "colour": _code(colour),
            "style": style,
            "font": face.name,
        },
    )


def _ink(block: Block, align: str) -> tuple[Coverage, int]:
    """Coverage of the letters with an empty border around it, and the border's width."""
    joined = "\n".join(block.lines)
    probe = ImageDraw.Draw(Image.new("L", (1, 1)))
    x0, y0, x1, y1 = probe.multiline_textbbox(
        (0, 0), joined, font=block.font, spacing=block.gap, align=align
    )
    inset = max(3, round(block.pixels * 0.45))
    size = (int(np.ceil(x1 - x0)) + 2 * inset, int(np.ceil(y1 - y0)) + 2 * inset)
    sheet = Image.new("L", size)
    ImageDraw.Draw(sheet).multiline_text(
        (inset - x0, inset - y0), joined, 255, block.font, spacing=block.gap, align=align
    )
    return np.asarray(sheet, np.float32) / np.float32(255), inset


def _dressed(ink: Coverage, colour: Colour, other: Colour, style: str, block: Block) -> Stamp:
    """The letters over what sets them off."""
    layers: list[tuple[Coverage, Colour]] = []
    if style in ("shadow", "outline"):
        soft = cv2.GaussianBlur(ink, (0, 0), max(1.0, block.pixels * 0.09))
        drop = max(1, round(block.pixels * 0.03))
        layers.append((np.clip(np.roll(soft, drop, axis=0) * 1.5, 0, 0.62), other))
    if style == "outline":
        radius = max(1, round(block.pixels * 0.05))
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
        edge = cv2.GaussianBlur(cv2.dilate(ink, kernel), (0, 0), 0.6)
        layers.append((np.clip(edge, 0, 1) * np.float32(0.9), other))
    layers.append((ink, colour))
    return layered(layers)


def _band(frame: Box, box: Box, pixels: int, place: Place) -> tuple[Coverage, tuple[int, int]]:
    """A translucent strip across the frame, or behind the words alone, and its corner."""
    room = round(pixels * 0.55)
    left, top, right, bottom = box[0] - room, box[1] - room, box[2] + room, box[3] + room
    if place in ("top", "bottom"):
        left, right = frame[0], frame[2]
    left, top = max(left, frame[0]), max(top, frame[1])
    right, bottom = min(right, frame[2]), min(bottom, frame[3])
    return np.full((bottom - top, right - left), 0.55, np.float32), (left, top)


class WatermarkArgs(ToolArgs):
    """What to mark the picture with."""

    text: str = Field(default="", max_length=120, description="words, or leave empty for a logo")
    logo: str = Field(default="", max_length=60, description='asset name; "" = the asset "logo"')
    place: Place = "bottom right"
    opacity: float = Field(default=0.55, gt=0, le=1)
    scale: float = Field(default=0.2, gt=0, le=1, description="its width, share of the picture's")
    tile: bool = Field(default=False, description="repeat it all over, slanted")
    margin: float = Field(default=0.03, ge=0, le=0.3, description="share of the shorter side")
    colour: str = Field(default="", max_length=60, description='of words; "" = by contrast')
    font: str = Field(default="", max_length=60, description="as for caption")


def watermark(args: WatermarkArgs, ctx: ToolContext) -> ToolResult:
    """Lay a text or a logo over the picture, translucent, once or all over."""
    frame = _frame(ctx)
    width, height = frame[2] - frame[0], frame[3] - frame[1]
    wide = max(4, round(args.scale * width))
    facts: dict[str, object] = {"text": args.text}
    notes: tuple[str, ...] = ()
    if args.text.strip():
        face = face_for(ctx, args.font, "bold")
        check_drawable(face, args.text)
        length = face.at(100).getlength(args.text)
        block = fit_text(
            args.text, face, max(8, round(100 * wide / max(1.0, length))), width, height
        )
        ink, inset = _ink(block, "center")
        ink = ink[inset // 2 : -(inset // 2), inset // 2 : -(inset // 2)]
        corner = _corner(frame, (ink.shape[1], ink.shape[0]), args.place, 0)
        near = (*corner, corner[0] + ink.shape[1], corner[1] + ink.shape[0])
        tone = _mean(ctx.image if args.tile else _under(ctx.image, near))
        colour = named_colour(args.colour) if args.colour else _clearer(tone)
        stamp = _dressed(ink, colour, _clearer(colour), "shadow", block)
        facts |= {"colour": _code(colour), "font": face.name}
    else:
        name = args.logo or "logo"
        logo = load_picture(asset_path(ctx, name, "a picture (PNG with transparency is best)"))
        if logo.alpha is None:
            stamp = Stamp(logo.rgb, np.full(logo.rgb.shape[:2], 255, np.uint8))
            notes = ("the logo has no transparency, so its background shows",)
        else:
            stamp = _trimmed(Stamp(logo.rgb, logo.alpha))
        stamp = stamp.scaled(min(wide, max(1, round(height * stamp.size[0] / stamp.size[1]))))
        facts["logo"] = name
    stamp = stamp.faded(args.opacity)
    canvas = Canvas(ctx)
    if args.tile:
        facts["count"] = _tiled(canvas, stamp.turned(-30.0), frame)
    else:
        margin = round(args.margin * min(width, height))
        canvas.lay(stamp, *_corner(frame, stamp.size, args.place, margin))
    facts["box"] = list(box_of(canvas.region) or frame)
    return canvas.result(notes, facts)


def _trimmed(logo: Stamp) -> Stamp:
    """The logo without its empty border, so that its size and place mean what is seen of it."""
    seen = box_of(logo.alpha > 0)
    if seen is None:
        raise BadArguments("the logo is fully transparent; give one that shows something")
    here = np.s_[seen[1] : seen[3], seen[0] : seen[2]]
    return Stamp(logo.rgb[here], logo.alpha[here])


def _tiled(canvas: Canvas, stamp: Stamp, frame: Box) -> int:
    """Lay stamps in staggered rows over the frame; how many."""
    step_x, step_y = round(stamp.size[0] * 1.25), round(stamp.size[1] * 1.15)
    count = 0
    for row, top in enumerate(range(frame[1] - step_y // 2, frame[3], step_y)):
        start = frame[0] - (step_x // 2 if row % 2 else 0)
        for left in range(start, frame[2], step_x):
            canvas.lay(stamp, left, top)
            count += 1
    return count


def _frame(ctx: ToolContext) -> Box:
    """The box of the mask where one is given and holds something, else the whole picture."""
    found = None if ctx.mask is None else box_of(ctx.mask)
    return found or (0, 0, ctx.image.shape[1], ctx.image.shape[0])


def _corner(frame: Box, size: tuple[int, int], place: Place, margin: int) -> tuple[int, int]:
    """Where the top left of something of that size goes."""
    across, down = SHARES[place]
    free_x = frame[2] - frame[0] - 2 * margin - size[0]
    free_y = frame[3] - frame[1] - 2 * margin - size[1]
    return frame[0] + margin + round(free_x * across), frame[1] + margin + round(free_y * down)


def _under(image: Rgb, box: Box) -> Rgb:
    """What lies behind a box, thinned to a few thousand pixels."""
    x0, y0 = max(box[0], 0), max(box[1], 0)
    part = image[y0 : max(box[3], y0 + 1), x0 : max(box[2], x0 + 1)]
    step = max(1, int((part.shape[0] * part.shape[1] / 20_000) ** 0.5))
    return part[::step, ::step]


def _mean(pixels: Rgb) -> Colour:
    red, green, blue = (int(v) for v in pixels.reshape(-1, 3)[:: max(1, pixels.size // 300_000)]
                        .mean(axis=0))  # fmt: skip
    return red, green, blue


def _code(colour: Colour) -> str:
    return f"#{colour[0]:02x}{colour[1]:02x}{colour[2]:02x}"


def _contrast(one: Colour, two: Colour) -> float:
    """The WCAG contrast ratio of two display colours, 1 to 21."""
    low, high = sorted(float(LUMINANCE[0] @ LINEAR[list(colour)]) for colour in (one, two))
    return (high + 0.05) / (low + 0.05)


def _clearer(colour: Colour) -> Colour:
    """White or black, whichever stands out more; white where both do, as photos like it."""
    return _WHITE if _contrast(_WHITE, colour) >= min(3.0, _contrast(_BLACK, colour)) else _BLACK


TOOLS = (
    Tool("caption", 1, "Write a text on the picture, verbatim, readable on what lies under it.",
         CaptionArgs, caption, kind="overlay"),
    Tool("watermark", 1, "Mark the picture with a translucent text or logo, once or all over.",
         WatermarkArgs, watermark, kind="overlay"),
)  # fmt: skip
"""The tools of this module."""
