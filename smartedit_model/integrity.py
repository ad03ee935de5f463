"""Whether a model folder is whole: files, shards, tensor names and shapes, finite values.

Headers of safetensors files are read first, so a bad folder is refused within moments and before
any memory is spent. It loads no weights itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import torch
from huggingface_hub.errors import StrictDataclassError
from torch import nn

from smartedit_model.adapters import adapter_path, check_adapter
from smartedit_model.config import CONTROL_TOKENS
from smartedit_model.diffusers_families import FAMILIES
from smartedit_model.errors import (
    KeyMismatchError,
    MissingFileError,
    MissingShardError,
    NonFiniteWeightsError,
    TruncatedFileError,
    UnsafePickleError,
    WrongBaseError,
    first_line,
)
from smartedit_model.headers import read_header

#: Folders with weights, and the stem of their weight files.
STEMS = {
    "vision_tower": "model",
    "projector": "diffusion_pytorch_model",
    "language_model": "model",
    "qformer": "diffusion_pytorch_model",
    "bim": "diffusion_pytorch_model",
    "null_condition": "diffusion_pytorch_model",
    "unet": "diffusion_pytorch_model",
    "vae": "diffusion_pytorch_model",
}

#: Folders with weights that a model may do without.
OPTIONAL_STEMS = {
    "mask_head": "diffusion_pytorch_model",
    "instruction_head": "diffusion_pytorch_model",
}

#: Plain settings kept in ``model_index.json`` beside the modules.
SETTINGS = (
    "name",
    "base_vocab",
    "answer_tokens",
    "prompt_style",
    "select_layer",
    "resolution",
)

#: What a noise schedule is made of; diffusers would fill what is missing with its own defaults.
SCHEDULE = ("num_train_timesteps", "beta_start", "beta_end", "beta_schedule", "prediction_type")

#: What the libraries raise about settings that describe no module.
_BAD_CONFIG = (TypeError, ValueError, KeyError, AttributeError, RuntimeError)

Shapes = dict[str, tuple[int, ...]]


def indexed_files(index: Path) -> list[Path]:
    """Return the weight files that an index names, in order.

    Raises:
        TruncatedFileError: It is no index.
        MissingShardError: It names a file that is not there.
    """
    try:
        names = sorted(set(read_json(index)["weight_map"].values()))
        paths = [index.parent / name for name in names]
    except (KeyError, TypeError, AttributeError) as error:
        raise TruncatedFileError(f"{index} is no index of weight files; fetch it again") from error
    for path in paths:
        if not path.is_file():
            raise MissingShardError(f"{path} is missing; {index.name} names {len(names)} files")
    return paths


def weight_files(folder: Path, stem: str) -> list[Path]:
    """Return the safetensors files of one module, in order.

    Raises:
        MissingFileError: There are none.
        MissingShardError: The index names one that is not there.
        UnsafePickleError: There are only pickles.
    """
    index = folder / f"{stem}.safetensors.index.json"
    if index.is_file():
        return indexed_files(index)
    single = folder / f"{stem}.safetensors"
    if single.is_file():
        return [single]
    pickles = sorted([*folder.glob("*.bin"), *folder.glob("*.pt"), *folder.glob("*.ckpt")])
    if pickles:
        raise UnsafePickleError(
            f"{folder} holds the pickle {pickles[0].name}, which can run code; "
            "import it with `smartedit models import` to get safetensors"
        )
    raise MissingFileError(f"{single} is missing; copy it from where the folder came from")


def folder_shapes(folder: Path, stem: str) -> Shapes:
    """Return name and shape of every tensor of one module."""
    shapes: Shapes = {}
    for path in weight_files(folder, stem):
        shapes |= {canonical(k): tuple(v["shape"]) for k, v in read_header(path).items()}
    return shapes


def canonical(name: str) -> str:
    """Return a tensor's name without the prefix that only some transformers versions write."""
    return name.removeprefix("vision_model.")


def module_shapes(module: nn.Module) -> Shapes:
    """Return name and shape of every saved tensor of a module."""
    return {canonical(k): tuple(v.shape) for k, v in module.state_dict().items()}


