"""What a user marks or hands over on the command line: points, boxes, masks, files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tools.errors import BadArguments
from tools.grounding import Box


def parse_box(text: str | None) -> Box | None:
    """``x0,y0,x1,y1`` in pixels of the original picture, half-open.

    Raises:
        BadArguments: it is not four whole numbers in order.
    """
    if text is None:
        return None
    values = _whole_numbers(text, "--box", "x0,y0,x1,y1")
    if len(values) != 4 or values[0] >= values[2] or values[1] >= values[3]:
        raise BadArguments(f"--box {text!r} is no box; give x0,y0,x1,y1 with x0 < x1 and y0 < y1")
    return values[0], values[1], values[2], values[3]


def parse_points(texts: list[str]) -> tuple[tuple[int, int, bool], ...]:
    """``x,y`` marks the thing, ``-x,y`` (a leading minus sign) what is not part of it.

    Raises:
        BadArguments: one is not two whole numbers.
    """
    points = []
    for text in texts:
        positive = not text.startswith("-")
        values = _whole_numbers(text.removeprefix("-"), "--point", "x,y")
        if len(values) != 2:
            raise BadArguments(f"--point {text!r} is no point; give x,y (or -x,y to exclude)")
        points.append((values[0], values[1], positive))
    return tuple(points)


def parse_assets(texts: list[str]) -> dict[str, str]:
    """``name=path`` pairs; the files must exist.

    Raises:
        BadArguments: no ``=``, or no such file.
    """
    assets = {}
    for text in texts:
        name, separator, path = text.partition("=")
        if not separator or not name or not path:
            raise BadArguments(f"--asset {text!r} is no asset; give name=path, as in lut=warm.cube")
        if not Path(path).is_file():
            option = "--style-image" if name == "style" else f"--asset {name}"
            raise BadArguments(f"{option}: there is no file {path}")
        assets[name] = str(Path(path).resolve())
    return assets


def _whole_numbers(text: str, option: str, form: str) -> list[int]:
    try:
        return [int(part) for part in text.replace(" ", "").split(",")]
    except ValueError:
        raise BadArguments(f"{option} {text!r} is not {form} in whole pixels") from None


def parse_options(texts: list[str]) -> dict[str, Any]:
    """``name=value`` pairs for an editor model; values are numbers, true/false or words.

    Raises:
        BadArguments: one has no ``=``.
    """
    options: dict[str, Any] = {}
    for text in texts:
        name, separator, value = text.partition("=")
        if not separator or not name or not value:
            raise BadArguments(f"--option {text!r} is no option; give name=value, as in steps=50")
        options[name] = _value(value)
    return options


def _value(text: str) -> bool | int | float | str:
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
