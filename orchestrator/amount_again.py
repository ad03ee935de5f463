"""A remembered step once more with another strength, and what came after it once more on top.

"Less rain" cannot be added to a picture; it is made by going back to before the rain. Nothing is
lost: the line as it was keeps a name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from orchestrator.errors import UnknownSession
from orchestrator.events import Event, ignore
from orchestrator.language.amounts import STRENGTHS
from orchestrator.looks import stands_for, with_strength
from orchestrator.plan import Step
from orchestrator.recall import find_step
from orchestrator.repair import remade
from orchestrator.report import RunReport

if TYPE_CHECKING:
    from memory.records import RevisionInfo
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
    scaled = [item for item in path if item.step["op"] in STRENGTHS]
    found = find_step(words, scaled) if words else path[-1] if path and path[-1] in scaled else None
    if found is None:
        named = f"is about {words!r} and " if words else "was the last and "
        raise UnknownSession(f"no step {named}has a strength; 'history' lists them all")
    steps = [_changed(_step(found), factor)]
    parts = [item for item in path if _is_part(item, found)]
    steps += [_part_changed(item, steps[0], found) for item in parts]
    return remade(session, [*parts, found][0], steps, on_event=on_event)


def _is_part(item: RevisionInfo, found: RevisionInfo) -> bool:
    """Whether a step is of the look that the found one is the rest of."""
    return item.turn_id == found.turn_id and stands_for(_step(item)) == _step(found).id


def _part_changed(item: RevisionInfo, now: Step, found: RevisionInfo) -> Step:
    """A look's step as much weaker or stronger as the look."""
    usual, _ = STRENGTHS[now.op]
    before = float(_step(found).params.get("strength", usual))
    return with_strength(_step(item), float(now.params["strength"]) / before)


def _step(item: RevisionInfo) -> Step:
    return Step.model_validate(item.step)


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
