"""Patch features of the CLIP vision tower, as LLaVA-1.1 and the BIM read them (section 3.1).

It knows nothing of what is done with the features. Small towers that are trained here may have
convolutions in front of their patches (Xiao et al. 2021, arXiv 2106.14881): a few thousand scenes
then teach what a single linear map of patches does not learn from many more.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import CLIPVisionConfig, CLIPVisionModel

from smartedit_model.errors import ConfigError


class ConvStem(nn.Module):
    """Strided convolutions, with a residual block before the last, in place of one over patches.

    Args:
        channels: After each convolution that halves the sides, the last excluded.
        width: Channels of a patch.
    """

    def __init__(self, channels: Sequence[int], width: int) -> None:
        super().__init__()
        sizes = [3, *channels]
        self.down = nn.ModuleList(
            nn.Conv2d(a, b, kernel_size=3, stride=2, padding=1) for a, b in pairwise(sizes)
        )
        self.inner = nn.Conv2d(sizes[-1], sizes[-1], kernel_size=3, padding=1)
        self.outer = nn.Conv2d(sizes[-1], sizes[-1], kernel_size=3, padding=1)
        self.last = nn.Conv2d(sizes[-1], width, kernel_size=3, stride=2, padding=1)

    @property
    def weight(self) -> Tensor:
        """The weights whose dtype the tower gives its pictures."""
        return self.last.weight

    def forward(self, pixels: Tensor) -> Tensor:
        """Map pictures ``(B, 3, side, side)`` to patches ``(B, width, grid, grid)``."""
        x = pixels.contiguous(memory_format=torch.channels_last)
        for layer in self.down:
            x = F.gelu(layer(x))
        x = x + self.outer(F.gelu(self.inner(x)))
        out: Tensor = self.last(F.gelu(x))
        return out


class StemVisionModel(CLIPVisionModel):  # type: ignore[no-untyped-call]  # transformers' own
    """A CLIP vision model that begins with a :class:`ConvStem`.

    Its configuration names the stem's channels as ``stem_channels``; the patch size must be two to
    the power of one more than there are.
    """

    def __init__(self, config: CLIPVisionConfig) -> None:
        super().__init__(config)
        channels = list(getattr(config, "stem_channels", ()))
        patch = 2 ** (len(channels) + 1)
        if not channels or config.patch_size != patch:
            raise ConfigError(
                f"a stem of channels {channels} makes patches of {patch} pixels, but the tower's "
                f"have {config.patch_size}"
            )
        # Some transformers versions nest the embeddings one level deeper.
        name = next(n for n, _ in self.named_modules() if n.endswith("patch_embedding"))
        owner: Any = self.get_submodule(name.rpartition(".")[0])
        owner.patch_embedding = ConvStem(channels, config.hidden_size)


def vision_class(stem: object) -> type[CLIPVisionModel]:
    """Return the class of a tower whose configuration says ``stem`` of ``stem_channels``."""
    return StemVisionModel if stem else CLIPVisionModel


def patch_features(tower: CLIPVisionModel, pixels: Tensor, select_layer: int = -2) -> Tensor:
    """Return one hidden state of the tower without its class token.

    Args:
        tower: The vision tower; it stays frozen.
        pixels: CLIP-normalised images, ``(B, 3, side, side)``, RGB.
        select_layer: Which hidden state; the published models read the last but one.

    Returns:
        ``(B, grid * grid, hidden)``, patches in rows from the top left.
    """
    with torch.no_grad():
        states = tower(pixels, output_hidden_states=True).hidden_states
    features: Tensor = states[select_layer][:, 1:]
    return features