def compare(where: object, wanted: Shapes, found: Shapes) -> None:
    """Compare two tables of tensors.

    Raises:
        KeyMismatchError: They differ; the message names the first few differences.
    """
    problems = [
        *(f"missing {name}" for name in sorted(wanted.keys() - found.keys())),
        *(f"unexpected {name}" for name in sorted(found.keys() - wanted.keys())),
        *(
            f"{name} is {list(found[name])}, should be {list(wanted[name])}"
            for name in sorted(wanted.keys() & found.keys())
            if wanted[name] != found[name]
        ),
    ]
    if problems:
        more = f" and {len(problems) - 3} more" if len(problems) > 3 else ""
        raise KeyMismatchError(f"{where}: {'; '.join(problems[:3])}{more}")


def check_folder(folder: Path) -> dict[str, Any]:
    """Check that a pipeline folder holds every file and exactly the tensors it should.

    Returns:
        The content of its ``model_index.json``.

    Raises:
        MissingFileError: A folder, file or shard is missing.
        TruncatedFileError: A weight file is damaged.
        KeyMismatchError: A tensor is missing, left over or of the wrong shape, or a setting does
            not fit.
        UnsafePickleError: The weights are pickles.
        WrongBaseError: It is the folder of another pipeline.
    """
    if not folder.is_dir():
        raise MissingFileError(f"{folder} is no folder; `smartedit models list` shows what is here")
    settings = read_json(folder / "model_index.json")
    check_kind(folder, settings.get("_class_name"))
    check_schedule(folder / "scheduler" / "scheduler_config.json")
    tokenizer = folder / "tokenizer" / "tokenizer.json"
    if "model" not in read_json(tokenizer):
        raise TruncatedFileError(f"{tokenizer} holds no tokenizer; fetch it again")
    rows = 0
    for name, stem in stems(folder).items():
        wanted = _wanted_shapes(folder, name)
        compare(folder / name, wanted, folder_shapes(folder / name, stem))
        if name == "unet" and (adapter := adapter_path(folder)) is not None:
            check_adapter(adapter, wanted)
        rows = wanted.get("model.embed_tokens.weight", (rows,))[0]
    check_settings(folder / "model_index.json", settings, rows)
    return settings


def check_kind(folder: Path, kind: object) -> None:
    """Check that a folder holds a SmartEdit pipeline.

    Args:
        folder: Of the pipeline.
        kind: Its class, as ``model_index.json`` tells it.

    Raises:
        WrongBaseError: It is of another kind; names the editor that drives it where there is one.
    """
    if kind == "SmartEditPipeline":
        return
    drivers = [name for name, family in FAMILIES.items() if family.cls == kind]
    use = (
        f"such models run as --model diffusers:{drivers[0]}, from the hub's cache"
        if drivers
        else "import one with `smartedit models import`"
    )
    raise WrongBaseError(f"{folder} holds a {kind or 'pipeline of no kind'}, not SmartEdit; {use}")


def check_schedule(path: Path) -> None:
    """Check that a file describes a noise schedule.

    Raises:
        KeyMismatchError: A setting of it is missing or of no use.
    """
    from diffusers import EulerAncestralDiscreteScheduler

    settings = read_json(path)
    missing = [name for name in SCHEDULE if name not in settings]
    if missing:
        raise KeyMismatchError(f"{path}: missing {missing[0]}; fetch or import the model again")
    try:
        EulerAncestralDiscreteScheduler.from_config(settings)
    except _BAD_CONFIG as error:
        raise KeyMismatchError(
            f"{path} describes no noise schedule ({first_line(error)}); fetch it again"
        ) from error


def stems(folder: Path) -> dict[str, str]:
    """Return the folders of weights that a model has, and the stem of their weight files."""
    return STEMS | {n: stem for n, stem in OPTIONAL_STEMS.items() if (folder / n).is_dir()}


def check_settings(path: Path, settings: Mapping[str, Any], rows: int) -> None:
    """Check that the pipeline's settings are there and fit the language model.

    Args:
        path: Where they were read.
        settings: The content of ``model_index.json``.
        rows: Rows of the language model's vocabulary, added tokens included.

    Raises:
        KeyMismatchError: One is missing, or they tell of another vocabulary.
    """
    missing = [name for name in SETTINGS if name not in settings]
    if missing:
        raise KeyMismatchError(f"{path}: missing {missing[0]}; fetch or import the model again")
    for name in ("select_layer", "resolution"):
        if not isinstance(settings[name], int) or (name == "resolution" and settings[name] < 1):
            raise KeyMismatchError(
                f"{path}: {name} is {settings[name]!r}, which cannot be; fetch or import the model "
                "again"
            )
    told = (settings["base_vocab"], settings["answer_tokens"])
    if not all(isinstance(n, int) for n in told) or sum(told) + len(CONTROL_TOKENS) != rows:
        raise KeyMismatchError(
            f"{path}: base_vocab {told[0]} and answer_tokens {told[1]} do not make up the "
            f"language model's {rows} rows; fetch or import the model again"
        )


