"""Walking along lines of revisions, by queries that cost what the walk is long.

Knows the DAG, not what undo or a branch is.
"""

from __future__ import annotations

from sqlalchemy import literal, select
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
    start = select(RevisionRow.id, RevisionRow.parent_id, literal(0).label("walked"))
    walk = start.where(RevisionRow.id == revision_id).cte("walk", recursive=True)
    onward = select(RevisionRow.id, RevisionRow.parent_id, walk.c.walked + 1).where(
        RevisionRow.id == walk.c.parent_id
    )
    if steps is not None:
        onward = onward.where(walk.c.walked < steps)
    walk = walk.union_all(onward)
    return list(db.scalars(select(walk.c.id).order_by(walk.c.walked)))


def turns_on_path(db: Session, ids: list[str]) -> list[str | None]:
    """Says which turn each revision of a path belongs to.

    Args:
        db: An open transaction.
        ids: Revisions of one session, in any order.

    Returns:
        The turn of each, in the same order.
    """
    turns: dict[str, str | None] = {}
    for start in range(0, len(ids), 500):
        chunk = ids[start : start + 500]
        query = select(RevisionRow.id, RevisionRow.turn_id).where(RevisionRow.id.in_(chunk))
        turns.update((row.id, row.turn_id) for row in db.execute(query))
    return [turns[revision_id] for revision_id in ids]


def on_line(db: Session, target: RevisionRow, tip: RevisionRow) -> bool:
    """Says whether a revision is a tip or one of its ancestors."""
    if target.session_id != tip.session_id or target.depth > tip.depth:
        return False
    return ancestor(db, tip.id, tip.depth - target.depth) == target.id
