"""What a pipeline makes of pictures and words before it draws: conditions, places and wishes.

Stages: vision features -> language model's answer states -> Q-Former -> BIM -> mask head. It knows
no diffusion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from PIL import Image
from torch import Tensor

from smartedit_model.bim import BIMOutput
from smartedit_model.errors import InputError
from smartedit_model.images import as_rgb, vision_pixels
from smartedit_model.pipeline_parts import PipelineParts
from smartedit_model.sampling import EditCondition, Generators
from smartedit_model.vision import patch_features

#: Below this chance of there being a target, the picture is left as it is.
DECLINE = 0.5


@dataclass(frozen=True)
class Grounds:
    """Where targets are.

    Attributes:
        chance: Of each cell to be of the target, ``(B, G, G)`` in [0, 1]; all 0 without a target.
        valid: Chance that there is a target at all, ``(B,)``.
    """

    chance: Tensor
    valid: Tensor


class PipelineUnderstanding(PipelineParts):
    """The half of a pipeline that understands; :class:`PipelineParts` says what it is made of."""

    @torch.no_grad()
    def encode(
        self,
        images: Sequence[Image.Image],
        instructions: Sequence[str],
        size: tuple[int, int],
        *,
        decode: bool = False,
        temperature: float = 0.7,
        generator: Generators = None,
        places: Tensor | None = None,
    ) -> EditCondition:
        """Understand a batch of pictures and instructions (sections 3.1 and 3.2).

        Args:
            images: ``B`` pictures.
            instructions: ``B`` instructions.
            size: Latent (height, width).
            decode: Let the language model write its answer token by token, as published.
            temperature: Sampling temperature of ``decode``.
            generator: Source of that sampling; a list gives each picture its own.
            places: Where the edits are to be made, in [0, 1], ``(B, h, w)`` over each picture; in
                the place of what the mask head says, where there is one.
        """
        side = int(self.vision_tower.config.image_size)
        pixels = vision_pixels(images, side).to(self._execution_device, self.vision_tower.dtype)
        features = patch_features(self.vision_tower, pixels, self.config.select_layer)
        if decode:
            states = self.answers.decode(
                self._image_tokens(features),
                instructions,
                temperature=temperature,
                generator=generator,
            )
            queries = self.qformer(states.to(self.qformer.dtype))  # (B, Q, hidden)
        else:
            queries = self.queries(features, instructions)
        seen, where = self.seen(features, queries, size)
        logits, valid, feature = None, None, seen.feature
        if self.mask_head is not None and where is not None:
            logits, valid = where[0], where[1].float().sigmoid()
            chance = logits.sigmoid() if places is None else places.to(logits)
            feature = feature + self.mask_head.place(chance, size)
        return EditCondition(
            condition=seen.condition,
            null=self.null_condition(len(images)),
            feature=feature,
            image_map=seen.image_map,
            mask_logits=logits,
            valid=valid,
        )

    @torch.no_grad()
    def queries(self, features: Tensor, instructions: Sequence[str]) -> Tensor:
        """Read instructions about pictures that the tower has seen, from one prefill.

        Args:
            features: Of ``vision.patch_features``, ``(B, N, C)``.
            instructions: ``B`` instructions.

        Returns:
            The Q-Former's output, ``(B, Q, hidden)``.
        """
        states = self.answers.prefill(self._image_tokens(features), instructions)  # (B, T, D)
        out: Tensor = self.qformer(states.to(self.qformer.dtype))
        return out

    @torch.no_grad()
    def seen(
        self, features: Tensor, queries: Tensor, size: tuple[int, int]
    ) -> tuple[BIMOutput, tuple[Tensor, Tensor] | None]:
        """Let words and picture interact, and read where the target is.

        Args:
            features: Of ``vision.patch_features``, ``(B, N, C)``.
            queries: Of :meth:`queries`, ``(B, Q, hidden)``.
            size: Latent (height, width).

        Returns:
            The BIM's output, and the mask head's: logits ``(B, G, G)`` of each cell and ``(B,)`` of
            there being a target at all; None without a mask head.
        """
        seen: BIMOutput = self.bim(features.to(self.bim.dtype), queries.to(self.bim.dtype), size)
        if self.mask_head is None:
            return seen, None
        return seen, self.mask_head(seen.image_map, seen.condition)

    def _image_tokens(self, features: Tensor) -> Tensor:
        tokens: Tensor = self.projector(features.to(self.projector.dtype))  # (B, N, D)
        return tokens.to(self.language_model.dtype)

    @torch.no_grad()
    def ground(self, images: Sequence[Image.Image], instructions: Sequence[str]) -> Grounds:
        """Tell where the instructions' targets are, from one pass without diffusion.

        Args:
            images: ``B`` pictures; each is seen squeezed square.
            instructions: ``B`` instructions, as "remove the cat on the left".

        Raises:
            InputError: The model has no mask head, as the published ones.
        """
        if self.mask_head is None:
            raise InputError(f"{self.config.name} has no mask head, so it cannot tell where")
        cells = self.config.resolution // self.vae_factor
        seen = self.encode([as_rgb(i) for i in images], instructions, (cells, cells))
        if seen.mask_logits is None or seen.valid is None:
            raise InputError(f"{self.config.name} gave no mask")
        chance = seen.mask_logits.float().sigmoid() * (seen.valid > DECLINE)[:, None, None]
        self.maybe_free_model_hooks()
        return Grounds(chance=chance, valid=seen.valid)

    @torch.no_grad()
    def answer(self, instructions: Sequence[str]) -> Tensor:
        """Return the language model's answer states to words alone, ``(B, answers, width)``."""
        model = self.language_model
        width = int(model.config.hidden_size)
        nothing = torch.zeros(
            len(instructions), 0, width, device=self._execution_device, dtype=model.dtype
        )
        return self.answers.prefill(nothing, instructions)

    @torch.no_grad()
    def tell(self, instructions: Sequence[str]) -> dict[str, list[dict[str, float]]]:
        """Tell what instructions ask for, from one pass of the language model without a picture.

        Args:
            instructions: ``B`` instructions.

        Returns:
            Place ("op", "colour", …) -> for each instruction: word -> chance in [0, 1].

        Raises:
            InputError: The model has no instruction head, as the published ones.
        """
        head = self.instruction_head
        if head is None:
            raise InputError(f"{self.config.name} has no instruction head, so it cannot tell what")
        logits = head(self.answer(instructions).to(head.dtype))
        self.maybe_free_model_hooks()
        return {
            place: [
                dict(zip(head.places[place], row, strict=True))
                for row in table.float().softmax(dim=1).tolist()
            ]
            for place, table in logits.items()
        }