def _wanted_shapes(folder: Path, name: str) -> Shapes:
    path = folder / name / "config.json"
    config = read_json(path)
    try:
        with torch.device("meta"):
            return module_shapes(empty_module(name, config))
    except (*_BAD_CONFIG, StrictDataclassError) as error:
        raise KeyMismatchError(
            f"{path} describes no {name} ({first_line(error)}); fetch it again"
        ) from error


def diffusers_classes() -> dict[str, Any]:
    """Return the class of every module that is kept in the diffusers manner, optional ones too.

    Autoencoder and UNet may be others, as their ``config.json`` tells: see :func:`diffusers_class`.
    """
    from diffusers import AutoencoderKL

    from smartedit_model.bim import BIM
    from smartedit_model.instruction_head import InstructionHead
    from smartedit_model.mask_head import MaskHead
    from smartedit_model.projector import NullCondition, Projector
    from smartedit_model.qformer import QFormer
    from smartedit_model.unet import SmartEditUNet

    return {
        "projector": Projector,
        "qformer": QFormer,
        "bim": BIM,
        "null_condition": NullCondition,
        "mask_head": MaskHead,
        "instruction_head": InstructionHead,
        "unet": SmartEditUNet,
        "vae": AutoencoderKL,
    }


def diffusers_class(name: str, config: Mapping[str, Any]) -> Any:
    """Return the class of the module ``name`` whose ``config.json`` is given."""
    from smartedit_model.patch_autoencoder import PatchAutoencoder
    from smartedit_model.residual_unet import ResidualUNet

    kind = config.get("_class_name")
    if name == "vae" and kind == PatchAutoencoder.__name__:
        return PatchAutoencoder
    if name == "unet" and kind == ResidualUNet.__name__:
        return ResidualUNet
    return diffusers_classes()[name]


def empty_module(name: str, config: Mapping[str, Any]) -> nn.Module:
    """Return the module of one folder from its ``config.json``, on the current default device."""
    from transformers import CLIPVisionConfig, LlamaConfig, LlamaForCausalLM

    from smartedit_model.vision import vision_class

    if name == "vision_tower":
        tower = vision_class(config.get("stem_channels"))
        vision: nn.Module = tower(CLIPVisionConfig(**config))
        return vision
    if name == "language_model":
        language: nn.Module = LlamaForCausalLM(LlamaConfig(**config))
        return language
    module: nn.Module = diffusers_class(name, config).from_config(dict(config))
    return module


def check_finite(where: object, tensors: Iterable[tuple[str, torch.Tensor]]) -> None:
    """Look for NaN and infinity.

    Raises:
        NonFiniteWeightsError: Names the first tensor that holds one.
    """
    for name, tensor in tensors:
        if tensor.is_floating_point() and not torch.isfinite(tensor).all():
            bad = int((~torch.isfinite(tensor)).sum())
            raise NonFiniteWeightsError(
                f"{where}: {name} holds {bad} NaN or infinite values; fetch or import it again"
            )


def check_modules(components: Mapping[str, Any]) -> None:
    """Look for NaN and infinity in every module of a pipeline.

    Raises:
        NonFiniteWeightsError: Names the first tensor that holds one.
    """
    for name, module in components.items():
        if isinstance(module, nn.Module):
            check_finite(name, module.state_dict().items())


def read_json(path: Path) -> dict[str, Any]:
    """Return the content of a JSON file of a model folder.

    Raises:
        MissingFileError: The file is not there.
        TruncatedFileError: It is not JSON.
    """
    if not path.is_file():
        raise MissingFileError(f"{path} is missing; copy it from where the folder came from")
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise TruncatedFileError(f"{path} is not valid JSON; fetch it again") from error
