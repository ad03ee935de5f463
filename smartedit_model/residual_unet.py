"""A UNet that starts from the source picture, for small models of few training steps.

Stable Diffusion's UNet must learn that most of a picture stays as it is, and its group
normalisation makes that hard in few channels. Here the network tells only how the result differs
from the source, preconditioned as in Karras et al. 2022 (arXiv 2206.00364, section 5) with the
source as the mean: untrained, it predicts the source. It is asked for noise and answers with noise,
like any other, so samplers and guidance know nothing of it. Ours, not the paper's; the published
models do not use it.
"""

from __future__ import annotations

import functools
from typing import Any

import torch
from diffusers.schedulers.scheduling_ddpm import DDPMScheduler
from torch import Tensor

from smartedit_model.unet import SmartEditUNet

SPREAD = 0.5
"""Standard deviation by which scaled latents of a result are expected to differ from the source."""


class ResidualUNet(SmartEditUNet):
    """Predict the noise of a latent from what its result has of the source and what is new.

    ``source_scale`` is what turns source latents into scaled ones; ``begin`` sets it.
    """

    @functools.wraps(SmartEditUNet.__init__)
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.register_buffer("source_scale", torch.ones(1))
        table = DDPMScheduler(
            beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear"
        ).alphas_cumprod
        # Kept as a plain list: a half-precision buffer would lose its small values.
        self._alphas = [float(value) for value in table]

    source_scale: Tensor

    def begin(self, scaling: float) -> None:
        """Set the latents' scaling factor and let the network begin with no difference at all."""
        self.source_scale.fill_(scaling)
        torch.nn.init.zeros_(self.conv_out.weight)
        torch.nn.init.zeros_(self.conv_out.bias)

    def predict(
        self, latents: Tensor, source: Tensor, timestep: Tensor, condition: Tensor, feature: Tensor
    ) -> Tensor:
        """Predict the noise, ``(B, Z, h, w)`` float32; see ``SmartEditUNet.predict``."""
        told = super().predict(latents, source, timestep, condition, feature).float()
        alpha = self._alpha(timestep, latents.device)
        near = self.source_scale.float() * source.float()
        apart = latents.float() - alpha.sqrt() * near
        total = alpha * SPREAD**2 + 1 - alpha
        # The mean of the difference given the noisy latent, and what is left to be told.
        expected = alpha.sqrt() * SPREAD**2 / total * apart
        clean = near + expected + ((1 - alpha) / total).sqrt() * SPREAD * told
        return (latents.float() - alpha.sqrt() * clean) / (1 - alpha).sqrt()

    def error_scale(self, timestep: Tensor) -> Tensor:
        """Return how much of the squared error of noise one of the network's own makes.

        Args:
            timestep: ``(B,)``.

        Returns:
            ``(B, 1, 1, 1)``.
        """
        alpha = self._alpha(timestep, timestep.device)
        return alpha * SPREAD**2 / (alpha * SPREAD**2 + 1 - alpha)

    def _alpha(self, timestep: Tensor, device: torch.device) -> Tensor:
        """The share of the signal at a timestep, between the schedule's steps in a straight line.

        ``(B, 1, 1, 1)``, or ``(1, 1, 1, 1)`` for one timestep.
        """
        table = torch.tensor(self._alphas, device=device)
        at = timestep.to(device).float().reshape(-1).clamp(0, len(table) - 1)
        low = at.floor().long()
        high = (low + 1).clamp(max=len(table) - 1)
        return torch.lerp(table[low], table[high], at - low)[:, None, None, None]
