"""A bounded memory of decoded pictures, so that showing the same revision twice is free."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

from numpy.typing import NDArray


class PictureCache:
    """Keeps the pictures used last, up to a number of bytes. Safe to share between threads.

    Args:
        limit: Bytes of pixels to keep; 0 keeps nothing.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held = 0
        self._pictures: OrderedDict[str, NDArray[Any]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, digest: str) -> NDArray[Any] | None:
        """Returns the picture of this name, read-only, or None."""
        with self._lock:
            picture = self._pictures.get(digest)
            if picture is not None:
                self._pictures.move_to_end(digest)
            return picture

    def wants(self, size: int) -> bool:
        """Says whether a picture of so many bytes would be kept."""
        return size <= self._limit

    def add(self, digest: str, picture: NDArray[Any]) -> None:
        """Keeps a picture; the array becomes read-only and must not be shared for writing."""
        if not self.wants(picture.nbytes):
            return
        picture.flags.writeable = False
        with self._lock:
            old = self._pictures.pop(digest, None)
            self._held += picture.nbytes - (0 if old is None else old.nbytes)
            self._pictures[digest] = picture
            while self._held > self._limit:
                _, dropped = self._pictures.popitem(last=False)
                self._held -= dropped.nbytes

    def clear(self) -> None:
        """Forgets everything."""
        with self._lock:
            self._pictures.clear()
            self._held = 0
