"""What an interrupted import has finished, so that it can go on.

It knows file names and hashes only.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import torch

from smartedit_model.config import SmartEditConfig
from smartedit_model.errors import InputError
from smartedit_model.importing.sources import TensorFile
from smartedit_model.integrity import read_json

STATE = "import-state.json"


class State:
    """Which files of an interrupted import are finished, and from which sources."""

    def __init__(self, folder: Path, fingerprint: str) -> None:
        self.path = folder / STATE
        self.fingerprint = fingerprint
        self.done: dict[str, str] = {}
        self._other = False
        if self.path.is_file():
            noted = read_json(self.path)
            self._other = noted.get("fingerprint") != fingerprint
            if not self._other:
                self.done = {k: v for k, v in noted["done"].items() if (folder / k).is_file()}

    def begin(self) -> None:
        """Make the folder; what another import left there, of other sources or settings, goes.

        Raises:
            InputError: The folder is there, but no import made it.
        """
        folder = self.path.parent
        if self._other:
            shutil.rmtree(folder)
        elif folder.exists() and not self.path.is_file():
            raise InputError(f"{folder} is in the way and no import made it; move it away")
        folder.mkdir(parents=True, exist_ok=True)
        self._write()

    def note(self, name: str, digest: str) -> None:
        """Remember a finished file and its hash."""
        self.done[name] = digest
        self._write()

    def _write(self) -> None:
        content = json.dumps({"fingerprint": self.fingerprint, "done": self.done}, indent=1)
        temporary = self.path.with_suffix(".new")
        temporary.write_text(content, encoding="utf-8")
        temporary.replace(self.path)


def fingerprint(
    sources: Sequence[TensorFile], config: SmartEditConfig, dtype: torch.dtype, shard_bytes: int
) -> str:
    """Return a digest that changes when a source file or a setting does."""
    stats = [(str(f.path), f.path.stat().st_size, f.path.stat().st_mtime_ns) for f in sources]
    return hashlib.sha256(repr((stats, config, dtype, shard_bytes)).encode()).hexdigest()
