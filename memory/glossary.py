"""The glossary: words that users taught, for one session or for all."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from memory.base import StoreBase, columns, find_session
from memory.errors import BadValueError, UnknownWordError
from memory.models import WordRow
from memory.records import WordInfo
from memory.values import plain_text

MAX_WORD = 60
MAX_WORD_PARTS = 4
MAX_MEANING = 300
MAX_WORDS = 500
"""Most words taught for all sessions, and most for one."""


class Glossary(StoreBase):
    """The part of the store that holds taught words."""

    def teach(
        self,
        word: str,
        meaning: str,
        session_id: str | None = None,
        example_mask_id: str | None = None,
    ) -> WordInfo:
        """Teaches a word, or teaches it anew.

        Args:
            word: The word or phrase; case and surplus blanks do not matter.
            meaning: What it means, in words that the system knows.
            session_id: The only session in which it holds, or None for all.
            example_mask_id: What it looks like, already put: a picture around it whose alpha says
                which pixels it is (or a mask alone, for the record), or None.

        Raises:
            BadValueError: If the word or its meaning is empty, too long, or the word itself.
            UnknownSessionError: If there is no such session.
            MissingBlobError: If the mask is not completely stored.
        """
        word, meaning = _line(word), _line(meaning)
        problem = problem_with(word, meaning)
        if problem:
            raise BadValueError(problem)
        with self._db.write() as db:
            owner = None if session_id is None else find_session(db, session_id).id
            if example_mask_id is not None:
                self.blobs.require_image(example_mask_id)
            old = _find(db, word, owner)
            if old is not None:
                db.delete(old)
                db.flush()
            elif _count(db, owner) >= MAX_WORDS:
                raise BadValueError(
                    f"{MAX_WORDS} words are taught already, which is all there may be; forget one."
                )
            row = WordRow(
                session_id=owner,
                key=_key(word),
                word=word,
                meaning=meaning,
                example_mask_id=example_mask_id,
            )
            db.add(row)
            db.flush()
            made = _info(row)
        self.blobs.settle(example_mask_id)
        return made

    def forget(self, word: str, session_id: str | None = None) -> None:
        """Forgets a word.

        Args:
            word: The word.
            session_id: The session for which it was taught, or None if for all.

        Raises:
            UnknownWordError: If it was not taught there.
            UnknownSessionError: If there is no such session.
        """
        with self._db.write() as db:
            owner = None if session_id is None else find_session(db, session_id).id
            row = _find(db, word, owner)
            if row is None:
                where = "for all sessions" if owner is None else f"in session {owner}"
                raise UnknownWordError(f"{word!r} was not taught {where}; {_known(db, word)}.")
            db.delete(row)

    def glossary(self, session_id: str | None = None) -> list[WordInfo]:
        """Lists the words that hold, in alphabetical order.

        Args:
            session_id: The session, whose own words hide those for all; None for only the latter.

        Raises:
            UnknownSessionError: If there is no such session.
        """
        with self._db.read() as db:
            holds: ColumnElement[bool] = WordRow.session_id.is_(None)
            if session_id is not None:
                owner = find_session(db, session_id).id
                holds = or_(holds, WordRow.session_id == owner)
            # NULL sorts first, so a session's own word replaces the one for all.
            rows = db.scalars(select(WordRow).where(holds).order_by(WordRow.session_id))
            words = {row.key: _info(row) for row in rows}
            return [words[key] for key in sorted(words)]


def problem_with(word: str, meaning: str) -> str:
    """Says what is wrong with a word and its meaning.

    Args:
        word: Without blanks around it.
        meaning: The same.

    Returns:
        One line, empty where nothing is wrong.
    """
    if not word or not meaning:
        return "A word and its meaning cannot be empty; give both."
    if len(word) > MAX_WORD or len(word.split()) > MAX_WORD_PARTS:
        return (
            f"{word[:40]!r}… is too long to be a word; "
            f"give at most {MAX_WORD_PARTS} words of {MAX_WORD} letters together."
        )
    if not any(letter.isalpha() for letter in word):
        return f"{word!r} has no letters; give a word."
    if len(meaning) > MAX_MEANING:
        return f"The meaning has {len(meaning)} letters; give a phrase of at most {MAX_MEANING}."
    if _bare(word) == _bare(meaning):
        return f"{word!r} cannot mean itself; say what it looks like or where it is."
    return ""


def _line(text: str) -> str:
    """One line without surplus blanks and control characters."""
    kept = "".join(c if c.isprintable() else " " for c in plain_text(text))
    return " ".join(kept.split())


def _bare(text: str) -> str:
    words = [word for word in _key(text).split() if word not in ("the", "a", "an", "my")]
    return " ".join(words)


def _count(db: Session, owner: str | None) -> int:
    query = select(func.count()).select_from(WordRow)
    return db.scalar(query.where(WordRow.session_id.is_not_distinct_from(owner))) or 0


def _key(word: str) -> str:
    return " ".join(word.casefold().split())


def _find(db: Session, word: str, owner: str | None) -> WordRow | None:
    query = select(WordRow).where(WordRow.key == _key(word))
    return db.scalar(query.where(WordRow.session_id.is_not_distinct_from(owner)))


def _known(db: Session, word: str) -> str:
    """Where else a word was taught, in words."""
    query = select(WordRow.session_id).where(WordRow.key == _key(word)).order_by(WordRow.session_id)
    owners = ["all sessions" if one is None else f"session {one}" for one in db.scalars(query)]
    return f"it holds for {', '.join(owners)}" if owners else "the glossary lists words"


def _info(row: WordRow) -> WordInfo:
    fields = columns(row)
    del fields["id"], fields["key"]
    return WordInfo(**fields)
