"""Proving that the history of a session makes sense: its DAG, its branches, its head."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from memory.models import BranchRow, RevisionRow, SessionRow
from memory.records import CheckProblem


def history_problems(db: Session, session_id: str) -> Iterator[CheckProblem]:
    """Looks for what is wrong with the history of a session.

    Args:
        db: An open transaction.
        session_id: The session, which must be there.

    Yields:
        One problem for each thing found.
    """
    session = db.get_one(SessionRow, session_id)
    columns = RevisionRow.id, RevisionRow.parent_id, RevisionRow.depth, RevisionRow.number
    query = select(*columns).where(RevisionRow.session_id == session_id)
    rows = {row.id: row for row in db.execute(query.order_by(RevisionRow.number))}

    def problem(message: str) -> CheckProblem:
        return CheckProblem("history", session_id, f"Session {session_id}: {message}")

    roots = [row for row in rows.values() if row.parent_id is None]
    if len(roots) != 1 or roots[0].depth != 0 or roots[0].number != 0:
        yield problem("it does not have exactly one root.")
        return
    for row in rows.values():
        if row.parent_id is None:
            continue
        parent = rows.get(row.parent_id)
        if parent is None:
            yield problem(f"the parent of revision {row.id} is not in it.")
        elif row.depth != parent.depth + 1 or row.number <= parent.number:
            yield problem(f"revision {row.id} does not follow its parent.")
    if max(row.number for row in rows.values()) >= session.next_number:
        yield problem("its next revision would get a number that is taken.")
    branches = db.scalars(select(BranchRow).where(BranchRow.session_id == session_id)).all()
    if session.branch not in {branch.name for branch in branches}:
        yield problem(f"its current branch {session.branch!r} is not there.")
    for branch in branches:
        walker = rows.get(branch.tip_id)
        while walker is not None and walker.id != branch.position_id:
            # Depth falls with every step, so that a damaged circle ends too.
            above = rows.get(walker.parent_id) if walker.parent_id else None
            walker = above if above is not None and above.depth < walker.depth else None
        if walker is None:
            yield problem(f"the position of branch {branch.name!r} is not on the way to its tip.")
