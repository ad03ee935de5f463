"""Calls replayed as CUDA graphs: one launch in place of a thousand, and nothing to compile.

A UNet step of a few rows waits for the host, which launches its kernels one by one. A graph of them
is captured once for each shape of the inputs, in the time of a few calls. It knows no UNet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any

import torch
from torch import Tensor, nn

from smartedit_model.errors import CaptureError, first_line
from smartedit_model.ladder import is_out_of_memory


@dataclass(frozen=True)
class Captured:
    """One graph and the memory it reads and writes."""

    graph: torch.cuda.CUDAGraph
    inputs: tuple[Tensor, ...]
    output: Tensor


class CudaGraphs:
    """The graphs of one module, by the shapes and dtypes of its inputs.

    Graphs read weights where these lay when they were captured; those of weights that moved are
    dropped. A module that is put together otherwise, its weights staying where they are, needs new
    graphs. Calls from several threads take turns. Gradients do not pass.

    Args:
        most: How many graphs are kept, those used last; each holds the activations of a call.
    """

    def __init__(self, most: int = 4) -> None:
        self.most = most
        self._kept: dict[Any, Captured] = {}
        self._weights: Any = None
        # An edit that is stopped for taking too long may still be at its last step in its thread.
        self._turn = Lock()

    def __deepcopy__(self, memo: dict[int, Any]) -> CudaGraphs:
        """A copied module has weights of its own and captures anew."""
        return CudaGraphs(self.most)

    @torch.no_grad()
    def __call__(self, module: nn.Module, call: Callable[..., Tensor], *inputs: Tensor) -> Tensor:
        """Return ``call(*inputs)``; where the inputs are on no GPU, it is called as it is.

        Args:
            module: Whose weights ``call`` reads.
            call: A function of tensors on one GPU that asks nothing of their values.
            inputs: Its arguments.

        Raises:
            CaptureError: The call cannot be captured here.
        """
        if not inputs[0].is_cuda:
            return call(*inputs)
        with self._turn:
            kept = self._graph(module, call, inputs)
            for held, given in zip(kept.inputs, inputs, strict=True):
                held.copy_(given)
            kept.graph.replay()
            return kept.output.clone()  # the next call writes into the same memory

    def _graph(
        self, module: nn.Module, call: Callable[..., Tensor], inputs: tuple[Tensor, ...]
    ) -> Captured:
        first = next(module.parameters())
        weights = (first.data_ptr(), first.dtype)
        if weights != self._weights:
            self._kept.clear()
            self._weights = weights
        key = tuple((tensor.shape, tensor.stride(), tensor.dtype) for tensor in inputs)
        kept = self._kept.pop(key, None)
        if kept is None:
            if len(self._kept) >= self.most:
                del self._kept[next(iter(self._kept))]
            kept = capture(call, inputs)
        self._kept[key] = kept  # the last is the one used last
        return kept


def capture(call: Callable[..., Tensor], inputs: tuple[Tensor, ...]) -> Captured:
    """Capture a call; what libraries set up on first use happens in the two calls before.

    Raises:
        CaptureError: Something in the call cannot be captured.
        torch.OutOfMemoryError: There is no memory for it.
    """
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
    # Other threads may go on allocating memory meanwhile.
    with _named_failures(device), torch.cuda.graph(graph, capture_error_mode="thread_local"):
        output = call(*held)
    return Captured(graph, held, output)


@contextmanager
def _named_failures(device: torch.device) -> Iterator[None]:
    before = torch.cuda.current_stream(device)
    try:
        yield
    except RuntimeError as error:
        # Where the end of a capture fails too, PyTorch leaves the capture's stream chosen and
        # hides what failed first.
        torch.cuda.set_stream(before)
        causes: list[BaseException] = [error]
        while (cause := causes[-1].__context__) is not None:
            causes.append(cause)
        if any(is_out_of_memory(cause) for cause in causes):
            raise torch.OutOfMemoryError("out of memory while capturing a CUDA graph") from error
        raise CaptureError(first_line(causes[-1])) from error
