"""What a session keeps of its photo beside the pixels: profile, EXIF, format, as JSON and back."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.pictures import Picture

BINARY = ("icc", "exif", "xmp")


def facts_of(picture: Picture) -> dict[str, Any]:
    """Everything but the pixels, as plain JSON."""
    facts: dict[str, Any] = {
        "source_format": picture.source_format,
        "mode": picture.mode,
        "notes": list(picture.notes),
    }
    for name in BINARY:
        block: bytes | None = getattr(picture, name)
        facts[name] = None if block is None else base64.b64encode(block).decode("ascii")
    return facts


def picture_from(facts: dict[str, Any], pixels: NDArray[np.uint8]) -> Picture:
    """Put pixels (HWC uint8, 3 or 4 channels) and facts back together."""
    blocks = {
        name: None if facts.get(name) is None else base64.b64decode(facts[name]) for name in BINARY
    }
    alpha = np.ascontiguousarray(pixels[..., 3]) if pixels.shape[2] == 4 else None
    return Picture(
        rgb=np.ascontiguousarray(pixels[..., :3]),
        alpha=alpha,
        source_format=facts.get("source_format", ""),
        mode=facts.get("mode", "RGB"),
        notes=tuple(facts.get("notes", ())),
        **blocks,
    )


def pixels_of(picture: Picture) -> NDArray[np.uint8]:
    """The pixels as they are stored: HWC uint8 with 3 channels, or 4 with alpha."""
    if picture.alpha is None:
        return picture.rgb
    return np.dstack([picture.rgb, picture.alpha])
