"""Storing pictures and bytes by content."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory.blobs import BlobStore
from memory.errors import (
    BadPictureError,
    BadValueError,
    CorruptBlobError,
    MissingBlobError,
    StoreWriteError,
)
from memory.home import Home
from memory.tiles import decode_tile, encode_tile, tile_digest

Picture = np.ndarray[Any, Any]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BlobStore]:
    blobs = BlobStore(Home(tmp_path_factory.mktemp("blobs")).prepare(), cache_bytes=0)
    yield blobs
    blobs.close()


@pytest.fixture
def blobs(home: Path) -> Iterator[BlobStore]:
    opened = BlobStore(Home(home).prepare(), cache_bytes=0)
    yield opened
    opened.close()


def draw_picture(seed: int, shape: tuple[int, ...], dtype: str, busy: bool) -> Picture:
    """A random picture, of few values or many, so that some tiles are flat."""
    values = np.random.default_rng(seed).integers(0, 256 if busy else 2, shape)
    if not busy:
        values[: shape[0] // 2] = 0
    return values.astype(dtype)


SIDES = st.sampled_from([1, 2, 3, 17, 511, 512, 513, 700])


@settings(max_examples=60, deadline=None)
@given(
    height=SIDES,
    width=SIDES,
    kind=st.sampled_from(["HW", "HW1", "HW3", "HW4", "bool"]),
    seed=st.integers(0, 99),
    busy=st.booleans(),
)
def test_roundtrip(
    shared: BlobStore, height: int, width: int, kind: str, seed: int, busy: bool
) -> None:
    """A picture of any size and kind comes back bit for bit, with its shape and dtype."""
    channels = () if kind in ("HW", "bool") else (int(kind[2:]),)
    dtype = "bool" if kind == "bool" else "uint8"
    image = draw_picture(seed, (height, width, *channels), dtype, busy)
    stored = shared.put_image(image)
    back = shared.get_image(stored.id)
    assert back.dtype == image.dtype
    assert np.array_equal(back, image)
    assert shared.put_image(image).bytes_written == 0


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_region(shared: BlobStore, data: st.DataObject) -> None:
    """Any part of a picture equals the same part of the whole."""
    image = draw_picture(1, (700, 1100, 3), "uint8", True)
    image_id = shared.put_image(image).id
    left = data.draw(st.integers(0, 1099))
    top = data.draw(st.integers(0, 699))
    right = data.draw(st.integers(left + 1, 1100))
    bottom = data.draw(st.integers(top + 1, 700))
    part = shared.get_region(image_id, (left, top, right, bottom))
    assert np.array_equal(part, image[top:bottom, left:right])


@pytest.mark.parametrize("box", [(0, 0, 0, 5), (-1, 0, 3, 3), (0, 0, 33, 3), (4, 4, 2, 8)])
def test_region_outside(
    blobs: BlobStore, picture: Callable[..., Picture], box: tuple[int, int, int, int]
) -> None:
    """A part that is empty or not inside the picture is refused."""
    image_id = blobs.put_image(picture()).id
    with pytest.raises(BadValueError, match="does not lie in"):
        blobs.get_region(image_id, box)


def test_local_edit_costs_its_tiles(blobs: BlobStore, picture: Callable[..., Picture]) -> None:
    """Changing one pixel of a large picture stores one tile and the list of tiles."""
    image = picture(0, 1200, 1500)
    first = blobs.put_image(image)
    image[700, 900] ^= 1
    second = blobs.put_image(image)
    assert (first.tiles_new, first.tiles_reused) == (9, 0)
    assert (second.tiles_new, second.tiles_reused) == (1, 8)
    assert second.bytes_written < first.bytes_written / 3


def test_flat_costs_nothing(blobs: BlobStore) -> None:
    """A picture of one colour is only a list of tiles."""
    stored = blobs.put_image(np.full((3000, 4000, 4), 7, np.uint8))
    assert (stored.tiles_new, stored.tiles_flat) == (0, 48)
    assert stored.bytes_written < 1000


def test_repeated_tile_is_stored_once(blobs: BlobStore, picture: Callable[..., Picture]) -> None:
    """The same tile twice in one picture is one file."""
    tile = picture(0, 512, 512)
    stored = blobs.put_image(np.hstack([tile, tile]))
    assert (stored.tiles_new, stored.tiles_reused) == (1, 1)


def test_view_of_other_memory_order(blobs: BlobStore, picture: Callable[..., Picture]) -> None:
    """A flipped and transposed view stores the pixels that it shows."""
    view = picture(0, 40, 60)[::-1].transpose(1, 0, 2)
    assert np.array_equal(blobs.get_image(blobs.put_image(view).id), view)


@pytest.mark.parametrize(
    "bad",
    [
        np.zeros((4, 4, 2), np.uint8),
        np.zeros((4, 4, 3), np.uint16),
        np.zeros((4, 4, 3), np.float32),
        np.zeros((4, 4, 3), np.bool_),
        np.zeros((0, 4, 3), np.uint8),
        np.zeros((4,), np.uint8),
        "picture",
    ],
)
def test_other_arrays_are_refused(blobs: BlobStore, bad: Any) -> None:
    """What is not a picture is refused by name, and nothing is written."""
    with pytest.raises(BadPictureError):
        blobs.put_image(bad)
    assert list(blobs.files.files()) == []


def test_cached_picture_is_a_copy(home: Path, picture: Callable[..., Picture]) -> None:
    """Drawing on an array after it was put changes neither the store nor its cache."""
    blobs = BlobStore(Home(home).prepare())
    image = picture()
    image_id = blobs.put_image(image).id
    before = image.copy()
    image[:] = 0
    got = blobs.get_image(image_id)
    assert np.array_equal(got, before)
    assert not got.flags.writeable
    blobs.close()


def test_cache_is_bounded(home: Path, picture: Callable[..., Picture]) -> None:
    """The cache holds no more bytes than it was given, and drops the oldest picture first."""
    size = picture().nbytes
    blobs = BlobStore(Home(home).prepare(), cache_bytes=2 * size)
    ids = [blobs.put_image(picture(seed)).id for seed in range(3)]
    assert [blobs._cache.get(name) is not None for name in ids] == [False, True, True]
    blobs.close()


def only_tile(blobs: BlobStore) -> Path:
    (tile,) = [file for file in blobs.files.files() if file.kind == "tile"]
    return blobs.files.path(tile.digest, "tile")


@settings(max_examples=60, deadline=None)
@given(where=st.floats(0, 0.999), bit=st.integers(0, 7), mask=st.booleans())
def test_damage_is_found(where: float, bit: int, mask: bool) -> None:
    """A tile with any one bit flipped is never returned as if it were right."""
    tile = draw_picture(3, (40, 50) if mask else (40, 50, 3), "bool" if mask else "uint8", True)
    digest, data = tile_digest(tile), bytearray(encode_tile(tile))
    data[int(where * len(data))] ^= 1 << bit
    with pytest.raises(CorruptBlobError) as caught:
        decode_tile(digest, bytes(data))
    assert caught.value.digest == digest


@pytest.mark.parametrize("keep", [0, 10, 40, -1])
def test_truncation_is_found(blobs: BlobStore, picture: Callable[..., Picture], keep: int) -> None:
    """A tile that was cut short is named in the error."""
    image_id = blobs.put_image(picture()).id
    path = only_tile(blobs)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(CorruptBlobError, match=path.stem) as caught:
        blobs.get_image(image_id)
    assert caught.value.digest == path.parent.name + path.stem


def test_swapped_tile_is_found(blobs: BlobStore, picture: Callable[..., Picture]) -> None:
    """A whole and valid tile under the name of another is not believed."""
    first = blobs.put_image(picture(1)).id
    path = only_tile(blobs)
    path.write_bytes(encode_tile(picture(2)))
    with pytest.raises(CorruptBlobError):
        blobs.get_image(first)


def test_missing_is_named(blobs: BlobStore, picture: Callable[..., Picture]) -> None:
    """A tile, a list of tiles or bytes that are gone are named in the error."""
    image_id = blobs.put_image(picture()).id
    data_id = blobs.put_bytes(b"original")
    only_tile(blobs).unlink()
    with pytest.raises(MissingBlobError, match="tile"):
        blobs.get_image(image_id)
    blobs.files.remove(data_id, "bin")
    with pytest.raises(MissingBlobError, match=data_id):
        blobs.get_bytes(data_id)
    with pytest.raises(MissingBlobError, match="picture"):
        blobs.get_image("0" * 64)
    with pytest.raises(BadValueError, match="64 hex"):
        blobs.get_image("../../etc/passwd")


@given(data=st.binary(max_size=2000))
@settings(max_examples=30, deadline=None)
def test_bytes_roundtrip(shared: BlobStore, data: bytes) -> None:
    """Any bytes come back, and are stored under the same name each time."""
    digest = shared.put_bytes(data)
    assert shared.get_bytes(digest) == data
    assert shared.put_bytes(data) == digest


def test_damaged_bytes(blobs: BlobStore) -> None:
    """Bytes that changed on the disk are not returned."""
    digest = blobs.put_bytes(b"original")
    blobs.files.path(digest, "bin").write_bytes(b"Original")
    with pytest.raises(CorruptBlobError, match=digest):
        blobs.get_bytes(digest)


def test_put_heals_a_lost_tile(blobs: BlobStore, picture: Callable[..., Picture]) -> None:
    """Putting a picture again writes what is missing of it."""
    image_id = blobs.put_image(picture()).id
    only_tile(blobs).unlink()
    assert blobs.put_image(picture()).tiles_new == 1
    assert np.array_equal(blobs.get_image(image_id), picture())


def test_refused_write_leaves_nothing(home: Path, picture: Callable[..., Picture]) -> None:
    """A disk that refuses is told in one line, and no temporary file stays behind."""

    def full(point: str) -> None:
        if point == "tile:written":
            raise OSError(28, "No space left on device")

    blobs = BlobStore(Home(home).prepare(), probe=full)
    with pytest.raises(StoreWriteError, match="No space left"):
        blobs.put_image(picture())
    assert [path for path in blobs.files.root.rglob("*") if path.is_file()] == []
    blobs.close()


def test_threads_put_the_same_picture(blobs: BlobStore, picture: Callable[..., Picture]) -> None:
    """Threads that store the same picture at once get the same id and a whole picture."""
    image = picture(0, 600, 600)
    ids: list[str] = []
    threads = [
        threading.Thread(target=lambda: ids.append(blobs.put_image(image).id)) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(ids)) == 1
    assert np.array_equal(blobs.get_image(ids[0]), image)


def test_reuse_makes_young(blobs: BlobStore, picture: Callable[..., Picture]) -> None:
    """A tile that a put relies on is young again for the collector."""
    blobs.put_image(picture())
    path = only_tile(blobs)
    os.utime(path, (1, 1))
    blobs.put_image(picture())
    assert path.stat().st_mtime > 1
