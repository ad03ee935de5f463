"""Measures verification on the drawn world: bad edits caught, good edits failed, a row an op.

Run as `python benchmarks/verification.py [--quick] [--split NAME] [--each N] [--seeds N]
[--seed N] [--rows FILE …]`. Labelled edits (`smartedit_model.evaluation.labelled_edits`) go through
the very `orchestrator.verification.verify` of a run, with the shipped witness. An edit passes where
it ends `done`; a bad one is caught where it does not, a good one is a false alarm where it ends
`failed`. Labels are the world's own: no judge decides here. Evidence, which takes nearly all of the
time, is kept in the files of `--rows` (as `smartedit_model.drawings.fitting gather` writes them),
so that a run that was stopped goes on. A sample costs about 3 seconds of one core. Ends in one
JSON line.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Container
from pathlib import Path
from typing import Any

import numpy as np
import torch
from provenance import provenance

from memory.home import Home
from orchestrator.attempts import Candidate
from orchestrator.plan import Step
from orchestrator.verification import verify
from orchestrator.witnesses import witness_of
from smartedit_model.drawings.witness import Observation, drawn_witness
from smartedit_model.evaluation.labelled_edits import (
    BAD,
    GOOD,
    OPS,
    LabelledEdit,
    claim_of,
    edits,
    samples,
)
from smartedit_model.sam.small import shipped_folder
from smartedit_model.world.edits import EditSample
from tools.grounding import Scene
from tools.witness import Claim, Testimony

Found = tuple[str, str, str]
"""Op, sort of edit, outcome."""
GOAL_CAUGHT, GOAL_ALARMS = 0.95, 0.05
FACTOR = {"bigger": 1.4, "smaller": 0.66}


def step_of(claim: Claim, sample: EditSample) -> Step:
    """The step of a plan that asks for what a claim says was done."""
    thing = f"a {claim.colour} {claim.value}" if claim.colour else f"a {claim.value}"
    where = f"on the {claim.where}" if claim.where else ""
    params: dict[str, Any] = {
        "replace": {"new": thing},
        "add": {"what": thing, "where": where},
        "recolor": {"colour": claim.value},
        "move": {"direction": claim.value},
        "resize": {"factor": FACTOR.get(claim.value, 1.0)},
        "background": {"new": claim.value},
        "weather": {"kind": "clear" if "clear" in claim.value else claim.value},
        "relight": {"to": claim.value},
        "restyle": {"style": claim.value},
    }.get(claim.op, {})
    return Step.model_validate(
        {
            "id": "s1",
            "op": claim.op,
            "target": claim.target,
            "instruction": sample.instruction,
            "params": params,
        }
    )


class Remembering:
    """The shipped witness, with its evidence kept in a file."""

    name = "recogniser"

    def __init__(self, rows: list[Path]) -> None:
        self._rows = rows
        self._witness = drawn_witness(shipped_folder())
        self._kept: dict[tuple[str, str], Observation] = {}
        for path in rows:
            for line in path.read_text("utf-8").splitlines() if path.is_file() else ():
                row = json.loads(line)
                self._kept[row["sample"], row["sort"]] = Observation(
                    row["resolved"], row["numbers"]
                )
        self.now: tuple[str, str] = ("", "")

    def testify(
        self, claim: Claim, before: Any, after: Any, mask: Any, marked: Any = None
    ) -> Testimony | None:
        """As the shipped witness, from kept evidence where there is some; nothing is marked."""
        if self.now not in self._kept:
            seen = self._witness.observe(claim, before, after, mask)
            if seen is None:
                return None
            self._kept[self.now] = seen
            self._keep(claim.op, seen)
        return self._witness.verdict(claim, self._kept[self.now])

    def _keep(self, op: str, seen: Observation) -> None:
        sample, sort = self.now
        row = {"sample": sample, "op": op, "sort": sort, "good": sort in GOOD,
               "resolved": seen.resolved, "numbers": seen.numbers}  # fmt: skip
        if self._rows:
            with self._rows[0].open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")


def outcome(step: Step, sample: EditSample, made: LabelledEdit, witness: Remembering) -> str:
    """How a run's verification ends a try that gave this picture."""
    soft = None if made.allowed is None else made.allowed.astype(np.float32)
    known = witness_of(Home(Path()), sample.source) is not None
    before = Scene(sample.source, witness=witness if known else None)
    candidate = Candidate(made.image, None, soft, settings={"editor": "a model"})
    return str(verify(step, before, Scene(made.image), candidate)["status"])


