"""Sums the cases of a run up: category by category, with intervals, and all together."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from smartedit_model.evaluation.bench import UNDERSTANDING, Bench, Record
from smartedit_model.evaluation.errors import EvaluationSetupError
from smartedit_model.evaluation.statistics import mean_of

MEASURES = ("psnr", "ssim", "mse", "lpips", "clip_score", "iou", "seconds")
COMPARED = ("understanding", "reasoning", "grounding", "no_target", "all", "categories")
"""What is taken over of another run's report."""
GROUNDED = 0.5
"""Overlap from which a target counts as found."""


def summarise(
    bench: Bench, records: Sequence[Record], subject: dict[str, Any], seed: int
) -> dict[str, Any]:
    """The report of a run, as JSON.

    `ins_align` is the share of cases in which the judge found the edit made as asked; it is absent
    where the benchmark has no judge. Every mean has its 95% bootstrap interval and its count.
    """
    told = [r for r in records if r.get("aligned") is not None]
    by_category = _groups(records, lambda r: str(r["category"]))
    report: dict[str, Any] = {
        **bench.settings(),
        "subject": subject,
        "seed": seed,
        "count": len(records),
        "errors": sum(bool(r["error"]) for r in records),
        "missing": bench.missing(),
        "categories": {name: _row(group) for name, group in by_category.items()},
        "all": _row(records),
    }
    if told:
        meant = [r for r in told if r["category"] in UNDERSTANDING]
        report["understanding"] = _row(meant)
        report["reasoning"] = _row([r for r in told if r["category"] == "reasoning"])
        report["ops"] = {
            name: _row(group)
            for name, group in _groups(
                [r for r in told if r["valid"]], lambda r: str(r["op"])
            ).items()
        }
        report["grounding"] = _grounding(told)
        report["no_target"] = _no_target(told)
    return report


def _row(group: Sequence[Record]) -> dict[str, Any]:
    row: dict[str, Any] = {"count": len(group)}
    aligned = mean_of([r.get("aligned") for r in group])
    if aligned is not None:
        row["ins_align"] = round(aligned.value, 4)
        row["interval"] = [round(aligned.low, 4), round(aligned.high, 4)]
    for name in MEASURES:
        found = mean_of([r.get(name) for r in group])
        if found is not None:
            row[name] = found.as_json()
    identical = sum(bool(r.get("identical")) for r in group)
    if identical:
        row["identical"] = identical
    return row


def _grounding(told: Sequence[Record]) -> dict[str, Any] | None:
    overlaps = [r["iou"] for r in told if r.get("iou") is not None]
    mean, found = mean_of(overlaps), mean_of([iou > GROUNDED for iou in overlaps])
    if mean is None or found is None:
        return None
    return {"iou": mean.as_json(), "iou_over_half": found.as_json()}


def _no_target(told: Sequence[Record]) -> dict[str, Any] | None:
    """Of what is asked of something that is not there: left unchanged, said so, both.

    And how often a target that is there was declined.
    """
    absent = [r for r in told if not r["valid"]]
    if not absent:
        return None
    answers = {
        "left_unchanged": mean_of([r["unchanged"] for r in absent]),
        "reported": mean_of([r["declined"] for r in absent]),
        "both": mean_of([r["aligned"] for r in absent]),
        "wrongly_declined": mean_of([r["declined"] for r in told if r["valid"]]),
    }
    return {name: mean.as_json() for name, mean in answers.items() if mean is not None}


def _groups(records: Iterable[Record], name: Callable[[Record], str]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for record in records:
        found.setdefault(name(record), []).append(record)
    return found


def read_baselines(paths: Sequence[Path]) -> dict[str, Any]:
    """What other runs' `report.json` files say, by their model's name.

    Raises:
        EvaluationSetupError: a file is not such a report.
    """
    found: dict[str, Any] = {}
    for path in paths:
        try:
            report = json.loads(path.read_text(encoding="utf-8"))
            name = str(report["subject"]["model"])
            rows = {
                key: report[key]
                for key in (
                    "understanding",
                    "reasoning",
                    "grounding",
                    "no_target",
                    "all",
                    "categories",
                )
                if report.get(key)
            }
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise EvaluationSetupError(
                f"{path} is no report of an evaluation; give a report.json"
            ) from error
        if name in found:
            raise EvaluationSetupError(f"two baselines are called {name!r}; name them apart")
        found[name] = {"count": report.get("count"), "seed": report.get("seed"), **rows}
    return found
