"""What it is worth to try again where verification cannot tell, replayed over kept evidence.

    python benchmarks/retries.py ROWS.jsonl [--draws N] [--seed N]

ROWS are labelled edits of drawn scenes with what the witness saw of each, as
``python -m smartedit_model.drawings.fitting gather ROWS.jsonl --split test`` and
``benchmarks/verification.py --rows ROWS.jsonl`` keep them. An editor is imagined that gives back
one of a sample's good edits, or at a stated rate one of its bad ones, each try anew. The verdicts
are the shipped fit's, the moves the product's own policy, so thousands of steps cost no picture;
labels are the world's. What other words or more guidance would mend is not imagined: each retry is
only another draw. Targets count as marked; checks beside the witness's take no part.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from provenance import provenance

from orchestrator.policy import Way, next_move
from orchestrator.ranking import KEPT, best
from orchestrator.settings import RunSettings
from smartedit_model.drawings.verdict import shipped_fit
from smartedit_model.evaluation.statistics import mean_of

RATES = (0.15, 0.4)
WAYS: dict[str, RunSettings] = {
    "one try": RunSettings(max_attempts=1),
    "3 tries, undecided kept": RunSettings(max_attempts=3, retry_undecided=False),
    "3 tries": RunSettings(max_attempts=3),
    "5 tries, undecided kept": RunSettings(max_attempts=5, retry_undecided=False),
    "5 tries": RunSettings(max_attempts=5),
    "best of 3": RunSettings(max_attempts=3, best_of=3),
}
EDITOR = Way(deterministic=False)
Row = dict[str, Any]


def verdict(row: Row) -> dict[str, Any]:
    """What a run would say of an edit with this evidence, its target marked."""
    fit = shipped_fit().ops[row["op"]]
    trust = fit.trust(row["numbers"])
    passed = False if trust < fit.fails else None if trust < fit.least else True
    return {
        "status": {True: "done", False: "failed", None: "unverified"}[passed],
        "reason": "",
        "remedy": "",
        "leakage": 0.0,
        "scores": {},
        "checks": [{"name": "as the recogniser sees it", "passed": passed}],
        "confidence": trust,
        "undecided": passed is None,
    }


def step(good: Sequence[Row], bad: Sequence[Row], rate: float, settings: RunSettings,
         draw: random.Random) -> tuple[bool, bool, int]:  # fmt: skip
    """One step: whether the right thing was kept, whether anything was, and the tries."""
    tried: list[dict[str, Any]] = []
    while True:
        row = draw.choice(bad if draw.random() < rate else good)
        told = row["verdict"]
        tried.append({"image_id": str(len(tried)), "verdict": told, "good": row["good"]})
        move = next_move(
            told, attempt=len(tried), seconds=0.0, way=EDITOR, tuning={}, settings=settings
        )
        if move.kind in ("accept", "give_up"):
            break
    kept = best([item for item in tried if item["verdict"]["status"] in KEPT])
    return kept is not None and bool(kept["good"]), kept is not None, len(tried)


def by_sample(rows: list[Row]) -> list[tuple[list[Row], list[Row]]]:
    """Good and bad edits of each sample that has both, with their verdicts."""
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if row["op"] in shipped_fit().ops:
            found[row["sample"], row["op"]].append(row | {"verdict": verdict(row)})
    halves = [
        ([r for r in g if r["good"]], [r for r in g if not r["good"]]) for g in found.values()
    ]
    return [(good, bad) for good, bad in halves if good and bad]


def main() -> None:
    """Replay, print tables, end in one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=Path, nargs="+", help="kept evidence")
    parser.add_argument("--quick", action="store_true", help="20 steps a sample")
    parser.add_argument("--draws", type=int, default=200, help="steps a sample")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    draws = 20 if options.quick else options.draws
    lines = [line for path in options.rows for line in path.read_text("utf-8").splitlines()]
    samples = by_sample([json.loads(line) for line in lines])
    if not samples:
        raise SystemExit("no sample of these rows has both good and bad edits")
    result: dict[str, Any] = {"benchmark": "retries", "samples": len(samples), "rows": len(lines)}
    print(f"{len(samples)} samples, {draws} steps each; intervals over samples")
    for rate in RATES:
        print(f"\n{f'{rate:.0%} of tries bad':>24} {'success':>20} {'passed off':>11} "
              f"{'given up':>9} {'tries':>6}")  # fmt: skip
        for name, settings in WAYS.items():
            draw = random.Random(f"{options.seed}/{rate}")
            made = [
                [step(good, bad, rate, settings, draw) for _ in range(draws)]
                for good, bad in samples
            ]
            table = np.array(made, dtype=np.float64)  # (samples, draws, 3)
            right, kept, tries = table.mean(axis=1).T
            share = mean_of([float(value) for value in right])
            if share is None:
                raise SystemExit("nothing was measured")
            told = f"{share.value:.3f} ({share.low:.3f}-{share.high:.3f})"
            wrong = float((kept - right).mean())
            print(f"{name:>24} {told:>20} {wrong:11.3f} {1 - kept.mean():9.3f} "
                  f"{tries.mean():6.2f}")  # fmt: skip
            key = name.replace(", ", "_").replace(" ", "_")
            key = f"{key}_at_{round(100 * rate)}"
            result |= {
                f"success_{key}": round(share.value, 4),
                f"passed_off_{key}": round(wrong, 4),
            }
    print(json.dumps(result | provenance(options.seed)))


if __name__ == "__main__":
    main()
