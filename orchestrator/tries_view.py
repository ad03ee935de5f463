"""Every try a session made at a step: lines for people, JSON for scripts, a sheet to look at.

Refused tries are kept as long as the session: what was given up can still be seen. It changes
nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tools.contact_sheet import contact_sheet
from tools.operation import Rgb

if TYPE_CHECKING:
    from orchestrator.session import EditSession

MOST_SHOWN = 24
"""Tries on a sheet, the newest; more would be too small to see."""


@dataclass(frozen=True)
class Shown:
    """One try.

    Attributes:
        instruction: of the turn it belongs to.
        step_id: of the turn's plan.
        number: from 1.
        executor: who made it.
        status: done, unverified or failed.
        reason: why it was not accepted; "" where it was.
        changed: what the policy had changed for it.
        kept: whether the step ended with it.
        image_id: what it made; None where it made nothing.
    """

    instruction: str
    step_id: str
    number: int
    executor: str
    status: str
    reason: str
    changed: dict[str, Any]
    kept: bool
    image_id: str | None


def tries_of(session: EditSession) -> list[Shown]:
    """Every try of every run, oldest first."""
    kept = {
        (item.key, told["number"])
        for item in session.store.all_revisions(session.id)
        for told in item.report.get("tries", ())
        if told["kept"]
    }
    return [
        Shown(
            instruction=run.instruction,
            step_id=item.step_id,
            number=item.number,
            executor=item.executor,
            status=str(item.report["verdict"]["status"]),
            reason=str(item.report["verdict"]["reason"]),
            changed=dict(item.report.get("tuning", {})),
            kept=(f"{run.id}:{item.step_id}", item.number) in kept,
            image_id=item.image_id,
        )
        for run in session.store.runs(session.id)
        for item in session.store.attempts(run.id)
    ]


def tries_lines(tries: list[Shown]) -> list[str]:
    """A line a try, under the turn it belongs to."""
    lines: list[str] = []
    turn: tuple[str, str] | None = None
    for item in tries:
        if turn != (item.instruction, item.step_id):
            turn = (item.instruction, item.step_id)
            lines.append(f"{item.step_id} of {item.instruction!r}")
        mark = "->" if item.kept else "  "
        line = f"  {mark} try {item.number} ({item.executor or 'nobody'}): {item.status}"
        if item.reason:
            line += f": {item.reason}"
        changed = ", ".join(f"{name} {_told(value)}" for name, value in item.changed.items())
        lines.append(f"{line} [{changed}]" if changed else line)
    return lines


def _told(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else repr(value)


def tries_sheet(session: EditSession, tries: list[Shown]) -> Rgb | None:
    """The newest tries side by side, HWC uint8; None where none made a picture."""
    shown = [item for item in tries if item.image_id is not None][-MOST_SHOWN:]
    if not shown:
        return None
    cells = [
        (
            session.store.get_image(str(item.image_id))[..., :3],
            f"{item.step_id}, try {item.number}: {'kept' if item.kept else item.status}"
            + (f": {item.reason}" if item.reason else ""),
        )
        for item in shown
    ]
    return contact_sheet(cells, title=f"Tries of session {session.id}")
