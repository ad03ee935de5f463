"""A tiny language model of random weights that stands for the reader's."""

from __future__ import annotations

from typing import Any

import torch
from transformers import LlamaConfig, LlamaForCausalLM

from orchestrator.reader.speaker import ModelSpeaker
from smartedit_model.tokenizer import train_tokenizer

CONTROL = ("<|im_start|>", "<|im_end|>")


def tiny_model() -> tuple[Any, Any]:
    """The model and its tokenizer; the same weights every time."""
    torch.manual_seed(0)
    tokenizer = train_tokenizer(["make the red car blue", "remove it"], 300)
    tokenizer.add_special_tokens({"additional_special_tokens": list(CONTROL)})
    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=16, intermediate_size=32, num_hidden_layers=2,
        num_attention_heads=2, max_position_embeddings=1024, tie_word_embeddings=False,
        initializer_range=0.2,
    )  # fmt: skip
    return LlamaForCausalLM(config).eval(), tokenizer


def tiny_speaker(ending: float = 0.0) -> ModelSpeaker:
    """A speaker; ``ending`` is added to the end token's logit."""
    model, tokenizer = tiny_model()
    model.lm_head = torch.nn.Linear(16, len(tokenizer))
    with torch.no_grad():
        model.lm_head.bias.zero_()
        model.lm_head.bias[tokenizer.convert_tokens_to_ids(CONTROL[1])] += ending
    return ModelSpeaker(model, tokenizer)
