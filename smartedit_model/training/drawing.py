"""Stage 0 of models trained from nothing: the UNet learns to draw edits it is told exactly.

It is told by the first places of a caption (``captions.DRAWN``) and by where the edit is made, so
it learns at the same time as reading and seeing do, and takes the place of a pretrained diffusion
model. It knows no words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from smartedit_model.errors import TrainingError
from smartedit_model.pipeline import SmartEditPipeline
from smartedit_model.training.captions import DRAWN, as_answered, coded
from smartedit_model.training.diffusing import Diffusing
from smartedit_model.training.losses import Losses
from smartedit_model.training.stages import TrainSettings

ROUGH = 0.3
"""How often the place is told roughly, as a mask head that has doubts would tell it."""


@dataclass
class DrawBatch:
    """Edits with their captions.

    Attributes:
        source: Pictures before, in [-1, 1], ``(B, 3, side, side)``.
        target: Pictures after, in [-1, 1], ``(B, 3, side, side)``.
        changed: Where they may differ, ``(B, side, side)`` in [0, 1].
        region: Where the edit is made, ``(B, side, side)`` in [0, 1].
        captions: Numbers of the words, ``(B, places)``.
    """

    source: Tensor
    target: Tensor
    changed: Tensor
    region: Tensor
    captions: Tensor

    def to(self, device: torch.device) -> DrawBatch:
        """Return the batch on a device."""
        return DrawBatch(*(tensor.to(device) for tensor in vars(self).values()))


class DrawingTraining(nn.Module):
    """UNet, null condition and the mask head's way into the UNet, with the noise loss."""

    def __init__(self, pipe: SmartEditPipeline, settings: TrainSettings) -> None:
        super().__init__()
        if pipe.mask_head is None:
            raise TrainingError("drawing needs a model with a mask head, to tell the UNet where")
        self.unet: Any = pipe.unet.requires_grad_(True)
        self.vae: Any = pipe.vae.requires_grad_(False)
        self.null_condition: Any = pipe.null_condition.requires_grad_(False)
        self.to_unet: Any = pipe.mask_head.to_unet.requires_grad_(True)
        self._place = pipe.mask_head.place
        self.queries = int(pipe.qformer.config.queries)
        self.hidden = int(pipe.qformer.config.hidden)
        self.diffusing = Diffusing(pipe, settings)

    def forward(self, batch: DrawBatch) -> Losses:
        """Return the noise loss."""
        codes = coded(batch.captions[:, : len(DRAWN)], self.hidden)
        condition = as_answered(codes, self.queries)
        place = F.avg_pool2d(batch.region[:, None], 8)[:, 0]  # (B, h, w)
        blurred = F.avg_pool2d(place[:, None], 3, stride=1, padding=1)[:, 0]
        rough = (torch.rand(len(place), device=place.device) < ROUGH)[:, None, None]
        place = torch.where(rough, blurred, place)
        noise = self.diffusing(
            batch.source,
            batch.target,
            batch.changed,
            torch.ones(len(codes), device=codes.device),
            condition,
            self._place(place, (place.shape[-2], place.shape[-1])),
        )
        return Losses(noise, {"noise": noise.detach()})
