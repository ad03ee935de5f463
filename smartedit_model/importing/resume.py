"""What an interrupted import has finished, so that it can go on.

It knows file names and hashes only.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import torch

from smartedit_model.config import SmartEditConfig
from smartedit_model.importing.bases import read_json
from smartedit_model.importing.sources import TensorFile

STATE = "import-state.json"


class State:
    """Which files of an interrupted import are finished, and from which sources."""

    def __init__(self, folder: Path, fingerprint: str) -> None:
        self.path = folder / STATE
        self.fingerprint = fingerprint
        self.done: dict[str, str] = {}
        if self.path.is_file():
            noted = read_json(self.path)
            if noted.get("fingerprint") == fingerprint:
                self.done = {k: v for k, v in noted["done"].items() if (folder / k).is_file()}

    def note(self, name: str, digest: str) -> None:
        """Remember a finished file and its hash."""
        self.done[name] = digest
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
