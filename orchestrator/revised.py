"""Wishes that made an earlier step otherwise ("less rain"), and what was shown before each.

Such a wish starts from before that step, so that the step behind what it made is not what it
undoes. Kept as a note of the session; knows revisions, not how they were made.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from memory.records import RevisionInfo
    from orchestrator.session_history import SessionHistory

REVISED_NOTE = "revised"


@dataclass(frozen=True)
class Revised:
    """One such wish.

    Attributes:
        before: the revision that was shown before it.
        after: the one that was shown when it was done.
        said: in the person's words.
    """

    before: str
    after: str
    said: str


def remember(session: SessionHistory, before: RevisionInfo, said: str) -> None:
    """Keep what was shown before a wish, where the session shows another thing now."""
    after = session.head.id
    if after == before.id:
        return
    kept = [vars(one) for one in _all(session) if one.after != after]
    kept.append(vars(Revised(before.id, after, said)))
    session.store.set_note(session.id, REVISED_NOTE, kept)


def made_by(session: SessionHistory, revision: str) -> Revised | None:
    """The wish that ended in a revision, the last of several."""
    return next((one for one in reversed(_all(session)) if one.after == revision), None)


def undone_to(session: SessionHistory, revision: str) -> Revised | None:
    """The wish whose undoing ends in a revision, the last of several."""
    return next((one for one in reversed(_all(session)) if one.before == revision), None)


def _all(session: SessionHistory) -> list[Revised]:
    kept = session.store.get_note(session.id, REVISED_NOTE) or []
    return [Revised(**one) for one in kept]
