"""The last turn with what was meant ("no, the left one"), from where it began."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from orchestrator.errors import UnknownSession
from orchestrator.events import Event, ignore
from orchestrator.language.command_types import Meant
from orchestrator.language.meant import about, put_right
from orchestrator.plan import EditPlan
from orchestrator.repair import settings_again
from orchestrator.report import RunReport

if TYPE_CHECKING:
    from orchestrator.session import EditSession


def meant_instead(
    session: EditSession, wish: Meant, *, on_event: Callable[[Event], None] = ignore
) -> RunReport:
    """Do the last turn again with another thing or colour; one that came to nothing likewise.

    Where nothing of it can be done, what was shown stays shown.

    Args:
        session: with no unfinished run.
        wish: what was meant.
        on_event: told what happens.

    Raises:
        UnknownSession: the last turn was about no thing.
        BadInstruction: the words name none.
    """
    shown = session.head.id
    tried = session.plan_tried()
    plan = tried or next(reversed(session.plans_in_force()), None)
    at = None if plan is None else about(plan.steps)
    if plan is None or at is None:
        raise UnknownSession("the last turn was about no thing; say what to do to what")
    steps = (*plan.steps[:at], put_right(plan.steps[at], wish), *plan.steps[at + 1 :])
    said = ", then ".join(step.instruction for step in steps)
    settings = settings_again(session)
    if not wish.colour:  # a mark was on the other thing
        settings = settings.model_copy(update={"points": (), "box": None, "mask_id": None})
    if tried is None:
        session.checkout(session.shown_run().base_revision_id)
    started = session.head.id
    changed = EditPlan(instruction=said, steps=steps, constraints=plan.constraints)
    try:
        return session.edit(said, plan=changed, settings=settings, on_event=on_event)
    finally:
        if session.head.id == started and session.unfinished() is None:
            session.checkout(shown)
