"""The SmartEdit core against the published procedure, on the same random weights in one run.

The published procedure stands in ``core_published.py``: 100 steps, float32, the UNet float16 on a
GPU. Ours: one prefill behind a kept prefix, a 20-step solver, the same three branches in one batch,
PyTorch's fused attention, channels-last, and on a GPU bfloat16 and a compiled UNet.

    python benchmarks/core.py [--quick] [--preset 7b] [--device cuda] [--dtype bfloat16] [--seed 0]
    python benchmarks/core.py --published-unet --repeats 1
    python benchmarks/core.py --unet-step --preset 7b
    python benchmarks/core.py --inexact
    python benchmarks/core.py --clock cpu

Where other work shares the machine, ``--clock cpu`` counts this process's processor time on one
thread in place of seconds on the wall.

``--published-unet`` takes Stable Diffusion's own UNet and VAE behind a small language model: a
whole edit that a CPU can make, whose time is nearly all the UNet's, as at full size on a GPU.
``--unet-step`` times one three-branch UNet step alone, in both dtypes, which also runs at full
size on a CPU.

Each stage is told with its seconds, the most memory held during it and, for ours, how many times
its floor it takes: its arithmetic at the rate of matrix products, or its weights read once, both
rates measured in the same run. Ends in one JSON line.
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import time
from typing import Any

import psutil
import torch
from core_models import INSTRUCTION, PUBLISHED_UNET, QUICK, REDUCED, build
from core_published import published
from core_watch import (
    FlopWatch,
    MemoryWatch,
    Watch,
    bandwidth,
    floor_seconds,
    matmul_flops,
    measure,
    timed,
)
from diffusers.utils import logging as diffusers_logging
from PIL import Image
from provenance import provenance
from torch.utils.flop_counter import FlopCounterMode

from smartedit_model import Guidance, SmartEditConfig, SmartEditPipeline, SmartEditUNet, preset
from smartedit_model.build import unet_config
from smartedit_model.loading import computes_in, speed_up


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


def report(
    title: str, watch: Watch, memory: MemoryWatch, floors: dict[str, float] | None = None
) -> None:
    """Print a table of stages."""
    print(f"\n{title}: {watch.total:.3f} s")
    for name, seconds in watch.found.items():
        share = 100 * seconds / watch.total
        over = f"  {seconds / floors[name]:6.1f} x floor" if floors else ""
        print(
            f"  {name:18s} {seconds:8.3f} s  {share:5.1f} %  {memory.found[name]:8.0f} MB{over}",
            flush=True,
        )


def flat(who: str, watch: Watch, memory: MemoryWatch) -> dict[str, float]:
    """Return seconds and memory of each stage under plain keys."""
    told: dict[str, float] = {}
    for name, seconds in watch.found.items():
        key = f"{who}_{name.lower().replace(' ', '_')}"
        told |= {f"{key}_seconds": round(seconds, 4), f"{key}_peak_mb": round(memory.found[name])}
    return told


def stage_floors(pipe: SmartEditPipeline, image: Image.Image, steps: int) -> dict[str, float]:
    """Return the least seconds that each stage of ours can take on this device, in this dtype."""
    flops = FlopWatch(pipe.device)
    ours(pipe, image, 1, "dpm", flops)
    understanding = (pipe.vision_tower, pipe.projector, pipe.language_model, pipe.qformer, pipe.bim)
    parts = {
        "understanding": (understanding, 1),
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


def approximations(
    pipe: SmartEditPipeline, image: Image.Image, device: torch.device, steps: int
) -> dict[str, float]:
    """Print and return what the inexact savings save and how far they move the result."""
    results: dict[str, torch.Tensor] = {}

    def seconds(name: str, guidance: Guidance | None) -> float:
        def run(watch: Watch, steps: int) -> None:
            results[name] = ours(pipe, image, steps, "dpm", watch, guidance).float()

        return measure(run, steps, device, 1)[0].found["UNet"]

    whole = seconds("exact", None)
    print(f"\ninexact options, {steps} steps: UNet time saved and distance of the latents")
    told: dict[str, float] = {}
    for name, guidance in (
        ("interval 0.2-0.8", Guidance(interval=(0.2, 0.8))),
        ("reuse every 2", Guidance(reuse_every=2)),
        ("reuse every 3", Guidance(reuse_every=3)),
        ("keep every 2", Guidance(keep_every=2)),
        ("keep every 3", Guidance(keep_every=3)),
    ):
        saved = 1 - seconds(name, guidance) / whole
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
    parser.add_argument(
        "--published-unet", action="store_true", help="Stable Diffusion's UNet and VAE"
    )
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
    reduced = PUBLISHED_UNET if args.published_unet else QUICK if args.quick else REDUCED
    config = preset(args.preset) if args.preset else reduced
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
    base, base_memory = measure(
        lambda w, n: published(pipe, image, n, w), full_steps, device, repeats
    )
    report(f"published procedure, {full_steps} steps", base, base_memory)

    if gpu:
        pipe.language_model.set_attn_implementation("sdpa")
    exact = None if gpu else ours(pipe, image, our_steps, "dpm", Watch(device))
    fast_bfloat16 = computes_in(torch.bfloat16, device)
    dtype = getattr(torch, args.dtype or ("bfloat16" if fast_bfloat16 else "float32"))
    pipe.to(dtype)
    pipe.answers.forget()
    floors = stage_floors(pipe, image, our_steps)  # before compiling, which hides arithmetic
    speed_up(pipe, compile_unet=gpu or args.compile, channels_last=True)
    equal, memory = measure(
        lambda w, n: ours(pipe, image, n, "euler_a", w), full_steps, device, repeats
    )
    report(f"ours, the same {full_steps} steps", equal, memory)
    fast, memory = measure(lambda w, n: ours(pipe, image, n, "dpm", w), our_steps, device, repeats)
    report(f"ours, {our_steps} steps of the default solver", fast, memory, floors)
    error = None
    if exact is not None:
        found = ours(pipe, image, our_steps, "dpm", Watch(device))
        error = round(float((found - exact).norm() / exact.norm()), 6)
    # They take six more edits each; at that size they are asked for by themselves.
    inexact = {} if args.published_unet else approximations(pipe, image, device, our_steps)

    language = base.found["language"] + base.found["vision"] + base.found["qformer and BIM"]
    result = {
        "benchmark": "core",
        "speedup_end_to_end": round(base.total / fast.total, 2),
        "speedup_equal_steps": round(base.total / equal.total, 2),
        "speedup_understanding": round(language / fast.found["understanding"], 2),
        "speedup_unet_step": round(base.found["UNet"] / equal.found["UNet"], 2),
        "seconds_published": round(base.total, 3),
        "seconds_equal_steps": round(equal.total, 3),
        "seconds_ours": round(fast.total, 3),
        "unet_step_over_floor": round(fast.found["UNet"] / floors["UNet"], 2),
        "understanding_over_floor": round(fast.found["understanding"] / floors["understanding"], 2),
        "vae_encode_over_floor": round(fast.found["VAE encode"] / floors["VAE encode"], 2),
        "vae_decode_over_floor": round(fast.found["VAE decode"] / floors["VAE decode"], 2),
        "dtype": str(dtype).removeprefix("torch."),
        "error_of_latents": error,
        "peak_memory_mb": round(memory.most),
        "peak_memory_published_mb": round(base_memory.most),
        **flat("published", base, base_memory),
        **flat("ours", fast, memory),
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
