"""Branches: naming lines of revisions and switching between them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from memory.base import (
    StoreBase,
    current_branch,
    find_revision,
    find_session,
    record_move,
    revision_info,
)
from memory.errors import BranchExistsError, CurrentBranchError, UnknownBranchError
from memory.ids import check_branch_name
from memory.models import BranchRow, SessionRow
from memory.pointers import add_branch
from memory.records import BranchInfo, RevisionInfo


class Branches(StoreBase):
    """The part of the store that holds branches; `memory.pointers` defines what they are."""

    def create_branch(
        self, session_id: str, name: str, at: str | None = None, switch: bool = True
    ) -> BranchInfo:
        """Adds a branch.

        Args:
            session_id: The session.
            name: 1 to 64 printable characters.
            at: The revision at which it starts, or the beginning of its id; the head if None.
            switch: Whether to go on on it.

        Raises:
            BranchExistsError: If the name is taken.
            BadValueError: If the name cannot be one.
            UnknownRevisionError: If the session has no revision `at`.
            UnknownSessionError: If there is no such session.
        """
        check_branch_name(name)
        with self._db.write() as db:
            session = find_session(db, session_id)
            _require_free(db, session, name)
            before = current_branch(db, session).position_id
            start = find_revision(db, at or before, session.id)
            branch = add_branch(db, session, name, start)
            if switch:
                session.branch = name
            record_move(db, session, "create_branch", before)
            return _info(session, branch)

    def switch_branch(self, session_id: str, name: str) -> RevisionInfo:
        """Goes to a branch as it was left.

        Returns:
            The new head.

        Raises:
            UnknownBranchError: If there is no such branch.
            UnknownSessionError: If there is no such session.
        """
        with self._db.write() as db:
            session = find_session(db, session_id)
            before = current_branch(db, session).position_id
            session.branch = _find(db, session, name).name
            return revision_info(record_move(db, session, "switch_branch", before))

    def branches(self, session_id: str) -> list[BranchInfo]:
        """Lists the branches, oldest first.

        Raises:
            UnknownSessionError: If there is no such session.
        """
        with self._db.read() as db:
            session = find_session(db, session_id)
            query = select(BranchRow).where(BranchRow.session_id == session.id)
            rows = db.scalars(query.order_by(BranchRow.created_at, BranchRow.name))
            return [_info(session, row) for row in rows]

    def rename_branch(self, session_id: str, name: str, new_name: str) -> BranchInfo:
        """Gives a branch another name.

        Raises:
            UnknownBranchError: If there is no such branch.
            BranchExistsError: If the new name is taken.
            BadValueError: If the new name cannot be one.
            UnknownSessionError: If there is no such session.
        """
        check_branch_name(new_name)
        with self._db.write() as db:
            session = find_session(db, session_id)
            branch = _find(db, session, name)
            if new_name != name:
                _require_free(db, session, new_name)
            if session.branch == branch.name:
                session.branch = new_name
            branch.name = new_name
            db.flush()
            record_move(db, session, "rename_branch", current_branch(db, session).position_id)
            return _info(session, branch)

    def delete_branch(self, session_id: str, name: str) -> None:
        """Removes a branch's pointer; its revisions stay and can be checked out.

        Raises:
            CurrentBranchError: If the session is on it.
            UnknownBranchError: If there is no such branch.
            UnknownSessionError: If there is no such session.
        """
        with self._db.write() as db:
            session = find_session(db, session_id)
            branch = _find(db, session, name)
            if session.branch == branch.name:
                raise CurrentBranchError(
                    f"The session is on branch {name!r}; switch to another one to delete it."
                )
            db.delete(branch)
            db.flush()
            record_move(db, session, "delete_branch", current_branch(db, session).position_id)


def _find(db: Session, session: SessionRow, name: str) -> BranchRow:
    branch = db.get(BranchRow, (session.id, name))
    if branch is None:
        query = select(BranchRow.name).where(BranchRow.session_id == session.id)
        names = ", ".join(sorted(db.scalars(query)))
        raise UnknownBranchError(f"There is no branch {name!r}; there are: {names}.")
    return branch


def _require_free(db: Session, session: SessionRow, name: str) -> None:
    if db.get(BranchRow, (session.id, name)) is not None:
        raise BranchExistsError(
            f"Session {session.id} already has a branch {name!r}; choose another name."
        )


def _info(session: SessionRow, branch: BranchRow) -> BranchInfo:
    return BranchInfo(
        session_id=session.id,
        name=branch.name,
        position_id=branch.position_id,
        tip_id=branch.tip_id,
        current=branch.name == session.branch,
        created_at=branch.created_at,
    )
