"""The loss of the autoencoder, for models whose latent space is trained here.

The published models use Stable Diffusion's; this is for the small ones.
"""

from __future__ import annotations

import torch.nn.functional as F
from diffusers import AutoencoderKL
from torch import Tensor


def autoencoder_loss(vae: AutoencoderKL, pixels: Tensor, *, kl_weight: float = 1e-6) -> Tensor:
    """Return how badly pictures ``(B, 3, h, w)`` in [-1, 1] come back, plus a little KL."""
    posterior = vae.encode(pixels).latent_dist
    decoded = vae.decode(posterior.sample(), return_dict=False)[0]
    kl: Tensor = posterior.kl().mean()
    return F.l1_loss(decoded, pixels) + F.mse_loss(decoded, pixels) + kl_weight * kl
