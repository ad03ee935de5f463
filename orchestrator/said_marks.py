"""Where a person in a conversation says the next edit is to be made: "mark 40,60,200,180".

What the command line takes as ``--box``, ``--point`` and ``--mask``, in a message of its own or
before a colon ("mark 120,90: make it blue"). It understands and draws marks; it keeps none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tools.annotation import Mark, annotated
from tools.errors import BadArguments
from tools.operation import HardMask, Rgb
from tools.saving import SAVEABLE

if TYPE_CHECKING:
    from orchestrator.session_pictures import SessionPictures

_POINT = re.compile(r"(?<![\d,])(-?)(\d{1,6})\s*,\s*(\d{1,6})(?![\d,])")
_BOX = re.compile(
    r"(\d{1,6})\s*,\s*(\d{1,6})(?:\s*,\s*|\s+[-–]\s+|[-–]|\s+to\s+)(\d{1,6})\s*,\s*(\d{1,6})", re.I
)
_MARK = re.compile(r"^\s*mark\s+(?P<what>.+?)\s*(?::\s+(?P<wish>.+))?$", re.I | re.S)
_CLEAR = re.compile(r"^\s*(?:unmark|(?:forget|drop|clear|remove) the marks?|no marks?)\W*$", re.I)
_POINTING = re.compile(r"\b(?:it|them|this|that|these|those)\b", re.I)
DOT = 0.012
"""Radius of a drawn point, as a share of the picture's longer side."""


@dataclass(frozen=True, eq=False)
class FileMask:
    """What a mask's file showed when it was read.

    Attributes:
        mask: HW bool, True = where the edit is to be made.
        state: of the file, by which it is known again.
    """

    mask: HardMask
    state: tuple[int, ...]

    @property
    def read_of(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The file's state and the picture's shape that it was read for."""
        return self.state, self.mask.shape


@dataclass(frozen=True)
class SaidMark:
    """One mark.

    Attributes:
        words: how it is told again.
        points: clicks (x, y, positive) in native pixels.
        box: XYXY half-open native pixels.
        file: a picture of a mask, white where the edit is to be made.
        wish: what was said after it, to be done there at once.
        shows: what the file showed when it was read last; None = it was not yet.
    """

    words: str = ""
    points: tuple[tuple[int, int, bool], ...] = ()
    box: tuple[int, int, int, int] | None = None
    file: Path | None = None
    wish: str = ""
    shows: FileMask | None = field(default=None, compare=False, repr=False)

    @property
    def given(self) -> bool:
        """Whether anything is marked; without, marks are forgotten."""
        return bool(self.points) or self.box is not None or self.file is not None


def points(text: str) -> bool:
    """Whether words point at something without naming it, which a mark then says."""
    return _POINTING.search(text) is not None


def read_mark(text: str) -> SaidMark | None:
    """The mark that a message gives; None where it says something else ("mark the cup in blue")."""
    if _CLEAR.match(text):
        return SaidMark()
    said = _MARK.match(text)
    if said is None:
        return None
    what, wish = said["what"].strip(), (said["wish"] or "").strip()
    box = _BOX.fullmatch(what)
    if box is not None:
        x0, y0, x1, y1 = (int(number) for number in box.groups())
        return SaidMark(f"the box {x0},{y0} to {x1},{y1}", box=(x0, y0, x1, y1), wish=wish)
    pairs = _POINT.findall(what)
    if pairs and not _POINT.sub("", what).replace("and", "").strip(" ,;"):
        points = tuple((int(x), int(y), not minus) for minus, x, y in pairs)
        words = " and ".join(f"{'' if yes else 'not '}{x},{y}" for x, y, yes in points)
        return SaidMark(f"the place {words}", points=points, wish=wish)
    path = Path(what.strip("\"'"))
    if path.suffix.lower() in SAVEABLE:
        return SaidMark(f"what {path} shows white", file=path, wish=wish)
    return None


def checked(mark: SaidMark, session: SessionPictures) -> SaidMark:
    """The mark, fit for the picture shown, with what its file shows.

    A file is read anew only where it, or the size of the picture, is no longer what it was.

    Raises:
        BadArguments: it is empty, or lies outside the picture; or the file is no mask of it.
        PictureError: the file cannot be read.
    """
    if mark.file is None:
        _check(mark, session)
        return mark
    state, known = _state(mark.file), mark.shows
    if known is not None and state and (state, session.shown_shape()) == known.read_of:
        return mark
    return replace(mark, shows=FileMask(session.user_mask(mark.file), state))


def settings_of(mark: SaidMark, session: SessionPictures) -> Mapping[str, Any]:
    """The fields of ``RunSettings`` that hold a mark.

    Raises:
        ToolError: see ``checked``.
    """
    fit = checked(mark, session)
    if fit.shows is not None:
        return {"mask_id": session.store.put_mask(fit.shows.mask).id}
    return {"points": mark.points, "box": mark.box}


def _state(path: Path) -> tuple[int, ...]:
    """What changes with a file's contents; empty where it cannot be told, as when it is gone."""
    try:
        told = path.stat()
    except OSError:
        return ()
    return told.st_dev, told.st_ino, told.st_size, told.st_mtime_ns, told.st_ctime_ns


def drawn(mark: SaidMark, rgb: Rgb) -> Rgb:
    """The picture with a box or points drawn on it."""
    high, wide = rgb.shape[:2]
    marks = []
    if mark.box is not None:
        x0, y0, x1, y1 = mark.box
        mask = np.zeros((high, wide), dtype=bool)
        mask[max(y0, 0) : y1, max(x0, 0) : x1] = True
        marks.append(Mark("here", mark.words, mask, colour=0))
    rows, columns = np.ogrid[:high, :wide]
    for number, (x, y, positive) in enumerate(mark.points):
        near = (rows - y) ** 2 + (columns - x) ** 2 <= max(DOT * max(high, wide), 2) ** 2
        label = "here" if positive else "not"
        marks.append(Mark(label, f"{label} {x},{y}", near, colour=number if positive else 4))
    return annotated(rgb, marks)


def _check(mark: SaidMark, session: SessionPictures) -> None:
    high, wide = session.shown_shape()
    size = f"the picture is {wide} x {high} pixels, counted from its upper left corner"
    if mark.box is not None:
        x0, y0, x1, y1 = mark.box
        if x0 >= x1 or y0 >= y1:
            raise BadArguments(
                f"{mark.words} is no box: say its left, upper, right and lower edge, as in "
                "mark 40,60,200,180"
            )
        if x0 >= wide or y0 >= high:
            raise BadArguments(f"{mark.words} lies outside; {size}")
    for x, y, _ in mark.points:
        if x >= wide or y >= high:
            raise BadArguments(f"{x},{y} lies outside; {size}")
