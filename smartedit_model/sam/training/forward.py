"""Masks for prompts at training time: like ``SamPredictor``, but with gradients and many pictures.

The prompt encoder stays in float32: positions of clicks do not survive bfloat16.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from smartedit_model.sam.training.lessons import Prompts

ONE, SEVERAL = slice(0, 1), slice(1, None)
"""The decoder's answer for a clear prompt, and its three for a doubtful one."""


def embed(model: Any, pictures: list[Tensor], *, half: bool) -> Tensor:
    """Image embeddings ``(B, C, grid, grid)`` float32 of pictures ``(3, h, w)`` in [0, 255]."""
    batch = torch.stack([model.preprocess(picture) for picture in pictures])
    with torch.autocast("cpu", torch.bfloat16, enabled=half):
        return torch.as_tensor(model.image_encoder(batch)).float()


def masks(
    model: Any, embedding: Tensor, prompts: Prompts, inner: tuple[int, int], *, half: bool
) -> tuple[Tensor, Tensor]:
    """All four answers to every prompt: logits ``(B, 4, H, W)`` and claimed IoU ``(B, 4)``.

    Args:
        model: the SAM.
        embedding: of one picture, ``(C, grid, grid)``.
        prompts: for that picture.
        inner: height and width of the picture within the model's input.
        half: bfloat16 where that is safe.
    """
    points = None
    if prompts.points is not None:
        points = (prompts.points, prompts.labels)
    sparse, dense = model.prompt_encoder(points=points, boxes=prompts.boxes, masks=prompts.masks)
    with torch.autocast("cpu", torch.bfloat16, enabled=half):
        low, claimed = model.mask_decoder.predict_masks(
            image_embeddings=embedding[None],
            image_pe=model.prompt_encoder.get_dense_pe(),
            sparse_prompt_embeddings=sparse,
            dense_prompt_embeddings=dense,
        )
    share = low.shape[-1] / model.image_encoder.img_size
    part = low.float()[..., : max(round(inner[0] * share), 1), : max(round(inner[1] * share), 1)]
    size = tuple(prompts.wanted.shape[-2:])
    return F.interpolate(part, size, mode="bilinear", align_corners=False), claimed.float()
