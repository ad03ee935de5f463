"""What the stages of an edit take: seconds, memory, arithmetic; and what the machine gives.

One class a quantity, so that counting memory or arithmetic does not slow what is timed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar

import psutil
import torch
from torch.utils.flop_counter import FlopCounterMode

#: Seconds between two looks at the memory of a process on a CPU.
LOOK_EVERY = 0.005


@dataclass
class Watch:
    """Seconds by stage, on the wall unless :attr:`clock` is another."""

    device: torch.device
    found: dict[str, float] = field(default_factory=dict)
    clock: ClassVar[Callable[[], float]] = time.perf_counter

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a stage, waiting for the device."""
        self._wait()
        start = Watch.clock()
        yield
        self._wait()
        self.found[name] = self.found.get(name, 0.0) + Watch.clock() - start

    def _wait(self) -> None:
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)

    @property
    def total(self) -> float:
        """All stages together."""
        return sum(self.found.values())


class MemoryWatch(Watch):
    """The most memory held during each stage, in MB: the GPU's, or the process's on a CPU."""

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Watch a stage's memory."""
        self._wait()
        if self.device.type == "cuda":
            torch.cuda.reset_peak_memory_stats(self.device)
            yield
            self._wait()
            most = torch.cuda.max_memory_allocated(self.device)
        else:
            with looking() as seen:
                yield
            most = max(seen)
        self.found[name] = max(self.found.get(name, 0.0), most / 2**20)

    @property
    def most(self) -> float:
        """The largest of all stages."""
        return max(self.found.values())


class FlopWatch(Watch):
    """The arithmetic of each stage, in FLOP: matrix products, convolutions, attention."""

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count a stage's arithmetic."""
        counter = FlopCounterMode(display=False)
        with counter:
            yield
        self.found[name] = self.found.get(name, 0.0) + counter.get_total_flops()


@contextmanager
def looking() -> Iterator[list[int]]:
    """Give the bytes this process was seen to hold, looked up again and again meanwhile."""
    process, over = psutil.Process(), threading.Event()
    seen = [process.memory_info().rss]

    def look() -> None:
        while not over.wait(LOOK_EVERY):
            seen.append(process.memory_info().rss)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()
        seen.append(process.memory_info().rss)


def timed(run: Callable[[], Any], device: torch.device) -> float:
    """Return the seconds of one run."""
    watch = Watch(device)
    with watch.stage("run"):
        run()
    return watch.total


def measure(
    run: Callable[[Watch, int], Any], steps: int, device: torch.device, repeats: int
) -> tuple[Watch, MemoryWatch]:
    """Return each stage's fastest time of some runs of ``steps``, and its memory.

    Memory is watched in a short run before, which also warms up; it needs no more for more steps.
    """
    memory = MemoryWatch(device)
    run(memory, 2)
    best: dict[str, float] = {}
    for _ in range(repeats):
        watch = Watch(device)
        run(watch, steps)
        best = {k: min(v, best.get(k, v)) for k, v in watch.found.items()}
    return Watch(device, best), memory


def matmul_flops(device: torch.device, dtype: torch.dtype) -> float:
    """Return the measured matrix-product rate in FLOP/s."""
    side = 8192 if device.type == "cuda" else 1024
    a = torch.randn(side, side, device=device, dtype=dtype)
    return 2 * side**3 / min(timed(lambda: a @ a, device) for _ in range(8))


def bandwidth(device: torch.device) -> float:
    """Return the measured rate of reading memory in byte/s."""
    block = torch.ones((2 << 30 if device.type == "cuda" else 256 << 20) // 4, device=device)
    return block.nbytes / min(timed(block.sum, device) for _ in range(8))


def floor_seconds(flops: float, weights: float, rate: float, reading: float) -> float:
    """Return the least a stage can take: its arithmetic, or its weights read once.

    Args:
        flops: The stage's arithmetic.
        weights: Bytes of its weights.
        rate: FLOP/s of matrix products.
        reading: Byte/s.
    """
    return max(flops / rate, weights / reading)
