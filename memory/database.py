"""The connections to the database, and transactions that several processes can run at once.

SQLite in WAL mode with `synchronous=FULL`: what was committed survives a power cut. Each store has
one writing connection, whose transactions start with BEGIN IMMEDIATE, so that a read followed by a
write cannot fail half-way; reading connections can only read. No memory mapping.

SQLite before 3.51.3 can damage a database when one connection resets the write-ahead log while
another writes. So writers of all processes take turns at a lock file that also covers moving the
log into the database, and SQLite's own automatic checkpoints are off.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool, QueuePool, StaticPool

from memory.errors import (
    CorruptStoreError,
    StoreBusyError,
    StoreClosedError,
    StoreError,
    StoreWriteError,
)
from memory.locks import FileLock
from memory.values import canonical_json

BUSY_SECONDS = 60.0
_WRITES_PER_CHECKPOINT = 200


class Database:
    """One open database.

    Args:
        path: The database file; its folder must exist.
        gate: The lock at which the writers of all processes take turns.
    """

    def __init__(self, path: Path, gate: FileLock) -> None:
        self.path = path
        self.gate = gate
        self._writer = _engine(path, StaticPool, writing=True)
        self._reader = _engine(path, QueuePool, writing=False)
        self._turn = threading.Lock()
        self._writes = 0
        self._open = True
        self._process = os.getpid()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A transaction that sees one state of the database and changes nothing.

        Raises:
            StoreClosedError: If the store was closed, or the process forked.
            CorruptStoreError: If the database is damaged.
        """
        self._check_open()
        with translated(self.path), Session(self._reader, autoflush=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that is written wholly or, if the block raises, not at all.

        Raises:
            StoreBusyError: If other processes did not let go in time.
            StoreClosedError: If the store was closed, or the process forked.
            StoreWriteError: If the disk refuses.
            CorruptStoreError: If the database is damaged.
        """
        with self._turn:
            self._check_open()
            with translated(self.path), self.gate.exclusive():
                with (
                    Session(self._writer, expire_on_commit=False) as session,
                    session.begin(),
                ):
                    yield session
                self._writes += 1
                if self._writes % _WRITES_PER_CHECKPOINT == 0:
                    self._checkpoint()

    def close(self) -> None:
        """Closes all connections; a second call does nothing."""
        with self._turn:
            if not self._open:
                return
            self._open = False
            self._reader.dispose()
            try:
                # The last connection to close moves the log into the database.
                with self.gate.exclusive():
                    self._writer.dispose()
            except StoreError:
                self._writer.dispose()

    def _checkpoint(self) -> None:
        raw = self._writer.raw_connection()
        try:
            raw.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        finally:
            raw.close()

    def _check_open(self) -> None:
        if not self._open:
            raise StoreClosedError("The store is closed; open it again.")
        if os.getpid() != self._process:
            raise StoreClosedError(
                "The store was opened before this process forked; open it in the new process."
            )


def migration_engine(path: Path) -> Engine:
    """An engine for migrations: it writes, and foreign keys do not act while tables are rebuilt."""
    return _engine(path, NullPool, writing=True, foreign_keys=False)


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turns what the database driver raises into named errors of one line.

    Args:
        path: The database file, for the message.
    """
    try:
        yield
    except IntegrityError:
        raise
    except DBAPIError as error:
        named = _named(path, str(error.orig))
        if named is None:
            raise
        raise named from error


def _named(path: Path, message: str) -> StoreError | None:
    lowered = message.lower()
    if "not a database" in lowered:
        return CorruptStoreError(
            f"{path} is not a database of this program; move it away or set another data folder."
        )
    if any(word in lowered for word in ("malformed", "corrupt", "no such table", "no such col")):
        return CorruptStoreError(
            f"The database {path} is damaged ({message}); restore it from a backup."
        )
    if "locked" in lowered or "busy" in lowered:
        return StoreBusyError(
            f"Another process has held {path.name} for too long; wait and try again."
        )
    if "full" in lowered or "readonly" in lowered or "i/o" in lowered or "unable to" in lowered:
        return StoreWriteError(
            f"The database {path} cannot be written ({message}); "
            "free some space or make the folder writable."
        )
    return None


def _engine(path: Path, pool: Any, *, writing: bool, foreign_keys: bool = True) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        poolclass=pool,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        json_serializer=canonical_json,
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, record: object) -> None:
        connection.isolation_level = None  # transactions are begun below, not by the driver
        cursor = connection.cursor()
        if writing:
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute("PRAGMA synchronous=FULL")
            cursor.execute("PRAGMA wal_autocheckpoint=0")
            cursor.execute(f"PRAGMA foreign_keys={'ON' if foreign_keys else 'OFF'}")
        else:
            cursor.execute("PRAGMA query_only=ON")
        cursor.execute("PRAGMA mmap_size=0")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine
