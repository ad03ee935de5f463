"""What a conversation shows: its answers, as lines and a picture, and those that only look.

Changes nothing in the session; putting an answer on a screen is the caller's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from orchestrator.history_view import position_line
from orchestrator.plan import EditPlan
from orchestrator.report import RunReport
from tools.operation import Rgb
from tools.pictures import load_picture

if TYPE_CHECKING:
    from orchestrator.questions import Question
    from orchestrator.session import EditSession
    from orchestrator.session_history import SessionHistory
    from orchestrator.session_pictures import SessionPictures


@dataclass(frozen=True)
class Answer:
    """What came of one command or edit.

    Attributes:
        lines: to show, plain text.
        report: of an edit.
        picture: HWC uint8 to look at, where there is one worth showing.
        quit: the person wants to leave.
        failed: it could not be done; ``lines`` say why.
    """

    lines: tuple[str, ...] = ()
    report: RunReport | None = None
    picture: Rgb | None = None
    quit: bool = False
    failed: bool = False


def position(session: SessionPictures) -> Answer:
    """Where the session stands now."""
    return Answer((position_line(session),), picture=session.picture().rgb)


def question_met(session: SessionPictures) -> Answer:
    """What can be said where somebody asks about the picture."""
    high, wide = session.picture().rgb.shape[:2]
    return Answer(
        (
            "pictures are changed here, and nothing is known of what they show; "
            "say what to change, or 'help'",
            f"the picture is {wide} x {high} pixels, {position_line(session)}",
        )
    )


_CHECKED = {
    "done": "what can be measured of it was checked",
    "unverified": "nothing of it could be measured",
}


def judged(session: SessionHistory) -> Answer:
    """What can be said where somebody asks whether it is good: what was done and measured."""
    head = session.head
    told = "nothing was done to it yet"
    if head.parent_id is not None:
        told = f'last came "{head.label}": {_CHECKED.get(head.report.get("status", ""), "done")}'
    return Answer((f"taste cannot be judged here, that is for you; {told}",))


def question_asked(
    session: EditSession, question: Question, report: RunReport | None = None
) -> Answer:
    """A question as lines and a picture."""
    from orchestrator.question_view import question_lines, which_lines

    drawn = session.question_picture(question)
    lines = question_lines(question) if question.kind == "plan" else which_lines(question)
    if question.kind == "plan":
        lines.append("run it? yes, no, or a change ('help' lists them)")
    lines.append(f"drawn on the picture: {drawn}")
    return Answer(tuple(lines), report, load_picture(drawn).rgb)


def plan_shown(session: SessionHistory) -> Answer:
    """The plan that waits, else the last one in force."""
    waiting = session.unfinished()
    plans = session.plans_in_force()
    if waiting is not None and waiting.plan_id is not None:
        plans = (EditPlan.model_validate(session.store.plan(waiting.plan_id)),)
    if not plans:
        return Answer(("there is no plan yet",))
    shown = plans[-1]
    lines = [f"{step.id}  {step.op:<10} {step.instruction}" for step in shown.steps]
    lines += [f"preserve: {item.target.phrase}" for item in shown.preserved()]
    return Answer((shown.instruction, *lines, *shown.notes))


def compared(session: SessionPictures) -> Answer:
    """The original beside what is shown, and how much of them is identical."""
    from tools.contact_sheet import contact_sheet

    before = session.picture(session.info.root_id).rgb
    after = session.picture().rgb
    old, new = (f"{wide} x {high}" for high, wide in (before.shape[:2], after.shape[:2]))
    line = f"the original is {old} pixels, this is {new}: no pixel can be compared in its place"
    if before.shape == after.shape:
        found = session.store.diff(session.info.root_id, session.head.id)
        line = f"{1 - found.changed_share:.1%} of the pixels are identical to the original"
    sheet = contact_sheet([(before, "original"), (after, "now")], columns=2)
    return Answer((line,), picture=sheet)


def mask_shown(session: SessionPictures) -> Answer:
    """Where the last step acted, drawn on the picture."""
    from tools.masks import overlay

    head = session.head
    if head.parent_id is None:
        return Answer(("nothing was done yet",))
    if head.mask_id is None:
        return Answer(("the last step acted on the whole picture",))
    stored = session.store.get_mask(head.mask_id)
    mask = np.asarray(stored, np.float32) / np.float32(255)
    report = head.report
    line = f"{report['mask_area']:.1%} of the picture, from {report['mask_source']}"
    return Answer((line,), picture=overlay(session.picture().rgb, mask))
