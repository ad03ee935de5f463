"""Official checkpoints: what is accepted, what is refused, and that the table fits the package."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from smartedit_model.errors import (
    Cancelled,
    ConfigError,
    HashMismatchError,
    HubError,
    KeyMismatchError,
    MissingFileError,
    NonFiniteWeightsError,
    TruncatedFileError,
    UnsafePickleError,
)
from smartedit_model.fingerprints import file_hash
from smartedit_model.sam import official
from smartedit_model.sam.architecture import SamSize, build, build_official
from smartedit_model.sam.loading import expected


def known(item: official.Checkpoint, path: Path) -> official.Checkpoint:
    """The same checkpoint as if this file were the published one."""
    return replace(item, bytes=path.stat().st_size, sha256=file_hash(path))


@pytest.fixture
def load(tiny_size: SamSize) -> Any:
    """Loads a checkpoint as the tiny SAM."""
    return lambda item, path: official.load(item, path, lambda: build(tiny_size))


@pytest.mark.parametrize("name", ["vit_b", "vit_l", "vit_h"])
def test_published_size_fits_the_packages_architecture(name: str) -> None:
    """On the meta device, all tensors of a size take the published bytes less the pickle's own."""
    _, shapes = expected(lambda: build_official(name))
    tensors = 4 * sum(torch.Size(shape).numel() for shape in shapes.values())
    over = official.CHECKPOINTS[name].bytes - tensors
    # Names, offsets and alignment: some hundred bytes a tensor, nowhere near another layer.
    assert 0 < over < 600 * len(shapes)


@pytest.mark.parametrize("name", ["vit_b", "vit_l", "vit_h"])
def test_meta_check_spends_no_memory(name: str) -> None:
    """The check builds even ViT-H without a byte of weights, and names every tensor."""
    model, shapes = expected(lambda: build_official(name))
    assert all(value.is_meta for value in model.state_dict().values())
    depth = {"vit_b": 12, "vit_l": 24, "vit_h": 32}[name]
    width = {"vit_b": 768, "vit_l": 1024, "vit_h": 1280}[name]
    assert shapes[f"image_encoder.blocks.{depth - 1}.attn.qkv.weight"] == (3 * width, width)
    assert f"image_encoder.blocks.{depth}.norm1.weight" not in shapes
    assert shapes["mask_decoder.mask_tokens.weight"] == (4, 256)


def test_table_follows_the_publishers_names() -> None:
    """The digits in a published name begin its MD5; hashes have 64 digits; unknown names tell."""
    for item in official.CHECKPOINTS.values():
        assert len(item.sha256) == 64
        if item.host == official.HOST:
            assert item.url.endswith(f"sam_{item.name}_{item.file[-10:-4]}.pth")
    with pytest.raises(ConfigError, match="sam:vit_h"):
        official.checkpoint("sam:vit_x")


def test_a_right_checkpoint_loads_and_works(tiny_sam: Any, published: Any, load: Any) -> None:
    """Loaded weights give the same masks as the model they were saved from."""
    item, path = published
    model = load(item, path)
    picture = torch.rand(1, 3, 64, 64) * 255
    with torch.no_grad():
        here = model.image_encoder(model.preprocess(picture))
        there = tiny_sam.image_encoder(tiny_sam.preprocess(picture))
    assert torch.equal(here, there)
    assert not any(p.requires_grad for p in model.parameters())


def test_missing_truncated_and_changed_files_are_refused(
    published: Any, tmp_path: Path, load: Any
) -> None:
    """Each ends in one line that names the file and what to do."""
    item, path = published
    with pytest.raises(MissingFileError, match=r"models pull sam:tiny"):
        load(item, tmp_path / "nowhere.pth")
    whole = path.read_bytes()
    path.write_bytes(whole[:-100])
    with pytest.raises(TruncatedFileError, match="bytes"):
        load(item, path)
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(HashMismatchError, match="differs"):
        load(item, path)


def test_a_pickle_with_code_never_runs(published: Any, tmp_path: Path, load: Any) -> None:
    """Neither the hash check nor the reader runs what a pickle asks for."""
    item, _ = published
    sign = tmp_path / "ran"

    class Evil:
        def __reduce__(self) -> Any:
            return (os.system, (f"touch {sign}",))

    bad = tmp_path / "evil.pth"
    torch.save({"image_encoder.pos_embed": Evil()}, bad)
    with pytest.raises(TruncatedFileError):  # another size than the published file
        load(item, bad)
    with pytest.raises(UnsafePickleError, match="run code"):  # even with the right hash
        load(known(item, bad), bad)
    assert not sign.exists()


def test_wrong_tensors_are_refused(
    tiny_sam: Any, published: Any, tmp_path: Path, load: Any
) -> None:
    """A missing, foreign, misshapen or NaN tensor is named."""
    item, _ = published
    good = dict(tiny_sam.state_dict())
    first = next(iter(good))
    for change, error in (
        ({first: None}, KeyMismatchError),
        ({"extra": torch.zeros(1)}, KeyMismatchError),
        ({first: torch.zeros(3)}, KeyMismatchError),
        ({first: torch.full_like(good[first], float("nan"))}, NonFiniteWeightsError),
    ):
        table = {k: v for k, v in (good | change).items() if v is not None}
        path = tmp_path / "changed.pth"
        torch.save(table, path)
        with pytest.raises(error):
            load(known(item, path), path)


def test_pull_keeps_only_what_was_published(
    published: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sizes come first; a wrong download leaves nothing; a right one is kept for good."""
    item, path = published
    monkeypatch.setitem(official.CHECKPOINTS, "tiny", item)
    models, asked = tmp_path / "models", []

    def broken(url: str, target: str, **_: Any) -> None:
        Path(target).write_bytes(b"x" * item.bytes)

    def offline(url: str, target: str, **_: Any) -> None:
        raise OSError("no route to host")

    def right(url: str, target: str, *, hash_prefix: str, progress: bool) -> None:
        assert hash_prefix == item.sha256
        Path(target).write_bytes(path.read_bytes())

    with pytest.raises(Cancelled):
        official.pull("sam:tiny", models, confirm=lambda *a: bool(asked.append(a)))
    assert asked[0][0] == item.bytes
    for download, error in ((broken, HashMismatchError), (offline, HubError)):
        with pytest.raises(error):
            official.pull("sam:tiny", models, download=download)
        assert not official.path_of(item, models).exists()
    kept = official.pull("sam:tiny", models, download=right)
    assert official.pull("sam:tiny", models, download=offline) == kept


def test_import_copies_only_the_published_file(
    published: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of another content is refused before it is copied."""
    item, path = published
    monkeypatch.setitem(official.CHECKPOINTS, "tiny", item)
    models = tmp_path / "models"
    copy = official.bring("sam:tiny", path, models)
    assert copy.read_bytes() == path.read_bytes()
    path.write_bytes(b"\0" * item.bytes)
    copy.unlink()
    with pytest.raises(HashMismatchError):
        official.bring("sam:tiny", path, models)
    assert not copy.exists()


def test_the_table_needs_no_torch() -> None:
    """A command line can list checkpoints without waiting for torch."""
    code = "import sys, smartedit_model.sam.official, smartedit_model.sam.small;"
    code += "import smartedit_model.sam.choosing; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
