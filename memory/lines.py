"""Walking along lines of revisions, by queries that cost what the walk is long.

Knows the DAG, not what undo or a branch is.
"""

from __future__ import annotations

from sqlalchemy import CTE, literal, select
from sqlalchemy.orm import Session

from memory.models import RevisionRow


def ancestor(db: Session, revision_id: str, steps: int) -> str:
    """Walks towards the root.

    Args:
        db: An open transaction.
        revision_id: Where to start.
        steps: How far; at most the depth of the start.

    Returns:
        The id of the revision reached.
    """
    return path(db, revision_id, steps)[-1]


def path(db: Session, revision_id: str, steps: int | None = None) -> list[str]:
    """Lists a revision and its ancestors.

    Args:
        db: An open transaction.
        revision_id: Where to start.
        steps: How far to walk; to the root if None.

    Returns:
        Ids, the start first.
    """
    walk = _walk(revision_id, steps)
    return list(db.scalars(select(walk.c.id).order_by(walk.c.walked)))


def turns(db: Session, revision_id: str, steps: int) -> list[str | None]:
    """Says which turn each revision on the way towards the root belongs to.

    Args:
        db: An open transaction.
        revision_id: Where to start.
        steps: How many revisions to look at; at most the depth of the start, so never the root.

    Returns:
        The turn of each, that of the start first.
    """
    if steps == 0:
        return []
    walk = _walk(revision_id, steps - 1)
    return list(db.scalars(select(walk.c.turn_id).order_by(walk.c.walked)))


def on_line(db: Session, target: RevisionRow, tip: RevisionRow) -> bool:
    """Says whether a revision is a tip or one of its ancestors."""
    if target.session_id != tip.session_id or target.depth > tip.depth:
        return False
    return ancestor(db, tip.id, tip.depth - target.depth) == target.id


def _walk(revision_id: str, steps: int | None) -> CTE:
    columns = RevisionRow.id, RevisionRow.parent_id, RevisionRow.turn_id
    start = select(*columns, literal(0).label("walked")).where(RevisionRow.id == revision_id)
    walk = start.cte("walk", recursive=True)
    onward = select(*columns, walk.c.walked + 1).where(RevisionRow.id == walk.c.parent_id)
    if steps is not None:
        onward = onward.where(walk.c.walked < steps)
    return walk.union_all(onward)
