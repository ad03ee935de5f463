"""The Bidirectional Interaction Module between condition and image features (section 3.2).

A two-way transformer in the manner of Segment Anything's mask decoder. Its image-side output is
added to the UNet's features, its text-side output to the condition. It knows no UNet.

Three additions of ours, off in the published models, let small models learn from few examples:
marks on the patches that show what is asked for (``matching``), attention between patches, and a
feed-forward on the image side, without which a patch can hardly put marks and words together.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from diffusers import ConfigMixin, ModelMixin
from diffusers.configuration_utils import register_to_config
from torch import Tensor, nn

from smartedit_model.attention import Attention
from smartedit_model.matching import Matched, Matching


@dataclass(frozen=True)
class BIMOutput:
    """What one pass of the module yields.

    Attributes:
        condition: ``q`` plus the weighted text-side output, ``(B, Q, hidden)``.
        text_delta: The text-side output alone, ``(B, Q, hidden)``.
        feature: The image-side output at latent size, ``(B, unet, h, w)``.
        image_map: Image features after the interaction, ``(B, width, g, g)``: where the target is.
        matched: What stands where and what is asked for; None without ``matching``.
    """

    condition: Tensor
    text_delta: Tensor
    feature: Tensor
    image_map: Tensor
    matched: Matched | None = None


class FourierPosition(nn.Module):
    """Random Fourier features of the cell centres of a square grid."""

    matrix: Tensor

    def __init__(self, features: int) -> None:
        super().__init__()
        self.register_buffer("matrix", torch.randn(2, features))

    def forward(self, side: int) -> Tensor:
        """Return the encoding of a ``side`` x ``side`` grid, ``(side * side, 2 * features)``."""
        # In float32: half precision would blur the angles, which reach tens of radians.
        matrix = self.matrix.float()
        centres = torch.arange(side, device=matrix.device, dtype=matrix.dtype) + 0.5
        centres = centres / side * 2 - 1
        y, x = torch.meshgrid(centres, centres, indexing="ij")
        angles = torch.stack([x, y], dim=-1).reshape(-1, 2) @ matrix * (2 * math.pi)
        return torch.cat([angles.sin(), angles.cos()], dim=-1).to(self.matrix.dtype)


class TwoWayBlock(nn.Module):
    """Text attends to itself, text to image, a feed-forward, then image to text; post-norm."""

    def __init__(
        self,
        width: int,
        heads: int,
        mlp: int,
        inner: int,
        *,
        first: bool,
        image_attention: bool = False,
        image_mlp: bool = False,
    ) -> None:
        super().__init__()
        self.first = first
        self.self_attention = Attention(width, heads)
        self.norm1 = nn.LayerNorm(width)
        self.text_to_image = Attention(width, heads, inner=inner)
        self.norm2 = nn.LayerNorm(width)
        self.up = nn.Linear(width, mlp)
        self.down = nn.Linear(mlp, width)
        self.norm3 = nn.LayerNorm(width)
        self.image_to_text = Attention(width, heads, inner=inner)
        self.norm4 = nn.LayerNorm(width)
        self.image_to_image = Attention(width, heads, inner=inner) if image_attention else None
        self.norm5 = nn.LayerNorm(width) if image_attention else None
        self.image_up = nn.Linear(width, mlp) if image_mlp else None
        self.image_down = nn.Linear(mlp, width) if image_mlp else None
        if self.image_down is not None:  # a block that did without is the same to begin with
            nn.init.zeros_(self.image_down.weight)
            nn.init.zeros_(self.image_down.bias)

    def forward(
        self, text: Tensor, image: Tensor, text_pe: Tensor, image_pe: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Map text ``(B, Q, C)`` and image ``(B, N, C)`` to the same shapes."""
        if self.first:
            text = self.self_attention(text, text, text)
        else:
            q = text + text_pe
            text = text + self.self_attention(q, q, text)
        text = self.norm1(text)
        text = self.norm2(text + self.text_to_image(text + text_pe, image + image_pe, image))
        text = self.norm3(text + self.down(F.relu(self.up(text))))
        image = self.norm4(image + self.image_to_text(image + image_pe, text + text_pe, text))
        if self.image_to_image is not None and self.norm5 is not None:
            k = image + image_pe
            image = self.norm5(image + self.image_to_image(k, k, image))
        if self.image_up is not None and self.image_down is not None:
            image = image + self.image_down(F.gelu(self.image_up(image)))
        return text, image


