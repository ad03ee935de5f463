"""Fits the verdicts on labelled edits of the validation split.

``python -m smartedit_model.drawings.fitting gather ROWS.jsonl [--each N] [--seed N]`` collects
evidence, ``… fit ROWS.jsonl … --out FOLDER`` fits one regression an op. From which trust an
edit passes, and below which it fails, is chosen on edits that were left out of the fit; what lies
between ends unverified.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from smartedit_model.drawings.verdict import FILE, Fit, OpFit, odds, widened
from smartedit_model.drawings.witness import drawn_witness
from smartedit_model.evaluation.labelled_edits import claim_of, edits, samples
from smartedit_model.sam.small import shipped_folder

FALSE_ALARMS, MISSED = 0.01, 0.05
"""Shares of good edits that may fail, and of bad ones that may pass, of those left out of a fit."""
FEW, DOUBT, SURE = 4, -2.5, 1.5
"""Samples whose quantile counts half; log odds of surely bad and good where nothing is known."""
LIKELY_BAD = -2.2
"""Log odds above which no edit fails, however well the fit told its samples apart: nine to one."""
SURELY_BAD = -8.0
"""Log odds below which every edit fails, whatever one stray good sample says."""
STIFF = 0.3
"""Penalty on slopes."""
FOLDS = 5
Row = dict[str, Any]
Floats = np.ndarray[Any, np.dtype[np.float64]]


def gather(split: str, each: int, seed: int) -> Iterable[Row]:
    """The evidence of every labelled edit of ``each`` samples an op."""
    witness = drawn_witness(shipped_folder())
    for number, (op, sample) in enumerate(samples(split, each, seed)):
        claim = claim_of(op, sample)
        for made in edits(sample, random.Random(f"{seed}/{number}")):
            if made.sort == "leak":
                continue  # found exactly, without evidence
            seen = witness.observe(claim, sample.source, made.image, made.allowed)
            if seen is not None:
                yield {
                    "sample": f"{seed}/{number}",
                    "op": op,
                    "sort": made.sort,
                    "good": made.good,
                    "resolved": seen.resolved,
                    "numbers": seen.numbers,
                }


def fit_all(rows: list[Row], split: str) -> Fit:
    """One regression an op."""
    ops = sorted({row["op"] for row in rows})
    return Fit(
        made_on=f"{len(rows)} labelled edits of the {split} split",
        ops={op: fit_op([row for row in rows if row["op"] == op]) for op in ops},
    )


def fit_op(rows: list[Row]) -> OpFit:
    """Fit one op.

    Edits of the wrong thing whose target could not be found by its words are left out: their
    evidence is that of a right edit of another thing, and they end unverified anyway.
    """
    told = [row for row in rows if row["resolved"] or row["sort"] not in ("wrong object",)]
    evidence = [widened(row["numbers"]) for row in told]
    # What is known of some edits only ("mark", of styles that can be counted) is not weighed: it is
    # a finding by itself.
    names = sorted(set(evidence[0]).intersection(*evidence))
    values = odds(np.array([[numbers[name] for name in names] for numbers in evidence]))
    good = np.array([row["good"] for row in told], dtype=np.float64)
    mean, scale = values.mean(0), np.maximum(values.std(0), 0.2)
    scaled = (values - mean) / scale
    owners = sorted({row["sample"] for row in told})
    fold = np.array([owners.index(row["sample"]) % FOLDS for row in told])
    held = np.zeros(len(told))
    for number in range(FOLDS):
        inside = fold == number
        if inside.any() and not inside.all():
            slope, offset = logistic(scaled[~inside], good[~inside])
            held[inside] = offset + scaled[inside] @ slope
    slope, offset = logistic(scaled, good)
    # A quantile of few samples is chance: it counts the less, the fewer there are.
    known = len(owners) / (len(owners) + FEW)
    passes = known * float(np.quantile(held[good == 0], 1 - MISSED)) + (1 - known) * SURE
    fails = known * float(np.quantile(held[good > 0], FALSE_ALARMS)) + (1 - known) * DOUBT
    # Where good and bad lie apart, what lies between them is like neither, and is left undecided.
    passes, fails = max(passes, fails), min(passes, fails, LIKELY_BAD)
    fails = max(fails, SURELY_BAD)
    return OpFit(
        names=tuple(names),
        mean=tuple(map(_short, mean)),
        scale=tuple(map(_short, scale)),
        slope=tuple(map(_short, slope)),
        offset=_short(offset),
        least=_chance(passes),
        fails=_chance(fails),
        edits=len(told),
    )


def _chance(log_odds: float) -> float:
    return round(float(1 / (1 + np.exp(-log_odds))), 5)


def _short(value: float) -> float:
    return round(float(value), 5)


def logistic(values: Floats, good: Floats) -> tuple[Floats, float]:
    """Slopes, none below zero, and offset; both labels weigh alike.

    Every number is made to be higher for better edits, so a negative slope would be chance.
    """
    weight = np.where(good > 0, 0.5 / max(good.sum(), 1), 0.5 / max((1 - good).sum(), 1))
    weight = weight * len(good)
    slope, offset = np.zeros(values.shape[1]), 0.0
    rate = 1.0 / (0.25 * float(np.linalg.norm(values * np.sqrt(weight)[:, None], 2) ** 2) + STIFF)
    for _ in range(3000):
        wrong = weight * (1 / (1 + np.exp(-(offset + values @ slope))) - good)
        slope = np.maximum(slope - rate * (values.T @ wrong + STIFF * slope), 0)
        offset -= 2.0 / len(good) * float(wrong.sum())
    return slope, offset


def main() -> None:
    """Gather or fit, from the command line."""
    parser = argparse.ArgumentParser(prog="python -m smartedit_model.drawings.fitting")
    parser.add_argument("do", choices=("gather", "fit"))
    parser.add_argument("rows", type=Path, nargs="+")
    parser.add_argument("--split", default="val")
    parser.add_argument("--each", type=int, default=12, help="samples an op")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="folder of the fit")
    given = parser.parse_args()
    torch.set_num_threads(1)
    if given.do == "gather":
        with given.rows[0].open("a", encoding="utf-8") as file:
            for row in gather(given.split, given.each, given.seed):
                file.write(json.dumps(row) + "\n")
                file.flush()
        return
    lines = [line for path in given.rows for line in path.read_text("utf-8").splitlines()]
    fit = fit_all([json.loads(line) for line in lines], given.split)
    folder = given.out or Path()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_text(fit.model_dump_json(indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
