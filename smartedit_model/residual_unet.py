"""A UNet that blends what it draws into the source picture, for small models of few training steps.

Stable Diffusion's UNet must learn that most of a picture stays as it is, and its group
normalisation makes that hard in few channels. Here the network draws as in Karras et al. 2022
(arXiv 2206.00364, section 5), each channel preconditioned by its own spread, and tells in a second
set of channels how far each value of the latent is taken from its drawing instead of the source.
It is asked for noise and answers with noise, like any other, so samplers and guidance know nothing
of it. Ours, not the paper's; the published models do not use it.
"""

from __future__ import annotations

import functools
from typing import Any

import torch
from diffusers.schedulers.scheduling_ddpm import DDPMScheduler
from torch import Tensor

from smartedit_model.unet import SmartEditUNet

MOST = 4.0
"""Largest weight of an error where little noise is left (Hang et al. 2023, "Min-SNR")."""


class ResidualUNet(SmartEditUNet):
    """Predict the noise of a latent from what its result has of the source and what is new.

    It puts out twice as many channels as a latent has: what it draws and its gates. A network of
    this size does not learn to take noise away exactly where nothing is edited; to close a gate
    there is easy. ``source_scale`` turns source latents into scaled ones, ``spread`` is the
    standard deviation of each channel of scaled latents; ``begin`` sets both.
    """

    @functools.wraps(SmartEditUNet.__init__)  # type: ignore[misc]  # diffusers is untyped
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.register_buffer("source_scale", torch.ones(1))
        self.register_buffer("spread", torch.ones(int(self.config.in_channels) // 2))

    source_scale: Tensor
    spread: Tensor

    def begin(self, scaling: float, spread: Tensor) -> None:
        """Set what is known of the latents and let the network begin by telling nothing.

        Args:
            scaling: The latents' scaling factor.
            spread: Standard deviation of each channel of scaled latents, ``(Z,)``.
        """
        self.source_scale.fill_(scaling)
        self.spread.copy_(spread)
        torch.nn.init.zeros_(self.conv_out.weight)
        torch.nn.init.zeros_(self.conv_out.bias)

    def predict(
        self, latents: Tensor, source: Tensor, timestep: Tensor, condition: Tensor, feature: Tensor
    ) -> Tensor:
        """Predict the noise, ``(B, Z, h, w)`` float32; see ``SmartEditUNet.predict``."""
        alpha = self._alpha(timestep, latents.device)
        spread = self.spread.float()[:, None, None]
        near = self.source_scale.float() * source.float()
        noisy = latents.float()
        total = alpha * spread**2 + 1 - alpha
        out = super().predict(
            (noisy / total.sqrt()).to(latents.dtype),
            (near / spread).to(source.dtype),
            timestep,
            condition,
            feature,
        )
        told, gates = out.float().chunk(2, dim=1)
        # The mean of a latent given its noisy self, and what is left to be told.
        drawn = alpha.sqrt() * spread**2 / total * noisy
        drawn = drawn + ((1 - alpha) / total).sqrt() * spread * told
        clean = torch.lerp(near, drawn, gates.sigmoid())
        return (noisy - alpha.sqrt() * clean) / (1 - alpha).sqrt()

    def error_weight(self, timestep: Tensor) -> Tensor:
        """Return what training weighs the squared error of noise with.

        As an error of the latent it then weighs 1 to ``MOST``, by how much of the signal shows, and
        the less the wider its channel spreads: between counting alike in every channel, where
        details drown the rest, and counting as it shows in pixels, where they never come.

        Args:
            timestep: ``(B,)``.

        Returns:
            ``(B, Z, 1, 1)``.
        """
        alpha = self._alpha(timestep, timestep.device)
        spread = self.spread.float()[:, None, None]
        signal = alpha / (1 - alpha)
        return (1 + signal * spread**2).clamp(max=MOST) / (signal * spread)

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
