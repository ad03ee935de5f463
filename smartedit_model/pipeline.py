"""The whole edit: picture and instruction in, picture out.

Stages: vision features -> language model's answer states -> Q-Former -> BIM -> guided diffusion
-> VAE. It saves and loads in the diffusers manner; what a folder must hold is checked in
``integrity.py``, and anything missing or left over is an error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL, DiffusionPipeline
from diffusers.utils import BaseOutput
from PIL import Image
from torch import Tensor
from transformers import CLIPVisionModel, LlamaForCausalLM

from smartedit_model.bim import BIM
from smartedit_model.build import build_modules, reference_scheduler
from smartedit_model.config import SmartEditConfig
from smartedit_model.crops import fitted_size
from smartedit_model.errors import InputError
from smartedit_model.guidance import Guidance
from smartedit_model.images import as_rgb, to_images, vae_pixels, vision_pixels
from smartedit_model.integrity import check_folder, check_modules
from smartedit_model.loading import load_components
from smartedit_model.mllm import AnswerEncoder
from smartedit_model.projector import NullCondition, Projector
from smartedit_model.prompt import Prompter, TokenIds
from smartedit_model.qformer import QFormer
from smartedit_model.samplers import DEFAULT_SAMPLER, default_steps
from smartedit_model.sampling import EditCondition, Generators, StepCallback, sample_latents
from smartedit_model.unet import SmartEditUNet
from smartedit_model.vision import patch_features

#: Plain settings kept in ``model_index.json`` beside the modules.
SETTINGS = (
    "name",
    "base_vocab",
    "answer_tokens",
    "prompt_style",
    "select_layer",
    "resolution",
)


@dataclass
class SmartEditOutput(BaseOutput):  # type: ignore[misc]  # diffusers is untyped
    """The edited pictures, or their latents ``(B, 4, h, w)``, and the UNet rows it took."""

    images: list[Image.Image] | Tensor
    unet_rows: int


class SmartEditPipeline(DiffusionPipeline):  # type: ignore[misc]  # diffusers is untyped
    """Edit pictures by instruction.

    Args:
        vision_tower: CLIP vision model.
        projector: Vision features to language width.
        language_model: LLaMA with the added tokens.
        tokenizer: Tokenizer of the base vocabulary.
        qformer: Reads the answer states.
        bim: Lets condition and image features interact.
        null_condition: The condition of no text.
        unet: Predicts noise.
        vae: Autoencoder.
        scheduler: Holds the noise schedule; samplers are made from it by name.
        name: What the model is called.
        base_vocab: Rows of the language model before the added tokens.
        answer_tokens: How many image tokens it answers with.
        prompt_style: Key of ``prompt.STYLES``.
        select_layer: Hidden state of the vision tower that is read.
        resolution: Side in pixels it was trained at.
    """

    model_cpu_offload_seq = (
        "vision_tower->projector->language_model->qformer->bim->null_condition->unet->vae"
    )

    def __init__(
        self,
        vision_tower: CLIPVisionModel,
        projector: Projector,
        language_model: LlamaForCausalLM,
        tokenizer: Any,
        qformer: QFormer,
        bim: BIM,
        null_condition: NullCondition,
        unet: SmartEditUNet,
        vae: AutoencoderKL,
        scheduler: Any,
        name: str = "smartedit",
        base_vocab: int = 32000,
        answer_tokens: int = 32,
        prompt_style: str = "vicuna_v1.3",
        select_layer: int = -2,
        resolution: int = 256,
    ) -> None:
        super().__init__()
        self.register_modules(
            vision_tower=vision_tower,
            projector=projector,
            language_model=language_model,
            tokenizer=tokenizer,
            qformer=qformer,
            bim=bim,
            null_condition=null_condition,
            unet=unet,
            vae=vae,
            scheduler=scheduler,
        )
        self.register_to_config(
            name=name,
            base_vocab=base_vocab,
            answer_tokens=answer_tokens,
            prompt_style=prompt_style,
            select_layer=select_layer,
            resolution=resolution,
        )
        tokens = TokenIds.after(base_vocab, answer_tokens)
        self.answers = AnswerEncoder(language_model, Prompter(tokenizer, prompt_style, tokens))
        self.vae_factor = int(2 ** (len(vae.config.block_out_channels) - 1))
        self.multiple = int(self.vae_factor * 2 ** (len(unet.config.block_out_channels) - 1))

    @classmethod
    def from_scratch(cls, config: SmartEditConfig, tokenizer: Any) -> SmartEditPipeline:
        """Return a pipeline of ``config``'s sizes with random weights."""
        return cls(
            **vars(build_modules(config)),
            tokenizer=tokenizer,
            scheduler=reference_scheduler(),
            name=config.name,
            base_vocab=config.language.base_vocab,
            answer_tokens=config.answer_tokens,
            prompt_style=config.prompt_style,
            select_layer=config.vision.select_layer,
            resolution=config.resolution,
        )

    @classmethod
    def from_pretrained(
        cls,
        folder: str | Path,
        *,
        torch_dtype: torch.dtype | None = None,
        quantize: str | None = None,
        check: bool = True,
    ) -> SmartEditPipeline:
        """Load a folder written by :meth:`save_pretrained` or by the import.

        Args:
            folder: A local folder; nothing is downloaded.
            torch_dtype: A dtype for every module; as stored when omitted.
            quantize: ``"4bit"`` loads the language model in 4 bits through bitsandbytes.
            check: Look for NaN and infinity in every loaded tensor.

        Raises:
            MissingFileError: A folder, file or shard is missing.
            TruncatedFileError: A weight file is damaged.
            KeyMismatchError: A tensor is missing, left over or of the wrong shape.
            UnsafePickleError: The weights are pickles instead of safetensors.
            NonFiniteWeightsError: A tensor holds NaN or infinity.
            OptionalDependencyError: ``quantize`` needs a package that is absent.
        """
        folder = Path(folder)
        settings = check_folder(folder)
        parts = load_components(folder, torch_dtype=torch_dtype, quantize=quantize)
        pipe = cls(**parts, **{k: v for k, v in settings.items() if k in SETTINGS})
        if check:
            check_modules(pipe.components)
        return pipe

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
        generator: torch.Generator | None = None,
    ) -> EditCondition:
        """Understand a batch of pictures and instructions (sections 3.1 and 3.2).

        Args:
            images: ``B`` pictures.
            instructions: ``B`` instructions.
            size: Latent (height, width).
            decode: Let the language model write its answer token by token, as published.
            temperature: Sampling temperature of ``decode``.
            generator: Source of that sampling.
        """
        side = int(self.vision_tower.config.image_size)
        pixels = vision_pixels(images, side).to(self._execution_device, self.vision_tower.dtype)
        features = patch_features(self.vision_tower, pixels, self.config.select_layer)
        image_tokens = self.projector(features.to(self.projector.dtype))  # (B, N, D)
        image_tokens = image_tokens.to(self.language_model.dtype)
        if decode:
            states = self.answers.decode(
                image_tokens, instructions, temperature=temperature, generator=generator
            )
        else:
            states = self.answers.prefill(image_tokens, instructions)  # (B, T, D)
        queries = self.qformer(states.to(self.qformer.dtype))  # (B, Q, hidden)
        seen = self.bim(features.to(self.bim.dtype), queries.to(self.bim.dtype), size)
        return EditCondition(
            condition=seen.condition,
            null=self.null_condition(len(images)),
            feature=seen.feature,
            image_map=seen.image_map,
        )

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
        """Return pictures of scaled latents ``(B, 4, h, w)``."""
        scaled = latents.to(self.vae.dtype) / self.vae.config.scaling_factor
        return to_images(self.vae.decode(scaled, return_dict=False)[0])

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
            output_type: ``"pil"`` or ``"latent"``.
            callback_on_step_end: Diffusers' step callback.

        Raises:
            InputError: Pictures, instructions, sizes or options that do not fit.
            AnswerTokensError: ``decode`` did not yield the image tokens.
        """
        images = [image] if isinstance(image, Image.Image) else list(image)
        texts = [instruction] * len(images) if isinstance(instruction, str) else list(instruction)
        if not images:
            raise InputError("no picture was given; give at least one")
        if output_type not in ("pil", "latent"):
            raise InputError(f"output_type is {output_type!r}; it must be 'pil' or 'latent'")
        images = [as_rgb(i) for i in images]
        size = self._size(images[0], height, width)
        latent_size = (size[0] // self.vae_factor, size[1] // self.vae_factor)
        seen = self.encode(
            images,
            texts,
            latent_size,
            decode=decode,
            temperature=temperature,
            generator=generator[0] if isinstance(generator, list) else generator,
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
        out = result if output_type == "latent" else self.decode_latents(result)
        self.maybe_free_model_hooks()
        return SmartEditOutput(images=out, unet_rows=rows)

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
