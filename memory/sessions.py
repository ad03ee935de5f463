"""Sessions: one picture, what was done with it, and where one stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from memory.base import (
    StoreBase,
    columns,
    current_branch,
    find_session,
    get_revision,
    record_move,
    unknown_session,
)
from memory.errors import BadPictureError, SessionExistsError
from memory.ids import check_session_id, new_id
from memory.models import BranchRow, NoteRow, RevisionRow, SessionRow, utc_now
from memory.records import SessionInfo
from memory.values import JsonDict, canonical_json, plain_dict, plain_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAIN = "main"
"""The branch that a session begins with."""

ROOT_KEY = "root"
"""The key of the root revision."""


class Sessions(StoreBase):
    """The part of the store that holds sessions and their notes."""

    def create_session(
        self,
        image: NDArray[Any],
        *,
        title: str,
        source_name: str,
        source_bytes: bytes | None,
        picture_meta: JsonDict,
        session_id: str | None = None,
    ) -> SessionInfo:
        """Begins a session with a picture, which becomes its root revision.

        Args:
            image: HWC uint8 with 3 or 4 channels, [0, 255].
            title: What the user calls it.
            source_name: Name of the file it came from.
            source_bytes: The bytes of that file, to be kept as they are, or None.
            picture_meta: What was read from the file, plain JSON.
            session_id: An id that the user chose, else a new one is made.

        Returns:
            The session; durable on disk.

        Raises:
            SessionExistsError: If the id is taken.
            BadValueError: If the id cannot be one, or the meta data is no plain JSON.
            BadPictureError: If the image is of another kind.
        """
        if session_id is not None:
            check_session_id(session_id)
            with self._db.read() as db:
                require_free(db, session_id)
        if image.ndim != 3 or image.shape[2] not in (3, 4):
            raise BadPictureError(
                f"A session cannot begin with an image of shape {image.shape}; "
                "give HWC with 3 or 4 channels."
            )
        meta = plain_dict(picture_meta, "picture meta data")
        image_id = self.blobs.put_image(image).id
        source_blob = None if source_bytes is None else self.blobs.put_bytes(source_bytes)
        self._probe("session:begin")
        with self._db.write() as db:
            name = session_id or new_id("s")
            require_free(db, name)
            self.blobs.require_image(image_id)
            session = SessionRow(
                id=name,
                title=plain_text(title),
                source_name=plain_text(source_name),
                source_blob=source_blob,
                picture_meta=meta,
                branch=MAIN,
                next_number=1,
            )
            root = RevisionRow(
                id=new_id("r"),
                session_id=name,
                parent_id=None,
                number=0,
                depth=0,
                image_id=image_id,
                mask_id=None,
                step={},
                report={},
                plan_id=None,
                turn_id=None,
                label="original",
                key=ROOT_KEY,
            )
            # One at a time, in the order in which they refer to one another.
            for row in (
                session,
                root,
                BranchRow(session_id=name, name=MAIN, position_id=root.id, tip_id=root.id),
            ):
                db.add(row)
                db.flush()
            record_move(db, session, "create", None)
            db.flush()
            self._probe("session:flushed")
            made = session_info(db, session)
        self.blobs.settle(image_id, source_blob)
        self._probe("session:done")
        return made

    def sessions(self) -> list[SessionInfo]:
        """Lists all sessions, the one changed last first."""
        with self._db.read() as db:
            query = select(SessionRow).order_by(SessionRow.updated_at.desc(), SessionRow.id)
            return [session_info(db, row) for row in db.scalars(query).all()]

    def session(self, session_id: str) -> SessionInfo:
        """Returns a session by its id or the unique beginning of it.

        Raises:
            UnknownSessionError: If none fits.
            AmbiguousPrefixError: If several do.
        """
        with self._db.read() as db:
            return session_info(db, find_session(db, session_id))

    def rename(self, session_id: str, title: str) -> SessionInfo:
        """Gives a session another title.

        Raises:
            UnknownSessionError: If there is no such session.
        """
        with self._db.write() as db:
            session = find_session(db, session_id)
            session.title = plain_text(title)
            session.updated_at = utc_now()
            return session_info(db, session)

    def delete_session(self, session_id: str) -> None:
        """Removes a session with all that belongs to it; `gc` then frees the disk.

        Args:
            session_id: The whole id: a beginning is not enough to delete something.

        Raises:
            UnknownSessionError: If there is no such session.
        """
        with self._db.write() as db:
            session = db.get(SessionRow, session_id)
            if session is None:
                raise unknown_session(session_id)
            db.delete(session)

    def set_note(self, session_id: str, name: str, value: object) -> None:
        """Remembers a small value, such as a plan that waits for approval.

        Args:
            session_id: The session.
            name: What to call it; a value of that name is replaced.
            value: Plain JSON; None forgets the note.

        Raises:
            BadValueError: If the value is no plain JSON.
            UnknownSessionError: If there is no such session.
        """
        canonical_json(value, "note")
        with self._db.write() as db:
            session = find_session(db, session_id)
            note = db.get(NoteRow, (session.id, name))
            if note is not None:
                db.delete(note)
                db.flush()
            if value is not None:
                db.add(NoteRow(session_id=session.id, name=name, value={"value": value}))

    def get_note(self, session_id: str, name: str) -> Any:
        """Returns a remembered value, or None.

        Raises:
            UnknownSessionError: If there is no such session.
        """
        with self._db.read() as db:
            note = db.get(NoteRow, (find_session(db, session_id).id, name))
            return None if note is None else note.value["value"]


def require_free(db: Session, session_id: str) -> None:
    """Makes sure that an id can be given to a new session.

    Raises:
        SessionExistsError: If it is taken.
    """
    if db.get(SessionRow, session_id) is not None:
        raise SessionExistsError(
            f"There is already a session {session_id!r}; choose another id or delete that one."
        )


def session_info(db: Session, session: SessionRow) -> SessionInfo:
    """Makes the record of a session."""
    branch = current_branch(db, session)
    position = get_revision(db, branch.position_id)
    tip = get_revision(db, branch.tip_id)
    of_session = RevisionRow.session_id == session.id
    count = select(func.count()).select_from(RevisionRow).where(of_session)
    root = select(RevisionRow.id).where(of_session, RevisionRow.number == 0)
    fields = columns(session)
    del fields["next_number"]
    return SessionInfo(
        **fields,
        head_id=position.id,
        root_id=db.scalars(root).one(),
        revisions=db.scalars(count).one(),
        undo_steps=position.depth,
        redo_steps=tip.depth - position.depth,
    )
