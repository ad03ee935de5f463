"""Measures things of drawings removed, recoloured, resized and moved, judged by their own judge.

Run as `python benchmarks/drawn_changes.py [--quick] [--ways tools editor] [--limit N] [--seed N]
[--size N] [--sheet FOLDER]`, on scenes of the validation split. *tools*: the photographic tools;
*editor*: `drawn-changes` alone; both are given the exact place. *words*: the whole product gets
the world's own sentence and nothing else. Ends in one JSON line.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import count, islice
from pathlib import Path
from typing import Any

import numpy as np
from drawn_makers import Maker, by_words, column, save_sheet
from provenance import provenance

from memory.home import find_home
from orchestrator.editor_shelf import default_shelf
from orchestrator.evaluated import ProductSubject
from orchestrator.settings import RunSettings
from smartedit_model.evaluation.judge import SceneJudge
from smartedit_model.world.edits import EditSample
from smartedit_model.world.stream import sample
from tools.compositing import composite
from tools.editing import EditRequest, Wish
from tools.masks import dilate, pixels
from tools.operation import Rgb, ToolContext
from tools.registry import get_tool, parse_args
from tools.target import Target
from tools.transplant import GROW

OPS = ("remove", "recolor", "resize", "move")
CATEGORIES = ("plain", "colour", "left_right", "size", "multiple")
LARGER, SMALLER, STEP = 1.35, 0.74, 0.15
"""What the rules make of "bigger", "smaller" and "to the left"."""
SIDES = {"left": -1, "right": 1}


def cases(op: str, limit: int, seed: int, size: int) -> Iterator[EditSample]:
    """The first so many edits of an op in a stream of validation scenes."""
    made = (sample("val", n, seed, CATEGORIES, {"edit": 1.0}, size=size) for n in count())
    found = (m for m in made if isinstance(m, EditSample) and m.valid and m.op == op)
    return islice(found, limit)


def asked(case: EditSample) -> Mapping[str, Any]:
    """The parameters that a plan of a case has."""
    value = "" if case.spec is None else case.spec.value
    match case.op:
        case "recolor":
            return {"colour": value}
        case "resize":
            return {"factor": LARGER if value == "bigger" else SMALLER}
        case "move":
            return {"direction": value, "amount": STEP}
    return {}


def by_tools(case: EditSample, number: int) -> Rgb:
    """As photographs are done, through the mask."""
    wish = asked(case)
    several = len(case.referred) > 1
    args: dict[str, Mapping[str, Any]] = {
        "remove": {},
        "recolor": wish,
        "resize": {**wish, "anchor": "bottom", "each": several},
        "move": {"dx": SIDES.get(str(wish.get("direction")), 0) * STEP},
    }
    name = {"recolor": "recolor"}.get(case.op, f"{case.op}_object")
    grown = case.region
    if case.op != "recolor":
        grown = dilate(case.region, pixels(GROW, case.region.shape))
    context = ToolContext(case.source, grown.astype(np.float32), seed=number)
    tool = get_tool(name)
    made = tool.run(parse_args(tool, dict(args[case.op])), context)
    region = context.mask if made.region is None else made.region
    return composite(case.source, made.image, region)


def by_editor() -> Maker:
    """As the editor for drawings does it; where it declines, nothing is done."""
    editor = default_shelf(find_home().models).get("drawn-changes")

    def make(case: EditSample, number: int) -> Rgb:
        several = len(case.referred) > 1
        target = Target(phrase="it", category="thing", quantity="all" if several else "one")
        wish = Wish(case.op, asked(case), target)
        mask = dilate(case.region, pixels(GROW, case.region.shape))
        request = EditRequest(
            case.source, "", mask, op=case.op, seed=number, wish=wish, thing=case.region
        )
        return editor.edit(request).image

    return make


def measure(options: argparse.Namespace, way: str, make: Maker) -> dict[str, list[bool]]:
    """Whether each case came out right, by op."""
    judge, right = SceneJudge(), defaultdict[str, list[bool]](list)
    for op in options.ops:
        shown: list[Rgb] = []
        for number, case in enumerate(cases(op, options.limit, options.seed, options.size)):
            picture = make(case, number)
            right[op].append(judge.judge(case, picture).aligned)
            shown.append(column(case, picture))
        if options.sheet is not None:
            save_sheet(shown, Path(options.sheet) / f"{op}-{way}.png")
    return right


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="8 cases an op")
    ways = ("tools", "editor", "words")
    parser.add_argument("--ways", nargs="+", default=["tools", "editor"], choices=ways)
    parser.add_argument("--ops", nargs="+", default=list(OPS), choices=OPS)
    parser.add_argument("--limit", type=int, default=50, help="cases an op")
    parser.add_argument("--size", type=int, default=128, help="side of the pictures")
    parser.add_argument("--seed", type=int, default=17, help="another seed gives other cases")
    parser.add_argument("--sheet", default=None, help="a folder for pictures of the first 24")
    options = parser.parse_args()
    options.limit = 8 if options.quick else options.limit
    started = time.monotonic()
    closing: dict[str, object] = {"benchmark": "drawn_changes", "n": options.limit}
    with ProductSubject(find_home().models, RunSettings()) as product:
        for way in options.ways:
            makers = {"tools": lambda: by_tools, "editor": by_editor}
            make = makers[way]() if way in makers else by_words(product)
            right = measure(options, way, make)
            for op in options.ops:
                print(f"{way:7} {op:8} {sum(right[op])} of {len(right[op])}", flush=True)
                closing[f"{way}_{op}"] = round(float(np.mean(right[op])), 4)
    closing["seconds"] = round(time.monotonic() - started, 1)
    print(json.dumps(closing | provenance(options.seed)))


if __name__ == "__main__":
    main()
