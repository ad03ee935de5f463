"""Where everything that a user has lives: one folder that can be copied, backed up and moved.

The folder is `SMARTEDIT_HOME` if that is set, else the platform's user-data folder. Nothing is
created until `Home.prepare` is called.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from memory.errors import HomeError

HOME_VARIABLE = "SMARTEDIT_HOME"


@dataclass(frozen=True)
class Home:
    """The layout of the data folder.

    Attributes:
        root: The folder itself, absolute.
    """

    root: Path

    @property
    def database(self) -> Path:
        """The database of sessions, revisions, plans, runs and words."""
        return self.root / "smartedit.db"

    @property
    def checkpoints(self) -> Path:
        """The database in which a running graph keeps its checkpoints."""
        return self.root / "checkpoints.db"

    @property
    def blobs(self) -> Path:
        """The folder of stored pictures and files, named by their content."""
        return self.root / "blobs"

    @property
    def models(self) -> Path:
        """The folder of imported model weights."""
        return self.root / "models"

    @property
    def cache(self) -> Path:
        """The folder of things that can be made again."""
        return self.root / "cache"

    @property
    def locks(self) -> Path:
        """The folder of lock files by which several processes share this home."""
        return self.root / "locks"

    def prepare(self) -> Home:
        """Makes the folders that are missing and proves that one can write there.

        Returns:
            The same home.

        Raises:
            HomeError: If a folder cannot be made, is a file, or cannot be written.
        """
        for folder in (self.root, self.blobs, self.models, self.cache, self.locks):
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except (FileExistsError, NotADirectoryError) as error:
                raise HomeError(
                    f"{folder} cannot be a data folder because a file is in the way; "
                    f"move that file or set {HOME_VARIABLE} to another folder."
                ) from error
            except OSError as error:
                raise HomeError(
                    f"The data folder {folder} cannot be made ({error.strerror}); "
                    f"set {HOME_VARIABLE} to a folder that you can write to."
                ) from error
        try:
            with tempfile.TemporaryFile(dir=self.root):
                pass
        except OSError as error:
            raise HomeError(
                f"The data folder {self.root} cannot be written ({error.strerror}); "
                f"set {HOME_VARIABLE} to a folder that you can write to."
            ) from error
        return self


def find_home(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Home:
    """Says which folder is the home, without touching the disk.

    Args:
        path: A folder that the caller chose; wins over everything else.
        environ: The environment; the process's own by default.

    Returns:
        The home, with an absolute root.
    """
    if path is not None:
        return Home(path.expanduser().absolute())
    chosen = (os.environ if environ is None else environ).get(HOME_VARIABLE, "").strip()
    if chosen:
        return Home(Path(chosen).expanduser().absolute())
    from platformdirs import user_data_path

    return Home(user_data_path("smartedit", appauthor=False).absolute())
