"""Removing things: the hole is filled from its surroundings at native resolution.

Thin scratches are closed by diffusion. Larger holes are completed on a reduced crop; its smooth
part is kept and the fine texture is copied, pixel for pixel, from where the patches came from.
Nothing is invented that is not elsewhere in the picture: a face behind a hand does not come back.
"""

from __future__ import annotations

import cv2
import numpy as np
from pydantic import Field

from tools.errors import BadArguments, Cancelled
from tools.exemplar import fill, own_places
from tools.masks import area_share, box_of, dilate, feather, harden, pad_box, pixels
from tools.operation import HardMask, Rgb, SoftMask, Tool, ToolArgs, ToolContext, ToolResult

WORK = 256
"""Longer side of the crop that is completed by patches."""
STRIP = 256
THIN = 5.0
"""Holes nowhere wider than twice this many pixels are closed by diffusion."""
PLAIN = 0.4
"""Below this share of the surroundings' contrast a filling looks like a patch of fog."""
LARGE = 0.05
"""Plainness is worth a warning only for holes above this share of the picture."""
MOST = 0.6
"""A hole of a larger share of the picture has nothing left to be filled from."""


class RemoveArgs(ToolArgs):
    """Arguments of ``remove_object``."""

    grow: float = Field(
        default=0.004,
        ge=0,
        le=0.05,
        description="how far the hole is grown, as a share of the diagonal, to take edges along",
    )


def remove(args: RemoveArgs, context: ToolContext) -> ToolResult:
    """Fill the mask with what surrounds it.

    Raises:
        BadArguments: no mask, an empty one, or one that covers most of the picture.
        Cancelled: the caller asked to stop.
    """
    hole = _hole(context)
    grown = dilate(hole, pixels(args.grow, _shape(context.image)))
    filled, method = fill_hole(context.image, grown, context)
    region = np.maximum(
        feather(hole, max(pixels(args.grow, _shape(context.image)), 1), "outside"),
        hole.astype(np.float32),
    )
    box = box_of(grown)
    detail = relative_detail(filled, grown)
    notes = [f"filled {100 * area_share(grown):.1f}% of the picture by {method}"]
    if detail < PLAIN and area_share(grown) > LARGE:
        notes.append(
            "the filling is far plainer than what surrounds it: look at it before going on"
        )
    return ToolResult(
        image=filled,
        region=region,
        notes=tuple(notes),
        facts={
            "box": list(box) if box else [],
            "method": method,
            "relative_detail": round(detail, 3),
        },
    )


def relative_detail(image: Rgb, hole: HardMask) -> float:
    """Contrast inside a filled hole over that of the ring around it; near 1 where it blends in."""
    box = box_of(hole)
    if box is None:
        return 1.0
    reach = max(round(0.3 * max(box[2] - box[0], box[3] - box[1])), 4)
    x0, y0, x1, y1 = pad_box(box, reach, _shape(image))
    scale = min(1.0, 256 / max(x1 - x0, y1 - y0))
    size = (max(round((x1 - x0) * scale), 1), max(round((y1 - y0) * scale), 1))
    grey = cv2.cvtColor(np.ascontiguousarray(image[y0:y1, x0:x1]), cv2.COLOR_RGB2GRAY)
    grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    inside = cv2.resize(hole[y0:y1, x0:x1].astype(np.uint8), size) > 0
    if inside.all() or not inside.any():
        return 1.0
    fine = np.abs(grey - cv2.GaussianBlur(grey, (0, 0), 4))
    return float((fine[inside].mean() + 0.5) / (fine[~inside].mean() + 0.5))


def _hole(context: ToolContext) -> HardMask:
    if context.mask is None:
        raise BadArguments("remove_object needs a mask: say what to remove or mark it")
    hole = harden(context.mask, 0.25)
    share = area_share(hole)
    if share == 0:
        raise BadArguments("the mask of what to remove is empty")
    if share > MOST:
        raise BadArguments(
            f"what to remove covers {100 * share:.0f}% of the picture; at most {100 * MOST:.0f}% "
            "can be filled from the rest"
        )
    return hole


def fill_hole(image: Rgb, hole: HardMask, context: ToolContext) -> tuple[Rgb, str]:
    """Fill a hole, whole picture in, whole picture out; also how it was done.

    Pixels outside the hole are bit-identical to the input's.
    """
    box = box_of(hole)
    if box is None:
        return image.copy(), "nothing"
    depth = float(cv2.distanceTransform(_padded(hole, box), cv2.DIST_L2, 3).max())
    margin = max(round(0.75 * max(box[2] - box[0], box[3] - box[1])), 48)
    x0, y0, x1, y1 = pad_box(box, margin, _shape(image))
    crop, gap = image[y0:y1, x0:x1], np.ascontiguousarray(hole[y0:y1, x0:x1])
    if depth <= THIN:
        method, patch = "diffusion", _diffuse(crop, gap)
    else:
        completed = _complete(crop, gap, context)
        if completed is None:
            method, patch = "diffusion", _diffuse(crop, gap)
        else:
            method, patch = "patches", completed
    out = image.copy()
    part = out[y0:y1, x0:x1]
    part[gap] = patch[gap]
    return out, method


