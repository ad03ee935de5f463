"""Undo, redo, checkout and starting over: moves of the head. Loads no picture."""

from __future__ import annotations

from itertools import groupby

from sqlalchemy import select

from memory import lines
from memory.base import (
    StoreBase,
    columns,
    current_branch,
    find_revision,
    find_session,
    record_move,
    revision_info,
)
from memory.errors import BadValueError, NothingToRedoError, NothingToUndoError
from memory.models import MoveRow
from memory.pointers import go_to, redo_steps, step_back, step_forward, undo_steps
from memory.records import MoveInfo, RevisionInfo


class Navigation(StoreBase):
    """The part of the store that moves the head; `memory.pointers` defines how."""

    def undo(self, session_id: str, n: int = 1) -> RevisionInfo:
        """Goes back by steps.

        Args:
            session_id: The session.
            n: How many steps, at least 1.

        Returns:
            The new head.

        Raises:
            NothingToUndoError: If there are fewer steps; nothing moves then.
            BadValueError: If `n` is below 1.
            UnknownSessionError: If there is no such session.
        """
        _check_count(n)
        with self._db.write() as db:
            session = find_session(db, session_id)
            branch = current_branch(db, session)
            available, before = undo_steps(db, branch), branch.position_id
            if n > available:
                raise _cannot_undo(n, available, "step")
            step_back(db, branch, n)
            return revision_info(record_move(db, session, "undo", before))

    def undo_turn(self, session_id: str, turns: int = 1) -> RevisionInfo:
        """Goes back to before the first step of the last turn.

        Args:
            session_id: The session.
            turns: How many turns, at least 1.

        Returns:
            The new head.

        Raises:
            NothingToUndoError: If there are fewer turns; nothing moves then.
            BadValueError: If `turns` is below 1.
            UnknownSessionError: If there is no such session.
        """
        _check_count(turns)
        with self._db.write() as db:
            session = find_session(db, session_id)
            branch = current_branch(db, session)
            before = branch.position_id
            lengths = _turn_lengths(lines.turns(db, before, undo_steps(db, branch)))
            if turns > len(lengths):
                raise _cannot_undo(turns, len(lengths), "turn")
            step_back(db, branch, sum(lengths[:turns]))
            return revision_info(record_move(db, session, "undo", before))

    def redo(self, session_id: str, n: int = 1) -> RevisionInfo:
        """Goes forward again along the newest line that was undone.

        Args:
            session_id: The session.
            n: How many steps, at least 1.

        Returns:
            The new head.

        Raises:
            NothingToRedoError: If there are fewer steps; nothing moves then.
            BadValueError: If `n` is below 1.
            UnknownSessionError: If there is no such session.
        """
        _check_count(n)
        with self._db.write() as db:
            session = find_session(db, session_id)
            branch = current_branch(db, session)
            available, before = redo_steps(db, branch), branch.position_id
            if n > available:
                raise _cannot_redo(n, available, "step")
            step_forward(db, branch, n)
            return revision_info(record_move(db, session, "redo", before))

    def redo_turn(self, session_id: str, turns: int = 1) -> RevisionInfo:
        """Goes forward to the last step of the next turn.

        Args:
            session_id: The session.
            turns: How many turns, at least 1.

        Returns:
            The new head.

        Raises:
            NothingToRedoError: If there are fewer turns; nothing moves then.
            BadValueError: If `turns` is below 1.
            UnknownSessionError: If there is no such session.
        """
        _check_count(turns)
        with self._db.write() as db:
            session = find_session(db, session_id)
            branch = current_branch(db, session)
            before = branch.position_id
            lengths = _turn_lengths(lines.turns(db, branch.tip_id, redo_steps(db, branch))[::-1])
            if turns > len(lengths):
                raise _cannot_redo(turns, len(lengths), "turn")
            step_forward(db, branch, sum(lengths[:turns]))
            return revision_info(record_move(db, session, "redo", before))

    def checkout(self, session_id: str, revision_id: str) -> RevisionInfo:
        """Makes any revision of the session the head.

        Args:
            session_id: The session.
            revision_id: The revision's id or the unique beginning of it.

        Returns:
            The new head.

        Raises:
            UnknownSessionError: If there is no such session.
            UnknownRevisionError: If the session has no such revision.
            AmbiguousPrefixError: If several fit.
        """
        with self._db.write() as db:
            session = find_session(db, session_id)
            before = current_branch(db, session).position_id
            go_to(db, session, find_revision(db, revision_id, session.id))
            return revision_info(record_move(db, session, "checkout", before))

    def start_over(self, session_id: str) -> RevisionInfo:
        """Goes back to the original picture; everything can be redone.

        Returns:
            The root, which is the new head.

        Raises:
            UnknownSessionError: If there is no such session.
        """
        with self._db.write() as db:
            session = find_session(db, session_id)
            branch = current_branch(db, session)
            before = branch.position_id
            step_back(db, branch, undo_steps(db, branch))
            return revision_info(record_move(db, session, "start_over", before))

    def moves(self, session_id: str) -> list[MoveInfo]:
        """Lists every move of the session's pointers, oldest first.

        Raises:
            UnknownSessionError: If there is no such session.
        """
        with self._db.read() as db:
            session = find_session(db, session_id)
            query = select(MoveRow).where(MoveRow.session_id == session.id).order_by(MoveRow.id)
            return [MoveInfo(**columns(row)) for row in db.scalars(query)]


def _turn_lengths(turns: list[str | None]) -> list[int]:
    return [len(list(group)) for _, group in groupby(turns)]


def _check_count(count: int) -> None:
    if count < 1:
        raise BadValueError(f"Cannot move by {count}; give a number of at least 1.")


def _cannot_undo(wanted: int, available: int, unit: str) -> NothingToUndoError:
    return NothingToUndoError(_too_far("undo", "undone", wanted, available, unit), available)


def _cannot_redo(wanted: int, available: int, unit: str) -> NothingToRedoError:
    return NothingToRedoError(_too_far("redo", "redone", wanted, available, unit), available)


def _too_far(verb: str, done: str, wanted: int, available: int, unit: str) -> str:
    if available == 0:
        return f"There is nothing to {verb}: 0 {unit}s can be {done}."
    plural = "" if available == 1 else "s"
    return f"Cannot {verb} {wanted} {unit}s; {available} {unit}{plural} can be {done}."
