"""Writes a ``Picture`` to a file whose suffix says the format: whole or not at all.

Knows formats and their limits; what the record and EXIF look like is ``tools.picture_metadata``.
"""

from __future__ import annotations

import io
import os
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
from PIL import Image, PngImagePlugin

from tools.errors import PictureError
from tools.opening import DECODING_ERRORS, guarded
from tools.operation import Rgb
from tools.picture_colour import GREY_MODES
from tools.picture_metadata import (
    KEYWORD,
    exif_for_saving,
    packet_for_saving,
    record_text,
)
from tools.pictures import Picture

DEFAULT_QUALITY = 95

_MARKER = 65_500
"""Bytes one JPEG segment holds, less the headers inside it."""


_XMP = 700
"""The TIFF tag of the XMP packet."""


@dataclass(frozen=True)
class _Format:
    """How one format is written.

    Attributes:
        name: Pillow's.
        longest: most pixels on a side.
        alpha: whether it holds transparency.
        block_limit: most bytes of an EXIF or XMP block; None = enough.
    """

    name: str
    longest: int
    alpha: bool = True
    block_limit: int | None = None


_JPEG = _Format("JPEG", 65_500, alpha=False, block_limit=_MARKER)
_FORMATS = {
    ".jpg": _JPEG,
    ".jpeg": _JPEG,
    ".png": _Format("PNG", 1_000_000),
    ".webp": _Format("WEBP", 16_383),
    ".tif": _Format("TIFF", 1_000_000),
    ".tiff": _Format("TIFF", 1_000_000),
    ".heic": _Format("HEIF", 16_384),
    ".heif": _Format("HEIF", 16_384),
    ".avif": _Format("AVIF", 65_535),
    ".bmp": _Format("BMP", 1_000_000, alpha=False),
}

SAVEABLE = tuple(_FORMATS)
"""The suffixes ``save_picture`` knows."""


def save_picture(
    picture: Picture,
    path: str | Path,
    *,
    quality: int = DEFAULT_QUALITY,
    metadata: dict[str, str] | None = None,
) -> tuple[str, ...]:
    """Write a picture; the file appears complete or not at all, replacing an older one.

    Args:
        picture: its ICC profile and EXIF are kept.
        path: the suffix names the format (``SAVEABLE``).
        quality: 1 to 100 for JPEG, WebP, HEIC and AVIF; JPEG keeps full colour resolution.
        metadata: the record of how it was made; ``read_metadata`` gives it back.

    Returns:
        Notes on what the format could not hold ("transparency laid on white: …").

    Raises:
        PictureError: unknown suffix, no such folder, no permission, disk full, or a picture larger
            than the format can be.
    """
    target = Path(path)
    known = format_of(target)
    # Through a link the file it names is replaced, not the link.
    target = target.resolve() if target.is_symlink() else target
    if not target.parent.is_dir():
        raise PictureError(f"the folder {target.parent} does not exist; make it or choose another")
    if target.is_dir():
        raise PictureError(f"{target} is a folder; give the name of a file")
    part = target.with_name(f".{uuid.uuid4().hex}.part")
    try:
        with part.open("xb+") as stream:
            notes = _encode(picture, cast(BinaryIO, _Checked(stream)), known, quality, metadata)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(target)
        _sync_folder(target.parent)
    except OSError as error:
        why = error.strerror or str(error)
        raise PictureError(f"{target} cannot be written ({why}); choose another place") from error
    finally:
        part.unlink(missing_ok=True)
    return notes


def unwritable(path: Path, error: OSError) -> PictureError:
    """What to raise where the system refuses a name, such as one that is too long."""
    return PictureError(f"{path} cannot be written ({error.strerror}); choose another name")


def spare(path: Path, original: Path | None) -> None:
    """Refuse to write over the file that a picture was made from.

    Args:
        path: where it would be written.
        original: the file; None = there is none to spare.

    Raises:
        PictureError: it is that file, or no file can have that name.
    """
    try:
        same = original is not None and path.exists() and path.samefile(original)
    except FileNotFoundError:  # the original was moved away: this is another file
        same = False
    except OSError as error:
        raise unwritable(path, error) from error
    if same:
        raise PictureError(f"{path} is the original picture; choose another name")


class _Checked:
    """A file that hides its number: given one, Pillow writes past Python and misses a full disk."""

    def __init__(self, stream: BinaryIO) -> None:
        self.write, self.read = stream.write, stream.read
        self.seek, self.tell, self.flush = stream.seek, stream.tell, stream.flush


def encode_picture(
    picture: Picture,
    suffix: str,
    *,
    quality: int = DEFAULT_QUALITY,
    metadata: dict[str, str] | None = None,
) -> tuple[bytes, tuple[str, ...]]:
    """As ``save_picture``, into memory: (bytes, notes). ``suffix`` is as in ".png"."""
    stream = io.BytesIO()
    notes = _encode(picture, stream, format_of(Path(f"picture{suffix}")), quality, metadata)
    return stream.getvalue(), notes


def format_of(path: Path) -> _Format:
    """The format a path's suffix names.

    Raises:
        PictureError: it names none; the message lists the choices.
    """
    known = _FORMATS.get(path.suffix.lower())
    if known is None:
        given = f"the suffix {path.suffix!r}" if path.suffix else "a name without suffix"
        raise PictureError(f"{path}: {given} is no format to save; use {', '.join(SAVEABLE)}")
    return known


