"""How well and how fast a planner plans: step F1, order, promises, coverage, latency.

    python benchmarks/planner.py [--quick] [--planner rules] [--seed 0] [--limit N] [--misses]

Prints a table a file of cases and ends in one JSON line. ``--misses`` lists what went wrong in the
development cases; those held out are never listed, so that nobody tunes on them.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import time
from pathlib import Path

from provenance import provenance

from orchestrator.errors import BadInstruction
from orchestrator.language.read import read_plan
from orchestrator.language.scoring import Case, Score, load_cases, score_case
from orchestrator.planning import PlanContext, Planner, get_planner

PLANS = Path(__file__).resolve().parent.parent / "tests" / "orchestrator" / "plans"
LONG_CHARS = 2000


def main() -> int:
    """Run the benchmark."""
    args = _arguments()
    planner = get_planner(args.planner)
    rng = random.Random(args.seed)
    report: dict[str, object] = {}
    total = 0
    print(
        f"{'cases':<14}{'n':>5}{'precision':>11}{'recall':>9}{'F1':>8}{'op F1':>8}"
        f"{'order':>8}{'kept':>7}{'exact':>8}{'covered':>9}"
    )
    for path in sorted(PLANS.glob("*.yaml")):
        cases = load_cases(path)
        if args.limit or args.quick:
            cases = rng.sample(cases, min(len(cases), args.limit or 40))
        score = Score()
        for case in cases:
            score.add(score_case(planner, case))
        covered = coverage_of(cases)
        total += len(cases)
        _print_row(path.stem, score, covered)
        report |= _row(path.stem, score, covered)
        if args.misses and path.stem not in ("held_out", "test"):
            for miss in score.misses:
                print("   ", miss)
    report |= latency(
        planner, load_cases(PLANS / "development.yaml"), rng, repeats=5 if args.quick else 25
    )
    print(
        f"latency of {LONG_CHARS} characters: median {report['latency_ms_2000_chars']} ms, "
        f"worst {report['latency_ms_2000_chars_worst']} ms"
    )
    report |= {
        "cases": total,
        "planner": args.planner,
        **provenance(args.seed),
    }
    print(json.dumps(report))
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="a sample of the cases and few repeats"
    )
    parser.add_argument("--planner", default="rules")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--limit", type=int, default=0, help="cases of each file; 0 for all")
    parser.add_argument(
        "--misses", action="store_true", help="list wrong plans of the development cases"
    )
    return parser.parse_args()


def _row(name: str, score: Score, covered: float) -> dict[str, object]:
    loose = (
        2 * score.loose / (score.planned + score.expected)
        if score.planned + score.expected
        else 1.0
    )
    return {
        f"{name}_step_precision": round(score.precision, 4),
        f"{name}_step_recall": round(score.recall, 4),
        f"{name}_step_f1": round(score.f1, 4),
        f"{name}_op_f1": round(loose, 4),
        f"{name}_order": round(score.ordered / score.pairs, 4) if score.pairs else 1.0,
        f"{name}_kept": round(score.kept / score.promises, 4) if score.promises else 1.0,
        f"{name}_exact": round(score.exact / max(1, score.cases), 4),
        f"{name}_words_covered": round(covered, 4),
    }


def _print_row(name: str, score: Score, covered: float) -> None:
    row = list(_row(name, score, covered).values())
    print(
        f"{name:<14}{score.cases:>5}{row[0]:>11.3f}{row[1]:>9.3f}{row[2]:>8.3f}{row[3]:>8.3f}{row[4]:>8.3f}{row[5]:>7.3f}{row[6]:>8.3f}{covered:>9.3f}"
    )


def coverage_of(cases: list[Case]) -> float:
    """Share of words that the rule planner could place (the others are reported as unknown)."""
    placed = words = 0
    for case in cases:
        try:
            _, covered = read_plan(case.say)
        except BadInstruction:
            continue
        for word in covered:
            if word.by:
                words += 1
                placed += word.by != "unknown"
    return placed / words if words else 1.0


def latency(
    planner: Planner, cases: list[Case], rng: random.Random, repeats: int
) -> dict[str, object]:
    """Milliseconds for instructions of 2,000 characters made of real ones."""
    planner.plan("make the sky pink", PlanContext())  # the lexicon is read on first use
    seconds: list[float] = []
    for _ in range(repeats):
        text = ""
        while len(text) < LONG_CHARS:
            text += rng.choice(cases).say.rstrip(". ") + rng.choice(
                [", ", ". ", " and ", ", then "]
            )
        started = time.perf_counter()
        planner.plan(text[:LONG_CHARS], PlanContext())
        seconds.append(time.perf_counter() - started)
    return {
        "latency_ms_2000_chars": round(1000 * statistics.median(seconds), 2),
        "latency_ms_2000_chars_worst": round(1000 * max(seconds), 2),
    }


if __name__ == "__main__":
    sys.exit(main())
