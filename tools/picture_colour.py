"""Turns any Pillow picture into 8-bit RGB and alpha, converting colour spaces that are not RGB.

RGB pixels are left in their own space: converting to sRGB and back would change every pixel.
"""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageCms

from tools.operation import Alpha, Rgb

GREY_MODES = frozenset({"1", "L", "LA", "La", "I", "F", "I;16", "I;16B", "I;16L", "I;16N"})
"""Pillow's modes of pictures without colour."""

_STRIP = 512
"""Rows copied at a time, so that the copy out of Pillow needs no second copy of the picture."""

Converted = tuple[Rgb, Alpha | None, bytes | None, tuple[str, ...]]
"""rgb, alpha, the profile of ``rgb`` (None = sRGB), notes."""


def to_rgb_space(image: Image.Image, icc: bytes | None) -> Converted:
    """Pixels as RGB and straight alpha.

    Args:
        image: loaded, any mode.
        icc: its embedded profile.
    """
    profile, notes = _profile(icc)
    space = profile.profile.xcolor_space.strip() if profile is not None else ""
    if image.mode == "LAB":
        lab = ImageCms.createProfile("LAB")
        return (
            *_channels(_by_profile(image, ImageCms.ImageCmsProfile(lab))),
            None,
            ("Lab picture converted to sRGB",),
        )
    if image.mode == "CMYK":
        if profile is not None and space == "CMYK":
            converted = _by_profile(image, profile)
            return *_channels(converted), None, ("CMYK picture converted to sRGB by its profile",)
        note = "CMYK picture without a profile converted to sRGB by the plain formula"
        return *_channels(image.convert("RGB")), None, (*notes, note)
    if image.mode in ("YCbCr", "HSV"):
        image = image.convert("RGB")
    if profile is not None and space == "GRAY" and image.mode == "L":
        note = "greyscale profile converted to sRGB"
        return *_channels(_by_profile(image, profile)), None, (note,)
    if profile is not None and space != "RGB":
        notes = (f"its ICC profile is for {space} and does not fit; read as sRGB",)
        icc = None
    elif profile is None:
        icc = None
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        image, more = _wide_grey(image)
        notes += more
    return *_channels(image), icc, notes


def _channels(image: Image.Image) -> tuple[Rgb, Alpha | None]:
    """Split into RGB and alpha; transparency by palette or key colour becomes alpha."""
    if image.has_transparency_data or image.mode in ("RGBa", "La"):
        image = image if image.mode == "RGBA" else image.convert("RGBA")
        return _array(image, "RGB"), np.asarray(image.getchannel("A"))
    return _array(image, "RGB"), None


def _array(image: Image.Image, mode: str) -> Rgb:
    """HWC uint8 of the picture in ``mode``, copied strip by strip."""
    width, height = image.size
    out = np.empty((height, width, 3), np.uint8)
    for top in range(0, height, _STRIP):
        bottom = min(top + _STRIP, height)
        strip = image.crop((0, top, width, bottom))
        out[top:bottom] = np.asarray(strip if strip.mode == mode else strip.convert(mode))
    return out


def _wide_grey(image: Image.Image) -> tuple[Image.Image, tuple[str, ...]]:
    """16-bit grey by rounding; 32-bit stretched from its own range, having no white of its own."""
    values = np.asarray(image).astype(np.float32)
    if image.mode.startswith("I;16") or (image.mode == "I" and image.format == "PNG"):
        low, high = 0.0, 65535.0
        note = "16-bit picture edited at 8 bits a channel"
    else:
        low, high = float(values.min()), float(values.max())
        note = f"32-bit picture edited at 8 bits a channel, stretched from [{low:g}, {high:g}]"
    scale = 255.0 / (high - low) if high > low else 0.0
    grey = np.clip(np.rint((values - low) * scale), 0, 255).astype(np.uint8)
    return Image.fromarray(grey), (note,)


def _profile(icc: bytes | None) -> tuple[ImageCms.ImageCmsProfile | None, tuple[str, ...]]:
    """Parse an embedded profile; a damaged one is dropped with a note, as viewers do."""
    if not icc:
        return None, ()
    try:
        return ImageCms.ImageCmsProfile(io.BytesIO(icc)), ()
    except (ImageCms.PyCMSError, OSError):
        return None, ("its ICC profile is damaged; read as sRGB",)


def _by_profile(image: Image.Image, profile: ImageCms.ImageCmsProfile) -> Image.Image:
    """To sRGB, perceptually where the profile can, else colorimetrically."""
    converted = ImageCms.profileToProfile(
        image,
        profile,
        ImageCms.createProfile("sRGB"),
        renderingIntent=ImageCms.Intent.PERCEPTUAL,
        outputMode="RGB",
    )
    if converted is None:  # only with ``inPlace``, which is not used
        raise ValueError("the colour conversion gave nothing")
    return converted
