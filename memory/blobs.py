"""The content-addressed store of pictures and files.

A picture's id is the hash of the list of its tiles; a tile's name is the hash of its pixels. So
the same pixels are stored once however often they come back, an edit costs the tiles that it
touches, and reading proves that nothing was damaged. Knows nothing of sessions or the database.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from memory.blobfiles import BlobFiles, Probe, no_probe
from memory.cache import PictureCache
from memory.errors import BadValueError, CorruptBlobError, MissingBlobError
from memory.home import Home
from memory.ids import check_digest
from memory.locks import FileLock
from memory.manifest import Manifest, check_picture, decode_manifest
from memory.records import StoredImage
from memory.tiles import (
    Box,
    decode_tile,
    encode_tile,
    flat_name,
    flat_tile,
    is_flat,
    tile_digest,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

DEFAULT_CACHE_BYTES = 512 * 1024 * 1024
_T = TypeVar("_T")
_R = TypeVar("_R")


class BlobStore:
    """Puts and gets pictures, masks and bytes. Safe to share between threads and processes.

    Args:
        home: Where the blobs and locks are; must have been prepared.
        cache_bytes: Bytes of decoded pictures to keep in memory.
        probe: Called at each point of a write; for tests.
    """

    def __init__(
        self, home: Home, *, cache_bytes: int = DEFAULT_CACHE_BYTES, probe: Probe = no_probe
    ) -> None:
        self.files = BlobFiles(home.blobs, probe)
        # A put holds this shared while it relies on files that are already there;
        # the collector holds it alone while it removes files.
        self.sweep_lock = FileLock(home.locks / "sweep.lock")
        self._cache = PictureCache(cache_bytes)
        self._manifests = lru_cache(maxsize=4096)(self._read_manifest)
        self._unsettled: set[str] = set()
        self._guard = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None

    def close(self) -> None:
        """Ends the worker threads and forgets cached pictures."""
        with self._guard:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown()
        self._cache.clear()

    # Pictures

    def put_image(self, picture: NDArray[Any]) -> StoredImage:
        """Stores a picture or mask.

        Args:
            picture: HW or HWC with 1, 3 or 4 channels, uint8, [0, 255]; or bool HW.

        Returns:
            Its id and what it cost; durable on disk.

        Raises:
            BadPictureError: If the array is of another kind.
            StoreWriteError: If the disk refuses.
        """
        import numpy as np

        check_picture(picture)
        taken: set[str] = set()

        def store(box: Box) -> tuple[str, int, set[Any]]:
            left, top, right, bottom = box
            tile = np.ascontiguousarray(picture[top:bottom, left:right])
            flat = flat_name(tile)
            if flat is not None:
                return flat, 0, set()
            digest = tile_digest(tile)
            with self._guard:
                first = digest not in taken
                taken.add(digest)
            if not first or self.files.claim(digest, "tile"):
                return digest, 0, set()
            data = encode_tile(tile)
            return digest, len(data), self.files.write(digest, "tile", data)

        with self.sweep_lock.shared():
            shape = tuple(int(side) for side in picture.shape)
            empty = Manifest(shape, picture.dtype.name, ())
            results = self.in_parallel(store, empty.boxes())
            manifest = Manifest(shape, picture.dtype.name, tuple(name for name, _, _ in results))
            folders = set[Any]().union(*(changed for _, _, changed in results))
            self.files.flush(folders)
            encoded = manifest.encode()
            image_id, manifest_bytes = self._put(encoded, "image")
        self._cache_copy(image_id, picture)
        new = sum(1 for _, size, _ in results if size)
        flat = sum(1 for name in manifest.tiles if is_flat(name))
        return StoredImage(
            id=image_id,
            bytes_written=manifest_bytes + sum(size for _, size, _ in results),
            tiles_new=new,
            tiles_reused=len(results) - new - flat,
            tiles_flat=flat,
        )

    def get_image(self, image_id: str) -> NDArray[Any]:
        """Reads a picture or mask.

        Args:
            image_id: Its id.

        Returns:
            The array as it was put, bit for bit. Read-only, because it is shared; copy to change.

        Raises:
            MissingBlobError: If it, or a tile of it, is gone.
            CorruptBlobError: If it, or a tile of it, is damaged.
        """
        import numpy as np

        cached = self._cache.get(image_id)
        if cached is not None:
            return cached
        manifest = self.manifest(image_id)
        picture = np.empty(manifest.shape, manifest.dtype)

        def load(item: tuple[Box, str]) -> None:
            (left, top, right, bottom), name = item
            picture[top:bottom, left:right] = self._tile(manifest, item[0], name)

        self.in_parallel(load, list(zip(manifest.boxes(), manifest.tiles, strict=True)))
        picture.flags.writeable = False
        self._cache.add(image_id, picture)
        return picture

    def get_region(self, image_id: str, box: Box) -> NDArray[Any]:
        """Reads a part of a picture, decoding only the tiles that it touches.

        Args:
            image_id: The picture's id.
            box: XYXY half-open pixels, inside the picture and not empty.

        Returns:
            The part, a new array or a read-only view of a cached picture.

        Raises:
            BadValueError: If the box is empty or reaches outside.
            MissingBlobError: If the picture or a needed tile is gone.
            CorruptBlobError: If the picture or a needed tile is damaged.
        """
        import numpy as np

        manifest = self.manifest(image_id)
        left, top, right, bottom = box
        if not (0 <= left < right <= manifest.width and 0 <= top < bottom <= manifest.height):
            raise BadValueError(
                f"The box {box} does not lie in a picture of "
                f"{manifest.width}x{manifest.height} pixels; give XYXY half-open pixels inside it."
            )
        cached = self._cache.get(image_id)
        if cached is not None:
            return cached[top:bottom, left:right]
        part = np.empty((bottom - top, right - left, *manifest.shape[2:]), manifest.dtype)

        def load(item: tuple[Box, str]) -> None:
            (x0, y0, x1, y1), name = item
            inner = max(x0, left), max(y0, top), min(x1, right), min(y1, bottom)
            tile = self._tile(manifest, item[0], name)
            part[inner[1] - top : inner[3] - top, inner[0] - left : inner[2] - left] = tile[
                inner[1] - y0 : inner[3] - y0, inner[0] - x0 : inner[2] - x0
            ]

        touched = [
            (tile, name)
            for tile, name in zip(manifest.boxes(), manifest.tiles, strict=True)
            if tile[0] < right and left < tile[2] and tile[1] < bottom and top < tile[3]
        ]
        self.in_parallel(load, touched)
        return part

    def manifest(self, image_id: str) -> Manifest:
        """Reads the list of a picture's tiles.

        Raises:
            MissingBlobError: If the picture is not there.
            CorruptBlobError: If the list is damaged.
        """
        return self._manifests(image_id)

    def require_image(self, image_id: str) -> None:
        """Makes sure that a picture is complete, without reading its pixels.

        Raises:
            BadValueError: If this cannot be the id of a picture.
            MissingBlobError: If it, or a tile of it, is gone.
            CorruptBlobError: If the list of its tiles is damaged.
        """
        check_digest(image_id)
        manifest = decode_manifest(image_id, self.files.read(image_id, "image"))
        for name in sorted(manifest.files()):
            if not self.files.has(name, "tile"):
                raise MissingBlobError(
                    f"The picture {image_id} lacks its tile {name}; put the picture again.", name
                )

    # Bytes

    def put_bytes(self, data: bytes) -> str:
        """Stores any bytes.

        Returns:
            Their id: SHA-256, 64 hex digits; durable on disk.

        Raises:
            StoreWriteError: If the disk refuses.
        """
        with self.sweep_lock.shared():
            return self._put(data, "bin")[0]

    def get_bytes(self, digest: str) -> bytes:
        """Reads bytes back.

        Raises:
            MissingBlobError: If they are gone.
            CorruptBlobError: If they are damaged.
        """
        return self.files.read_checked(check_digest(digest), "bin")

    # What the collector must spare although no row names it yet

    def settle(self, *digests: str | None) -> None:
        """Says that a row now names these, so that the row protects them."""
        with self._guard:
            self._unsettled.difference_update(digest for digest in digests if digest)

    def forget(self) -> None:
        """Forgets cached pictures and lists of tiles, so that the disk is asked again."""
        self._cache.clear()
        self._manifests.cache_clear()

    def unsettled(self) -> set[str]:
        """Names put through this store that no row was said to name since."""
        with self._guard:
            return set(self._unsettled)

    def _put(self, data: bytes, kind: Any) -> tuple[str, int]:
        digest = hashlib.sha256(data).hexdigest()
        with self._guard:
            self._unsettled.add(digest)
        if self.files.claim(digest, kind):
            return digest, 0
        self.files.flush(self.files.write(digest, kind, data))
        return digest, len(data)

    def _tile(self, manifest: Manifest, box: Box, name: str) -> NDArray[Any]:
        shape = (box[3] - box[1], box[2] - box[0], *manifest.shape[2:])
        if is_flat(name):
            return flat_tile(name, shape, manifest.dtype)
        tile = decode_tile(name, self.files.read(name, "tile"))
        if tile.shape != shape or tile.dtype.name != manifest.dtype:
            raise CorruptBlobError(
                f"The stored tile {name} does not fit its picture; "
                "restore the data folder from a backup.",
                name,
            )
        return tile

    def _read_manifest(self, image_id: str) -> Manifest:
        return decode_manifest(image_id, self.files.read(check_digest(image_id), "image"))

    def _cache_copy(self, image_id: str, picture: NDArray[Any]) -> None:
        if self._cache.wants(picture.nbytes) and self._cache.get(image_id) is None:
            self._cache.add(image_id, picture.copy(order="C"))

    def in_parallel(self, work: Callable[[_T], _R], items: Iterable[_T]) -> list[_R]:
        """Does work on the store's threads; must not be called from such work.

        Returns:
            The results in order; what work raised is raised.
        """
        todo = list(items)
        if len(todo) < 2:
            return [work(item) for item in todo]
        with self._guard:
            if self._pool is None:
                # More threads than cores, because each also waits for the disk.
                workers = min(16, (os.cpu_count() or 1) + 4)
                self._pool = ThreadPoolExecutor(workers, thread_name_prefix="blobs")
            pool = self._pool
        return list(pool.map(work, todo))