class BIM(ModelMixin, ConfigMixin):  # type: ignore[misc]  # diffusers is untyped
    """Let the condition and the image features inform each other.

    Args:
        hidden: Width of the condition.
        width: Channels of the vision features.
        unet: Channels after the UNet's first convolution.
        depth: Two-way blocks.
        heads: Attention heads.
        mlp: Feed-forward width.
        downsample: Divides the width inside cross-attention.
        condition_weight: Weight of the text-side output in the condition.
        match: Classes of each group of ``matching``; empty for none.
        queries: Queries of the condition, which ``matching`` must know.
        image_attention: Whether patches attend to each other in every block.
        image_mlp: Whether patches have a feed-forward in every block.
        things: Whether ``matching`` tells things apart and counts them.
    """

    @register_to_config  # type: ignore[untyped-decorator]  # diffusers is untyped
    def __init__(
        self,
        hidden: int = 768,
        width: int = 1024,
        unet: int = 320,
        depth: int = 2,
        heads: int = 8,
        mlp: int = 2048,
        downsample: int = 2,
        condition_weight: float = 0.5,
        match: tuple[int, ...] = (),
        queries: int = 77,
        image_attention: bool = False,
        image_mlp: bool = False,
        things: bool = False,
    ) -> None:
        super().__init__()
        inner = width // downsample
        self.head = nn.Linear(hidden, width)
        self.position = FourierPosition(width // 2)
        self.blocks = nn.ModuleList(
            TwoWayBlock(
                width,
                heads,
                mlp,
                inner,
                first=index == 0,
                image_attention=image_attention,
                image_mlp=image_mlp,
            )
            for index in range(depth)
        )
        self.matching = (
            Matching(width, hidden, queries, tuple(match), things=things) if match else None
        )
        self.final_attention = Attention(width, heads, inner=inner)
        self.final_norm = nn.LayerNorm(width)
        self.to_unet = nn.Conv2d(width, unet, kernel_size=1)
        self.to_condition = nn.Linear(width, hidden)
        for layer in (self.to_unet, self.to_condition):  # the module starts as the identity
            for parameter in layer.parameters():
                nn.init.zeros_(parameter)

    def forward(
        self,
        features: Tensor,
        condition: Tensor,
        size: tuple[int, int],
        asked: Tensor | None = None,
    ) -> BIMOutput:
        """Run both directions.

        Args:
            features: Vision features, ``(B, g * g, width)``, rows from the top.
            condition: Q-Former output, ``(B, Q, hidden)``.
            size: Latent height and width of the image-side output.
            asked: See :meth:`Matching.forward`.

        Returns:
            See :class:`BIMOutput`.
        """
        side = math.isqrt(features.shape[1])
        text_pe = self.head(condition)  # (B, Q, width)
        image_pe = self.position(side)[None]  # (1, N, width)
        text, image, matched = text_pe, features, None
        if self.matching is not None:
            matched = self.matching(features, condition, asked)
            image = self.matching.marked(matched)
        for block in self.blocks:
            text, image = block(text, image, text_pe, image_pe)
        attended = self.final_attention(text + text_pe, image + image_pe, image)
        delta = self.to_condition(self.final_norm(text + attended))  # (B, Q, hidden)
        image_map = image.transpose(1, 2).reshape(len(image), -1, side, side)  # (B, width, g, g)
        resized = F.interpolate(image_map, size=size, mode="bilinear", align_corners=False)
        return BIMOutput(
            condition=condition + self.config.condition_weight * delta,
            text_delta=delta,
            feature=self.to_unet(resized),
            image_map=image_map,
            matched=matched,
        )
