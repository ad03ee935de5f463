"""The last turn's step made the other way ("no, the other way"), and what came after it on top."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from orchestrator.errors import UnknownSession
from orchestrator.events import Event, ignore
from orchestrator.language.other_way import the_other_way, which_turns
from orchestrator.plan import EditPlan
from orchestrator.repair import remade, settings_again, step_of
from orchestrator.report import RunReport

if TYPE_CHECKING:
    from orchestrator.session import EditSession


def turned_round(
    session: EditSession, *, on_event: Callable[[Event], None] = ignore
) -> tuple[RunReport, ...]:
    """Make the last turn's step that has another way that way.

    Args:
        session: with no unfinished run.
        on_event: told what happens.

    Returns:
        The report of the turn that was made.

    Raises:
        UnknownSession: nothing was done, or nothing that has another way.
    """
    tried = session.plan_tried()
    if tried is not None:
        return (_tried_round(session, tried, on_event),)
    path = [item for item in session.history() if item.step]
    turn = [item for item in path if item.turn_id == path[-1].turn_id]
    steps = [step_of(item) for item in turn]
    at = which_turns(steps)
    if at is None:
        done = f"{path[-1].label!r} has no other way" if path else "nothing was done yet"
        raise UnknownSession(f"{done}; say what the picture should become")
    changed = the_other_way(steps[at])
    said = ", then ".join(step.instruction for step in (changed, *steps[at + 1 :]))
    return remade(session, turn[at], (changed,), said=said, on_event=on_event)


def _tried_round(
    session: EditSession, tried: EditPlan, on_event: Callable[[Event], None]
) -> RunReport:
    """The plan that came to nothing, its step that has another way made that way.

    Raises:
        UnknownSession: it has none; no step before it is meant.
    """
    at = which_turns(tried.steps)
    if at is None:
        raise UnknownSession(
            f"{tried.instruction!r} was not done, and has no other way; "
            "say what the picture should become"
        )
    steps = (*tried.steps[:at], the_other_way(tried.steps[at]), *tried.steps[at + 1 :])
    said = ", then ".join(step.instruction for step in steps)
    plan = tried.model_copy(update={"steps": steps, "instruction": said})
    return session.edit(said, plan=plan, settings=settings_again(session), on_event=on_event)
