"""Stage 0 of models trained from nothing: BIM and mask head find what they are told exactly.

They are told by caption (``captions``) and by the classes asked for (``asked``), so they learn at
the same time as the language model learns to read, and are not held up by what it misreads.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from smartedit_model.errors import TrainingError
from smartedit_model.pipeline import SmartEditPipeline
from smartedit_model.training.captions import PLACES, as_answered, coded, undone
from smartedit_model.training.data import Batch
from smartedit_model.training.losses import Losses, choice_loss, place_losses
from smartedit_model.training.patches import PatchHeads, patch_total
from smartedit_model.training.stages import TrainSettings

SURE = 6.0
"""Logit of a class that is asked for."""
TARGET = PLACES.index("target")


class FindingTraining(nn.Module):
    """Vision tower, BIM and mask head, with the losses of stage ``perceive`` that need no words."""

    def __init__(self, pipe: SmartEditPipeline, settings: TrainSettings) -> None:
        super().__init__()
        if pipe.mask_head is None or pipe.bim.matching is None:
            raise TrainingError("finding needs a model with a mask head and with matching")
        self.settings = settings
        self.select_layer = int(pipe.config.select_layer)
        self.vision_tower: Any = pipe.vision_tower.requires_grad_(True)
        for name, parameter in self.vision_tower.named_parameters():
            if "post_layernorm" in name:  # behind the layer that is read
                parameter.requires_grad_(False)
        self.bim: Any = pipe.bim.requires_grad_(True)
        self.bim.to_unet.requires_grad_(False)  # nothing is drawn
        self.bim.matching.asked.requires_grad_(False)  # what is asked for is told
        self.mask_head: Any = pipe.mask_head.requires_grad_(True)
        self.mask_head.to_unet.requires_grad_(False)
        tower = pipe.vision_tower.config
        self.patch_heads = PatchHeads(
            int(tower.hidden_size), int(tower.patch_size), pipe.bim.matching.tells
        )
        self.hidden = int(pipe.qformer.config.hidden)
        self.queries = int(pipe.qformer.config.queries)

    def forward(self, batch: Batch) -> Losses:
        """Return the losses of a batch."""
        hidden = self.vision_tower(batch.vision, output_hidden_states=True).hidden_states
        features = hidden[self.select_layer][:, 1:][batch.view]
        logits = SURE * (2 * batch.asked - 1)
        seen = self.bim(features, self._condition(batch), (1, 1), asked=logits)
        where, there = self.mask_head(seen.image_map, seen.condition)
        mask, valid = place_losses(where, there, batch.region, batch.region_known)
        known = batch.captions_known
        captions = undone(batch.captions, batch.absent)[:, : TARGET + 1]
        choice, right = choice_loss(seen.condition, captions, known)
        patches = self.patch_heads.losses_of(seen.matched, self.bim.matching.groups, batch)
        s = self.settings
        total = s.mask_weight * (mask + valid) + s.lesson_weight * (choice + patch_total(patches))
        told = right[:, TARGET].float().mean()
        parts = {"mask": mask, "valid": valid, "choice": choice, "target_right": told, **patches}
        return Losses(total, {name: part.detach() for name, part in parts.items()})

    def _condition(self, batch: Batch) -> Tensor:
        """Return what the language model would answer if it read well, ``(B, Q, hidden)``."""
        codes = coded(batch.captions[:, : self.queries], self.hidden)
        # What is shown may be more than what is said: it is for the picture to tell.
        codes[:, TARGET] = torch.randn_like(codes[:, TARGET])
        return as_answered(codes, self.queries)
