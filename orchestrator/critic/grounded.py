"""Whether a plan speaks of what the person spoke of: targets, promises and written words.

A name that was never said is what a model made up, or what some text inside the picture told it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from orchestrator.critic.findings import Author, Finding, Severity
from orchestrator.critic.words import vocabulary, was_said, words_of
from orchestrator.plan import EditPlan, Preserve, Step
from tools.target import Target

MAKES_ANOTHER = frozenset({"remove", "replace", "add", "text", "background", "move"})
"""Ops that put something in the picture or take it away: never on a name nobody said."""


def check_grounded(
    plan: EditPlan, author: Author, earlier: Sequence[EditPlan], glossary: Mapping[str, str]
) -> list[Finding]:
    """Findings about names that the instruction (or the conversation before it) never says."""
    said = _said(plan, earlier, glossary)
    found: list[Finding] = []
    for step in plan.steps:
        # The core names what it sees: "what barks" is a dog.
        strange = [] if author == "core" else _strange(step.target, said)
        if strange:
            found.append(_finding(step, strange, author))
        written = str(step.params.get("text", "")) if step.op == "text" else ""
        unsaid = [word for word in words_of(written) if not was_said(word, said)]
        if unsaid:
            told = (
                f"step {step.id} writes {written!r}, but the instruction does not say "
                f"{_listed(unsaid)}; check the words"
            )
            found.append(Finding("warn", "words_not_said", told, step.id))
    for constraint in plan.constraints:
        if isinstance(constraint, Preserve):
            strange = _strange(constraint.target, said)
            if strange:
                told = (
                    f"the plan promises to keep {constraint.target.phrase!r}, which the "
                    "instruction does not name"
                )
                found.append(Finding("warn", "not_grounded", told))
    return found


def without_unsaid_promises(
    plan: EditPlan, earlier: Sequence[EditPlan], glossary: Mapping[str, str]
) -> EditPlan:
    """A plan without the promises about things that nobody named."""
    said = _said(plan, earlier, glossary)
    kept = tuple(
        constraint
        for constraint in plan.constraints
        if not isinstance(constraint, Preserve) or not _strange(constraint.target, said)
    )
    return plan.model_copy(update={"constraints": kept})


def _said(plan: EditPlan, earlier: Sequence[EditPlan], glossary: Mapping[str, str]) -> set[str]:
    """The words that a plan may use."""
    return vocabulary([plan.instruction, *_spoken(earlier)], glossary)


def _spoken(earlier: Sequence[EditPlan]) -> Iterator[str]:
    """What earlier turns were about: the person's words, and what was put into the picture."""
    for plan in earlier:
        yield plan.instruction
        for step in plan.steps:
            yield step.target.phrase
            for name in ("new", "what"):
                if isinstance(step.params.get(name), str):
                    yield step.params[name]


def _strange(target: Target, said: set[str]) -> list[str]:
    """The words of a target, and of what it refers to, that were not said."""
    if target.is_whole_image:
        return []
    words = dict.fromkeys(words_of(target.phrase) + words_of(target.category))
    unsaid = [word for word in words if not was_said(word, said)]
    if unsaid and target.category and was_said(target.category, said):
        # The thing itself was named; a word more about it ("the person's face") is no other thing.
        unsaid = []
    for other in (target.exclude, target.relation.anchor if target.relation else None):
        if other is not None:
            unsaid += _strange(other, said)
    return unsaid


def _finding(step: Step, strange: list[str], author: Author) -> Finding:
    severity: Severity = "warn"
    if author == "model" and step.op in MAKES_ANOTHER:
        severity = "refuse"
    told = (
        f"step {step.id} ({step.op}) acts on {step.target.phrase!r}, but the instruction never "
        f"says {_listed(strange)}; name what was asked for"
    )
    return Finding(severity, "not_grounded", told, step.id)


def _listed(words: list[str]) -> str:
    return ", ".join(repr(word) for word in dict.fromkeys(words))
