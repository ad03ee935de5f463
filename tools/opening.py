"""Opens picture files behind one guard: our formats, our size limit, our errors, no warnings.

Reads headers only; turning what is opened into pixels is ``tools.pictures``.
"""

from __future__ import annotations

import io
import logging
import stat
import struct
import threading
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

from tools.errors import BrokenPicture, NotAPicture, PictureError, PictureTooLarge

MAX_PIXELS = 120_000_000
"""The default limit: above any phone or full-frame camera, below what would exhaust 4 GB."""

READABLE = ("JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF", "BMP", "GIF")
"""Pillow's names of the formats that are tried (a phone's MPO opens as JPEG); no others are."""
CHOICES = "JPEG, PNG, WebP, TIFF, HEIC, AVIF, BMP or GIF"

DECODING_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    TypeError,
    KeyError,
    IndexError,
    RuntimeError,
    ArithmeticError,
    MemoryError,
    struct.error,
    zlib.error,
)
"""What decoders raise on damaged input; none of them promises a single type."""

_GUARD = threading.Lock()
# Warning filters and Pillow's size limit are global to the process, so that two threads that
# changed them at once could leave them changed for good.


@contextmanager
def guarded() -> Iterator[None]:
    """Decode without Pillow's own size limit (ours is checked instead), warnings or log lines."""
    logger, silence = logging.getLogger("PIL"), logging.NullHandler()
    with _GUARD, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logger.addHandler(silence)  # without any handler Python prints errors to stderr itself
        limit = Image.MAX_IMAGE_PIXELS
        Image.MAX_IMAGE_PIXELS = None
        try:
            yield
        finally:
            Image.MAX_IMAGE_PIXELS = limit
            logger.removeHandler(silence)


def describe(source: Path | bytes) -> str:
    """How messages call the source: its path, or "the given bytes"."""
    return "the given bytes" if isinstance(source, bytes) else str(source)


def as_source(path_or_bytes: str | Path | bytes) -> Path | bytes:
    """A regular, readable, non-empty file, or non-empty bytes.

    Raises:
        PictureError: there is no such file, or it may not be read.
        NotAPicture: it is empty.
    """
    if isinstance(path_or_bytes, bytes):
        if not path_or_bytes:
            raise NotAPicture(f"the given bytes are empty; give a {CHOICES} picture")
        return path_or_bytes
    path = Path(path_or_bytes)
    try:
        found = path.stat()
    except FileNotFoundError as error:
        raise PictureError(f"{path} does not exist; check the path") from error
    except (OSError, ValueError) as error:
        raise PictureError(f"{path} cannot be reached ({_why(error)}); check the path") from error
    if stat.S_ISDIR(found.st_mode):
        raise PictureError(f"{path} is a folder; give one picture file")
    if not stat.S_ISREG(found.st_mode):
        raise PictureError(f"{path} is not a regular file; give a {CHOICES} file")
    if found.st_size == 0:
        raise NotAPicture(f"{path} is empty (0 bytes); give a {CHOICES} file")
    return path


@contextmanager
def opened(source: Path | bytes, max_pixels: int) -> Iterator[Image.Image]:
    """The picture with its header read, closed on leaving. Use inside ``guarded``.

    Raises:
        PictureError, NotAPicture, BrokenPicture, PictureTooLarge: one line each.
    """
    _know_heif()
    try:
        stream: BinaryIO = io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")
    except OSError as error:
        raise PictureError(
            f"{source!s} cannot be read ({_why(error)}); check its permissions"
        ) from error
    with stream:
        try:
            image = Image.open(stream, formats=READABLE)
        except UnidentifiedImageError as error:
            raise _unidentified(source, stream) from error
        except DECODING_ERRORS as error:
            raise broken(source, error) from error
        with image:
            check_size(source, image.size, max_pixels)
            yield image


def check_size(source: Path | bytes, size: tuple[int, int], max_pixels: int) -> None:
    """Refuse a picture over the limit before its pixels are decoded.

    Raises:
        PictureTooLarge: with the size found and the limit.
    """
    width, height = size
    if width * height > max_pixels:
        raise PictureTooLarge(
            f"{describe(source)} has {width} x {height} = {width * height / 1e6:.1f} million"
            f" pixels; the limit is {max_pixels / 1e6:.1f} million: give a smaller picture"
        )


def broken(source: Path | bytes, error: BaseException) -> BrokenPicture:
    """The error for a picture whose data cannot be decoded."""
    return BrokenPicture(
        f"{describe(source)} is truncated or corrupt ({_why(error)}); give an undamaged copy"
    )


_SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*")


def _unidentified(source: Path | bytes, stream: BinaryIO) -> PictureError:
    """Tell a damaged picture (its signature is there) from something that never was one."""
    stream.seek(0)
    head = stream.read(16)
    boxed = head[4:8] == b"ftyp" or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")
    if boxed or head.startswith(_SIGNATURES):
        return broken(source, ValueError("its header cannot be read"))
    return NotAPicture(f"{describe(source)} is not a picture this reads; give a {CHOICES} file")


def _why(error: BaseException) -> str:
    """One short line from a decoder's error."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return " ".join(str(error).split())[:120] or type(error).__name__


def _know_heif() -> None:
    """Let Pillow read and write HEIC; repeated calls do nothing."""
    import pillow_heif

    if "HEIF" not in Image.OPEN:
        Image.preinit()
        pillow_heif.register_heif_opener()
