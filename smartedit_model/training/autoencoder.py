"""How autoencoders learn, for models whose latent space is trained here.

The published models use Stable Diffusion's; this is for the small ones.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL
from torch import Tensor

from smartedit_model.patch_autoencoder import PatchAutoencoder

Autoencoder: TypeAlias = AutoencoderKL | PatchAutoencoder


def autoencoder_loss(vae: Autoencoder, pixels: Tensor, *, kl_weight: float = 1e-6) -> Tensor:
    """Return how badly pictures ``(B, 3, h, w)`` in [-1, 1] come back, plus a little KL."""
    posterior = vae.encode(pixels).latent_dist
    decoded = vae.decode(posterior.sample(), return_dict=False)[0]
    kl: Tensor = posterior.kl().mean()
    return F.l1_loss(decoded, pixels) + 2 * F.mse_loss(decoded, pixels) + kl_weight * kl


@torch.no_grad()
def principal_start(vae: PatchAutoencoder, pixels: Tensor) -> None:
    """Let an untrained autoencoder begin as the principal components of 8x8 patches.

    Latents are divided by the square root of their spread: wholly white ones would count the
    finest pattern as much as brightness, untouched ones would drown all but brightness in noise.

    Args:
        vae: An autoencoder whose residual branches are still zero.
        pixels: Some hundred pictures in [-1, 1], ``(B, 3, h, w)``.
    """
    side = vae.factor
    patches = F.unfold(pixels, side, stride=side).transpose(1, 2).flatten(0, 1).double()
    mean = patches.mean(dim=0)
    spread, basis = torch.linalg.eigh((patches - mean).T @ (patches - mean) / len(patches))
    count: int = vae.config.latent_channels
    spread, basis = spread[-count:].flip(0).clamp(min=1e-6), basis[:, -count:].flip(1)
    there = basis * spread**-0.25
    back = basis * spread**0.25
    to_latents: Any = vae.to_latents
    to_pixels: Any = vae.to_pixels
    to_latents.weight.copy_(there.T.reshape(count, 3, side, side))
    to_latents.bias.copy_(-(mean @ there))
    to_pixels.weight.copy_(back.T.reshape(count, 3, side, side))
    # What is left of the mean within a patch is learned within moments; its colour is not.
    to_pixels.bias.copy_(mean.reshape(3, -1).mean(dim=1))


@torch.no_grad()
def measure_spread(vae: Autoencoder, pixels: Tensor) -> Tensor:
    """Return the standard deviation of each channel of scaled latents, ``(Z,)``.

    Args:
        vae: The trained autoencoder, its scaling factor set.
        pixels: Some hundred pictures in [-1, 1], ``(B, 3, h, w)``.
    """
    spread: Tensor = _latents(vae, pixels).transpose(0, 1).flatten(1).std(dim=1)
    return spread * float(vae.config.scaling_factor)


@torch.no_grad()
def measure_scaling(vae: Autoencoder, pixels: Tensor) -> float:
    """Return the factor that gives latents unit variance (latent diffusion, section G).

    Args:
        vae: The trained autoencoder.
        pixels: Some hundred pictures in [-1, 1], ``(B, 3, h, w)``.
    """
    return 1.0 / float(_latents(vae, pixels).std())


def _latents(vae: Autoencoder, pixels: Tensor) -> Tensor:
    """Return unscaled latents, ``(B, Z, h / 8, w / 8)``."""
    return torch.cat([vae.encode(p).latent_dist.mode() for p in torch.split(pixels, 16)])
