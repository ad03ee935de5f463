"""Making a session anew: its remembered steps once more from the original, on a branch of its own.

Nothing is destroyed: the old line keeps its name, and the session stays on it unless every step
could be done again. Steps that a later one has overwritten are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from orchestrator.errors import OrchestratorError, UnknownSession
from orchestrator.events import Event, ignore
from orchestrator.plan import EditPlan, Step
from orchestrator.report import RunReport
from orchestrator.settings import RunSettings

if TYPE_CHECKING:
    from memory.records import RevisionInfo, RunInfo
    from orchestrator.session import EditSession

OVERWRITING = frozenset({"recolor", "background"})
"""Ops whose result does not depend on what the same op did to the same target before."""


class NothingToRepair(OrchestratorError):
    """The shown line has no steps."""


@dataclass(frozen=True)
class Repair:
    """What a repair did.

    Attributes:
        branch: the new line.
        previous: the line that was shown before; it is as it was.
        complete: every step was done again, and the new line is shown; else the old one is.
        left_out: instructions of steps that later ones had overwritten.
        reports: of each turn that was made again, in order.
    """

    branch: str
    previous: str
    complete: bool
    left_out: tuple[str, ...]
    reports: tuple[RunReport, ...]


def repair(
    session: EditSession, name: str = "", *, on_event: Callable[[Event], None] = ignore
) -> Repair:
    """Do the remembered steps again from the original, on a new branch.

    Args:
        session: with no unfinished run.
        name: of the branch; the first free of ``repaired``, ``repaired-2`` … when empty.
        on_event: told what happens.

    Raises:
        NothingToRepair: there is no step.
        RunInterrupted: a run is unfinished.
        StoreError: the name is taken.
    """
    path = session.history()
    if len(path) < 2:
        raise NothingToRepair(f"session {session.id} shows its original; there is nothing to redo")
    overwritten = _overwritten(path[1:])
    turns: dict[str, list[RevisionInfo]] = {}
    for item in path[1:]:
        if item.id not in overwritten:
            turns.setdefault(str(item.turn_id), []).append(item)
    previous = session.info.branch
    branch = name or _free_name(session)
    session.branch(branch, at=path[0].id)
    reports, complete = _all_again(
        session, turns.values(), previous, lambda items: made_again(session, items, on_event)
    )
    left_out = tuple(item.label for item in path[1:] if item.id in overwritten)
    return Repair(branch, previous, complete, left_out, reports)


def _all_again(
    session: EditSession,
    turns: Iterable[list[RevisionInfo]],
    back: str,
    make: Callable[[list[RevisionInfo]], RunReport],
) -> tuple[tuple[RunReport, ...], bool]:
    """The report of each turn that was made again, and whether all ended as they had.

    If one did not, ``back`` is shown again, unless a run of it waits for an answer.
    """
    reports: list[RunReport] = []
    complete = False
    try:
        for items in turns:
            reports.append(make(items))
            if not ended_alike(reports[-1], items):
                break
        else:
            complete = True
    finally:
        if not complete and session.unfinished() is None:
            session.checkout(back)
    return tuple(reports), complete


def made_again(
    session: EditSession,
    items: list[RevisionInfo],
    on_event: Callable[[Event], None],
    changed: Sequence[Step] = (),
    said: str = "",
) -> RunReport:
    """One turn's kept steps as a run of their own, with the settings they were made with.

    Args:
        session: shows what they are to be made from.
        items: the revisions of one turn, in order.
        on_event: told what happens.
        changed: each stands for the step of its id.
        said: the turn's instruction; empty = as it was.
    """
    run = session.store.run(items[0].key.rpartition(":")[0])
    steps = [step_of(item) for item in items]
    instead = {step.id: step for step in changed}
    steps = [instead.get(step.id, step) for step in steps]
    kept = {step.id for step in steps}
    free = [
        step.model_copy(update={"depends_on": tuple(d for d in step.depends_on if d in kept)})
        for step in steps
    ]
    made = EditPlan.model_validate(session.store.plan(str(items[0].plan_id)))
    plan = made.model_copy(update={"steps": tuple(free)})
    if len(steps) < len(made.steps) and not said:  # the sentence was about the others, too
        said = ", then ".join(step.instruction for step in steps)
    return session.edit(
        said or run.instruction, plan=plan, settings=_unasking(run), on_event=on_event
    )


def remade(
    session: EditSession,
    start: RevisionInfo,
    changed: Sequence[Step] = (),
    *,
    without: frozenset[str] = frozenset(),
    said: str = "",
    on_event: Callable[[Event], None] = ignore,
) -> tuple[RunReport, ...]:
    """Do a turn of the shown line otherwise, and all after it again on top.

    If one of the steps cannot be made again, the old line stays shown.

    Args:
        session: with no unfinished run.
        start: the first step that is made again.
        changed: steps of its turn, each in place of the one of its id.
        without: revisions that are left out.
        said: the instruction of the changed turn; empty = as it was.
        on_event: told what happens.

    Returns:
        The report of each turn that was made.
    """
    path = session.history()
    shown = session.head.id
    after = path[[item.id for item in path].index(start.id) :]
    session.checkout(str(start.parent_id))
    turns = (
        [item for item in group if item.id not in without]
        for _, group in groupby(after, key=lambda item: item.turn_id)
    )

    def make(items: list[RevisionInfo]) -> RunReport:
        if items[0].turn_id == start.turn_id:
            return made_again(session, items, on_event, changed, said)
        return made_again(session, items, on_event)

    return _all_again(session, filter(None, turns), shown, make)[0]


def made_otherwise(
    session: EditSession,
    sought: Callable[[Step], bool],
    changed: Callable[[RevisionInfo], Step | None],
    *,
    missing: str,
    told: Callable[[Step], str] = lambda step: step.instruction,
    on_event: Callable[[Event], None] = ignore,
) -> tuple[RunReport, ...]:
    """Do the shown line's last step of a kind otherwise, or not at all, and all after it again.

    Args:
        session: with no unfinished run.
        sought: whether a step is of the kind.
        changed: what is to be done in its place; None = nothing.
        missing: what to say where the line has no such step.
        told: a step in words that say what it does now; the person's own said something else.
        on_event: told what happens.

    Returns:
        The report of each turn that was made; none where only the step was taken away.

    Raises:
        UnknownSession: there is no such step.
    """
    path = session.history()
    found = next((item for item in reversed(path) if item.step and sought(step_of(item))), None)
    if found is None:
        raise UnknownSession(f"{missing}; 'history' lists them all")
    new = changed(found)
    turn = (item for item in path if item.turn_id == found.turn_id)
    kept = (new if item is found else step_of(item) for item in turn)
    said = ", then ".join(told(step) for step in kept if step is not None)
    if new is None:
        return remade(session, found, without=frozenset({found.id}), said=said, on_event=on_event)
    return remade(session, found, (new,), said=said, on_event=on_event)


def repeated(session: EditSession, *, on_event: Callable[[Event], None] = ignore) -> RunReport:
    """The last turn's steps once more on top; where it came to nothing, another try.

    Raises:
        UnknownSession: nothing was done.
    """
    tried, path = session.plan_tried(), [item for item in session.history() if item.step]
    if tried is not None:
        said, settings = tried.instruction, settings_again(session)
        return session.edit(said, plan=tried, settings=settings, on_event=on_event)
    if not path:
        raise UnknownSession("nothing was done yet that could be done again")
    last = [item for item in path if item.turn_id == path[-1].turn_id]
    return made_again(session, last, on_event)


def settings_again(session: EditSession) -> RunSettings:
    """The settings of the last run, without its questions."""
    return _unasking(session.last_run())


def _unasking(run: RunInfo | None) -> RunSettings:
    """The settings a run was made with, or those of nobody, asking nothing."""
    settings = RunSettings.model_validate({} if run is None else run.details.get("settings", {}))
    return settings.model_copy(update={"approve": False, "ask": False})


def step_of(item: RevisionInfo) -> Step:
    """The step that made a revision."""
    return Step.model_validate(item.step)


def ended_alike(report: RunReport, items: list[RevisionInfo]) -> bool:
    """Whether the steps that were made again ended as they had."""
    wanted = [str(item.report.get("status")) for item in items]
    return [step["status"] for step in report.steps] == wanted


def _overwritten(steps: list[RevisionInfo]) -> set[str]:
    """Revisions whose work a later step of the same op on the same target has replaced."""
    out: set[str] = set()
    latest: set[tuple[str, str]] = set()
    for item in reversed(steps):
        op = str(item.step.get("op", ""))
        key = (op, repr(item.step.get("target")))
        if op in OVERWRITING and key in latest:
            out.add(item.id)
        if not item.step.get("params", {}).get("shift"):  # greener is of what was there
            latest.add(key)
    return out


def _free_name(session: EditSession) -> str:
    taken = {line.name for line in session.store.branches(session.id)}
    number, name = 1, "repaired"
    while name in taken:
        number += 1
        name = f"repaired-{number}"
    return name
