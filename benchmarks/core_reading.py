"""What the editing core's own reading of sentences adds to a planner's, and what it costs.

    python benchmarks/core_reading.py [--planner rules] [--each 20] [--seed 7] [--model NAME]

Sentences of the drawn world's validation split (wordings the core was taught, scenes it was not):
how often one step has the right op and value, by the planner, by the core alone, and by both as the
product weighs them. Then what people say of photographs, from the planner's sets that may be looked
at, as if a drawing were shown: step F1 before and after, and how many plans the core replaces.
Ends in one JSON line.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from planner import PLANS
from provenance import provenance
from wordings import planned

from orchestrator.core_reading import core_reading, is_for_core
from orchestrator.editor_shelf import default_shelf
from orchestrator.errors import BadInstruction
from orchestrator.language.scoring import Case, load_cases, score_case
from orchestrator.plan import EditPlan
from orchestrator.planning import PlanContext, Planner, get_planner
from smartedit_model.world.cases import SHOWN, TASKS_ALONE, drawn_case
from smartedit_model.world.catalogue import kind
from smartedit_model.world.edits import EditSample
from smartedit_model.world.spec import PLAN_OPS
from tools.understanding import Understanding, Understands, understands_of

PHOTO_SETS = ("validation", "development", "round_9", "round_10")


def main() -> None:
    """Measure, print a table, end in one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--planner", default="rules")
    parser.add_argument("--each", type=int, default=20, help="sentences a category")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--model", default="smartedit-nano")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        core = understands_of(default_shelf(Path(folder)).get(options.model))
    if core is None:
        raise SystemExit(f"{options.model} has no instruction head, so it cannot tell")
    planner = get_planner(options.planner)
    result = _drawn(planner, core, options.each, options.seed) | _photographs(planner, core)
    print(json.dumps({"benchmark": "core_reading"} | result | provenance(options.seed)))


def _drawn(planner: Planner, core: Understands, each: int, seed: int) -> dict[str, object]:
    rows: dict[str, list[tuple[bool, bool, bool]]] = {}
    for category, made in _sentences(each, seed):
        plan = planned(planner, made.instruction)
        seen = core.understand(made.instruction)
        certain = seen and Understanding(seen.said, 1.0)
        alone = core_reading(made.instruction, None, certain, core.name)
        both = heard(core, seen, made.instruction, plan) or plan
        verdict = (is_right(made, plan), is_right(made, alone), is_right(made, both))
        rows.setdefault(category, []).append(verdict)
    print(f"{'sentences':<12}{'n':>5}{'planner':>9}{'core':>7}{'both':>7}")
    everything = [verdict for found in rows.values() for verdict in found]
    for name, found in (*rows.items(), ("all", everything)):
        shares = [sum(column) / len(found) for column in zip(*found, strict=True)]
        print(f"{name:<12}{len(found):>5}{shares[0]:>9.2f}{shares[1]:>7.2f}{shares[2]:>7.2f}")
    names = ("drawn_planner", "drawn_core", "drawn_both")
    return {name: round(share, 4) for name, share in zip(names, shares, strict=True)} | {
        "drawn_sentences": len(everything)
    }


def _sentences(each: int, seed: int) -> Iterator[tuple[str, EditSample]]:
    for category in (*SHOWN, *TASKS_ALONE):
        for number in range(each):
            yield category, drawn_case("val", category, number + 300, seed)


def _photographs(planner: Planner, core: Understands) -> dict[str, object]:
    before, after, replaced = [], [], 0
    for name in PHOTO_SETS:
        for case in load_cases(PLANS / f"{name}.yaml"):
            if case.before or case.bad:
                continue
            plan = planned(planner, case.say)
            taken = heard(core, core.understand(case.say), case.say, plan)
            replaced += taken is not None
            before.append(_f1(case, plan))
            after.append(before[-1] if taken is None else _f1(case, taken))
    was, now = (sum(values) / len(values) for values in (before, after))
    print(f"\nof photographs: {len(before)}, F1 {was:.3f} -> {now:.3f}, {replaced} plans replaced")
    return {
        "photo_sentences": len(before),
        "photo_f1": round(was, 4),
        "photo_f1_with_core": round(now, 4),
        "photo_replaced": replaced,
    }


def heard(
    core: Understands, seen: Understanding | None, words: str, plan: EditPlan | None
) -> EditPlan | None:
    """The core's plan where the product would take it."""
    if not is_for_core(words, plan, PlanContext()):
        return None
    return core_reading(words, plan, seen, core.name)


def is_right(made: EditSample, plan: EditPlan | None) -> bool:
    """Whether a plan is one step with the op and the value of a drawn edit."""
    if plan is None or made.spec is None or len(plan.steps) != 1:
        return False
    step, value = plan.steps[0], made.spec.value
    params = step.params
    op = "segment" if params.get("flat") else step.op
    if op != PLAN_OPS.get(made.op, made.op):
        return False
    factor = params.get("factor") or 1.0
    return {
        "recolor": params.get("colour") == value,
        "segment": params.get("colour") == value,
        "resize": factor > 1 if value == "bigger" else factor < 1,
        "move": params.get("direction") == value,
        "replace": made.op != "replace" or kind(value).name in str(params.get("new", "")),
        "weather": params.get("kind") == value,
        "time": params.get("to") == value,
    }.get(made.op, True)


class _Given:
    """A planner that has its plan already."""

    name = "given"

    def __init__(self, plan: EditPlan | None) -> None:
        self._plan = plan

    def plan(self, instruction: str, context: PlanContext) -> EditPlan:
        if self._plan is None:
            raise BadInstruction("nothing was read")
        return self._plan


def _f1(case: Case, plan: EditPlan | None) -> float:
    score = score_case(_Given(plan), case)
    return 2 * score.matched / max(score.expected + score.planned, 1)


if __name__ == "__main__":
    main()
