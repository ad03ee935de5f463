"""What each saving of ours brings by itself: sections of ``core.py`` beside its main result.

Each takes the pipeline as ours runs it, leaves it as it was, and returns flat numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from core_models import INSTRUCTION
from core_ours import ours, relative_error
from core_published import published_answer
from core_watch import MemoryWatch, Watch, measure, timed
from PIL import Image

from smartedit_model import Guidance, SmartEditPipeline
from smartedit_model.cuda_graphs import CudaGraphs
from smartedit_model.images import vision_pixels
from smartedit_model.vision import patch_features


@contextmanager
def unet_run(pipe: SmartEditPipeline, graphs: CudaGraphs | None) -> Iterator[None]:
    """Run the UNet operator by operator, or as CUDA graphs; uncompiled in either case."""
    before = pipe.unet.graphs, pipe.unet._compiled_call_impl
    pipe.unet.graphs, pipe.unet._compiled_call_impl = graphs, None
    try:
        yield
    finally:
        pipe.unet.graphs, pipe.unet._compiled_call_impl = before


@torch.no_grad()
def image_tokens(pipe: SmartEditPipeline, image: Image.Image) -> torch.Tensor:
    """Return the projected vision features of a picture, ``(1, N, hidden)``."""
    tower = pipe.vision_tower
    pixels = vision_pixels([image], tower.config.image_size).to(pipe.device, tower.dtype)
    features = patch_features(tower, pixels)
    return pipe.projector(features.to(pipe.projector.dtype)).to(pipe.language_model.dtype)


@torch.no_grad()
def answer(
    pipe: SmartEditPipeline, image: Image.Image, device: torch.device, repeats: int
) -> dict[str, Any]:
    """Time the answer states: token by token, in one prefill, without the kept prefix, unfused."""
    tokens, lm = image_tokens(pipe, image), pipe.language_model
    prompter, states = pipe.answers.prompter, {}

    def token_by_token() -> None:
        states["decoded"] = published_answer(pipe, tokens)

    def prefill() -> None:
        states["prefilled"] = pipe.answers.prefill(tokens, [INSTRUCTION])

    def without_prefix() -> None:
        pipe.answers.forget()
        prefill()

    def best(work: Any) -> float:
        work()
        return min(timed(work, device) for _ in range(repeats))

    name = str(lm.dtype).removeprefix("torch.")
    told: dict[str, Any] = {
        f"prefill_{name}_seconds": round(best(prefill), 5),
        f"token_by_token_{name}_seconds": round(best(token_by_token), 5),
        f"prefill_no_prefix_{name}_seconds": round(best(without_prefix), 5),
    }
    told[f"prefill_against_decoded_{name}_error"] = relative_error(
        states["prefilled"], states["decoded"]
    )
    lm.set_attn_implementation("eager")
    told[f"prefill_unfused_{name}_seconds"] = round(best(prefill), 5)
    lm.set_attn_implementation("sdpa")
    pipe.answers.forget()
    question = len(prompter.question(INSTRUCTION))
    return told | {
        "tokens_prefix": len(prompter.prefix()),
        "tokens_image": int(tokens.shape[1]),
        "tokens_question": question,
        "tokens_answer": len(prompter.answered(INSTRUCTION)) - question,
    }


def branches(
    pipe: SmartEditPipeline, image: Image.Image, device: torch.device, steps: int, repeats: int
) -> dict[str, Any]:
    """Time the guidance branches in one batch and one after another, with their memory."""
    told: dict[str, Any] = {}
    for name, sequential in (("batched", False), ("sequential", True)):
        guidance = Guidance(sequential=sequential)
        seconds, memory = measure(
            lambda w, n, g=guidance: ours(pipe, [image], n, "dpm", w, g), steps, device, repeats
        )
        told[f"unet_{name}_seconds"] = round(seconds.found["UNet"], 4)
        told[f"unet_{name}_peak_mb"] = round(memory.found["UNet"])
    return told


def batches(
    pipe: SmartEditPipeline,
    image: Image.Image,
    device: torch.device,
    steps: int,
    sizes: Sequence[int],
) -> dict[str, Any]:
    """Time whole edits of several pictures in one pass."""
    told: dict[str, Any] = {}
    for size in sizes:
        seconds, memory = measure(
            lambda w, n, s=size: ours(pipe, [image] * s, n, "dpm", w), steps, device, 1
        )
        told[f"batch_{size}_seconds_a_picture"] = round(seconds.total / size, 4)
        told[f"batch_{size}_peak_mb"] = round(memory.most)
    return told


def approximations(
    pipe: SmartEditPipeline, image: Image.Image, device: torch.device, steps: int
) -> dict[str, float]:
    """Print and return what the inexact savings save and how far they move the result."""
    results: dict[str, torch.Tensor] = {}

    def seconds(name: str, guidance: Guidance | None) -> float:
        def run(watch: Watch, steps: int) -> None:
            results[name] = ours(pipe, [image], steps, "dpm", watch, guidance).float()

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
        error = relative_error(results[name], results["exact"])
        print(f"  {name:18s} {100 * saved:5.1f} % saved, relative error {error:.3f}", flush=True)
        key = name.replace(" ", "_").replace("-", "_").replace(".", "")
        told |= {f"{key}_saved": round(saved, 3), f"{key}_error": round(error, 4)}
    return told


def offloaded(
    pipe: SmartEditPipeline, image: Image.Image, device: torch.device, steps: int
) -> dict[str, Any]:
    """Time an edit whose modules wait in main memory."""
    pipe.answers.forget()
    start = timed(lambda: pipe.enable_model_cpu_offload(device=device), device)
    memory, watch = MemoryWatch(device), Watch(device)
    try:
        ours(pipe, [image], 2, "dpm", memory)
        ours(pipe, [image], steps, "dpm", watch)
    finally:
        pipe.answers.forget()
        pipe.remove_all_hooks()
        pipe.to(device)
    peaks = {name.lower().replace(" ", "_"): round(most) for name, most in memory.found.items()}
    return {
        "offload_start_seconds": round(start, 2),
        "offload_seconds": round(watch.total, 3),
        "offload_peak_mb": round(memory.most),
        **{f"offload_{name}_peak_mb": most for name, most in peaks.items()},
    }
