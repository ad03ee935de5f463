"""A model and its processor from a folder in transformers' layout: local files, safetensors only.

Nothing is fetched and no pickle is read; a tensor that is missing or of another shape is an error,
where transformers would fill it with random numbers and warn. It knows no model by name.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import shorten
from typing import Any

from huggingface_hub.errors import StrictDataclassError
from safetensors import SafetensorError, safe_open

from smartedit_model.errors import (
    KeyMismatchError,
    MissingFileError,
    TruncatedFileError,
    WeightsError,
    WrongBaseError,
)
from tools.errors import GroundingFailed

CONFIG = "config.json"
TOKENIZERS = (("tokenizer.json",), ("vocab.json", "merges.txt"), ("vocab.txt",))
"""Files of which one set must be there: transformers makes an empty tokenizer where none is."""
FAULTS = (
    *(OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RuntimeError),
    *(SafetensorError, StrictDataclassError, WeightsError),
)
"""What transformers raises over files that are missing, damaged, or of another model."""
LONGEST = 300
"""Characters of an error that are told."""


class HubFolder:
    """Model and processor of a folder, loaded once.

    Args:
        folder: transformers' layout.
        model: name of transformers' class of the model.
        processor: the same of its processor.
        gpu: run on the GPU where there is one.

    Attributes:
        folder: as given.
        lock: to be held while the model is used.
    """

    def __init__(self, folder: Path, model: str, processor: str, *, gpu: bool = False) -> None:
        self.folder = folder
        self.lock = threading.Lock()
        self._names, self._gpu = (model, processor), gpu
        self._pair: tuple[Any, Any] | None = None

    def pair(self) -> tuple[Any, Any]:
        """The model in eval mode, and its processor.

        Raises:
            GroundingFailed: the folder's files cannot be used.
        """
        if self._pair is None:
            import torch
            import transformers

            device = "cuda" if self._gpu and torch.cuda.is_available() else "cpu"
            model, processor = (getattr(transformers, name) for name in self._names)
            local: dict[str, Any] = {"local_files_only": True}
            try:
                with _quiet():
                    loaded, info = model.from_pretrained(
                        self.folder,
                        use_safetensors=True,
                        output_loading_info=True,
                        ignore_mismatched_sizes=True,  # told by name below
                        **local,
                    )
                    _check_whole(info)
                    made = processor.from_pretrained(self.folder, **local)
                # Half precision is for GPUs; processors hand over 32 bits.
                self._pair = (loaded.eval().float().to(device), made)
            except FAULTS as error:
                raise self.unusable(error) from error
        return self._pair

    def unusable(self, error: Exception) -> GroundingFailed:
        """What to raise over one of ``FAULTS``: one line that names the folder."""
        line = shorten(str(error), LONGEST, placeholder=" …") or type(error).__name__
        return GroundingFailed(f"{self.folder} cannot be used: {line}")


def look_into(folder: Path, model_type: str) -> None:
    """What can be told of a folder without loading it: is it that model, and are its files whole?

    Args:
        folder: transformers' layout.
        model_type: as ``config.json`` must name it.

    Raises:
        WeightsError: it is not, or they are not; one line says what.
    """
    path = folder / CONFIG
    if not path.is_file():
        raise MissingFileError(f"{folder} holds no transformers model (there is no {CONFIG})")
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TruncatedFileError(f"{path} is no JSON: {error}") from error
    found = told.get("model_type") if isinstance(told, dict) else None
    if found != model_type:
        raise WrongBaseError(f"{folder} holds a model of type {found!r}, not {model_type!r}")
    check_tokenizer(folder)
    files = sorted(folder.glob("*.safetensors"))
    if not files:
        pickled = ", ".join(path.name for path in sorted(folder.glob("*.bin")))
        also = f"; {pickled} may hold code and is not read" if pickled else ""
        raise MissingFileError(f"{folder} holds no *.safetensors{also}")
    for file in files:
        try:
            with safe_open(file, framework="np"):
                pass  # opening compares the header with the file's length
        except (OSError, SafetensorError) as error:
            raise TruncatedFileError(f"{file} is truncated or no safetensors: {error}") from error


def check_tokenizer(folder: Path) -> None:
    """Refuse a folder that has no words.

    Raises:
        MissingFileError: no tokenizer lies in it.
    """
    if not any(all((folder / name).is_file() for name in names) for names in TOKENIZERS):
        forms = " or ".join(" and ".join(names) for names in TOKENIZERS)
        raise MissingFileError(f"{folder} holds no tokenizer ({forms})")


def _check_whole(info: dict[str, Any]) -> None:
    """Refuse a model of which a part would be random.

    Raises:
        KeyMismatchError: tensors are missing or of another shape.
    """
    for key, what in (("missing_keys", "missing"), ("mismatched_keys", "of another shape")):
        names = sorted(str(name[0] if isinstance(name, tuple) else name) for name in info[key])
        if names:
            raise KeyMismatchError(f"tensors {what}: {len(names)}, as {names[0]}")


@contextmanager
def _quiet() -> Iterator[None]:
    """Load without transformers' progress bars and tables: what matters is said in one line."""
    from transformers.utils import logging as theirs

    log: Any = theirs  # half of it has no types
    level, shown = log.get_verbosity(), log.is_progress_bar_enabled()
    log.set_verbosity(logging.CRITICAL)
    log.disable_progress_bar()
    try:
        yield
    finally:
        log.set_verbosity(level)
        if shown:
            log.enable_progress_bar()
