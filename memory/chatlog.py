"""The conversation: what was said, by whom, about which revision."""

from __future__ import annotations

from typing import get_args

from sqlalchemy import select

from memory.base import StoreBase, columns, find_revision, find_session
from memory.errors import BadValueError
from memory.models import MessageRow
from memory.records import MessageInfo, Role
from memory.values import plain_text


class ChatLog(StoreBase):
    """The part of the store that holds messages."""

    def say(
        self,
        session_id: str,
        role: Role,
        text: str,
        revision_id: str | None = None,
        turn_id: str | None = None,
    ) -> MessageInfo:
        """Adds a message.

        Args:
            session_id: The session.
            role: "user", "assistant" or "system".
            text: What was said.
            revision_id: The revision it speaks of, or None.
            turn_id: The turn it belongs to, or None.

        Raises:
            BadValueError: If the role is another one.
            UnknownSessionError: If there is no such session.
            UnknownRevisionError: If the session has no such revision.
        """
        roles = get_args(Role)
        if role not in roles:
            raise BadValueError(f"Nobody is called {role!r}; the roles are {', '.join(roles)}.")
        with self._db.write() as db:
            session = find_session(db, session_id)
            if revision_id is not None:
                revision_id = find_revision(db, revision_id, session.id).id
            row = MessageRow(
                session_id=session.id,
                role=role,
                text=plain_text(text),
                revision_id=revision_id,
                turn_id=turn_id,
            )
            db.add(row)
            db.flush()
            return MessageInfo(**columns(row))

    def messages(self, session_id: str) -> list[MessageInfo]:
        """Lists the messages, oldest first.

        Raises:
            UnknownSessionError: If there is no such session.
        """
        with self._db.read() as db:
            session = find_session(db, session_id)
            query = select(MessageRow).where(MessageRow.session_id == session.id)
            return [
                MessageInfo(**columns(row)) for row in db.scalars(query.order_by(MessageRow.id))
            ]
