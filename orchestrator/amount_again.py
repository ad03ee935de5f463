"""A remembered step once more with another strength, and what came after it once more on top.

"Less rain" cannot be added to a picture; it is made by going back to before the rain. Nothing is
lost: the line as it was keeps a name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from orchestrator.errors import UnknownSession
from orchestrator.events import Event, ignore
from orchestrator.language.amounts import ADJUST, STRENGTHS, has_strength, is_about
from orchestrator.looks import stands_for, with_strength
from orchestrator.plan import Step
from orchestrator.recall import find_step
from orchestrator.repair import remade, step_of
from orchestrator.report import RunReport

if TYPE_CHECKING:
    from memory.records import RevisionInfo
    from orchestrator.session import EditSession

LEAST = 0.05
_AT = re.compile(r" at (\d+)% strength$")


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
    if path and not words and path[-1].step["op"] == ADJUST:
        turn = [item for item in path if item.turn_id == path[-1].turn_id]
        if {item.step["op"] for item in turn} != {ADJUST}:
            turn = turn[-1:]  # not of one wish, such as "make it nicer"
        adjusted = [_adjusted(step_of(item), factor) for item in turn]
        return remade(session, turn[0], adjusted, on_event=on_event)
    scaled = [item for item in path if has_strength(item.step["op"], item.step["params"])]
    found = _meant(words, scaled) if words else path[-1] if path and path[-1] in scaled else None
    if found is None:
        named = f"is about {words!r} and " if words else "was the last and "
        raise UnknownSession(f"no step {named}has a strength; 'history' lists them all")
    steps = [_changed(step_of(found), factor)]
    parts = [item for item in path if _is_part(item, found)]
    steps += [_part_changed(item, steps[0], found) for item in parts]
    return remade(session, [*parts, found][0], steps, on_event=on_event)


def _meant(words: str, scaled: Sequence[RevisionInfo]) -> RevisionInfo | None:
    """The newest step that made what the words name, before one that only speaks of it."""
    made = [item for item in scaled if is_about(step_of(item), words.split())]
    return made[-1] if made else find_step(words, scaled)


def _adjusted(step: Step, factor: float) -> Step:
    """A step of light or colour with another amount, which its words say."""
    before = float(step.params["amount"])
    amount = round(max(-1.0, min(1.0, before * factor)), 3)
    if amount == before:
        raise UnknownSession(
            f"'{step.instruction}' is as {'strong' if factor > 1 else 'weak'} as it can be"
        )
    said = _AT.search(step.instruction)
    share = (float(said[1]) if said else 100) * amount / before
    return step.model_copy(
        update={
            "params": step.params | {"amount": amount},
            "instruction": f"{_AT.sub('', step.instruction)} at {share:.0f}% strength",
        }
    )


def _is_part(item: RevisionInfo, found: RevisionInfo) -> bool:
    """Whether a step is of the look that the found one is the rest of."""
    return item.turn_id == found.turn_id and stands_for(step_of(item)) == step_of(found).id


def _part_changed(item: RevisionInfo, now: Step, found: RevisionInfo) -> Step:
    """A look's step as much weaker or stronger as the look."""
    usual, _ = STRENGTHS[now.op]
    before = float(step_of(found).params.get("strength", usual))
    return with_strength(step_of(item), float(now.params["strength"]) / before)


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
