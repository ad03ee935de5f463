"""The noise loss of a UNet that edits (section 3.4): what noise was added to a target's latents?

It knows the UNet's inputs, not where condition and feature come from.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from smartedit_model.pipeline import SmartEditPipeline
from smartedit_model.training.losses import drop_conditions, noise_loss
from smartedit_model.training.stages import TrainSettings

LEAST_SHARE = 1 / 64
"""Share of a picture below which an edit counts by its size again."""


class Diffusing(nn.Module):
    """The loss, over a pipeline's own UNet, autoencoder and null condition.

    Args:
        pipe: The pipeline.
        settings: How often conditions are dropped, and how much the edited region counts.
        teacher: A UNet whose prediction is learned in the place of the noise; None for the noise.
    """

    def __init__(
        self, pipe: SmartEditPipeline, settings: TrainSettings, teacher: Any = None
    ) -> None:
        super().__init__()
        self._teacher: list[Any] = [teacher]
        # A list hides them from ``parameters``: whoever trains them has them under their own name.
        self._parts: list[Any] = [pipe.unet, pipe.vae, pipe.null_condition]
        self.settings = settings
        alphas: Tensor = pipe.scheduler.alphas_cumprod.clone().float()
        self.register_buffer("alphas", alphas, persistent=False)

    alphas: Tensor

    def forward(
        self,
        source: Tensor,
        target: Tensor,
        changed: Tensor,
        is_edit: Tensor,
        condition: Tensor,
        feature: Tensor | None,
    ) -> Tensor:
        """Return the loss; noise and timesteps come from PyTorch's global source.

        Args:
            source: Pictures before, in [-1, 1], ``(B, 3, height, width)``.
            target: Pictures after.
            changed: Where they may differ, ``(B, height, width)`` in [0, 1].
            is_edit: 1.0 where there is a target, ``(B,)``.
            condition: ``(B, Q, hidden)``.
            feature: Added to the UNet's first features, ``(B, C, h, w)``; None for nothing.
        """
        _, vae, _ = self._parts
        with torch.no_grad():
            clean = vae.encode(target).latent_dist.sample()
            kept = vae.encode(source).latent_dist.mode()
        return self.of_latents(kept, clean, changed, is_edit, condition, feature)

    def of_latents(
        self,
        kept: Tensor,
        clean: Tensor,
        changed: Tensor,
        is_edit: Tensor,
        condition: Tensor,
        feature: Tensor | None,
    ) -> Tensor:
        """Return the loss of pictures that are encoded already; see :meth:`forward`.

        Args:
            kept: Latents of the pictures before, not scaled, ``(B, Z, h, w)``.
            clean: Those of the pictures after.
            changed: Where they may differ, in [0, 1], ``(B, height, width)`` of pixels or cells.
            is_edit: 1.0 where there is a target, ``(B,)``.
            condition: ``(B, Q, hidden)``.
            feature: ``(B, C, h, w)``; None for nothing.
        """
        unet, vae, null_condition = self._parts
        clean = clean * vae.config.scaling_factor
        if feature is None:
            feature = clean.new_zeros(len(clean), unet.conv_in.out_channels, *clean.shape[-2:])
        chance = torch.rand(len(clean), device=clean.device)
        null = null_condition(len(clean))
        condition, kept = drop_conditions(chance, self.settings.drop, condition, null, kept)
        noise = torch.randn_like(clean)
        step = torch.randint(len(self.alphas), (len(clean),), device=clean.device)
        latest = torch.rand(len(clean), device=clean.device) < self.settings.late
        step = step.masked_fill(latest, len(self.alphas) - 1)
        alpha = self.alphas[step][:, None, None, None]
        noisy = alpha.sqrt() * clean + (1 - alpha).sqrt() * noise
        # The schedule's last step still shows some of the result, which a run begins without: there
        # it is noise alone, as in a run, and what is to be told is what is missing from it.
        noisy = torch.where(latest[:, None, None, None], noise, noisy)
        noise = (noisy - alpha.sqrt() * clean) / (1 - alpha).sqrt()
        inputs = (noisy, kept, step, condition, feature)
        predicted = unet.predict(*inputs)
        if self._teacher[0] is not None:
            with torch.no_grad():
                noise = self._teacher[0].predict(*inputs)
        where = F.interpolate(changed[:, None], clean.shape[-2:], mode="area")
        # Most of a picture stays as it is; what is drawn anew may count for more, and as much in a
        # small edit as in one of the whole picture, which would drown it otherwise.
        share = where.mean(dim=(1, 2, 3), keepdim=True).clamp(min=LEAST_SHARE)
        weight = 1 + (self.settings.region_weight - 1) * where / share
        scale = unet.error_weight(step)
        return noise_loss(predicted, noise, is_edit, weight, scale, absolute=self.settings.absolute)
