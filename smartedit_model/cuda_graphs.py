"""Calls replayed as CUDA graphs: one launch in place of a thousand, and nothing to compile.

A UNet step of a few rows waits for the host, which launches its kernels one by one. A graph of them
is captured once for each shape of the inputs, in the time of a few calls. It knows no UNet.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Captured:
    """One graph and the memory it reads and writes."""

    graph: torch.cuda.CUDAGraph
    inputs: tuple[Tensor, ...]
    output: Tensor


class CudaGraphs:
    """The graphs of one module, by the shapes and dtypes of its inputs.

    A result is valid until the next call, which writes into the same memory. Graphs read weights
    where these lay when they were captured; those of weights that moved are dropped. Gradients do
    not pass.

    Args:
        most: How many graphs are kept; each holds the activations of a call.
    """

    def __init__(self, most: int = 4) -> None:
        self.most = most
        self._kept: dict[Any, Captured] = {}
        self._weights: Any = None

    def __deepcopy__(self, memo: dict[int, Any]) -> CudaGraphs:
        """A copied module has weights of its own and captures anew."""
        return CudaGraphs(self.most)

    @torch.no_grad()
    def __call__(self, module: nn.Module, call: Callable[..., Tensor], *inputs: Tensor) -> Tensor:
        """Return ``call(*inputs)``.

        Args:
            module: Whose weights ``call`` reads.
            call: A function of tensors on one GPU that asks nothing of their values.
            inputs: Its arguments.
        """
        first = next(module.parameters())
        weights = (first.data_ptr(), first.dtype)
        if weights != self._weights:
            self._kept.clear()
            self._weights = weights
        key = tuple((tensor.shape, tensor.stride(), tensor.dtype) for tensor in inputs)
        if key not in self._kept:
            if len(self._kept) >= self.most:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = capture(call, inputs)
        kept = self._kept[key]
        for held, given in zip(kept.inputs, inputs, strict=True):
            held.copy_(given)
        kept.graph.replay()
        return kept.output


def capture(call: Callable[..., Tensor], inputs: tuple[Tensor, ...]) -> Captured:
    """Capture a call; what libraries set up on first use happens in the two calls before."""
    held = tuple(tensor.clone() for tensor in inputs)
    device = held[0].device
    make: Any = torch.cuda.Stream
    side = make(device)  # work before a capture may not be on the default stream
    side.wait_stream(torch.cuda.current_stream(device))
    with torch.cuda.stream(side):
        for _ in range(2):
            call(*held)
    torch.cuda.current_stream(device).wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        output = call(*held)
    return Captured(graph, held, output)
