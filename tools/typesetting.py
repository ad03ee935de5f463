"""Breaks a text into lines that fit a frame, as large as asked or as small as needed.

Only measures; drawing is ``tools.lettering``. The text is kept word for word: only spaces at which
a line breaks disappear.
"""

from __future__ import annotations

from dataclasses import dataclass

from PIL import ImageFont

from tools.errors import BadArguments
from tools.fonts import Face

SMALLEST = 8
"""Pixels of an em below which nobody can read."""
LINE_GAP = 0.28
"""Room between lines, in ems."""


@dataclass(frozen=True)
class Block:
    """A text set in lines.

    Attributes:
        lines: joined by nothing they are the text, but for the spaces at breaks.
        pixels: size of an em.
        font: the face at that size.
        shrunk: True where the size asked for did not fit.
    """

    lines: tuple[str, ...]
    pixels: int
    font: ImageFont.FreeTypeFont
    shrunk: bool

    @property
    def gap(self) -> int:
        """Extra pixels between lines, as Pillow's ``spacing``."""
        return round(self.pixels * LINE_GAP)


def fit_text(text: str, face: Face, pixels: int, width: int, height: int) -> Block:
    """Set a text as large as asked where it fits, else smaller.

    Args:
        text: line breaks in it are kept.
        face: the font.
        pixels: em asked for.
        width: of the frame, in pixels.
        height: of the frame.

    Raises:
        BadArguments: it does not fit at any readable size.
    """
    size = max(pixels, SMALLEST)
    while True:
        font = face.at(size)
        lines = _wrapped(text, font, width)
        line_height = sum(font.getmetrics())
        needed = len(lines) * line_height + (len(lines) - 1) * round(size * LINE_GAP)
        if needed <= height and max(map(font.getlength, lines)) <= width:
            return Block(_balanced(text, font, width, lines), size, font, size < pixels)
        if size == SMALLEST:
            raise BadArguments(
                f"the text of {len(text)} characters does not fit {width} x {height} pixels"
                f" at {SMALLEST} pixels a letter; shorten it"
            )
        size = max(SMALLEST, min(size - 1, int(size * 0.93)))


def _wrapped(text: str, font: ImageFont.FreeTypeFont, width: float) -> tuple[str, ...]:
    """Greedy lines; a word wider than a line is cut."""
    lines: list[str] = []
    for paragraph in text.splitlines() or [""]:
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if font.getlength(longer) <= width:
                line = longer
                continue
            if line:
                lines.append(line)
            *cut, line = _cut(word, font, width)
            lines.extend(cut)
        lines.append(line)
    return tuple(lines)


def _cut(word: str, font: ImageFont.FreeTypeFont, width: float) -> list[str]:
    """A word in pieces that fit, at least a letter each."""
    pieces = [""]
    for letter in word:
        if pieces[-1] and font.getlength(pieces[-1] + letter) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def _balanced(
    text: str, font: ImageFont.FreeTypeFont, width: float, lines: tuple[str, ...]
) -> tuple[str, ...]:
    """The same number of lines, as even as they get: no single word left over at the end."""
    if len(lines) < 2:
        return lines
    low, high, best = 0.0, float(width), lines
    while high - low > max(2.0, width * 0.01):
        middle = (low + high) / 2
        narrower = _wrapped(text, font, middle)
        if len(narrower) <= len(lines) and max(map(font.getlength, narrower)) <= middle:
            best, high = narrower, middle
        else:
            low = middle
    return best
