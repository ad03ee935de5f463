"""The whole edit: picture and instruction in, picture out.

Stages: vision features -> language model's answer states -> Q-Former -> BIM -> guided diffusion
-> VAE. What the stages are made of, and their folder, stands in ``pipeline_parts.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from diffusers.utils import BaseOutput
from PIL import Image
from torch import Tensor

from smartedit_model.crops import fitted_size
from smartedit_model.errors import InputError, NonFiniteResultError
from smartedit_model.guidance import Guidance
from smartedit_model.images import as_rgb, to_images, vae_pixels, vision_pixels
from smartedit_model.pipeline_parts import PipelineParts
from smartedit_model.samplers import DEFAULT_SAMPLER, default_steps
from smartedit_model.sampling import EditCondition, Generators, StepCallback, sample_latents
from smartedit_model.vision import patch_features

#: Below this chance of there being a target, the picture is left as it is.
DECLINE = 0.5


@dataclass
class SmartEditOutput(BaseOutput):  # type: ignore[misc]  # diffusers is untyped
    """What an edit gives.

    Attributes:
        images: The edited pictures, or their latents ``(B, 4, h, w)``.
        unet_rows: The UNet rows it took.
        declined: Where the model found nothing that the instruction speaks of; the picture is
            then the source as it was given. None without a mask head.
        regions: Chance of each pixel to be what the instruction speaks of, ``(B, G, G)`` in
            [0, 1]; None without a mask head.
    """

    images: list[Image.Image] | Tensor
    unet_rows: int
    declined: list[bool] | None = None
    regions: Tensor | None = None


@dataclass(frozen=True)
class Grounds:
    """Where targets are.

    Attributes:
        chance: Of each cell to be of the target, ``(B, G, G)`` in [0, 1]; all 0 without a target.
        valid: Chance that there is a target at all, ``(B,)``.
    """

    chance: Tensor
    valid: Tensor


class SmartEditPipeline(PipelineParts):
    """Edit pictures by instruction; see :class:`PipelineParts` for what it is made of."""

    # -- stages ---------------------------------------------------------------------------

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
        seen = self.bim(features.to(self.bim.dtype), queries.to(self.bim.dtype), size)
        logits, valid, feature = None, None, seen.feature
        if self.mask_head is not None:
            logits, valid = self.mask_head(seen.image_map, seen.condition)
            valid = valid.float().sigmoid()
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

    @torch.no_grad()
    def source_latents(self, images: Sequence[Image.Image], size: tuple[int, int]) -> Tensor:
        """Return the VAE mode of pictures at pixel ``size``, not scaled, ``(B, 4, h, w)``."""
        pixels = vae_pixels(images, size).to(self._execution_device, self.vae.dtype)
        latents: Tensor = self.vae.encode(pixels).latent_dist.mode()
        return latents

    @torch.no_grad()
    def denoise(
        self,
        seen: EditCondition,
        source: Tensor,
        *,
        sampler: str = DEFAULT_SAMPLER,
        steps: int | None = None,
        guidance: Guidance | None = None,
        generator: Generators = None,
        latents: Tensor | None = None,
        on_step: StepCallback | None = None,
    ) -> tuple[Tensor, int]:
        """Sample edited latents (section 3.3).

        Args:
            seen: From :meth:`encode`.
            source: From :meth:`source_latents`.
            sampler: One of ``samplers.SAMPLERS``.
            steps: Sampler steps; the sampler's own number when omitted.
            guidance: Strengths; 7.5 for text and 1.5 for the image when omitted.
            generator: Source of the noise; a list gives each picture its own.
            latents: Unit-variance start noise, ``(B, 4, h, w)``, instead of drawing it.
            on_step: Diffusers' step callback; may raise to cancel or return new latents.

        Returns:
            Scaled latents ``(B, 4, h, w)`` and how many rows the UNet computed.
        """
        return sample_latents(
            self,
            seen,
            source,
            sampler=sampler,
            steps=default_steps(sampler) if steps is None else steps,
            guidance=guidance or Guidance(),
            generator=generator,
            latents=latents,
            on_step=on_step,
        )

    @torch.no_grad()
    def decode_latents(self, latents: Tensor) -> list[Image.Image]:
        """Return pictures of scaled latents ``(B, 4, h, w)``.

        Raises:
            NonFiniteResultError: The autoencoder gave NaN or infinity.
        """
        scaled = latents.to(self.vae.dtype) / self.vae.config.scaling_factor
        pixels = self.vae.decode(scaled, return_dict=False)[0]
        if not torch.isfinite(pixels).all():
            raise NonFiniteResultError.of("the decoded picture", self.vae.dtype)
        return to_images(pixels)

    # -- all of it ------------------------------------------------------------------------

    @torch.no_grad()
    def __call__(
        self,
        image: Image.Image | Sequence[Image.Image],
        instruction: str | Sequence[str],
        *,
        height: int | None = None,
        width: int | None = None,
        sampler: str = DEFAULT_SAMPLER,
        num_inference_steps: int | None = None,
        guidance_scale: float = 7.5,
        image_guidance_scale: float = 1.5,
        guidance: Guidance | None = None,
        decode: bool = False,
        temperature: float = 0.7,
        generator: Generators = None,
        latents: Tensor | None = None,
        places: Tensor | None = None,
        output_type: str = "pil",
        callback_on_step_end: StepCallback | None = None,
    ) -> SmartEditOutput:
        """Edit one picture or a batch of different pictures and instructions in one pass.

        Args:
            image: A picture, or ``B`` of them.
            instruction: An instruction, or ``B`` of them; one is used for every picture.
            height: Result height, a multiple of :attr:`multiple`; with ``width`` omitted too, the
                size nearest the model's resolution that keeps the first picture's aspect.
            width: Result width.
            sampler: One of ``samplers.SAMPLERS``; ``euler_a`` with 100 steps is as published.
            num_inference_steps: Sampler steps.
            guidance_scale: Strength of the instruction.
            image_guidance_scale: Strength of the source picture.
            guidance: All guidance options at once, in place of the two scales.
            decode: Use the published token-by-token answer instead of one prefill.
            temperature: Sampling temperature of ``decode``.
            generator: Source of the noise; a list gives each picture its own.
            latents: Start noise instead of drawing it.
            places: Where the edits are to be made, ``(B, h, w)`` in [0, 1], for a model with a mask
                head; it then makes each edit, whatever it thinks of the target.
            output_type: ``"pil"`` or ``"latent"``.
            callback_on_step_end: Diffusers' step callback.

        Raises:
            InputError: Pictures, instructions, sizes or options that do not fit.
            AnswerTokensError: ``decode`` did not yield the image tokens.
            NonFiniteResultError: The edit came out as NaN or infinity.
        """
        images = [image] if isinstance(image, Image.Image) else list(image)
        texts = [instruction] * len(images) if isinstance(instruction, str) else list(instruction)
        if not images:
            raise InputError("no picture was given; give at least one")
        if places is not None and (
            self.mask_head is None or places.ndim != 3 or len(places) != len(images)
        ):
            raise InputError(
                f"places are told to a model with a mask head, (B, h, w) for {len(images)} pictures"
            )
        if output_type not in ("pil", "latent"):
            raise InputError(f"output_type is {output_type!r}; it must be 'pil' or 'latent'")
        images = [as_rgb(i) for i in images]
        size = self._size(images[0], height, width)
        latent_size = (size[0] // self.vae_factor, size[1] // self.vae_factor)
        try:
            seen = self.encode(
                images,
                texts,
                latent_size,
                decode=decode,
                temperature=temperature,
                generator=generator,
                places=places,
            )
            result, rows = self.denoise(
                seen,
                self.source_latents(images, size),
                sampler=sampler,
                steps=num_inference_steps,
                guidance=guidance or Guidance(text=guidance_scale, image=image_guidance_scale),
                generator=generator,
                latents=latents,
                on_step=callback_on_step_end,
            )
            declined, regions = None, None
            if seen.valid is not None and seen.mask_logits is not None:
                sure = places is not None  # somebody else has found it
                declined = [chance < DECLINE and not sure for chance in seen.valid.tolist()]
                regions = seen.mask_logits.float().sigmoid()
            out: list[Image.Image] | Tensor = result
            if output_type == "pil":
                edited = self.decode_latents(result)
                kept = declined or [False] * len(edited)
                out = [a if no else b for a, b, no in zip(images, edited, kept, strict=True)]
        finally:
            # Also after an edit that was cancelled: the next one finds the device free.
            self.maybe_free_model_hooks()
        return SmartEditOutput(images=out, unet_rows=rows, declined=declined, regions=regions)

    def _size(self, image: Image.Image, height: int | None, width: int | None) -> tuple[int, int]:
        if height is None and width is None:
            return fitted_size((image.height, image.width), self.config.resolution, self.multiple)
        if height is None or width is None:
            raise InputError("give both height and width, or neither")
        if height % self.multiple or width % self.multiple or min(height, width) < 1:
            raise InputError(
                f"{width}x{height} cannot be edited; both sides must be multiples of "
                f"{self.multiple}"
            )
        return height, width
