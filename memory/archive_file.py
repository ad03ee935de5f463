"""The zip file of an exported session: written atomically, read with suspicion.

Entries are looked up, never unpacked to a path that they name. Stored files may not be compressed
in the zip, and all together may not be larger than it is, so no small file can become a large one.
"""

from __future__ import annotations

import os
import re
import secrets
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from memory.blobfiles import Kind
from memory.errors import BadArchiveError, StoreWriteError

CONTENT = "session.json"
MAX_CONTENT = 256 * 1024 * 1024
MAX_ENTRIES = 1_000_000
MAX_SIZES: dict[str, int] = {"tile": 8 * 2**20, "image": 64 * 2**20, "bin": 4 * 2**30}
"""Largest file of each kind, in bytes."""

_BLOB = re.compile(r"blobs/([0-9a-f]{2})/([0-9a-f]{62})\.(tile|image|bin)")
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError)
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Archive:
    """An opened archive whose list of entries was checked.

    Attributes:
        path: The file.
        blobs: Name and kind of each stored file in it.
    """

    path: Path
    blobs: list[tuple[str, Kind]]
    _zip: zipfile.ZipFile

    def read_content(self) -> bytes:
        """Reads `session.json`.

        Raises:
            BadArchiveError: If it is damaged.
        """
        return self._read(CONTENT)

    def read_blob(self, digest: str, kind: Kind) -> bytes:
        """Reads a stored file; the caller checks it against its name.

        Raises:
            BadArchiveError: If it is damaged.
        """
        return self._read(_entry(digest, kind))

    def _read(self, name: str) -> bytes:
        try:
            size = self._zip.getinfo(name).file_size
            with self._zip.open(name) as file:
                data = file.read(size + 1)
        except _DAMAGE as error:
            raise _bad(self.path, f"its entry {name} is damaged") from error
        if len(data) != size:
            raise _bad(self.path, f"its entry {name} is larger than it says")
        return data


@contextmanager
def read_archive(path: Path) -> Iterator[Archive]:
    """Opens an archive and checks its list of entries before anything is read.

    Raises:
        BadArchiveError: If it is no zip, or lists what an exported session does not have.
    """
    try:
        total = path.stat().st_size
        opened = zipfile.ZipFile(path)
    except (*_DAMAGE, ValueError) as error:
        raise _bad(path, "it cannot be read as a zip file") from error
    with opened:
        yield Archive(path, _check_entries(path, opened.infolist(), total), opened)


def write_archive(
    path: Path,
    content: str,
    blobs: Iterable[tuple[str, Kind]],
    read: Callable[[str, Kind], bytes],
) -> None:
    """Writes an archive so that the file is either complete or as it was before.

    Args:
        path: The file.
        content: The text of `session.json`.
        blobs: Name and kind of each stored file.
        read: Gives the bytes of one of them, checked.

    Raises:
        StoreWriteError: If the file cannot be written.
        StoreError: Whatever `read` raises.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("xb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
                entry = zipfile.ZipInfo(CONTENT, _EPOCH)
                archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
                for digest, kind in blobs:
                    archive.writestr(
                        zipfile.ZipInfo(_entry(digest, kind), _EPOCH), read(digest, kind)
                    )
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise StoreWriteError(
            f"{path} cannot be written ({error.strerror}); choose a folder that you can write to."
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def _check_entries(
    path: Path, entries: list[zipfile.ZipInfo], total: int
) -> list[tuple[str, Kind]]:
    if len(entries) > MAX_ENTRIES:
        raise _bad(path, f"it has more than {MAX_ENTRIES:,} entries")
    if len({entry.filename for entry in entries}) != len(entries):
        raise _bad(path, "it has the same entry twice")
    blobs: list[tuple[str, Kind]] = []
    has_content = False
    for entry in entries:
        if entry.filename == CONTENT:
            has_content = True
            if entry.file_size > MAX_CONTENT:
                raise _bad(path, f"its {CONTENT} is larger than {MAX_CONTENT:,} bytes")
            continue
        match = _BLOB.fullmatch(entry.filename)
        if match is None:
            raise _bad(path, f"an exported session has no entry {entry.filename!r}")
        kind = next(kind for kind in get_args(Kind) if kind == match[3])
        stored = entry.compress_type == zipfile.ZIP_STORED
        if not stored or entry.file_size != entry.compress_size:
            raise _bad(path, f"its entry {entry.filename} is compressed")
        if entry.file_size > MAX_SIZES[kind]:
            raise _bad(path, f"its entry {entry.filename} is larger than any such file")
        blobs.append((match[1] + match[2], kind))
    if not has_content:
        raise _bad(path, f"it has no {CONTENT}")
    if sum(entry.compress_size for entry in entries) > total:
        raise _bad(path, "its entries overlap")
    return blobs


def _entry(digest: str, kind: Kind) -> str:
    return f"blobs/{digest[:2]}/{digest[2:]}.{kind}"


def _bad(path: Path, why: str) -> BadArchiveError:
    return BadArchiveError(
        f"{path} cannot be imported because {why}; "
        "give a file that `smartedit session export` made."
    )
