"""Measures what the shipped model still finds when one of its ways is cut, with no learning since.

Run as `python benchmarks/cuts.py --out FOLDER [--quick] [--limit N] [--split NAME] [--seed N]`.
It tells what the trained model relies on, not what a model needs: for that, each must be taught
without (`baselines.py`, whose cases these are, kept in FOLDER). A share right a category, as there.
Ends in one JSON line.
"""

from __future__ import annotations

import argparse
import copy
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from provenance import mean_text, provenance
from torch import Tensor, nn

from memory.home import find_home
from smartedit_model.pipeline import SmartEditPipeline
from smartedit_model.registry import model_folder
from smartedit_model.training.baselines.measure import cases, right
from smartedit_model.training.baselines.plan import Variant
from smartedit_model.training.baselines.variant import cut
from smartedit_model.world.refer import CATEGORIES

SIZE = 128
CUTS = {
    "whole": Variant(),
    "blind": Variant(sees=False),
    "no_marks": Variant(marks=False),
    "picture_deaf": Variant(picture_reads_words=False),
    "picture_deaf_no_marks": Variant(picture_reads_words=False, marks=False),
    "words_blind": Variant(words_read_picture=False),
}
"""The language model before a blank picture; the marks of `matching` not told; patches that do not
attend to words; neither; and words that do not attend to patches."""


class Cut(nn.Module):
    """BIM and mask head of a pipeline with a way cut, under the interface of variants."""

    def __init__(self, pipe: SmartEditPipeline, variant: Variant) -> None:
        super().__init__()
        self.bim: Any = copy.deepcopy(pipe.bim)
        self.mask_head: Any = pipe.mask_head
        cut(self.bim, variant)
        if not variant.marks:
            self.bim.matching.marked = lambda matched: matched.features

    def find(self, features: Tensor, condition: Tensor) -> tuple[Tensor, Tensor, Any]:
        """See `VariantTraining.find`."""
        seen = self.bim(features, condition, (1, 1))
        logits, valid = self.mask_head(seen.image_map, seen.condition)
        return logits, valid, seen


def row(found: Sequence[bool], category: Sequence[int]) -> dict[str, float]:
    """Return the share right of each category."""
    groups: dict[str, list[bool]] = {}
    for one, kind in zip(found, category, strict=True):
        groups.setdefault(CATEGORIES[kind], []).append(one)
    return {name: round(float(np.mean(members)), 3) for name, members in groups.items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder of `baselines.py`")
    parser.add_argument("--quick", action="store_true", help="10 cases a category")
    parser.add_argument("--limit", type=int, default=200, help="cases a category")
    parser.add_argument("--split", default="test", choices=("val", "test"))
    parser.add_argument("--seed", type=int, default=3, help="another seed gives other cases")
    asked = parser.parse_args()
    each = 10 if asked.quick else asked.limit
    torch.set_num_threads(1)
    folder = model_folder("smartedit-nano", find_home().models)
    pipe = SmartEditPipeline.from_pretrained(folder, torch_dtype=torch.float32)
    started = time.monotonic()
    kept = asked.out / "cases" / f"{asked.split}-{asked.seed}-{each}.safetensors"
    told = cases(pipe, kept, asked.split, each, asked.seed, SIZE)
    closing: dict[str, Any] = {"benchmark": "cuts", "split": asked.split, "each": each}
    for name, variant in CUTS.items():
        module: Any = Cut(pipe, variant)
        found = right(module, variant, told)
        print(f"{name}: {mean_text(found)} {row(found, told['category'].tolist())}", flush=True)
        closing[f"right_{name}"] = round(float(np.mean(found)), 4)
    closing |= {"seconds": round(time.monotonic() - started, 1), **provenance(asked.seed)}
    print(json.dumps(closing))


if __name__ == "__main__":
    main()
