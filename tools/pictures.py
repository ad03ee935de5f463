"""Loads a picture file as upright 8-bit RGB with everything needed to save it again.

Policy, each told in ``Picture.notes`` where it applies: pixels stay in the file's own RGB space
(its ICC profile is kept); CMYK, Lab and profiled greyscale become sRGB; more than 8 bits a channel
become 8; of several frames the first is taken. Saving is ``tools.saving``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image, ImageOps

from tools.deep_pictures import TiffHeader, deep_png, deep_tiff, tiff_header
from tools.errors import BrokenPicture
from tools.opening import (
    DECODING_ERRORS,
    MAX_PIXELS,
    as_source,
    broken,
    guarded,
    opened,
)
from tools.operation import Alpha, Rgb
from tools.picture_colour import to_rgb_space
from tools.picture_metadata import clean_exif

_ORIENTATION = 0x0112


@dataclass(frozen=True)
class Picture:
    """A picture in memory.

    Attributes:
        rgb: HWC uint8 RGB in the space of ``icc``, [0, 255], upright.
        alpha: HW uint8, 255 = opaque, never premultiplied; None = the file has none.
        icc: the ICC profile of ``rgb``; None = sRGB.
        exif: EXIF block without orientation, thumbnail and file structure, or None.
        xmp: XMP packet of the file, or None.
        source_format: "JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF", "BMP", "GIF" or "".
        mode: Pillow's mode of the file ("L", "CMYK", …); grey ones are saved as grey while grey.
        notes: what loading had to decide, for the report.
    """

    rgb: Rgb
    alpha: Alpha | None = None
    icc: bytes | None = None
    exif: bytes | None = None
    xmp: bytes | None = None
    source_format: str = ""
    mode: str = "RGB"
    notes: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """In pixels."""
        return int(self.rgb.shape[1])

    @property
    def height(self) -> int:
        """In pixels."""
        return int(self.rgb.shape[0])

    @property
    def size(self) -> tuple[int, int]:
        """(width, height)."""
        return self.width, self.height

    @property
    def megapixels(self) -> float:
        """Millions of pixels."""
        return self.width * self.height / 1e6

    def with_pixels(self, rgb: Rgb, alpha: Alpha | None = None) -> Picture:
        """The same file facts around other pixels, of any size."""
        return replace(self, rgb=rgb, alpha=alpha)


def load_picture(path_or_bytes: str | Path | bytes, *, max_pixels: int = MAX_PIXELS) -> Picture:
    """Load a picture file, or the bytes of one.

    Args:
        path_or_bytes: a JPEG, PNG, WebP, TIFF, HEIC, AVIF, BMP or GIF file.
        max_pixels: refuse more pixels than this before decoding any.

    Raises:
        PictureError: no such file, a folder, or not readable.
        NotAPicture: empty, or none of these formats.
        BrokenPicture: truncated or corrupt.
        PictureTooLarge: over ``max_pixels``.
    """
    source = as_source(path_or_bytes)
    with guarded():
        # Pillow refuses some floating-point TIFFs outright, so theirs are looked at first.
        header = tiff_header(source, max_pixels) if _is_tiff(source) else None
        if header is not None and header.deep and header.plain:
            return _load_deep_tiff(source, header, max_pixels)
        with opened(source, max_pixels) as image:
            try:
                return _from_pillow(source, image)
            except DECODING_ERRORS as error:
                raise broken(source, error) from error


def _from_pillow(source: Path | bytes, image: Image.Image) -> Picture:
    """Decode what Pillow opened."""
    source_format = "JPEG" if image.format == "MPO" else str(image.format)
    mode, notes = image.mode, _frame_notes(image)
    icc, xmp = image.info.get("icc_profile"), _packet(image)
    if source_format == "PNG" and _png_bits(source) == 16:
        image.verify()  # OpenCV would hand over half a picture without a word
        with opened(source, image.width * image.height) as fresh:
            exif, exif_notes = clean_exif(fresh)
            fresh_orientation = fresh.getexif().get(_ORIENTATION, 1)
        pixels, deep_notes = deep_png(source)
        image, orientation = Image.fromarray(pixels), fresh_orientation
        image.getexif()[_ORIENTATION] = orientation
        ImageOps.exif_transpose(image, in_place=True)
        notes += deep_notes
    else:
        if int(image.info.get("bit_depth", 8)) > 8:
            notes += (f"{image.info['bit_depth']}-bit picture edited at 8 bits a channel",)
        image.load()
        ImageOps.exif_transpose(image, in_place=True)
        xmp = _packet(image)
        exif, exif_notes = clean_exif(image)
    rgb, alpha, icc, colour_notes = to_rgb_space(image, icc)
    return Picture(
        rgb=rgb,
        alpha=alpha,
        icc=icc,
        exif=exif,
        xmp=xmp,
        source_format=source_format,
        mode=mode,
        notes=notes + exif_notes + colour_notes,
    )


def _load_deep_tiff(source: Path | bytes, header: TiffHeader, max_pixels: int) -> Picture:
    """Decode a TIFF of more than 8 bits; its EXIF is kept where Pillow can open the file at all."""
    pixels, notes = deep_tiff(source, header)
    image = Image.fromarray(pixels)
    mode = image.mode
    image.getexif()[_ORIENTATION] = header.orientation
    ImageOps.exif_transpose(image, in_place=True)
    exif = xmp = None
    try:
        with opened(source, max_pixels) as described:
            exif, exif_notes = clean_exif(described)
            xmp = _packet(described)
            notes += exif_notes
    except BrokenPicture:
        notes += ("its EXIF could not be read and is not kept",)
    if header.pages > 1:
        notes += (f"first page of {header.pages}",)
    rgb, alpha, icc, colour_notes = to_rgb_space(image, header.icc)
    return Picture(
        rgb=rgb,
        alpha=alpha,
        icc=icc,
        exif=exif,
        xmp=xmp,
        source_format="TIFF",
        mode=mode,
        notes=notes + colour_notes,
    )


def _frame_notes(image: Image.Image) -> tuple[str, ...]:
    """Say that only one of several frames is edited; a phone's preview images do not count."""
    frames = int(getattr(image, "n_frames", 1))
    if frames < 2 or image.format == "MPO":
        return ()
    return (f"first {'page' if image.format == 'TIFF' else 'frame'} of {frames}",)


def _packet(image: Image.Image) -> bytes | None:
    """The XMP packet, by whichever name the format's reader gives it."""
    packet = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp")
    if isinstance(packet, str):
        return packet.encode()
    return bytes(packet) if packet else None


def _head(source: Path | bytes, count: int) -> bytes:
    if isinstance(source, bytes):
        return source[:count]
    try:
        with source.open("rb") as stream:
            return stream.read(count)
    except OSError:
        return b""  # ``opened`` meets the same error next and names it


def _is_tiff(source: Path | bytes) -> bool:
    return _head(source, 4) in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def _png_bits(source: Path | bytes) -> int:
    return _head(source, 25)[24]  # the depth field of IHDR, always the first chunk
