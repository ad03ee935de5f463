"""Where an edit is made: a crop around the region with context, and its way back into the picture.

It knows pixels and boxes only. Boxes are XYXY, half-open, in pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from smartedit_model.errors import InputError
from tools.operation import HardMask, Rgb, SoftMask

_WIDEST = 2.0
_WHOLE = 0.6


@dataclass(frozen=True)
class Crop:
    """A part of a picture that is edited on its own.

    Attributes:
        box: XYXY, half-open, in pixels of the picture.
        size: (height, width) the model runs at.
    """

    box: tuple[int, int, int, int]
    size: tuple[int, int]

    def cut(self, image: Rgb) -> Image.Image:
        """Return the part at the model's size, from HWC uint8 RGB."""
        left, top, right, bottom = self.box
        part = Image.fromarray(np.ascontiguousarray(image[top:bottom, left:right]))
        height, width = self.size
        return part.resize((width, height), Image.Resampling.LANCZOS)

    def cut_mask(self, mask: HardMask) -> SoftMask:
        """Return a mask's part at the model's size, float32 [0, 1], from HW bool."""
        left, top, right, bottom = self.box
        part = Image.fromarray(
            np.ascontiguousarray(mask[top:bottom, left:right]).astype(np.uint8) * 255
        )
        height, width = self.size
        small = np.asarray(part.resize((width, height), Image.Resampling.BOX), dtype=np.float32)
        return small / np.float32(255)

    def paste(self, image: Rgb, edited: Image.Image) -> Rgb:
        """Return a copy of ``image``, HWC uint8 RGB, with the edited part put back in place."""
        left, top, right, bottom = self.box
        part = edited.convert("RGB").resize((right - left, bottom - top), Image.Resampling.LANCZOS)
        out = image.copy()
        out[top:bottom, left:right] = np.asarray(part)
        return out


def plan_crop(
    shape: tuple[int, int],
    mask: HardMask | None,
    *,
    resolution: int,
    multiple: int,
    context: float = 0.5,
    scale: float = 1.0,
) -> Crop:
    """Choose the part to edit and the size to edit it at.

    The region's bounding box grows by ``context`` of its size on every side and, where the picture
    allows, to the model's resolution and to an aspect of at most 2:1; the picture as a whole is
    taken when there is no mask or most of it would be covered anyway.

    Args:
        shape: Picture (height, width).
        mask: HW bool, True = may change.
        resolution: Side in pixels of the square the model was trained at.
        multiple: Both sides of the size are a multiple of this.
        context: Share of the region's size added on each side.
        scale: Factor on the model's resolution; below 1 to save memory.

    Raises:
        InputError: The mask has another size, or marks nothing.
    """
    height, width = shape
    box = (0, 0, width, height)
    if mask is not None:
        if mask.shape != shape:
            raise InputError(f"the mask is {mask.shape}, but the picture is {shape}; give its size")
        if not mask.any():
            raise InputError("the mask marks nothing; mark what may change, or give no mask")
        rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
        sides = [
            _span(int(columns[0]), int(columns[-1]) + 1, width, context, resolution),
            _span(int(rows[0]), int(rows[-1]) + 1, height, context, resolution),
        ]
        lengths = [end - start for start, end in sides]
        sides = [
            _grow(side, limit, int(max(lengths) / _WIDEST))
            for side, limit in zip(sides, (width, height), strict=True)
        ]
        (left, right), (top, bottom) = sides
        if (right - left) * (bottom - top) < _WHOLE * width * height:
            box = (left, top, right, bottom)
    tall, wide = box[3] - box[1], box[2] - box[0]
    return Crop(box, fitted_size((tall, wide), resolution * scale, multiple))


def fitted_size(shape: tuple[int, int], side: float, multiple: int) -> tuple[int, int]:
    """Return the (height, width) of about ``side`` squared pixels that keeps an aspect.

    Where a very long picture's short side would fall below ``multiple``, it is that, and the long
    side gives way: the work stays what the model was made for.
    """
    height, width = shape
    factor = side / (height * width) ** 0.5
    longest = max(multiple, int(side**2 / multiple))
    tall, wide = (
        max(multiple, round(min(length * factor, longest) / multiple) * multiple)
        for length in (height, width)
    )
    return tall, wide


def _span(start: int, end: int, limit: int, context: float, least: int) -> tuple[int, int]:
    grown = round((end - start) * (1 + 2 * context))
    return _grow((start, end), limit, max(grown, least))


def _grow(side: tuple[int, int], limit: int, length: int) -> tuple[int, int]:
    """Widen a span evenly to ``length`` within ``[0, limit)``, pushed back where it hits an end."""
    start, end = side
    length = min(limit, max(length, end - start))
    first = (start + end - length) // 2
    first = min(max(0, first), limit - length)
    return first, first + length
