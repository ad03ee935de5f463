"""Our procedure stage by stage, and the least each stage can take: what ``core.py`` times."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from core_models import INSTRUCTION
from core_watch import FlopWatch, Watch, bandwidth, floor_seconds, matmul_flops
from PIL import Image
from torch.utils.flop_counter import FlopCounterMode

from smartedit_model import Guidance, SmartEditPipeline, SmartEditUNet

UNDERSTANDING = ("vision_tower", "projector", "language_model", "qformer", "bim")


@torch.no_grad()
def ours(
    pipe: SmartEditPipeline,
    images: Sequence[Image.Image],
    steps: int,
    sampler: str,
    watch: Watch,
    guidance: Guidance | None = None,
) -> torch.Tensor:
    """Edit with this project's pipeline, stage by stage, and return the latents."""
    resolution = pipe.config.resolution
    latent = resolution // pipe.vae_factor
    with watch.stage("understanding"):
        seen = pipe.encode(images, [INSTRUCTION] * len(images), (latent, latent))
    with watch.stage("VAE encode"):
        source = pipe.source_latents(images, (resolution, resolution))
    with watch.stage("UNet"):
        latents, _ = pipe.denoise(
            seen,
            source,
            sampler=sampler,
            steps=steps,
            guidance=guidance,
            generator=torch.Generator().manual_seed(0),
        )
    with watch.stage("VAE decode"):
        pipe.decode_latents(latents)
    pipe.maybe_free_model_hooks()
    return latents


def relative_error(found: torch.Tensor, wanted: torch.Tensor) -> float:
    """Return how far ``found`` is from ``wanted``, as a share of the latter's size."""
    apart = (found.float() - wanted.float()).norm() / wanted.float().norm()
    return round(float(apart), 6)


def unet_inputs(config: Any, queries: int, device: torch.device, dtype: torch.dtype) -> Any:
    """Return one step's input for three branches; ``config`` is the UNet's."""
    latent, seed = config.sample_size, torch.Generator().manual_seed(0)

    def noise(*shape: int) -> torch.Tensor:
        return torch.randn(3, *shape, generator=seed).to(device, dtype)

    return (
        noise(4, latent, latent),
        noise(4, latent, latent),
        torch.tensor(500, device=device),
        noise(queries, config.cross_attention_dim),
        noise(config.block_out_channels[0], latent, latent),
    )


@torch.no_grad()
def unet_flops(unet: SmartEditUNet, queries: int) -> int:
    """Return the arithmetic of one UNet call with three branches."""
    inputs = unet_inputs(unet.config, queries, unet.device, unet.dtype)
    counter = FlopCounterMode(display=False)
    with counter:
        unet.predict(*inputs)
    return int(counter.get_total_flops())


def stage_floors(pipe: SmartEditPipeline, image: Image.Image, steps: int) -> dict[str, float]:
    """Return the least seconds that each stage of ours can take on this device, in this dtype."""
    flops = FlopWatch(pipe.device)
    ours(pipe, [image], 1, "dpm", flops)
    parts = {
        "understanding": (tuple(getattr(pipe, name) for name in UNDERSTANDING), 1),
        "VAE encode": ((pipe.vae.encoder,), 1),
        "UNet": ((pipe.unet,), steps),
        "VAE decode": ((pipe.vae.decoder,), 1),
    }
    rate, reading = matmul_flops(pipe.device, pipe.unet.dtype), bandwidth(pipe.device)
    return {
        name: times
        * floor_seconds(
            flops.found[name],
            sum(p.nbytes for module in modules for p in module.parameters()),
            rate,
            reading,
        )
        for name, (modules, times) in parts.items()
    }
