"""What an instruction's words alone ask for: an additive model of words and short runs of them.

It knows no language model, no picture and no thing; it tells whether one edit is asked for that the
drawn world knows, which, and the two ways of size and of moving. How it was fitted is in
``smartedit_model.training.instruction_words``, what it is worth in its card.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from smartedit_model.errors import MissingFileError, TruncatedFileError, first_line
from smartedit_model.size_words import of_size
from smartedit_model.world.spec import OPS

FOLDER = Path(__file__).parent / "weights" / "instruction-words"
FILE = "words.safetensors"
SIZES, SIDES = ("bigger", "smaller"), ("left", "right")
COLUMNS = 1 + len(OPS) + len(SIZES) + len(SIDES)
ROWS = 1 << 16
"""Runs of words share so many rows, by their hash."""
LONG = 5
"""Letters from which the beginning of a word is looked at as well: "enlarging" is "enlarge"."""

Chances = Mapping[str, float]


@dataclass(frozen=True)
class Heard:
    """What the words say.

    Attributes:
        some: chance that they ask for one edit that the drawn world knows.
        op: chance of each of its ops, if they do.
        size: chance of bigger and smaller, if a size is to change.
        side: chance of left and right, if something is to move.
    """

    some: float
    op: Chances
    size: Chances
    side: Chances


@dataclass(frozen=True)
class InstructionWords:
    """The fitted model.

    Attributes:
        table: ``(ROWS, COLUMNS)`` float32, what each run of words speaks for.
        bias: ``(COLUMNS,)`` float32.
    """

    table: NDArray[np.float32]
    bias: NDArray[np.float32]

    def hear(self, instruction: str) -> Heard:
        """What an instruction's words ask for."""
        rows = runs(instruction)
        told = self.table[rows].sum(axis=0) / np.sqrt(len(rows)) + self.bias
        at = 1 + len(OPS)
        return Heard(
            float(1 / (1 + np.exp(-told[0]))),
            _softmax(OPS, told[1:at]),
            _softmax(SIZES, told[at : at + 2]),
            _softmax(SIDES, told[at + 2 :]),
        )


def _softmax(names: tuple[str, ...], logits: NDArray[np.float32]) -> Chances:
    raised = np.exp(logits.astype(np.float64) - logits.max())
    return dict(zip(names, (raised / raised.sum()).tolist(), strict=True))


def runs(instruction: str) -> NDArray[np.intp]:
    """The rows of an instruction.

    Its words, the beginnings of long ones, two and three in a row, two with any between, and up to
    four in a row of what speaks of size, whatever stands between.
    """
    spoken = re.findall(r"[a-z]+(?:'[a-z]+)?|[,?;:.]", instruction.lower().replace("’", "'"))
    words = ["<", *spoken, ">"]
    found = [*words, *(f"~{word[:LONG]}" for word in words if len(word) > LONG)]
    found += [" ".join(pair) for pair in pairwise(words)]
    threes = list(zip(words, words[1:], words[2:], strict=False))
    found += [" ".join(three) for three in threes]
    found += [f"{first} _ {last}" for first, _, last in threes]
    sizes = ["<", *of_size(words), ">"]
    for long in (1, 2, 3, 4):
        found += ["=" + " ".join(sizes[at : at + long]) for at in range(len(sizes) - long + 1)]
    return np.array(sorted({zlib.crc32(run.encode()) % ROWS for run in found}), dtype=np.intp)


@cache
def load_words(folder: Path = FOLDER) -> InstructionWords:
    """The model that is shipped with the package.

    Raises:
        MissingFileError: it is not there.
        TruncatedFileError: it is not what it should be.
    """
    path = folder / FILE
    if not path.is_file():
        raise MissingFileError(f"{path} is missing; install again")
    try:
        parts = load_file(path)
        steps, scale, bias = parts["table"], parts["scale"], parts["bias"]
    except (SafetensorError, KeyError, OSError) as error:
        raise TruncatedFileError(f"{path} is broken: {first_line(error)}") from error
    if steps.shape != (ROWS, COLUMNS) or scale.shape != (COLUMNS,) or bias.shape != (COLUMNS,):
        raise TruncatedFileError(f"{path} has a table of {steps.shape}, not {(ROWS, COLUMNS)}")
    table = steps.astype(np.float32) * scale
    return InstructionWords(table, bias.astype(np.float32))
