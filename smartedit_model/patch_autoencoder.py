"""A small autoencoder for flat pictures: linear maps of patches, with residual convolutions beside.

Stable Diffusion's autoencoder normalises its features by groups over the whole picture, which
takes flat colour away; at a few million weights it never gets it back. Here a strided convolution
takes patches to latents and its transpose takes them back, so colour passes by whatever the
residual branches do, and training may begin at the principal components of patches
(``training.autoencoder.principal_start``). It offers what the pipeline asks of diffusers'
``AutoencoderKL``.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from diffusers import ConfigMixin, ModelMixin
from diffusers.configuration_utils import register_to_config
from diffusers.models.autoencoders.vae import DecoderOutput, DiagonalGaussianDistribution
from diffusers.models.modeling_outputs import AutoencoderKLOutput
from diffusers.utils.accelerate_utils import apply_forward_hook
from torch import Tensor, nn

NOISE = 0.05
"""Standard deviation of the posterior: latents are near one, so a twentieth keeps them smooth."""


class ResidualBlock(nn.Module):
    """Two convolutions beside an identity; it begins as the identity."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, kernel_size=3, padding=1)
        self.second = _silent(nn.Conv2d(width, width, kernel_size=3, padding=1))

    def forward(self, x: Tensor) -> Tensor:
        """Map ``(B, width, h, w)`` to the same shape."""
        out: Tensor = x + self.second(F.silu(self.first(F.silu(x))))
        return out


class PatchAutoencoder(ModelMixin, ConfigMixin):  # type: ignore[misc]  # diffusers is untyped
    """Pictures to latents an eighth of their side, and back.

    Args:
        channels: Width at a quarter and at an eighth of the picture's side.
        encoder_blocks: Residual blocks at each of the two sizes of the encoder.
        decoder_blocks: The same of the decoder.
        latent_channels: Channels ``Z`` of the latents.
        scaling_factor: What the diffusion model multiplies latents with.
    """

    factor = 8

    @register_to_config  # type: ignore[untyped-decorator]  # diffusers is untyped
    def __init__(
        self,
        channels: tuple[int, int] = (64, 128),
        encoder_blocks: int = 1,
        decoder_blocks: int = 3,
        latent_channels: int = 24,
        scaling_factor: float = 1.0,
    ) -> None:
        super().__init__()
        wide, deep = channels
        self.to_latents = nn.Conv2d(3, latent_channels, kernel_size=8, stride=8)
        self.to_pixels = nn.ConvTranspose2d(latent_channels, 3, kernel_size=8, stride=8)
        self.encoder = nn.Sequential(
            nn.Conv2d(3, wide, kernel_size=4, stride=4),
            *(ResidualBlock(wide) for _ in range(encoder_blocks)),
            nn.Conv2d(wide, deep, kernel_size=2, stride=2),
            *(ResidualBlock(deep) for _ in range(encoder_blocks)),
            nn.SiLU(),
            _silent(nn.Conv2d(deep, latent_channels, kernel_size=1)),
        )
        self.decoder = nn.Sequential(
            nn.Conv2d(latent_channels, deep, kernel_size=3, padding=1),
            *(ResidualBlock(deep) for _ in range(decoder_blocks)),
            nn.Conv2d(deep, 4 * wide, kernel_size=1),
            nn.PixelShuffle(2),
            *(ResidualBlock(wide) for _ in range(decoder_blocks)),
            nn.SiLU(),
            _silent(nn.Conv2d(wide, 3 * 4**2, kernel_size=3, padding=1)),
            nn.PixelShuffle(4),
        )

    @apply_forward_hook  # type: ignore[untyped-decorator]  # offloading watches these calls
    def encode(self, pixels: Tensor) -> AutoencoderKLOutput:
        """Encode pictures ``(B, 3, h, w)`` in [-1, 1]; ``h`` and ``w`` are multiples of 8.

        Returns:
            The posterior as ``latent_dist``, of mean ``(B, Z, h / 8, w / 8)`` and fixed spread.
        """
        mean = self.to_latents(pixels) + self.encoder(pixels)
        spread = torch.full_like(mean, 2 * math.log(NOISE))
        moments = torch.cat([mean, spread], dim=1)
        return AutoencoderKLOutput(latent_dist=DiagonalGaussianDistribution(moments))

    @apply_forward_hook  # type: ignore[untyped-decorator]  # offloading watches these calls
    def decode(self, latents: Tensor, return_dict: bool = True) -> DecoderOutput | tuple[Tensor]:
        """Decode unscaled latents ``(B, Z, h, w)`` to pictures ``(B, 3, 8 h, 8 w)`` near [-1, 1].

        Args:
            latents: The latents.
            return_dict: Return a ``DecoderOutput`` instead of a tuple, as diffusers does.
        """
        pixels = self.to_pixels(latents) + self.decoder(latents)
        return DecoderOutput(sample=pixels) if return_dict else (pixels,)


def _silent(layer: nn.Conv2d) -> nn.Conv2d:
    """Make a layer begin at zero (Zhang et al. 2019, "Fixup", section 3)."""
    nn.init.zeros_(layer.weight)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer
