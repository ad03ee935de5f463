"""A small byte-level tokenizer for models trained here, learned from example sentences.

The published models bring LLaMA's tokenizer; this one is for vocabularies of a few hundred rows.
It also reads the tokenizer of any model folder.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from smartedit_model.errors import TruncatedFileError, first_line

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

_SPECIAL = ("<unk>", "<s>", "</s>")


def train_tokenizer(texts: Iterable[str], vocab: int) -> PreTrainedTokenizerFast:
    """Return a tokenizer of at most ``vocab`` entries; any text round-trips through its bytes.

    Args:
        texts: Sentences whose words become single tokens where there is room.
        vocab: Rows of the language model before the added tokens; at least 259.
    """
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    core = Tokenizer(models.BPE(unk_token="<unk>"))
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    core.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab,
        special_tokens=list(_SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    core.train_from_iterator(sorted(set(texts)), trainer)
    wrap: Any = PreTrainedTokenizerFast
    wrapped: PreTrainedTokenizerFast = wrap(
        tokenizer_object=core,
        unk_token="<unk>",
        bos_token="<s>",
        eos_token="</s>",
        pad_token="<unk>",
        clean_up_tokenization_spaces=False,
    )
    return wrapped


def open_tokenizer(kind: Any, folder: Path) -> Any:
    """Return the tokenizer of a folder.

    Args:
        kind: The transformers class that reads it.
        folder: Its folder; nothing is downloaded and none of its code is run.

    Raises:
        TruncatedFileError: It holds no readable tokenizer.
    """
    try:
        return kind.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except Exception as error:  # the tokenizers library raises nothing narrower
        raise TruncatedFileError(
            f"{folder} holds no readable tokenizer ({first_line(error)}); fetch it again"
        ) from error
