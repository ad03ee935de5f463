"""Every error that the memory package raises on purpose.

    StoreError
    ├── HomeError                  the data folder cannot be made or written
    ├── StoreBusyError             another process held the store for too long; try again
    ├── StoreClosedError           used after close(), or in a forked child
    ├── StoreWriteError            the disk refused a write (full, read-only, failing)
    ├── NewerStoreError            the database was written by a newer version
    ├── CorruptStoreError          the database is damaged or is something else
    ├── BlobError
    │   ├── MissingBlobError       a stored picture or file is gone
    │   └── CorruptBlobError       a stored picture or file is not what its name says
    ├── BadPictureError            an array of a shape or dtype that is not stored
    ├── BadValueError              an id, a name or a value that cannot be stored
    ├── NotFoundError
    │   ├── UnknownSessionError
    │   ├── UnknownRevisionError
    │   ├── UnknownBranchError
    │   ├── UnknownPlanError
    │   ├── UnknownRunError
    │   └── UnknownWordError
    ├── AmbiguousPrefixError       a shortened id fits several
    ├── ExistsError
    │   ├── SessionExistsError
    │   ├── BranchExistsError
    │   └── RunExistsError
    ├── NavigationError
    │   ├── NothingToUndoError     carries how many steps can be undone
    │   ├── NothingToRedoError     carries how many steps can be redone
    │   └── CurrentBranchError     the branch that one stands on cannot be deleted
    └── ArchiveError
        ├── BadArchiveError        not an exported session, or a damaged or hostile one
        └── NewerArchiveError      exported by a newer version

Only `StoreBusyError` is worth a retry as it is; all others need somebody to change something.
Each message is one line: what is wrong, and what would be right.
"""

from __future__ import annotations


class StoreError(Exception):
    """Root of everything that this package raises on purpose."""


class HomeError(StoreError):
    """The data folder cannot be made, read or written."""


class StoreBusyError(StoreError):
    """Another process held the store for longer than the time limit."""


class StoreClosedError(StoreError):
    """The store was used after it was closed, or in a forked child of its process."""


class StoreWriteError(StoreError):
    """The disk refused a write."""


class NewerStoreError(StoreError):
    """The database was written by a newer version of the program."""


class CorruptStoreError(StoreError):
    """The database is damaged, or the file is not a database of this program."""


class BlobError(StoreError):
    """Root of what can be wrong with one stored picture or file.

    Args:
        message: One line for the user.
        digest: The name of the blob concerned, 64 hex digits.
    """

    def __init__(self, message: str, digest: str) -> None:
        super().__init__(message)
        self.digest = digest


class MissingBlobError(BlobError):
    """A stored picture or file is gone."""


class CorruptBlobError(BlobError):
    """A stored picture or file is not what its name says."""


class BadPictureError(StoreError):
    """An array of a shape or dtype that is not stored."""


class BadValueError(StoreError):
    """An id, a name or a value that cannot be stored."""


class NotFoundError(StoreError):
    """Root of everything that was asked for and is not there."""


class UnknownSessionError(NotFoundError):
    """No session has this id."""


class UnknownRevisionError(NotFoundError):
    """No revision has this id."""


class UnknownBranchError(NotFoundError):
    """No branch of the session has this name."""


class UnknownPlanError(NotFoundError):
    """No plan has this id."""


class UnknownRunError(NotFoundError):
    """No run has this id."""


class UnknownWordError(NotFoundError):
    """The glossary does not hold this word."""


class AmbiguousPrefixError(StoreError):
    """A shortened id fits several sessions or revisions."""


class ExistsError(StoreError):
    """Root of everything that would be made twice."""


class SessionExistsError(ExistsError):
    """A session with this id is already there."""


class BranchExistsError(ExistsError):
    """The session already has a branch of this name."""


class RunExistsError(ExistsError):
    """A run with this id belongs to another session."""


class NavigationError(StoreError):
    """Root of moves that are not possible from here."""


class NothingToUndoError(NavigationError):
    """More was to be undone than there is.

    Args:
        message: One line for the user.
        available: How many steps (or turns) can be undone.
    """

    def __init__(self, message: str, available: int) -> None:
        super().__init__(message)
        self.available = available


class NothingToRedoError(NavigationError):
    """More was to be redone than there is.

    Args:
        message: One line for the user.
        available: How many steps (or turns) can be redone.
    """

    def __init__(self, message: str, available: int) -> None:
        super().__init__(message)
        self.available = available


class CurrentBranchError(NavigationError):
    """The branch that the session stands on cannot be deleted."""


class ArchiveError(StoreError):
    """Root of what can be wrong with an exported session."""


class BadArchiveError(ArchiveError):
    """Not an exported session, or a damaged or hostile one."""


class NewerArchiveError(ArchiveError):
    """Exported by a newer version of the program."""
