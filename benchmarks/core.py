"""The SmartEdit core against the published procedure, on the same random weights in one run.

The published procedure, written anew here: the language model in float32 writes its answer token
by token over the whole prompt, with logits for every position; then 100 Euler-ancestral steps of
the UNet, float16 on a GPU. Its answer is given, so that random weights answer at all; that changes
no cost. Ours: one prefill behind a kept prefix, a 20-step solver, the same three branches in one
batch, PyTorch's fused attention, channels-last, and on a GPU bfloat16 and a compiled UNet.

    python benchmarks/core.py [--quick] [--preset 7b] [--device cuda] [--dtype bfloat16] [--seed 0]
    python benchmarks/core.py --unet-step --preset 7b
    python benchmarks/core.py --inexact
    python benchmarks/core.py --clock cpu

Where other work shares the machine, ``--clock cpu`` counts this process's processor time on one
thread in place of seconds on the wall.

``--unet-step`` times one three-branch UNet step alone, in both dtypes, which also runs at full
size on a CPU. Ends in one JSON line.
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import psutil
import torch
from diffusers.utils import logging as diffusers_logging
from PIL import Image
from provenance import provenance
from torch.utils.flop_counter import FlopCounterMode
from transformers import DynamicCache

from smartedit_model import Guidance, SmartEditConfig, SmartEditPipeline, SmartEditUNet, preset
from smartedit_model.build import unet_config
from smartedit_model.config import (
    BIMConfig,
    LanguageConfig,
    QFormerConfig,
    UNetConfig,
    VAEConfig,
    VisionConfig,
)
from smartedit_model.images import vision_pixels
from smartedit_model.loading import computes_in, speed_up
from smartedit_model.mllm import CACHE_ARGUMENT
from smartedit_model.samplers import make_sampler
from smartedit_model.tokenizer import train_tokenizer
from smartedit_model.vision import patch_features

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


@dataclass
class Watch:
    """Seconds by stage, on the wall unless :attr:`clock` is another."""

    device: torch.device
    seconds: dict[str, float] = field(default_factory=dict)
    clock: ClassVar[Callable[[], float]] = time.perf_counter

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a stage, waiting for the device."""
        self._wait()
        start = Watch.clock()
        yield
        self._wait()
        self.seconds[name] = self.seconds.get(name, 0.0) + Watch.clock() - start

    def _wait(self) -> None:
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)

    @property
    def total(self) -> float:
        """All stages together."""
        return sum(self.seconds.values())


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


@torch.no_grad()
def ours(
    pipe: SmartEditPipeline,
    image: Image.Image,
    steps: int,
    sampler: str,
    watch: Watch,
    guidance: Guidance | None = None,
) -> torch.Tensor:
    """Edit with this project's pipeline, stage by stage, and return the latents."""
    resolution = pipe.config.resolution
    latent = resolution // pipe.vae_factor
    with watch.stage("understanding"):
        seen = pipe.encode([image], [INSTRUCTION], (latent, latent))
    with watch.stage("VAE encode"):
        source = pipe.source_latents([image], (resolution, resolution))
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
    return latents


