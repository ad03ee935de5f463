"""Exporting a session as one file and importing it again.

The file is a zip: `session.json` with the rows, and every stored file they refer to, as it is on
the disk. Each is checked against its name on the way out and again on the way in.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.exc import IntegrityError

from memory.archive_file import Archive, read_archive, write_archive
from memory.archive_rows import insert_rows, parse_rows, rows_of
from memory.base import StoreBase, find_session
from memory.blobfiles import Kind, check_bytes
from memory.errors import BadArchiveError, BadValueError, BlobError, NewerArchiveError
from memory.history_check import history_problems
from memory.ids import check_session_id
from memory.manifest import decode_manifest
from memory.models import SessionRow
from memory.reachability import files_of, named_by_rows
from memory.records import SessionInfo
from memory.sessions import require_free, session_info
from memory.tiles import decode_tile

FORMAT = "smartedit-session"
VERSION = 1


class Archives(StoreBase):
    """The part of the store that exports and imports sessions."""

    def export(self, session_id: str, path: Path) -> None:
        """Writes a session, its history, conversation and pictures to one file.

        Args:
            session_id: The session.
            path: The file; replaced if it is there, complete or untouched if anything fails.

        Raises:
            UnknownSessionError: If there is no such session.
            MissingBlobError, CorruptBlobError: If something that belongs to it is gone or damaged.
            StoreWriteError: If the file cannot be written.
        """
        with self._db.read() as db:
            session = find_session(db, session_id)
            tables = rows_of(db, session.id)
            named = named_by_rows(db, session.id)
        needed = files_of(self.blobs, named.images, named.files, named.mentioned)
        content = {"format": FORMAT, "version": VERSION, "tables": tables}
        write_archive(path, json.dumps(content, default=_plain), sorted(needed), self._checked)

    def import_session(self, path: Path, session_id: str | None = None) -> SessionInfo:
        """Reads a session that was exported; nothing in the file is trusted.

        Args:
            path: The file.
            session_id: The id to give it; the one that it had if None.

        Returns:
            The session.

        Raises:
            SessionExistsError: If the id is taken.
            BadArchiveError: If the file is no exported session, or a damaged or hostile one.
            NewerArchiveError: If a newer version of the program wrote it.
            BadValueError: If the id cannot be one.
            StoreWriteError: If the disk refuses.
        """
        if session_id is not None:
            check_session_id(session_id)
        with read_archive(path) as archive:
            rows = parse_rows(_tables(archive))
            target = session_id or rows["sessions"][0]["id"]
            with self._db.read() as db:
                require_free(db, target)
            with self.blobs.sweep_lock.shared():
                self._take_in(archive)
        try:
            with self._db.write() as db:
                require_free(db, target)
                insert_rows(db, rows, target)
                problem = next(history_problems(db, target), None)
                if problem is not None:
                    raise BadArchiveError(f"{path} cannot be imported: {problem.message}")
                named = named_by_rows(db, target)
                for name in sorted(named.images):
                    self.blobs.require_image(name)
                for name in sorted(named.files):
                    self.blobs.get_bytes(name)
                made = session_info(db, db.get_one(SessionRow, target))
        except (IntegrityError, BlobError, BadValueError) as error:
            raise BadArchiveError(
                f"{path} cannot be imported because its parts do not fit together; "
                "export the session again."
            ) from error
        return made

    def _take_in(self, archive: Archive) -> None:
        folders: set[Path] = set()
        for digest, kind in archive.blobs:
            data = archive.read_blob(digest, kind)
            try:
                _check(digest, kind, data)
            except BlobError as error:
                raise BadArchiveError(
                    f"{archive.path} is damaged at {digest}; export the session again."
                ) from error
            if not self.blobs.files.claim(digest, kind):
                folders |= self.blobs.files.write(digest, kind, data)
        self.blobs.files.flush(folders)

    def _checked(self, digest: str, kind: Kind) -> bytes:
        data = self.blobs.files.read(digest, kind)
        _check(digest, kind, data)
        return data


def _check(digest: str, kind: Kind, data: bytes) -> None:
    if kind == "tile":
        decode_tile(digest, data)
    elif kind == "image":
        decode_manifest(digest, data)
    else:
        check_bytes(digest, data)


def _tables(archive: Archive) -> Any:
    try:
        content = json.loads(archive.read_content())
    except (ValueError, RecursionError) as error:
        raise BadArchiveError(f"{archive.path} is no exported session; export it again.") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise BadArchiveError(f"{archive.path} is no exported session; give one.")
    version = content.get("version")
    if type(version) is not int or version < 1:
        raise BadArchiveError(f"{archive.path} does not say its version; export it again.")
    if version > VERSION:
        raise NewerArchiveError(
            f"{archive.path} was exported by a newer version of smartedit (format {version}, "
            f"this version knows up to {VERSION}); install the newer version."
        )
    return content.get("tables")


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    raise TypeError(f"{type(value).__name__} cannot be exported")
