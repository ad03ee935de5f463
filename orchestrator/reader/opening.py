"""The language model's file and the adapter, made into one model folder that opens fast.

Reading the file's word list takes transformers half a minute, so what comes of it is kept: in the
data folder's cache, under a name made of both their contents. It is made beside and then renamed,
so there is never half of one.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import logging
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from memory.home import find_home
from orchestrator.errors import PlannerUnavailable
from orchestrator.reader.base import SHA256, require_base
from smartedit_model.errors import first_line

ADAPTER = Path(__file__).parent / "weights"
PARTS = ("adapter_config.json", "adapter_model.safetensors")


def opened_base() -> Path:
    """The folder of the reader's model, made where it is not there yet.

    Raises:
        PlannerUnavailable: something of it is missing or not what it should be.
        BadSettings: an environment variable does not fit.
    """
    home = find_home()
    folder = home.cache / f"reader-{_fingerprint()}"
    if folder.is_dir():
        return folder
    require_base()
    home.prepare()
    logging.getLogger(__name__).warning(
        "opening the reader's model for the first time; this takes about half a minute"
    )
    made = Path(tempfile.mkdtemp(prefix="reader-", dir=home.cache))
    try:
        _open(made)
        with contextlib.suppress(OSError):  # another process was faster
            made.rename(folder)
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        raise PlannerUnavailable(f"the reader cannot be opened: {first_line(error)}") from error
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return folder


def _fingerprint() -> str:
    digest = hashlib.sha256(SHA256.encode())
    for name in PARTS:
        try:
            digest.update((ADAPTER / name).read_bytes())
        except FileNotFoundError as error:
            raise PlannerUnavailable(
                f"the reader's adapter is not whole: {ADAPTER / name} is missing; install again"
            ) from error
    return digest.hexdigest()[:16]


def open_untaught() -> tuple[Any, Any]:
    """The published model in float32 and its tokenizer, without the adapter; half a minute.

    Raises:
        PlannerUnavailable: it or a package is not there, or it is another file.
        BadSettings: an environment variable does not fit.
    """
    base = require_base()
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    with quiet():
        tokenizer = AutoTokenizer.from_pretrained(base.parent, gguf_file=base.name)
        model = AutoModelForCausalLM.from_pretrained(
            base.parent, gguf_file=base.name, dtype=torch.float32
        )
    return model, tokenizer


def _open(folder: Path) -> None:
    from peft import PeftModel
    from transformers import LlamaConfig, LlamaForCausalLM

    model, tokenizer = open_untaught()
    with quiet():
        adapted: Any = PeftModel.from_pretrained(model, str(ADAPTER))
        merged = adapted.merge_and_unload()
        # A model that came from such a file calls itself quantised and refuses to be saved.
        settings = merged.config.to_dict()
        settings.pop("quantization_config", None)
        plain: Any = LlamaForCausalLM(LlamaConfig(**settings))
        plain.load_state_dict(merged.state_dict())
        plain.half().save_pretrained(folder)
        tokenizer.save_pretrained(folder)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep bars and advice of libraries, which are not for the person, off the terminal."""
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        yield
