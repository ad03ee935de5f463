"""What the model is trained on: words, noise, and in stage 1 text features (section 3.4).

Pure functions of tensors and modules; the loop lives in ``loop.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import Tensor

from smartedit_model.training.captions import code_tables_on, coded
from smartedit_model.training.data import IGNORE

LEAST = 1e-6
"""Added to a squared error before its root is taken, whose slope at 0 has no bound."""


@dataclass
class Losses:
    """The loss to minimise, and its parts by name for the log, each a scalar."""

    total: Tensor
    parts: dict[str, Tensor] = field(default_factory=dict)


def language_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Return the cross-entropy of each label, mean over all that count.

    Args:
        logits: Prediction made at the position before each label, ``(B, L, vocab)``.
        labels: ``(B, L)`` with ``IGNORE`` where nothing counts.
    """
    return F.cross_entropy(logits.flatten(0, 1).float(), labels.flatten(), ignore_index=IGNORE)


def noise_loss(
    predicted: Tensor,
    noise: Tensor,
    is_edit: Tensor,
    weight: Tensor | float = 1.0,
    scale: Tensor | float = 1.0,
    *,
    absolute: bool = False,
) -> Tensor:
    """Return the mean squared error of the noise; rows without a target add 0.

    Args:
        predicted: What the model says, ``(B, C, h, w)``.
        noise: What was added, ``(B, C, h, w)``.
        is_edit: 1.0 where the row has a target, ``(B,)``.
        weight: Weight of each cell, ``(B, 1, h, w)`` or ``(B, C, h, w)``.
        scale: What squared errors are multiplied by before anything else, like ``weight``.
        absolute: Take the root of each squared error after that. Where a result could be several
            things, the best guess is then one of them, and not the mean of all.
    """
    squared = (predicted.float() - noise.float()).square() * scale
    each = (squared + LEAST).sqrt() if absolute else squared
    return ((each * weight).mean(dim=(1, 2, 3)) * is_edit).mean()


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


def caption_loss(condition: Tensor, captions: Tensor, known: Tensor) -> Tensor:
    """Return how far the first queries are from the codes of a caption, mean over known rows.

    Args:
        condition: ``(B, Q, hidden)``.
        captions: Numbers of words, ``(B, places)``; see ``captions``. Places without a query of
            their own are left out.
        known: 1.0 where the row counts, ``(B,)``.
    """
    captions = captions[:, : condition.shape[1]]
    codes = coded(captions, condition.shape[-1])
    apart = (condition[:, : codes.shape[1]].float() - codes).square().mean(dim=(1, 2))
    return (apart * known).sum() / known.sum().clamp(min=1)


def choice_loss(condition: Tensor, captions: Tensor, known: Tensor) -> tuple[Tensor, Tensor]:
    """Return how badly the queries choose the words of a caption among all codes of their places.

    Distance alone tells a small model little about which of some hundred random codes is meant.

    Args:
        condition: ``(B, Q, hidden)``.
        captions: As for :func:`caption_loss`.
        known: 1.0 where the row counts, ``(B,)``.

    Returns:
        Cross-entropy, mean over places and known rows; which words are chosen right, ``(B,
        places)``.
    """
    hidden = condition.shape[-1]
    losses, right = [], []
    captions = captions[:, : condition.shape[1]]
    tables = code_tables_on(hidden, condition.device)
    for place, table in zip(range(captions.shape[1]), tables, strict=False):
        logits = condition[:, place].float() @ table.T / hidden**0.5
        losses.append(F.cross_entropy(logits, captions[:, place], reduction="none"))
        right.append(logits.argmax(dim=-1) == captions[:, place])
    each = torch.stack(losses, dim=1).mean(dim=1)
    return (each * known).sum() / known.sum().clamp(min=1), torch.stack(right, dim=1)


def asked_loss(logits: Tensor, asked: Tensor, known: Tensor) -> Tensor:
    """Return the cross-entropy of what is asked for, summed over classes, mean over known rows.

    Args:
        logits: ``(B, roles * classes)`` or ``(B, roles, classes)``.
        asked: 1.0 for each class asked for, ``(B, roles, classes)``.
        known: 1.0 where the row counts, ``(B,)``.
    """
    each = F.binary_cross_entropy_with_logits(
        logits.float().flatten(1), asked.flatten(1), reduction="none"
    ).sum(dim=1)
    return (each * known).sum() / known.sum().clamp(min=1)


def place_losses(
    logits: Tensor, valid: Tensor, region: Tensor, known: Tensor
) -> tuple[Tensor, Tensor]:
    """Return how badly a mask head tells where the target is, and whether there is one.

    Args:
        logits: ``(B, G, G)``.
        valid: Logit of there being a target, ``(B,)``.
        region: Where it is, in [0, 1], ``(B, side, side)``; empty where there is none.
        known: 1.0 where the row counts, ``(B,)``.
    """
    cells = F.interpolate(region[:, None], logits.shape[-2:], mode="area")[:, 0]
    present = (cells.flatten(1).sum(1) > 0).float()
    each = F.binary_cross_entropy_with_logits(valid.float(), present, reduction="none")
    return mask_loss(logits, cells, known), (each * known).mean()


def mask_loss(logits: Tensor, region: Tensor, known: Tensor) -> Tensor:
    """Return cross-entropy plus the Dice loss of regions, mean over the rows that are known.

    Args:
        logits: ``(B, G, G)``.
        region: Share of each cell that belongs to the region, in [0, 1], ``(B, G, G)``.
        known: 1.0 where the row counts, ``(B,)``.
    """
    logits = logits.float()
    cross = F.binary_cross_entropy_with_logits(logits, region, reduction="none").mean(dim=(1, 2))
    found = logits.sigmoid()
    both = 2 * (found * region).sum(dim=(1, 2)) + 1
    dice = 1 - both / (found.sum(dim=(1, 2)) + region.sum(dim=(1, 2)) + 1)
    # Regions are small: without its factor, cross-entropy would be lost beside Dice.
    return ((5 * cross + dice) * known).sum() / known.sum().clamp(min=1)
