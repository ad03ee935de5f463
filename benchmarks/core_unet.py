"""The UNet's step alone, run in different ways: what ``core.py`` times beside whole edits.

Each way is told with its milliseconds a step of three branches and its distance from float32's.
"""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import torch
from core_ours import relative_error, unet_flops, unet_inputs
from core_watch import matmul_flops, timed
from provenance import provenance
from torch.nn.attention import SDPBackend, sdpa_kernel

from smartedit_model import SmartEditConfig, SmartEditUNet
from smartedit_model.build import unet_config
from smartedit_model.cuda_graphs import CudaGraphs

Way = tuple[str, Callable[[], SmartEditUNet], Callable[[], AbstractContextManager[Any]]]


@contextmanager
def tf32(on: bool) -> Iterator[None]:
    """Allow or forbid the tensor cores' shortened float32 on a GPU."""
    backends: tuple[Any, ...] = (torch.backends.cuda.matmul, torch.backends.cudnn)
    before = [backend.allow_tf32 for backend in backends]
    for backend in backends:
        backend.allow_tf32 = on
    try:
        yield
    finally:
        for backend, was in zip(backends, before, strict=True):
            backend.allow_tf32 = was


@contextmanager
def tuned_convolutions() -> Iterator[None]:
    """Let cuDNN try its ways of each convolution and keep the fastest."""
    before = torch.backends.cudnn.benchmark
    torch.backends.cudnn.benchmark = True
    try:
        yield
    finally:
        torch.backends.cudnn.benchmark = before


def step_seconds(unet: SmartEditUNet, inputs: Any, device: torch.device, repeats: int) -> float:
    """Return the seconds of a step, the best mean of some rows of steps without waiting between."""
    calls = 10 if device.type == "cuda" else 1

    def row() -> None:
        for _ in range(calls):
            unet.predict(*inputs)

    row()
    return min(timed(row, device) for _ in range(repeats)) / calls


@torch.no_grad()
def step_ways(
    single: SmartEditUNet, queries: int, device: torch.device, dtype: torch.dtype, repeats: int
) -> dict[str, Any]:
    """Time a step in every way; ``single`` is the UNet in float32, ``dtype`` the one of ours."""

    def cast(to: torch.dtype, layout: torch.memory_format = torch.channels_last) -> SmartEditUNet:
        made: SmartEditUNet = copy.deepcopy(single).to(to)
        return made.to(memory_format=layout)

    def graphed() -> SmartEditUNet:
        unet = cast(dtype)
        unet.graphs = CudaGraphs()
        return unet

    name = "ours_" + str(dtype).removeprefix("torch.")
    ways: list[Way] = [
        ("float32", lambda: single, lambda: tf32(False)),
        (name, lambda: cast(dtype), nullcontext),
        (f"{name}_contiguous", lambda: cast(dtype, torch.contiguous_format), nullcontext),
        (f"{name}_unfused_attention", lambda: cast(dtype), lambda: sdpa_kernel(SDPBackend.MATH)),
    ]
    if device.type == "cuda":
        ways += [
            (f"{name}_cuda_graph", graphed, nullcontext),
            (f"{name}_tuned_convolutions", lambda: cast(dtype), tuned_convolutions),
            ("float16", lambda: cast(torch.float16), nullcontext),
            ("tf32", lambda: single, lambda: tf32(True)),
        ]
    told: dict[str, Any] = {}
    exact = None
    for label, make, around in ways:
        unet = make()
        inputs = unet_inputs(unet.config, queries, device, unet.dtype)
        with around():
            out = unet.predict(*inputs).float()
            told[f"step_{label}_ms"] = round(1e3 * step_seconds(unet, inputs, device, repeats), 2)
        if exact is None:
            exact = out
        else:
            told[f"step_{label}_error"] = relative_error(out, exact)
        if label == name:
            alone = tuple(i[:1] if i.ndim else i for i in inputs)
            one = step_seconds(unet, alone, device, repeats)
            told[f"step_{label}_one_branch_ms"] = round(1e3 * one, 2)
    return told


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
    result["bfloat16_error"] = round(relative_error(outs["bfloat16"], outs["float32"]), 4)
    print(json.dumps(result | provenance(seed)))
