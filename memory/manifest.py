"""The list of a picture's tiles, whose hash is the picture's id."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from memory.errors import BadPictureError, CorruptBlobError
from memory.tiles import TILE, Box, boxes, is_flat

MAX_PIXELS = 400_000_000
"""Largest picture, in pixels: a bound on what a hostile list of tiles can make one allocate."""

_FORMAT = "smartedit-image/1"
_TILE_NAME = re.compile(r"[0-9a-f]{64}|=(?:[0-9a-f]{2}){1,4}")


@dataclass(frozen=True)
class Manifest:
    """What a stored picture consists of.

    Attributes:
        shape: (H, W) or (H, W, C).
        dtype: "uint8" or "bool".
        tiles: Name of each tile, row by row.
    """

    shape: tuple[int, ...]
    dtype: str
    tiles: tuple[str, ...]

    @property
    def height(self) -> int:
        """Height in pixels."""
        return self.shape[0]

    @property
    def width(self) -> int:
        """Width in pixels."""
        return self.shape[1]

    def boxes(self) -> list[Box]:
        """The tiles' boxes, row by row, XYXY half-open pixels."""
        return list(boxes(self.height, self.width))

    def files(self) -> set[str]:
        """Names of the tiles that are files, without those that are a single value."""
        return {name for name in self.tiles if not is_flat(name)}

    def encode(self) -> bytes:
        """Writes the list, the same bytes for the same picture."""
        fields = {
            "dtype": self.dtype,
            "format": _FORMAT,
            "shape": self.shape,
            "tile": TILE,
            "tiles": self.tiles,
        }
        return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode("ascii")


def decode_manifest(digest: str, data: bytes) -> Manifest:
    """Reads a list of tiles and proves that it is the one its name says and makes sense.

    Raises:
        CorruptBlobError: If it does not.
    """
    try:
        if hashlib.sha256(data).hexdigest() != digest:
            raise ValueError("hash")
        return _parse(json.loads(data))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise CorruptBlobError(
            f"The stored picture {digest} is damaged; restore it from a backup of the data folder.",
            digest,
        ) from error


def check_picture(picture: object) -> None:
    """Checks that an array is of a kind that is stored.

    Raises:
        BadPictureError: Unless it is uint8 HW or HWC with 1, 3 or 4 channels, or bool HW, with
            between 1 and `MAX_PIXELS` pixels.
    """
    import numpy as np

    if not isinstance(picture, np.ndarray):
        raise BadPictureError(f"A {type(picture).__name__} is no picture; give a numpy array.")
    problem = _shape_problem(picture.shape, picture.dtype.name)
    if problem:
        raise BadPictureError(
            f"A picture of shape {picture.shape} and dtype {picture.dtype} cannot be stored "
            f"({problem}); give uint8 HW or HWC with 1, 3 or 4 channels, or bool HW."
        )


def _parse(fields: Any) -> Manifest:
    shape = tuple(fields["shape"])
    if not all(type(side) is int for side in shape):
        raise ValueError("shape")
    manifest = Manifest(shape, fields["dtype"], tuple(fields["tiles"]))
    if fields["format"] != _FORMAT or fields["tile"] != TILE:
        raise ValueError("format")
    if _shape_problem(shape, manifest.dtype):
        raise ValueError("shape")
    rows, columns = -(-manifest.height // TILE), -(-manifest.width // TILE)
    if len(manifest.tiles) != rows * columns:
        raise ValueError("tiles")
    flat_length = 1 + 2 * (shape[2] if len(shape) == 3 else 1)
    for name in manifest.tiles:
        if not _TILE_NAME.fullmatch(name) or (is_flat(name) and len(name) != flat_length):
            raise ValueError("tile name")
    return manifest


def _shape_problem(shape: tuple[int, ...], dtype: str) -> str | None:
    if dtype not in ("uint8", "bool"):
        return "its dtype is neither uint8 nor bool"
    if len(shape) not in ((2,) if dtype == "bool" else (2, 3)):
        return "it has the wrong number of dimensions"
    if len(shape) == 3 and shape[2] not in (1, 3, 4):
        return f"it has {shape[2]} channels"
    if min(shape) < 1 or shape[0] * shape[1] > MAX_PIXELS:
        return f"it has not between 1 and {MAX_PIXELS:,} pixels"
    return None
