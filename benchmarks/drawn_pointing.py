"""Measures which thing of a drawing a sentence is taken to mean, from its pixels and its words.

Run as `python benchmarks/drawn_pointing.py [--quick] [--split NAME] [--limit N] [--seed N]
[--part I/N]`.
Instructions of the drawn world, a share right a category: overlap with the exact mask above a half,
or, where nothing fits, having said so. Three readers: the core alone (one pass, its mask head), the
pointer alone over things that were recognised, and both weighed, as the product reads; with what
the small language model knows of words where that is installed (SMARTEDIT_PLANNER=rules: without).
`--fit`
fits how the two are weighed, and prints it. Ends in one JSON line.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from logistic import logistic
from parts import Part, part
from provenance import mean_text, provenance

from memory.home import find_home
from orchestrator.editor_shelf import default_shelf
from orchestrator.planning import AUTO
from orchestrator.reader.words import word_vectors
from smartedit_model.drawings.lazily import DrawnEyes
from smartedit_model.drawings.pointing import shipped_pointer
from smartedit_model.drawings.pointing_reader import (
    PointingReader,
    odds,
    seen_of,
)
from smartedit_model.phrase_reader import PhraseReader
from smartedit_model.sam.small import shipped_folder
from smartedit_model.world.cases import drawn_case
from smartedit_model.world.edits import EditSample
from smartedit_model.world.refer import CATEGORIES
from tools.errors import GroundingFailed
from tools.grounding import Reader, Scene
from tools.masks import iou
from tools.target import Target

IT = Target(phrase="it", category="thing")
"""The sentence alone says what is meant."""
FOUND = 0.5


@dataclass(frozen=True)
class Row:
    """One case: its category and whether each reader was right."""

    category: str
    right: dict[str, bool]


@cache
def core() -> PhraseReader:
    """The shipped core as a reader."""
    editor = default_shelf(find_home().models).get("smartedit-nano")
    reader = getattr(editor, "reader", None)
    if not isinstance(reader, PhraseReader):
        raise SystemExit("smartedit-nano has no mask head here; install the package again")
    return reader


def answered(reader: Reader, scene: Scene, made: EditSample) -> bool:
    """Whether a reader marks what is meant, or tells that nothing is."""
    try:
        found = reader.read(scene, IT, made.instruction)
    except GroundingFailed:
        return not made.valid
    if found is None or not found.mask.any():
        return not made.valid
    return made.valid and iou(found.mask, made.region) > FOUND


def fit(cases: list[EditSample], eyes: DrawnEyes) -> dict[str, float]:
    """How pointer and core are weighed: a logistic regression over what each says of things."""
    numbers, good = [], []
    for made in cases:
        scene = Scene(made.source)
        things = eyes.things(scene)
        seen = core().reading(scene, IT, made.instruction)
        if not things or seen is None:
            continue
        seen_things = seen_of(things, scene.image.shape)
        pointed = shipped_pointer().point(made.instruction, seen_things, word_vectors(AUTO))
        for thing, chance in zip(things, pointed.chances, strict=True):
            share = float(np.count_nonzero(thing.mask & made.region)) / thing.mask.sum()
            numbers.append((odds(chance), float(seen.soft[thing.mask].mean())))
            good.append(share > FOUND)
        numbers.append((odds(pointed.there), seen.valid))
        good.append(made.valid)
    (pointer, by_core), lean = logistic(numbers, good)
    told = {"pointer": pointer, "core": by_core, "lean": lean}
    return {name: round(value, 3) for name, value in told.items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="3 cases a category")
    parser.add_argument("--split", default="test", choices=("train", "val", "test"))
    parser.add_argument("--limit", type=int, default=60, help="cases a category")
    parser.add_argument("--seed", type=int, default=9)
    parser.add_argument("--part", type=part, default=Part(), help="a piece, as 2/5")
    parser.add_argument("--fit", action="store_true", help="fit the weighing on the split instead")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    each = 3 if asked.quick else asked.limit
    numbered = [(category, number) for number in range(each) for category in CATEGORIES]
    cases = [
        drawn_case(asked.split, category, number, asked.seed)
        for category, number in asked.part.take(numbered)
    ]
    eyes, started = DrawnEyes(shipped_folder()), time.process_time()
    if asked.fit:
        told = fit(cases, eyes)
        print(json.dumps({"benchmark": "drawn_pointing_fit", **told, **provenance(asked.seed)}))
        return
    readers: dict[str, Reader] = {
        "core": core(),
        "pointer": PointingReader(eyes, None, word_vectors(AUTO)),
        "both": PointingReader(eyes, core(), word_vectors(AUTO)),
    }
    rows = []
    for made in cases:
        scene = Scene(made.source)
        right = {name: answered(reader, scene, made) for name, reader in readers.items()}
        rows.append(Row(made.category, right))
    print(f"{asked.split}, {each} a category; right: " + ", ".join(readers))
    told_all: dict[str, float] = {}
    for category in (*CATEGORIES, ""):
        some = [row for row in rows if category in ("", row.category)]
        if not some:
            continue
        name = category or "all"
        shares = {reader: [row.right[reader] for row in some] for reader in readers}
        print(f"{name:12}", "  ".join(mean_text(hits) for hits in shares.values()), len(some))
        for reader, hits in shares.items():
            told_all[f"{name}_{reader}"] = round(float(np.mean(hits)), 4)
    closing = {
        "benchmark": "drawn_pointing", "split": asked.split, "cases": len(rows), **told_all,
        "cpu_seconds": round(time.process_time() - started, 1), **provenance(asked.seed),
    }  # fmt: skip
    print(json.dumps(closing))


if __name__ == "__main__":
    main()
