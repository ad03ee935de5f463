"""What a language model knows of single words: the row that its embedding has for each.

Words of like meaning lie near each other there ("hour" by "minute"), so that a word nobody taught
the pointer is not a riddle. No layer of the model is run.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open

from smartedit_model.errors import MissingFileError, TruncatedFileError, first_line
from tools.operation import SoftMask

WEIGHTS, TOKENIZER, TABLE = "model.safetensors", "tokenizer.json", "model.embed_tokens.weight"
LENGTH = 576
"""Numbers of a vector, as SmolLM2-135M has them (its ``hidden_size``)."""


class WordVectors:
    """Vectors of words, each of length sqrt(``LENGTH``); a word of several pieces has their mean.

    Args:
        folder: of a language model in the layout of transformers.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: dict[str, SoftMask] = {}

    def of(self, words: Sequence[str]) -> SoftMask:
        """Vectors of words, (N, ``LENGTH``) float32.

        Raises:
            MissingFileError: the folder holds no weights or no tokenizer.
            TruncatedFileError: they cannot be read, or are of a model of another width.
        """
        fresh = sorted({word for word in words if word not in self._kept})
        if fresh:
            pieces = [self._pieces(word) for word in fresh]
            rows = self._rows(sorted({piece for one in pieces for piece in one}))
            for word, one in zip(fresh, pieces, strict=True):
                self._kept[word] = _mean([rows[piece] for piece in one])
        kept = [self._kept[word] for word in words]
        return np.stack(kept) if kept else np.zeros((0, LENGTH), dtype=np.float32)

    def _pieces(self, word: str) -> list[int]:
        # With the space before it, as a word within a sentence is written.
        return list(self._tokenizer.encode(f" {word}", add_special_tokens=False).ids)

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        path = self._folder / TOKENIZER
        if not path.is_file():
            raise MissingFileError(f"{self._folder} holds no {TOKENIZER}; delete the folder")
        try:
            return Tokenizer.from_file(str(path))
        except Exception as error:  # the library raises nothing narrower
            raise TruncatedFileError(f"{path} is damaged ({first_line(error)})") from error

    def _rows(self, pieces: Sequence[int]) -> dict[int, SoftMask]:
        """The rows of some pieces, each of length 1; only these are read from the file."""
        path = self._folder / WEIGHTS
        if not path.is_file():
            raise MissingFileError(f"{self._folder} holds no {WEIGHTS}; delete the folder")
        try:
            with safe_open(path, framework="np") as held:
                table = held.get_slice(TABLE)
                if table.get_shape()[1] != LENGTH:
                    raise TruncatedFileError(
                        f"{path} has words of {table.get_shape()[1]} numbers, not {LENGTH}"
                    )
                found = {piece: table[piece : piece + 1][0].astype(np.float32) for piece in pieces}
        except SafetensorError as error:
            raise TruncatedFileError(f"{path} is damaged ({first_line(error)})") from error
        return {piece: row / max(float(np.linalg.norm(row)), 1e-6) for piece, row in found.items()}


def _mean(rows: Sequence[SoftMask]) -> SoftMask:
    """Their mean, of length sqrt(``LENGTH``); zeros where there is none."""
    total = np.sum(rows, axis=0) if rows else np.zeros(LENGTH, dtype=np.float32)
    length = float(np.linalg.norm(total))
    scale = np.sqrt(LENGTH) / length if length > 0 else 0.0
    return np.asarray(total * scale, dtype=np.float32)
