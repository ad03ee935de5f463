"""The rows of an exported session as plain JSON, and back into the tables.

On the way in, every row must have exactly the columns of its table with values of their types, and
may refer only to rows of the same archive. Ids that the database already has are made anew.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, get_args

from sqlalchemy import JSON, Integer, Select, select
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from memory.base import columns
from memory.errors import BadArchiveError, BadValueError
from memory.ids import check_branch_name, check_session_id, new_id
from memory.models import (
    AttemptRow,
    Base,
    BranchRow,
    MessageRow,
    MoveRow,
    NoteRow,
    PlanRow,
    RevisionRow,
    RunRow,
    SessionRow,
    UtcTime,
    WordRow,
)
from memory.records import Role
from memory.values import JsonDict

Rows = dict[str, list[JsonDict]]
"""The rows of each table, by its name; columns by their names."""

# In the order in which they refer to one another.
_TABLES: tuple[type[Base], ...] = (
    SessionRow,
    PlanRow,
    RevisionRow,
    BranchRow,
    MoveRow,
    RunRow,
    AttemptRow,
    MessageRow,
    WordRow,
    NoteRow,
)
_REVISION_COLUMNS = (
    *("parent_id", "position_id", "tip_id", "from_id", "to_id"),
    *("base_revision_id", "revision_id"),
)
_MAX_INTEGER = 2**31


def rows_of(db: Session, session_id: str) -> Rows:
    """Reads all rows that belong to a session.

    Args:
        db: An open transaction.
        session_id: The session.

    Returns:
        Its rows; times are `datetime`. Numbers that the database gives out are left out.
    """
    rows: Rows = {}
    for table in _TABLES:
        names = _columns(table)
        found = db.scalars(_select(table, session_id))
        rows[table.__tablename__] = [
            {name: value for name, value in columns(row).items() if name in names} for row in found
        ]
    return rows


def parse_rows(tables: Any) -> Rows:
    """Checks rows that came from outside, one by one.

    Args:
        tables: What JSON gave.

    Returns:
        The rows, with times as `datetime`.

    Raises:
        BadArchiveError: If a table, a column or a value is not as it must be.
    """
    expected = {table.__tablename__ for table in _TABLES}
    if not isinstance(tables, dict) or set(tables) != expected:
        raise _bad("it does not have the tables of a session")
    rows: Rows = {}
    for table in _TABLES:
        name = table.__tablename__
        if not isinstance(tables[name], list):
            raise _bad(f"its table {name} is no list")
        rows[name] = [_parse_row(table, row) for row in tables[name]]
    if len(rows["sessions"]) != 1:
        raise _bad("it does not have exactly one session")
    for message in rows["messages"]:
        if message["role"] not in get_args(Role):
            raise _bad("a message has an unknown role")
    try:
        check_session_id(rows["sessions"][0]["id"])
        for branch in rows["branches"]:
            check_branch_name(branch["name"])
    except BadValueError as error:
        raise _bad(str(error)) from error
    return rows


def insert_rows(db: Session, rows: Rows, session_id: str) -> None:
    """Adds rows that were checked, under a new session id.

    Args:
        db: A write transaction.
        rows: As `parse_rows` gives them.
        session_id: The id of the session, which is free.

    Raises:
        BadArchiveError: If a row refers to one that is not among them.
        sqlalchemy.exc.IntegrityError: If rows contradict each other.
    """
    old_id = rows["sessions"][0]["id"]
    revisions = _new_names(db, RevisionRow, rows, "r")
    plans = _new_names(db, PlanRow, rows, "p")
    runs = _new_names(db, RunRow, rows, "run")
    renamed = {"session_id": {old_id: session_id}, "plan_id": plans, "run_id": runs}
    renamed |= dict.fromkeys(_REVISION_COLUMNS, revisions)
    own = {"sessions": {old_id: session_id}, "plans": plans, "revisions": revisions, "runs": runs}
    for table in _TABLES:
        name = table.__tablename__
        for row in rows[name]:
            fields = dict(row)
            if name in own:
                fields["id"] = own[name][fields["id"]]
            for column, names in renamed.items():
                if fields.get(column) is not None:
                    if fields[column] not in names:
                        raise _bad(f"{name} refers to {fields[column]!r}, which is not in it")
                    fields[column] = names[fields[column]]
            db.add(table(**fields))
        db.flush()


def _new_names(db: Session, table: type[Any], rows: Rows, prefix: str) -> dict[str, str]:
    names = [row["id"] for row in rows[table.__tablename__]]
    taken = set(names) & set(db.scalars(select(table.id)))
    return {name: new_id(prefix) if taken else name for name in names}


def _select(table: type[Any], session_id: str) -> Select[Any]:
    if table is SessionRow:
        return select(table).where(table.id == session_id)
    if table is AttemptRow:
        joined = select(table).join(RunRow, RunRow.id == AttemptRow.run_id)
        return joined.where(RunRow.session_id == session_id).order_by(AttemptRow.created_at)
    query = select(table).where(table.session_id == session_id)
    if table is RevisionRow:
        return query.order_by(RevisionRow.number)  # parents first
    return query.order_by(*table.__table__.primary_key.columns)


def _columns(table: type[Base]) -> dict[str, Any]:
    """The columns that are exported: all but numbers that the database gives out."""
    return {
        column.key: column
        for column in table.__table__.columns
        if not (column.key == "id" and isinstance(column.type, Integer))
    }


def _parse_row(table: type[Base], row: Any) -> JsonDict:
    expected = _columns(table)
    where = table.__tablename__
    if not isinstance(row, dict) or set(row) != set(expected):
        raise _bad(f"a row of {where} does not have the columns that it must have")
    parsed: JsonDict = {}
    for name, column in expected.items():
        value = row[name]
        if value is None:
            if not column.nullable:
                raise _bad(f"{name} is missing in {where}")
        elif isinstance(column.type, UtcTime):
            value = _parse_time(value, where)
        elif type(value) is not _python_type(column.type):
            raise _bad(f"{name} in {where} is a {type(value).__name__}")
        elif isinstance(value, int) and not -_MAX_INTEGER <= value < _MAX_INTEGER:
            raise _bad(f"{name} in {where} is out of range")
        parsed[name] = value
    return parsed


def _python_type(column: TypeEngine[Any]) -> type:
    if isinstance(column, JSON):
        return dict
    return int if isinstance(column, Integer) else str


def _parse_time(value: Any, where: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise _bad(f"a time in {where} cannot be read") from error
    if moment.tzinfo is None:
        raise _bad(f"a time in {where} has no time zone")
    return moment.astimezone(UTC)


def _bad(why: str) -> BadArchiveError:
    return BadArchiveError(f"This is no exported session because {why}; export it again.")
