"""Measures how well things of drawings are found and named, without any model that edits.

Run as `python benchmarks/drawn_names.py [--quick] [--split NAME] [--limit N] [--seed N]`.
Every thing of a drawn scene that covers 0.2% of it: whether a mask overlaps it by more than a half
and by three quarters, and whether it has the right name and colour; beside it, the same where only
looks name things. `--fit` fits the log odds of ``smartedit_model.drawings.recognising`` on the
split instead, and prints them. Ends in one JSON line.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator

import numpy as np
import torch
from logistic import logistic
from provenance import mean_text, provenance

from smartedit_model.drawings import things as looking
from smartedit_model.drawings.proposing import Proposer
from smartedit_model.drawings.recognising import guesses, plain
from smartedit_model.drawings.surroundings import with_look
from smartedit_model.drawings.things import Thing
from smartedit_model.evaluation.judge_eye import Eye
from smartedit_model.evaluation.judge_weights import shipped_judge
from smartedit_model.fingerprints import content_version
from smartedit_model.sam.segmenter import SamSegmenter
from smartedit_model.sam.small import NAME, load_small, shipped_folder
from smartedit_model.world.cases import SHOWN
from smartedit_model.world.scene import Scene as DrawnScene
from smartedit_model.world.scene import SceneObject
from smartedit_model.world.stream import sample
from tools.grounding import Scene
from tools.masks import iou

LEAST = 0.002
"""Share of the picture that a thing covers to count."""
FOUND, WELL = 0.5, 0.75
RIGHT = 0.55
"""Overlap from which a mask shows a thing, in fitting."""


def scenes(split: str, limit: int, seed: int) -> Iterator[DrawnScene]:
    """Scenes of all categories in turn."""
    for number in range(limit):
        yield sample(split, number, seed, (SHOWN[number % len(SHOWN)],), {"segment": 1.0}).scene


def judged(found: list[Thing], objects: list[SceneObject]) -> tuple[list[list[bool]], int]:
    """Found, found well, named right and coloured right of each object; and masks of none."""
    rows, used = [], set()
    for item in objects:
        overlaps = [iou(thing.mask, item.mask) for thing in found]
        best = int(np.argmax(overlaps)) if overlaps else -1
        there = best >= 0 and overlaps[best] > FOUND
        if there:
            used.add(best)
        named = there and found[best].kind == item.kind
        coloured = there and found[best].sight.name("colour") == item.colour
        rows.append([there, there and overlaps[best] > WELL, named, coloured])
    return rows, len(found) - len(used)


def fit(split: str, limit: int, seed: int, proposer: Proposer, eye: Eye) -> None:
    """Fit the log odds that a mask shows a kind, and print them."""
    evidence, right = [], []
    for scene in scenes(split, limit, seed):
        found, glimpses = looking.proposed(scene.image, proposer, eye)
        around = with_look((), eye.look_at_all(scene.image))
        for guess in guesses(plain(scene.image, around), found, glimpses):
            mask = found[guess.number].mask
            best = max(scene.objects, key=lambda item: iou(mask, item.mask))
            evidence.append(guess.evidence)
            right.append(guess.drawn.kind == best.kind and iou(mask, best.mask) > RIGHT)
    slopes, offset = logistic(evidence, right, stiff=1e-3)
    told = {"slopes": [round(slope, 4) for slope in slopes], "offset": round(offset, 4)}
    print(json.dumps({"benchmark": "drawn_names_fit", **told, "n": len(right), **provenance(seed)}))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="10 scenes")
    parser.add_argument("--split", default="test", choices=("train", "val", "test"))
    parser.add_argument("--limit", type=int, default=100, help="scenes")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--fit", action="store_true", help="fit the odds on the split instead")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    limit = 10 if asked.quick else asked.limit
    folder = shipped_folder()
    proposer, eye = (
        SamSegmenter(NAME, lambda: load_small(folder), content_version(folder)),
        Eye(shipped_judge()),
    )
    if asked.fit:
        fit(asked.split, limit, asked.seed, proposer, eye)
        return
    started = time.process_time()
    rows: dict[str, list[list[bool]]] = {"drawings": [], "looks": []}
    none = dict.fromkeys(rows, 0)
    for scene in scenes(asked.split, limit, asked.seed):
        objects = [item for item in scene.objects if item.mask.mean() >= LEAST]
        found = {
            "drawings": looking.things_in(Scene(scene.image), proposer, eye),
            "looks": looking.by_looks(
                scene.image, eye, *looking.proposed(scene.image, proposer, eye)
            ),
        }
        for name, things in found.items():
            told, beside = judged(things, objects)
            rows[name] += told
            none[name] += beside
    print(f"{limit} scenes of {asked.split}; found, found well (0.75), named right, coloured right")
    told_all: dict[str, object] = {}
    for name, some in rows.items():
        columns = list(zip(*some, strict=True))
        print(f"{name:10}", "  ".join(mean_text(column) for column in columns), none[name], "extra")
        for key, column in zip(("found", "well", "named", "coloured"), columns, strict=True):
            told_all[f"{name}_{key}"] = round(float(np.mean(column)), 4)
        told_all[f"{name}_extra"] = none[name]
    closing = {
        "benchmark": "drawn_names", "split": asked.split, "scenes": limit,
        "things": len(rows["looks"]), **told_all,
        "cpu_seconds": round(time.process_time() - started, 1), **provenance(asked.seed),
    }  # fmt: skip
    print(json.dumps(closing))


if __name__ == "__main__":
    main()
