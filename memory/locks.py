"""Shared and exclusive locks between processes, as files.

SQLite's own file locks are used for this: Python ships them on every platform, they tell shared
from exclusive, and the operating system releases them when a process is killed. A lock file is an
empty database of its own; it never holds data, so nothing can be lost with it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from memory.errors import CorruptStoreError, StoreBusyError, StoreWriteError

DEFAULT_TIMEOUT = 60.0  # seconds


class FileLock:
    """One lock, shared by every process that names the same file.

    Not reentrant: a holder that asks again waits for itself until the timeout.

    Args:
        path: The lock file; made on first use, its folder must exist.
        timeout: How many seconds to wait for other holders.
    """

    def __init__(self, path: Path, timeout: float = DEFAULT_TIMEOUT) -> None:
        self._path = path
        self._timeout = timeout

    @contextmanager
    def shared(self, timeout: float | None = None) -> Iterator[None]:
        """Holds the lock together with other shared holders.

        Raises:
            StoreBusyError: If an exclusive holder did not let go in time.
        """
        with self._held("BEGIN", timeout):
            yield

    @contextmanager
    def exclusive(self, timeout: float | None = None) -> Iterator[None]:
        """Holds the lock alone.

        Raises:
            StoreBusyError: If the other holders did not let go in time.
        """
        with self._held("BEGIN EXCLUSIVE", timeout):
            yield

    @contextmanager
    def _held(self, begin: str, timeout: float | None) -> Iterator[None]:
        wait = self._timeout if timeout is None else timeout
        connection = sqlite3.connect(
            self._path, timeout=wait, isolation_level=None, check_same_thread=False
        )
        with closing(connection):
            try:
                connection.execute(begin)
                # A plain BEGIN takes its shared lock with the first read.
                connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            except sqlite3.OperationalError as error:
                if "locked" not in str(error):
                    raise StoreWriteError(
                        f"The lock file {self._path} cannot be used ({error}); "
                        "make its folder writable."
                    ) from error
                raise StoreBusyError(
                    f"Another process has held {self._path.name} for {wait:g} s; "
                    "wait until it is done and try again."
                ) from error
            except sqlite3.DatabaseError as error:
                raise CorruptStoreError(
                    f"The lock file {self._path} is damaged; delete it, it holds no data."
                ) from error
            try:
                yield
            finally:
                connection.rollback()
