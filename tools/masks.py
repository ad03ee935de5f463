"""Masks: making them from boxes, clicks, strokes and files, and reshaping them.

Hard masks are HW bool, True = editable; soft masks are HW float32 in [0, 1]. It does not blend
pictures (``tools.compositing``) and does not look for things in them (``tools.grounders``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from PIL import Image, UnidentifiedImageError

from tools.errors import BadArguments, BrokenPicture, NotAPicture
from tools.grounding import Box
from tools.operation import Geometry, HardMask, Rgb, SoftMask

Side = Literal["inside", "outside", "both"]
Shape = tuple[int, int]
"""(height, width)."""

MASK_FORMATS = ("PNG", "JPEG", "WEBP", "TIFF", "BMP", "GIF")
MAX_MASK_PIXELS = 400_000_000


def check_mask(mask: HardMask | SoftMask, shape: Shape) -> None:
    """Refuse a mask that does not fit a picture.

    Raises:
        BadArguments: wrong size or type, or values outside [0, 1].
    """
    if mask.shape != shape:
        raise BadArguments(
            f"the mask is {_size(mask.shape)} but the picture is {_size(shape)}; "
            "they must be the same size"
        )
    if mask.dtype == np.bool_ or mask.size == 0:
        return
    if mask.dtype != np.float32:
        raise BadArguments(f"a mask is bool or float32, not {mask.dtype}")
    low, high = float(mask.min()), float(mask.max())
    if not (low >= 0.0 and high <= 1.0):  # also refuses NaN, which fails every comparison
        raise BadArguments(f"soft mask values must lie in [0, 1], not [{low:g}, {high:g}]")


def empty(shape: Shape) -> HardMask:
    """A mask of nothing."""
    return np.zeros(shape, dtype=np.bool_)


def from_box(box: Box, shape: Shape) -> HardMask:
    """A filled XYXY half-open box, clipped to the picture.

    Raises:
        BadArguments: the box is empty or wholly outside.
    """
    x0, y0, x1, y1 = clip_box(box, shape)
    mask = empty(shape)
    mask[y0:y1, x0:x1] = True
    return mask


def clip_box(box: Box, shape: Shape) -> Box:
    """The part of a box that lies in the picture.

    Raises:
        BadArguments: nothing of it does.
    """
    x0, y0, x1, y1 = box
    clipped = (max(x0, 0), max(y0, 0), min(x1, shape[1]), min(y1, shape[0]))
    if clipped[0] >= clipped[2] or clipped[1] >= clipped[3]:
        raise BadArguments(
            f"the box {box} holds no pixel of a {_size(shape)} picture; "
            "give x0 y0 x1 y1 with x0 < x1 and y0 < y1, inside the picture"
        )
    return clipped


def from_points(points: Iterable[tuple[int, int, bool]], radius: int, shape: Shape) -> HardMask:
    """Discs around the positive clicks, less the discs around the negative ones."""
    mask = np.zeros(shape, dtype=np.uint8)
    for x, y, positive in sorted(points, key=lambda point: not point[2]):
        if not (0 <= x < shape[1] and 0 <= y < shape[0]):
            raise BadArguments(f"the point {x},{y} lies outside the {_size(shape)} picture")
        cv2.circle(mask, (x, y), radius, 1 if positive else 0, -1)
    return mask.view(np.bool_)


def check_prompts(
    shape: Shape,
    points: tuple[tuple[int, int, bool], ...],
    box: Box | None,
    mask: HardMask | None,
) -> Box | None:
    """Refuse what no segmenter can start from; returns the box within the picture.

    Raises:
        BadArguments: nothing was given, or it lies outside the picture.
    """
    if not points and box is None and mask is None:
        raise BadArguments("a segmenter needs points, a box or a rough mask")
    if mask is not None:
        check_mask(mask, shape)
        if not mask.any():
            raise BadArguments("a segmenter cannot start from an empty mask")
    if points:
        from_points(points, 1, shape)  # refuses clicks outside the picture
    return None if box is None else clip_box(box, shape)


def from_brush(strokes: Iterable[Iterable[tuple[int, int]]], width: int, shape: Shape) -> HardMask:
    """Round strokes of a width in pixels through lists of (x, y)."""
    mask = np.zeros(shape, dtype=np.uint8)
    for stroke in strokes:
        points = list(stroke)
        for x, y in points:
            cv2.circle(mask, (x, y), max(width // 2, 0), 1, -1)
        if len(points) > 1:
            line = np.array(points, dtype=np.int32).reshape(-1, 1, 2)
            cv2.polylines(mask, [line], False, 1, max(width, 1))
    return mask.view(np.bool_)


def from_ellipse(
    centre: tuple[float, float], axes: tuple[float, float], angle: float, shape: Shape
) -> HardMask:
    """A filled ellipse: centre (x, y), half axes, clockwise degrees."""
    mask = np.zeros(shape, dtype=np.uint8)
    cv2.ellipse(mask, (centre, (2 * axes[0], 2 * axes[1]), angle), 1, -1)
    return mask.view(np.bool_)


def from_file(path: Path, shape: Shape, *, resize: bool = False) -> SoftMask:
    """Read a mask picture: white (or, where there is transparency, opaque) = edit.

    An alpha channel is used only where it says something, so that a grey mask saved as RGBA with
    full alpha still works.

    Raises:
        NotAPicture: the file is none.
        BrokenPicture: it is cut short.
        BadArguments: another size than the picture and ``resize`` is off, or far too large.
    """
    try:
        with Image.open(path, formats=MASK_FORMATS) as opened:
            if opened.width * opened.height > MAX_MASK_PIXELS:
                raise BadArguments(f"the mask {path} is {opened.width}x{opened.height}: too large")
            grey = _grey_or_alpha(opened)
    except UnidentifiedImageError as error:
        raise NotAPicture(f"the mask {path} is not a {', '.join(MASK_FORMATS)} file") from error
    except OSError as error:
        if isinstance(error, FileNotFoundError | PermissionError | IsADirectoryError):
            raise NotAPicture(f"the mask {path} cannot be read: {error.strerror}") from error
        raise BrokenPicture(f"the mask {path} is broken: {error}") from error
    if grey.shape != shape:
        if not resize:
            raise BadArguments(
                f"the mask {path} is {_size(grey.shape)} but the picture is {_size(shape)}; "
                "save it at the picture's size or ask for it to be resized"
            )
        grey = np.asarray(cv2.resize(grey, shape[::-1], interpolation=cv2.INTER_AREA))
    return np.asarray(grey, dtype=np.float32) / np.float32(255)


def _grey_or_alpha(opened: Image.Image) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    if "A" in opened.getbands() or "transparency" in opened.info:
        alpha = np.asarray(opened.convert("RGBA").getchannel("A"))
        if alpha.min() < 255:
            return alpha
    if opened.mode.startswith("I;16"):
        return (np.asarray(opened) >> 8).astype(np.uint8)
    return np.asarray(opened.convert("L"))


def pixels(share: float, shape: Shape) -> int:
    """A share of the picture's diagonal in whole pixels, at least 1 where the share is positive."""
    return max(round(share * float(np.hypot(*shape))), 1 if share > 0 else 0)


