"""Undoing and going back in a conversation: what is meant, and what was taken back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.errors import UnknownSession
from orchestrator.language.command_types import GoBack
from orchestrator.recall import find_step
from orchestrator.revised import made_by
from orchestrator.showing import Answer, position

if TYPE_CHECKING:
    from memory.records import RevisionInfo
    from orchestrator.session import EditSession


def undone(session: EditSession, steps: int, *, turn: bool) -> Answer:
    """Take back steps, or the last turn, and tell which they were.

    A wish that made an earlier step otherwise is one of them, and told in its own words: what it
    made again is not what it asked for.

    Raises:
        StoreError: there is not that much to undo.
    """
    path = session.history()
    wish = made_by(session, session.head.id) if turn or steps == 1 else None
    if turn:
        session.undo_turn()
    else:
        session.undo(steps)
    left = {item.id for item in session.history()}
    gone = [item.label for item in path if item.id not in left]
    told = f'"{wish.said}"' if wish is not None else "; ".join(gone)
    answer = position(session)
    return replace(answer, lines=(*answer.lines, f"undone: {told}"))


def gone_back(session: EditSession, wish: GoBack) -> RevisionInfo:
    """Show what the words name.

    Raises:
        UnknownSession: no step is about them.
        StoreError: there is no such revision.
    """
    if wish.step is not None:
        return session.checkout(session.step(wish.step).id)
    if wish.revision:
        return session.checkout(wish.revision)
    words = wish.before or wish.to
    found = find_step(words, session.history()) or find_step(
        words, session.store.all_revisions(session.id)
    )
    if found is None:
        raise UnknownSession(
            f"no step of this session is about {words!r}; 'history' lists them all"
        )
    if wish.before:
        return session.checkout(found.parent_id or found.id)
    return session.checkout(found.id)
