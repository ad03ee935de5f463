"""Measures segmenters on the drawn world: IoU from a box, from one click, and by size.

Run as `python benchmarks/segmentation.py [--quick] [--segmenter NAME] [--split NAME] [--scenes N]
[--seed N] [--sheet FILE.png]`. Every visible object of every scene is asked for, at 128 px, with
its exact mask at hand: by the mask's own box, by a click where it is widest, by a click anywhere on
it. Masks are what `--box` and `--point` give a user. Ends in one JSON line.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from provenance import provenance

from smartedit_model.sam.choosing import SegmenterShelf
from smartedit_model.sam.training.lessons import WORLD_SIDE, objects_of
from smartedit_model.sam.training.prompts import centre_click, click_in
from smartedit_model.world.scene import Scene as Drawn
from smartedit_model.world.scene import make_scene
from smartedit_model.world.splits import SEEDS, rules_of
from tools.grounding import Region, Scene, Segmenter
from tools.masks import box_of, iou

GOALS = {"box": 0.90, "click": 0.85}
PROMPTS = ("box", "click", "any click")
SIZES = ((0.0, 0.005, "tiny (below 0.5% of the picture)"), (0.005, 0.02, "small (to 2%)"),
         (0.02, 1.0, "large (above 2%)"))  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """One object asked for in one way: how, its share of the picture, IoU, claimed confidence."""

    prompt: str
    share: float
    overlap: float
    claimed: float


def ask(cut: Segmenter, scene: Scene, wanted: Any, draw: np.random.Generator) -> list[Answer]:
    """An object's masks from each prompt."""
    share = float(wanted.mean())
    middle, anywhere = (
        tuple(int(v) for v in click) for click in (centre_click(wanted), click_in(wanted, draw))
    )
    found: dict[str, list[Region]] = {
        "box": cut.segment(scene, box=box_of(wanted)),
        "click": cut.segment(scene, points=((*middle, True),)),
        "any click": cut.segment(scene, points=((*anywhere, True),)),
    }
    return [
        Answer(
            name,
            share,
            iou(regions[0].mask, wanted) if regions else 0.0,
            regions[0].confidence if regions else 0.0,
        )
        for name, regions in found.items()
    ]


def sheet(cut: Segmenter, scenes: list[Drawn], path: Path) -> None:
    """Scenes in two rows each: every object's mask from its box, and from one click."""
    rows = []
    for drawn in scenes:
        scene = Scene(drawn.image)
        plain, boxed, clicked = drawn.image.copy(), drawn.image.copy(), drawn.image.copy()
        for number, wanted in enumerate(objects_of(drawn.owner)):
            colour = np.array(cv2.cvtColor(np.uint8([[[number * 37 % 180, 230, 255]]]), 54)[0, 0])
            x, y = (int(v) for v in centre_click(wanted))
            for canvas, prompt in (
                (boxed, {"box": box_of(wanted)}),
                (clicked, {"points": ((x, y, True),)}),
            ):
                regions = cut.segment(scene, **prompt)
                if regions:
                    mask = regions[0].mask
                    canvas[mask] = (0.35 * canvas[mask] + 0.65 * colour).astype(np.uint8)
            cv2.circle(clicked, (x, y), 1, (0, 0, 0), -1)
        rows.append(np.vstack([plain, boxed, clicked]))
    picture = np.hstack(rows)
    big = cv2.resize(picture, None, fx=2, fy=2, interpolation=cv2.INTER_NEAREST)
    cv2.imwrite(str(path), cv2.cvtColor(big, cv2.COLOR_RGB2BGR))


def table(answers: list[Answer]) -> None:
    """Means and tenth percentiles, prompt by prompt and size by size."""
    print(
        f"{'prompt':12}{'size':36}{'objects':>8}{'mean IoU':>10}{'10th pct':>10}{'below 0.5':>11}"
    )
    for prompt in PROMPTS:
        for low, high, name in (*SIZES, (0.0, 1.0, "all")):
            found = [a.overlap for a in answers if a.prompt == prompt and low <= a.share < high]
            if found:
                print(
                    f"{prompt:12}{name:36}{len(found):8d}{np.mean(found):10.3f}"
                    f"{np.percentile(found, 10):10.3f}{np.mean(np.array(found) < 0.5):11.1%}"
                )


def main() -> None:
    """Runs the measurements."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="20 scenes")
    parser.add_argument("--segmenter", default="sam-nano", help="see smartedit_model.sam.choosing")
    parser.add_argument("--models", type=Path, help="folder of weights of one's own")
    parser.add_argument("--split", choices=("val", "test"), default="test")
    parser.add_argument("--scenes", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--sheet", type=Path, help="write a picture of some scenes with masks")
    options = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    count = 20 if options.quick else options.scenes
    first, rules = SEEDS[options.split][0], rules_of(options.split)
    draw = np.random.default_rng(options.seed)
    answers: list[Answer] = []
    with tempfile.TemporaryDirectory() as nowhere:
        shelf = SegmenterShelf(options.models or Path(nowhere))
        cut = shelf.get(options.segmenter, force=True)
        begun = time.perf_counter()
        for number in range(count):
            drawn = make_scene(first + number, WORLD_SIDE, None, rules)
            scene = Scene(drawn.image)
            for wanted in objects_of(drawn.owner):
                answers += ask(cut, scene, wanted, draw)
        seconds = time.perf_counter() - begun
        if options.sheet:
            shown = [make_scene(first + i, WORLD_SIDE, None, rules) for i in range(8)]
            sheet(cut, shown, options.sheet)
    table(answers)
    means = {
        f"{name.replace(' ', '_')}_iou": round(
            float(np.mean([a.overlap for a in answers if a.prompt == name])), 4
        )
        for name in PROMPTS
    }
    print(
        json.dumps(
            {
                "segmenter": options.segmenter,
                "split": options.split,
                "scenes": count,
                "objects": len(answers) // len(PROMPTS),
                **means,
                "goal_box_iou": GOALS["box"],
                "goal_click_iou": GOALS["click"],
                "seconds_a_scene": round(seconds / count, 3),
                **provenance(options.seed),
            }
        )
    )


if __name__ == "__main__":
    main()
