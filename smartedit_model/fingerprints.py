"""Hashes of model folders and of pictures: whether files are as they were written, which they are.

It loads no model.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from smartedit_model.errors import HashMismatchError, InputError, MissingFileError
from tools.operation import Rgb

#: File with the SHA-256 of every file of an imported model.
HASHES = "hashes.json"


def verify_model(folder: Path, *, deep: bool = True) -> list[str]:
    """Check that a model folder is whole.

    Args:
        folder: The model's folder.
        deep: Also compare every file's hash and look for NaN; reads all bytes.

    Returns:
        What was checked, in words.

    Raises:
        WeightsError: One of its kinds, naming the file and what would be right.
    """
    from smartedit_model.adapters import adapter_path, read_adapter
    from smartedit_model.integrity import check_finite, check_folder, stems, weight_files

    check_folder(folder)
    done = [f"{len(stems(folder))} modules hold exactly their tensors"]
    adapter = adapter_path(folder)
    if adapter is not None:
        done.append("the UNet's adapter fits it")
    if not deep:
        return done
    noted = check_hashes(folder, "import the model again")
    if noted:
        done.append(f"{noted} files have their hashes")
    from safetensors import safe_open

    for name, stem in stems(folder).items():
        for path in weight_files(folder / name, stem):
            with safe_open(path, framework="pt") as file:
                handle: Any = file
                check_finite(path, ((key, handle.get_tensor(key)) for key in handle.keys()))  # noqa: SIM118 - the handle is no mapping
    if adapter is not None:
        check_finite(adapter, read_adapter(adapter))
    done.append("every value is finite")
    return done


def write_hashes(folder: Path, names: tuple[str, ...] = ()) -> None:
    """Note the hashes of a folder's files, by name; of all files when none is named."""
    every = (p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    chosen = names or tuple(sorted(name for name in every if name != HASHES))
    hashes = {name: file_hash(folder / name) for name in chosen}
    (folder / HASHES).write_text(json.dumps(hashes, indent=1) + "\n", encoding="utf-8")


def check_hashes(folder: Path, remedy: str) -> int:
    """Compare a folder's files with their noted hashes.

    Args:
        folder: It may hold a file of hashes.
        remedy: What would help, for the message.

    Returns:
        How many files were compared; 0 where nothing was noted.

    Raises:
        MissingFileError: A noted file is not there.
        HashMismatchError: A file is not as it was written.
    """
    from smartedit_model.integrity import read_json

    noted = folder / HASHES
    if not noted.is_file():
        return 0
    hashes = read_json(noted)
    for relative, wanted in hashes.items():
        path = folder / relative
        if not path.is_file():
            raise MissingFileError(f"{path} is missing; {remedy}")
        if file_hash(path) != wanted:
            raise HashMismatchError(f"{path} has changed since it was written; {remedy}")
    return len(hashes)


def file_hash(path: Path) -> str:
    """Return a file's SHA-256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def content_version(folder: Path) -> str:
    """Return twelve digits that change with the weights, read from headers and sizes only.

    Raises:
        InputError: The folder holds no model.
    """
    files = sorted(p for p in folder.rglob("*") if p.suffix in (".safetensors", ".json"))
    if not files:
        raise InputError(f"{folder} holds no model; `smartedit models list` shows what is here")
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.relative_to(folder)} {path.stat().st_size}\n".encode())
        with path.open("rb") as file:
            digest.update(file.read(1 << 16))
            file.seek(max(0, path.stat().st_size - (1 << 16)))
            digest.update(file.read())
    return digest.hexdigest()[:12]


def content_key(image: Rgb) -> str:
    """A name for the pixels of a picture, HWC uint8."""
    digest = hashlib.sha256(str(image.shape).encode())
    digest.update(np.ascontiguousarray(image).data)
    return digest.hexdigest()[:40]
