"""Whether a disk can hold what is about to be fetched or written, told in the sizes people know.

It knows no model; who asks has measured both.
"""

from __future__ import annotations

from pathlib import Path

from rich.filesize import decimal

from smartedit_model.errors import NotEnoughSpaceError


def check_space(what: str, needed: int, free: int, folder: Path) -> None:
    """Refuse to begin what the disk cannot hold.

    Args:
        what: What would be fetched or written.
        needed: Bytes of it that are not there yet.
        free: Bytes the disk has left.
        folder: Where it would go.

    Raises:
        NotEnoughSpaceError: More is needed than is free.
    """
    if needed > free:
        raise NotEnoughSpaceError(
            f"{what} needs {decimal(needed)} more, and {folder} has {decimal(free)} free; make "
            "room or choose another disk"
        )
