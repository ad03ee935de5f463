"""What a GPU at least needs for an edit at full size: computed, NOT measured.

Counts arithmetic on the meta device, weights' bytes and kernel launches of every stage, and sets
them against vendors' figures. A stage takes at least the longest of arithmetic at the peak rate,
weights read once from memory, and, kernel by kernel, the launches; compiled into a CUDA graph, a
UNet step is free of the last. Activations' traffic, softmax and norms are left out, so real times
are longer; ratios between the two procedures say more than seconds.

    python benchmarks/core_estimate.py [--preset 7b] [--gpu h100]

Prompt lengths are assumed, as the published tokenizer is not here. Ends in one JSON line.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from typing import Any

import torch
from provenance import provenance
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode

from smartedit_model import preset
from smartedit_model.build import build_modules
from smartedit_model.feature_reuse import DeepFeatures

#: Tokens before the picture, of the instruction and what closes it, of the answer's words.
PREFIX, QUESTION, WORDS = 70, 30, 12
#: What PyTorch needs on the host for one operator, launched one by one; an assumption.
LAUNCH_SECONDS = 5e-6


@dataclass(frozen=True)
class Gpu:
    """A vendor's figures: FLOP/s of dense matrix products in half and single precision, byte/s."""

    half: float
    single: float
    bandwidth: float


GPUS = {
    "h100": Gpu(half=989e12, single=67e12, bandwidth=3.35e12),
    "a100": Gpu(half=312e12, single=19.5e12, bandwidth=2.04e12),
    "rtx4090": Gpu(half=165e12, single=82.6e12, bandwidth=1.01e12),
}

_VIEWS = ("view", "transpose", "permute", "expand", "slice", "split", "unsqueeze", "select", "t.")


class Launches(TorchDispatchMode):
    """Counts operators that do something, which views do not."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = str(func).removeprefix("aten.")
        self.count += not name.startswith(_VIEWS)
        return func(*args, **(kwargs or {}))


@dataclass(frozen=True)
class Work:
    """One call's FLOPs, parameters and launched operators."""

    flops: int
    parameters: int
    launches: int

    def seconds(self, gpu: Gpu, *, half: bool = True, graph: bool = False) -> float:
        """Return the least time it can take."""
        rate, size = (gpu.half, 2) if half else (gpu.single, 4)
        least = max(self.flops / rate, self.parameters * size / gpu.bandwidth)
        return least if graph else max(least, self.launches * LAUNCH_SECONDS)


@torch.no_grad()
def work(module: nn.Module, *args: Any, call: Any = None, **kwargs: Any) -> Work:
    """Count one call on the meta device."""
    module.requires_grad_(False)
    counter, launches = FlopCounterMode(display=False), Launches()
    with counter, launches:
        (call or module)(*args, **kwargs)
    return Work(
        int(counter.get_total_flops()),
        sum(p.numel() for p in module.parameters()),
        launches.count,
    )


def stages(name: str) -> dict[str, Work]:
    """Return the work of each stage's one call, three guidance branches a UNet step."""
    config = preset(name)
    with torch.device("meta"):
        modules = build_modules(config)
        side, latent = config.vision.image_size, config.resolution // config.vae.factor
        features = torch.empty(1, config.vision.tokens, config.vision.hidden)
        answers = torch.empty(1, config.answer_tokens, config.language.hidden)
        queries = torch.empty(1, config.qformer.queries, config.qformer.hidden)
        pixels = torch.empty(1, 3, config.resolution, config.resolution)

        def tokens(count: int) -> torch.Tensor:
            return torch.empty(1, count, config.language.hidden)

        answer = WORDS + config.answer_tokens
        language = modules.language_model
        asked = config.vision.tokens + QUESTION
        channels = config.vae.latent_channels
        inputs = (
            torch.empty(3, channels, latent, latent),
            torch.empty(3, channels, latent, latent),
            torch.tensor(500),
            queries.expand(3, -1, -1),
            torch.empty(3, config.unet.channels[0], latent, latent),
        )
        kept = DeepFeatures(modules.unet, 2)

        def predict(*given: Any, step: int = 1) -> Any:
            with kept.call("all", step), torch.no_grad():
                return modules.unet.predict(*given)

        predict(*inputs, step=0)  # the next step keeps what this one gave
        return {
            "vision": work(modules.vision_tower, torch.empty(1, 3, side, side)),
            "prompt": work(language, inputs_embeds=tokens(PREFIX + asked), logits_to_keep=1),
            "token": work(language, inputs_embeds=tokens(1), logits_to_keep=1),
            "prefill": work(language, inputs_embeds=tokens(asked + answer), logits_to_keep=1),
            "qformer": work(modules.qformer, answers),
            "BIM": work(modules.bim, features, queries, (latent, latent)),
            "UNet step": work(modules.unet, *inputs, call=modules.unet.predict),
            "UNet kept": work(modules.unet, *inputs, call=predict),
            "VAE encode": work(modules.vae.encoder, pixels),
            "VAE decode": work(modules.vae.decoder, torch.empty(1, channels, latent, latent)),
        }


def main() -> None:
    """Print the estimate."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--preset", default="7b", choices=("7b", "13b"))
    parser.add_argument("--gpu", default="h100", choices=tuple(GPUS))
    args = parser.parse_args()
    gpu, all_work = GPUS[args.gpu], stages(args.preset)
    print(f"computed, not measured: SmartEdit {args.preset} on a {args.gpu}, one call of each")
    for name, one in all_work.items():
        print(
            f"  {name:10s} {one.flops / 1e9:9.1f} GFLOP {one.parameters / 1e6:8.0f} M weights "
            f"{one.launches:6d} kernels   {1e3 * one.seconds(gpu):7.2f} ms, as a graph "
            f"{1e3 * one.seconds(gpu, graph=True):6.2f} ms"
        )
    answer = WORDS + preset(args.preset).answer_tokens
    around = sum(all_work[n].seconds(gpu) for n in ("vision", "qformer", "BIM"))
    vae = sum(all_work[n].seconds(gpu) for n in ("VAE encode", "VAE decode"))
    decoded = all_work["prompt"].seconds(gpu, half=False) + answer * all_work["token"].seconds(
        gpu, half=False
    )
    step = all_work["UNet step"]
    published = around + vae + decoded + 100 * step.seconds(gpu)
    ours = around + vae + all_work["prefill"].seconds(gpu)
    result = {
        "benchmark": "core estimate (computed, not measured)",
        "preset": args.preset,
        "gpu": args.gpu,
        "published_seconds": round(published, 3),
        "published_decoding_seconds": round(decoded, 3),
        "published_unet_seconds": round(100 * step.seconds(gpu), 3),
        "ours_seconds_100_steps": round(ours + 100 * step.seconds(gpu, graph=True), 3),
        "ours_seconds_20_steps": round(ours + 20 * step.seconds(gpu, graph=True), 3),
        "ours_seconds_20_steps_no_graph": round(ours + 20 * step.seconds(gpu), 3),
    }
    for key, seconds in (
        ("ratio_equal_steps", result["ours_seconds_100_steps"]),
        ("ratio_20_steps", result["ours_seconds_20_steps"]),
        ("ratio_20_steps_no_graph", result["ours_seconds_20_steps_no_graph"]),
    ):
        result[key] = round(published / float(seconds), 1)
    print(json.dumps(result | provenance(0, "none")))


if __name__ == "__main__":
    main()
