"""The parts of a SmartEdit pipeline and the folder that holds them.

It saves and loads in the diffusers manner; what a folder must hold is checked in ``integrity.py``,
and anything missing or left over is an error. It does not know how an edit runs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Self

import torch
from diffusers import AutoencoderKL, DiffusionPipeline
from diffusers.utils.torch_utils import get_device
from transformers import CLIPVisionModel, LlamaForCausalLM

from smartedit_model.adapters import FOLDER as ADAPTER
from smartedit_model.bim import BIM
from smartedit_model.build import build_modules, pixels_per_cell, reference_scheduler
from smartedit_model.config import SmartEditConfig
from smartedit_model.errors import InputError
from smartedit_model.instruction_head import InstructionHead
from smartedit_model.integrity import SETTINGS, check_folder, check_modules
from smartedit_model.loading import load_components
from smartedit_model.mask_head import MaskHead
from smartedit_model.mllm import AnswerEncoder
from smartedit_model.patch_autoencoder import PatchAutoencoder
from smartedit_model.projector import NullCondition, Projector
from smartedit_model.prompt import Prompter, TokenIds
from smartedit_model.qformer import QFormer
from smartedit_model.unet import SmartEditUNet


class PipelineParts(DiffusionPipeline):  # type: ignore[misc]  # diffusers is untyped
    """The modules of a pipeline, its settings, and its way to disk and back.

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
        mask_head: Tells where the target is; the published models have none.
        instruction_head: Tells what is asked for; the published models have none.
        scheduler: Holds the noise schedule; samplers are made from it by name.
        name: What the model is called.
        base_vocab: Rows of the language model before the added tokens.
        answer_tokens: How many image tokens it answers with.
        prompt_style: Key of ``prompt.STYLES``.
        select_layer: Hidden state of the vision tower that is read.
        resolution: Side in pixels it was trained at.
    """

    _optional_components: ClassVar[list[str]] = ["mask_head", "instruction_head"]
    model_cpu_offload_seq = (
        "vision_tower->projector->language_model->qformer->bim->null_condition->mask_head"
        "->instruction_head->unet->vae"
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
        vae: AutoencoderKL | PatchAutoencoder,
        scheduler: Any,
        mask_head: MaskHead | None = None,
        instruction_head: InstructionHead | None = None,
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
            mask_head=mask_head,
            instruction_head=instruction_head,
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
        self.vae_factor = pixels_per_cell(vae)
        self.multiple = int(self.vae_factor * 2 ** (len(unet.config.block_out_channels) - 1))

    @classmethod
    def from_scratch(
        cls, config: SmartEditConfig, tokenizer: Any, device: torch.device | str = "cpu"
    ) -> Self:
        """Return a pipeline of ``config``'s sizes with random weights.

        Args:
            config: The sizes.
            tokenizer: Tokenizer of the base vocabulary.
            device: Where the weights are drawn; a GPU takes seconds for a large model's, a CPU
                minutes.
        """
        with torch.device(device):
            modules = build_modules(config)
        return cls(
            **modules.parts(),
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
        adapt: bool = True,
    ) -> Self:
        """Load a folder written by :meth:`save_pretrained` or by the import.

        A low-rank update of the UNet in ``unet_adapter`` is merged into its weights; see
        ``adapters``.

        Args:
            folder: A local folder; nothing is downloaded.
            torch_dtype: A dtype for every module; as stored when omitted.
            quantize: ``"4bit"`` loads the language model in 4 bits through bitsandbytes.
            check: Look for NaN and infinity in every loaded tensor.
            adapt: Merge the adapter where there is one; without, the UNet is as stored.

        Raises:
            MissingFileError: A folder, file or shard is missing.
            TruncatedFileError: A weight file is damaged.
            KeyMismatchError: A tensor is missing, left over or of the wrong shape, or an adapter
                is of another UNet.
            UnsafePickleError: The weights are pickles instead of safetensors.
            NonFiniteWeightsError: A tensor holds NaN or infinity.
            OptionalDependencyError: ``quantize`` needs a package that is absent.
        """
        folder = Path(folder)
        settings = check_folder(folder)
        parts = load_components(folder, torch_dtype=torch_dtype, quantize=quantize, adapt=adapt)
        pipe = cls(**parts, **{k: v for k, v in settings.items() if k in SETTINGS})
        if check:
            check_modules(pipe.components)
        return pipe

    def save_pretrained(self, save_directory: str | Path, **options: Any) -> None:
        """Write the pipeline as a folder; an adapter of the UNet has become part of its weights.

        Args:
            save_directory: The folder.
            options: Diffusers' own.

        Raises:
            InputError: The folder holds an adapter, which would be added once more.
        """
        adapter = Path(save_directory) / ADAPTER
        if adapter.exists():
            raise InputError(
                f"{adapter} is part of the UNet's weights by now and would be added again; save "
                "into another folder"
            )
        super().save_pretrained(save_directory, **options)

    @property
    def _execution_device(self) -> torch.device:
        """Where the modules run; the library looks through every one of them to find out.

        Only hooks of offloading whole modules can make it another place than where they are.
        """
        parts = (part for part in self.components.values() if isinstance(part, torch.nn.Module))
        if any(hasattr(part, "_hf_hook") for part in parts):
            hooked: torch.device = super()._execution_device
            return hooked
        here: torch.device = self.device
        return here

    def enable_model_cpu_offload(
        self, gpu_id: int | None = None, device: torch.device | str | None = None
    ) -> None:
        """Keep every module in main memory except while it runs; CUDA graphs are dropped.

        Args:
            gpu_id: Which GPU they run on.
            device: The device they run on; the machine's GPU when omitted.

        Raises:
            InputError: There is no GPU, so that there is nothing to save.
        """
        if device is None and get_device() == "cpu":
            raise InputError(
                "offloading saves a GPU's memory, and this machine has no GPU; edit without it"
            )
        self.unet.graphs = None  # they need weights that stay where they are
        if device is None:
            super().enable_model_cpu_offload(gpu_id)
        else:
            super().enable_model_cpu_offload(gpu_id, device)
