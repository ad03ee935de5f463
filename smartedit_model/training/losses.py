"""What the model is trained on: words, noise, and in stage 1 text features (section 3.4).

Pure functions of tensors and modules; the loop lives in ``loop.py``.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from smartedit_model.training.data import IGNORE


def language_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Return the cross-entropy of each label, mean over all that count.

    Args:
        logits: Prediction made at the position before each label, ``(B, L, vocab)``.
        labels: ``(B, L)`` with ``IGNORE`` where nothing counts.
    """
    return F.cross_entropy(logits.flatten(0, 1).float(), labels.flatten(), ignore_index=IGNORE)


def noise_loss(predicted: Tensor, noise: Tensor, is_edit: Tensor) -> Tensor:
    """Return the mean squared error of the noise ``(B, 4, h, w)``; rows without a target add 0."""
    each = (predicted.float() - noise.float()).square().mean(dim=(1, 2, 3))
    return (each * is_edit).mean()


def alignment_loss(condition: Tensor, text_features: Tensor) -> Tensor:
    """Return the mean squared distance of conditions and text features, ``(B, Q, hidden)``."""
    return F.mse_loss(condition.float(), text_features.float())


def drop_conditions(
    chance: Tensor, share: float, condition: Tensor, null: Tensor, source: Tensor
) -> tuple[Tensor, Tensor]:
    """Drop the text, both or the image, each with probability ``share``, for guidance.

    Args:
        chance: Uniform in [0, 1), ``(B,)``: below ``share`` the text goes, below twice that both,
            below three times that the image.
        share: Probability of each.
        condition: ``(B, Q, hidden)``.
        null: The condition of no text, ``(B, Q, hidden)``.
        source: Source latents, ``(B, 4, h, w)``.

    Returns:
        Condition and source latents.
    """
    no_text = (chance < 2 * share)[:, None, None]
    no_image = ((chance >= share) & (chance < 3 * share))[:, None, None, None]
    return torch.where(no_text, null, condition), torch.where(no_image, 0.0, source)
