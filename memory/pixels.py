"""Pictures, masks and bytes of the store, and how two revisions differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from memory.base import StoreBase, find_revision
from memory.errors import BadPictureError
from memory.records import Difference, StoredImage
from memory.tiles import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Pixels(StoreBase):
    """The part of the store that holds pictures."""

    def put_image(self, image: NDArray[Any]) -> StoredImage:
        """Stores a picture; its `.id` goes into `commit`.

        Args:
            image: HW or HWC with 1, 3 or 4 channels, uint8, [0, 255].

        Raises:
            BadPictureError: If the array is of another kind.
            StoreWriteError: If the disk refuses.
        """
        return self.blobs.put_image(image)

    def get_image(self, image_id: str) -> NDArray[Any]:
        """Reads a picture, bit for bit as it was put. The array is read-only.

        Raises:
            MissingBlobError: If it is gone.
            CorruptBlobError: If it is damaged.
        """
        return self.blobs.get_image(image_id)

    def get_region(self, image_id: str, box: Box) -> NDArray[Any]:
        """Reads a part of a picture, decoding only the tiles that it touches.

        Args:
            image_id: The picture.
            box: XYXY half-open pixels inside it.

        Raises:
            BadValueError: If the box is empty or reaches outside.
            MissingBlobError: If it is gone.
            CorruptBlobError: If it is damaged.
        """
        return self.blobs.get_region(image_id, box)

    def put_mask(self, mask: NDArray[Any]) -> StoredImage:
        """Stores a mask; its `.id` goes into `commit`.

        Args:
            mask: HW bool, True = editable (stored as bits); or HW uint8, a soft mask, 255 =
                editable.

        Raises:
            BadPictureError: If the array is of another kind.
            StoreWriteError: If the disk refuses.
        """
        if mask.ndim != 2:
            raise BadPictureError(f"A mask of shape {mask.shape} cannot be stored; give HW.")
        return self.blobs.put_image(mask)

    def get_mask(self, mask_id: str) -> NDArray[Any]:
        """Reads a mask, of the dtype that it was put with. The array is read-only.

        Raises:
            MissingBlobError: If it is gone.
            CorruptBlobError: If it is damaged.
        """
        return self.blobs.get_image(mask_id)

    def put_bytes(self, data: bytes) -> str:
        """Stores any bytes and returns their id.

        Raises:
            StoreWriteError: If the disk refuses.
        """
        return self.blobs.put_bytes(data)

    def get_bytes(self, digest: str) -> bytes:
        """Reads bytes back.

        Raises:
            MissingBlobError: If they are gone.
            CorruptBlobError: If they are damaged.
        """
        return self.blobs.get_bytes(digest)

    def diff(self, revision_a: str, revision_b: str) -> Difference:
        """Says where two revisions differ; tiles that both have are not even read.

        Args:
            revision_a: A revision's id or the unique beginning of it.
            revision_b: Another, of any session.

        Raises:
            UnknownRevisionError: If one is not there.
            AmbiguousPrefixError: If several fit.
            MissingBlobError: If a picture is gone.
            CorruptBlobError: If a picture is damaged.
        """
        with self._db.read() as db:
            image_a = find_revision(db, revision_a).image_id
            image_b = find_revision(db, revision_b).image_id
        a, b = self.blobs.manifest(image_a), self.blobs.manifest(image_b)
        pixels = b.height * b.width
        if (a.shape, a.dtype) != (b.shape, b.dtype):
            return Difference(pixels, 1.0, (0, 0, b.width, b.height), same_shape=False)
        changed, found = 0, []
        for box, tile_a, tile_b in zip(a.boxes(), a.tiles, b.tiles, strict=True):
            if tile_a != tile_b:
                count, part = self._tile_difference(image_a, image_b, box)
                changed += count
                found.append(part)
        around = None
        if found:
            left, top, right, bottom = zip(*found, strict=True)
            around = min(left), min(top), max(right), max(bottom)
        return Difference(changed, changed / pixels, around, same_shape=True)

    def _tile_difference(self, image_a: str, image_b: str, box: Box) -> tuple[int, Box]:
        import numpy as np

        differs = self.blobs.get_region(image_a, box) != self.blobs.get_region(image_b, box)
        if differs.ndim == 3:
            differs = differs.any(axis=2)
        rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
        part = (
            *(box[0] + int(columns[0]), box[1] + int(rows[0])),
            *(box[0] + int(columns[-1]) + 1, box[1] + int(rows[-1]) + 1),
        )
        return int(np.count_nonzero(differs)), part
