"""LLaMA's tokenizer from LLaVA's folder, in the form that needs no SentencePiece afterwards.

Only the base vocabulary is used; the added tokens are put into prompts by number.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from smartedit_model.config import SmartEditConfig
from smartedit_model.errors import MissingFileError, OptionalDependencyError, WrongBaseError
from smartedit_model.tokenizer import open_tokenizer


def read_tokenizer(source: Path, config: SmartEditConfig) -> Any:
    """Return the tokenizer, ready to be saved as ``tokenizer.json`` and its settings.

    Args:
        source: Folder with ``tokenizer.json`` or ``tokenizer.model``.
        config: Says how many rows the vocabulary has.

    Raises:
        MissingFileError: There is neither file.
        TruncatedFileError: The file is no tokenizer.
        OptionalDependencyError: ``tokenizer.model`` must be converted and the package is absent.
        WrongBaseError: It is a tokenizer of another vocabulary.
    """
    from transformers import AutoTokenizer, LlamaTokenizer

    kind: Any = AutoTokenizer
    if not (source / "tokenizer.json").is_file():
        if not (source / "tokenizer.model").is_file():
            raise MissingFileError(
                f"{source} holds neither tokenizer.json nor tokenizer.model; fetch one of them"
            )
        if find_spec("sentencepiece") is None:
            raise OptionalDependencyError(
                f"{source / 'tokenizer.model'} must be converted, which needs the package "
                "sentencepiece; run `pip install sentencepiece protobuf`"
            )
        kind = LlamaTokenizer
    tokenizer = open_tokenizer(kind, source)
    highest = max(tokenizer("a b c 1 2 3 .")["input_ids"])
    if highest >= config.language.base_vocab or tokenizer.bos_token_id is None:
        raise WrongBaseError(
            f"{source}: its tokenizer gives id {highest}, over the model's "
            f"{config.language.base_vocab} rows; give LLaVA-1.1's folder"
        )
    return tokenizer
