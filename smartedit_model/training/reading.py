"""Stage 0 of models trained from nothing: the language model learns to read instructions.

It takes the place of a pretrained language model. Without it the few words of an instruction are
lost among the image's tokens, and nothing that must find its target learns anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from smartedit_model.pipeline import SmartEditPipeline
from smartedit_model.training.captions import PLACES
from smartedit_model.training.heads import concept_head
from smartedit_model.training.losses import Losses, asked_loss, caption_loss, choice_loss

CONCEPTS_WEIGHT = 0.05
"""Of telling concepts, beside captions and what is asked for."""
CHOICE_WEIGHT = 8.0
"""Of choosing each caption's words, a mean over its places."""
NOISY = 0.5
"""Share of instructions that are read behind noise."""
SPREAD = 3.5
"""Standard deviation of the vision tower's features, as measured after its training."""


@dataclass
class TextBatch:
    """Instructions and what each is about.

    Attributes:
        ids: An instruction and its answer tokens, right-padded with 0, ``(B, L)``.
        answers: Where each row's answer tokens begin, ``(B,)``.
        concepts: 1.0 for each concept that is told, ``(B, C)``.
        captions: Numbers of the words of each caption, ``(B, places)``; see ``captions``.
        asked: What each asks for, ``(B, roles, classes)``; see ``asked``.
        asked_known: 1.0 where ``asked`` counts, ``(B,)``.
    """

    ids: Tensor
    answers: Tensor
    concepts: Tensor
    captions: Tensor
    asked: Tensor
    asked_known: Tensor

    def to(self, device: torch.device) -> TextBatch:
        """Return the batch on a device."""
        return TextBatch(*(tensor.to(device) for tensor in vars(self).values()))


class ReadingTraining(nn.Module):
    """Language model and Q-Former with a head that tells the concepts; see ``heads``."""

    def __init__(self, pipe: SmartEditPipeline, concepts: int) -> None:
        super().__init__()
        self.prefix = pipe.answers.prompter.prefix()
        self.projector: Any = pipe.projector.requires_grad_(False)
        grid = pipe.vision_tower.config.image_size // pipe.vision_tower.config.patch_size
        self.seen = (grid**2, int(pipe.vision_tower.config.hidden_size))
        self.language_model: Any = pipe.language_model.requires_grad_(True)
        self.qformer: Any = pipe.qformer.requires_grad_(True)
        self.count = pipe.answers.prompter.tokens.answers
        self.language_model.lm_head.requires_grad_(False)  # nothing is written in this stage
        self.concept_head = concept_head(int(pipe.qformer.config.hidden), concepts)
        self.asked = pipe.bim.matching.asked if pipe.bim.matching is not None else None

    def forward(self, batch: TextBatch) -> Losses:
        """Return how badly the concepts are told."""
        embed = self.language_model.get_input_embeddings()
        # Noise stands where the picture will: who learned without it is lost when pictures come.
        # But words are found far sooner where nothing stands there, so half of the rows have none.
        noise = SPREAD * torch.randn(len(batch.ids), *self.seen, device=batch.ids.device)
        noise = noise * (torch.rand(len(noise), 1, 1, device=noise.device) < NOISY)
        prefix = torch.tensor([self.prefix], device=batch.ids.device)
        before = embed(prefix).expand(len(batch.ids), -1, -1)
        embeds = torch.cat([before, self.projector(noise), embed(batch.ids)], dim=1)
        out = self.language_model.model(inputs_embeds=embeds, use_cache=False).last_hidden_state
        out = out[:, -batch.ids.shape[1] :]
        index = batch.answers[:, None] + torch.arange(self.count, device=out.device)
        states = out.gather(1, index[..., None].expand(-1, -1, out.shape[-1]))
        queries = self.qformer(states.to(self.qformer.dtype))  # (B, Q, hidden)
        told = self.concept_head(queries.mean(dim=1)).float()
        wrong = F.binary_cross_entropy_with_logits(told, batch.concepts, reduction="none")
        known = torch.ones_like(batch.asked_known)
        choice, right = choice_loss(queries, batch.captions, known)
        parts = {
            "concepts": CONCEPTS_WEIGHT * wrong.sum(dim=1).mean(),
            "caption": caption_loss(queries, batch.captions, known),
            "choice": CHOICE_WEIGHT * choice,
        }
        if self.asked is not None:
            parts["asked"] = asked_loss(
                self.asked(queries.flatten(1)), batch.asked, batch.asked_known
            )
        total = torch.stack(list(parts.values())).sum()
        parts = {name: part.detach() for name, part in parts.items()}
        # The target is often for the picture to tell; everything else the words do.
        told_all = (
            right[:, [place != "target" for place in PLACES[: right.shape[1]]]]
            .all(dim=1)
            .float()
            .mean()
        )
        return Losses(total, {**parts, "read_right": told_all})
