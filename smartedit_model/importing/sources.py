"""Tensors read lazily from pickles and safetensors, without running code or filling memory.

Files are memory-mapped; a tensor's bytes are read when it is asked for and belong to the file
until copied. It knows nothing of any model.
"""

from __future__ import annotations

import pickle
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from smartedit_model.errors import (
    KeyMismatchError,
    MissingFileError,
    MissingShardError,
    TruncatedFileError,
    UnsafePickleError,
)
from smartedit_model.headers import read_header
from smartedit_model.integrity import Shapes, indexed_files

_SUFFIXES = (".safetensors", ".bin", ".pt")


def read_pickle(path: Path) -> Mapping[str, Tensor]:
    """Return the tensors of a PyTorch pickle, mapped from the file.

    Raises:
        MissingFileError: The file is not there.
        UnsafePickleError: Reading it would run code, or it is no table of tensors.
        TruncatedFileError: It is cut short or damaged.
    """
    if not path.is_file():
        raise MissingFileError(f"{path} is missing; the folder must hold it")
    with path.open("rb") as file:
        zipped = file.read(4) == b"PK\x03\x04"
    try:
        with warnings.catch_warnings():
            # PyTorch's advice about protocols is for whoever wrote the file.
            warnings.filterwarnings("ignore", "Detected pickle protocol")
            # Only the zip format of PyTorch >= 1.6 can be mapped; the older one is read whole.
            table = torch.load(path, map_location="cpu", weights_only=True, mmap=zipped)
    except pickle.UnpicklingError as error:
        if "weights_only" in str(error) or "Unsupported" in str(error):
            raise UnsafePickleError(
                f"{path} holds more than tensors and would run code when read; refuse it and "
                "fetch the weights from their publisher"
            ) from error
        raise TruncatedFileError(f"{path} is not a whole weight file; fetch it again") from error
    except (RuntimeError, EOFError, ValueError) as error:
        raise TruncatedFileError(f"{path} is not a whole weight file; fetch it again") from error
    if not isinstance(table, dict) or not all(isinstance(v, Tensor) for v in table.values()):
        raise UnsafePickleError(f"{path} is not a table of tensors; give the published file")
    return table


class TensorFile:
    """One weight file. Open it with :meth:`opened` for as long as its tensors are used."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def shapes(self) -> Shapes:
        """Return name and shape of every tensor."""
        if self.path.suffix == ".safetensors":
            return {k: tuple(v["shape"]) for k, v in read_header(self.path).items()}
        return {k: tuple(v.shape) for k, v in read_pickle(self.path).items()}

    @contextmanager
    def opened(self) -> Iterator[dict[str, Tensor] | _Lazy]:
        """Give access by name; the mapping is dropped, and its memory freed, on leaving."""
        if self.path.suffix == ".safetensors":
            read_header(self.path)
            try:
                with safe_open(self.path, framework="pt") as file:
                    yield _Lazy(file)
            except SafetensorError as error:
                raise TruncatedFileError(f"{self.path} is damaged; fetch it again") from error
        else:
            yield dict(read_pickle(self.path))


class _Lazy:
    """Item access over a safetensors handle."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def __getitem__(self, name: str) -> Tensor:
        tensor: Tensor = self._file.get_tensor(name)
        return tensor


class TensorFolder:
    """A folder of weight files, sharded or not, safetensors preferred over pickles.

    Raises:
        MissingFileError: The folder or any weight file is missing.
        MissingShardError: Its index names a file that is missing.
    """

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise MissingFileError(f"{folder} is no folder; give the folder with the weights")
        self.folder = folder
        self.files = [TensorFile(path) for path in _weight_paths(folder)]
        self._homes: dict[str, TensorFile] = {}
        self._shapes: Shapes = {}
        for file in self.files:
            for name, shape in file.shapes().items():
                self._homes[name] = file
                self._shapes[name] = shape

    def shapes(self) -> Shapes:
        """Return name and shape of every tensor in the folder."""
        return dict(self._shapes)

    def read(self, name: str) -> Tensor:
        """Return a copy of one tensor.

        Raises:
            KeyMismatchError: No file holds it.
        """
        if name not in self._homes:
            raise KeyMismatchError(f"{self.folder}: missing {name}")
        with self._homes[name].opened() as tensors:
            return tensors[name].clone()


def _weight_paths(folder: Path) -> list[Path]:
    for index in sorted(folder.glob("*.index.json")):
        return indexed_files(index)
    skip = ("training_args", "optimizer", "scheduler")
    for suffix in _SUFFIXES:
        found = sorted(p for p in folder.glob(f"*{suffix}") if not p.name.startswith(skip))
        # Names such as model.fp16.safetensors are variants of the same tensors.
        paths = [p for p in found if "." not in p.stem] or found
        if paths:
            return _complete(paths)
    raise MissingFileError(f"{folder} holds no weights; expected .safetensors or .bin files")


def _complete(paths: list[Path]) -> list[Path]:
    """Check names such as ``x-00001-of-00002.bin`` for gaps."""
    shards = [p for p in paths if re.search(r"-\d+-of-\d+$", p.stem)]
    for path in shards:
        count = int(path.stem.rsplit("-of-", 1)[1])
        if count != len(shards):
            raise MissingShardError(
                f"{path.parent} holds {len(shards)} of {count} shards; fetch the others"
            )
    return paths
