"""Exporting and importing sessions, hostile files included."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from memory.errors import (
    BadArchiveError,
    BadValueError,
    MissingBlobError,
    NewerArchiveError,
    SessionExistsError,
    StoreWriteError,
)
from memory.records import RevisionInfo, SessionInfo
from memory.store import SessionStore

Commit = Callable[..., RevisionInfo]
Entries = dict[str, bytes]


@pytest.fixture
def exported(store: SessionStore, session: SessionInfo, commit: Commit, tmp_path: Path) -> Path:
    """A session with branches, undone steps, a run, a conversation and a word, as a file."""
    commit("a"), commit("b")
    store.undo(session.id)
    head = commit("c")
    store.undo(session.id)
    mask = store.put_mask(np.eye(700, dtype=np.bool_))
    plan = store.save_plan(session.id, {"brush": mask.id})
    store.start_run(session.id, "run", "t", "do", plan, head.id)
    store.record_attempt("run", "s", 1, "x", head.image_id, mask.id, {})
    store.say(session.id, "user", "hi", head.id)
    store.teach("word", "meaning", session.id, mask.id)
    store.set_note(session.id, "n", [1])
    path = tmp_path / "session.zip"
    store.export(session.id, path)
    return path


def read(path: Path) -> Entries:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write(path: Path, entries: Entries, compression: int = zipfile.ZIP_STORED) -> None:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)


def refused(store_home: Path, path: Path, match: str | None = None) -> None:
    """Imports into a fresh store: one line, no session, no file outside."""
    with SessionStore.open(store_home) as store:
        with pytest.raises(BadArchiveError, match=match) as caught:
            store.import_session(path)
        assert "\n" not in str(caught.value)
        assert store.sessions() == []
        assert store.check() == []


def test_roundtrip(
    store: SessionStore, session: SessionInfo, exported: Path, other_home: Path
) -> None:
    """In another home everything is as it was: pictures, history, redo, conversation, words."""
    with SessionStore.open(other_home) as other:
        assert other.import_session(exported) == store.session(session.id)
        assert other.all_revisions(session.id) == store.all_revisions(session.id)
        assert other.branches(session.id) == store.branches(session.id)
        assert other.runs(session.id) == store.runs(session.id)
        assert other.attempts("run") == store.attempts("run")
        assert [m.text for m in other.messages(session.id)] == ["hi"]
        assert other.glossary(session.id) == store.glossary(session.id)
        assert other.get_note(session.id, "n") == [1]
        assert other.check() == []
        assert other.gc(grace_seconds=0).files == 0
        for revision in store.all_revisions(session.id):
            expected = store.get_image(revision.image_id)
            assert np.array_equal(other.get_image(revision.image_id), expected)
        assert other.redo(session.id).label == "c"


def test_copy_beside_the_original(
    store: SessionStore, session: SessionInfo, exported: Path
) -> None:
    """Importing beside the original needs another id, makes new ids, and writes no file."""
    with pytest.raises(SessionExistsError):
        store.import_session(exported)
    before = len(list(store.blobs.files.files()))
    copy = store.import_session(exported, session_id="copy")
    assert len(list(store.blobs.files.files())) == before
    assert store.check() == []
    originals, copies = store.all_revisions(session.id), store.all_revisions("copy")
    assert not {r.id for r in originals} & {r.id for r in copies}
    assert [(r.label, r.image_id, r.depth) for r in originals] == [
        (r.label, r.image_id, r.depth) for r in copies
    ]
    assert replace(copy, id=session.id, head_id="", root_id="") == replace(
        store.session(session.id), head_id="", root_id=""
    )
    with pytest.raises(BadValueError):
        store.import_session(exported, session_id="../x")


def test_export_is_all_or_nothing(
    store: SessionStore, session: SessionInfo, tmp_path: Path
) -> None:
    """An export that fails leaves the file that was there, and no other."""
    target = tmp_path / "out" / "a.zip"
    with pytest.raises(StoreWriteError):
        store.export(session.id, target)
    target.parent.mkdir()
    target.write_text("old")
    image_id = store.head(session.id).image_id
    (tile,) = store.blobs.manifest(image_id).files()
    store.blobs.files.remove(tile, "tile")
    with pytest.raises(MissingBlobError):
        store.export(session.id, target)
    assert [path.name for path in target.parent.iterdir()] == ["a.zip"]
    assert target.read_text() == "old"


@pytest.mark.parametrize(
    "name",
    ["../evil", "/etc/evil", "blobs/../../evil", "blobs/ab/x.tile", "C:\\evil", "blobs/"],
)
def test_strange_names(exported: Path, tmp_path: Path, other_home: Path, name: str) -> None:
    """A file with an entry that no export has is refused before anything is read."""
    write(exported, {**read(exported), name: b"evil"})
    refused(other_home, exported, "no entry")
    assert not list(tmp_path.rglob("*evil*"))


def test_not_an_archive(tmp_path: Path, other_home: Path, exported: Path) -> None:
    """What is no zip, cut short, empty, missing or another zip is refused."""
    whole = exported.read_bytes()
    for content in (b"", b"hello", whole[: len(whole) // 2]):
        exported.write_bytes(content)
        refused(other_home, exported, "zip file")
    refused(other_home, tmp_path / "nothing.zip", "zip file")
    refused(other_home, tmp_path, "zip file")
    write(exported, {})
    refused(other_home, exported, "has no session.json")


def test_changed_pixels(exported: Path, other_home: Path) -> None:
    """A stored file that is not what its name says is refused, whatever its kind."""
    entries = read(exported)
    for kind in ("tile", "image", "bin"):
        name = next(name for name in entries if name.endswith(kind))
        write(exported, {**entries, name: entries[name][:-1] + b"?"})
        refused(other_home, exported, "damaged at")


def test_damaged_entry(exported: Path, other_home: Path) -> None:
    """Bytes that changed inside the zip are noticed."""
    data = bytearray(exported.read_bytes())
    data[len(data) // 2] ^= 255
    exported.write_bytes(data)
    refused(other_home, exported, "damaged")


def test_missing_picture(exported: Path, other_home: Path) -> None:
    """A file that lacks a picture it speaks of is refused."""
    for kind in (".tile", ".image", ".bin"):
        entries = read(exported)
        missing = next(name for name in entries if name.endswith(kind))
        write(exported, {name: data for name, data in entries.items() if name != missing})
        refused(other_home, exported, "do not fit together")


def test_bombs(exported: Path, other_home: Path) -> None:
    """Compressed, oversized and overlapping entries are refused by their list alone."""
    entries = read(exported)
    digest = hashlib.sha256(bytes(10**7)).hexdigest()
    bomb = {**entries, f"blobs/{digest[:2]}/{digest[2:]}.bin": bytes(10**7)}
    write(exported, bomb, zipfile.ZIP_DEFLATED)
    refused(other_home, exported, "is compressed")
    write(exported, {**entries, f"blobs/ab/{'0' * 62}.tile": bytes(9 * 2**20)})
    refused(other_home, exported, "larger than any such file")


def test_bomb_inside_a_list_of_tiles(exported: Path, other_home: Path) -> None:
    """A tiny list of tiles that claims a gigantic picture is refused."""
    claim = {"dtype": "uint8", "format": "smartedit-image/1", "shape": [10**6, 10**6, 4]}
    data = json.dumps({**claim, "tile": 512, "tiles": ["=00000000"]}).encode()
    digest = hashlib.sha256(data).hexdigest()
    write(exported, {**read(exported), f"blobs/{digest[:2]}/{digest[2:]}.image": data})
    refused(other_home, exported, "damaged at")


def change(rows: Any, table: str, column: str, value: Any) -> None:
    rows["tables"][table][-1][column] = value


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("revisions", "parent_id", "r_elsewhere"),
        ("revisions", "parent_id", None),
        ("revisions", "depth", 9),
        ("revisions", "depth", "1"),
        ("revisions", "depth", True),
        ("revisions", "number", 2**70),
        ("revisions", "number", 0),
        ("revisions", "label", None),
        ("revisions", "step", []),
        ("revisions", "image_id", "../../etc/passwd"),
        ("revisions", "image_id", "0" * 64),
        ("revisions", "created_at", "yesterday"),
        ("revisions", "evil", 1),
        ("revisions", "key", "root"),
        ("branches", "tip_id", "r_elsewhere"),
        ("branches", "name", "a\nb"),
        ("messages", "role", "robot"),
        ("messages", "session_id", "another"),
        ("runs", "plan_id", "p_elsewhere"),
        ("sessions", "branch", "gone"),
        ("sessions", "id", "../../x"),
        ("sessions", "source_blob", "nothing"),
        ("sessions", "next_number", 1),
    ],
)
def test_contradictory_rows(
    exported: Path, other_home: Path, table: str, column: str, value: Any
) -> None:
    """Rows of a wrong type, with unknown columns, or that refer elsewhere are refused."""
    entries = read(exported)
    rows = json.loads(entries["session.json"])
    change(rows, table, column, value)
    write(exported, {**entries, "session.json": json.dumps(rows).encode()})
    refused(other_home, exported)


def test_strange_content(exported: Path, other_home: Path) -> None:
    """A session.json that is no such thing is refused."""
    entries = read(exported)
    contents = [b"", b"[]", b"{}", b"[" * 100_000, b'{"format": "smartedit-session"}']
    contents += [b'{"format": "smartedit-session", "version": 1, "tables": {"sessions": []}}']
    for content in contents:
        write(exported, {**entries, "session.json": content})
        refused(other_home, exported)


def test_newer_format(exported: Path, store: SessionStore) -> None:
    """A file of a newer format says that the newer version is needed."""
    entries = read(exported)
    rows = json.loads(entries["session.json"])
    rows["version"] = 2
    write(exported, {**entries, "session.json": json.dumps(rows).encode()})
    with pytest.raises(NewerArchiveError, match="newer version"):
        store.import_session(exported, session_id="x")
