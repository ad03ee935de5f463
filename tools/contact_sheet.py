"""Lays pictures with captions out on one sheet, for looking at; and makes thumbnails."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
from PIL import Image, ImageDraw

from tools.errors import BadArguments
from tools.fonts import Face, shipped_face
from tools.operation import Rgb
from tools.typesetting import Block, fit_text

_PAPER, _INK, _FRAME = (250, 250, 248), (38, 38, 42), (222, 222, 218)


def thumbnail(rgb: Rgb, longest: int) -> Rgb:
    """A copy whose longer side is at most ``longest`` pixels; small pictures are not enlarged.

    Args:
        rgb: HWC uint8.
        longest: at least 1.
    """
    if longest < 1:
        raise BadArguments(f"longest is {longest}; give at least 1 pixel")
    height, width = rgb.shape[:2]
    scale = longest / max(height, width)
    if scale >= 1:
        return rgb.copy()
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    # Averaging to twice the size first makes Lanczos cheap on a large photo and costs no sharpness.
    if scale < 0.25:
        rgb = np.asarray(
            cv2.resize(rgb, (size[0] * 2, size[1] * 2), interpolation=cv2.INTER_AREA), np.uint8
        )
    return np.array(Image.fromarray(rgb).resize(size, Image.Resampling.LANCZOS))


def contact_sheet(
    pictures: Sequence[tuple[Rgb, str]],
    *,
    title: str = "",
    columns: int | None = None,
    cell: int = 480,
) -> Rgb:
    """A sheet of pictures in rows, each with its caption below it.

    Args:
        pictures: (HWC uint8 RGB, caption); captions are wrapped; letters the font lacks become "?".
        title: a line above all.
        columns: none = up to four in a row, then a sheet a little wider than high.
        cell: width of a column in pixels.

    Returns:
        HWC uint8 RGB.
    """
    if not pictures:
        raise BadArguments("a contact sheet needs at least one picture")
    if cell < 64:
        raise BadArguments(f"a cell of {cell} pixels is too small for a caption; give 64 or more")
    count = len(pictures)
    across = columns or (count if count <= 4 else math.ceil(math.sqrt(count * 1.2)))
    margin, gutter = round(cell * 0.08), round(cell * 0.06)
    face, letter = shipped_face(), max(11, round(cell * 0.042))
    cells = [(thumbnail(rgb, cell), _set(words, face, letter, cell)) for rgb, words in pictures]
    rows = [cells[at : at + across] for at in range(0, len(cells), across)]
    across = max(map(len, rows))
    pads = (round(letter * 0.7), round(letter * 1.6))  # above and below a caption
    tall = [max(thumb.shape[0] for thumb, _ in row) for row in rows]
    words = [max(_height(block) for _, block in row) for row in rows]
    width = 2 * margin + across * cell + (across - 1) * gutter
    heading = _set(title, shipped_face("bold"), round(letter * 1.5), width - 2 * margin)
    top = margin + (_height(heading) + round(letter * 1.4) if heading else 0)
    height = top + sum(tall) + sum(words) + len(rows) * sum(pads) + margin - pads[1]
    sheet = Image.new("RGB", (width, height), _PAPER)
    draw = ImageDraw.Draw(sheet)
    if heading:
        _write(draw, heading, margin, margin)
    for row, high, lines in zip(rows, tall, words, strict=True):
        for column, (thumb, block) in enumerate(row):
            left = margin + column * (cell + gutter)
            # Pictures of a row stand on one line, each over the beginning of its caption.
            x, y = left, top + high - thumb.shape[0]
            sheet.paste(Image.fromarray(thumb), (x, y))
            draw.rectangle((x - 1, y - 1, x + thumb.shape[1], y + thumb.shape[0]), outline=_FRAME)
            if block:
                _write(draw, block, left, top + high + pads[0])
        top += high + lines + sum(pads)
    return np.array(sheet)


def _set(text: str, face: Face, letter: int, width: int) -> Block | None:
    """A caption in lines, cut short where it would run on."""
    lacking = set(face.lacks(text := text.replace("–", "-").replace("—", "-")))
    clean = "".join("?" if sign in lacking else sign for sign in text).strip()
    if not clean:
        return None
    if len(clean) > 300:
        clean = clean[:297].rstrip() + "..."
    return fit_text(clean, face, letter, width, letter * 9)


def _height(block: Block | None) -> int:
    if block is None:
        return 0
    return len(block.lines) * sum(block.font.getmetrics()) + (len(block.lines) - 1) * 2


def _write(draw: ImageDraw.ImageDraw, block: Block, left: int, top: int) -> None:
    for line in block.lines:
        draw.text((left, top), line, _INK, block.font)
        top += sum(block.font.getmetrics()) + 2
