"""A remembered step once more with another strength, and what came after it once more on top.

"Less rain" cannot be added to a picture; it is made by going back to before the rain. Nothing is
lost: the line as it was keeps a name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import groupby
from typing import TYPE_CHECKING

from orchestrator.errors import UnknownSession
from orchestrator.events import Event, ignore
from orchestrator.language.amounts import STRENGTHS, has_strength
from orchestrator.plan import Step
from orchestrator.recall import find_step
from orchestrator.repair import ended_alike, made_again
from orchestrator.report import RunReport

if TYPE_CHECKING:
    from orchestrator.session import EditSession

LEAST = 0.05
_AT = re.compile(r" at \d+% strength$")


def again(
    session: EditSession,
    words: str,
    factor: float,
    *,
    on_event: Callable[[Event], None] = ignore,
) -> tuple[RunReport, ...]:
    """Make a step of the shown line with another strength, and all after it again.

    If one of the steps cannot be made again, the old line stays shown.

    Args:
        session: with no unfinished run.
        words: that name the step; empty = the last one.
        factor: what its strength is multiplied by.
        on_event: told what happens.

    Returns:
        The report of each turn that was made.

    Raises:
        UnknownSession: no step of the shown line is meant, or it is as strong as it can be.
    """
    path = [item for item in session.history() if item.step]
    scaled = [item for item in path if has_strength(item.step["op"], item.step["params"])]
    found = find_step(words, scaled) if words else path[-1] if path and path[-1] in scaled else None
    if found is None:
        named = f"is about {words!r} and " if words else "was the last and "
        raise UnknownSession(f"no step {named}has a strength; 'history' lists them all")
    step = _changed(Step.model_validate(found.step), factor)
    shown = session.head.id
    after = path[path.index(found) :]
    session.checkout(str(found.parent_id))
    reports: list[RunReport] = []
    complete = False
    try:
        for _, turn in groupby(after, key=lambda item: item.turn_id):
            items = list(turn)
            change = step if found in items else None
            reports.append(made_again(session, items, on_event, change))
            if not ended_alike(reports[-1], items):
                break
        else:
            complete = True
    finally:
        if not complete and session.unfinished() is None:
            session.checkout(shown)
    return tuple(reports)


def _changed(step: Step, factor: float) -> Step:
    """The step with another strength, which its words say."""
    usual, most = STRENGTHS[step.op]
    before = float(step.params.get("strength", usual))
    strength = round(min(most, max(LEAST, before * factor)), 3)
    if strength == before:
        raise UnknownSession(
            f"'{step.instruction}' is as {'strong' if factor > 1 else 'weak'} as it can be"
        )
    plain = _AT.sub("", step.instruction)
    return step.model_copy(
        update={
            "params": step.params | {"strength": strength},
            "instruction": f"{plain} at {strength / usual:.0%} strength",
        }
    )
