"""Pictures to tensors and back, at the sizes the two image encoders want.

It knows PIL and tensors only. Every picture is RGB, 8 bits a channel, sRGB.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from smartedit_model.errors import InputError

_CLIP_MEAN = (0.48145466, 0.4578275, 0.40821073)
_CLIP_STD = (0.26862954, 0.26130258, 0.27577711)


def as_rgb(image: Image.Image) -> Image.Image:
    """Return ``image`` as RGB.

    Raises:
        InputError: It is not a PIL image, or has no pixels.
    """
    if not isinstance(image, Image.Image):
        raise InputError(f"an image must be a PIL image, not {type(image).__name__}")
    if 0 in image.size:
        raise InputError(f"an image must have pixels; this one is {image.size[0]}x{image.size[1]}")
    return image if image.mode == "RGB" else image.convert("RGB")


def vision_pixels(images: Sequence[Image.Image], side: int) -> Tensor:
    """Return CLIP-normalised pixels, ``(B, 3, side, side)`` float32, each image squeezed square."""
    arrays = [
        np.asarray(as_rgb(i).resize((side, side), Image.Resampling.BICUBIC), dtype=np.float32)
        for i in images
    ]
    return vision_normalised(torch.from_numpy(np.stack(arrays)).permute(0, 3, 1, 2) / 255.0)


def vision_normalised(pixels: Tensor) -> Tensor:
    """Return pixels ``(B, 3, side, side)`` in [0, 1] as CLIP reads them."""
    mean, std = (
        torch.tensor(v, device=pixels.device).view(1, 3, 1, 1) for v in (_CLIP_MEAN, _CLIP_STD)
    )
    return (pixels - mean) / std


def vae_pixels(images: Sequence[Image.Image], size: tuple[int, int]) -> Tensor:
    """Return pixels in [-1, 1], ``(B, 3, height, width)`` float32; ``size`` is (height, width)."""
    height, width = size
    arrays = [
        np.asarray(as_rgb(i).resize((width, height), Image.Resampling.BICUBIC), dtype=np.float32)
        for i in images
    ]
    return vae_normalised(torch.from_numpy(np.stack(arrays)).permute(0, 3, 1, 2))


def vae_normalised(pixels: Tensor) -> Tensor:
    """Return pixels in [0, 255] as the autoencoder reads them, float in [-1, 1]."""
    return pixels / 127.5 - 1.0


def to_images(pixels: Tensor) -> list[Image.Image]:
    """Return RGB images from ``(B, 3, height, width)`` in [-1, 1]; values outside are clipped."""
    unit = (pixels.float() / 2 + 0.5).clamp(0, 1)
    arrays = (unit * 255).round().to(torch.uint8).permute(0, 2, 3, 1).cpu().numpy()
    return [Image.fromarray(a) for a in arrays]
