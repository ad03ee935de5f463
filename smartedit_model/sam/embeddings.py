"""Image embeddings by the content of the picture: in memory and on disk, both bounded.

An embedding costs seconds and is the same for the same pixels and weights, so it is kept across
prompts, steps, turns and processes. What is on disk is a cache: a file that cannot be read is
thrown away and made again.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

MEMORY_BYTES = 256 * 2**20
DISK_BYTES = 1024 * 2**20
SUFFIX = ".safetensors"


class Embeddings:
    """A cache of embeddings. Safe to share between threads; processes may share the folder.

    Args:
        folder: on disk; None keeps nothing there. Made when first written to.
        memory: bytes kept in memory at most.
        disk: bytes kept on disk at most; the least recently used go first.
    """

    def __init__(
        self, folder: Path | None = None, *, memory: int = MEMORY_BYTES, disk: int = DISK_BYTES
    ) -> None:
        self.folder = folder
        self._memory, self._disk = memory, disk
        self._kept: OrderedDict[str, Tensor] = OrderedDict()
        self._held = 0
        self._lock = threading.Lock()
        self.made = 0
        """How many embeddings had to be computed."""

    @property
    def held(self) -> int:
        """Bytes in memory now."""
        return self._held

    def get(self, key: str, shape: tuple[int, ...], make: Callable[[], Tensor]) -> Tensor:
        """The embedding of a key, computed at most once while there is room for it.

        Args:
            key: names pixels and weights; letters, digits and dashes.
            shape: what it must have; a file of another shape is not used.
            make: computes it.
        """
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        found = self._read(key, shape)
        if found is None:
            found = make().detach().cpu()
            self.made += 1
            self._write(key, found)
        self._remember(key, found)
        return found

    def _remember(self, key: str, value: Tensor) -> None:
        size = value.nbytes
        if size > self._memory:
            return
        with self._lock:
            if key in self._kept:
                return
            self._kept[key] = value
            self._held += size
            while self._held > self._memory:
                _, dropped = self._kept.popitem(last=False)
                self._held -= dropped.nbytes

    def _path(self, key: str) -> Path | None:
        return None if self.folder is None else self.folder / f"{key}{SUFFIX}"

    def _read(self, key: str, shape: tuple[int, ...]) -> Tensor | None:
        path = self._path(key)
        if path is None or not path.is_file():
            return None
        try:
            value = load_file(path).get("embedding")
            os.utime(path)  # its last use decides what goes first
        except (OSError, SafetensorError):
            value = None
        if value is None or tuple(value.shape) != shape or not bool(value.isfinite().all()):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
            return None
        return value

    def _write(self, key: str, value: Tensor) -> None:
        """Write aside and rename; a full or read-only disk costs only the cache."""
        path = self._path(key)
        if path is None or value.nbytes > self._disk:
            return
        with contextlib.suppress(OSError, SafetensorError):
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, suffix=".partial")
            os.close(handle)
            partial = Path(name)
            try:
                save_file({"embedding": value.contiguous()}, partial)
                partial.replace(path)
            finally:
                partial.unlink(missing_ok=True)
            self._trim(path.parent)

    def _trim(self, folder: Path) -> None:
        """Delete the least recently used files until the rest fits."""
        files: list[tuple[float, int, Path]] = []
        for path in folder.glob(f"*{SUFFIX}"):
            with contextlib.suppress(OSError):  # another process may have deleted it
                facts: Any = path.stat()
                files.append((facts.st_mtime, facts.st_size, path))
        total = sum(size for _, size, _ in files)
        for _, size, path in sorted(files, key=lambda item: item[0]):
            if total <= self._disk:
                return
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
            total -= size
