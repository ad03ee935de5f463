"""From an exact edit of a drawn scene to the plan's step for it, without language in between.

For experiments about what comes after planning: the typed fields are filled from what the edit is
known to be, so that no misreading of words takes part.
"""

from __future__ import annotations

from orchestrator.plan import EditPlan, Step
from smartedit_model.world.catalogue import kind
from smartedit_model.world.edits import EditSample
from smartedit_model.world.render import REFLECTED
from smartedit_model.world.wordings import with_article
from tools.target import IMAGE, Target


def target_of(sample: EditSample) -> Target:
    """What the edit is about, in the words of its instruction."""
    if sample.spec is None or not sample.referred:
        return IMAGE
    item = sample.scene.spec.get(sample.referred[0] % REFLECTED)
    query = sample.spec.target
    colours = (query.colour,) if query is not None and query.colour else ()
    name = item.entry.name
    phrase = f"the {' '.join((*colours, name))}" if sample.category == "colour" else f"the {name}"
    several = len(sample.referred) > 1
    return Target(
        phrase=phrase,
        category=name,
        attributes=colours if sample.category == "colour" else (),
        quantity="all" if several else "one",
    )


def step_of(sample: EditSample, *, executor: str = "auto", number: int = 1) -> Step:
    """The step that asks for an edit.

    Args:
        sample: the edit; an op of ``drawn_chain.OPS``.
        executor: who must do it.
        number: of the step in its plan.
    """
    spec = sample.spec
    if spec is None:
        raise ValueError("an edit without its description has no step")
    params: dict[str, object] = {}
    if sample.op == "replace":
        params = {"new": with_article(kind(spec.value), spec.colour)}
    elif sample.op == "recolor":
        params = {"colour": spec.value}
    elif sample.op == "resize":
        params = {"factor": 1.4 if spec.value == "bigger" else 0.66}
    elif sample.op == "move":
        params = {"direction": spec.value, "amount": spec.amount or 0.2}
    elif sample.op == "add" and spec.added is not None:
        params = {"what": with_article(kind(spec.value), spec.added.colour)}
    return Step(
        id=f"s{number}",
        op=sample.op,  # type: ignore[arg-type]  # the world's names for these are the plan's
        target=target_of(sample),
        instruction=sample.instruction,
        params=params,
        executor=executor,
    )


def plan_of(sample: EditSample, *, executor: str = "auto") -> EditPlan:
    """A plan of that step alone."""
    return EditPlan(instruction=sample.instruction, steps=(step_of(sample, executor=executor),))
