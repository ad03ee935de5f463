"""Measures nights, sunsets, days, rain, snow and fog made of drawings, judged by their own judge.

Run as `python benchmarks/drawn_moods.py [--quick] [--ways tools editor] [--limit N] [--seed N]
[--size N] [--sheet FOLDER]`, on scenes of the validation split. *tools*: the photographic tools;
*editor*: `drawn-moods` alone; *words*: the whole product gets the world's own sentence. Ends in
one JSON line.
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
from smartedit_model.world.edits import EditSample
from tools.editing import EditRequest, Wish
from tools.operation import Rgb, ToolContext
from tools.registry import get_tool, parse_args
from tools.target import IMAGE

MOODS = ("night", "sunset", "day", "rain", "snow", "fog")


def cases(limit: int, seed: int, size: int) -> Iterator[EditSample]:
    """The first so many changes of light or weather in a stream of validation scenes."""
    return edits(
        "val", "whole", lambda made: asked_mood(made) in MOODS, limit, seed=seed, size=size
    )


def asked_mood(case: EditSample) -> str:
    """The mood that a case asks for; empty for other edits."""
    known = case.op in ("time", "weather") and case.spec is not None
    return str(case.spec.value) if known and case.spec is not None else ""


def by_tools(case: EditSample, number: int) -> Rgb:
    """As photographs are done."""
    mood = asked_mood(case)
    name, args = ("relight", {"to": mood}) if case.op == "time" else (mood, {})
    tool = get_tool(name)
    return tool.run(parse_args(tool, args), ToolContext(case.source, seed=number)).image


def by_editor() -> Maker:
    """As the editor for drawings does it, whatever the domain check says."""
    editor = default_shelf(find_home().models).get("drawn-moods")

    def make(case: EditSample, number: int) -> Rgb:
        mood = asked_mood(case)
        op, name = ("relight", "to") if case.op == "time" else ("weather", "kind")
        wish = Wish(op, {name: mood}, IMAGE)
        request = EditRequest(case.source, case.instruction, op=op, seed=number, wish=wish)
        return editor.edit(request).image

    return make


def main() -> None:
    """Measure and print."""
    asked = options(__doc__, limit=64, seed=91).parse_args()
    asked.limit = 8 if asked.quick else asked.limit
    started = time.monotonic()
    closing: dict[str, object] = {"benchmark": "drawn_moods", "n": asked.limit}
    for way, make in ways(asked, by_tools, by_editor, RunSettings(planner="rules")):
        sheet = None if asked.sheet is None else Path(asked.sheet) / f"moods-{way}.png"
        right = judged(cases(asked.limit, asked.seed, asked.size), make, asked_mood, sheet)
        for mood in MOODS:
            if right[mood]:
                print(f"{way:7} {mood:7} {sum(right[mood])} of {len(right[mood])}", flush=True)
        closing[way] = sum(sum(found) for found in right.values())
    closing["seconds"] = round(time.monotonic() - started, 1)
    print(json.dumps(closing | provenance(asked.seed)))


if __name__ == "__main__":
    main()
