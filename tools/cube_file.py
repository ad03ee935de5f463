"""Read .cube colour tables (Adobe Cube LUT Specification 1.0): one- and three-dimensional."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tools.errors import BadArguments

_LARGEST_FILE = 64 << 20


@dataclass(frozen=True)
class CubeTable:
    """A colour table.

    Attributes:
        values: (size, 3) for one dimension, (size^3, 3) with red changing fastest for three.
        size: points a side.
        dimensions: 1 or 3.
        low: domain minimum of red, green and blue.
        high: domain maximum.
        title: as the file has it, or "".
    """

    values: NDArray[np.float64]
    size: int
    dimensions: int
    low: tuple[float, float, float]
    high: tuple[float, float, float]
    title: str


def read_cube(path: Path) -> CubeTable:
    """Read a .cube file.

    Raises:
        BadArguments: the file cannot be read or does not follow the format; says where.
    """
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise BadArguments(f"{path.name} is over 64 MB; a .cube table is far smaller")
        text = path.read_text(encoding="utf-8-sig", errors="strict")
    except OSError as error:
        raise BadArguments(f"cannot read the LUT {path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise BadArguments(f"{path.name} is not text, so no .cube file") from error
    return parse_cube(text, path.name)


def _triple(words: list[str], where: str) -> tuple[float, float, float]:
    try:
        numbers = [float(word) for word in words]
    except ValueError as error:
        raise BadArguments(f"{where}: expected three numbers, got {' '.join(words)!r}") from error
    if len(numbers) != 3 or not np.isfinite(numbers).all():
        raise BadArguments(f"{where}: expected three numbers, got {' '.join(words)!r}")
    return numbers[0], numbers[1], numbers[2]


def parse_cube(text: str, name: str = "the LUT") -> CubeTable:
    """Parse the text of a .cube file; see ``read_cube``."""
    title, size, dimensions = "", 0, 0
    low, high = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
    rows: list[tuple[float, float, float]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split("#", 1)[0].split() if not line.startswith("TITLE") else line.split()
        if not words:
            continue
        where = f"{name}, line {number}"
        keyword = words[0]
        if keyword == "TITLE":
            title = line[5:].strip().strip('"')
        elif keyword in ("LUT_1D_SIZE", "LUT_3D_SIZE"):
            if size:
                raise BadArguments(f"{where}: a second size; a .cube file holds one table")
            dimensions = int(keyword[4])
            limit = 65_536 if dimensions == 1 else 256
            if len(words) != 2 or not words[1].isdigit() or not 2 <= int(words[1]) <= limit:
                raise BadArguments(f"{where}: {keyword} must be a whole number from 2 to {limit}")
            size = int(words[1])
        elif keyword == "DOMAIN_MIN":
            low = _triple(words[1:], where)
        elif keyword == "DOMAIN_MAX":
            high = _triple(words[1:], where)
        elif keyword in ("LUT_1D_INPUT_RANGE", "LUT_3D_INPUT_RANGE"):
            if len(words) != 3:
                raise BadArguments(f"{where}: {keyword} takes two numbers")
            first, last, _ = _triple([*words[1:], "0"], where)
            low, high = (first,) * 3, (last,) * 3
        elif keyword[0].isalpha():
            continue  # the format asks readers to pass over keywords they do not know
        else:
            rows.append(_triple(words, where))
    if not size:
        raise BadArguments(f"{name} has no LUT_1D_SIZE or LUT_3D_SIZE line; is it a .cube file?")
    wanted = size**dimensions
    if len(rows) != wanted:
        raise BadArguments(f"{name} promises {wanted} colours and holds {len(rows)}")
    if any(b <= a for a, b in zip(low, high, strict=True)):
        raise BadArguments(f"{name}: DOMAIN_MAX {high} must be above DOMAIN_MIN {low}")
    return CubeTable(np.array(rows), size, dimensions, low, high, title)


def look_up(table: CubeTable, display: NDArray[np.float64]) -> NDArray[np.float64]:
    """What a table makes of (N, 3) display RGB; linear between its points."""
    low, high = np.asarray(table.low), np.asarray(table.high)
    place = np.clip((display - low) / (high - low), 0, 1) * (table.size - 1)
    if table.dimensions == 1:
        axis = np.arange(table.size)
        parts = [np.interp(place[:, c], axis, table.values[:, c]) for c in range(3)]
        return np.stack(parts, axis=1)
    cell = np.minimum(place.astype(np.intp), table.size - 2)
    share = place - cell
    result = np.zeros_like(display)
    for corner in range(8):
        step = np.array([corner & 1, corner >> 1 & 1, corner >> 2 & 1])
        weight = np.where(step, share, 1 - share).prod(axis=1)
        r, g, b = (cell + step).T
        result += weight[:, None] * table.values[r + table.size * (g + table.size * b)]
    return result