def measured(
    split: str, each: int, seed: int, witness: Remembering, numbers: Container[int], end: float
) -> list[Found]:
    """Op, sort and outcome of every labelled edit of the samples with these numbers.

    The first sample of a stream is always judged; none is begun after ``end``, a monotonic time.
    """
    found = []
    for number, (op, sample) in enumerate(samples(split, each, seed)):
        if number not in numbers:
            continue
        if found and time.monotonic() > end:
            break
        step = step_of(claim_of(op, sample), sample)
        for made in edits(sample, random.Random(f"{seed}/{number}")):
            witness.now = (f"{seed}/{number}", made.sort)
            found.append((op, made.sort, outcome(step, sample, made, witness)))
        print(f"  sample {seed}/{number}: {op}", file=sys.stderr, flush=True)
    return found


def rates(found: list[Found]) -> dict[str, float]:
    """Shares: bad edits not done, good edits failed, good edits nobody could tell."""
    good = [status for _, sort, status in found if sort in GOOD]
    bad = [status for _, sort, status in found if sort in BAD]
    return {
        "caught": round(sum(status != "done" for status in bad) / max(len(bad), 1), 4),
        "caught_as_failed": round(sum(s == "failed" for s in bad) / max(len(bad), 1), 4),
        "false_alarms": round(sum(s == "failed" for s in good) / max(len(good), 1), 4),
        "good_unverified": round(sum(s == "unverified" for s in good) / max(len(good), 1), 4),
        "good": len(good),
        "bad": len(bad),
    }


def table(found: list[Found]) -> None:
    """Two tables: by op, and by sort of edit (done / unverified / failed)."""
    heads = ("caught", "as failed", "false alarms", "good unverified", "good", "bad")
    print(f"{'op':12}" + "".join(f"{head:>17}" for head in heads))
    for op in (*OPS, "all"):
        row = rates([item for item in found if op in (item[0], "all")])
        if row["good"]:
            shown = [f"{row[key]:.1%}" for key in list(row)[:4]] + [str(row["good"]),
                                                                  str(row["bad"])]  # fmt: skip
            print(f"{op:12}" + "".join(f"{value:>17}" for value in shown))
    print(f"\n{'sort':15}{'done':>8}{'unverified':>12}{'failed':>8}")
    for sort in (*GOOD, *BAD):
        count = Counter(status for _, kind, status in found if kind == sort)
        print(f"{sort:15}{count['done']:8}{count['unverified']:12}{count['failed']:8}")


def main() -> None:
    """Runs the measurements."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one sample an op")
    parser.add_argument("--split", choices=("val", "test"), default="test")
    parser.add_argument("--each", type=int, default=5, help="samples an op")
    parser.add_argument("--seeds", type=int, default=3, help="how many streams of samples")
    parser.add_argument("--seed", type=int, default=0, help="of the first stream")
    parser.add_argument("--limit", type=int, default=1000, help="samples of a stream")
    parser.add_argument("--minutes", type=float, default=1e9, help="begin no sample after these")
    parser.add_argument("--rows", type=Path, nargs="*", default=[], help="kept evidence")
    options = parser.parse_args()
    torch.set_num_threads(1)
    each, seeds = (1, 1) if options.quick else (options.each, options.seeds)
    begun = time.perf_counter()
    end = time.monotonic() + 60 * options.minutes
    witness = Remembering(options.rows)
    found = []
    for seed in range(options.seed, options.seed + seeds):
        found += measured(options.split, each, seed, witness, range(options.limit), end)
    table(found)
    result = {
        **rates(found),
        "goal_caught": GOAL_CAUGHT,
        "goal_false_alarms": GOAL_ALARMS,
        "by_op": {op: rates([item for item in found if item[0] == op]) for op in OPS},
        "split": options.split,
        "samples_an_op": each * seeds,
        "seconds": round(time.perf_counter() - begun, 1),
        **provenance(options.seed),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