def dilate(mask: HardMask, radius: int) -> HardMask:
    """Grow by a disc of ``radius`` pixels (exact Euclidean, any radius)."""
    box = box_of(mask)
    if box is None or radius <= 0:
        return mask.copy()
    x0, y0, x1, y1 = pad_box(box, radius + 1, mask.shape)
    out = mask.copy()
    away = cv2.distanceTransform(
        (~mask[y0:y1, x0:x1]).view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE
    )
    out[y0:y1, x0:x1] = away <= radius
    return out


def erode(mask: HardMask, radius: int) -> HardMask:
    """Shrink by a disc of ``radius`` pixels; the picture's border does not count as outside."""
    return mask.copy() if radius <= 0 else ~dilate(~mask, radius)


def feather(mask: HardMask, radius: int, side: Side = "both") -> SoftMask:
    """A soft edge of bounded reach.

    ``inside``: 0 outside the mask, exactly 1 deeper than ``radius``. ``outside``: 1 in the mask,
    exactly 0 further than ``radius``. ``both``: the ramp spans ``radius`` to each side. Unlike a
    Gaussian, nothing beyond the ramp is ever touched.
    """
    box = box_of(mask)
    soft: SoftMask = mask.astype(np.float32)
    if box is None or radius <= 0:
        return soft
    x0, y0, x1, y1 = pad_box(box, radius + 1, mask.shape)
    part = mask[y0:y1, x0:x1]
    # Pixel centres next to the edge lie half a pixel from it, hence the halves.
    reach = radius - 0.5
    if side == "inside":
        ramp = (_distance(part) - 0.5) / reach
    elif side == "outside":
        ramp = np.where(part, 1, 1 - (_distance(~part) - 0.5) / reach)
    else:
        inner, outer = _distance(part) - 0.5, 0.5 - _distance(~part)
        ramp = 0.5 + np.where(part, inner, outer) / (2 * reach)
    ramp = np.clip(ramp, 0, 1).astype(np.float32)
    soft[y0:y1, x0:x1] = ramp * ramp * (3 - 2 * ramp)
    return soft


