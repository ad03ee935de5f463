"""The published procedure, written anew for timing: what ``core.py`` compares with.

The language model in float32 writes its answer token by token over the whole prompt, with logits
for every position; then Euler-ancestral steps of the UNet. The answer is given, so that random
weights answer at all; that changes no cost.
"""

from __future__ import annotations

from typing import Any

import torch
from core_models import INSTRUCTION
from core_watch import Watch
from PIL import Image
from transformers import DynamicCache

from smartedit_model import SmartEditPipeline
from smartedit_model.images import vision_pixels
from smartedit_model.mllm import CACHE_ARGUMENT
from smartedit_model.samplers import make_sampler
from smartedit_model.vision import patch_features


@torch.no_grad()
def published(pipe: SmartEditPipeline, image: Image.Image, steps: int, watch: Watch) -> None:
    """Edit as the published test script does."""
    device, resolution = watch.device, pipe.config.resolution
    size = (resolution, resolution)
    latent = resolution // pipe.vae_factor
    with watch.stage("vision"):
        pixels = vision_pixels([image], pipe.vision_tower.config.image_size).to(device)
        features = patch_features(pipe.vision_tower, pixels)
        tokens = pipe.projector(features)
    with watch.stage("language"):
        states = published_answer(pipe, tokens)
    with watch.stage("qformer and BIM"):
        seen = pipe.bim(features, pipe.qformer(states), (latent, latent))
    with watch.stage("VAE encode"):
        source = pipe.source_latents([image], size)
    dtype = pipe.unet.dtype
    null = pipe.null_condition(1)
    condition = torch.cat([seen.condition, null, null]).to(dtype)
    feature = torch.cat([seen.feature] * 3).to(dtype)
    sources = torch.cat([source, source, torch.zeros_like(source)]).to(dtype)
    sampler = make_sampler("euler_a", pipe.scheduler.config)
    sampler.set_timesteps(steps, device=device)
    latents = torch.randn(source.shape).to(device, dtype) * sampler.init_noise_sigma
    with watch.stage("UNet"):
        for timestep in sampler.timesteps:
            scaled = sampler.scale_model_input(torch.cat([latents] * 3), timestep)
            noise = pipe.unet.predict(scaled, sources, timestep, condition, feature)
            text, picture, none = noise.chunk(3)
            guided = none + 7.5 * (text - picture) + 1.5 * (picture - none)
            latents = sampler.step(guided, timestep, latents).prev_sample
    with watch.stage("VAE decode"):
        pipe.decode_latents(latents)


def published_answer(pipe: SmartEditPipeline, tokens: torch.Tensor) -> torch.Tensor:
    """Decode a given answer token by token, as the published loop does."""
    prompter = pipe.answers.prompter
    lm = pipe.language_model
    embed: Any = lm.get_input_embeddings()
    device = tokens.device
    question = prompter.question(INSTRUCTION)
    answer = [*prompter.answered(INSTRUCTION)[len(question) :], pipe.tokenizer.eos_token_id]
    before, after = (
        embed(torch.tensor([ids], device=device)) for ids in (prompter.prefix(), question)
    )
    cache = DynamicCache()
    lm(
        inputs_embeds=torch.cat([before, tokens, after], 1),
        **{CACHE_ARGUMENT: cache},
        use_cache=True,
    )
    kept = []
    for token in answer[:-1]:
        out = lm.model(
            input_ids=torch.tensor([[token]], device=device),
            **{CACHE_ARGUMENT: cache},
            use_cache=True,
        )
        logits = lm.lm_head(out.last_hidden_state)
        int(torch.softmax(logits[0, -1] / 0.7, -1).argmax())  # the script waits for each token
        if token >= prompter.tokens.first_answer:
            kept.append(out.last_hidden_state)
    return torch.cat(kept, 1)
