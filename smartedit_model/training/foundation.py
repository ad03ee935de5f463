"""Stage 0 of models trained from nothing: the autoencoder, and a vision tower that can see.

Both learn from scenes whose every pixel is known. They are modules for ``loop.Loop``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from transformers import CLIPVisionModel

from smartedit_model.matching import Matching
from smartedit_model.training.autoencoder import Autoencoder, autoencoder_loss
from smartedit_model.training.losses import Losses
from smartedit_model.training.patches import PatchHeads, patch_total


@dataclass
class PixelBatch:
    """Pictures in [-1, 1], ``(B, 3, h, w)``."""

    pixels: Tensor

    def to(self, device: torch.device) -> PixelBatch:
        """Return the batch on a device."""
        return PixelBatch(self.pixels.to(device))


class AutoencoderTraining(nn.Module):
    """The autoencoder with its loss."""

    def __init__(self, vae: Autoencoder, kl_weight: float = 1e-6) -> None:
        super().__init__()
        self.vae = vae.requires_grad_(True).to(memory_format=torch.channels_last)
        self.kl_weight = kl_weight

    def forward(self, batch: PixelBatch) -> Losses:
        """Return how badly the pictures come back."""
        pixels = batch.pixels.to(memory_format=torch.channels_last)
        return Losses(autoencoder_loss(self.vae, pixels, kl_weight=self.kl_weight))


@dataclass
class ViewBatch:
    """Scenes and what stands at each of their ``N`` patches.

    Attributes:
        vision: CLIP-normalised pictures, ``(B, 3, side, side)``.
        kind: Kind of the object, 0 for the backdrop, ``(B, N)``.
        colour: Its colour, 0 for the backdrop, ``(B, N)``.
        reflected: 1.0 where it is a reflection, ``(B, N)``.
        box: Its bounds x0, y0, x1, y1 in [0, 1], ``(B, N, 4)``; zero for the backdrop.
        cover: Whether each pixel belongs to any object, ``(B, N, patch * patch)``.
    """

    vision: Tensor
    kind: Tensor
    colour: Tensor
    reflected: Tensor
    box: Tensor
    cover: Tensor

    def to(self, device: torch.device) -> ViewBatch:
        """Return the batch on a device."""
        return ViewBatch(**{k: v.to(device) for k, v in vars(self).items()})


class SeeingTraining(nn.Module):
    """A vision tower with heads that tell what stands at each patch; see ``patches``.

    It takes the place of CLIP's training on pairs of pictures and captions: every patch is
    taught, so a tower of this size sees after some ten thousand scenes.
    """

    def __init__(
        self, tower: CLIPVisionModel, matching: Matching, select_layer: int, *, patch: int
    ) -> None:
        super().__init__()
        self.tower: Any = tower.requires_grad_(True)
        self.select_layer = select_layer
        for name, parameter in tower.named_parameters():
            if "post_layernorm" in name:  # behind the layer that is read
                parameter.requires_grad_(False)
        self.groups = matching.groups
        self.matching = matching.requires_grad_(False)
        for part in (matching.norm, matching.seen, *matching.own_heads().values()):
            part.requires_grad_(True)
        self.patch_heads = PatchHeads(int(tower.config.hidden_size), patch, matching.tells)

    def forward(self, batch: ViewBatch) -> Losses:
        """Return how badly the patches are told."""
        hidden = self.tower(batch.vision, output_hidden_states=True).hidden_states
        features = self.matching.norm(hidden[self.select_layer][:, 1:])
        labels = (batch.kind, batch.colour, batch.reflected, batch.box, batch.cover)
        seen, told = self.matching.seen(features), self.matching.tell(features)
        parts = self.patch_heads.losses(features, seen, self.groups, labels, told)
        return Losses(patch_total(parts), {name: part.detach() for name, part in parts.items()})


@torch.no_grad()
def set_positions(tower: CLIPVisionModel) -> None:
    """Give every patch a sine position to begin with (Vaswani et al. 2017, in two directions).

    CLIP's own start is nearly zero; position then is the last thing that is learned.
    """
    names = [name for name, _ in tower.named_modules() if name.endswith("position_embedding")]
    embedding: Any = tower.get_submodule(names[0])  # some transformers versions nest it
    tokens, width = embedding.weight.shape
    side, quarter = math.isqrt(tokens - 1), width // 4
    rates = 100.0 ** -(torch.arange(quarter) / quarter)
    y, x = torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij")
    angles = [place.reshape(-1, 1) * rates for place in (x, y)]
    waves = torch.cat([wave for a in angles for wave in (a.sin(), a.cos())], dim=1)
    embedding.weight[1:] = 0.5 * waves
