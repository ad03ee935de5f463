"""Miniature published folders with exactly the published key layout, and what is in them."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from safetensors.torch import save_file

from smartedit_model import preset
from smartedit_model.build import build_modules, build_vae
from smartedit_model.config import QFormerConfig, SmartEditConfig
from smartedit_model.importing.layout import published_files
from smartedit_model.integrity import module_shapes
from smartedit_model.tokenizer import train_tokenizer

STEPS = 15000


@dataclass
class Published:
    """Folders of a miniature release and the tensors written into them."""

    root: Path
    config: SmartEditConfig
    checkpoint: Path
    llava: Path
    sd: Path
    clip: Path
    files: dict[str, dict[str, torch.Tensor]]
    llava_weights: dict[str, torch.Tensor]

    def arguments(self, out: Path) -> dict:
        """Return keyword arguments for the import."""
        return {
            "checkpoint_dir": self.checkpoint,
            "llava_dir": self.llava,
            "sd_dir": self.sd,
            "clip_dir": self.clip,
            "out_dir": out,
            "config": self.config,
        }


def paths(folder: Path) -> dict[str, Path]:
    """Return the four weight files of a checkpoint folder."""
    return {
        "language": folder / f"LLM-{STEPS}" / "adapter_model.bin",
        "qformer": folder / "embeddings_qformer" / f"checkpoint-{STEPS}_embeddings_qformer.bin",
        "bim": folder / f"modulate-{STEPS}" / "adapter_model.bin",
        "unet": folder / f"unet-{STEPS}" / "adapter_model.bin",
    }


def miniature(**changes) -> SmartEditConfig:
    """Return the tiny sizes with queries and width that a text encoder can have."""
    qformer = QFormerConfig(queries=7, hidden=32, layers=2, heads=2, mlp=64, dropout=0.0)
    return replace(preset("tiny"), qformer=qformer, **changes)


def publish(root: Path, config: SmartEditConfig, *, seed: int = 0) -> Published:
    """Write all folders of a release of ``config``'s sizes with random weights."""
    generator = torch.Generator().manual_seed(seed)

    def fill(shapes):
        return {
            k: torch.randn(s, generator=generator) * 0.1 + ("norm" in k) for k, s in shapes.items()
        }

    with torch.device("meta"):
        modules = build_modules(config).parts()
    shapes = {part: module_shapes(module) for part, module in modules.items()}
    files = {kind: fill(s) for kind, s in published_files(shapes, config, rank=2).items()}
    checkpoint = root / "SmartEdit"
    for kind, path in paths(checkpoint).items():
        path.parent.mkdir(parents=True)
        torch.save(files[kind], path)
    adapter = {"r": 2, "lora_alpha": 4, "target_modules": ["q_proj", "v_proj"]}
    (checkpoint / "adapter_config.json").write_text(json.dumps(adapter))

    llava = root / "LLaVA-7B-v1"
    llava.mkdir()
    weights = {
        name.removeprefix("model.base_model."): tensor.clone()
        for name, tensor in files["language"].items()
        if "lora" not in name and "inv_freq" not in name
    }
    rows, width = config.language.base_vocab + 3, config.language.hidden
    for name in ("model.embed_tokens.weight", "lm_head.weight"):
        weights[name] = torch.randn(rows, width, generator=generator)
    weights["model.mm_projector.weight"] = files["qformer"]["mm_projector.weight"].clone()
    weights["model.mm_projector.bias"] = files["qformer"]["mm_projector.bias"].clone()
    save_llava(llava, weights)
    train_tokenizer(["make the cat red"], config.language.base_vocab).save_pretrained(llava)

    clip = root / "clip"
    clip.mkdir()
    vision = fill(shapes["vision_tower"])
    vision = {f"vision_model.{k}": v for k, v in vision.items()}
    vision["vision_model.embeddings.position_ids"] = torch.arange(17)[None]
    vision["logit_scale"] = torch.tensor(1.0)
    vision["text_model.final_layer_norm.weight"] = torch.ones(8)
    vision["visual_projection.weight"] = torch.ones(8, config.vision.hidden)
    torch.save(vision, clip / "pytorch_model.bin")
    v = config.vision
    settings = {"image_size": v.image_size, "patch_size": v.patch_size, "hidden_size": v.hidden}
    (clip / "config.json").write_text(json.dumps({"vision_config": settings}))

    sd = root / "instruct-pix2pix"
    write_sd(sd, config, fill(shapes["vae"]))
    return Published(root, config, checkpoint, llava, sd, clip, files, weights)


def save_llava(folder: Path, weights: dict[str, torch.Tensor]) -> None:
    """Write LLaVA's weights in two shards, as published."""
    names = sorted(weights)
    half = len(names) // 2
    for index, part in enumerate((names[:half], names[half:]), start=1):
        path = folder / f"pytorch_model-{index:05d}-of-00002.bin"
        torch.save({n: weights[n] for n in part}, path)


def write_sd(folder: Path, config: SmartEditConfig, vae: dict[str, torch.Tensor]) -> None:
    """Write text encoder and VAE, the latter with its old attention names."""
    from transformers import CLIPTextConfig, CLIPTextModel

    (folder / "vae").mkdir(parents=True)
    old = {".to_q.": ".query.", ".to_k.": ".key.", ".to_v.": ".value.", ".to_out.0.": ".proj_attn."}
    renamed = {}
    for name, tensor in vae.items():
        for new, before in old.items():
            name = name.replace(new, before)
        renamed[name] = tensor
    save_file(renamed, folder / "vae" / "diffusion_pytorch_model.safetensors")
    with torch.device("meta"):
        build_vae(config).save_config(folder / "vae")
    text = CLIPTextConfig(
        vocab_size=50,
        hidden_size=config.qformer.hidden,
        max_position_embeddings=config.qformer.queries,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
    )
    CLIPTextModel(text).save_pretrained(folder / "text_encoder")
