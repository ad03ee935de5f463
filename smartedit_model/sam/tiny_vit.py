"""TinyViT as MobileSAM's image encoder (arXiv 2207.10666, section 3.3; arXiv 2306.14289).

Convolutions at first, then attention within windows, at four widths; the last stage keeps the
grid of the one before, so that the embedding is SAM's: 256 channels at a sixteenth of the picture.
Names of weights are those of the published checkpoint; layouts are noted where they change.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from smartedit_model.sam.architecture import assemble


@dataclass(frozen=True)
class TinyVitSize:
    """Sizes of an encoder; the defaults are the published 5 million parameters.

    Attributes:
        image_size: side of the square picture, in pixels, a multiple of 16.
        widths: channels of the four stages.
        depths: blocks of each.
        heads: of the last three stages' attention.
        windows: side of a window of the last three stages, in cells.
        channels: of the embedding.
        classes: of the classifier that the encoder was taught as and is stored with; unused.
    """

    image_size: int = 1024
    widths: tuple[int, int, int, int] = (64, 128, 160, 320)
    depths: tuple[int, int, int, int] = (2, 2, 6, 2)
    heads: tuple[int, int, int] = (4, 5, 10)
    windows: tuple[int, int, int] = (7, 14, 7)
    channels: int = 256
    classes: int = 1000

    @property
    def grid(self) -> int:
        """Side of the embedding."""
        return self.image_size // 16


class TinyVitEncoder(nn.Module):
    """Pictures to embeddings, in place of ``segment_anything``'s ``ImageEncoderViT``."""

    def __init__(self, size: TinyVitSize) -> None:
        super().__init__()
        from segment_anything.modeling.common import LayerNorm2d

        self.img_size = size.image_size
        first, *later = size.widths
        self.patch_embed = _Stem(first)
        stages: list[nn.Module] = [_ConvStage(first, size.depths[0], later[0])]
        # The last stage has nothing to merge into; the one before merges without halving the grid.
        for place, width in enumerate(later):
            onward = later[place + 1] if place + 1 < len(later) else None
            stride = 2 if place == 0 else 1
            merging = None if onward is None else _Merging(width, onward, stride)
            depth, heads, window = size.depths[place + 1], size.heads[place], size.windows[place]
            stages.append(_AttentionStage(width, depth, heads, window, merging))
        self.layers = nn.ModuleList(stages)
        self.norm_head = nn.LayerNorm(later[-1])
        self.head = nn.Linear(later[-1], size.classes)
        self.neck = nn.Sequential(
            nn.Conv2d(later[-1], size.channels, 1, bias=False),
            LayerNorm2d(size.channels),
            nn.Conv2d(size.channels, size.channels, 3, padding=1, bias=False),
            LayerNorm2d(size.channels),
        )

    def forward(self, pictures: Tensor) -> Tensor:
        """Embed pictures.

        Args:
            pictures: (B, 3, S, S) as ``Sam.preprocess`` makes them, S the image size.

        Returns:
            (B, channels, S / 16, S / 16).
        """
        x = self.patch_embed(pictures)
        for stage in self.layers:
            x = stage(x)
        out: Tensor = self.neck(x)
        return out


class _ConvNorm(nn.Sequential):
    """A convolution without a bias and the batch norm that has it."""

    def __init__(self, into: int, out: int, kernel: int = 1, stride: int = 1, groups: int = 1):
        super().__init__()
        padding = kernel // 2
        self.add_module(
            "c", nn.Conv2d(into, out, kernel, stride, padding, groups=groups, bias=False)
        )
        self.add_module("bn", nn.BatchNorm2d(out))


class _Stem(nn.Module):
    """Two strided convolutions: (B, 3, S, S) to (B, width, S / 4, S / 4)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        half = width // 2
        self.seq = nn.Sequential(_ConvNorm(3, half, 3, 2), nn.GELU(), _ConvNorm(half, width, 3, 2))

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.seq(x)
        return out


class _InvertedBottleneck(nn.Module):
    """Widen, convolve each channel, narrow; added to what came in."""

    def __init__(self, width: int, expand: int = 4) -> None:
        super().__init__()
        inner = width * expand
        self.conv1 = _ConvNorm(width, inner)
        self.conv2 = _ConvNorm(inner, inner, 3, groups=inner)
        self.conv3 = _ConvNorm(inner, width)

    def forward(self, x: Tensor) -> Tensor:
        inner = F.gelu(self.conv2(F.gelu(self.conv1(x))))
        return F.gelu(self.conv3(inner) + x)


class _Merging(nn.Module):
    """To the next stage's width, and with a stride of 2 to half its grid."""

    def __init__(self, width: int, out: int, stride: int) -> None:
        super().__init__()
        self.conv1 = _ConvNorm(width, out)
        self.conv2 = _ConvNorm(out, out, 3, stride, groups=out)
        self.conv3 = _ConvNorm(out, out)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.conv3(F.gelu(self.conv2(F.gelu(self.conv1(x)))))
        return out


