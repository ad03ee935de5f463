"""The review of a plan: every check of the critic, in one call.

Deterministic, without pictures, models or network, and quick enough for every plan: what it costs
is one more reading of the instruction.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from orchestrator.critic.abilities import check_abilities
from orchestrator.critic.coverage import check_coverage
from orchestrator.critic.findings import Author, Finding, Review, sorted_findings
from orchestrator.critic.grounded import check_grounded
from orchestrator.critic.merging import merge
from orchestrator.plan import EditPlan, Preserve
from orchestrator.planning import PlanContext
from orchestrator.promises import binds

MAX_STEPS = 32
"""Steps a plan may have before it is refused, unless the caller allows more (the schema ends at
64)."""


def review(
    plan: EditPlan,
    context: PlanContext | None = None,
    *,
    author: Author = "person",
    assets: Collection[str] | None = None,
    max_steps: int = MAX_STEPS,
    direct: bool = False,
) -> Review:
    """Check a plan against its instruction, the tools there are, and itself.

    Args:
        plan: fits the schema.
        context: what the planner knew: earlier turns, taught words, looks.
        author: who wrote it; the same fault weighs differently.
        assets: names of files the user handed over; None = not known yet.
        max_steps: the budget.
        direct: the whole instruction goes to an editing model in one pass, so that there is
            nothing to compare it with.
    """
    context = context or PlanContext()
    findings: list[Finding] = [*_budget(plan, max_steps)]
    findings += check_abilities(plan.steps, author, assets)
    if direct:
        return Review(plan, sorted_findings(findings), (), _places(plan))
    findings += check_grounded(plan, author, context.spoken_of, context.glossary)
    words, told = check_coverage(plan, author, context)
    findings += [*told, *_repeats(plan), *_conflicts(plan)]
    merged = merge(plan)
    findings += merged.findings
    return Review(merged.plan, sorted_findings(findings), words, _places(plan))


def _places(plan: EditPlan) -> dict[str, int]:
    return {step.id: place for place, step in enumerate(plan.steps)}


def _budget(plan: EditPlan, max_steps: int) -> list[Finding]:
    count = len(plan.steps)
    if count <= max_steps:
        return []
    told = (
        f"the plan has {count} steps and the budget is {max_steps}; split it, or raise the budget"
    )
    return [Finding("refuse", "step_budget", told)]


def _repeats(plan: EditPlan) -> list[Finding]:
    """The very same step twice: rarely meant, but the second is not always without effect."""
    found: list[Finding] = []
    seen: dict[str, str] = {}
    for step in plan.steps:
        essence = step.model_dump_json(exclude={"id", "depends_on", "instruction"})
        if essence in seen:
            told = f"step {step.id} is the same as {seen[essence]}; drop one if it was not meant"
            found.append(Finding("warn", "repeated", told, step.id))
        seen.setdefault(essence, step.id)
    return found


def _conflicts(plan: EditPlan) -> list[Finding]:
    """Steps on the very thing that is promised to stay."""
    found: list[Finding] = []
    for step in plan.steps:
        for promise in plan.preserved():
            if binds(promise.level, step) and _is_same(step.target.phrase, promise):
                told = (
                    f"step {step.id} changes {step.target.phrase!r}, which the plan promises to "
                    "keep; drop one of the two"
                )
                found.append(Finding("warn", "against_promise", told, step.id))
    return found


def _is_same(phrase: str, promise: Preserve) -> bool:
    return _bare(phrase) == _bare(promise.target.phrase)


def _bare(phrase: str) -> Sequence[str]:
    return phrase.lower().removeprefix("the ").split()