def peak_memory_mb(device: torch.device) -> float:
    """Return the most memory the process or the GPU has held."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / 2**20
    return psutil.Process().memory_info().rss / 2**20


def matmul_flops(device: torch.device, dtype: torch.dtype) -> float:
    """Return the measured matrix-product rate in FLOP/s."""
    side = 8192 if device.type == "cuda" else 1024
    a = torch.randn(side, side, device=device, dtype=dtype)
    return 2 * side**3 / min(timed(lambda: a @ a, device) for _ in range(8))


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


@torch.no_grad()
def unet_step(config: SmartEditConfig, seed: int, device: torch.device, repeats: int) -> None:
    """Time a step in float32 as published and in bfloat16 channels-last; print JSON."""
    torch.manual_seed(seed)
    queries = config.qformer.queries
    unet = SmartEditUNet(**unet_config(config)).eval().to(device)
    flops = unet_flops(unet, queries)
    result: dict[str, Any] = {"benchmark": "core unet step", "config": config.name}
    result |= {"gflop": round(flops / 1e9, 1), "seed": seed, "torch": torch.__version__}
    kinds = {"float32": unet, "bfloat16": copy.deepcopy(unet).to(torch.bfloat16)}
    kinds["bfloat16"].to(memory_format=torch.channels_last)
    outs, seconds, rates = {}, dict.fromkeys(kinds, math.inf), dict.fromkeys(kinds, 0.0)
    for _ in range(repeats):  # turn about, so that other work on the machine meets both alike
        for name, model in kinds.items():
            inputs = unet_inputs(model.config, queries, device, model.dtype)
            outs[name] = model.predict(*inputs).float()
            run = timed(lambda m=model, i=inputs: m.predict(*i), device)
            seconds[name] = min(seconds[name], run)
            rates[name] = max(rates[name], matmul_flops(device, model.dtype))
    for name, best in seconds.items():
        result[f"{name}_ms"] = round(1e3 * best, 1)
        result[f"{name}_over_floor"] = round(best / (flops / rates[name]), 2)
    apart = outs["bfloat16"] - outs["float32"]
    result["bfloat16_error"] = round(float(apart.norm() / outs["float32"].norm()), 4)
    print(json.dumps(result | provenance(seed)))


def timed(run: Callable[[], Any], device: torch.device) -> float:
    """Return the seconds of one run."""
    watch = Watch(device)
    with watch.stage("run"):
        run()
    return watch.total


def measure(
    run: Callable[[Watch, int], Any], steps: int, device: torch.device, repeats: int
) -> Watch:
    """Return each stage's fastest time of some runs of ``steps``, after a short one to warm up."""
    run(Watch(device), 2)
    best: dict[str, float] = {}
    for _ in range(repeats):
        watch = Watch(device)
        run(watch, steps)
        best = {k: min(v, best.get(k, v)) for k, v in watch.seconds.items()}
    return Watch(device, best)


def report(title: str, watch: Watch) -> None:
    """Print a table of stages."""
    print(f"\n{title}: {watch.total:.3f} s")
    for name, seconds in watch.seconds.items():
        share = 100 * seconds / watch.total
        print(f"  {name:18s} {seconds:8.3f} s  {share:5.1f} %", flush=True)


def build(config: SmartEditConfig, seed: int) -> SmartEditPipeline:
    """Return a pipeline with random weights, its zero-initialised layers included."""
    torch.manual_seed(seed)
    tokenizer = train_tokenizer([INSTRUCTION], min(2000, config.language.base_vocab))
    pipe = SmartEditPipeline.from_scratch(config, tokenizer)
    for module in (pipe.bim, pipe.null_condition):
        for parameter in module.parameters():
            torch.nn.init.normal_(parameter, std=0.02)
    pipe.set_progress_bar_config(disable=True)
    return pipe


