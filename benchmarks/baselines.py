"""Teaches the model and what it is with one thing less, all for as long, and measures each.

Run as `python benchmarks/baselines.py --out FOLDER [--quick] [--only NAME ...] [--limit N]
[--plan FILE] [--seed N]`.
What each variant goes without stands in smartedit_model/training/baselines/baselines.yaml. A share
right a category: overlap of the place that is read from what the diffusion model would get with
the exact one above a half, or, where nothing fits, having said so. What FOLDER holds already is not
made again. Ends in one JSON line.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from provenance import mean_text, provenance
from torch import nn

from memory.home import find_home
from smartedit_model.evaluation.bench import UNDERSTANDING
from smartedit_model.evaluation.statistics import mean_of
from smartedit_model.pipeline import SmartEditPipeline
from smartedit_model.registry import model_folder
from smartedit_model.training.baselines.examples import prepare
from smartedit_model.training.baselines.learn import learned
from smartedit_model.training.baselines.measure import cases, right
from smartedit_model.training.baselines.plan import load_baselines
from smartedit_model.world.refer import CATEGORIES

AGAINST = "shipped"
"""Variants are compared with the shipped recipe, case by case."""


def of_categories(
    found: Sequence[bool], category: Sequence[int], names: Sequence[str]
) -> list[bool]:
    """What was right of the cases of some categories."""
    wanted = {CATEGORIES.index(name) for name in names}
    return [one for one, kind in zip(found, category, strict=True) if kind in wanted]


def difference(found: Sequence[bool], base: Sequence[bool]) -> str:
    """How much more of the same cases is right, with its 95% interval."""
    more = mean_of([float(a) - float(b) for a, b in zip(found, base, strict=True)])
    return "-" if more is None else f"{more.value:+.3f} ({more.low:+.3f} to {more.high:+.3f})"


def weights(module: nn.Module) -> int:
    """How many weights are there beside those that all are given."""
    return sum(p.numel() for p in module.parameters() if p.requires_grad)


def main() -> None:
    """Teach, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="for examples, weights and curves")
    parser.add_argument("--quick", action="store_true", help="10 cases a category")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="variants; all when omitted")
    parser.add_argument("--limit", type=int, default=200, help="cases a category")
    parser.add_argument("--split", default="test", choices=("val", "test"))
    parser.add_argument("--plan", type=Path, help="a YAML file in place of the package's")
    parser.add_argument("--seed", type=int, default=3, help="another seed gives other cases")
    asked = parser.parse_args()
    each = 10 if asked.quick else asked.limit
    torch.set_num_threads(1)
    plan = load_baselines(asked.plan)
    names = asked.only or list(plan.variants)
    folder = model_folder(plan.model, find_home().models)
    pipe = SmartEditPipeline.from_pretrained(folder, torch_dtype=torch.float32)
    started = time.monotonic()
    prepare(plan, pipe, asked.out / "data", print)
    modules = {name: learned(plan, name, pipe, asked.out, print) for name in names}
    kept = asked.out / "cases" / f"{asked.split}-{asked.seed}-{each}.safetensors"
    told = cases(pipe, kept, asked.split, each, asked.seed, plan.size)
    category = told["category"].tolist()
    found = {name: right(modules[name], plan.variant(name), told) for name in names}
    print(f"{asked.split}, {each} a category; right: overlap above a half")
    for name in names:
        print(f"\n{name}: all {mean_text(found[name])}")
        print(f"  understanding {mean_text(of_categories(found[name], category, UNDERSTANDING))}")
        for kind in CATEGORIES:
            print(f"  {kind:12} {mean_text(of_categories(found[name], category, [kind]))}")
        if name != AGAINST and AGAINST in found:
            print(f"  all, more than {AGAINST}: {difference(found[name], found[AGAINST])}")
            one, other = (of_categories(found[n], category, UNDERSTANDING) for n in (name, AGAINST))
            print(f"  understanding, more than {AGAINST}: {difference(one, other)}")
    closing = {
        "benchmark": "baselines",
        "split": asked.split,
        "each": each,
        **{f"right_{name}": round(float(np.mean(found[name])), 4) for name in names},
        **{f"weights_{name}": weights(modules[name]) for name in names},
        "seconds": round(time.monotonic() - started, 1),
        **provenance(asked.seed),
    }
    print(json.dumps(closing))


if __name__ == "__main__":
    main()
