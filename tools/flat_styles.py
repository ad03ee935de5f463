"""Flat styles: a screen-printed poster and pixel art, each of a few of the picture's colours."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field as Argument

from tools import oklab
from tools.brushwork import Colours, StyleArgs, finished, kuwahara, unit, working_copy
from tools.fields import Field, blurred
from tools.operation import Rgb, Tool, ToolContext, ToolResult

_ROUNDS = 16
_SAMPLES = 12_000
_HUES_COUNT = np.array([1.0, 2.2, 2.2])
"""Weights of Oklab's parts: a palette that loses the blue of a flag is worse than one that loses a
tone of grey."""


def palette(lab: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """The colours that stand for (N, 3) Oklab ones best: (<= count, 3), by k-means.

    Starts from the colour farthest from all chosen, so that small strong things keep theirs.
    """
    sample = lab[:: max(1, len(lab) // _SAMPLES)] * _HUES_COUNT
    chosen = [sample.mean(axis=0)]
    apart = ((sample - chosen[0]) ** 2).sum(axis=1)
    while len(chosen) < count and float(apart.max()) > 1e-4:
        # The 99.5th percentile: the very farthest is a speck.
        place = int(np.argsort(apart)[int(0.995 * (len(apart) - 1))])
        if float(apart[place]) <= 1e-4:
            break
        chosen.append(sample[place])
        apart = np.minimum(apart, ((sample - sample[place]) ** 2).sum(axis=1))
    centres = np.asarray(chosen)
    for _ in range(_ROUNDS):
        nearest = _nearest(sample, centres)
        for number in range(len(centres)):
            own = sample[nearest == number]
            if len(own):
                centres[number] = own.mean(axis=0)
    return np.asarray(centres / _HUES_COUNT, dtype=np.float64)


def _nearest(points: NDArray[np.float64], centres: NDArray[np.float64]) -> NDArray[np.intp]:
    apart = (centres**2).sum(axis=1) - 2 * points @ centres.T
    return np.asarray(apart.argmin(axis=1), dtype=np.intp)


def closest(lab: NDArray[np.float64], centres: NDArray[np.float64]) -> NDArray[np.intp]:
    """Which centre each of (N, 3) colours is nearest to."""
    return _nearest(lab * _HUES_COUNT, centres * _HUES_COUNT)


def _bold(centres: NDArray[np.float64], colour: float, low: float, high: float) -> Colours:
    """A palette with stronger colours and its lightness drawn out to a range: (N, 3) display."""
    lab = centres.copy()
    dark, light = float(lab[:, 0].min()), float(lab[:, 0].max())
    if light - dark > 0.2:  # a picture of one tone keeps it
        to_low, to_high = min(dark, low), max(light, high)
        lab[:, 0] = to_low + (lab[:, 0] - dark) / (light - dark) * (to_high - to_low)
    lab[:, 1:] *= colour
    return np.clip(oklab.to_display(lab), 0, 1).astype(np.float32)


class PosterArgs(StyleArgs):
    """Arguments of ``poster``."""

    colours: int = Argument(default=8, ge=3, le=12, description="inks it is printed with")


def poster(args: PosterArgs, context: ToolContext) -> ToolResult:
    """Print the picture as a poster: a few flat inks with clean borders."""
    if args.strength == 0:
        return ToolResult(context.image.copy())
    photo = working_copy(context)
    height, width = context.image.shape[:2]
    step = unit(photo)
    flat = np.clip(kuwahara(photo, max(1.0, 5 * step)), 0, 1)
    lab = oklab.from_display(flat.reshape(-1, 3).astype(np.float64))
    centres = palette(lab, args.colours)
    which = closest(lab, centres).reshape(flat.shape[:2])
    inks = _bold(centres, 1.6, 0.18, 0.97)
    soft = np.stack(
        [blurred((which == n).astype(np.float32), 1.8 * step) for n in range(len(inks))], axis=-1
    )
    field = Field(soft, height, width)
    # So steep that a border is about one pixel wide in the picture's own size.
    steep = np.float32(30 * max(1.0, max(height, width) / max(flat.shape[:2])))

    def drawn(block: Rgb, top: int) -> NDArray[np.float32]:
        share = field.rows(top, block.shape[0])
        share = np.exp(np.maximum((share - share.max(axis=-1, keepdims=True)) * steep, -40))
        share[share < 0.02] = 0
        share /= share.sum(axis=-1, keepdims=True)
        return np.asarray(share @ inks * np.float32(255), dtype=np.float32)

    return finished(context, "poster", args.strength, drawn)


class PixelArgs(StyleArgs):
    """Arguments of ``pixel_art``."""

    blocks: int = Argument(default=128, ge=8, le=512, description="along the longer side")
    colours: int = Argument(default=32, ge=2, le=64, description="in the palette")


def pixel_art(args: PixelArgs, context: ToolContext) -> ToolResult:
    """Make the picture of large square pixels in few colours, as old computers did."""
    if args.strength == 0:
        return ToolResult(context.image.copy())
    photo = working_copy(context)
    height, width = context.image.shape[:2]
    rows, columns = grid(height, width, args.blocks)
    small = np.asarray(cv2.resize(photo, (columns, rows), interpolation=cv2.INTER_AREA))
    small = small.reshape(rows, columns, 3)
    crisp = np.clip(small + np.float32(0.6) * (small - blurred(small, 1.0)), 0, 1)
    lab = oklab.from_display(crisp.reshape(-1, 3).astype(np.float64))
    centres = palette(lab, args.colours)
    which = closest(lab, centres).reshape(rows, columns)
    codes = np.round(_bold(centres, 1.25, 0.12, 0.97) * 255)[which]
    down = np.arange(height) * rows // height
    across = np.arange(width) * columns // width

    def drawn(block: Rgb, top: int) -> NDArray[np.float32]:
        return np.asarray(codes[down[top : top + block.shape[0]]][:, across], dtype=np.float32)

    return finished(context, "pixel_art", args.strength, drawn)


def grid(height: int, width: int, blocks: int) -> tuple[int, int]:
    """Rows and columns of blocks: square, and of at least two pixels where the picture has them."""
    side = max(height, width) / min(blocks, max(1, max(height, width) // 2))
    return max(1, round(height / side)), max(1, round(width / side))


TOOLS = (
    Tool("poster", 1, "A screen-printed poster of few flat colours", PosterArgs, poster),
    Tool("pixel_art", 1, "Large square pixels in few colours", PixelArgs, pixel_art),
)
