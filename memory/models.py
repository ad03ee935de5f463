"""The tables, as typed SQLAlchemy models.

Rows of a session go with it (ON DELETE CASCADE). Revisions, plans, attempts and messages are never
updated; what moves is the position and tip of a branch, and each move is written to a journal.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcTime(TypeDecorator[datetime]):
    """A moment in UTC as sortable text, because SQLite has no type for it."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Writes the moment as ISO 8601 with microseconds."""
        return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """Reads the moment back, with its time zone."""
        return None if value is None else datetime.fromisoformat(value)


def utc_now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


class Base(DeclarativeBase):
    """Base of all tables."""

    type_annotation_map: ClassVar[Any] = {dict[str, Any]: JSON, datetime: UtcTime}


Base.metadata.naming_convention = NAMING


def _session_key(**options: Any) -> Mapped[str]:
    return mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), **options)


class SessionRow(Base):
    """One picture being edited; its head is the position of its current branch."""

    __tablename__ = "sessions"
    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    source_name: Mapped[str]
    source_blob: Mapped[str | None]
    picture_meta: Mapped[dict[str, Any]]
    branch: Mapped[str]
    next_number: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now)


class PlanRow(Base):
    """A plan, named by its content."""

    __tablename__ = "plans"
    id: Mapped[str] = mapped_column(primary_key=True)
    session_id: Mapped[str] = _session_key(index=True)
    plan: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class RevisionRow(Base):
    """One immutable state of the picture; `depth` is its distance from the root."""

    __tablename__ = "revisions"
    __table_args__ = (
        UniqueConstraint("session_id", "key"),
        UniqueConstraint("session_id", "number"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    session_id: Mapped[str] = _session_key()
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("revisions.id"), index=True)
    number: Mapped[int]
    depth: Mapped[int]
    image_id: Mapped[str]
    mask_id: Mapped[str | None]
    step: Mapped[dict[str, Any]]
    report: Mapped[dict[str, Any]]
    plan_id: Mapped[str | None] = mapped_column(ForeignKey("plans.id"), index=True)
    turn_id: Mapped[str | None]
    label: Mapped[str]
    key: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class BranchRow(Base):
    """A named line from the root to its tip, and where on it one stands."""

    __tablename__ = "branches"
    session_id: Mapped[str] = _session_key(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    position_id: Mapped[str] = mapped_column(ForeignKey("revisions.id"), index=True)
    tip_id: Mapped[str] = mapped_column(ForeignKey("revisions.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class MoveRow(Base):
    """One move of a pointer, in the order in which they happened."""

    __tablename__ = "moves"
    __table_args__ = ({"sqlite_autoincrement": True},)
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    session_id: Mapped[str] = _session_key(index=True)
    kind: Mapped[str]
    branch: Mapped[str]
    from_id: Mapped[str | None]
    to_id: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class RunRow(Base):
    """One run of a plan; unfinished while `finished_at` is empty."""

    __tablename__ = "runs"
    id: Mapped[str] = mapped_column(primary_key=True)
    session_id: Mapped[str] = _session_key(index=True)
    turn_id: Mapped[str]
    instruction: Mapped[str]
    plan_id: Mapped[str | None] = mapped_column(ForeignKey("plans.id"), index=True)
    base_revision_id: Mapped[str] = mapped_column(ForeignKey("revisions.id"), index=True)
    status: Mapped[str]
    details: Mapped[dict[str, Any]]
    started_at: Mapped[datetime] = mapped_column(default=utc_now)
    finished_at: Mapped[datetime | None]


class AttemptRow(Base):
    """One try at a step of a run, kept or not."""

    __tablename__ = "attempts"
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    step_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    executor: Mapped[str]
    image_id: Mapped[str | None]
    mask_id: Mapped[str | None]
    report: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class MessageRow(Base):
    """One message of the conversation."""

    __tablename__ = "messages"
    __table_args__ = ({"sqlite_autoincrement": True},)
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    session_id: Mapped[str] = _session_key(index=True)
    role: Mapped[str]
    text: Mapped[str]
    revision_id: Mapped[str | None] = mapped_column(ForeignKey("revisions.id"), index=True)
    turn_id: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class WordRow(Base):
    """A taught word; for every session where `session_id` is empty."""

    __tablename__ = "words"
    __table_args__ = (
        UniqueConstraint("session_id", "key"),
        Index("uq_words_everywhere", "key", unique=True, sqlite_where=text("session_id IS NULL")),
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    session_id: Mapped[str | None] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    key: Mapped[str]
    word: Mapped[str]
    meaning: Mapped[str]
    example_mask_id: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class NoteRow(Base):
    """A small value that a session remembers by name."""

    __tablename__ = "notes"
    session_id: Mapped[str] = _session_key(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[dict[str, Any]]
