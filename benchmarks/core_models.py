"""The models that ``core.py`` times: sizes a CPU can run, with random weights.

It times nothing.
"""

from __future__ import annotations

from dataclasses import replace

import torch

from smartedit_model import SmartEditConfig, SmartEditPipeline
from smartedit_model.config import (
    BIMConfig,
    LanguageConfig,
    QFormerConfig,
    UNetConfig,
    VAEConfig,
    VisionConfig,
)
from smartedit_model.prompt import STYLES
from smartedit_model.tokenizer import train_tokenizer

INSTRUCTION = "make the small cat on the left red and remove the dog behind it"

REDUCED = SmartEditConfig(
    name="reduced",
    vision=VisionConfig(hidden=256, layers=6, heads=4, mlp=1024),
    language=LanguageConfig(hidden=768, layers=8, heads=12, mlp=2048, base_vocab=2000),
    qformer=QFormerConfig(hidden=192, heads=3, mlp=768),
    bim=BIMConfig(mlp=512),
    # Heads of 32 to 128 channels, near Stable Diffusion's 40 to 160: narrow ones would make the
    # softmax, not the products, the larger part.
    unet=UNetConfig(channels=(64, 128, 256, 256), heads=2),
    vae=VAEConfig(channels=(32, 32, 64, 64)),
)
QUICK = replace(
    REDUCED,
    name="quick",
    language=LanguageConfig(hidden=256, layers=4, heads=4, mlp=688, base_vocab=2000),
    unet=UNetConfig(channels=(32, 64, 64), attention=(True, True, False), layers_per_block=1),
    vae=VAEConfig(channels=(32, 32, 32, 32), layers_per_block=1),
    resolution=128,
)
PUBLISHED_UNET = replace(
    REDUCED, name="published UNet", qformer=QFormerConfig(), unet=UNetConfig(), vae=VAEConfig()
)


def build(
    config: SmartEditConfig,
    seed: int,
    device: torch.device | str = "cpu",
    *,
    words: bool = False,
) -> SmartEditPipeline:
    """Return a pipeline with random weights, its zero-initialised layers included.

    Args:
        config: The sizes.
        seed: Of the weights.
        device: Where they are drawn; each kind of device draws its own.
        words: Whether the prompt's words are single tokens, so that it is about as long as with
            the published tokenizer, instead of letters.
    """
    torch.manual_seed(seed)
    style = STYLES[config.prompt_style]
    texts = [INSTRUCTION, *(f" {text}" for text in vars(style).values() if words)]
    tokenizer = train_tokenizer(texts, min(2000, config.language.base_vocab))
    pipe = SmartEditPipeline.from_scratch(config, tokenizer, device)
    for module in (pipe.bim, pipe.null_condition):
        for parameter in module.parameters():
            torch.nn.init.normal_(parameter, std=0.02)
    for module in pipe.components.values():
        if isinstance(module, torch.nn.Module):
            module.requires_grad_(False)  # counting arithmetic would follow gradients otherwise
    pipe.set_progress_bar_config(disable=True)
    return pipe