def _encode(
    picture: Picture,
    stream: BinaryIO,
    known: _Format,
    quality: int,
    metadata: dict[str, str] | None,
) -> tuple[str, ...]:
    """Write the picture in one format to a seekable stream."""
    if not 1 <= quality <= 100:
        raise PictureError(f"quality {quality} is outside 1 to 100")
    if max(picture.size) > known.longest:
        raise PictureError(
            f"{known.name} holds at most {known.longest} pixels on a side, the picture is"
            f" {picture.width} x {picture.height}; save as .png or .tif"
        )
    image, notes = _to_pillow(picture, known)
    options: dict[str, Any] = _options(known, quality)
    if picture.icc is not None:
        if known.name == "BMP":
            notes += ("BMP holds no colour profile; colours may look different",)
        else:
            options["icc_profile"] = picture.icc
    if known.name == "BMP":
        notes += ("BMP holds no EXIF and no record of how it was made",) if metadata else ()
    else:
        exif, exif_notes = exif_for_saving(
            picture.exif, picture.size, made=bool(metadata), limit=known.block_limit
        )
        if exif is not None:
            options["exif"] = exif
        notes += exif_notes + _add_record(picture, known, metadata, options)
    if known.name == "TIFF":
        options["tiffinfo"] = _tiff_tags(options.pop("exif", None), options.pop("xmp", None))
    with guarded():
        try:
            image.save(stream, known.name, **options)
        except OSError as error:
            if error.errno is not None:
                raise
            raise _refused(known, error) from error
        except DECODING_ERRORS as error:
            raise _refused(known, error) from error
    return notes


def _refused(known: _Format, error: BaseException) -> PictureError:
    return PictureError(
        f"the picture cannot be written as {known.name} ({error}); save as .png instead"
    )


def _add_record(
    picture: Picture, known: _Format, metadata: dict[str, str] | None, options: dict[str, Any]
) -> tuple[str, ...]:
    """Put the XMP packet and the record where the format keeps them."""
    if known.name == "PNG":
        texts = PngImagePlugin.PngInfo()
        if picture.xmp is not None:
            texts.add_itxt("XML:com.adobe.xmp", picture.xmp.decode("utf-8", "replace"))
        if metadata:
            texts.add_itxt(KEYWORD, record_text(metadata))
        options["pnginfo"] = texts
        return ()
    packet, notes = packet_for_saving(picture.xmp, metadata, limit=known.block_limit)
    if packet is not None:
        options["xmp"] = packet
    return notes


def _tiff_tags(exif: bytes | None, packet: bytes | None) -> Image.Exif:
    """What the other formats take as blocks, as tags."""
    tags = Image.Exif()
    if exif is not None:
        tags.load(exif)
    if packet is not None:
        tags[_XMP] = packet
    return tags


def _options(known: _Format, quality: int) -> dict[str, Any]:
    """Encoder settings, chosen by measuring 12 megapixels on two cores.

    PNG: run-length at level 1 takes 0.6-0.9 s where level 6 takes 2.7 s for the same size (photos
    hardly repeat). WebP method 2: 0.6 s instead of 1.3 s at equal size. AVIF speed 8: 1.4 s instead
    of 5.2 s. HEIC "ultrafast": 2.9 s instead of 21 s, and smaller at this quality.
    """
    match known.name:
        case "JPEG":
            return {"quality": quality, "subsampling": 0}
        case "PNG":
            return {"compress_level": 1, "compress_type": 3}
        case "WEBP":
            return {"quality": quality, "method": 2, "exact": True}
        case "AVIF":
            return {"quality": quality, "speed": 8, "subsampling": "4:4:4"}
        case "HEIF":
            return {"quality": quality, "chroma": 444, "enc_params": {"preset": "ultrafast"}}
        case "TIFF":
            return {"compression": "raw"}  # Pillow's compressing writer loses the EXIF and GPS
        case _:
            return {}


def _to_pillow(picture: Picture, known: _Format) -> tuple[Image.Image, tuple[str, ...]]:
    """The picture in the mode it is saved in: grey while it is grey, alpha where it fits."""
    rgb, alpha = np.ascontiguousarray(picture.rgb), picture.alpha
    notes: tuple[str, ...] = ()
    if alpha is not None and not known.alpha:
        if int(alpha.min()) < 255:
            rgb = _on_white(rgb, alpha)
            notes = (f"transparency laid on white: {known.name} holds none",)
        alpha = None
    grey = picture.mode in GREY_MODES and picture.icc is None and _is_grey(rgb)
    image = Image.fromarray(np.ascontiguousarray(rgb[..., 0]) if grey else rgb)
    if alpha is not None:
        if grey and known.name not in ("PNG", "TIFF"):
            image = image.convert("RGB")
        image.putalpha(Image.fromarray(np.ascontiguousarray(alpha)))
    return image, notes


def _is_grey(rgb: Rgb) -> bool:
    """True where all three channels agree everywhere."""
    return bool(
        np.array_equal(rgb[..., 0], rgb[..., 1]) and np.array_equal(rgb[..., 0], rgb[..., 2])
    )


def _on_white(rgb: Rgb, alpha: np.ndarray[Any, np.dtype[np.uint8]]) -> Rgb:
    """Blend onto white in the picture's own encoding, as browsers do."""
    out = np.empty_like(rgb)
    for top in range(0, rgb.shape[0], 256):  # wide numbers for a strip at a time only
        share = alpha[top : top + 256, :, None].astype(np.uint16)
        blended = rgb[top : top + 256] * share + 255 * (255 - share)
        out[top : top + 256] = (blended + 127) // 255
    return out


def _sync_folder(folder: Path) -> None:
    """Make the new name survive a power cut, where the system can."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
