"""What the core's benchmark counts: a stage's seconds, memory and arithmetic."""

from __future__ import annotations

import time

import pytest
import torch
from core_watch import FlopWatch, Watch, floor_seconds, measure

CPU = torch.device("cpu")


def test_the_fastest_run_counts_and_memory_is_seen_while_it_is_held() -> None:
    """A stage that holds 64 MB for a moment is told with them, though it gives them back."""
    runs: list[Watch] = []

    def run(watch: Watch, steps: int) -> None:
        runs.append(watch)
        with watch.stage("first"):
            block = torch.ones(steps, 2 << 20)  # 8 MB a step
            time.sleep(0.02)
            del block
        with watch.stage("second"):
            pass

    seconds, memory = measure(lambda watch, _: run(watch, 8), 8, CPU, repeats=3)
    assert seconds.found["first"] == min(watch.found["first"] for watch in runs[1:])
    assert memory.found["first"] - memory.found["second"] > 48
    assert memory.most == memory.found["first"]


def test_arithmetic_is_counted_by_stage() -> None:
    """A matrix product is two operations for each pair of numbers."""
    watch = FlopWatch(CPU)
    for _ in range(2):
        with watch.stage("product"):
            torch.ones(3, 5) @ torch.ones(5, 7)
    assert watch.found == {"product": 2 * 2 * 3 * 5 * 7}


@pytest.mark.parametrize(("flops", "weights", "least"), [(100, 10, 10.0), (10, 100, 50.0)])
def test_the_floor_is_the_longer_of_arithmetic_and_reading(
    flops: float, weights: float, least: float
) -> None:
    """At 10 FLOP/s and 2 byte/s."""
    assert floor_seconds(flops, weights, rate=10, reading=2) == least