class _ConvStage(nn.Module):
    def __init__(self, width: int, depth: int, onward: int) -> None:
        super().__init__()
        self.blocks = nn.ModuleList([_InvertedBottleneck(width) for _ in range(depth)])
        self.downsample = _Merging(width, onward, 2)

    def forward(self, x: Tensor) -> Tensor:
        for block in self.blocks:
            x = block(x)
        out: Tensor = self.downsample(x)
        return out


class _Attention(nn.Module):
    """Multi-head attention over the cells of a window, with a bias by how far two are apart."""

    def __init__(self, width: int, heads: int, window: int) -> None:
        super().__init__()
        self.heads, self.head_width = heads, width // heads
        self.norm = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)
        self.attention_biases = nn.Parameter(torch.zeros(heads, window * window))
        # Fixed by the window alone, so it is no weight; made anew where a model has no memory yet.
        self._places: Tensor | None = None
        self._window = window

    def forward(self, x: Tensor) -> Tensor:
        """Windows (N, cells, width) to the same."""
        count, cells, width = x.shape
        # Each head's query, key and value lie together in the published layout.
        joined = self.qkv(self.norm(x)).view(count, cells, self.heads, 3, self.head_width)
        query, key, value = joined.permute(3, 0, 2, 1, 4)
        if self._places is None or self._places.device != x.device:
            self._places = _distances(self._window).to(x.device)
        bias = self.attention_biases[:, self._places].to(x.dtype)
        mixed = F.scaled_dot_product_attention(query, key, value, attn_mask=bias)
        out: Tensor = self.proj(mixed.transpose(1, 2).reshape(count, cells, width))
        return out


def _distances(window: int) -> Tensor:
    """For each two cells of a window, the number of their distance (rows, columns): (cells, cells).

    Distances are numbered as they come when cells are gone through row by row, which from the first
    cell is row by row too.
    """
    cells = list(product(range(window), repeat=2))
    numbers = [[abs(y0 - y1) * window + abs(x0 - x1) for y1, x1 in cells] for y0, x0 in cells]
    return torch.tensor(numbers)


class _Mlp(nn.Module):
    def __init__(self, width: int, expand: int = 4) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.fc1 = nn.Linear(width, expand * width)
        self.fc2 = nn.Linear(expand * width, width)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.fc2(F.gelu(self.fc1(self.norm(x))))
        return out


class _Block(nn.Module):
    """Attention within windows, a convolution across their borders, a feed-forward."""

    def __init__(self, width: int, heads: int, window: int) -> None:
        super().__init__()
        self.window = window
        self.attn = _Attention(width, heads, window)
        self.mlp = _Mlp(width)
        self.local_conv = _ConvNorm(width, width, 3, groups=width)

    def forward(self, x: Tensor) -> Tensor:
        """(B, H, W, width) to the same."""
        x = x + self._within_windows(x)
        x = self.local_conv(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
        out: Tensor = x + self.mlp(x)
        return out

    def _within_windows(self, x: Tensor) -> Tensor:
        batch, height, width, channels = x.shape
        side = self.window
        down, right = -height % side, -width % side
        x = F.pad(x, (0, 0, 0, right, 0, down))
        rows, columns = x.shape[1] // side, x.shape[2] // side
        parts = x.view(batch, rows, side, columns, side, channels).transpose(2, 3)
        seen = self.attn(parts.reshape(-1, side * side, channels))
        seen = seen.view(batch, rows, columns, side, side, channels).transpose(2, 3)
        whole: Tensor = seen.reshape(batch, rows * side, columns * side, channels)
        return whole[:, :height, :width]


class _AttentionStage(nn.Module):
    def __init__(
        self, width: int, depth: int, heads: int, window: int, merging: nn.Module | None
    ) -> None:
        super().__init__()
        self.blocks = nn.ModuleList([_Block(width, heads, window) for _ in range(depth)])
        if merging is not None:
            self.downsample = merging

    def forward(self, x: Tensor) -> Tensor:
        """(B, width, H, W) to (B, next width, its H, its W)."""
        x = x.permute(0, 2, 3, 1)
        for block in self.blocks:
            x = block(x)
        x = x.permute(0, 3, 1, 2)
        merging: Any = getattr(self, "downsample", None)
        return x if merging is None else merging(x)


def build_mobile(size: TinyVitSize | None = None) -> Any:
    """Return a ``segment_anything.modeling.Sam`` with this encoder, with fresh weights.

    Args:
        size: of the encoder; MobileSAM's when omitted. The rest is as in the official models.
    """
    size = size or TinyVitSize()
    return assemble(
        TinyVitEncoder(size),
        grid=size.grid,
        image_size=size.image_size,
        width=size.channels,
        heads=8,
        mlp=2048,
    )
