"""One variant of the model with its losses, and what tells where the edit is to be made.

That is read from what the diffusion model would get. Given to all, as pretrained models and their
alignment (stage 1) are in the paper: the shipped tower with what it tells of each patch, language
model and Q-Former. They stay as they are, so they are run once for all. How words and picture meet,
BIM and read-out, begins at random and alike. Who may not read the other side reads its own with the
same weights, so all have as many.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from smartedit_model.attention import Attention
from smartedit_model.bim import BIM
from smartedit_model.errors import TrainingError
from smartedit_model.mask_head import MaskHead
from smartedit_model.matching import ROLES, Matched, Matching
from smartedit_model.pipeline import SmartEditPipeline
from smartedit_model.training.baselines.plan import Variant
from smartedit_model.training.captions import PLACES, code_tables, undone
from smartedit_model.training.losses import (
    Losses,
    caption_loss,
    choice_loss,
    place_losses,
)
from smartedit_model.training.stages import TrainSettings

GIVEN = ("norm", "seen", "box", "reflected", "asked")
"""Parts of ``matching`` that tell what stands at a patch, and what a condition asks for."""
HEADS = 4
SCALE = 4
"""Cells of the mask along one side of a patch."""
HEED = 5.0
"""Gain of what attention between words and patches begins with: what carries the same code stands
out among sixteen words."""
STRIDE = 2
"""Of the patches of a row or column, the BIM reads every so many; the mask is read from all."""


@dataclass
class SeenBatch:
    """Examples as the parts that do not learn answer them.

    Attributes:
        features: Patch features, ``(B, N, width)``.
        condition: The Q-Former's, ``(B, Q, hidden)``.
        region: Where the edit is made, ``(B, side, side)`` in [0, 1]; empty where there is none.
        captions: See ``captions``, ``(B, places)``.
    """

    features: Tensor
    condition: Tensor
    region: Tensor
    captions: Tensor

    def to(self, device: torch.device) -> SeenBatch:
        """Return the batch on a device."""
        return SeenBatch(*(tensor.to(device) for tensor in vars(self).values()))


class OwnSide(nn.Module):
    """Attention that reads the side that asks, whatever it is given to read."""

    def __init__(self, attention: nn.Module) -> None:
        super().__init__()
        self.attention = attention

    def forward(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """Attend from ``q`` ``(B, N, width)`` to itself."""
        out: Tensor = self.attention(q, q, q)
        return out


class Named(Matching):
    """Matching whose patches carry the codes of what they show.

    It takes the place of what the paper gets from CLIP, whose picture features lie in the space of
    its words: a variant need not discover which feature is meant by which word.

    Args:
        given: The shipped matching, whose ``GIVEN`` parts are taken over and stay as they are.
        head: The BIM's way of words, which codes go as well; it stays the BIM's.
        queries: Of the condition.
        heard: Whether the marks are told as well.
    """

    def __init__(self, given: Matching, head: nn.Linear, queries: int, *, heard: bool) -> None:
        seen, hidden = given.seen.in_features, head.in_features
        super().__init__(seen, hidden, queries, given.groups, things=given.things)
        for name in GIVEN:
            part: Any = getattr(self, name)
            part.load_state_dict(getattr(given, name).state_dict())
            part.requires_grad_(False)
        self.narrow = nn.Linear(seen, head.out_features)
        with torch.no_grad():
            self.narrow.weight.mul_(0.5)  # what is not named is not to drown what is
        self._head = [head]  # a list hides it from ``parameters``
        self.heard = heard
        if not heard:
            self.things = False
            for name in ("enter", "heed", "choose", "enter_things"):
                getattr(self, name).requires_grad_(False)

    def marked(self, matched: Matched) -> Tensor:
        """Return features with codes, and with marks if they are heard, ``(B, N, width)``."""
        image = super().marked(matched) if self.heard else matched.features
        out: Tensor = self.narrow(image) + self._codes(matched.seen)
        return out

    def _codes(self, seen: Tensor) -> Tensor:
        """Return the codes of kinds and colours as far as patches show them, ``(B, N, width)``."""
        tables = dict(zip(PLACES, code_tables(self._head[0].in_features), strict=True))
        out = torch.zeros_like(seen[..., :1])
        names = ("said", "target"), ("tint",)
        for logits, places in zip(torch.split(seen, list(self.groups), dim=-1), names, strict=True):
            chance = logits.softmax(dim=-1)[..., 1:]
            for place in places:
                codes = tables[place][1 : 1 + chance.shape[-1]].to(chance)
                out = out + chance @ F.linear(codes, self._head[0].weight)
        return out


class Readout(nn.Module):
    """Stands in for the diffusion model: one block like the UNet's, and the mask head behind it.

    Like the UNet it sees the source by itself, attends to the condition, and gets the BIM's image
    features added: a variant without BIM may still find what it can from words that it attends to.
    """

    def __init__(self, seen: int, width: int) -> None:
        super().__init__()
        self.norm_source = nn.LayerNorm(seen)
        self.narrow = nn.Linear(seen, width)
        self.norm_self = nn.LayerNorm(width)
        self.self_attention = Attention(width, HEADS)
        self.norm_cross = nn.LayerNorm(width)
        self.cross_attention = Attention(width, HEADS)
        self.norm_up = nn.LayerNorm(width)
        self.up = nn.Linear(width, 2 * width)
        self.down = nn.Linear(2 * width, width)
        self.mask_head: Any = MaskHead(width, width, width, SCALE, 1)
        self.mask_head.to_unet.requires_grad_(False)  # nothing is drawn

    def forward(
        self, features: Tensor, image_map: Tensor, condition: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return mask logits ``(B, G, G)`` and the logit of there being a target ``(B,)``.

        Args:
            features: Of the source, ``(B, seen, g, g)``.
            image_map: The BIM's, ``(B, width, h, h)``, of every so many patches.
            condition: As narrow, ``(B, Q, width)``.
        """
        source = self.narrow(self.norm_source(features.permute(0, 2, 3, 1)))  # (B, g, g, width)
        every = features.shape[-1] // image_map.shape[-1]
        x = source[:, ::every, ::every].flatten(1, 2) + image_map.flatten(2).transpose(1, 2)
        own = self.norm_self(x)
        x = x + self.self_attention(own, own, own)
        x = x + self.cross_attention(self.norm_cross(x), condition, condition)
        x = x + self.down(F.gelu(self.up(self.norm_up(x))))
        coarse = x.transpose(1, 2).reshape(image_map.shape)
        fine = F.interpolate(coarse, features.shape[-2:], mode="bilinear", align_corners=False)
        out: tuple[Tensor, Tensor] = self.mask_head(fine + source.permute(0, 3, 1, 2), condition)
        return out


