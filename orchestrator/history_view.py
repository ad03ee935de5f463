"""A session's history as lines a person reads; used by the command line and the conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.session_history import SessionHistory

SIGNS = {"done": "✓", "unverified": "?"}


def history_lines(session: SessionHistory) -> list[str]:
    """Every revision of every line, oldest first, with the shown one marked."""
    info = session.info
    on_path = {item.id for item in session.history()}
    tips: dict[str, list[str]] = {}
    for line in session.store.branches(session.id):
        tips.setdefault(line.position_id, []).append(line.name)
    lines = []
    for item in session.store.all_revisions(session.id):
        here = "->" if item.id == info.head_id else "  "
        side = " " if item.id in on_path else "·"
        sign = SIGNS.get(item.report.get("status", ""), " ")
        label = f"original ({info.source_name})" if item.parent_id is None else item.label
        names = f"  [{', '.join(tips[item.id])}]" if item.id in tips else ""
        seconds = item.report.get("seconds")
        spent = f"  {seconds:.2f} s" if seconds is not None else ""
        tries = item.report.get("tries", ())
        if len(tries) > 1:
            kept = next((t["number"] for t in tries if t["kept"]), None)
            spent += f"  (try {kept} of {len(tries)})"
        lines.append(f"{here}{side}{item.number:>3} {item.id} {sign} {label}{spent}{names}")
    lines.append(
        f"{info.undo_steps} to undo, {info.redo_steps} to redo; · = on another line, "
        "reached with checkout"
    )
    return lines


def position_line(session: SessionHistory) -> str:
    """Where the session stands now, in one line."""
    info, head = session.info, session.head
    label = "the original" if head.parent_id is None else head.label
    return (
        f"now at {head.id}: {label} (branch {info.branch}; "
        f"{info.undo_steps} to undo, {info.redo_steps} to redo)"
    )
