"""How wrong a set of masks is: focal, dice, and the quality the model claims (SAM, section A).

It knows logits and exact masks only.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torchvision.ops import sigmoid_focal_loss

FOCAL_WEIGHT = 20.0


@dataclass(frozen=True)
class Wrongness:
    """Of ``B`` prompts: the mean loss (a scalar to go back through), and the mean IoU reached."""

    loss: Tensor
    iou: float


def overlap(logits: Tensor, wanted: Tensor) -> Tensor:
    """IoU of thresholded masks ``(B, M, H, W)`` with ``(B, H, W)``: ``(B, M)``, no gradient."""
    with torch.no_grad():
        found, true = logits > 0, (wanted > 0.5)[:, None]
        both = (found & true).sum((-2, -1)).float()
        either = (found | true).sum((-2, -1)).float()
        return both / either.clamp(min=1)


def judge(logits: Tensor, claimed: Tensor, wanted: Tensor) -> Wrongness:
    """Compare masks with the truth; of several answers the best is taught, as SAM does.

    Args:
        logits: ``(B, M, H, W)`` float32; ``M`` answers to each prompt.
        claimed: the IoU the model expects of each, ``(B, M)``.
        wanted: exact masks, ``(B, H, W)`` in {0, 1}.
    """
    truth = wanted[:, None].expand_as(logits)
    focal = sigmoid_focal_loss(logits, truth, alpha=-1).mean((-2, -1))
    chance = logits.sigmoid()
    shared = (chance * truth).sum((-2, -1))
    dice = 1 - (2 * shared + 1) / (chance.sum((-2, -1)) + truth.sum((-2, -1)) + 1)
    shape = FOCAL_WEIGHT * focal + dice
    reached = overlap(logits, wanted)
    claims = (claimed - reached).square().mean()
    best = shape.min(dim=1)
    iou = reached.gather(1, best.indices[:, None]).mean()
    return Wrongness(best.values.mean() + claims, float(iou))
