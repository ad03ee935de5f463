"""A UNet, or a low-rank update of one that draws already, learned from edits as latents.

The UNet is told of edits as ``drawing`` and ``draw`` tell it: by codes, or by what the model
answers. It knows no pictures.
"""

from __future__ import annotations

import copy
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from smartedit_model.adapters import add_update
from smartedit_model.errors import TrainingError
from smartedit_model.pipeline import SmartEditPipeline
from smartedit_model.training.captions import DRAWN, as_answered, coded
from smartedit_model.training.diffusing import Diffusing
from smartedit_model.training.drawing import ROUGH
from smartedit_model.training.latents import LatentBatch
from smartedit_model.training.losses import Losses
from smartedit_model.training.stages import TrainSettings
from smartedit_model.training.updates import UNetUpdate


class AdaptTraining(nn.Module):
    """A UNet with the noise loss.

    Args:
        pipe: The pipeline; all but its UNet stays as it is.
        settings: How often it is told what, and the rank of an update.
        whole: Whether all of the UNet learns, in the place of a low-rank update.
        settled: An update that is settled instead, by the names that ``adapters`` reads; see
            ``UNetUpdate.settle``. It goes on saying what it says in full.
    """

    def __init__(
        self,
        pipe: SmartEditPipeline,
        settings: TrainSettings,
        *,
        whole: bool = False,
        settled: dict[str, Tensor] | None = None,
    ) -> None:
        super().__init__()
        if pipe.mask_head is None:
            raise TrainingError("adapting needs a model with a mask head, to tell the UNet where")
        self.settings = settings
        teacher = None
        if settled is not None:
            teacher = copy.deepcopy(pipe.unet).requires_grad_(False)
            add_update(teacher, settled)
        self.unet: Any = pipe.unet.requires_grad_(whole)
        if settings.compiled:
            self.unet.compile()
        self.update = None if whole else UNetUpdate(self.unet, settings)
        if settled is not None and self.update is not None:
            self.update.settle(settled)
        self.queries = int(pipe.qformer.config.queries)
        self.hidden = int(pipe.qformer.config.hidden)
        # A list hides it from ``parameters``: the head stays as it is.
        self._heads = [pipe.mask_head.requires_grad_(False)]
        self.diffusing = Diffusing(pipe, settings, teacher)

    def forward(self, batch: LatentBatch) -> Losses:
        """Return the noise loss."""
        rows, on = len(batch.known), batch.known.device
        answered = (batch.known > 0) & (torch.rand(rows, device=on) < self.settings.answered)
        codes = coded(batch.captions[:, : len(DRAWN)], self.hidden)
        condition = torch.where(
            answered[:, None, None], batch.condition, as_answered(codes, self.queries)
        )
        told = ~answered | (torch.rand(rows, device=on) < self.settings.told)
        rough = told & ~answered & (torch.rand(rows, device=on) < ROUGH)
        blurred = F.avg_pool2d(batch.region[:, None], 3, stride=1, padding=1)[:, 0]
        place = torch.where(told[:, None, None], batch.region, batch.chance)
        place = torch.where(rough[:, None, None], blurred, place)
        cells = (place.shape[-2], place.shape[-1])
        seen = torch.where(answered[:, None, None, None], batch.feature, 0.0)
        noise = self.diffusing.of_latents(
            batch.source,
            batch.target,
            batch.changed,
            torch.ones(rows, device=on),
            condition,
            seen + self._heads[0].place(place, cells),
        )
        return Losses(noise, {"noise": noise.detach()})
