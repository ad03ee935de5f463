"""How well and how fast a planner plans: step F1, order, promises, reported words, latency.

    python benchmarks/planner.py [--quick] [--planner NAME] [--sets NAME ...] [--seed 0]
                                 [--limit N] [--misses]

``--planner`` takes any name that ``smartedit edit --planner`` takes: ``rules``, or
``provider:model`` for a language model. Prints a table with 95% intervals (bootstrap over the
cases) and ends in one JSON line. ``--misses`` lists what went wrong in the cases that may be looked
at; those of ``test.yaml`` are never listed, so that nobody tunes on them.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from provenance import provenance

from orchestrator.errors import BadInstruction
from orchestrator.language.read import read_plan
from orchestrator.language.scoring import Case, Score, load_cases, score_case
from orchestrator.planning import PlanContext, Planner, get_planner

PLANS = Path(__file__).resolve().parent.parent / "tests" / "orchestrator" / "plans"
UNSEEN = "test"
"""The cases nobody looks at."""
LONG_CHARS = 2000
RESAMPLES = 1000


def main() -> int:
    """Run the benchmark."""
    args = _arguments()
    planner = get_planner(args.planner)
    rng = random.Random(args.seed)
    report: dict[str, object] = {}
    total = 0
    print(
        f"{'cases':<15}{'n':>5}{'F1':>7} {'95% interval':<15}{'P':>6}{'R':>7}{'op F1':>7}"
        f"{'order':>7}{'kept':>7} {'95% interval':<15}{'told':>6}{'exact':>7}{'covered':>9}"
    )
    for path in sorted(PLANS.glob("*.yaml")):
        if args.sets and path.stem not in args.sets:
            continue
        cases = load_cases(path)
        if args.limit or args.quick:
            cases = rng.sample(cases, min(len(cases), args.limit or 40))
        scores = [score_case(planner, case) for case in cases]
        row = _row(path.stem, scores, random.Random(args.seed))
        if planner.name == "rules":
            row[f"{path.stem}_words_covered"] = round(coverage_of(cases), 4)
        total += len(cases)
        _print_row(path.stem, len(cases), row)
        report |= row
        if args.misses and path.stem != UNSEEN:
            for miss in (m for score in scores for m in score.misses):
                print("   ", miss)
    if planner.name == "rules":
        report |= _timed(planner, rng, repeats=5 if args.quick else 25)
    report |= {
        "cases": total,
        "planner": args.planner,
        **provenance(args.seed),
    }
    print(json.dumps(report))
    return 0


def _timed(planner: Planner, rng: random.Random, repeats: int) -> dict[str, object]:
    times = latency(planner, load_cases(PLANS / "development.yaml"), rng, repeats)
    print(
        f"latency of {LONG_CHARS} characters: median {times['latency_ms_2000_chars']} ms, "
        f"worst {times['latency_ms_2000_chars_worst']} ms"
    )
    return times


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="a sample of the cases and few repeats"
    )
    parser.add_argument("--planner", default="rules", help="rules, reader, or provider:model")
    parser.add_argument("--sets", nargs="+", default=(), help="only these files' cases")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--limit", type=int, default=0, help="cases of each file; 0 for all")
    parser.add_argument(
        "--misses", action="store_true", help="list wrong plans of the cases that may be seen"
    )
    return parser.parse_args()


def _sum(scores: Sequence[Score]) -> Score:
    whole = Score()
    for score in scores:
        whole.add(score)
    return whole


def _share(part: int, whole: int) -> float | None:
    """A share, or None where there is nothing to have a share of."""
    return round(part / whole, 4) if whole else None


def _f1(scores: Sequence[Score]) -> float | None:
    return round(_sum(scores).f1, 4)


def _kept(scores: Sequence[Score]) -> float | None:
    whole = _sum(scores)
    return _share(whole.kept, whole.promises)


def interval(
    scores: Sequence[Score],
    measure: Callable[[Sequence[Score]], float | None],
    rng: random.Random,
) -> tuple[float, float] | None:
    """The middle 95% of a measure over cases drawn with replacement; None where it has none."""
    drawn = (measure(rng.choices(scores, k=len(scores))) for _ in range(RESAMPLES))
    found = sorted(value for value in drawn if value is not None)
    if not found:
        return None
    return found[int(0.025 * len(found))], found[min(len(found) - 1, int(0.975 * len(found)))]


def _row(name: str, scores: Sequence[Score], rng: random.Random) -> dict[str, object]:
    whole = _sum(scores)
    row: dict[str, object] = {
        f"{name}_step_precision": round(whole.precision, 4),
        f"{name}_step_recall": round(whole.recall, 4),
        f"{name}_step_f1": _f1(scores),
        f"{name}_step_f1_interval": interval(scores, _f1, rng),
        f"{name}_op_f1": _share(2 * whole.loose, whole.planned + whole.expected),
        f"{name}_order": _share(whole.ordered, whole.pairs),
        f"{name}_kept": _kept(scores),
        f"{name}_kept_interval": interval(scores, _kept, rng),
        f"{name}_told": _share(whole.told, whole.strange),
        f"{name}_exact": _share(whole.exact, whole.cases),
    }
    return row


def _print_row(name: str, count: int, row: dict[str, object]) -> None:
    def shown(key: str) -> str:
        value = row.get(f"{name}_{key}")
        if value is None:
            return "-"
        if isinstance(value, tuple):
            return f"{value[0]:.3f}-{value[1]:.3f}"
        return f"{value:.3f}"

    print(
        f"{name:<15}{count:>5}{shown('step_f1'):>7} {shown('step_f1_interval'):<15}"
        f"{shown('step_precision'):>6}{shown('step_recall'):>7}{shown('op_f1'):>7}"
        f"{shown('order'):>7}{shown('kept'):>7} {shown('kept_interval'):<15}"
        f"{shown('told'):>6}{shown('exact'):>7}{shown('words_covered'):>9}"
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
