"""A tiny SAM of the package's own modules, and pictures to try it on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from smartedit_model.fingerprints import file_hash
from smartedit_model.sam.architecture import SamSize, build
from smartedit_model.sam.official import Checkpoint
from smartedit_model.sam.small import save_small

TINY = SamSize(
    image_size=64,
    patch_size=8,
    width=16,
    depth=2,
    heads=2,
    global_layers=(1,),
    window=4,
    prompt_width=32,
    decoder_mlp=32,
    decoder_heads=2,
)


@pytest.fixture(scope="session")
def tiny_sam() -> Any:
    """A random SAM with 64 px input."""
    torch.manual_seed(5)
    return build(TINY)


@pytest.fixture
def tiny_size() -> SamSize:
    """The sizes of the tiny SAM."""
    return TINY


@pytest.fixture
def tiny_folder(tiny_sam: Any, tmp_path: Path) -> Path:
    """A folder as the small SAM is shipped, with random weights."""
    folder = tmp_path / "models" / "sam-nano"
    save_small(tiny_sam, TINY, folder)
    return folder


@pytest.fixture
def published(tiny_sam: Any, tmp_path: Path) -> tuple[Checkpoint, Path]:
    """A checkpoint as its publisher would offer it: a pickle of tensors with a known hash."""
    path = tmp_path / "given" / "sam_tiny.pth"
    path.parent.mkdir()
    torch.save(tiny_sam.state_dict(), path)
    item = Checkpoint("tiny", path.name, path.stat().st_size, file_hash(path), "tiny")
    return item, path