def _padded(hole: HardMask, box: tuple[int, int, int, int]) -> HardMask:
    x0, y0, x1, y1 = box
    return np.pad(np.ascontiguousarray(hole[y0:y1, x0:x1]), 1).view(np.uint8)


def _diffuse(crop: Rgb, gap: HardMask) -> Rgb:
    return np.asarray(cv2.inpaint(crop, gap.view(np.uint8), 5, cv2.INPAINT_TELEA), dtype=np.uint8)


def _complete(crop: Rgb, gap: HardMask, context: ToolContext) -> Rgb | None:
    """Complete by patches on a reduced copy, then bring the native texture along."""

    def tick(fraction: float) -> None:
        if context.cancelled():
            raise Cancelled("stopped while filling the hole")
        context.progress(0.9 * fraction)

    height, width = gap.shape
    scale = min(1.0, WORK / max(height, width))
    size = (max(round(width * scale), 24), max(round(height * scale), 24))
    weight = cv2.resize((~gap).view(np.uint8) * 255, size, interpolation=cv2.INTER_AREA)
    weight = weight.astype(np.float32) / np.float32(255)
    blanked = crop.copy()
    blanked[gap] = 0
    small = cv2.resize(blanked, size, interpolation=cv2.INTER_AREA)
    del blanked
    small = (small / np.maximum(weight, 1e-3)[..., None]).astype(np.float32)
    small_gap = np.asarray(weight < 0.98, dtype=np.bool_)
    done = fill(small, small_gap, context.seed, tick)
    if done is None:
        return None
    return _with_texture(crop, gap, small_gap, done.image, done.source)


def _with_texture(
    crop: Rgb,
    gap: HardMask,
    small_gap: HardMask,
    filled: SoftMask,
    source: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
) -> Rgb:
    """The smooth part of the completion plus the fine part of the pixels it was copied from."""
    height, width = gap.shape
    rows, cols = small_gap.shape
    fy, fx = height / rows, width / cols
    smooth = cv2.GaussianBlur(filled, (0, 0), 0.8)
    move = _calmed(source - own_places(rows, cols), small_gap)
    out = crop.copy()
    across = np.arange(width)
    sx = np.minimum((across / fx).astype(np.int64), cols - 1)
    for top in range(0, height, STRIP):
        here = gap[top : top + STRIP]
        if not here.any():
            continue
        down = np.arange(top, top + len(here))
        sy = np.minimum((down / fy).astype(np.int64), rows - 1)
        shift = move[sy[:, None], sx[None]]
        from_y = np.clip(np.rint(down[:, None] + shift[..., 0] * fy), 0, height - 1)
        from_x = np.clip(np.rint(across[None] + shift[..., 1] * fx), 0, width - 1)
        at_y, at_x = np.broadcast_arrays(down[:, None], across[None])
        level = _sampled(smooth, at_y, at_x, (fy, fx))
        places = (from_y.astype(np.int64), from_x.astype(np.int64))
        fine = crop[places] - _sampled(smooth, from_y, from_x, (fy, fx))
        fine[gap[places]] = 0  # a shift may land on the rim of the hole; no texture there
        filling = np.rint(np.clip(level + fine, 0, 255)).astype(np.uint8)
        out[top : top + STRIP][here] = filling[here]
    return out


def _sampled(
    small: SoftMask,
    y: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    x: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    scale: tuple[float, float],
) -> SoftMask:
    """The reduced picture at native coordinates, smoothly."""
    map_x = ((x + 0.5) / scale[1] - 0.5).astype(np.float32)
    map_y = ((y + 0.5) / scale[0] - 0.5).astype(np.float32)
    out: SoftMask = cv2.remap(small, map_x, map_y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return out


def _calmed(
    move: np.ndarray[tuple[int, ...], np.dtype[np.int64]], gap: HardMask
) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """Shifts with lone outliers replaced by their neighbours' median, for unbroken texture."""
    calm = [cv2.medianBlur(move[..., i].astype(np.float32), 3) for i in (0, 1)]
    out = move.copy()
    out[gap] = np.rint(np.stack(calm, axis=2)).astype(np.int64)[gap]
    return out


def _shape(image: Rgb) -> tuple[int, int]:
    return image.shape[0], image.shape[1]


TOOLS: tuple[Tool[RemoveArgs], ...] = (
    Tool(
        name="remove_object",
        version=1,
        summary="Remove what the mask covers and fill the place from its surroundings.",
        args=RemoveArgs,
        run=remove,
    ),
)
