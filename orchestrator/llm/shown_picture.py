"""The picture as a language model sees it: small, and nothing but pixels."""

from __future__ import annotations

import base64
import io

from PIL import Image

from tools.operation import Rgb

QUALITY = 85


def data_url(picture: Rgb, longest: int) -> str:
    """A picture as a JPEG in a ``data:`` URL.

    It is encoded anew from pixels, so no EXIF, XMP, comment or profile of the file can be in it.

    Args:
        picture: HWC uint8, RGB.
        longest: of the two sides, in pixels; larger pictures are scaled down.
    """
    image = Image.fromarray(picture)
    image.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    held = io.BytesIO()
    image.save(held, "JPEG", quality=QUALITY)
    return "data:image/jpeg;base64," + base64.b64encode(held.getvalue()).decode("ascii")
