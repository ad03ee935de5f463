"""How weights are loaded and run: dtypes, 4-bit language model, compilation, memory layout.

It knows libraries' switches, not the model's stages.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from smartedit_model.adapters import adapter_path, merge_adapter
from smartedit_model.cuda_graphs import CudaGraphs
from smartedit_model.errors import ConfigError, InputError, OptionalDependencyError, first_line
from smartedit_model.integrity import (
    OPTIONAL_STEMS,
    diffusers_class,
    diffusers_classes,
    read_json,
)
from smartedit_model.tokenizer import open_tokenizer

if TYPE_CHECKING:
    from smartedit_model.pipeline import SmartEditPipeline


def default_dtype(device: torch.device | str) -> torch.dtype:
    """Return the dtype that is fast and safe on a device.

    On CPUs it is float32 on all of them, so that a seed gives one picture whatever the CPU.
    """
    kind = torch.device(device).type
    if kind == "cuda":
        return torch.bfloat16 if computes_in(torch.bfloat16, device) else torch.float16
    return torch.float16 if kind == "mps" else torch.float32


def computes_in(dtype: torch.dtype, device: torch.device | str) -> bool:
    """Whether a device has arithmetic of a dtype; without, it is emulated many times slower."""
    kind = torch.device(device).type
    if dtype == torch.float32 or kind == "mps":
        return True
    if kind == "cuda":
        return dtype == torch.float16 or torch.cuda.is_bf16_supported(including_emulation=False)
    if kind != "cpu":
        return True
    cpu = torch.cpu.get_capabilities()
    names = {
        torch.bfloat16: ("avx512_bf16", "amx_bf16", "bf16", "sve_bf16"),
        torch.float16: ("avx512_fp16", "amx_fp16", "fp16_arith"),
    }
    return any(cpu.get(name, False) for name in names.get(dtype, ()))


@contextmanager
def quiet() -> Iterator[None]:
    """Load without the libraries' progress bars: a caller shows progress of its own."""
    from diffusers.utils import logging as ours
    from transformers.utils import logging as theirs

    shown = [log for log in (ours, theirs) if log.is_progress_bar_enabled()]
    for log in shown:
        log.disable_progress_bar()
    try:
        yield
    finally:
        for log in shown:
            log.enable_progress_bar()


def load_components(
    folder: Path, *, torch_dtype: torch.dtype | None, quantize: str | None, adapt: bool = True
) -> dict[str, Any]:
    """Load every module, the tokenizer and the noise schedule of a checked pipeline folder.

    Args:
        folder: The pipeline folder.
        torch_dtype: Dtype of every module; as stored when omitted.
        quantize: ``"4bit"`` or None.
        adapt: Merge the UNet's adapter into its weights, where there is one.

    Raises:
        ConfigError: ``quantize`` is something else.
        OptionalDependencyError: bitsandbytes is absent or cannot run here.
    """
    from diffusers import EulerAncestralDiscreteScheduler
    from transformers import AutoTokenizer, LlamaForCausalLM

    from smartedit_model.vision import vision_class

    if quantize not in (None, "4bit"):
        raise ConfigError(f"quantize is {quantize!r}; it must be '4bit' or None")
    extra = _four_bit(torch_dtype) if quantize else {}
    local: dict[str, Any] = {"local_files_only": True}
    # The two libraries name the same option differently, and disagree on "as stored".
    theirs: dict[str, Any] = {"dtype": "auto" if torch_dtype is None else torch_dtype, **local}
    ours: dict[str, Any] = {} if torch_dtype is None else {"torch_dtype": torch_dtype}
    tower = vision_class(read_json(folder / "vision_tower" / "config.json").get("stem_channels"))
    parts: dict[str, Any] = {
        "vision_tower": tower.from_pretrained(folder / "vision_tower", **theirs),
        "language_model": LlamaForCausalLM.from_pretrained(
            folder / "language_model", **theirs, **extra
        ),
        "tokenizer": open_tokenizer(AutoTokenizer, folder / "tokenizer"),
        "scheduler": EulerAncestralDiscreteScheduler.from_pretrained(folder / "scheduler"),
    }
    for name in diffusers_classes():
        if name in OPTIONAL_STEMS and not (folder / name).is_dir():
            continue
        cls = diffusers_class(name, read_json(folder / name / "config.json"))
        parts[name] = cls.from_pretrained(folder / name, use_safetensors=True, **ours, **local)
    adapter = adapter_path(folder)
    if adapt and adapter is not None:
        merge_adapter(parts["unet"], adapter)
    for part in parts.values():
        if isinstance(part, nn.Module):
            part.eval()
    return parts


def _four_bit(compute: torch.dtype | None) -> dict[str, Any]:
    if find_spec("bitsandbytes") is None:
        raise OptionalDependencyError(
            "4-bit loading needs the package bitsandbytes; run `pip install 'smartedit[quantize]'`"
        )
    try:
        import_module("bitsandbytes")
    except (ImportError, OSError, RuntimeError) as error:
        raise OptionalDependencyError(
            "4-bit loading needs the package bitsandbytes, which does not run here: "
            f"{first_line(error)}"
        ) from error
    from transformers import BitsAndBytesConfig

    make: Any = BitsAndBytesConfig
    config = make(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_compute_dtype=compute or torch.bfloat16,
    )
    return {"quantization_config": config}


def speed_up(
    pipe: SmartEditPipeline,
    *,
    compile_unet: bool = False,
    channels_last: bool = False,
    graphs: bool = False,
) -> SmartEditPipeline:
    """Switch on optional speed-ups in place and return the pipeline.

    Args:
        pipe: The pipeline.
        compile_unet: Compile the UNet on its first call; with CUDA, into a CUDA graph.
        channels_last: Keep convolutions' activations channels-last, which tensor cores prefer.
        graphs: Replay the UNet as CUDA graphs without compiling it; a compiled one does so itself.

    Raises:
        InputError: ``graphs`` without a CUDA GPU, or with ``compile_unet``.
        OptionalDependencyError: What PyTorch compiles with is not on this machine.
    """
    if graphs and (compile_unet or pipe.unet.device.type != "cuda"):
        raise InputError("CUDA graphs need a model on a CUDA GPU, and a compiled one has its own")
    if compile_unet:
        check_compiler(pipe.unet.device)
    if graphs:
        pipe.unet.graphs = CudaGraphs()
    if channels_last:
        pipe.unet.to(memory_format=torch.channels_last)
        pipe.vae.to(memory_format=torch.channels_last)
    if compile_unet:
        mode = "reduce-overhead" if pipe.unet.device.type == "cuda" else "default"
        pipe.unet.compile(mode=mode)
    return pipe


def check_compiler(device: torch.device) -> None:
    """Check that PyTorch can compile for a device.

    Raises:
        OptionalDependencyError: It cannot; says what is missing.
    """
    if device.type == "cuda":
        if find_spec("triton") is None:
            raise OptionalDependencyError(
                "compiling for CUDA needs the package triton; run `pip install triton`"
            )
        return
    names = [os.environ["CXX"]] if os.environ.get("CXX") else ["g++", "clang++", "cl"]
    if not any(shutil.which(name) for name in names):
        raise OptionalDependencyError(
            f"compiling for {device.type} needs a C++ compiler ({', '.join(names)}), and none is "
            "on this machine; install one or edit without compiling"
        )
