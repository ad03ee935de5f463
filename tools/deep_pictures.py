"""Reads pictures of more than 8 bits a channel, which Pillow would cut short, down to 8 bits.

16-bit values are scaled by 255/65535 and rounded (not shifted). Floating-point values are read as
display values in [0, 1]; where they leave that range they are stretched from their own minimum and
maximum, as are 32-bit integers, because there is no white to scale them by.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import tifffile
from numpy.typing import NDArray

from tools.opening import DECODING_ERRORS, broken, check_size

Deep = tuple[NDArray[np.uint8], tuple[str, ...]]
"""HW or HWC uint8 (grey, RGB or RGBA, straight alpha) and notes."""


def deep_png(source: Path | bytes) -> Deep:
    """Decode a 16-bit PNG whose chunks were found sound.

    Raises:
        BrokenPicture: it cannot be decoded.
    """
    return _to_8_bits(_by_opencv(source))


class TiffHeader:
    """What decides how a TIFF is read, from its first page.

    Attributes:
        deep: more than 8 bits a sample, or floating point.
        plain: grey or RGB(A), so that its samples are pixels as they stand.
        size: (width, height) before orientation.
        orientation: the EXIF orientation, 1 where absent.
        icc: embedded profile or None.
        pages: number of pages.
    """

    def __init__(self, source: Path | bytes) -> None:
        with _quiet(), tifffile.TiffFile(_stream(source)) as tiff:
            page: Any = tiff.pages[0]
            self.deep = page.bitspersample > 8 or int(page.sampleformat) == 3
            self.photometric = int(page.photometric)
            self.plain = self.photometric in (0, 1, 2)
            self.size = (int(page.imagewidth), int(page.imagelength))
            self.associated = 1 in tuple(int(kind) for kind in page.extrasamples)
            self.samples = int(page.samplesperpixel)
            self.orientation = int(_tag(page, 274, 1))
            profile = _tag(page, 34675, None)
            self.icc: bytes | None = bytes(profile) if profile else None
            self.pages = len(tiff.pages)


def tiff_header(source: Path | bytes, max_pixels: int) -> TiffHeader:
    """The header of a TIFF, under the size limit.

    Raises:
        BrokenPicture: it cannot be read.
        PictureTooLarge: over the limit.
    """
    try:
        header = TiffHeader(source)
    except (*DECODING_ERRORS, tifffile.TiffFileError) as error:
        raise broken(source, error) from error
    check_size(source, header.size, max_pixels)
    return header


def deep_tiff(source: Path | bytes, header: TiffHeader) -> Deep:
    """Decode the first page of a deep TIFF, orientation not applied.

    Raises:
        BrokenPicture: it cannot be decoded.
    """
    try:
        with _quiet(), tifffile.TiffFile(_stream(source)) as tiff:
            page: Any = tiff.pages[0]
            values = page.asarray()
            if page.planarconfig == 2 and values.ndim == 3:
                values = values.transpose(1, 2, 0)
    except (*DECODING_ERRORS, tifffile.TiffFileError):
        # tifffile reads only the commonest compressions by itself; OpenCV knows the rest.
        values = _by_opencv(source)
    if values.ndim == 3 and values.shape[2] == 1:
        values = values[..., 0]
    if values.ndim == 3 and values.shape[2] == 2:  # grey with alpha
        values = values[..., [0, 0, 0, 1]]
    if values.ndim not in (2, 3) or (values.ndim == 3 and values.shape[2] < 3):
        raise broken(source, ValueError(f"unexpected shape {values.shape}"))
    pixels, notes = _to_8_bits(values[..., :4] if values.ndim == 3 else values)
    if header.photometric == 0:
        pixels = 255 - pixels
    if header.associated and pixels.ndim == 3 and pixels.shape[2] == 4:
        pixels = _straight(pixels)
    return pixels, notes


def _to_8_bits(values: NDArray[Any]) -> Deep:
    """Scale any sample type to uint8 (see the module's first lines), with a note saying how."""
    if values.dtype == np.uint8:
        return values, ()
    if values.dtype == np.uint16:
        # cv2 rounds and keeps no wide copy: 50 megapixels would need 1.2 GB in float64.
        scaled = cv2.convertScaleAbs(np.ascontiguousarray(values), alpha=255.0 / 65535.0)
        return _shaped(scaled, values), ("16-bit picture edited at 8 bits a channel",)
    numbers = np.nan_to_num(values.astype(np.float32), nan=0.0, posinf=1.0, neginf=0.0)
    low, high = float(numbers.min()), float(numbers.max())
    what = f"{values.dtype.itemsize * 8}-bit {'float' if values.dtype.kind == 'f' else 'integer'}"
    if values.dtype.kind == "f" and low >= 0.0 and high <= 1.0:
        note = f"{what} picture edited at 8 bits a channel, its [0, 1] read as display values"
        low, high = 0.0, 1.0
    else:
        note = f"{what} picture edited at 8 bits a channel, stretched from [{low:g}, {high:g}]"
    scale = 255.0 / (high - low) if high > low else 0.0
    scaled = np.clip(np.rint((numbers - low) * scale), 0, 255).astype(np.uint8)
    return scaled, (note,)


def _straight(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Undo premultiplication; colour under alpha 0 is black."""
    alpha = rgba[..., 3:].astype(np.float32)
    colour = rgba[..., :3] * (255.0 / np.maximum(alpha, 1.0))
    return np.dstack([np.clip(np.rint(colour), 0, 255).astype(np.uint8), rgba[..., 3]])


def _by_opencv(source: Path | bytes) -> NDArray[Any]:
    """HW or HWC in RGB(A) order, unscaled."""
    data = (
        np.frombuffer(source, np.uint8)
        if isinstance(source, bytes)
        else np.memmap(source, np.uint8, mode="r")
    )
    with _quiet():
        try:
            values = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
        except cv2.error as error:
            raise broken(source, error) from error
    if values is None:
        raise broken(source, ValueError("its pixels cannot be decoded"))
    if values.ndim == 3:
        order = [2, 1, 0, 3] if values.shape[2] == 4 else [2, 1, 0]
        values = cv2.mixChannels(
            [values], [np.empty_like(values)], [n for at, ch in enumerate(order) for n in (ch, at)]
        )[0]
    return np.asarray(values)


def _shaped(scaled: NDArray[np.uint8], like: NDArray[Any]) -> NDArray[np.uint8]:
    """OpenCV drops a last axis of one; put it back."""
    return scaled.reshape(like.shape)


def _stream(source: Path | bytes) -> Any:
    return io.BytesIO(source) if isinstance(source, bytes) else str(source)


def _tag(page: Any, code: int, default: Any) -> Any:
    tag = page.tags.get(code)
    return default if tag is None else tag.value


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep decoders from writing to stderr; what they say comes back as our errors."""
    logger = logging.getLogger("tifffile")
    disabled, level = logger.disabled, cv2.utils.logging.getLogLevel()
    logger.disabled = True
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        yield
    finally:
        logger.disabled = disabled
        cv2.utils.logging.setLogLevel(level)
