"""Numbered, coloured outlines of regions over a picture, with a legend below.

The picture is brought to a size at which lines and letters can be read, whether it has 256 pixels
or 50 megapixels. It knows regions and words, not what they are for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tools.fonts import Face, shipped_face
from tools.masks import check_mask
from tools.operation import HardMask, Rgb
from tools.typesetting import fit_text

SMALLEST, LARGEST = 1000, 2000
"""Longer side of the drawn picture, in pixels."""
COLOURS: tuple[tuple[int, int, int], ...] = (
    (255, 140, 0), (40, 170, 255), (0, 190, 120), (250, 225, 50), (225, 60, 60), (235, 110, 200),
    (150, 110, 240), (120, 220, 230),
)  # fmt: skip
"""Told apart by people who see colours in different ways, light and dark alike."""
KEPT = (255, 255, 255)
"""Of a region without a colour of its own."""
_DARK, _PAPER, _INK = (16, 16, 20), (250, 250, 248), (32, 32, 36)
_TINT, _WIDE_TINT = 0.26, 0.10
"""How much of its colour a region takes on; a wide one takes less, not to dye the picture."""
_WIDE = 0.3
"""Share of the picture from which a region is wide."""
_LABELS, _LIKE = 3, 0.3
"""Most labels of one region in pieces; how large a piece must be, as a share of the largest."""
Line = Literal["solid", "dashed"]


@dataclass(frozen=True)
class Mark:
    """One entry.

    Attributes:
        label: drawn on the region and before the text of the legend ("s1").
        text: of the legend.
        mask: HW bool, native; None = the legend alone.
        colour: place in ``COLOURS`` (over and over); None = white.
        line: of the outline.
    """

    label: str
    text: str
    mask: HardMask | None = None
    colour: int | None = 0
    line: Line = "solid"

    @property
    def rgb(self) -> tuple[int, int, int]:
        """Its colour."""
        return KEPT if self.colour is None else COLOURS[self.colour % len(COLOURS)]


def annotated(rgb: Rgb, marks: Sequence[Mark]) -> Rgb:
    """The picture with every region outlined and labelled, and a legend below it.

    Args:
        rgb: HWC uint8.
        marks: later ones are drawn over earlier ones; their order is the legend's.

    Returns:
        HWC uint8 RGB, its longer side of picture between ``SMALLEST`` and ``LARGEST`` pixels.

    Raises:
        BadArguments: a mask has another size than the picture.
    """
    for mark in marks:
        if mark.mask is not None:
            check_mask(mark.mask, (rgb.shape[0], rgb.shape[1]))
    picture = _sized(rgb)
    height, width = picture.shape[:2]
    line = max(3, round(max(height, width) / 420))
    masks = [None if mark.mask is None else _resized(mark.mask, width, height) for mark in marks]
    # Wide regions first, so that no small one disappears below a large one.
    order = sorted(range(len(marks)), key=lambda n: -_count(masks[n]))
    for number in order:
        _tint(picture, masks[number], marks[number])
    for number in order:
        _outline(picture, masks[number], marks[number], line)
    canvas = Image.fromarray(picture)
    _badges(canvas, marks, masks)
    legend = _legend(marks, width, height)
    sheet = Image.new("RGB", (width, height + legend.height), _PAPER)
    sheet.paste(canvas, (0, 0))
    sheet.paste(legend, (0, height))
    return np.array(sheet)


def _sized(rgb: Rgb) -> Rgb:
    height, width = rgb.shape[:2]
    longest = max(height, width)
    wanted = min(max(longest, SMALLEST), LARGEST)
    if wanted == longest:
        return rgb.copy()
    scale = wanted / longest
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(rgb, size, interpolation=way), np.uint8)


def _resized(mask: HardMask, width: int, height: int) -> HardMask:
    """The mask at the drawn size; what is thinner than a pixel there stays visible."""
    if mask.shape == (height, width):
        return mask
    soft = mask.astype(np.float32)
    way = cv2.INTER_AREA if mask.shape[0] > height else cv2.INTER_LINEAR
    share = cv2.resize(soft, (width, height), interpolation=way)
    hard = np.asarray(share >= 0.5)
    return hard if hard.any() else np.asarray(share > 0)


def _count(mask: HardMask | None) -> int:
    return 0 if mask is None else int(np.count_nonzero(mask))


def _tint(picture: Rgb, mask: HardMask | None, mark: Mark) -> None:
    if mask is None or mark.colour is None:
        return
    tint = _WIDE_TINT if mask.mean() > _WIDE else _TINT
    inside = picture[mask].astype(np.float32)
    picture[mask] = np.rint(inside + (np.array(mark.rgb, np.float32) - inside) * tint)


def _outline(picture: Rgb, mask: HardMask | None, mark: Mark, line: int) -> None:
    """The region's edge in its colour, cased in black so that it shows on any ground."""
    if mask is None:
        return
    padded = np.pad(mask.astype(np.uint8), 1)
    found, _ = cv2.findContours(padded, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    shift, short = np.array([1, 1]), 6 * line
    edges = [np.asarray(edge[:, 0] - shift, np.int32) for edge in found]
    longest = max((len(edge) for edge in edges), default=0)
    # Crumbs and pinholes of a ragged mask would bury the shape; the largest edge always stays.
    edges = [edge for edge in edges if len(edge) >= min(short, longest)]
    for colour, extra in ((_DARK, max(2, line // 2) * 2), (mark.rgb, 0)):
        for edge in edges:
            pieces = [edge] if mark.line == "solid" else _dashes(edge, line)
            for piece in pieces:
                closed = mark.line == "solid"
                cv2.polylines(picture, [piece], closed, colour, line + extra, cv2.LINE_AA)


def _dashes(edge: np.ndarray, line: int) -> list[np.ndarray]:
    on, off = 5 * line, 4 * line
    return [edge[at : at + on] for at in range(0, len(edge), on + off)]


# -- labels and legend ---------------------------------------------------------------------------


def _badges(canvas: Image.Image, marks: Sequence[Mark], masks: Sequence[HardMask | None]) -> None:
    """A label inside each region, as far from its edges and from other labels as can be."""
    font = shipped_face("bold").at(max(20, round(max(canvas.size) / 42)))
    draw = ImageDraw.Draw(canvas)
    free = np.ones((canvas.height, canvas.width), np.uint8)
    # The smallest region chooses first: it has the least room.
    for number in sorted(range(len(marks)), key=lambda n: _count(masks[n])):
        mask = masks[number]
        if mask is None:
            continue
        width, height = _badge_size(marks[number].label, font)
        for piece in _pieces(mask):
            x, y = _spot(piece, free, width, height)
            _badge(draw, x, y, marks[number], font)
            free[max(0, y - 4) : y + height + 4, max(0, x - 4) : x + width + 4] = 0


def _pieces(mask: HardMask) -> list[HardMask]:
    """The largest pieces of a region, largest first: each is labelled."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    areas = stats[1:, cv2.CC_STAT_AREA]
    if count <= 2:
        return [mask]
    ranked = np.argsort(-areas, kind="stable")[:_LABELS]
    return [np.asarray(labels == n + 1) for n in ranked if areas[n] >= _LIKE * areas.max()]


def _spot(mask: HardMask, free: np.ndarray, width: int, height: int) -> tuple[int, int]:
    """Left and top of a badge: the roomiest place in the region, else the nearest free one."""
    deep = cv2.distanceTransform(np.pad(mask.astype(np.uint8), 1), cv2.DIST_L2, 3)[1:-1, 1:-1]
    rows, columns = mask.shape
    room = cv2.erode(
        free,
        np.ones((height, width), np.uint8),
        anchor=(width // 2, height // 2),
        borderType=cv2.BORDER_CONSTANT,
        borderValue=0,
    )
    fits = deep * room
    if not fits.any() and room.any():
        # All of the region is taken or at the border: as near to its middle as there is room.
        y, x = np.unravel_index(int(deep.argmax()), deep.shape)
        ys, xs = np.nonzero(room)
        nearest = int(np.argmin((ys - y) ** 2 + (xs - x) ** 2))
        y, x = ys[nearest], xs[nearest]
    else:
        best = fits if fits.any() else deep
        y, x = np.unravel_index(int(best.argmax()), best.shape)
    left = min(max(0, int(x) - width // 2), max(0, columns - width))
    top = min(max(0, int(y) - height // 2), max(0, rows - height))
    return left, top


def _badge_size(label: str, font: ImageFont.FreeTypeFont) -> tuple[int, int]:
    high = round(sum(font.getmetrics()) * 1.1)
    return max(high, round(font.getlength(label) + high * 0.55)), high


def _badge(
    draw: ImageDraw.ImageDraw, x: int, y: int, mark: Mark, font: ImageFont.FreeTypeFont
) -> None:
    width, height = _badge_size(mark.label, font)
    rim = max(2, height // 14)
    box = (x, y, x + width - 1, y + height - 1)
    draw.rounded_rectangle(box, height // 2, fill=mark.rgb, outline=_DARK, width=rim)
    light = 0.3 * mark.rgb[0] + 0.59 * mark.rgb[1] + 0.11 * mark.rgb[2]
    ink = _DARK if light > 115 else (255, 255, 255)
    draw.text((x + width / 2, y + height / 2), mark.label, ink, font, anchor="mm")


def _legend(marks: Sequence[Mark], width: int, height: int) -> Image.Image:
    """Every label with its text, on paper."""
    if not marks:
        return Image.new("RGB", (width, 0), _PAPER)
    letter = max(18, round(max(width, height) / 55))
    face, bold = shipped_face(), shipped_face("bold").at(letter)
    pad, gap = round(letter * 0.8), round(letter * 0.45)
    column = max(_badge_size(mark.label, bold)[0] for mark in marks)
    left = pad + column + round(letter * 0.7)
    # A narrow portrait has a legend as wide as its letters need.
    rows = [_lines(mark.text, face, letter, max(width - left - pad, letter * 4)) for mark in marks]
    line_high = sum(face.at(letter).getmetrics())
    badge_high = _badge_size("1", bold)[1]
    highs = [max(badge_high, len(lines) * line_high) for lines in rows]
    sheet = Image.new("RGB", (width, sum(highs) + gap * (len(rows) - 1) + 2 * pad), _PAPER)
    draw = ImageDraw.Draw(sheet)
    top = pad
    for mark, lines, high in zip(marks, rows, highs, strict=True):
        _badge(draw, pad, top, mark, bold)
        y = top + max(0, (badge_high - line_high) // 2)
        for words in lines:
            draw.text((left, y), words, _INK, face.at(letter))
            y += line_high
        top += high + gap
    return sheet


def _lines(text: str, face: Face, letter: int, width: int) -> tuple[str, ...]:
    lacking = set(face.lacks(text))
    clean = " ".join("".join("?" if sign in lacking else sign for sign in text).split())
    if len(clean) > 240:
        clean = clean[:237].rstrip() + "..."
    return fit_text(clean, face, letter, width, letter * 60).lines if clean else ("",)
