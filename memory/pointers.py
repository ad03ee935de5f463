"""How undo, redo, branches and commits interact; the only code that moves a pointer.

A branch is a line from the root to its TIP, and a POSITION on that line. The head of a session,
which is what the user sees, is the position of its current branch.

    root ── a ── b ── c ── d          main: tip d, position b   (two steps were undone)
                 ▲         ▲
                 position  tip        undo goes to a; redo goes to c

- Undo moves the position towards the root, redo towards the tip. The tip stays, so redo survives
  a restart and is always the newest line that was undone. Starting over is undoing everything.
- A commit at the tip extends the line: tip and position become the new revision.
- A commit elsewhere starts a new line. The branch goes on with it, and there is nothing to redo;
  the old tip gets a branch of its own ("main-2") unless another branch still leads through it:

    root ── a ── b ── c ── d          main-2: tip d, position d
                  └── e               main:   tip e, position e   (committed on b)

- A new branch has tip and position where it was made, so there is nothing to redo on it.
- Switching to a branch shows it as it was left, its position and redo included.
- Checking out a revision of the current line moves the position on it, so redo leads back to the
  tip. Elsewhere, one first switches to the branch whose line it is on (one that ends there, else
  the nearest tip, else the first by name); if no branch leads there any more, it gets one.
- A commit on a parent that is not the head first checks that parent out.
- Deleting a branch removes the pointer only: its revisions stay and can be checked out.

So: the position is always on the line to the tip, and no revision is ever lost.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from memory.base import current_branch, get_revision
from memory.ids import next_free_name
from memory.lines import ancestor, on_line
from memory.models import BranchRow, RevisionRow, SessionRow


def undo_steps(db: Session, branch: BranchRow) -> int:
    """How many steps can be undone on a branch."""
    return get_revision(db, branch.position_id).depth


def redo_steps(db: Session, branch: BranchRow) -> int:
    """How many steps can be redone on a branch."""
    tip, position = get_revision(db, branch.tip_id), get_revision(db, branch.position_id)
    return tip.depth - position.depth


def step_back(db: Session, branch: BranchRow, steps: int) -> None:
    """Moves the position towards the root; the caller made sure that there are enough steps."""
    branch.position_id = ancestor(db, branch.position_id, steps)


def step_forward(db: Session, branch: BranchRow, steps: int) -> None:
    """Moves the position towards the tip; the caller made sure that there are enough steps."""
    branch.position_id = ancestor(db, branch.tip_id, redo_steps(db, branch) - steps)


def go_to(db: Session, session: SessionRow, target: RevisionRow) -> None:
    """Makes a revision the head, on the current line if it is there, else on its own."""
    branch = current_branch(db, session)
    if not on_line(db, target, get_revision(db, branch.tip_id)):
        branch = _branch_through(db, session, target)
        session.branch = branch.name
    branch.position_id = target.id


def append(db: Session, session: SessionRow, revision: RevisionRow) -> None:
    """Makes a new revision, whose parent is the head, the new head."""
    branch = current_branch(db, session)
    old_tip = branch.tip_id
    branch.tip_id = branch.position_id = revision.id
    db.flush()
    if old_tip != revision.parent_id:
        tip = get_revision(db, old_tip)
        if not any(on_line(db, tip, other) for other in _tips(db, session).values()):
            add_branch(db, session, _free_name(db, session), tip)


def add_branch(db: Session, session: SessionRow, name: str, at: RevisionRow) -> BranchRow:
    """Adds a branch that ends at a revision."""
    branch = BranchRow(session_id=session.id, name=name, position_id=at.id, tip_id=at.id)
    db.add(branch)
    db.flush()
    return branch


def _branch_through(db: Session, session: SessionRow, target: RevisionRow) -> BranchRow:
    through = [
        (tip.depth - target.depth, name)
        for name, tip in _tips(db, session).items()
        if on_line(db, target, tip)
    ]
    if not through:
        return add_branch(db, session, _free_name(db, session), target)
    return db.get_one(BranchRow, (session.id, min(through)[1]))


def _tips(db: Session, session: SessionRow) -> dict[str, RevisionRow]:
    query = (
        select(BranchRow.name, RevisionRow)
        .join(RevisionRow, RevisionRow.id == BranchRow.tip_id)
        .where(BranchRow.session_id == session.id)
    )
    return {row.name: row.RevisionRow for row in db.execute(query)}


def _free_name(db: Session, session: SessionRow) -> str:
    taken = set(db.scalars(select(BranchRow.name).where(BranchRow.session_id == session.id)))
    return next_free_name(session.branch, taken)
