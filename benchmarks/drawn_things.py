"""Measures what editors make of adding and replacing in the drawn world, judged by its own judge.

Run as `python benchmarks/drawn_things.py [--quick] [--ways exact words] [--editor NAME]
[--ops add replace] [--split NAME] [--limit N] [--seed N] [--sheet FOLDER]`.
*exact*: the editor alone is given the exact place and the wish in plain words, as a run would that
understood everything; what it makes outside the step's mask is taken back. *words*: the whole
product gets the world's own sentence. `copy` gives the picture back and `target` the exact target:
the worst and the best that the judge can see. Ends in one JSON line.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from drawn_makers import Maker, by_words, column, edits, save_sheet
from provenance import mean_text, provenance

from memory.home import find_home
from orchestrator.attempts import try_editor
from orchestrator.editor_shelf import default_shelf
from orchestrator.evaluated import ProductSubject
from orchestrator.plan import Step
from orchestrator.regions import EDGE, GROW
from orchestrator.settings import RunSettings
from smartedit_model.evaluation.judge import SceneJudge
from smartedit_model.world.catalogue import kind
from smartedit_model.world.edits import EditSample
from smartedit_model.world.render import REFLECTED
from smartedit_model.world.wordings import with_article
from tools.errors import ToolError
from tools.masks import dilate, pixels
from tools.operation import HardMask, Rgb
from tools.target import IMAGE, Relation, Target


def cases(op: str, split: str, limit: int, seed: int, size: int) -> Iterator[EditSample]:
    """The first so many edits of an op in a stream of the split."""
    task = "whole" if op == "add" else "edit"
    return edits(split, task, lambda made: made.op == op, limit, seed=seed, size=size)


def plainly(case: EditSample) -> tuple[Step, HardMask, HardMask]:
    """A case as a step in plain words, the step's mask and the exact outline of its thing."""
    if case.op == "add":
        known = {item.uid for item in case.scene.spec.objects}
        new = next(item for item in case.edited.spec.objects if item.uid not in known)
        what = with_article(new.entry, new.colour)
        words = f"add {what}"
        step = Step(id="s1", op="add", instruction=words, params={"what": what}, target=IMAGE)
        return step, case.mask, case.edited.mask(new.uid)
    old = case.scene.spec.get(case.referred[0] % REFLECTED)
    spec = case.spec
    if spec is None:
        raise ValueError("a case of the stream says what it asks; this one does not")
    named = f"{spec.colour} {kind(spec.value).name}" in case.instruction
    what = with_article(kind(spec.value), spec.colour if named else None)
    several = len(case.referred) > 1
    mirror = Relation(kind="reflection_of", anchor=Target(phrase=old.entry.name))
    target = Target(
        phrase=f"the {old.entry.plural if several else old.entry.name}",
        category=old.entry.name,
        relation=mirror if case.referred[0] >= REFLECTED else None,
        quantity="all" if several else "one",
    )
    words = f"replace {target.phrase} with {what}"
    step = Step(id="s1", op="replace", instruction=words, params={"new": what}, target=target)
    reach = pixels(GROW["replace"] + EDGE, case.region.shape)
    return step, dilate(case.region, reach), case.region


def exactly(name: str) -> Maker:
    """One try of an editor, given the exact place, blended in as a run does it."""
    editor = default_shelf(find_home().models).get(name)

    def make(case: EditSample, number: int) -> Rgb:
        step, mask, thing = plainly(case)
        try:
            made = try_editor(
                editor,
                step,
                case.source,
                None,
                mask.astype(np.float32),
                thing=thing.astype(np.float32),
                seed=number,
                options={},
                assets={},
                cancelled=lambda: False,
                progress=lambda _fraction: None,
            )
        except ToolError:
            return case.source
        return made.rgb

    return make


def measure(
    op: str, asked: argparse.Namespace, make: Maker, judge: SceneJudge, way: str
) -> tuple[list[bool], Counter[str]]:
    """Whether each case came out right, and what was wrong of the others."""
    right: list[bool] = []
    wrong: Counter[str] = Counter()
    shown: list[Rgb] = []
    for number, case in enumerate(cases(op, asked.split, asked.limit, asked.seed, asked.size)):
        picture = make(case, number)
        verdict = judge.judge(case, picture)
        right.append(verdict.aligned)
        wrong.update(failure.split(" (")[0] for failure in verdict.failures)
        shown.append(column(case, picture))
    if asked.sheet is not None:
        save_sheet(shown, Path(asked.sheet) / f"{op}-{way}-{asked.editor}.png")
    return right, wrong


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="8 cases of each op")
    parser.add_argument("--ways", nargs="+", default=["exact"], choices=("exact", "words"))
    parser.add_argument("--editor", default="drawn-things", help="of the shelf; copy, target")
    parser.add_argument("--ops", nargs="+", default=["add", "replace"], choices=("add", "replace"))
    parser.add_argument("--split", default="val", choices=("val", "test"))
    parser.add_argument("--limit", type=int, default=120, help="cases of each op")
    parser.add_argument("--size", type=int, default=128, help="side of the pictures")
    parser.add_argument("--seed", type=int, default=31, help="another seed gives other cases")
    parser.add_argument("--sheet", default=None, help="a folder for pictures of the first 24")
    asked = parser.parse_args()
    asked.limit = 8 if asked.quick else asked.limit
    judge, started = SceneJudge(), time.monotonic()
    closing: dict[str, object] = {"benchmark": "drawn_things", "editor": asked.editor}
    simple: dict[str, Maker] = {
        "copy": lambda case, _number: case.source,
        "target": lambda case, _number: case.target,
    }
    settings = RunSettings(planner="rules")
    with ProductSubject(find_home().models, settings) as product:
        for way in asked.ways:
            make = simple.get(asked.editor) or (
                exactly(asked.editor) if way == "exact" else by_words(product)
            )
            for op in asked.ops:
                right, wrong = measure(op, asked, make, judge, way)
                print(f"{op:8} {way:6} {asked.editor}: {mean_text(right)} of {len(right)}")
                for told, count in wrong.most_common(8):
                    print(f"  {count:3} {told}")
                closing[f"{op}_{way}"] = round(float(np.mean(right)), 4)
    closing |= {"n": asked.limit, "seconds": round(time.monotonic() - started, 1)}
    print(json.dumps(closing | provenance(asked.seed)))


if __name__ == "__main__":
    main()
