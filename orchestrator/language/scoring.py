"""Plans against expected plans: step precision and recall, order, promises, reported words.

Expected plans are short strings (see ``tests/orchestrator/plans``). Works for any planner; it is
used by tests and by ``benchmarks/planner.py``.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from orchestrator.errors import BadInstruction
from orchestrator.plan import EditPlan, Preserve, Step
from orchestrator.planning import PlanContext, Planner

_NUMBERS = frozenset(
    {"factor", "amount", "degrees", "aspect", "keep", "strength", "width", "height", "size"}
)


@dataclass(frozen=True)
class Case:
    """One instruction and what its plan should be; the fields are those of the data files."""

    say: str
    before: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    order: bool = True
    bad: bool = False


@dataclass
class Score:
    """What a plan got right.

    Attributes:
        expected: steps that should be there.
        planned: steps that are.
        matched: expected steps that are there with target and parameters.
        loose: expected steps whose op alone is there.
        ordered: pairs of matched steps in the right order.
        pairs: pairs of matched steps.
        kept: promises that are there.
        promises: promises that should be.
        told: words that are reported as not understood, of those that should be.
        strange: words that should be.
        misses: what is wrong, in words.
    """

    expected: int = 0
    planned: int = 0
    matched: int = 0
    loose: int = 0
    ordered: int = 0
    pairs: int = 0
    kept: int = 0
    promises: int = 0
    told: int = 0
    strange: int = 0
    exact: int = 0
    cases: int = 0
    misses: list[str] = field(default_factory=list)

    def add(self, other: Score) -> None:
        """Take another score in."""
        for name in (
            "expected",
            "planned",
            "matched",
            "loose",
            "ordered",
            "pairs",
            "kept",
            "promises",
            "told",
            "strange",
            "exact",
            "cases",
        ):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.misses.extend(other.misses)

    @property
    def precision(self) -> float:
        """Share of planned steps that are right."""
        return self.matched / self.planned if self.planned else 1.0

    @property
    def recall(self) -> float:
        """Share of expected steps that are there."""
        return self.matched / self.expected if self.expected else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of the two."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def load_cases(path: Path) -> list[Case]:
    """The cases of a data file."""
    rows: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [_case(row) for row in rows]


def _case(row: dict[str, Any]) -> Case:
    listed: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in row.items()}
    return Case(**listed)


def context_of(planner: Planner, before: Sequence[str]) -> PlanContext:
    """The conversation so far."""
    earlier: list[EditPlan] = []
    for instruction in before:
        earlier.append(planner.plan(instruction, PlanContext(earlier=tuple(earlier))))
    return PlanContext(earlier=tuple(earlier))


def score_case(planner: Planner, case: Case) -> Score:
    """How well a planner does on one case."""
    score = Score(cases=1, expected=len(case.steps), promises=len(case.keep))
    try:
        plan = planner.plan(case.say, context_of(planner, case.before))
    except BadInstruction as error:
        score.exact = int(case.bad)
        if not case.bad:
            score.misses.append(f"{case.say!r}: {error}")
        return score
    if case.bad:
        score.planned = len(plan.steps)
        score.misses.append(f"{case.say!r}: nothing should be planned, got {_shown(plan)}")
        return score
    _match(score, case, plan)
    return score


def _match(score: Score, case: Case, plan: EditPlan) -> None:
    score.planned = len(plan.steps)
    free = list(plan.steps)
    places: list[int] = []
    wrong: list[str] = []
    for text in case.steps:
        found = next((step for step in free if matches(text, step, plan)), None)
        if found is None:
            wrong.append(text)
            continue
        free.remove(found)
        places.append(plan.steps.index(found))
    score.matched = len(places)
    ops = [step.op for step in plan.steps]
    for text in case.steps:
        found_op = next((op for op in _either(text.split(" ", 1)[0]) if op in ops), None)
        if found_op is not None:
            ops.remove(found_op)
            score.loose += 1
    pairs = [(a, b) for i, a in enumerate(places) for b in places[i + 1 :]] if case.order else []
    score.pairs = len(pairs)
    score.ordered = sum(a < b for a, b in pairs)
    held = promises_of(plan)
    missing = [names for names in case.keep if held.isdisjoint(_either(names))]
    score.kept = len(case.keep) - len(missing)
    untold = [word for word in case.unknown if word not in plan.unknown]
    score.strange = len(case.unknown)
    score.told = len(case.unknown) - len(untold)
    problems = [f"no step {w!r}" for w in wrong]
    problems += [f"extra {s.op} {s.target.category!r} {s.params}" for s in free]
    problems += [f"no promise {m!r}" for m in missing]
    problems += [f"{u!r} not reported" for u in untold]
    if not case.unknown and plan.unknown:
        problems.append(f"unknown {plan.unknown}")
    if score.ordered < score.pairs:
        problems.append(f"order {ops_of(plan)}")
    score.exact = int(not problems)
    if problems:
        score.misses.append(f"{case.say!r}: {'; '.join(problems)}")


def ops_of(plan: EditPlan) -> list[str]:
    """The ops, in order."""
    return [step.op for step in plan.steps]


def promises_of(plan: EditPlan) -> set[str]:
    """Categories preserved, "aspect" and "style"."""
    return {c.target.category if isinstance(c, Preserve) else c.kind for c in plan.constraints}


def matches(text: str, step: Step, plan: EditPlan) -> bool:
    """Whether a step is what an expectation says."""
    op, category, *checks = shlex.split(text)
    return (
        step.op in _either(op)
        and any(_is_category(name, step) for name in _either(category))
        and all(_holds_either(check, step, plan) for check in checks)
    )


def _either(names: str) -> list[str]:
    """The alternatives of an expectation: ``"lamp post|post"`` takes either."""
    return [name.strip('" ') for name in names.split("|")]


def _is_category(name: str, step: Step) -> bool:
    if name == "image":
        return step.target.is_whole_image
    return name in ("", step.target.category)


def _holds_either(check: str, step: Step, plan: EditPlan) -> bool:
    key, _, wanted = check.partition("=")
    ways = [way if "=" in way else f"{key}={way}" for way in wanted.split("|")]
    ways[0] = f"{key}={wanted.split('|')[0]}"
    return any(_holds(way, step, plan) for way in ways)


def _holds(check: str, step: Step, plan: EditPlan) -> bool:
    key, _, wanted = check.partition("=")
    target = step.target
    if key == "ordinal":
        place = target.ordinal
        return place is not None and f"{place.index}:{place.side}" == wanted
    if key == "superlative":
        return target.superlative == wanted
    if key == "exclude":
        return target.exclude is not None and target.exclude.category == wanted
    if key == "relation":
        relation = target.relation
        return relation is not None and f"{relation.kind}:{relation.anchor.category}" == wanted
    if key == "after":
        return any(plan.step(needed).op == wanted for needed in step.depends_on)
    if key == "executor":
        return step.executor == wanted
    params = step.params if step.executor.startswith("tool:") else step.typed_params().model_dump()
    return _param_holds(key, wanted, params)


def _param_holds(key: str, wanted: str, params: Mapping[str, Any]) -> bool:
    value = params.get(key)
    if value is None:
        return False
    if wanted in ("+", "-"):
        return bool(value > 0) == (wanted == "+")
    if key in _NUMBERS and isinstance(value, int | float):
        return abs(float(value) - float(wanted)) <= 0.02 * max(1.0, abs(float(wanted)))
    return wanted.lower() in str(value).lower()


def _shown(plan: EditPlan) -> str:
    return ", ".join(f"{step.op} {step.target.phrase!r}" for step in plan.steps) or "no steps"
