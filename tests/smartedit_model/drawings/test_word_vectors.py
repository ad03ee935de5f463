"""Vectors of words from a language model's folder: its rows, their means, what is not whole."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, models, pre_tokenizers

from smartedit_model.drawings.word_vectors import LENGTH, TABLE, TOKENIZER, WEIGHTS, WordVectors
from smartedit_model.errors import MissingFileError, TruncatedFileError

PIECES = {"clock": 0, "hour": 1, "time": 2, "##piece": 3, "[UNK]": 4}


def folder(path: Path, width: int = LENGTH) -> Path:
    """A language model with five pieces of words, in the layout of transformers."""
    torch.manual_seed(0)
    save_file({TABLE: torch.randn(5, width).half()}, path / WEIGHTS)
    tokenizer = Tokenizer(models.WordPiece(vocab=PIECES, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(path / TOKENIZER))
    return path


def test_a_word_has_the_row_of_its_piece(tmp_path: Path) -> None:
    """As long as all others, in the row's direction, in the order asked for."""
    known = WordVectors(folder(tmp_path))
    found = known.of(["hour", "clock", "hour"])
    assert found.shape == (3, LENGTH)
    assert np.allclose(np.linalg.norm(found, axis=1), np.sqrt(LENGTH), atol=1e-3)
    assert (found[0] == found[2]).all()
    torch.manual_seed(0)
    row = torch.randn(5, LENGTH).half()[1].float().numpy()
    assert float(found[0] @ row) == pytest.approx(
        np.sqrt(LENGTH) * float(np.linalg.norm(row)), rel=1e-3
    )


def test_a_word_of_two_pieces_lies_between_them(tmp_path: Path) -> None:
    """It is like both, and like neither alone."""
    known = WordVectors(folder(tmp_path))
    time, both, hour = known.of(["time", "timepiece", "hour"])
    assert 0.5 < float(time @ both) / LENGTH < 0.95
    assert float(hour @ both) / LENGTH < 0.4


def test_no_words_have_no_vectors(tmp_path: Path) -> None:
    """Nothing is opened for nothing."""
    assert WordVectors(tmp_path / "nowhere").of([]).shape == (0, LENGTH)


@pytest.mark.parametrize("name", [WEIGHTS, TOKENIZER])
def test_what_is_missing_is_told(tmp_path: Path, name: str) -> None:
    """By its name."""
    (folder(tmp_path) / name).unlink()
    with pytest.raises(MissingFileError, match=name):
        WordVectors(tmp_path).of(["clock"])


def test_what_is_damaged_or_of_another_width_is_told(tmp_path: Path) -> None:
    """By its name, and what would be right."""
    with pytest.raises(TruncatedFileError, match=str(LENGTH)):
        WordVectors(folder(tmp_path, 64)).of(["clock"])
    for name in (WEIGHTS, TOKENIZER):
        (folder(tmp_path) / name).write_bytes(b"no such thing")
        with pytest.raises(TruncatedFileError, match=rf"{name} is damaged"):
            WordVectors(tmp_path).of(["clock"])
        folder(tmp_path)
