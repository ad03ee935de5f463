"""What the loop around an editor is worth: a step's success before and after it, and its cost.

    python benchmarks/loop.py [--quick] [--limit N] [--seed N] [--model NAME] [--rate R]

Single edits of drawn test scenes, planned from what they are known to be, so that only the loop is
measured. Without ``--model`` the editor is SIMULATED: exact, with faults at a stated rate, and
helped by a reader that knows where things are. The judge knows the exact target and is not part of
the product. The cost is told in tries: the ways share what was looked at once, so their times say
nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from drawn_chain import Judge, chains, exact, eye
from drawn_plan import plan_of
from provenance import mean_text, provenance
from simulated_editor import NAME, Faults, SimulatedEditor

from memory.store import SessionStore
from orchestrator.editor_shelf import default_shelf
from orchestrator.editors import EditorShelf
from orchestrator.session import EditSession
from orchestrator.settings import RunSettings
from smartedit_model.world.edits import EditSample
from tools.errors import ToolError
from tools.pictures import Picture

OPS = ("replace", "remove", "recolor")
"""Edits that an editor makes at one place with nothing but the mask of the thing."""
WAYS: dict[str, dict[str, int | bool]] = {
    "one try": {"max_attempts": 1},
    "undecided kept": {"max_attempts": 3, "retry_undecided": False},
    "loop, 3 tries": {"max_attempts": 3},
    "loop, 5 tries": {"max_attempts": 5},
    "best of 3": {"max_attempts": 3, "best_of": 3},
}


def run_case(
    sample: EditSample,
    way: dict[str, int | bool],
    store: SessionStore,
    shelf: EditorShelf,
    simulated: SimulatedEditor | None,
    model: str,
    judge: Judge,
    seed: int,
) -> dict[str, Any]:
    """One edit in a session of its own."""
    if simulated is not None:
        simulated.expect(sample)
    session = EditSession.create(Picture(sample.source), store=store, editors=shelf)
    settings = RunSettings(seed=seed, model=model, force=simulated is not None, **way)
    executor = model if simulated is not None else "auto"
    report = session.edit(
        sample.instruction, plan=plan_of(sample, executor=executor), settings=settings
    )
    step = report.steps[0]
    picture = session.picture().rgb
    session.delete()
    first = simulated.made[0] if simulated is not None and simulated.made else ""
    return {
        "right": step["status"] in ("done", "unverified") and judge(sample, picture),
        "said": step["status"],
        "tries": step["attempts"],
        "fault": first,
        "reason": step["reason"],
    }


def summed(records: list[dict[str, Any]]) -> dict[str, float]:
    """Shares and means over the cases of one way."""
    count = len(records)
    kept = [r for r in records if r["said"] in ("done", "unverified")]
    return {
        "success": sum(r["right"] for r in records) / count,
        "passed_off": sum(not r["right"] for r in kept) / count,
        "given_up": (count - len(kept)) / count,
        "tries": sum(r["tries"] for r in records) / count,
    }


def main() -> None:
    """Measure, print tables, end in one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="12 edits")
    parser.add_argument("--limit", type=int, default=100, help="edits")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--model", default="", help="a real editor; none = the simulated one")
    parser.add_argument("--rate", type=float, default=0.4, help="faults of the simulated editor")
    parser.add_argument("--stubborn", type=float, default=0.25, help="see simulated_editor.py")
    parser.add_argument("--minutes", type=float, default=1e9, help="begin no edit after these")
    options = parser.parse_args()
    count = 12 if options.quick else options.limit
    simulated = None
    judge: Judge = exact
    if not options.model:
        simulated = SimulatedEditor(Faults(options.rate, options.stubborn))
    else:
        judge = eye()
    samples = [c.samples[0] for c in chains(count, 1, seed=options.seed, ops=OPS)]
    end = time.monotonic() + 60 * options.minutes
    records: dict[str, list[dict[str, Any]]] = {}
    with tempfile.TemporaryDirectory() as folder, SessionStore.open(Path(folder)) as store:
        shelf = default_shelf(store.home.models)
        if simulated is not None:
            kept = simulated
            shelf = EditorShelf({NAME: lambda: kept})
        model = options.model or NAME
        try:
            shelf.get(model)
        except ToolError as error:
            raise SystemExit(str(error)) from error
        for number, sample in enumerate(samples, 1):
            for name, way in WAYS.items():
                made = run_case(sample, way, store, shelf, simulated, model, judge, options.seed)
                records.setdefault(name, []).append(made)
            told = ", ".join(f"{name} {rows[-1]['right']:d}" for name, rows in records.items())
            print(f"  edit {number}: {told}", file=sys.stderr, flush=True)
            if time.monotonic() > end:
                break
    count = len(records["one try"])
    table = {name: summed(rows) for name, rows in records.items()}
    who = "SIMULATED editor" if simulated is not None else model
    print(f"{who}: {count} edits of drawn test scenes")
    print(f"{'':>16} {'success':>20} {'passed off':>11} {'given up':>9} {'tries':>6}")
    for name, row in table.items():
        share = mean_text([record["right"] for record in records[name]])
        print(
            f"{name:>16} {share:>20} {row['passed_off']:11.2f} {row['given_up']:9.2f} "
            f"{row['tries']:6.2f}"
        )
    if simulated is not None:
        by_fault(records)
    before, after = table["one try"], table["loop, 3 tries"]
    result = {
        "benchmark": "loop",
        "editor": "simulated" if simulated is not None else model,
        "edits": count,
        "fault_rate": options.rate if simulated is not None else None,
        "stubborn": options.stubborn if simulated is not None else None,
        "step_success_before": round(before["success"], 4),
        "step_success_after": round(after["success"], 4),
        "step_success_best_of_3": round(table["best of 3"]["success"], 4),
        "passed_off_before": round(before["passed_off"], 4),
        "passed_off_after": round(after["passed_off"], 4),
        "tries_after": round(after["tries"], 3),
        "step_success_undecided_kept": round(table["undecided kept"]["success"], 4),
        **provenance(options.seed),
    }
    print(json.dumps(result))


def by_fault(records: dict[str, list[dict[str, Any]]]) -> None:
    """Print what became of the edits whose first try had each fault."""
    print(f"\n{'first fault':>16} {'n':>4} {'one try':>8} {'3 tries':>8} {'5 tries':>8}")
    counts = Counter(r["fault"] or "none" for r in records["one try"])
    for fault, number in counts.most_common():
        cells = []
        for way in ("one try", "loop, 3 tries", "loop, 5 tries"):
            mine = [r for r in records[way] if (r["fault"] or "none") == fault]
            cells.append(sum(r["right"] for r in mine) / max(len(mine), 1))
        print(f"{fault:>16} {number:4d} " + " ".join(f"{cell:8.2f}" for cell in cells))


if __name__ == "__main__":
    main()
