"""Files named by their content: written so that a crash leaves either all of a file or nothing.

A file is written under a temporary name in its own folder, flushed to the disk, renamed, and the
folder is flushed; many files share one flush of each folder. Knows nothing of pictures.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from memory.errors import CorruptBlobError, MissingBlobError, StoreWriteError

Probe = Callable[[str], None]
"""Called with the name of each point that a write passes; tests stop a process there."""

Kind = Literal["tile", "image", "bin"]
"""A packed tile, the list of a picture's tiles, or any bytes."""

KINDS: tuple[Kind, ...] = get_args(Kind)
_TEMPORARY = ".tmp"


def no_probe(point: str) -> None:
    """Does nothing at each point of a write."""


@dataclass(frozen=True)
class BlobFile:
    """One stored file.

    Attributes:
        digest: Its name, 64 hex digits.
        kind: What it holds.
        size: Bytes on disk.
        modified: When it was last written or asked for by a put, seconds since the epoch.
    """

    digest: str
    kind: Kind
    size: int
    modified: float


class BlobFiles:
    """The folder of content-addressed files.

    Args:
        root: The folder; must exist.
        probe: Called at each point of a write.
    """

    def __init__(self, root: Path, probe: Probe = no_probe) -> None:
        self.root = root
        self._probe = probe

    def path(self, digest: str, kind: Kind) -> Path:
        """Says where a file is or would be."""
        return self.root / digest[:2] / f"{digest[2:]}.{kind}"

    def has(self, digest: str, kind: Kind) -> bool:
        """Says whether the file is there."""
        return self.path(digest, kind).is_file()

    def claim(self, digest: str, kind: Kind) -> bool:
        """Says whether the file is there, and if so makes it young again for the collector."""
        try:
            os.utime(self.path(digest, kind))
        except FileNotFoundError:
            return False
        return True

    def write(self, digest: str, kind: Kind, data: bytes) -> set[Path]:
        """Writes one file; complete only once the returned folders were flushed.

        Args:
            digest: Its name.
            kind: What it holds.
            data: Its content.

        Returns:
            The folders to give to `flush`.

        Raises:
            StoreWriteError: If the disk refuses; nothing is left behind then.
        """
        target = self.path(digest, kind)
        folders = {target.parent}
        temporary = target.with_name(f"{secrets.token_hex(8)}{_TEMPORARY}")
        try:
            if not target.parent.is_dir():
                target.parent.mkdir(exist_ok=True)
                folders.add(self.root)
            with temporary.open("xb") as file:
                file.write(data)
                self._probe(f"{kind}:written")
                file.flush()
                os.fsync(file.fileno())
            self._probe(f"{kind}:flushed")
            temporary.replace(target)
            self._probe(f"{kind}:renamed")
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise StoreWriteError(
                f"{target.parent} cannot be written ({error.strerror}); "
                "free some space or make the folder writable, then run the same again."
            ) from error
        return folders

    def flush(self, folders: set[Path]) -> None:
        """Makes renames in these folders outlive a power cut."""
        if os.name == "nt":  # Windows flushes folders itself and cannot open them
            return
        for folder in folders:
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        self._probe("folders:flushed")

    def read(self, digest: str, kind: Kind) -> bytes:
        """Returns a file's bytes; whether they are right is for the caller to check.

        Raises:
            MissingBlobError: If the file is not there or cannot be read.
        """
        try:
            return self.path(digest, kind).read_bytes()
        except OSError as error:
            raise MissingBlobError(
                f"The stored {_NAMES[kind]} {digest} is missing ({error.strerror}); "
                "restore it from a backup of the data folder.",
                digest,
            ) from error

    def read_checked(self, digest: str, kind: Kind) -> bytes:
        """Returns the bytes of a file that is named by the hash of exactly these bytes.

        Raises:
            MissingBlobError: If the file is not there or cannot be read.
            CorruptBlobError: If the bytes are not what the name says.
        """
        data = self.read(digest, kind)
        check_bytes(digest, data)
        return data

    def files(self) -> Iterator[BlobFile]:
        """Yields every stored file, in no particular order."""
        for path in self._entries():
            stem, _, suffix = path.name.partition(".")
            kind = next((kind for kind in KINDS if kind == suffix), None)
            digest = path.parent.name + stem
            if kind is None or len(digest) != 64:
                continue
            try:
                status = path.stat()
            except FileNotFoundError:  # collected by another process meanwhile
                continue
            yield BlobFile(digest, kind, status.st_size, status.st_mtime)

    def temporaries(self, older_than: float) -> Iterator[tuple[Path, int]]:
        """Yields what killed writers left behind, with its bytes.

        Args:
            older_than: Age in seconds; younger ones may belong to a writer at work.
        """
        limit = time.time() - older_than
        for path in self._entries():
            if path.suffix == _TEMPORARY:
                try:
                    status = path.stat()
                except FileNotFoundError:
                    continue
                if status.st_mtime <= limit:
                    yield path, status.st_size

    def remove(self, digest: str, kind: Kind) -> None:
        """Removes a file if it is there."""
        self.path(digest, kind).unlink(missing_ok=True)

    def _entries(self) -> Iterator[Path]:
        for folder in self.root.iterdir():
            if folder.is_dir() and len(folder.name) == 2:
                yield from folder.iterdir()


def check_bytes(digest: str, data: bytes) -> None:
    """Proves that bytes are those that a name says.

    Raises:
        CorruptBlobError: If they are not.
    """
    if hashlib.sha256(data).hexdigest() != digest:
        raise CorruptBlobError(
            f"The stored file {digest} is damaged; restore it from a backup of the data folder.",
            digest,
        )


_NAMES: dict[Kind, str] = {"tile": "tile", "image": "picture", "bin": "file"}