def approximations(
    pipe: SmartEditPipeline, image: Image.Image, device: torch.device, steps: int
) -> dict[str, float]:
    """Print and return what the inexact savings save and how far they move the result."""
    results: dict[str, torch.Tensor] = {}

    def timed(name: str, guidance: Guidance | None) -> float:
        def run(watch: Watch, steps: int) -> None:
            results[name] = ours(pipe, image, steps, "dpm", watch, guidance).float()

        return measure(run, steps, device, 1).seconds["UNet"]

    whole = timed("exact", None)
    print(f"\ninexact options, {steps} steps: UNet time saved and distance of the latents")
    told: dict[str, float] = {}
    for name, guidance in (
        ("interval 0.2-0.8", Guidance(interval=(0.2, 0.8))),
        ("reuse every 2", Guidance(reuse_every=2)),
        ("reuse every 3", Guidance(reuse_every=3)),
        ("keep every 2", Guidance(keep_every=2)),
        ("keep every 3", Guidance(keep_every=3)),
    ):
        saved = 1 - timed(name, guidance) / whole
        error = float((results[name] - results["exact"]).norm() / results["exact"].norm())
        print(f"  {name:18s} {100 * saved:5.1f} % saved, relative error {error:.3f}", flush=True)
        key = name.replace(" ", "_").replace("-", "_").replace(".", "")
        told |= {f"{key}_saved": round(saved, 3), f"{key}_error": round(error, 4)}
    return told


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="smaller model, fewer steps")
    parser.add_argument("--preset", help="a preset's sizes instead of the reduced ones")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--repeats", type=int, default=0, help="runs of each; the best counts")
    parser.add_argument("--compile", action="store_true", help="compile our UNet on a CPU too")
    parser.add_argument(
        "--dtype", help="ours; bfloat16 where the device has its arithmetic when omitted"
    )
    parser.add_argument("--clock", choices=("wall", "cpu"), default="wall", help="which seconds")
    parser.add_argument("--unet-step", action="store_true", help="time a UNet step alone")
    parser.add_argument("--inexact", action="store_true", help="the inexact options alone")
    args = parser.parse_args()
    diffusers_logging.disable_progress_bar()
    device = torch.device(args.device)
    if device.type == "cpu":
        torch.set_num_threads(psutil.cpu_count(logical=False) or 1)
    if args.clock == "cpu":
        torch.set_num_threads(1)
        Watch.clock = time.process_time
    config = preset(args.preset) if args.preset else QUICK if args.quick else REDUCED
    full_steps = 10 if args.quick else 100
    our_steps = 2 if args.quick else 20
    repeats = args.repeats or (2 if args.quick else 3)
    if args.unet_step:
        unet_step(config, args.seed, device, repeats)
        return
    image = Image.linear_gradient("L").resize((config.resolution,) * 2).convert("RGB")

    pipe = build(config, args.seed).to(device)
    gpu = device.type == "cuda"
    if args.inexact:
        told = approximations(pipe, image, device, 20)
        result = {"benchmark": "core inexact options", "config": config.name, "steps": 20, **told}
        print(json.dumps(result | {"clock": args.clock} | provenance(args.seed)))
        return
    if gpu:
        pipe.unet.half()
        pipe.vae.half()
        pipe.language_model.set_attn_implementation("eager")
    base = measure(lambda w, n: published(pipe, image, n, w), full_steps, device, repeats)
    report(f"published procedure, {full_steps} steps", base)
    base_memory = peak_memory_mb(device)

    if gpu:
        torch.cuda.reset_peak_memory_stats(device)
        pipe.language_model.set_attn_implementation("sdpa")
    exact = None if gpu else ours(pipe, image, our_steps, "dpm", Watch(device))
    fast_bfloat16 = computes_in(torch.bfloat16, device)
    dtype = getattr(torch, args.dtype or ("bfloat16" if fast_bfloat16 else "float32"))
    pipe.to(dtype)
    speed_up(pipe, compile_unet=gpu or args.compile, channels_last=True)
    pipe.answers.forget()
    equal = measure(lambda w, n: ours(pipe, image, n, "euler_a", w), full_steps, device, repeats)
    report(f"ours, the same {full_steps} steps", equal)
    fast = measure(lambda w, n: ours(pipe, image, n, "dpm", w), our_steps, device, repeats)
    report(f"ours, {our_steps} steps of the default solver", fast)
    memory = peak_memory_mb(device)
    error = None
    if exact is not None:
        found = ours(pipe, image, our_steps, "dpm", Watch(device))
        error = round(float((found - exact).norm() / exact.norm()), 6)
    inexact = approximations(pipe, image, device, our_steps)

    queries = pipe.null_condition.embedding.shape[1]
    floor = unet_flops(pipe.unet, queries) / matmul_flops(device, pipe.unet.dtype)
    step = fast.seconds["UNet"] / our_steps
    print(f"\nUNet step {1e3 * step:.1f} ms, matrix-product floor {1e3 * floor:.1f} ms")
    language = base.seconds["language"] + base.seconds["vision"] + base.seconds["qformer and BIM"]
    result = {
        "benchmark": "core",
        "speedup_end_to_end": round(base.total / fast.total, 2),
        "speedup_equal_steps": round(base.total / equal.total, 2),
        "speedup_understanding": round(language / fast.seconds["understanding"], 2),
        "speedup_unet_step": round(base.seconds["UNet"] / equal.seconds["UNet"], 2),
        "seconds_published": round(base.total, 3),
        "seconds_equal_steps": round(equal.total, 3),
        "seconds_ours": round(fast.total, 3),
        "unet_step_over_floor": round(step / floor, 2),
        "dtype": str(dtype).removeprefix("torch."),
        "error_of_latents": error,
        "peak_memory_mb": round(memory),
        "peak_memory_published_mb": round(base_memory),
        **inexact,
        "config": config.name,
        "clock": args.clock,
        "threads": torch.get_num_threads(),
        "steps_published": full_steps,
        "steps_ours": our_steps,
        "torch": torch.__version__,
        **provenance(args.seed, torch.cuda.get_device_name(device) if gpu else "cpu"),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
