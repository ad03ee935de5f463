"""Checks on where results go, made before any work is done."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.session import EditSession


def check_output(path: Path | None) -> None:
    """Refuse an output that could not be written at the end.

    Raises:
        PictureError: unknown suffix, no such folder, or a folder's name.
    """
    if path is None:
        return
    from tools.errors import PictureError
    from tools.saving import format_of, unwritable

    format_of(path)
    if not path.resolve().parent.is_dir():
        raise PictureError(f"the folder {path.parent} does not exist; make it or choose another")
    try:
        is_folder = path.is_dir()
    except OSError as error:
        raise unwritable(path, error) from error
    if is_folder:
        raise PictureError(f"{path} is a folder; give the name of a file")
    if not os.access(path.resolve().parent, os.W_OK):
        raise PictureError(f"the folder {path.resolve().parent} cannot be written; choose another")


OUTPUT_NOTE = "output"


def remember_output(editing: EditSession, path: Path) -> None:
    """Keep where a run's result goes, for the case that it has to be resumed."""
    editing.store.set_note(editing.id, OUTPUT_NOTE, str(path.resolve()))


def check_output_of(editing: EditSession, path: Path | None) -> None:
    """Refuse an output that could not be written, or that is the session's original.

    Raises:
        PictureError: see ``check_output`` and ``EditSession.spare_original``.
    """
    check_output(path)
    if path is not None:
        editing.spare_original(path)


def remembered_output(editing: EditSession) -> Path | None:
    """Where the last run's result was to go."""
    kept = editing.store.get_note(editing.id, OUTPUT_NOTE)
    return None if kept is None else Path(kept)
