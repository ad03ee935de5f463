"""Measures things of drawings removed, recoloured, resized and moved, judged by their own judge.

Run as `python benchmarks/drawn_changes.py [--quick] [--ways tools editor] [--limit N] [--seed N]
[--size N] [--sheet FOLDER]`, on scenes of the validation split. *tools*: the photographic tools;
*editor*: `drawn-changes` alone; both are given the exact place. *words*: the whole product gets
the world's own sentence and nothing else. Ends in one JSON line.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from itertools import count, islice
from pathlib import Path
from typing import Any

import numpy as np
from drawn_makers import Maker, judged, options, ways
from provenance import provenance

from memory.home import find_home
from orchestrator.editor_shelf import default_shelf
from orchestrator.settings import RunSettings
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


def params_of(case: EditSample) -> Mapping[str, Any]:
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
    wish = params_of(case)
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
    mask = grown.astype(np.float32)
    context = ToolContext(case.source, mask, seed=number)
    tool = get_tool(name)
    made = tool.run(parse_args(tool, dict(args[case.op])), context)
    return composite(case.source, made.image, mask if made.region is None else made.region)


def by_editor() -> Maker:
    """As the editor for drawings does it; where it declines, nothing is done."""
    editor = default_shelf(find_home().models).get("drawn-changes")

    def make(case: EditSample, number: int) -> Rgb:
        several = len(case.referred) > 1
        target = Target(phrase="it", category="thing", quantity="all" if several else "one")
        wish = Wish(case.op, params_of(case), target)
        mask = dilate(case.region, pixels(GROW, case.region.shape))
        request = EditRequest(
            case.source, "", mask, op=case.op, seed=number, wish=wish, thing=case.region
        )
        return editor.edit(request).image

    return make


def main() -> None:
    """Measure and print."""
    parser = options(__doc__, limit=50, seed=17, each=" an op")
    parser.add_argument("--ops", nargs="+", default=list(OPS), choices=OPS)
    asked = parser.parse_args()
    asked.limit = 8 if asked.quick else asked.limit
    started = time.monotonic()
    closing: dict[str, object] = {"benchmark": "drawn_changes", "n": asked.limit}
    for way, make in ways(asked, by_tools, by_editor, RunSettings()):
        for op in asked.ops:
            sheet = None if asked.sheet is None else Path(asked.sheet) / f"{op}-{way}.png"
            edits = cases(op, asked.limit, asked.seed, asked.size)
            right = judged(edits, make, lambda case: case.op, sheet)[op]
            print(f"{way:7} {op:8} {sum(right)} of {len(right)}", flush=True)
            closing[f"{way}_{op}"] = round(float(np.mean(right)), 4)
    closing["seconds"] = round(time.monotonic() - started, 1)
    print(json.dumps(closing | provenance(asked.seed)))


if __name__ == "__main__":
    main()
