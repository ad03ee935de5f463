"""Measures the drawn world: scenes and samples a second, and what each category costs.

Run as `python benchmarks/world.py [--quick] [--seed N] [--size N] [--workers N]`. Prints a table
for people and ends in one JSON line. Rates are of the wall clock over all workers together.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from concurrent.futures import ProcessPoolExecutor

import cv2
from provenance import provenance

from smartedit_model.world.catalogue import kinds
from smartedit_model.world.facts import facts
from smartedit_model.world.refer import CATEGORIES
from smartedit_model.world.scene import make_scene
from smartedit_model.world.stream import sample

WANTED_SCENES = 400.0  # a second, on two cores, at 128 px


def warm(size: int) -> None:
    """Reads the data files and photographs, so that they are not counted."""
    cv2.setNumThreads(1)
    for seed in range(40):
        make_scene(seed, size)


def scenes(first: int, count: int, size: int) -> tuple[float, float, float]:
    """When a worker began and ended `count` scenes, and the processor seconds they took."""
    warm(size)
    start, cpu = time.time(), time.process_time()
    for seed in range(first, first + count):
        make_scene(seed, size)
    return start, time.time(), time.process_time() - cpu


def category_ms(category: str, count: int, size: int, seed: int) -> float:
    """Processor milliseconds of one edit sample of a category: two pictures and the words."""
    start = time.process_time()
    for number in range(count):
        sample("train", number, seed, (category,), {"edit": 1.0}, size=size)
    return (time.process_time() - start) / count * 1000


def main() -> None:
    """Runs the measurements."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--size", type=int, default=128)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    count = 400 if options.quick else 2000
    firsts = [options.seed + i * 10_000_000 for i in range(options.workers)]
    with ProcessPoolExecutor(options.workers) as pool:
        times = list(pool.map(scenes, firsts, [count] * len(firsts), [options.size] * len(firsts)))
    wall = max(stop for _, stop, _ in times) - min(start for start, _, _ in times)
    rate = count * options.workers / wall
    cpu_rate = sum(count / cpu for _, _, cpu in times)
    print(f"{'scenes a second, wall clock':40s} {rate:8.0f}   {options.workers} workers")
    print(f"{'scenes a second of processor time':40s} {cpu_rate:8.0f}   {options.workers} workers")
    warm(options.size)
    costs = {}
    for category in CATEGORIES:
        costs[category] = category_ms(category, 20 if options.quick else 100, options.size, 1)
        print(f"{category:40s} {costs[category]:8.2f}   ms a sample")
    result = {
        "scenes_per_second": round(rate, 1),
        "scenes_per_cpu_second_all_workers": round(cpu_rate, 1),
        "baseline_scenes_per_second": WANTED_SCENES,
        "sample_ms": {name: round(value, 2) for name, value in costs.items()},
        "kinds": len(kinds()),
        "facts": len(facts()),
        "size": options.size,
        "workers": options.workers,
        "load_before": round(os.getloadavg()[0], 2),
        **provenance(options.seed),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