class VariantTraining(nn.Module):
    """A variant with its losses.

    Args:
        pipe: The shipped model, or another with matching.
        width: Of all that begins at random.
        variant: What it goes without.
        settings: Loss weights and the seed of what begins at random.
    """

    def __init__(
        self,
        pipe: SmartEditPipeline,
        width: int,
        variant: Variant,
        settings: TrainSettings,
    ) -> None:
        super().__init__()
        torch.manual_seed(settings.seed)
        given = pipe.bim.matching
        if given is None:
            raise TrainingError("baselines need a model with matching")
        queries = int(pipe.qformer.config.queries)
        self.settings = settings
        self.bim: Any = BIM(
            hidden=int(pipe.qformer.config.hidden),
            width=width,
            unet=1,
            depth=int(pipe.bim.config.depth),
            heads=HEADS,
            mlp=2 * width,
            downsample=1,
            queries=queries,
            image_attention=True,
            image_mlp=True,
        )
        self.bim.to_unet.requires_grad_(False)  # nothing is drawn
        self.bim.matching = Named(given, self.bim.head, queries, heard=variant.marks)
        self.readout = Readout(given.seen.in_features, width)
        # Whoever has heard a word must know as what it was said, whichever word it was.
        self.places = nn.Parameter(0.5 * torch.randn(queries, int(pipe.qformer.config.hidden)))
        begin_alike(self.bim, self.readout)
        cut(self.bim, variant)

    def forward(self, batch: SeenBatch) -> Losses:
        """Return the losses of finding, and of keeping the condition at its caption."""
        logits, valid, seen = self.find(batch.features, batch.condition)
        known = torch.ones(len(batch.region), device=batch.region.device)
        mask, there = place_losses(logits, valid, batch.region, known)
        absent = batch.region.flatten(1).sum(dim=1) == 0
        captions = undone(batch.captions, absent)
        lessons = {
            "caption": caption_loss(seen.condition - self.places, captions, known),
            "choice": choice_loss(seen.condition - self.places, captions, known)[0],
        }
        s = self.settings
        total = s.mask_weight * (mask + there)
        total = total + s.lesson_weight * torch.stack(list(lessons.values())).sum()
        parts = {"mask": mask, "valid": there, **lessons}
        return Losses(total, {name: part.detach() for name, part in parts.items()})

    def find(self, features: Tensor, condition: Tensor) -> tuple[Tensor, Tensor, Any]:
        """Return mask logits ``(B, G, G)``, the logit of a target ``(B,)``, and the BIM's output.

        Args:
            features: See :class:`SeenBatch`.
            condition: See :class:`SeenBatch`.
        """
        side = math.isqrt(features.shape[1])
        grid = features.transpose(1, 2).reshape(len(features), -1, side, side)  # (B, C, g, g)
        read = grid[..., ::STRIDE, ::STRIDE].flatten(2).transpose(1, 2)
        matching: Any = self.bim.matching
        asked = matching.asked(condition.flatten(1)).unflatten(1, (len(ROLES), -1))
        said = F.layer_norm(condition, condition.shape[-1:])  # as loud as the codes of patches
        seen = self.bim(read, said + self.places, (1, 1), asked)
        logits, valid = self.readout(grid, seen.image_map, self.bim.head(seen.condition))
        return logits, valid, seen


@torch.no_grad()
def begin_alike(bim: BIM, readout: Readout) -> None:
    """Let all attention between words and patches begin by heeding what carries the same codes."""
    blocks: Any = bim.blocks
    crossing = [bim.final_attention, readout.cross_attention]
    for block in blocks:
        crossing += [block.text_to_image, block.image_to_text]
    for attention in crossing:
        attention.query.weight.mul_(HEED)
        attention.key.weight.copy_(attention.query.weight)


def cut(bim: BIM, variant: Variant) -> None:
    """Take from a BIM, in place, what a variant goes without."""
    blocks: Any = bim.blocks
    if not variant.words_read_picture:
        for block in blocks:
            block.text_to_image = OwnSide(block.text_to_image)
        bim.final_attention = OwnSide(bim.final_attention)  # type: ignore[assignment]
    if not variant.picture_reads_words:
        for block in blocks:
            block.image_to_text = OwnSide(block.image_to_text)
