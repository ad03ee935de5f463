"""What the parts of the store share: the open database, the blobs, and looking things up."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from memory.blobfiles import Probe
from memory.blobs import BlobStore
from memory.database import Database
from memory.errors import AmbiguousPrefixError, UnknownRevisionError, UnknownSessionError
from memory.home import Home
from memory.locks import FileLock
from memory.models import BranchRow, MoveRow, RevisionRow, SessionRow, utc_now
from memory.records import RevisionInfo

_SHOWN = 4


class StoreBase:
    """The open database and blobs.

    Args:
        home: The prepared data folder.
        database: Its database, with current tables.
        blobs: Its blobs.
        live: The lock that every open store holds shared.
        probe: Called at each point of a write; for tests.
    """

    def __init__(
        self, home: Home, database: Database, blobs: BlobStore, live: FileLock, probe: Probe
    ) -> None:
        self.home = home
        self.blobs = blobs
        self._db = database
        self._live = live
        self._live_hold = ExitStack()
        self._probe = probe

    def hold_live(self) -> None:
        """Shows other processes that this store is open."""
        self._live_hold.enter_context(self._live.shared())

    def release_live(self) -> None:
        """Stops showing other processes that this store is open."""
        self._live_hold.close()


def starts_with(column: InstrumentedAttribute[str], prefix: str) -> ColumnElement[bool]:
    """A condition that minds case and knows no wildcards, unlike LIKE."""
    return func.substr(column, 1, len(prefix)) == prefix


def find_session(db: Session, name: str) -> SessionRow:
    """Finds a session by its id or the unique beginning of it.

    Raises:
        UnknownSessionError: If none fits.
        AmbiguousPrefixError: If several do.
    """
    row = db.get(SessionRow, name)
    if row is not None:
        return row
    query = select(SessionRow).where(starts_with(SessionRow.id, name)).order_by(SessionRow.id)
    rows = db.scalars(query.limit(_SHOWN)).all() if name else []
    if not rows:
        raise unknown_session(name)
    if len(rows) > 1:
        raise _ambiguous("session", name, [row.id for row in rows])
    return rows[0]


def unknown_session(name: str) -> UnknownSessionError:
    """The error for a session that is not there."""
    return UnknownSessionError(
        f"There is no session {name!r}; `smartedit session list` shows those there are."
    )


def find_revision(db: Session, name: str, session_id: str | None = None) -> RevisionRow:
    """Finds a revision by its id or the unique beginning of it.

    Args:
        db: An open transaction.
        name: The id or its beginning.
        session_id: The session to look in; all sessions if None.

    Raises:
        UnknownRevisionError: If none fits.
        AmbiguousPrefixError: If several do.
    """
    row = db.get(RevisionRow, name)
    if row is not None and session_id in (None, row.session_id):
        return row
    query = select(RevisionRow).where(starts_with(RevisionRow.id, name)).order_by(RevisionRow.id)
    if session_id is not None:
        query = query.where(RevisionRow.session_id == session_id)
    rows = db.scalars(query.limit(_SHOWN)).all() if name else []
    if not rows:
        where = "" if session_id is None else f" in session {session_id}"
        raise UnknownRevisionError(
            f"There is no revision {name!r}{where}; the session's history shows those there are."
        )
    if len(rows) > 1:
        raise _ambiguous("revision", name, [row.id for row in rows])
    return rows[0]


def get_revision(db: Session, revision_id: str) -> RevisionRow:
    """Loads a revision that another row refers to."""
    return db.get_one(RevisionRow, revision_id)


def current_branch(db: Session, session: SessionRow) -> BranchRow:
    """Loads the branch that a session is on."""
    return db.get_one(BranchRow, (session.id, session.branch))


def record_move(db: Session, session: SessionRow, kind: str, before: str | None) -> RevisionRow:
    """Writes what just moved to the journal.

    Args:
        db: The transaction in which it moved.
        session: The session, with its pointers where they are now.
        kind: The operation.
        before: The head before.

    Returns:
        The head now.
    """
    head = get_revision(db, current_branch(db, session).position_id)
    session.updated_at = utc_now()
    db.add(
        MoveRow(
            session_id=session.id, kind=kind, branch=session.branch, from_id=before, to_id=head.id
        )
    )
    return head


def revision_info(row: RevisionRow) -> RevisionInfo:
    """Makes the record of a revision."""
    return RevisionInfo(**columns(row))


def columns(row: Any) -> dict[str, Any]:
    """The columns of a row, by name."""
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}


def _ambiguous(what: str, name: str, found: list[str]) -> AmbiguousPrefixError:
    shown = ", ".join(found[: _SHOWN - 1]) + (", …" if len(found) == _SHOWN else "")
    return AmbiguousPrefixError(f"{name!r} fits more than one {what} ({shown}); give more letters.")
