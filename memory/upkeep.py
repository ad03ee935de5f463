"""Looking after the store: collecting what nothing refers to, and checking what is there.

The collector marks and sweeps inside one write transaction, so no commit can come between, and
removes nothing that is younger than the grace time, that this process has put and not committed
yet, or that a put at work relies on. A crash leaves some garbage for the next time, nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from time import time
from typing import Any

from sqlalchemy import select

from memory.base import StoreBase
from memory.blobfiles import BlobFile
from memory.errors import BadValueError, BlobError, CorruptBlobError, StoreBusyError
from memory.history_check import history_problems
from memory.models import SessionRow
from memory.reachability import files_of, named_by_rows
from memory.records import CheckProblem, GcReport
from memory.tiles import decode_tile

GRACE_SECONDS = 3600.0


class Upkeep(StoreBase):
    """The part of the store that collects garbage and checks integrity."""

    def gc(self, dry_run: bool = False, grace_seconds: float = GRACE_SECONDS) -> GcReport:
        """Removes stored files that nothing refers to, and what killed writers left behind.

        Args:
            dry_run: Only say what would be removed.
            grace_seconds: Age below which nothing is removed, because somebody may be about to
                commit it. While other processes have the store open, at least one hour.

        Raises:
            BadValueError: If the grace time is negative.
            MissingBlobError, CorruptBlobError: If the list of a picture's tiles is gone or
                damaged, because then nobody can say which tiles are still needed.
        """
        if not grace_seconds >= 0:
            raise BadValueError(
                f"A grace time of {grace_seconds} s makes no sense; give 0 or more."
            )
        with self._db.write() as db, self._alone() as alone, self.blobs.sweep_lock.exclusive():
            grace = grace_seconds if alone else max(grace_seconds, GRACE_SECONDS)
            named = named_by_rows(db)
            needed = files_of(
                self.blobs,
                named.images,
                named.files,
                named.mentioned | self.blobs.unsettled(),
            )
            self._probe("gc:marked")
            limit = time() - grace
            removed: list[BlobFile] = []
            kept: list[BlobFile] = []
            for file in list(self.blobs.files.files()):
                if (file.digest, file.kind) in needed or file.modified > limit:
                    kept.append(file)
                else:
                    removed.append(file)
            # Lists of tiles go before their tiles: a crash between leaves no list without tiles.
            removed.sort(key=lambda file: file.kind != "image")
            leftovers = list(self.blobs.files.temporaries(grace))
            if not dry_run:
                for file in removed:
                    self.blobs.files.remove(file.digest, file.kind)
                    self._probe("gc:removed")
                for path, _ in leftovers:
                    path.unlink(missing_ok=True)
                self.blobs.forget()
        return GcReport(
            dry_run=dry_run,
            grace_seconds=grace,
            files=len(removed),
            bytes=sum(file.size for file in removed),
            temporary_files=len(leftovers),
            temporary_bytes=sum(size for _, size in leftovers),
            kept_files=len(kept),
            kept_bytes=sum(file.size for file in kept),
        )

    def check(self) -> list[CheckProblem]:
        """Looks for everything that could be wrong; reads every stored file that is needed.

        Returns:
            The problems, none if all is well.

        Raises:
            CorruptStoreError: If the database is too damaged to be read at all.
        """
        problems: list[CheckProblem] = []
        with self._db.read() as db:
            connection = db.connection()
            for (line,) in connection.exec_driver_sql("PRAGMA integrity_check(20)"):
                if line != "ok":
                    problems.append(CheckProblem("database", "smartedit.db", str(line)))
            for row in connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(20):
                line = f"A row of {row[0]} refers to a row of {row[2]} that is not there."
                problems.append(CheckProblem("database", str(row[0]), line))
            for session_id in db.scalars(select(SessionRow.id).order_by(SessionRow.id)).all():
                problems += history_problems(db, session_id)
            named = named_by_rows(db)
        problems += self._blob_problems(named.images, named.files, named.mentioned)
        return problems

    def _blob_problems(
        self, images: set[str], files: set[str], mentioned: set[str]
    ) -> Iterator[CheckProblem]:
        blobs = self.blobs
        blobs.forget()
        tiles: set[str] = set()
        pictures = images | {name for name in mentioned if blobs.files.has(name, "image")}
        for name in sorted(pictures):
            try:
                tiles |= blobs.manifest(name).files()
            except BlobError as error:
                yield _problem(error)
        for name in sorted(files | {n for n in mentioned if blobs.files.has(n, "bin")}):
            try:
                blobs.get_bytes(name)
            except BlobError as error:
                yield _problem(error)

        def read(name: str) -> CheckProblem | None:
            try:
                decode_tile(name, blobs.files.read(name, "tile"))
            except BlobError as error:
                return _problem(error)
            return None

        for problem in blobs.in_parallel(read, sorted(tiles)):
            if problem is not None:
                yield problem

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        """Says whether no other process has the store open, and keeps it so."""
        self.release_live()
        try:
            with ExitStack() as held:
                try:
                    held.enter_context(self._live.exclusive(timeout=0))
                except StoreBusyError:
                    yield False
                else:
                    yield True
        finally:
            self.hold_live()


def _problem(error: BlobError) -> CheckProblem:
    kind: Any = "corrupt" if isinstance(error, CorruptBlobError) else "missing"
    return CheckProblem(kind, error.digest, str(error))
