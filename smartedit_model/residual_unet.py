"""A UNet that starts from the source picture, for small models of few training steps.

Stable Diffusion's UNet must learn that most of a picture stays as it is, and its group
normalisation makes that hard in few channels. Here the network tells only how the result differs
from the source, preconditioned as in Karras et al. 2022 (arXiv 2206.00364, section 5) with the
source as the mean, and, in a second set of channels, how far each value of the latent differs at
all. It is asked for noise and answers with noise, like any other, so samplers and guidance know
nothing of it. Ours, not the paper's; the published models do not use it.
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
OPEN = 1.0
"""Logit of the gates of an untrained network: what may differ is mostly taken as it comes."""


class ResidualUNet(SmartEditUNet):
    """Predict the noise of a latent from what its result has of the source and what is new.

    It puts out twice as many channels as a latent has: the difference and its gates. A network of
    this size does not learn to take noise away exactly where nothing is edited; to close a gate
    there is easy. ``source_scale`` turns source latents into scaled ones; ``begin`` sets it.
    """

    @functools.wraps(SmartEditUNet.__init__)  # type: ignore[misc]  # diffusers is untyped
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.register_buffer("source_scale", torch.ones(1))

    source_scale: Tensor

    def begin(self, scaling: float) -> None:
        """Set the latents' scaling factor and let the network begin with no difference at all."""
        self.source_scale.fill_(scaling)
        torch.nn.init.zeros_(self.conv_out.weight)
        torch.nn.init.zeros_(self.conv_out.bias)
        with torch.no_grad():
            self.conv_out.bias[len(self.conv_out.bias) // 2 :] = OPEN

    def predict(
        self, latents: Tensor, source: Tensor, timestep: Tensor, condition: Tensor, feature: Tensor
    ) -> Tensor:
        """Predict the noise, ``(B, Z, h, w)`` float32; see ``SmartEditUNet.predict``."""
        out = super().predict(latents, source, timestep, condition, feature).float()
        told, gates = out.chunk(2, dim=1)
        alpha = self._alpha(timestep, latents.device)
        near = self.source_scale.float() * source.float()
        apart = latents.float() - alpha.sqrt() * near
        total = alpha * SPREAD**2 + 1 - alpha
        # The mean of the difference given the noisy latent, and what is left to be told.
        expected = alpha.sqrt() * SPREAD**2 / total * apart
        new = expected + ((1 - alpha) / total).sqrt() * SPREAD * told
        clean = near + gates.sigmoid() * new
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

    @functools.cached_property
    def _alphas(self) -> list[float]:
        """The share of the signal at each timestep of training.

        It is made when it is first needed, because modules may be built on the meta device, and is
        a plain list, because a half-precision buffer would lose its small values.
        """
        table = DDPMScheduler(
            beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear"
        ).alphas_cumprod
        return [float(value) for value in table]

    def _alpha(self, timestep: Tensor, device: torch.device) -> Tensor:
        """The share of the signal at a timestep, between the schedule's steps in a straight line.

        ``(B, 1, 1, 1)``, or ``(1, 1, 1, 1)`` for one timestep.
        """
        table = torch.tensor(self._alphas, device=device)
        at = timestep.to(device).float().reshape(-1).clamp(0, len(table) - 1)
        low = at.floor().long()
        high = (low + 1).clamp(max=len(table) - 1)
        return torch.lerp(table[low], table[high], at - low)[:, None, None, None]
