"""Checks on where results go, made before any work is done."""

from __future__ import annotations

from pathlib import Path


def check_output(path: Path | None) -> None:
    """Refuse an output that could not be written at the end.

    Raises:
        PictureError: unknown suffix, no such folder, or a folder's name.
    """
    if path is None:
        return
    from tools.errors import PictureError
    from tools.saving import format_of

    format_of(path)
    if not path.resolve().parent.is_dir():
        raise PictureError(f"the folder {path.parent} does not exist; make it or choose another")
    if path.is_dir():
        raise PictureError(f"{path} is a folder; give the name of a file")
