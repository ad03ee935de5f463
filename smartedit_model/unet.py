"""The SD-1.5 UNet with the source image and the BIM feature as extra inputs (section 3.3).

Diffusers' UNet is used as it is: only its first convolution is replaced by one that takes the BIM
feature as further input channels and adds it to its result. That needs no hook and no state, so
``torch.compile``, deep copies and CUDA graphs work, and the weight names stay the published ones.
"""

from __future__ import annotations

import functools
from typing import Any

import torch
from diffusers import UNet2DConditionModel
from torch import Tensor, nn

from smartedit_model.cuda_graphs import CudaGraphs


class FeatureConvIn(nn.Conv2d):
    """A convolution that adds the channels behind its own inputs to its output."""

    def forward(self, x: Tensor) -> Tensor:
        """Convolve.

        Args:
            x: ``(B, in, h, w)``, or ``(B, in + out, h, w)`` whose last ``out`` channels are added.

        Returns:
            ``(B, out, h, w)``.
        """
        out: Tensor = super().forward(x[:, : self.in_channels])
        return out if x.shape[1] == self.in_channels else out + x[:, self.in_channels :]


class SmartEditUNet(UNet2DConditionModel):  # type: ignore[misc]  # diffusers is untyped
    """Predict the noise of a latent, given the source latent, a condition and the BIM feature."""

    @functools.wraps(UNet2DConditionModel.__init__)  # type: ignore[misc]  # diffusers is untyped
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        old: Any = self.conv_in
        self.conv_in: nn.Conv2d = FeatureConvIn(
            old.in_channels, old.out_channels, old.kernel_size, padding=old.padding
        )
        #: Set to replay predictions as CUDA graphs; see ``loading.speed_up``.
        self.graphs: CudaGraphs | None = None

    def predict(
        self, latents: Tensor, source: Tensor, timestep: Tensor, condition: Tensor, feature: Tensor
    ) -> Tensor:
        """Predict the noise.

        Args:
            latents: Noisy latents scaled for the model, ``(B, 4, h, w)``.
            source: VAE mode of the source image, not scaled, ``(B, 4, h, w)``.
            timestep: ``()`` or ``(B,)``.
            condition: ``(B, Q, hidden)``.
            feature: BIM feature, ``(B, channels[0], h, w)``.

        Returns:
            ``(B, 4, h, w)``.
        """
        stacked = torch.cat([latents, source, feature], dim=1)
        # Samplers count time in whole numbers or in fractions; one dtype for both, which the time's
        # sines are computed in anyway, lets a compiled or captured UNet serve all samplers.
        inputs = (stacked, timestep.to(stacked.device, torch.float32), condition)
        graphs = self.graphs
        return self._noise(*inputs) if graphs is None else graphs(self, self._noise, *inputs)

    def _noise(self, stacked: Tensor, timestep: Tensor, condition: Tensor) -> Tensor:
        out: Tensor = self(stacked, timestep, condition, return_dict=False)[0]
        return out

    def error_weight(self, timestep: Tensor) -> Tensor:
        """Return what training weighs the squared error of noise with, ``(B, 1, 1, 1)``: one."""
        return torch.ones_like(timestep, dtype=torch.float32)[:, None, None, None]
