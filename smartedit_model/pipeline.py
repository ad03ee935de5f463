"""The whole edit: picture and instruction in, picture out.

Stages: understanding (``pipeline_understanding.py``) -> guided diffusion -> VAE. What they are made
of, and their folder, stands in ``pipeline_parts.py``.
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
from smartedit_model.images import as_rgb, to_images, vae_pixels
from smartedit_model.pipeline_understanding import DECLINE, PipelineUnderstanding
from smartedit_model.samplers import DEFAULT_SAMPLER, default_steps
from smartedit_model.sampling import EditCondition, Generators, StepCallback, sample_latents


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


class SmartEditPipeline(PipelineUnderstanding):
    """Edit pictures by instruction; see :class:`PipelineParts` for what it is made of."""

    # -- stages ---------------------------------------------------------------------------

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
