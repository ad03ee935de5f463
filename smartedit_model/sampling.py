"""One run of a sampler: from noise to edited latents (section 3.3).

It knows conditions and the UNet, nothing of how conditions come about.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from diffusers.utils.torch_utils import randn_tensor
from torch import Tensor

from smartedit_model.errors import InputError, NonFiniteResultError
from smartedit_model.guidance import Guidance, GuidedNoise
from smartedit_model.samplers import make_sampler

if TYPE_CHECKING:
    from smartedit_model.pipeline import SmartEditPipeline

Generators = torch.Generator | list[torch.Generator] | None
StepCallback = Callable[[Any, int, Tensor, dict[str, Tensor]], dict[str, Tensor] | None]


@dataclass(frozen=True)
class EditCondition:
    """What the diffusion model is told about one batch of edits.

    Attributes:
        condition: ``(B, Q, hidden)``.
        null: The condition of no text, ``(B, Q, hidden)``.
        feature: BIM feature at latent size, ``(B, C, h, w)``.
        image_map: BIM's image features before the last convolution, ``(B, width, g, g)``.
        mask_logits: Where the target is, ``(B, G, G)``; None without a mask head.
        valid: Chance that there is a target at all, ``(B,)`` in [0, 1]; None without a mask head.
    """

    condition: Tensor
    null: Tensor
    feature: Tensor
    image_map: Tensor
    mask_logits: Tensor | None = None
    valid: Tensor | None = None


def sample_latents(
    pipe: SmartEditPipeline,
    seen: EditCondition,
    source: Tensor,
    *,
    sampler: str,
    steps: int,
    guidance: Guidance,
    generator: Generators = None,
    latents: Tensor | None = None,
    on_step: StepCallback | None = None,
) -> tuple[Tensor, int]:
    """Sample; see ``SmartEditPipeline.denoise`` for the arguments.

    Latents stay in float32 between steps, whatever the UNet's dtype: they are where rounding adds
    up, and one seed then starts from the same noise in every dtype.

    Returns:
        Scaled latents ``(B, 4, h, w)`` float32 and how many rows the UNet computed.

    Raises:
        InputError: Steps, generators or start noise that do not fit.
        NonFiniteResultError: The latents hold NaN or infinity.
    """
    _check(source, steps, generator, latents, int(pipe.scheduler.config["num_train_timesteps"]))
    schedule = make_sampler(sampler, pipe.scheduler.config)
    schedule.set_timesteps(steps, device=source.device)
    dtype, device = pipe.unet.dtype, source.device
    if latents is None:
        latents = randn_tensor(
            source.shape, generator=generator, device=device, dtype=torch.float32
        )
    latents = latents.to(device, torch.float32) * schedule.init_noise_sigma
    noise = GuidedNoise(
        pipe.unet,
        source.to(dtype),
        seen.condition.to(device, dtype),
        seen.null.to(device, dtype),
        seen.feature.to(device, dtype),
        guidance,
        len(schedule.timesteps),
    )
    extra = {"generator": generator} if sampler in ("euler_a", "ddim", "dpm") else {}
    with pipe.progress_bar(total=len(schedule.timesteps)) as bar:
        for index, timestep in enumerate(schedule.timesteps):
            scaled = schedule.scale_model_input(latents, timestep)
            predicted = noise(scaled, timestep, index)
            latents = schedule.step(predicted, timestep, latents, return_dict=False, **extra)[0]
            if on_step is not None:
                changed = on_step(pipe, index, timestep, {"latents": latents}) or {}
                latents = changed.get("latents", latents)
            bar.update()
    if not torch.isfinite(latents).all():
        raise NonFiniteResultError.of("the edit", dtype)
    return latents, noise.evaluations


def _check(
    source: Tensor, steps: int, generator: Generators, latents: Tensor | None, most: int
) -> None:
    if not 1 <= steps <= most:
        raise InputError(f"{steps} sampler steps were asked for; give 1 to {most}")
    if isinstance(generator, list) and len(generator) != len(source):
        raise InputError(
            f"{len(source)} pictures but {len(generator)} generators; give one, or one a picture"
        )
    if latents is not None and latents.shape != source.shape:
        raise InputError(
            f"the start noise is {list(latents.shape)}; it must be {list(source.shape)}"
        )
