"""Whether the folders beside a checkpoint are the bases it was trained on.

The checkpoint carries the language model's frozen weights, so LLaVA is recognised by comparing a
few of them: LLaVA-1.5 and other look-alikes load without complaint and give nonsense. It writes
nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from smartedit_model.config import CONTROL_TOKENS, SmartEditConfig
from smartedit_model.errors import WrongBaseError
from smartedit_model.importing.layout import published_name
from smartedit_model.importing.sources import TensorFile, TensorFolder
from smartedit_model.integrity import compare, read_json

#: Rounding to bfloat16 moves a weight by up to 0.4 %.
_SAME = 0.01


@dataclass(frozen=True)
class LlavaBase:
    """LLaVA-1.1, as full weights or as a delta over LLaMA."""

    folder: TensorFolder
    llama: TensorFolder | None

    def rows(self, name: str, count: int) -> Tensor:
        """Return the first rows of ``model.embed_tokens.weight`` or ``lm_head.weight``, float32."""
        rows = self.folder.read(name)[:count].float()
        if self.llama is not None:
            rows += self.llama.read(name)[:count].float()
        return rows


def open_llava(
    llava_dir: Path, llama_dir: Path | None, language: TensorFile, config: SmartEditConfig
) -> LlavaBase:
    """Open LLaVA and make sure it is the one the checkpoint was trained on.

    Args:
        llava_dir: LLaVA-1.1's folder; full weights, or the published delta.
        llama_dir: LLaMA's folder, needed for a delta only.
        language: The checkpoint's language-model file.
        config: Sizes of the model.

    Raises:
        WrongBaseError: It is another LLaVA, another size, or a delta without its LLaMA.
    """
    folder = TensorFolder(llava_dir)
    shapes = folder.shapes()
    if any("mm_projector.0." in name or "mm_projector.2." in name for name in shapes):
        raise WrongBaseError(
            f"{llava_dir} is LLaVA-1.5 (its projector has two layers); SmartEdit needs LLaVA-1.1"
        )
    settings = llava_dir / "config.json"
    tower = str(read_json(settings).get("mm_vision_tower", "")) if settings.is_file() else ""
    if "336" in tower:
        raise WrongBaseError(
            f"{llava_dir} was trained on {tower}; SmartEdit needs LLaVA-1.1, "
            "which was trained on clip-vit-large-patch14"
        )
    wanted = (config.language.base_vocab + len(CONTROL_TOKENS), config.language.hidden)
    for name in ("model.embed_tokens.weight", "lm_head.weight"):
        found = shapes.get(name)
        if found != wanted:
            what = "is missing" if found is None else f"is {list(found)}"
            raise WrongBaseError(
                f"{llava_dir}: {name} {what}, should be {list(wanted)} as in LLaVA-1.1 "
                f"{config.name}; give that model's folder"
            )
    full = _distance(folder, None, language, config)
    if full < _SAME:
        return LlavaBase(folder, None)
    if llama_dir is None:
        if full > 0.9:  # a delta's norms are near zero, so the distance is near one
            raise WrongBaseError(
                f"{llava_dir} looks like delta weights, which need their base; give LLaMA's "
                "folder too (--llama)"
            )
        raise WrongBaseError(
            f"{llava_dir} differs from the LLaVA this checkpoint was trained on by "
            f"{full:.0%} in its norms; give LLaVA-1.1's folder"
        )
    llama = TensorFolder(llama_dir)
    if _distance(folder, llama, language, config) < _SAME:
        return LlavaBase(folder, llama)
    raise WrongBaseError(
        f"{llava_dir} added to {llama_dir} is not the LLaVA this checkpoint was trained on; "
        "give the delta of LLaVA-1.1 and the LLaMA it was made from"
    )


def _distance(
    llava: TensorFolder, llama: TensorFolder | None, language: TensorFile, config: SmartEditConfig
) -> float:
    """Return the largest relative distance of a few frozen tensors, 0 for the right base."""
    last = config.language.layers - 1
    probes = (
        "model.norm.weight",
        "model.layers.0.input_layernorm.weight",
        f"model.layers.{last}.post_attention_layernorm.weight",
        "model.layers.0.self_attn.k_proj.weight",
    )
    worst = 0.0
    with language.opened() as tensors:
        for name in probes:
            ours = tensors[published_name("language_model", name)].float()
            theirs = torch.zeros_like(ours)
            for folder, what in ((llava, "LLaVA-1.1"), (llama, "LLaMA")):
                if folder is None:
                    continue
                found = folder.read(name).float()
                if found.shape != ours.shape:
                    raise WrongBaseError(
                        f"{folder.folder}: {name} is {list(found.shape)}, the checkpoint's is "
                        f"{list(ours.shape)}; give {what} of the same size"
                    )
                theirs += found
            distance = float((theirs - ours).norm() / ours.norm())
            # Written so that NaN counts as far away.
            worst = max(worst, distance) if distance < math.inf else math.inf
    return worst


def check_vision(folder: Path, config: SmartEditConfig) -> None:
    """Check that a CLIP folder is the vision tower the model was trained on.

    Raises:
        WrongBaseError: Its picture, patch or width differs.
    """
    settings = read_json(folder / "config.json")
    settings = settings.get("vision_config") or settings
    v = config.vision
    wanted = {"image_size": v.image_size, "patch_size": v.patch_size, "hidden_size": v.hidden}
    defaults = {"image_size": 224, "patch_size": 32, "hidden_size": 768}  # transformers' own
    for key, value in wanted.items():
        found = settings.get(key, defaults[key])
        if found != value:
            raise WrongBaseError(
                f"{folder}: {key} is {found}, should be {value}; give openai/clip-vit-large-patch14"
            )


def null_embedding(sd_dir: Path, config: SmartEditConfig) -> Tensor:
    """Return the text encoder's states of the empty string, ``(1, queries, hidden)`` float32.

    Raises:
        WrongBaseError: The text encoder is not Stable Diffusion 1's.
        KeyMismatchError: A tensor of it is missing or of the wrong shape.
    """
    from transformers import CLIPTextConfig, CLIPTextModel

    folder = sd_dir / "text_encoder"
    settings = read_json(folder / "config.json")
    text = CLIPTextConfig(**{k: v for k, v in settings.items() if k != "architectures"})
    if (text.max_position_embeddings, text.hidden_size) != (
        config.qformer.queries,
        config.qformer.hidden,
    ):
        raise WrongBaseError(
            f"{folder} gives {text.max_position_embeddings}x{text.hidden_size} states, should be "
            f"{config.qformer.queries}x{config.qformer.hidden}; give timbrooks/instruct-pix2pix"
        )
    model: nn.Module = CLIPTextModel(text)
    model.eval()
    source = TensorFolder(folder)
    names = {k.removeprefix("text_model."): k for k in source.shapes()}
    wanted = {k.removeprefix("text_model."): k for k in model.state_dict()}
    compare(
        folder,
        {short: tuple(model.state_dict()[name].shape) for short, name in wanted.items()},
        {short: source.shapes()[name] for short, name in names.items() if short in wanted},
    )
    model.load_state_dict({name: source.read(names[s]).float() for s, name in wanted.items()})
    # CLIP's tokenizer pads the empty string with its end token, the vocabulary's last.
    end = text.vocab_size - 1
    ids = torch.tensor([[end - 1] + [end] * (text.max_position_embeddings - 1)])
    with torch.no_grad():
        states: Tensor = model(ids).last_hidden_state
    return states
