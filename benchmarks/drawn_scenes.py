"""Measures backdrops and styles made of drawings, judged by their own judge.

Run as `python benchmarks/drawn_scenes.py [--quick] [--ways tools editor] [--limit N] [--seed N]
[--size N] [--sheet FOLDER]`, on scenes of the validation split. *tools*: the photographic tools,
which have no backdrops and leave such pictures as they are; *editor*: `drawn-backdrops` and
`drawn-moods` alone; *words*: the whole product gets the world's own sentence. Ends in one JSON
line.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

from drawn_makers import Maker, edits, judged, options, ways
from provenance import provenance

from memory.home import find_home
from orchestrator.editor_shelf import default_shelf
from orchestrator.settings import RunSettings
from smartedit_model.drawings import BACKDROPS_EDITOR, MOODS_EDITOR
from smartedit_model.world.edits import EditSample
from smartedit_model.world.wordings import table
from tools.editing import EditRequest, Wish
from tools.operation import Rgb, ToolContext
from tools.registry import get_tool, parse_args
from tools.target import IMAGE

TOOLS = {
    "sketch": "sketch",
    "sepia": "sepia",
    "gray": "black_and_white",
    "poster": "poster",
    "pixel": "pixel_art",
    "watercolour": "watercolour",
    "neon": "neon",
}
"""Style of the world -> the tool that draws it in photographs."""
ASKED = {"background": ("background", "new", "places"), "style": ("restyle", "style", "styles")}
"""The world's op -> the plan's, its parameter, and where its words stand."""


def cases(limit: int, seed: int, size: int) -> Iterator[EditSample]:
    """The first so many changes of backdrop or style in a stream of validation scenes."""
    return edits("val", "whole", lambda made: made.op in ASKED, limit, seed=seed, size=size)


def value_of(case: EditSample) -> str:
    """The backdrop or style that a case asks for."""
    return "" if case.spec is None else str(case.spec.value)


def by_tools(case: EditSample, number: int) -> Rgb:
    """As photographs are done."""
    if case.op == "background":
        return case.source
    tool = get_tool(TOOLS[value_of(case)])
    return tool.run(parse_args(tool, {}), ToolContext(case.source, seed=number)).image


def by_editor() -> Maker:
    """As the editors for drawings do it, whatever the domain check says."""
    shelf = default_shelf(find_home().models)

    def make(case: EditSample, number: int) -> Rgb:
        op, name, words = ASKED[case.op]
        said = table(words)[value_of(case)]
        wish = Wish(op, {name: said if isinstance(said, str) else said[0]}, IMAGE)
        editor = shelf.get(BACKDROPS_EDITOR if op == "background" else MOODS_EDITOR)
        request = EditRequest(case.source, case.instruction, op=op, seed=number, wish=wish)
        return editor.edit(request).image

    return make


def main() -> None:
    """Measure and print."""
    asked = options(__doc__, limit=96, seed=95).parse_args()
    asked.limit = 8 if asked.quick else asked.limit
    started = time.monotonic()
    closing: dict[str, object] = {"benchmark": "drawn_scenes", "n": asked.limit}
    for way, make in ways(asked, by_tools, by_editor, RunSettings(planner="rules")):
        sheet = None if asked.sheet is None else Path(asked.sheet) / f"scenes-{way}.png"
        right = judged(cases(asked.limit, asked.seed, asked.size), make, value_of, sheet)
        for name, found in sorted(right.items()):
            print(f"{way:7} {name:12} {sum(found)} of {len(found)}", flush=True)
        closing[way] = sum(sum(found) for found in right.values())
    closing["seconds"] = round(time.monotonic() - started, 1)
    print(json.dumps(closing | provenance(asked.seed)))


if __name__ == "__main__":
    main()
