"""Small pictures with transparency laid over a large one, remembering what they touched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tools.operation import Alpha, Rgb, SoftMask, ToolContext, ToolResult


@dataclass(frozen=True)
class Stamp:
    """Something to lay over a picture.

    Attributes:
        rgb: HWC uint8.
        alpha: HW uint8, straight.
    """

    rgb: Rgb
    alpha: Alpha

    @property
    def size(self) -> tuple[int, int]:
        """(width, height)."""
        return int(self.alpha.shape[1]), int(self.alpha.shape[0])

    def scaled(self, width: int) -> Stamp:
        """At another width, the shape kept."""
        height = max(1, round(self.size[1] * width / self.size[0]))
        return _from_pillow(self._pillow().resize((width, height), Image.Resampling.LANCZOS))

    def turned(self, degrees: float) -> Stamp:
        """Turned clockwise, grown to hold its corners."""
        turned = self._pillow().rotate(-degrees, Image.Resampling.BICUBIC, expand=True)
        return _from_pillow(turned)

    def faded(self, opacity: float) -> Stamp:
        """More transparent by a factor in [0, 1]."""
        return Stamp(self.rgb, np.rint(self.alpha * np.float32(opacity)).astype(np.uint8))

    def _pillow(self) -> Image.Image:
        # Premultiplied while it is resampled, so that hidden colours do not bleed into edges.
        return Image.fromarray(np.dstack([self.rgb, self.alpha])).convert("RGBa")


def _from_pillow(image: Image.Image) -> Stamp:
    straight = np.array(image.convert("RGBA"))
    return Stamp(np.ascontiguousarray(straight[..., :3]), np.ascontiguousarray(straight[..., 3]))


def layered(layers: list[tuple[NDArray[np.float32], tuple[int, int, int]]]) -> Stamp:
    """A stamp of flat colours, the first at the bottom.

    Args:
        layers: (HW coverage in [0, 1], RGB) each.
    """
    shape = layers[0][0].shape
    weighed, cover = np.zeros((*shape, 3), np.float32), np.zeros(shape, np.float32)
    for share, colour in layers:
        weighed *= (1.0 - share)[..., None]
        weighed += share[..., None] * np.array(colour, np.float32)
        cover *= 1.0 - share
        cover += share
    rgb = weighed / np.maximum(cover, 1e-6)[..., None]
    return Stamp(
        np.clip(np.rint(rgb), 0, 255).astype(np.uint8),
        np.clip(np.rint(cover * 255), 0, 255).astype(np.uint8),
    )


class Canvas:
    """A copy of the picture that stamps are laid on."""

    def __init__(self, ctx: ToolContext) -> None:
        self.image: Rgb = ctx.image.copy()
        self.alpha: Alpha | None = None if ctx.alpha is None else ctx.alpha.copy()
        self.region: SoftMask = np.zeros(ctx.image.shape[:2], np.float32)

    def lay(self, stamp: Stamp, left: int, top: int) -> None:
        """Blend a stamp in; what sticks out is cut. Where it covers anything, region becomes 1."""
        height, width = self.image.shape[:2]
        x0, y0 = max(left, 0), max(top, 0)
        x1, y1 = min(left + stamp.size[0], width), min(top + stamp.size[1], height)
        if x0 >= x1 or y0 >= y1:
            return
        here = (slice(y0, y1), slice(x0, x1))
        there = (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))
        cover = stamp.alpha[there]
        share = cover[..., None].astype(np.float32) / 255.0
        under = self.image[here]
        if self.alpha is not None:
            # Over transparent pixels the stamp shows alone, whatever colour hides behind them.
            below = self.alpha[here].astype(np.float32)[..., None] / 255.0
            total = share + below * (1.0 - share)
            share = share / np.maximum(total, 1e-6)
            self.alpha[here] = np.rint(total[..., 0] * 255.0)
        blended = np.rint(under + (stamp.rgb[there] - under.astype(np.float32)) * share)
        touched = cover > 0
        under[touched] = blended[touched]
        self.region[here][touched] = 1.0

    def result(self, notes: tuple[str, ...], facts: dict[str, Any]) -> ToolResult:
        """What the tool gives back."""
        return ToolResult(self.image, self.alpha, region=self.region, notes=notes, facts=facts)
