"""One module that turns a batch into losses, with the parts that learn switched on.

It wraps a pipeline's parts; optimiser and loop are elsewhere.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from smartedit_model.bim import BIMOutput
from smartedit_model.errors import TrainingError
from smartedit_model.pipeline import SmartEditPipeline
from smartedit_model.training.captions import undone
from smartedit_model.training.data import Batch
from smartedit_model.training.diffusing import Diffusing
from smartedit_model.training.heads import concept_head
from smartedit_model.training.lora import add_lora
from smartedit_model.training.losses import (
    Losses,
    alignment_loss,
    asked_loss,
    caption_loss,
    choice_loss,
    language_loss,
    place_losses,
)
from smartedit_model.training.patches import PatchHeads
from smartedit_model.training.stages import Stage, TrainSettings
from smartedit_model.training.updates import UNetUpdate


class TrainingModule(nn.Module):
    """A pipeline's parts with a loss.

    Args:
        pipe: The pipeline; its language model gains LoRA layers where the stage says so.
        stage: What learns.
        settings: Loss weights, LoRA sizes and dropout.
    """

    def __init__(self, pipe: SmartEditPipeline, stage: Stage, settings: TrainSettings) -> None:
        super().__init__()
        self.stage, self.settings = stage, settings
        self.prompter = pipe.answers.prompter
        self.select_layer = int(pipe.config.select_layer)
        self.vision_tower: Any = pipe.vision_tower
        self.projector: Any = pipe.projector
        self.language_model: Any = pipe.language_model
        self.qformer: Any = pipe.qformer
        self.bim: Any = pipe.bim
        self.null_condition: Any = pipe.null_condition
        self.unet: Any = pipe.unet
        self.vae: Any = pipe.vae
        self.mask_head: Any = pipe.mask_head
        self.concept_head: nn.Linear | None = None
        if stage.perception:
            if pipe.mask_head is None or not settings.concepts:
                raise TrainingError(
                    "perception needs a model with a mask head, and a list of concepts to tell"
                )
            width = int(pipe.qformer.config.hidden)
            self.concept_head = concept_head(width, len(settings.concepts))
        self.patch_heads: PatchHeads | None = None
        if stage.perception and stage.vision and pipe.bim.matching is not None:
            tower = pipe.vision_tower.config
            self.patch_heads = PatchHeads(
                int(tower.hidden_size), int(tower.patch_size), pipe.bim.matching.tells
            )
        self.factor = pipe.vae_factor
        self.diffusing = Diffusing(pipe, settings)
        self._choose_learners()

    def _choose_learners(self) -> None:
        stage = self.stage
        self.requires_grad_(False)
        self.no_decay: frozenset[str] = frozenset()
        self.update: UNetUpdate | None = None
        if stage.language == "lora":
            add_lora(
                self.language_model,
                rank=self.settings.lora_rank,
                alpha=self.settings.lora_alpha,
                dropout=self.settings.lora_dropout,
            )
        for name, parameter in self.language_model.named_parameters():
            adapter = name.endswith((".down", ".up"))
            parameter.requires_grad_(
                stage.language == "full" or (stage.language == "lora" and adapter)
            )
        if stage.language == "lora":
            base = self.prompter.tokens.img
            tables = [
                self.language_model.get_input_embeddings().weight,
                self.language_model.get_output_embeddings().weight,
            ]
            for weight in tables:
                weight.requires_grad_(True)
                weight.register_hook(lambda grad: _only_rows_from(grad, base))
            self.no_decay = frozenset(
                name for name, p in self.named_parameters() if any(p is w for w in tables)
            )
        learners = {
            "vision_tower": stage.vision,
            "projector": stage.projector,
            "qformer": stage.reader,
            "bim": stage.reader and stage.bim and not stage.alignment,
            "unet": stage.unet and not stage.update,
        }
        for name, learns in learners.items():
            getattr(self, name).requires_grad_(learns)
        if stage.perception:
            self.mask_head.requires_grad_(stage.reader)
        if stage.update:
            if self.mask_head is not None:
                raise TrainingError("a model with a mask head is adapted from latents; name them")
            self.update = UNetUpdate(self.unet, self.settings)
        elif stage.unet and not stage.reader:
            for part in (self.bim, self.mask_head):
                if part is not None:
                    part.to_unet.requires_grad_(True)
        if not stage.unet:  # nothing reads what is meant for the UNet then
            self.bim.to_unet.requires_grad_(False)
            if stage.perception:
                self.mask_head.to_unet.requires_grad_(False)
        for head in (self.concept_head, self.patch_heads):
            if head is not None:
                head.requires_grad_(stage.reader)
        if stage.vision:  # the layers behind the one that is read take no part
            unused = self.vision_tower.config.num_hidden_layers + 1 + self.select_layer
            for name, parameter in self.vision_tower.named_parameters():
                parts = name.split(".layers.")
                behind = len(parts) == 2 and int(parts[1].split(".")[0]) >= unused
                parameter.requires_grad_(not behind and "post_layernorm" not in name)

    def train(self, mode: bool = True) -> TrainingModule:
        """Switch training mode; frozen parts stay in evaluation mode."""
        super().train(mode)
        self.vae.eval()
        if not self.stage.vision:
            self.vision_tower.eval()
        return self

    def forward(self, batch: Batch) -> Losses:
        """Return the losses of a batch; noise and timesteps come from PyTorch's global source."""
        s, stage = self.settings, self.stage
        states, logits, features = self._language(batch)
        language = language_loss(logits, batch.labels)
        total, parts = s.lm_weight * language, {"language": language}
        queries = self.qformer(states.to(self.qformer.dtype))  # (B, Q, hidden)
        if stage.alignment:
            if batch.text_features is None:
                raise TrainingError("alignment needs text_features in every example")
            parts["alignment"] = alignment_loss(queries, batch.text_features)
            total = total + parts["alignment"]
        seen, place = None, None
        if stage.bim and not stage.alignment:
            cells = (batch.target.shape[-2] // self.factor, batch.target.shape[-1] // self.factor)
            seen = self.bim(features, queries, cells)
        if seen is not None and self.concept_head is not None:
            logits, valid = self.mask_head(seen.image_map, seen.condition)
            place = self._place(logits.detach().sigmoid(), batch, cells) if stage.unet else None
            if stage.reader:
                total = total + self._perceived(batch, seen, logits, valid, parts)
        if stage.unet:
            parts["noise"] = self._noise(batch, queries, seen, place)
            total = total + s.noise_weight * parts["noise"]
        return Losses(total, {name: part.detach() for name, part in parts.items()})

    def _perceived(
        self,
        batch: Batch,
        seen: BIMOutput,
        logits: Tensor,
        valid: Tensor,
        parts: dict[str, Tensor],
    ) -> Tensor:
        """Return the losses of finding and telling, weighed; each is put among ``parts``."""
        s = self.settings
        parts["mask"], parts["valid"] = place_losses(
            logits, valid, batch.region, batch.region_known
        )
        if self.concept_head is None:
            raise TrainingError("perception has no head to tell concepts with")
        told = self.concept_head(seen.condition.mean(dim=1))
        each = F.binary_cross_entropy_with_logits(
            told.float(), batch.concepts, reduction="none"
        ).sum(dim=1)
        parts["concepts"] = (each * batch.concepts_known).mean()
        total = s.mask_weight * (parts["mask"] + parts["valid"])
        total = total + s.concept_weight * parts["concepts"]
        for name, part in self._lessons(batch, seen).items():
            parts[name] = part
            total = total if name == "kind_right" else total + s.lesson_weight * part
        return total

    def _lessons(self, batch: Batch, seen: BIMOutput) -> dict[str, Tensor]:
        """Return what keeps the condition at its caption, and both heads of ``matching`` right."""
        parts = {}
        if batch.captions_known.any():
            known = batch.captions_known
            captions = undone(batch.captions, batch.absent)
            parts["caption"] = caption_loss(seen.condition, captions, known)
            parts["choice"] = choice_loss(seen.condition, captions, known)[0]
        if seen.matched is not None and batch.asked_known.any():
            parts["asked"] = asked_loss(seen.matched.asked, batch.asked, batch.asked_known)
        if seen.matched is not None and self.patch_heads is not None and batch.patches:
            parts |= self.patch_heads.losses_of(seen.matched, self.bim.matching.groups, batch)
        return parts

    def _language(self, batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
        """Return answer states ``(B, T, D)``, logits ``(B, L, vocab)`` and vision features."""
        with torch.set_grad_enabled(self.stage.vision and torch.is_grad_enabled()):
            hidden = self.vision_tower(batch.vision, output_hidden_states=True).hidden_states
        seen = hidden[self.select_layer][:, 1:]  # (V, N, C)
        image = self.projector(seen)[batch.view]  # (B, N, D)
        features = seen[batch.view]
        embed = self.language_model.get_input_embeddings()
        prefix = torch.tensor([self.prompter.prefix()], device=batch.ids.device)
        before = embed(prefix).expand(len(image), -1, -1)
        embeds = torch.cat([before, image, embed(batch.ids)], dim=1)
        out = self.language_model.model(inputs_embeds=embeds, use_cache=False).last_hidden_state
        length = batch.ids.shape[1]
        # The state before a token predicts it; the state at an answer token is what is read.
        logits = self.language_model.lm_head(out[:, -length - 1 : -1])
        count = self.prompter.tokens.answers
        index = batch.answers[:, None] + torch.arange(count, device=out.device)
        tail = out[:, -length:]
        states = tail.gather(
            1, index.clamp(max=length - 1)[..., None].expand(-1, -1, out.shape[-1])
        )
        return states, logits, features

    def _place(self, chance: Tensor, batch: Batch, cells: tuple[int, int]) -> Tensor:
        """Return what tells the UNet where: the head's word, or now and then the truth."""
        exact = F.interpolate(batch.region[:, None], chance.shape[-2:], mode="area")[:, 0]
        told = torch.rand(len(chance), device=chance.device) < self.settings.told
        told = told & (batch.region_known > 0)
        place: Tensor = self.mask_head.place(torch.where(told[:, None, None], exact, chance), cells)
        return place

    def _noise(
        self, batch: Batch, queries: Tensor, seen: BIMOutput | None, place: Tensor | None
    ) -> Tensor:
        condition, feature = queries, None
        if seen is not None:
            condition, feature = seen.condition, seen.feature
            feature = feature if place is None else feature + place
        loss: Tensor = self.diffusing(
            batch.source, batch.target, batch.changed, batch.is_edit, condition, feature
        )
        return loss


def _only_rows_from(grad: Tensor, first: int) -> Tensor:
    kept = grad.clone()
    kept[:first] = 0
    return kept
