"""Measures how well a model's mask head finds what words point at, in one pass without diffusion.

Run as `python benchmarks/grounding.py [--quick] [--model NAME] [--split NAME] [--limit N]
[--seed N]`.
Expressions of the drawn world, a share right a category: overlap with the exact mask above a half,
or, where nothing fits, having said so. The last row asks the plain cases by the kind's name alone
("remove the cup"), which tells new scenes from new wordings. Ends in one JSON line.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import replace

import torch
from provenance import provenance

from memory.home import find_home
from smartedit_model.pipeline import SmartEditPipeline
from smartedit_model.registry import model_folder
from smartedit_model.training.grounding import find_all, find_in, shares
from smartedit_model.world.catalogue import kind
from smartedit_model.world.edits import EditSample
from smartedit_model.world.stream import sample

PLAINLY = "remove the {}"
GOAL = 0.90


def plainly(split: str, each: int, seed: int) -> list[EditSample]:
    """Plain cases of a split, each asked for by the name of its kind alone."""
    cases = []
    for number in range(each):
        made = sample(split, number, seed, ("plain",), {"segment": 1.0})
        target = made.spec.target if isinstance(made, EditSample) and made.spec else None
        if isinstance(made, EditSample) and target is not None and target.kind:
            words = PLAINLY.format(kind(target.kind).name)
            cases.append(replace(made, instruction=words))
    return cases


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="10 cases a category")
    parser.add_argument("--model", default="smartedit-nano", help="a name or a folder")
    parser.add_argument("--split", default="test", choices=("val", "test"))
    parser.add_argument("--limit", type=int, default=200, help="cases a category")
    parser.add_argument("--seed", type=int, default=3, help="another seed gives other cases")
    asked = parser.parse_args()
    each = 10 if asked.quick else asked.limit
    folder = model_folder(asked.model, find_home().models)
    pipe = SmartEditPipeline.from_pretrained(folder, torch_dtype=torch.float32)
    pipe.set_progress_bar_config(disable=True)
    started = time.monotonic()
    rows = shares(find_all(pipe, asked.split, each, seed=asked.seed))
    named = find_in(pipe, "by name", plainly(asked.split, each, asked.seed))
    rows |= shares(named)
    said = [one for one in named if one.said]
    right = rows["by name"]["right"] * len(named) / max(len(said), 1)
    print(f"{asked.model} on {asked.split}, {each} a category; right: overlap above a half")
    for name, row in rows.items():
        print(f"{name:12} {row['right']:.3f}   mean overlap {row['iou']:.3f}   of {row['n']:.0f}")
    print(f"by name, of those it claims to see: {right:.3f}")
    closing = {
        "benchmark": "grounding",
        "model": asked.model,
        "split": asked.split,
        **{f"right_{name.replace(' ', '_')}": row["right"] for name, row in rows.items()},
        "right_when_said": round(right, 4),
        "goal": GOAL,
        "seconds": round(time.monotonic() - started, 1),
        **provenance(asked.seed),
    }
    print(json.dumps(closing))


if __name__ == "__main__":
    main()