def _distance(part: HardMask) -> SoftMask:
    """Distance of each True pixel to the nearest False one; large where there is none."""
    out: SoftMask = cv2.distanceTransform(part.view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return out


def box_of(mask: HardMask | SoftMask) -> Box | None:
    """The tightest box around what is not zero; None where all is."""
    rows = np.flatnonzero(mask.any(axis=1))
    if rows.size == 0:
        return None
    cols = np.flatnonzero(mask[rows[0] : rows[-1] + 1].any(axis=0))
    return (int(cols[0]), int(rows[0]), int(cols[-1]) + 1, int(rows[-1]) + 1)


def pad_box(box: Box, margin: int, shape: Shape) -> Box:
    """A box grown by a margin, kept inside the picture."""
    x0, y0, x1, y1 = box
    return (
        max(x0 - margin, 0),
        max(y0 - margin, 0),
        min(x1 + margin, shape[1]),
        min(y1 + margin, shape[0]),
    )


def centre_of(mask: HardMask) -> tuple[float, float]:
    """Centre of mass (x, y) in pixels.

    Raises:
        BadArguments: the mask is empty.
    """
    moments = cv2.moments(mask.view(np.uint8), True)
    if moments["m00"] == 0:
        raise BadArguments("an empty mask has no centre")
    return moments["m10"] / moments["m00"], moments["m01"] / moments["m00"]


def area_share(mask: HardMask | SoftMask) -> float:
    """Share of the picture that is editable."""
    return float(mask.mean(dtype=np.float64)) if mask.size else 0.0


def iou(a: HardMask, b: HardMask) -> float:
    """Intersection over union; 1 where both are empty."""
    union_size = int(np.count_nonzero(a | b))
    return int(np.count_nonzero(a & b)) / union_size if union_size else 1.0


def components(mask: HardMask, min_share: float = 0.0) -> list[HardMask]:
    """Connected parts (8-neighbours), largest first, dropping those below a share of the whole."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.view(np.uint8), connectivity=8)
    order = sorted(range(1, count), key=lambda i: -int(stats[i, cv2.CC_STAT_AREA]))
    wanted = [i for i in order if stats[i, cv2.CC_STAT_AREA] >= max(min_share * mask.size, 1)]
    return [np.asarray(labels == i, dtype=np.bool_) for i in wanted]


SPECK = 0.12
"""Size of a piece, against the largest, below which it is a speck and no thing of its own."""


def without_specks(parts: Sequence[HardMask]) -> list[HardMask]:
    """Pieces of a mask, but for those that are tiny beside the largest."""
    largest = max((int(part.sum()) for part in parts), default=0)
    return [part for part in parts if part.sum() >= SPECK * largest]


def union(parts: Iterable[HardMask], shape: Shape) -> HardMask:
    """Everything in any of the masks; also how ``preserve`` masks are combined.

    Raises:
        BadArguments: one has another size.
    """
    out = empty(shape)
    for part in parts:
        check_mask(part, shape)
        out |= part
    return out


def minus(mask: HardMask, less: HardMask) -> HardMask:
    """What is in the first mask and not in the second."""
    return mask & ~less


def protect(soft: SoftMask, preserved: HardMask) -> SoftMask:
    """A soft mask that is exactly zero on everything preserved."""
    return np.where(preserved, np.float32(0), soft)


def harden(soft: SoftMask, threshold: float = 0.5) -> HardMask:
    """Where a soft mask is above a threshold."""
    return np.asarray(soft > threshold, dtype=np.bool_)


def through(mask: HardMask, geometry: Geometry, shape: Shape) -> HardMask:
    """Carry a mask of the parent over to a picture of ``shape`` made from it by ``geometry``."""
    warped = cv2.warpPerspective(
        mask.view(np.uint8),
        np.array(geometry.matrix, dtype=np.float64),
        shape[::-1],
        flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=0,
    )
    return np.asarray(warped, dtype=np.uint8).view(np.bool_)


def overlay(
    rgb: Rgb,
    mask: HardMask | SoftMask,
    colour: tuple[int, int, int] = (255, 40, 80),
    strength: float = 0.5,
) -> Rgb:
    """The picture with a mask painted over it and outlined, to show to a person."""
    check_mask(mask, (rgb.shape[0], rgb.shape[1]))
    weight = mask.astype(np.float32)[..., None] * np.float32(strength)
    tinted = rgb + (np.array(colour, dtype=np.float32) - rgb) * weight
    out = np.rint(tinted).astype(np.uint8)
    hard = np.asarray(mask > 0.5, dtype=np.uint8)
    outline, _ = cv2.findContours(hard, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(out, outline, -1, (255, 255, 255), max(1, round(max(hard.shape) / 700)))
    return out


def _size(shape: tuple[int, ...]) -> str:
    return f"{shape[1]}x{shape[0]}" if len(shape) == 2 else f"of shape {shape}"
