"""The SmartEdit core against the published procedure, on the same random weights in one run.

The published procedure stands in ``core_published.py``: 100 steps, float32, the UNet float16 on a
GPU. Ours: one prefill behind a kept prefix, a 20-step solver, the same three branches in one batch,
PyTorch's fused attention, channels-last, and on a GPU bfloat16 and the UNet as CUDA graphs, or
compiled.

    python benchmarks/core.py [--quick] [--preset 7b] [--device cuda] [--dtype bfloat16] [--seed 0]
    python benchmarks/core.py --preset 7b --device cuda --budget 200
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
rates measured in the same run. On a GPU, or with ``--ablations``, what each saving brings by itself
follows. Every section prints a line of JSON when it is through; ``--budget`` leaves out those that
there is no time for. Ends in one JSON line.
"""

from __future__ import annotations

import argparse
import json
import sys
import time

import psutil
import torch
from core_ablations import approximations
from core_models import PUBLISHED_UNET, QUICK, REDUCED, build
from core_run import CoreRun
from core_sections import Sections
from core_unet import unet_step
from core_watch import Watch
from diffusers.utils import logging as diffusers_logging
from PIL import Image
from provenance import provenance

from smartedit_model import preset


def arguments() -> argparse.Namespace:
    """Return what the command line says."""
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
    parser.add_argument("--budget", type=float, help="seconds after which sections are left out")
    parser.add_argument("--ablations", action="store_true", help="each saving alone, on a CPU too")
    parser.add_argument("--unet-step", action="store_true", help="time a UNet step alone")
    parser.add_argument("--inexact", action="store_true", help="the inexact options alone")
    return parser.parse_args()


def main() -> int:
    """Run the benchmark; 1 when a section failed."""
    args = arguments()
    sections = Sections("core", args.budget)
    diffusers_logging.disable_progress_bar()
    diffusers_logging.set_verbosity_error()  # it warns of every cast
    device = torch.device(args.device)
    if device.type == "cpu":
        torch.set_num_threads(psutil.cpu_count(logical=False) or 1)
    if args.clock == "cpu":
        torch.set_num_threads(1)
        Watch.clock = time.process_time
    reduced = PUBLISHED_UNET if args.published_unet else QUICK if args.quick else REDUCED
    config = preset(args.preset) if args.preset else reduced
    repeats = args.repeats or (2 if args.quick else 3)
    if args.unet_step:
        unet_step(config, args.seed, device, repeats)
        return 0
    if args.inexact:
        image = Image.linear_gradient("L").resize((config.resolution,) * 2).convert("RGB")
        told = approximations(build(config, args.seed, device), image, device, 20)
        result = {"benchmark": "core inexact options", "config": config.name, "steps": 20, **told}
        print(json.dumps(result | {"clock": args.clock} | provenance(args.seed)))
        return 0
    gpu = device.type == "cuda"
    run = CoreRun(
        sections,
        config,
        device,
        seed=args.seed,
        repeats=repeats,
        steps=(10, 2) if args.quick else (100, 20),
        dtype=args.dtype,
        words=bool(args.preset),
        alone=gpu or args.ablations,
    )
    run.begin()
    run.published()
    run.ours("compiled" if args.compile and not gpu else "eager")
    if gpu:
        run.ours("graphs", needs=10)
    if gpu or args.ablations:
        run.ablations()
    elif not args.published_unet:
        # They take six more edits each; at that size they are asked for by themselves.
        run.inexact()
    if gpu or args.ablations:
        run.offloaded()
    if gpu:  # last, because compiling takes longest
        run.ours("compiled", needs=70)
    where = provenance(args.seed, torch.cuda.get_device_name(device) if gpu else "cpu")
    extra = {"clock": args.clock, "threads": torch.get_num_threads(), "failed": sections.failed}
    print(json.dumps({"benchmark": "core", **run.result(), **extra, **where}))
    return 1 if sections.failed else 0


if __name__ == "__main__":
    sys.exit(main())
